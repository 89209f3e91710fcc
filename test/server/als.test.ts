import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldIn } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { seededRandom } from "../../core/seeded.ts";
import { startingFactors } from "../../server/kinds/itemfactors/startingfactors.ts";
import { halfStep, interactionsOf, trainAls, transposed } from "../../server/publishing/train/als.ts";

interface Vectors {
  readonly parameters: {
    readonly alpha0: number;
    readonly lambda: number;
    readonly dim: number;
    readonly items: number;
  };
  readonly itemFactors: readonly (readonly number[])[];
  readonly people: readonly { readonly items: readonly number[]; readonly weights: readonly number[] }[];
  readonly expected: {
    readonly people: readonly { readonly userVector: readonly number[] }[];
    readonly itemFactorsAfterExactHalfStep: readonly (readonly number[])[];
  };
}

const vectors: Vectors = JSON.parse(readFileSync(new URL("../vectors/ials.json", import.meta.url), "utf8"));
const { parameters, people, expected } = vectors;
const factors = Float64Array.from(vectors.itemFactors.flat());
const given = interactionsOf(people, parameters.items);

const crowd = fc
  .array(
    fc
      .uniqueArray(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 6 })
      .map((items) => ({ items, weights: items.map((item) => 0.4 + (item % 3)) })),
    { minLength: 2, maxLength: 8 },
  )
  .map((theirs) => interactionsOf(theirs, 9));

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, k) => Math.abs(value - b[k])));
}

const seeded = () => seededRandom(12345);

describe("halfStep", () => {
  test("the people's half-step meets the independent user vectors to 1e-9", () => {
    const users = expected.people.flatMap(({ userVector }) => userVector);
    expect(largestDifference(halfStep(given, factors, parameters), users)).toBeLessThan(1e-9);
  });

  test("the items' half-step meets the independent factors to 1e-9", () => {
    const users = Float64Array.from(expected.people.flatMap(({ userVector }) => userVector));
    const items = expected.itemFactorsAfterExactHalfStep.flat();
    expect(largestDifference(halfStep(transposed(given), users, parameters), items)).toBeLessThan(1e-9);
  });

  test("a person solved here equals the person solved by fold-in on the device", () => {
    fc.assert(
      fc.property(crowd, (theirs) => {
        const dim = 3;
        const rows = startingFactors({ count: 9, dim, random: seeded() });
        const model = { rows, count: 9, dim, gram: gramOf(rows, 9, dim), alpha0: 0.2, lambda: 0.03 };
        const solved = halfStep(theirs, rows, { dim, alpha0: 0.2, lambda: 0.03 });
        for (let u = 0; u + 1 < theirs.starts.length; u++) {
          const items = theirs.columns.slice(theirs.starts[u], theirs.starts[u + 1]);
          const weights = theirs.weights.slice(theirs.starts[u], theirs.starts[u + 1]);
          const { userVector } = foldIn(model, { items, weights });
          expect(largestDifference(solved.slice(u * dim, (u + 1) * dim), userVector)).toBeLessThan(1e-9);
        }
      }),
      { numRuns: 60, seed: 8 },
    );
  });

  test("others of another length are refused", () => {
    expect(() => halfStep(given, new Float64Array(5), parameters)).toThrow(
      "halfStep: others must have 12 x 4 numbers, got 5",
    );
  });
});

describe("transposed", () => {
  test("twice is the identity", () => {
    fc.assert(
      fc.property(crowd, (theirs) => {
        const twice = transposed(transposed(theirs));
        // Transposing sorts the entries of a row by column.
        const pairs = (of: typeof theirs) =>
          Array.from({ length: of.starts.length - 1 }, (_, row) =>
            Array.from(of.columns.slice(of.starts[row], of.starts[row + 1]), (column, at) => [
              column,
              of.weights[of.starts[row] + at],
            ]).sort((a, b) => a[0] - b[0]),
          );
        expect(pairs(twice)).toEqual(pairs(theirs));
        expect(twice.columnCount).toBe(theirs.columnCount);
      }),
      { numRuns: 100, seed: 9 },
    );
  });
});

describe("trainAls", () => {
  const options = { dim: 4, alpha0: 0.3, lambda: 0.01 };

  test("each sweep lowers the objective", () => {
    const losses = [1, 2, 4, 8].map((sweeps) =>
      objective(trainAls(given, { ...options, sweeps, random: seeded() }), options),
    );
    for (let at = 1; at < losses.length; at++) expect(losses[at]).toBeLessThan(losses[at - 1]);
  });

  test("the same chance gives the same factors", () => {
    const train = () => trainAls(given, { ...options, sweeps: 3, random: seeded() });
    expect(train()).toEqual(train());
  });

  /** The loss that both half-steps minimise, at the people's best answer. */
  function objective(rows: Float64Array, { dim, alpha0, lambda }: typeof options): number {
    const users = halfStep(given, rows, options);
    const turned = transposed(given);
    const inner = (u: number, i: number) =>
      Array.from({ length: dim }, (_, k) => users[u * dim + k] * rows[i * dim + k]).reduce(
        (a, b) => a + b,
        0,
      );
    let loss = 0;
    for (let u = 0; u < people.length; u++) {
      for (let i = 0; i < parameters.items; i++) loss += alpha0 * inner(u, i) ** 2;
      for (const [at, i] of people[u].items.entries()) loss += people[u].weights[at] * (inner(u, i) - 1) ** 2;
    }
    const penalty = (flat: Float64Array, starts: Uint32Array, others: number) => {
      for (let row = 0; row + 1 < starts.length; row++) {
        const strength = lambda * (starts[row + 1] - starts[row] + alpha0 * others);
        for (let k = row * dim; k < (row + 1) * dim; k++) loss += strength * flat[k] ** 2;
      }
    };
    penalty(users, given.starts, parameters.items);
    penalty(rows, turned.starts, people.length);
    return loss;
  }
});
