/**
 * The decision matrix as a table: one row always holds, the first of those that would, and what it says is
 * within bounds.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Condition,
  chosenRow,
  type Facts,
  type Row,
  type RowInWords,
} from "../../../core/choosing/decide.ts";
import { deviceRowsInWords } from "../../../core/choosing/devicewords.ts";
import { type DeviceFact, deviceRows, type JointFact, jointRows } from "../../../core/choosing/matrix.ts";

const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(0, 0.1, 0.2, 1, 3, 4, 6, 12, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
);
const jointFacts: fc.Arbitrary<Facts<JointFact>> = fc.record({
  peoplePerItem: fc.option(number),
  agreement: fc.option(number),
  noise: fc.option(number),
});
const deviceFacts: fc.Arbitrary<Facts<DeviceFact>> = fc.record({
  liked: fc.oneof(fc.nat(12), fc.nat(100)),
  onLearned: fc.double({ min: 0, max: 1, noNaN: true }),
  onPairs: fc.double({ min: 0, max: 1, noNaN: true }),
  facts: fc.nat(3),
});

/** Word by word what a condition says. */
function fulfils(facts: Facts<string>, { of, atLeast, below }: Condition<string>): boolean {
  const value = facts[of];
  if (value === null) return false;
  if (atLeast !== undefined && value < atLeast) return false;
  return below === undefined || value < below;
}

function firstPlainly<Choice>(rows: readonly Row<string, Choice>[], facts: Facts<string>) {
  for (const row of rows) if (row.when.every((condition) => fulfils(facts, condition))) return row;
  return undefined;
}

describe.each([
  ["of a site", jointRows, jointFacts],
  ["of a device", deviceRowsInWords, deviceFacts],
] as const)("the table %s", (_, rows, facts) => {
  const all: readonly RowInWords<string, object>[] = rows;

  test("has exactly one row for every profile: the first that holds", () => {
    fc.assert(
      fc.property(facts as fc.Arbitrary<Facts<string>>, (known) => {
        expect(chosenRow(all, known)).toBe(firstPlainly(all, known));
      }),
    );
  });

  test("ends with the one row that has no condition; names differ, and each row says why", () => {
    expect(all.map(({ when }) => when.length === 0)).toEqual(all.map((_, at) => at === all.length - 1));
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
    for (const { name, why, choice } of all) {
      expect(name).toMatch(/^[a-z][a-z-]+$/);
      expect(why.length).toBeGreaterThan(20);
      for (const value of Object.values(choice)) {
        if (typeof value === "number") expect(value >= 0 && value <= 1).toBe(true);
      }
    }
  });

  test("has no row that another one before it leaves nothing for", () => {
    const reached = new Set<string>();
    for (const known of fc.sample(facts as fc.Arbitrary<Facts<string>>, { numRuns: 3000, seed: 4 })) {
      reached.add(chosenRow(all, known).name);
    }
    expect([...reached].sort()).toEqual(all.map(({ name }) => name).sort());
  });
});

test("a table without a last row that always holds is refused, and NaN fulfils no condition", () => {
  const row = { name: "some", when: [{ of: "liked", below: 3 }], choice: 1, why: "for the test" } as const;
  expect(() => chosenRow([row], { liked: 3 })).toThrow("chosenRow: expected a last row");
  expect(chosenRow([row], { liked: 2 })).toBe(row);
  expect(() => chosenRow([row], { liked: Number.NaN })).toThrow("chosenRow");
});

test("what is always wanted counts no more, the more is liked", () => {
  for (const which of ["always", "alwaysBesideLately"] as const) {
    const parts = Array.from({ length: 40 }, (_, liked) => {
      return chosenRow(deviceRows, { liked, onLearned: 1, onPairs: 1, facts: 0 }).choice[which];
    });
    expect(parts).toEqual(parts.toSorted((a, b) => b - a));
    expect(parts.at(-1)).toBe(0);
  }
});

test("content counts no more, the less texts agree with people, and in full where noise is", () => {
  const scaleOf = (agreement: number, noise = 0) =>
    chosenRow(jointRows, { peoplePerItem: 20, agreement, noise }).choice.contentScale;
  const scales = [-0.5, 0, 0.05, 0.1, 0.2, 0.3, 0.9].map((agreement) => scaleOf(agreement));
  expect(scales).toEqual(scales.toSorted((a, b) => a - b));
  expect(scaleOf(0, 1)).toBe(1);
});
