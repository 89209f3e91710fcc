import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { type LaneSum, robustSum } from "../../server/kinds/robust.ts";

/** Honest lanes as they are: few people per coordinate, most coordinates known to few lanes, noise on top. */
function honestLanes({
  lanes,
  reports,
  length,
  sigma,
  seed,
}: {
  readonly lanes: number;
  readonly reports: number;
  readonly length: number;
  readonly sigma: number;
  readonly seed: number;
}): LaneSum[] {
  const random = seededRandom(seed);
  const rates = Array.from({ length }, () => 0.2 * random() ** 6);
  return Array.from({ length: lanes }, () => ({
    reports,
    values: Float64Array.from(rates, (rate) => {
      let sum = sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      for (let person = 0; person < reports; person++) if (random() < rate) sum += 0.1;
      return sum;
    }),
  }));
}

const plain = (lanes: readonly LaneSum[]) =>
  lanes[0].values.map((_, k) => lanes.reduce((sum, { values }) => sum + values[k], 0));

test("honest lanes are added up: none is dropped, next to nothing is clamped, with noise and without", () => {
  for (const sigma of [0, 0.7, 3]) {
    const lanes = honestLanes({ lanes: 5, reports: 200, length: 3000, sigma, seed: 11 });
    const robust = robustSum(lanes, { sensitivity: 1.03, sigma });
    expect(robust.dropped).toEqual([]);
    expect(robust.reports).toBe(1000);
    const sum = plain(lanes);
    const moved = sum.filter((value, k) => Math.abs(value - robust.values[k]) > 1e-9).length;
    expect(moved).toBeLessThan(0.001 * sum.length);
  }
});

test("a rare item that one lane alone knows keeps what honest people said of it", () => {
  const lanes = honestLanes({ lanes: 5, reports: 200, length: 500, sigma: 0, seed: 3 });
  for (const { values } of lanes) values[7] = 0;
  lanes[2].values[7] = 0.9;
  expect(robustSum(lanes, { sensitivity: 1.03, sigma: 0 }).values[7]).toBeCloseTo(0.9, 12);
});

test("one lane whatever it holds moves no coordinate further than the reach", () => {
  const honest = honestLanes({ lanes: 5, reports: 200, length: 300, sigma: 1, seed: 5 });
  const clean = robustSum(honest.slice(1), { sensitivity: 1, sigma: 1 });
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -7e4, max: 7e4, noNaN: true }), { minLength: 300, maxLength: 300 }),
      (lie) => {
        const spoilt = [{ reports: 200, values: Float64Array.from(lie) }, ...honest.slice(1)];
        const { values } = robustSum(spoilt, { sensitivity: 1, sigma: 1 });
        for (let k = 0; k < values.length; k++)
          expect(Math.abs(values[k] - clean.values[k])).toBeLessThan(40);
      },
    ),
  );
});

test("a sum that wrapped around the modulus is dropped by its length, even in a batch of one lane", () => {
  const [lane] = honestLanes({ lanes: 1, reports: 200, length: 300, sigma: 1, seed: 5 });
  lane.values[17] = 65_000;
  const robust = robustSum([lane], { sensitivity: 1, sigma: 1 });
  expect(robust.dropped).toEqual([{ lane: 0, reports: 200, why: "too-long" }]);
  expect(robust.reports).toBe(0);
  expect(robust.values.every((value) => value === 0)).toBe(true);
});

test("a lane within its bound but far from the others is dropped, and says so", () => {
  const lanes = honestLanes({ lanes: 4, reports: 200, length: 300, sigma: 0.5, seed: 9 });
  lanes[3].values[100] += 150;
  const robust = robustSum(lanes, { sensitivity: 1, sigma: 0.5 });
  expect(robust.dropped).toEqual([{ lane: 3, reports: 200, why: "far-from-the-others" }]);
  expect(robust.reports).toBe(600);
});

test("no lane at all is refused by name", () => {
  expect(() => robustSum([], { sensitivity: 1, sigma: 1 })).toThrow(
    "robustSum: lanes must be at least one, got none",
  );
});
