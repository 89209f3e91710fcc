import { expect, test } from "vitest";
import type { Person } from "../../bench/data.ts";
import { exactPairs, patternOfNearest } from "../../bench/exactpairs.ts";
import { pairScores } from "../../bench/privatepairs.ts";
import { ease } from "../../bench/references/ease.ts";
import { nearestEase } from "../../bench/references/nearestease.ts";
import { logsOf, nearestByWalk, walkScores } from "../../bench/walk.ts";
import { seededRandom } from "../../core/seeded.ts";

const items = 30;

function personOf(theirs: readonly number[]): Person {
  return { items: Uint32Array.from(theirs), weights: new Float64Array(theirs.length).fill(3) };
}

const sparse = (item: number) => 3 / (item + 4);

/** The last item is nobody's. */
function crowdOf(seed: number, shareOf = sparse): readonly Person[] {
  const random = seededRandom(seed);
  return Array.from({ length: 80 }, () =>
    personOf(Array.from({ length: items - 1 }, (_, item) => item).filter((item) => random() < shareOf(item))),
  ).filter((person) => person.items.length > 0);
}

/** People of each item and, of each pair, the sum of (items of u)^-over. */
function denseOf(people: readonly Person[], over: number) {
  const holders = new Float64Array(items);
  const together = new Float64Array(items * items);
  for (const { items: theirs } of people) {
    for (const a of theirs) {
      holders[a] += 1;
      for (const b of theirs) together[a * items + b] += theirs.length ** -over;
    }
  }
  return { holders, together };
}

test.each([1, 2, 3])(
  "a walk's scores are those of the dense matrix of what was had together: seed %i",
  (seed) => {
    const people = crowdOf(seed);
    const { holders, together } = denseOf(people, 0.7);
    const scores = walkScores(logsOf(people, items), { from: 0.6, over: 0.7, to: 0.3 })(personOf([1, 5, 12]));
    for (let item = 0; item < items; item++) {
      const expected = [1, 5, 12].reduce(
        (sum, had) =>
          sum + (together[had * items + item] * holders[had] ** -0.6) / (holders[item] || 1) ** 0.3,
        0,
      );
      expect(scores[item]).toBeCloseTo(expected, 10);
    }
  },
);

test.each([1, 2, 3])(
  "an item's nearest are those of the largest scores for it alone, without it: seed %i",
  (seed) => {
    const people = crowdOf(seed);
    const logs = logsOf(people, items);
    const near = nearestByWalk(logs, { over: 0.5, to: 0.5 }, 6);
    const scoresOf = walkScores(logs, { from: 0, over: 0.5, to: 0.5 });
    for (let item = 0; item < items; item++) {
      const scores = scoresOf(personOf([item]));
      const expected = Array.from(scores.keys())
        .filter((other) => other !== item && scores[other] > 0)
        .sort((a, b) => scores[b] - scores[a] || a - b)
        .slice(0, 6);
      // Sums of the same numbers in another order may differ in their last bit.
      expect(Array.from(near[item], (other) => scores[other].toFixed(9))).toEqual(
        expected.map((other) => scores[other].toFixed(9)),
      );
      expect(near[item]).not.toContain(item);
    }
    expect(near[items - 1]).toHaveLength(0);
  },
);

test("with room for all neighbours EASE of the nearest is EASE", () => {
  // Dense enough that any two items were had together.
  const people = crowdOf(4, () => 0.5);
  const settings = { nearest: items, lambda: 7, over: 0.4, steep: 0.6, to: 0.5 };
  const near = nearestEase(logsOf(people, items), settings);
  const whole = ease(people, items, settings);
  for (const known of [[0], [2, 3, 9], [4, 20, 28]]) {
    const expected = whole(personOf(known));
    // The dense inverse is held in single precision.
    for (const [item, score] of near(personOf(known)).entries()) {
      expect(score).toBeCloseTo(expected[item], 4);
    }
  }
});

test("each row of the regression on the nearest solves its own equations", () => {
  const people = crowdOf(5);
  const logs = logsOf(people, items);
  const [over, lambda, steep, nearest] = [0.5, 2, 0.6, 4];
  const scoresOf = nearestEase(logs, { nearest, lambda, over, steep, to: 0.5 });
  const mean = people.reduce((sum, { items: theirs }) => sum + theirs.length, 0) / people.length;
  const { together, holders } = denseOf(people, over);
  const meanHolders = holders.reduce((sum, count) => sum + count, 0) / items;
  const gram = together.map((weight) => weight * mean ** over);
  const said = Array.from({ length: items }, (_, had) => scoresOf(personOf([had])));
  for (const [item, others] of nearestByWalk(logs, { over, to: 0.5 }, nearest).entries()) {
    for (const row of others) {
      const left = Array.from(others).reduce(
        (sum, other) =>
          sum +
          (gram[row * items + other] + (row === other ? lambda * (holders[row] / meanHolders) ** steep : 0)) *
            said[other][item],
        0,
      );
      expect(left).toBeCloseTo(gram[row * items + item], 8);
    }
    expect(said.filter((scores) => scores[item] !== 0).length).toBeLessThanOrEqual(nearest);
  }
});

test("a list of nearest has each pair once, whoever names it", () => {
  const pattern = patternOfNearest([
    Uint32Array.of(1, 2),
    Uint32Array.of(0),
    Uint32Array.of(),
    Uint32Array.of(2),
  ]);
  expect(pattern.pairCount).toBe(3);
  expect(Array.from(pattern.starts)).toEqual([0, 2, 3, 5, 6]);
  // And is one that pairs are learned on.
  const scores = pairScores(exactPairs([personOf([0, 1]), personOf([1])], pattern))(personOf([0]));
  expect(scores[1]).toBeGreaterThan(0);
});
