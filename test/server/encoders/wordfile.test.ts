import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { directions, rounded } from "../../../server/encoders/words/pack.ts";
import { retrofitted } from "../../../server/encoders/words/retrofit.ts";
import { wordnetLinks } from "../../../server/encoders/words/wordnet.ts";

const folder = mkdtempSync(join(tmpdir(), "tacit-wordnet-"));
afterAll(() => rmSync(folder, { recursive: true }));

const dim = 4;
const matrices = fc
  .array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: dim, maxLength: dim }), {
    minLength: 3,
    maxLength: 12,
  })
  .map((rows) => Float64Array.from(rows.flat()));

const lengthOf = (rows: Float64Array, row: number): number =>
  Math.hypot(...rows.subarray(row * dim, (row + 1) * dim));
const cosineOf = (rows: ArrayLike<number>, a: number, b: number): number => {
  const row = (at: number) => Array.from({ length: dim }, (_, k) => rows[at * dim + k]);
  const dot = (x: number[], y: number[]) => x.reduce((sum, value, k) => sum + value * y[k], 0);
  return dot(row(a), row(b)) / Math.sqrt(dot(row(a), row(a)) * dot(row(b), row(b)));
};

test("directions have length 1 or none, and do not know the direction that all differ most in", () => {
  // What is common to all: a large number in the first place, of any size.
  const rows = Float64Array.from({ length: 40 * dim }, (_, at) =>
    at % dim === 0 ? 50 * Math.sin(at) : Math.sin(7 * at),
  );
  const kept = directions(rows, dim);
  for (let row = 0; row < 40; row++) {
    expect(lengthOf(kept, row)).toBeCloseTo(1, 10);
    expect(Math.abs(kept[row * dim])).toBeLessThan(0.2);
  }
});

test("rounding to int8 turns no vector by more than two degrees, and fills the range", () => {
  fc.assert(
    fc.property(matrices, (rows) => {
      const small = rounded(rows, dim);
      for (let row = 0; row < rows.length / dim; row++) {
        const length = lengthOf(rows, row);
        if (length < 1e-6) continue;
        const own = small.subarray(row * dim, (row + 1) * dim);
        expect(Math.max(...Array.from(own, Math.abs))).toBe(127);
        const both = Float64Array.from([...rows.subarray(row * dim, (row + 1) * dim), ...own]);
        expect(cosineOf(both, 0, 1)).toBeGreaterThan(Math.cos((2 * Math.PI) / 180));
      }
    }),
  );
});

test("words that are linked come nearer to each other, the others stay", () => {
  fc.assert(
    fc.property(matrices, fc.double({ min: 0.1, max: 1, noNaN: true }), (given, weight) => {
      const rows = directions(given, dim);
      // What is nothing but rounding has no direction.
      if (![0, 1].every((row) => Math.abs(lengthOf(rows, row) - 1) < 1e-9)) return;
      const before = cosineOf(rows, 0, 1);
      if (Math.abs(before) > 0.99) return;
      const moved = retrofitted(rows, dim, [{ from: 0, to: 1, weight }]);
      expect(cosineOf(moved, 0, 1)).toBeGreaterThan(before);
      expect(moved.subarray(2 * dim)).toEqual(rows.subarray(2 * dim));
    }),
  );
});

test("what comes out fulfils the equation that is solved", () => {
  const rows = directions(
    Float64Array.from({ length: 6 * dim }, (_, at) => Math.cos(3 * at)),
    dim,
  );
  const links = [
    { from: 0, to: 1, weight: 1 },
    { from: 1, to: 2, weight: 0.5 },
    { from: 2, to: 0, weight: 1 },
  ];
  const moved = retrofitted(rows, dim, links);
  // Word 1 has neighbours 0 (1) and 2 (0.5): b = 1 / 1.5, so both count 1 together.
  for (let k = 0; k < dim; k++) {
    const near = (moved[k] + 0.5 * moved[2 * dim + k]) / 1.5;
    expect(moved[dim + k]).toBeCloseTo((2 * rows[dim + k] + near) / 3, 4);
  }
});

test("links are those of one synset and of the one above, by a word's first sense; forms go to their word", () => {
  mkdirSync(folder, { recursive: true });
  const nouns = [
    "  a licence",
    "00000001 05 n 01 animal 0 000 | a living thing  ",
    "00000002 05 n 02 dog 0 hound 0 001 @ 00000001 n 0000 | a pet  ",
    "00000003 06 n 01 dog 1 001 @ 00000004 n 0000 | a holder  ",
    "00000004 06 n 01 holder 0 000 | what holds  ",
  ];
  const index = ["dog n 2 1 @ 2 1 00000002 00000003  ", "animal n 1 0 1 1 00000001  "];
  for (const part of ["noun", "verb", "adj", "adv"]) {
    writeFileSync(join(folder, `data.${part}`), part === "noun" ? nouns.join("\n") : "");
    writeFileSync(join(folder, `index.${part}`), part === "noun" ? index.join("\n") : "");
  }
  const words = ["animal", "dog", "hound", "holder", "hounds"];
  const pairs = wordnetLinks(words, folder).map(({ from, to }) =>
    [words[from], words[to]].toSorted().join("-"),
  );
  expect(new Set(pairs.filter((pair) => pair !== "dog-dog" && pair !== "animal-animal"))).toEqual(
    new Set(["dog-hound", "animal-dog", "hound-hounds"]),
  );
});
