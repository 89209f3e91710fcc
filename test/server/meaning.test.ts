/** Content by meaning beside words: rows in fewer numbers, and what each part of a row says. */
import { expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import {
  type EncodedItems,
  fitMeaning,
  meaningInto,
  vectorIn,
} from "../../server/publishing/import/meaning.ts";
import {
  encodeSpace,
  fitSpace,
  parseSpace,
  projectInto,
  rowDim,
} from "../../server/publishing/import/space.ts";

const from = 12;
const count = 40;

/** Vectors of length 1 near a few directions, `rank` of them. */
function encodedOf(rank: number, seed = 1): EncodedItems {
  const random = seededRandom(seed);
  const draw = (length: number) => Array.from({ length }, () => random() - 0.4);
  const directions = Array.from({ length: rank }, () => draw(from));
  const values = Float32Array.from(
    Array.from({ length: count }, () => {
      const weights = draw(rank);
      const sum = Array.from({ length: from }, (_, k) =>
        weights.reduce((all, weight, r) => all + weight * directions[r][k], 0),
      );
      return sum.map((value) => value / Math.hypot(...sum));
    }).flat(),
  );
  return { encoder: "toy", dim: from, values };
}

const product = (one: ArrayLike<number>, two: ArrayLike<number>) =>
  Array.from(one).reduce((sum, value, k) => sum + value * two[k], 0);

function rowsOf(encoded: EncodedItems, dim: number): Float64Array[] {
  const space = fitMeaning(encoded, { dim, weight: 0.3 });
  if (space === null) throw new Error("expected a space, got none");
  return Array.from({ length: count }, (_, at) => {
    const row = new Float64Array(space.dim);
    meaningInto(row, 0, vectorIn(encoded, at), space);
    return row;
  });
}

test("as many axes as there are directions keep every likeness, and more there are not", () => {
  for (const rank of [1, 3, 7]) {
    const encoded = encodedOf(rank);
    const rows = rowsOf(encoded, 9);
    expect(rows[0].length).toBe(rank);
    for (const [one, row] of rows.entries()) {
      for (const [two, other] of rows.entries()) {
        expect(product(row, other)).toBeCloseTo(product(vectorIn(encoded, one), vectorIn(encoded, two)), 4);
      }
    }
  }
});

test("fewer axes keep more of the vectors than as many of their own numbers do, and rows stay of length 1", () => {
  const encoded = encodedOf(10);
  const space = fitMeaning(encoded, { dim: 4, weight: 0.3 });
  if (space === null) throw new Error("expected a space, got none");
  expect(space.dim).toBe(4);
  let kept = 0;
  const ofNumber = new Float64Array(from);
  for (let at = 0; at < count; at++) {
    const vector = vectorIn(encoded, at);
    for (let row = 0; row < 4; row++) {
      kept += product(space.axes.subarray(row * from, (row + 1) * from), vector) ** 2;
    }
    for (const [k, value] of vector.entries()) ofNumber[k] += value * value;
  }
  const largest = ofNumber.toSorted((a, b) => b - a).slice(0, 4);
  expect(kept).toBeGreaterThan(largest.reduce((sum, value) => sum + value, 0));
  for (const row of rowsOf(encoded, 4)) expect(product(row, row)).toBeCloseTo(1, 9);
});

test("vectors that say nothing have no space", () => {
  expect(
    fitMeaning({ encoder: "toy", dim: 3, values: new Float32Array(9) }, { dim: 2, weight: 0.3 }),
  ).toBeNull();
  expect(
    fitMeaning({ encoder: "toy", dim: 3, values: new Float32Array(0) }, { dim: 2, weight: 0.3 }),
  ).toBeNull();
});

const words = ["red mug", "blue mug", "red lamp", "blue lamp"];
const items = Array.from({ length: count }, (_, k) => ({ item: `${k}`, title: words[k % 4] }));
const encoded = encodedOf(5, 2);
const weight = 0.3;
const space = fitSpace(
  items,
  { dim: 3, idPrefixes: [] },
  { meaning: fitMeaning(encoded, { dim: 4, weight }) },
);

function rowFor(title: string, vector: ArrayLike<number> | null, where = space): Float64Array {
  const row = new Float64Array(rowDim(where));
  projectInto(row, { item: "x", title }, where, { meaning: vector });
  return row;
}

test("of a row's square the weight is by meaning, the rest by words, and together they are 1", () => {
  const row = rowFor("red mug", vectorIn(encoded, 3));
  expect(row.length).toBe(space.dim + 4);
  expect(product(row.subarray(space.dim), row.subarray(space.dim))).toBeCloseTo(weight, 9);
  expect(product(row, row)).toBeCloseTo(1, 9);
});

test("what has no known word is what it means, and what means nothing is its words", () => {
  const meant = rowFor("unheard", vectorIn(encoded, 3));
  expect(Array.from(meant.subarray(0, space.dim))).toEqual(Array(space.dim).fill(0));
  expect(product(meant, meant)).toBeCloseTo(1, 9);
  const said = rowFor("red mug", new Float32Array(from));
  expect(Array.from(said.subarray(space.dim))).toEqual([0, 0, 0, 0]);
  expect(product(said, said)).toBeCloseTo(1, 9);
  expect(rowFor("unheard", new Float32Array(from))).toEqual(new Float64Array(space.dim + 4));
});

test("a row is the same after the space was stored, with a meaning and without", () => {
  const stored = parseSpace(encodeSpace(space));
  expect(stored).toEqual(space);
  expect(rowFor("red mug", vectorIn(encoded, 3), stored)).toEqual(rowFor("red mug", vectorIn(encoded, 3)));
  const plain = fitSpace(items, { dim: 3, idPrefixes: [] });
  expect(parseSpace(encodeSpace(plain))).toEqual(plain);
  // What a server of before has stored is read, and what it reads has nothing that it does not know.
  expect(new TextDecoder().decode(encodeSpace(plain))).not.toContain("meaning");
});
