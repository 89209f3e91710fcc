/** The public list of pairs that a server makes, and what it makes of sums of them. */

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PairPattern, patternOfPairs, placeOf } from "../../core/model/pairlist.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { pairContributionOf, pairLayout } from "../../core/tasks/itempairs/contribution.ts";
import { standardPairDefences } from "../../server/kinds/itempairs/defences.ts";
import { learnedFrom, publicPairsOf } from "../../server/kinds/itempairs/learned.ts";
import { patternOf } from "../../server/kinds/itempairs/nearest.ts";
import { pairSumsOf, shrunkenPairs } from "../../server/kinds/itempairs/sums.ts";
import { pairWeights } from "../../server/kinds/itempairs/weights.ts";

const count = 40;
const everyPair = Array.from({ length: count }, (_, a) =>
  Array.from({ length: a }, (_, b) => [a, b] as const),
).flat();
const pattern = patternOfPairs(everyPair, count);
const layout = pairLayout(pattern);

/** Standard normal (Box and Muller 1958). */
const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** A world in which pairs go with cosines, but for how they differ: sums without noise. */
function worldOf(random: () => number) {
  const shares = Float64Array.from({ length: count }, () => 0.01 + 0.2 * random());
  const cosines = Float64Array.from({ length: pattern.pairCount }, () => random());
  const people = 500;
  const pairs = new Float64Array(pattern.pairCount);
  everyPair.forEach(([a, b]) => {
    const place = pattern.starts[a] + [...Array(count).keys()].filter((k) => k !== a).indexOf(b);
    const pair = pattern.pairs[place];
    const root = Math.sqrt(shares[a] * shares[b]);
    pairs[pair] = people * root * (0.3 * cosines[pair] ** 2 + 0.05) * (0.5 + random());
  });
  return { shares, cosines, people, pairs };
}

const rowsOf = fc
  .record({ count: fc.integer({ min: 1, max: 90 }), dim: fc.integer({ min: 1, max: 5 }) })
  .chain(({ count, dim }) =>
    fc.record({
      count: fc.constant(count),
      dim: fc.constant(dim),
      values: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: count * dim, maxLength: count * dim }),
    }),
  );

/** Neighbours by item, the slow way. */
function nearestPlainly(
  values: readonly number[],
  count: number,
  dim: number,
  nearest: number,
): Set<number>[] {
  const product = (a: number, b: number) =>
    Array.from({ length: dim }, (_, k) => values[a * dim + k] * values[b * dim + k]).reduce(
      (x, y) => x + y,
      0,
    );
  const after = (item: number, other: number) => (other - item + count) % count;
  const sets = Array.from({ length: count }, () => new Set<number>());
  for (let item = 0; item < count; item++) {
    const near = Array.from({ length: count }, (_, other) => other)
      .filter((other) => other !== item && product(item, other) > 0)
      .sort((a, b) => product(item, b) - product(item, a) || after(item, a) - after(item, b))
      .slice(0, nearest);
    for (const other of near) {
      sets[item].add(other);
      sets[other].add(item);
    }
  }
  return sets;
}

const neighboursOf = ({ starts, neighbours }: PairPattern, item: number): number[] =>
  Array.from(neighbours.subarray(starts[item], starts[item + 1]));

test("rows that are all the same share neighbours evenly, and a row that is near to all has a hundred", () => {
  const nearest = 4;
  const degrees = ({ starts }: PairPattern) =>
    Array.from({ length: starts.length - 1 }, (_, row) => starts[row + 1] - starts[row]);
  const same = patternOf({ values: new Float64Array(500).fill(1), count: 500, dim: 1 }, { nearest });
  expect(new Set(degrees(same))).toEqual(new Set([2 * nearest]));
  // Each row is like the first, and like no other one.
  const count = 300;
  const values = new Float64Array(count * count);
  for (let row = 0; row < count; row++) values[row * count + row] = 1;
  values.fill(1, 0, count);
  const star = degrees(patternOf({ values, count, dim: count }, { nearest }));
  expect(star[0]).toBe(100);
  expect(star.slice(1).every((degree) => degree <= 1)).toBe(true);
});

test("there are as many pairs as there is room for, be it less than one a row", () => {
  const values = new Float64Array(40).fill(1);
  for (const mostPairs of [1, 7, 39]) {
    expect(patternOf({ values, count: 40, dim: 1 }, { nearest: 3, mostPairs }).pairCount).toBe(mostPairs);
  }
  expect(patternOf({ values, count: 40, dim: 1 }, { nearest: 3, mostPairs: 100 }).pairCount).toBe(80);
});

