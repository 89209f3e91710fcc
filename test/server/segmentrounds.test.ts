/**
 * Segments from the first round to the last: what is asked, what is known after it, and what it is called.
 */

import { expect, test } from "vitest";
import { seededFill } from "../../bench/crowds.ts";
import { knownCrowd } from "../../bench/segments/crowd.ts";
import { learnSegments, segmentsOf } from "../../bench/segments/learn.ts";
import { adjustedRand } from "../../bench/segments/rand.ts";
import { featureCount, vectorEntries } from "../../core/profile/featurevector.ts";
import { segmentLayout, segmentSensitivity } from "../../core/tasks/segments/contribution.ts";
import { segmentNames } from "../../server/kinds/segments/names.ts";
import { segmentPlan } from "../../server/kinds/segments/plan.ts";
import {
  askedNext,
  type Learning,
  learnedAfter,
  nothingLearned,
  settingsFor,
} from "../../server/kinds/segments/rounds.ts";
import { segmentSumsOf } from "../../server/kinds/segments/sums.ts";

const crowd = knownCrowd({ people: 1_500, groups: 4, seed: 41 });
const plan = segmentPlan({
  ...{ choice: { by: "operator", k: 4 }, people: 1_500 },
  rho: Number.POSITIVE_INFINITY,
});

test("groups that are there are found, and the same dice find the same", () => {
  const learn = (seed: number, rho: number) =>
    learnSegments(crowd.people, plan, { rho, fill: seededFill(seed) }).learned;
  const learned = learn(3, Number.POSITIVE_INFINITY);
  const found = segmentsOf(crowd.people, learned);
  expect(adjustedRand(found, crowd.groups)).toBeGreaterThan(0.8);
  expect(learned.people.reduce((sum, people) => sum + people, 0)).toBeCloseTo(1_500, -1);
  expect(new Set(learned.names).size).toBe(4);
  expect(learn(3, 0.5)).toEqual(learn(3, 0.5));
  expect(learn(4, 0.5).centroids).not.toEqual(learn(3, 0.5).centroids);
});

test("noise that hides everybody finds nothing, and is no error, whatever the dice", () => {
  const few = { people: crowd.people.slice(0, 150), groups: crowd.groups.slice(0, 150) };
  for (let seed = 0; seed < 25; seed++) {
    const choice = { by: "criterion", least: 1, most: 6 } as const;
    const { learned, rho } = learnSegments(few.people, segmentPlan({ choice, people: 150, rho: 1e-4 }), {
      rho: 1e-4,
      fill: seededFill(seed),
    });
    expect(rho).toBeCloseTo(1e-4, 12);
    expect(adjustedRand(segmentsOf(few.people, learned), few.groups)).toBeLessThan(0.6);
    for (const value of Array.from(learned.centroids.centroids)) expect(Math.abs(value)).toBeLessThan(100);
  }
});

test("a sum of noise alone, with nobody in it, can be learned from in every round", () => {
  let learning: Learning = nothingLearned(plan);
  const stages: string[] = [];
  while (learning.stage !== "learned") {
    stages.push(learning.stage);
    const asked = askedNext(learning, plan);
    const zeros = new Float64Array(segmentLayout({ ...asked.centroids, ...asked }).length);
    const sums = segmentSumsOf(zeros, { centroids: asked.centroids, scales: asked, variance: 1 });
    learning = learnedAfter(learning, sums, plan);
  }
  expect(stages).toEqual(["locate", "spread", "explore", "explore", "refine", "refine"]);
});

test("the first round looks at nobody, and each round's sensitivity follows from public settings", () => {
  const asked = askedNext(nothingLearned(plan), plan);
  expect(askedNext(nothingLearned(plan), plan)).toEqual(asked);
  expect(Array.from(asked.centroids.centroids)).toEqual(new Array(featureCount).fill(0));
  expect(segmentSensitivity(asked)).toBeCloseTo(plan.locateClip * Math.hypot(1, plan.countPart), 12);
});

test("how people differ is said to devices once k is chosen, and no sooner", () => {
  let learning: Learning = nothingLearned(plan);
  while (learning.stage !== "learned") {
    const asked = askedNext(learning, plan);
    const { shape } = settingsFor(asked);
    if (learning.stage === "refine") {
      const { spreads, deviations } = learning.space;
      expect(shape).toEqual({ spreads: Array.from(spreads), deviations: Array.from(deviations) });
    } else {
      expect(shape).toBeUndefined();
    }
    const zeros = new Float64Array(segmentLayout({ ...asked.centroids, ...asked }).length);
    const sums = segmentSumsOf(zeros, { centroids: asked.centroids, scales: asked, variance: 1 });
    learning = learnedAfter(learning, sums, plan);
  }
});

test("names say what stands out, most first, in words that are different", () => {
  const at = (name: string) => vectorEntries.findIndex(({ feature }) => feature.name === name);
  const space = {
    center: new Float64Array(featureCount),
    axes: Float64Array.from({ length: featureCount ** 2 }, (_, place) =>
      place % (featureCount + 1) === 0 ? 4 : 0,
    ),
    spreads: new Float64Array(featureCount).fill(0.25),
  };
  const rows = [
    { orders: 2, frequencyScore: 1.9, evening: -0.8, weekend: 0.6 },
    { orders: 2, evening: -0.8, weekend: -0.6 },
    { orders: 0.4 },
    { orders: -0.3 },
    { orders: 3 },
  ].map((deviations) => {
    const row = new Array<number>(featureCount).fill(0);
    for (const [name, value] of Object.entries(deviations)) row[at(name)] = value;
    return row;
  });
  const centroids = { count: rows.length, dim: featureCount, centroids: rows.flat() };
  expect(segmentNames(space, centroids, { noise: [0, 0, 0, 0, 2] })).toEqual([
    "many orders, seldom in the evening, at the weekend",
    "many orders, seldom in the evening, on working days",
    "as most people",
    "as most people (2)",
    "as most people (3)",
  ]);
});
