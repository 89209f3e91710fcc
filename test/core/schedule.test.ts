import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blocksLeft, stepSize } from "../../core/tasks/itemfactors/schedule.ts";

describe("stepSize", () => {
  test("is whole once, never grows, is a quarter after 8 rounds and stays at a tenth from round 32 on", () => {
    for (let round = 0; round < 80; round++) expect(stepSize(round + 1)).toBeLessThanOrEqual(stepSize(round));
    expect([0, 8, 24, 32, 1000].map(stepSize)).toEqual([1, 0.25, 0.125, 0.1, 0.1]);
    expect(() => stepSize(-1)).toThrow("stepSize: round must be an integer of at least 0, got -1");
  });
});

describe("blocksLeft", () => {
  test("whatever is drawn, everybody reports on every block once before any twice", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 15, maxLength: 15 }), (draws) => {
        const history: number[] = [];
        for (const draw of draws) {
          const left = blocksLeft(history, 5);
          history.push(left[draw % left.length]);
        }
        for (const from of [0, 5, 10]) expect(history.slice(from, from + 5).sort()).toEqual([0, 1, 2, 3, 4]);
      }),
      { numRuns: 200, seed: 10 },
    );
  });

  test("blocks that the catalogue no longer has do not count, and nothing reported leaves all", () => {
    expect(blocksLeft([], 3)).toEqual([0, 1, 2]);
    expect(blocksLeft([7, 1, 3], 3)).toEqual([0, 2]);
  });
});