test("the list of pairs has each item's nearest by public rows, both ways, in order, a pair under one number", () => {
  fc.assert(
    fc.property(rowsOf, fc.integer({ min: 1, max: 6 }), ({ values, count, dim }, nearest) => {
      const pattern = patternOf({ values: Float64Array.from(values), count, dim }, { nearest });
      const wanted = nearestPlainly(values, count, dim, nearest);
      const numbers = new Map<string, number>();
      for (let item = 0; item < count; item++) {
        const found = neighboursOf(pattern, item);
        expect(found).toEqual([...wanted[item]].sort((a, b) => a - b));
        for (const other of found) {
          const place = placeOf(pattern, item, other);
          expect(pattern.neighbours[place]).toBe(other);
          const name = `${Math.min(item, other)} ${Math.max(item, other)}`;
          expect(numbers.get(name) ?? pattern.pairs[place]).toBe(pattern.pairs[place]);
          numbers.set(name, pattern.pairs[place]);
        }
        for (let other = 0; other < count; other++) {
          if (!wanted[item].has(other)) expect(placeOf(pattern, item, other)).toBe(-1);
        }
      }
      expect([...numbers.values()].sort((a, b) => a - b)).toEqual(
        Array.from({ length: pattern.pairCount }, (_, pair) => pair),
      );
    }),
  );
});

const uncounted = {
  ...{ counts: new Float64Array(count), countVariance: 0 },
  ...{ recent: new Float64Array(count), recentVariance: 0 },
};

