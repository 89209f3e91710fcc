/**
 * The simulated lists of bench:lists: who is asked as often clicks as they look, and crowds are added up as
 * reports are.
 */
import { expect, test } from "vitest";
import { type Clicking, clicksOf, examined } from "../../bench/lists/clicks.ts";
import { chosen, nothing } from "../../bench/lists/corrections.ts";
import { learnedCurve, trueCurve } from "../../bench/lists/curve.ts";
import { crowdSum } from "../../bench/lists/teaching.ts";
import { type Served, units } from "../../bench/lists/world.ts";
import { chanceAt } from "../../core/lists/placecurve.ts";
import { placeBuckets } from "../../core/lists/trial.ts";
import { addedStatistics, listMoments, listStatistics } from "../../core/ranking/ranker/statistics.ts";
import { seededRandom } from "../../core/seeded.ts";
import { rankerContributionOf } from "../../core/tasks/ranker/contribution.ts";
import { rankerScales } from "../../server/kinds/ranker/learned.ts";

const clicking: Clicking = { eta: 1, visits: 3, trials: 0.5, noise: 0.02, elsewhere: 0 };

/** Somebody with lists of rows from `first` on, of which they want every second. */
function somebody(first: number): Pick<Served, "lists" | "wants"> {
  const list = Array.from({ length: 20 }, (_, at) => first + at);
  return { lists: [list, list.toReversed()], wants: new Set(list.filter((row) => row % 2 === 0)) };
}

test("trials without noise tell how likely places are looked at", () => {
  const random = seededRandom(7);
  const crowd = Array.from(
    { length: 40_000 },
    (_, at) => clicksOf(somebody(at % 5), clicking, random).trials,
  );
  const curve = learnedCurve(crowd, { epsilon: null, seed: 1 });
  for (const [step, upTo] of placeBuckets.entries()) {
    const first = (placeBuckets[step - 1] ?? 1) + 1;
    const places = Array.from({ length: upTo - first + 1 }, (_, at) => first + at);
    const truth = places.reduce((sum, place) => sum + examined(place, 1), 0) / places.length;
    expect(chanceAt(curve, upTo) / truth).toBeGreaterThan(0.85);
    expect(chanceAt(curve, upTo) / truth).toBeLessThan(1.15);
  }
});

test("what is corrected counts as on a device: the last chance over that of the place, whole people behind the clip", () => {
  const curve = trueCurve(1, 20);
  const clicked = {
    wanted: new Map([
      [3, 1],
      [4, 10],
      [5, null],
    ]),
    ...{ stoodAt: new Map(), trials: [] },
  };
  const { wanted, share } = chosen.of(clicked, curve);
  const counts = [...wanted].map(([row, weight]) => [row, Number((weight * share).toPrecision(12))]);
  expect(counts).toEqual([
    [3, 0.05],
    [4, 0.5],
    [5, 1],
  ]);
  expect(share).toBeCloseTo((0.05 + 0.5 + 1) / 3, 12);
  expect(nothing.of(clicked, curve)).toEqual({
    wanted: new Map([...clicked.wanted.keys()].map((row) => [row, 1])),
    share: 1,
  });
});

test("a crowd's sum is that of the contributions of its people", () => {
  const random = seededRandom(3);
  const people = Array.from({ length: 3 }, (): Served => {
    const looked = [30, 12].map((candidates) => {
      const values = Float64Array.from({ length: candidates * units.length }, () => random() - 0.4);
      return {
        ...{ moments: listMoments({ values, units: units.length }), candidates, values },
        placeOf: new Map(Array.from({ length: candidates }, (_, row) => [row, row] as const)),
      };
    });
    return { ...{ lists: [], looked }, wants: new Set() };
  });
  const crowd = Array.from({ length: 12 }, (_, at) => ({
    person: people[at % people.length],
    wanted: new Map(
      Array.from({ length: 1 + (at % 4) }, (_, hit) => [7 * hit + at, 0.1 + random()] as const),
    ),
    share: 0.1 + 0.9 * random(),
  }));
  const sum = new Float64Array(crowdSum([]).values.length);
  for (const { person, wanted, share } of crowd) {
    const statistics = addedStatistics(
      person.looked.map(({ values, candidates }) =>
        listStatistics({
          ...{ values, units: units.length },
          wanted: Uint8Array.from({ length: candidates }, (_, row) => (wanted.has(row) ? 1 : 0)),
          weights: Float64Array.from({ length: candidates }, (_, row) => wanted.get(row) ?? 1),
        }),
      ),
    );
    if (statistics === null) continue;
    const told = rankerContributionOf(statistics, rankerScales, { share });
    for (let k = 0; k < sum.length; k++) sum[k] += told[k];
  }
  const { values, people: counted } = crowdSum(crowd);
  expect(counted).toBe(12);
  for (const [k, value] of sum.entries()) expect(values[k]).toBeCloseTo(value, 9);
});
