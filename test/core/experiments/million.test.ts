/**
 * A million devices over twenty experiments: three layers, several audiences' worth of strata, arms of uneven
 * weights, partial coverage. Seeds are fixed, so that a law holds every time or never; they were not chosen.
 */
import { describe, expect, test } from "vitest";
import { armShares, assign } from "../../../core/experiments/assignment.ts";
import { type Experiment, strataCount } from "../../../core/experiments/experiment.ts";
import { bucketCount, hashBucket } from "../../../core/experiments/hash.ts";
import type { Visitor } from "../../../core/experiments/visitor.ts";
import { chiSquareP, independentP, uniformP } from "./chisquare.ts";
import { anybody, armsOf, deviceNumbers, experimentOf } from "./experiments.ts";

const devices = 1_000_000;
const weights = [
  [0.5, 0.5],
  [0.6, 0.3, 0.1],
  [1 / 3, 1 / 3, 1 / 3],
  [0.25, 0.25, 0.25, 0.25],
  [0.9, 0.1],
];
const coverages = [1, 0.5, 0.2, 1];
const strata = [{ by: "nothing" }, { by: "device" }, { by: "nothing" }, { by: "visitor" }] as const;

/** Nine in three layers of three, of a third of the buckets each or less; eleven in none. */
const experiments: readonly Experiment[] = Array.from({ length: 20 }, (_, k) =>
  experimentOf({
    name: `e${k}`,
    seed: `seed-${k}`,
    layer:
      k < 9
        ? { name: `layer-${k % 3}`, from: 3_300 * Math.floor(k / 3), to: 3_300 * Math.floor(k / 3) + 3_300 }
        : null,
    coverage: coverages[k % coverages.length],
    arms: armsOf(...weights[k % weights.length]),
    strata: strata[Math.floor(k / 2) % strata.length],
  }),
);
const kinds: readonly Visitor[] = ([null, "phone", "tablet", "desktop"] as const).flatMap((device) =>
  [false, true].map((isReturning) => ({ ...anybody, device, isReturning })),
);

/** Arms and one more, for nobody; strata of each. */
const widths = experiments.map(({ arms }) => arms.length + 1);
const byStratum = experiments.map(({ strata: of }, e) =>
  Array.from({ length: strataCount(of) }, () => new Float64Array(widths[e] - 1)),
);
const people = experiments.map(({ strata: of }) => new Float64Array(strataCount(of)));
const tables = experiments.map((_, e) =>
  experiments.slice(0, e).map((_, other) => new Float64Array(widths[e] * widths[other])),
);
const buckets = new Float64Array(bucketCount);

const next = deviceNumbers(20);
const drawn = new Uint8Array(experiments.length);
for (let k = 0; k < devices; k++) {
  const number = next();
  buckets[hashBucket("one seed", number)] += 1;
  const visitor = kinds[k % kinds.length];
  for (let e = 0; e < experiments.length; e++) {
    const assigned = assign(experiments[e], number, visitor);
    drawn[e] = assigned?.arm ?? widths[e] - 1;
    if (assigned !== null) byStratum[e][assigned.stratum][assigned.arm] += 1;
    for (let other = 0; other < e; other++) tables[e][other][drawn[e] * widths[other] + drawn[other]] += 1;
  }
}
for (const [e, { strata: of }] of experiments.entries()) {
  const shares = kinds.map(({ device, isReturning }) => (of.by === "device" ? device : isReturning));
  people[e].fill(devices / (of.by === "nothing" ? 1 : new Set(shares).size));
}

describe("of a million devices over twenty experiments", () => {
  test("buckets of a seed are uniform", () => {
    expect(uniformP(buckets, new Array(bucketCount).fill(1 / bucketCount))).toBeGreaterThan(0.001);
  });

  test.each(experiments.map((experiment, e) => [experiment.name, e] as const))(
    "%s is uniform: as many are in as it covers, in arms by their weights, in every stratum",
    (_, e) => {
      const { arms, coverage, layer } = experiments[e];
      const open = (layer === null ? 1 : (layer.to - layer.from) / bucketCount) * coverage;
      for (const [stratum, counts] of byStratum[e].entries()) {
        const inside = counts.reduce((sum, count) => sum + count, 0);
        expect(inside).toBeGreaterThan(1_000);
        expect(uniformP(counts, armShares({ arms, coverage }))).toBeGreaterThan(0.001);
        if (open === 1) expect(inside).toBe(people[e][stratum]);
        else expect(uniformP([inside, people[e][stratum] - inside], [open, 1 - open])).toBeGreaterThan(0.001);
      }
    },
  );

  test("experiments of different layers, or of none, say nothing about each other", () => {
    const found = experiments.flatMap((experiment, e) =>
      experiments.slice(0, e).flatMap((other, o) => {
        const isOneLayer = experiment.layer !== null && experiment.layer.name === other.layer?.name;
        return isOneLayer ? [] : [independentP(tables[e][o], widths[o])];
      }),
    );
    expect(found).toHaveLength(190 - 9);
    // Of so many tests one is below 0.001 with a chance of a sixth, by no fault of the hash.
    expect(Math.min(...found)).toBeGreaterThan(0.001 / found.length);
    // Their p are themselves uniform, in ten tenths.
    const tenths = new Float64Array(10);
    for (const p of found) tenths[Math.min(9, Math.floor(p * 10))] += 1;
    expect(uniformP(tenths, new Array(10).fill(0.1))).toBeGreaterThan(0.001);
  });

  test("nobody is in two experiments of a layer", () => {
    for (const [e, { layer }] of experiments.entries()) {
      for (const [o, other] of experiments.slice(0, e).entries()) {
        if (layer === null || layer.name !== other.layer?.name) continue;
        const isIn = (at: number) => at < (widths[e] - 1) * widths[o] && at % widths[o] < widths[o] - 1;
        expect(tables[e][o].filter((count, at) => isIn(at) && count > 0)).toHaveLength(0);
      }
    }
  });
});

test("the p of the tests is that of tables of the chi-square distribution", () => {
  // Critical values as printed in the NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4.
  for (const [freedom, at05, at001] of [
    [1, 3.841, 10.828],
    [2, 5.991, 13.816],
    [3, 7.815, 16.266],
    [9, 16.919, 27.877],
    [10, 18.307, 29.588],
    [100, 124.342, 149.449],
  ]) {
    expect(chiSquareP(at05, freedom)).toBeCloseTo(0.05, 4);
    expect(chiSquareP(at001, freedom)).toBeCloseTo(0.001, 6);
  }
});