describe("sums of pairs", () => {
  test("are read back from where contributions put them, counts and people off their scales", () => {
    const sum = Float64Array.from({ length: layout.length }, (_, k) => k);
    const scales = { clipL2: 1, countScale: 0.5, recentScale: 2, weightScale: 0.1 };
    const sums = pairSumsOf(sum, { layout, scales, variance: 4 });
    expect([...sums.pairs]).toEqual([...sum.subarray(0, layout.counts)]);
    expect(sums.counts[3]).toBe((layout.counts + 3) / 0.5);
    expect(sums.recent[3]).toBe((layout.recent + 3) / 2);
    expect([sums.counts.length, sums.recent.length]).toEqual([count, count]);
    expect(sums.people).toBeCloseTo(layout.weight / 0.1, 9);
    expect([sums.pairVariance, sums.countVariance, sums.recentVariance]).toEqual([4, 16, 1]);
  });

  test("without noise are what they are", () => {
    const { shares, cosines, people, pairs } = worldOf(seededRandom(1));
    const sums = { pairs, people, pairVariance: 0, ...uncounted };
    expect(shrunkenPairs(sums, { pattern, shares, cosines })).toEqual(pairs);
  });

  test("shrunken are nearer to the truth than noisy ones and than what is expected alone, at any noise", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(1, 3, 10), (seed, sd) => {
        const random = seededRandom(seed);
        const { shares, cosines, people, pairs } = worldOf(random);
        const noisy = pairs.map((value) => value + sd * gaussian(random));
        const sums = { pairs: noisy, people, ...uncounted };
        const shrunken = shrunkenPairs({ ...sums, pairVariance: sd * sd }, { pattern, shares, cosines });
        const errorOf = (values: Float64Array) =>
          values.reduce((error, value, pair) => error + (value - pairs[pair]) ** 2, 0);
        expect(errorOf(shrunken)).toBeLessThan(errorOf(noisy));
        expect(Math.min(...shrunken)).toBeGreaterThanOrEqual(0);
        // Told that all is noise, it says what is expected: worse where the noise is small.
        if (sd <= 1) {
          const expected = shrunkenPairs({ ...sums, pairVariance: 1e9 }, { pattern, shares, cosines });
          expect(errorOf(shrunken)).toBeLessThan(errorOf(expected));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("what is wanted lately", () => {
  const scales = { clipL2: 1, countScale: 1, recentScale: 2, weightScale: 0.1 };
  const content = quantizeRows(
    Float64Array.from({ length: count * 3 }, (_, k) => Math.sin(k)),
    count,
    3,
  );
  const known = publicPairsOf(pattern, { content, contentDim: 3 });
  /** Sums of people with two items each, of which they had some lately, under noise of this standard deviation. */
  const learnedOf = (people: number, lateOf: (person: number) => number, sd: number) => {
    const random = seededRandom(5);
    const values = new Float64Array(layout.length);
    for (let person = 0; person < people; person++) {
      const items = [person % count, (person + 1 + (person % 3)) % count];
      const had = { items, recent: items.slice(0, lateOf(person)) };
      const { places, values: theirs } = pairContributionOf(pattern, had, scales);
      for (const [at, place] of places.entries()) values[place] += theirs[at];
    }
    for (let k = 0; k < values.length; k++) values[k] += sd * gaussian(random);
    const settings = { ...scales, ridge: 0.0055, unlisted: 5 };
    const summed = { reports: people, values, variance: sd ** 2 };
    return learnedFrom(known, summed, settings, standardPairDefences).recent;
  };

  test("is unknown where nobody had anything lately, or so few that noise may be all there is", () => {
    for (const sd of [0, 1.8, 20]) {
      for (const people of [10, 50, 2000]) expect(learnedOf(people, () => 0, sd)).toBeNull();
    }
    expect(learnedOf(40, (person) => Number(person === 3), 1.8)).toBeNull();
    expect(learnedOf(200, (person) => Number(person === 3), 0)).toBeNull();
  });

  test("is in shares and a floor that a part can carry, together as large as shares of all time", () => {
    for (const sd of [0, 1.8]) {
      for (const people of [400, 2000]) {
        const recent = learnedOf(people, (person) => person % 3, sd);
        expect(recent?.floor).toBeGreaterThan(0);
        expect(recent?.floor).toBeLessThanOrEqual(1);
        const shares = Array.from(recent?.shares ?? []);
        expect(Math.min(...shares)).toBeGreaterThan(0);
        const together = shares.reduce((sum, share) => sum + share, 0);
        // Everybody has two things.
        expect(together).toBeGreaterThan(1.5);
        expect(together).toBeLessThan(2.5);
      }
    }
  });
});

describe("weights of neighbours", () => {
  /** Ridge regression of one item on others, by Gaussian elimination on the whole matrix. */
  function plainly(
    gram: readonly (readonly number[])[],
    item: number,
    near: readonly number[],
    ridge: number,
  ) {
    const rows = near.map((a) => [...near.map((b) => gram[a][b] + (a === b ? ridge : 0)), gram[a][item]]);
    for (let k = 0; k < rows.length; k++) {
      const pivot = rows[k][k];
      for (let j = k; j <= rows.length; j++) rows[k][j] /= pivot;
      for (let i = 0; i < rows.length; i++) {
        if (i === k) continue;
        const factor = rows[i][k];
        for (let j = k; j <= rows.length; j++) rows[i][j] -= factor * rows[k][j];
      }
    }
    return rows.map((row) => row[rows.length]);
  }

  test("are the ridge regressions of each item on its neighbours, by listed pairs and by chance for others", () => {
    const pairsOf = fc.uniqueArray(
      fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 7 })).filter(([a, b]) => a < b),
      { selector: ([a, b]) => a * 8 + b, maxLength: 20 },
    );
    fc.assert(
      fc.property(pairsOf, fc.integer({ min: 1, max: 1e6 }), (listed, seed) => {
        const random = seededRandom(seed);
        const small = patternOfPairs(listed, 8);
        const shares = Float64Array.from({ length: 8 }, () => 0.1 + random() / 2);
        const pairs = Float64Array.from({ length: small.pairCount }, () => 3 * random());
        // Chance so small that the matrix is positive definite whatever is listed.
        const [people, unlisted, ridge] = [100, 0.5, 20];
        const ordered = [...listed].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
        const gram = Array.from({ length: 8 }, (_, a) =>
          Array.from({ length: 8 }, (_, b) => {
            if (a === b) return shares[a] * people;
            const pair = ordered.findIndex(([x, y]) => x === Math.min(a, b) && y === Math.max(a, b));
            return pair < 0 ? unlisted * shares[a] * shares[b] * people : pairs[pair];
          }),
        );
        const weights = pairWeights({ pattern: small, shares, pairs, people, unlisted }, ridge);
        for (let item = 0; item < 8; item++) {
          const near = [...small.neighbours.subarray(small.starts[item], small.starts[item + 1])];
          for (const [k, wanted] of plainly(gram, item, near, ridge).entries())
            expect(weights[small.starts[item] + k]).toBeCloseTo(wanted, 8);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("are refused for a ridge that is none, and for sums that are no numbers", () => {
    const gram = {
      pattern: patternOfPairs(
        [
          [0, 1],
          [0, 2],
          [1, 2],
        ],
        3,
      ),
      shares: new Float64Array(3).fill(0.1),
      pairs: new Float64Array(3).fill(100),
      people: 100,
      unlisted: 2,
    };
    expect(() => pairWeights(gram, 0)).toThrow("ridge must be above 0");
    expect(() => pairWeights({ ...gram, pairs: Float64Array.of(1, Number.NaN, 1) }, 20)).toThrow(RangeError);
    expect(pairWeights(gram, 20).every(Number.isFinite)).toBe(true);
  });

  test("are finite for sums that no crowd could have, which noise makes", () => {
    const impossible = {
      pattern,
      shares: new Float64Array(count).fill(1e-5),
      pairs: new Float64Array(pattern.pairCount).fill(1e4),
      people: 100,
      unlisted: 2,
    };
    expect(pairWeights(impossible, 20).every(Number.isFinite)).toBe(true);
  });
});
