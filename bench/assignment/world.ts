/**
 * Devices with random numbers over twenty experiments: three layers of three, eleven in none; strata, arms of
 * uneven weights, partial coverage. Seeds are fixed and were not chosen: a law holds every time or never.
 */
import { armShares, assign } from "../../core/experiments/assignment.ts";
import { type Experiment, strataCount } from "../../core/experiments/experiment.ts";
import { bucketCount, hashBucket } from "../../core/experiments/hash.ts";
import type { Visitor } from "../../core/experiments/visitor.ts";
import { seededRandom } from "../../core/seeded.ts";
import { dayMs } from "../../core/time.ts";
import { independentP, uniformP } from "./chisquare.ts";

const weights = [
  [0.5, 0.5],
  [0.6, 0.3, 0.1],
  [1 / 3, 1 / 3, 1 / 3],
  [0.25, 0.25, 0.25, 0.25],
  [0.9, 0.1],
];
const coverages = [1, 0.5, 0.2, 1];
const strata = [{ by: "nothing" }, { by: "device" }, { by: "nothing" }, { by: "visitor" }] as const;
const inLayers = 9;
const layers = 3;
/** Of the buckets of a layer. */
const shareOfLayer = bucketCount / 3 - (bucketCount % 3) / 3;

export const twenty: readonly Experiment[] = Array.from({ length: 20 }, (_, k) => {
  const from = shareOfLayer * Math.floor(k / layers);
  return {
    ...{ name: `e${k}`, seed: `seed-${k}` },
    layer: k < inLayers ? { name: `layer-${k % layers}`, from, to: from + shareOfLayer } : null,
    coverage: coverages[k % coverages.length],
    arms: weights[k % weights.length].map((weight, arm) => ({ name: String(arm), weight })),
    ...{ audience: {}, strata: strata[Math.floor(k / 2) % strata.length] },
    metrics: [{ name: "clicks", of: { any: "click" }, cap: 1 }],
    ...{ fromMs: 0, toMs: 28 * dayMs, windowDays: 7, beforeDays: 0 },
  };
});

const visitors: readonly Visitor[] = ([null, "phone", "tablet", "desktop"] as const).flatMap((device) =>
  [false, true].map((isReturning) => ({
    ...{ device, isReturning, segment: null, language: null, facts: new Map(), path: null },
  })),
);

const hex = Array.from({ length: 2 ** 16 }, (_, k) => k.toString(16).padStart(4, "0"));

/** 32 hex digits each. */
export function deviceNumbers(seed: number): () => string {
  const random = seededRandom(seed);
  const word = (): string => hex[Math.floor(random() * 2 ** 16)];
  return () => word() + word() + word() + word() + word() + word() + word() + word();
}

export interface Tallies {
  readonly devices: number;
  /** Devices by bucket of one seed. */
  readonly buckets: Float64Array;
  /** Devices by experiment, stratum and arm; the last is none. */
  readonly byStratum: readonly (readonly Float64Array[])[];
  /** For each pair of experiments, the second listed before the first: devices by both arms, row-major. */
  readonly pairs: readonly (readonly Float64Array[])[];
}

/** @param devices a multiple of eight: so many sorts of visitors there are. */
export function tallied(devices: number): Tallies {
  const widths = twenty.map(({ arms }) => arms.length + 1);
  const buckets = new Float64Array(bucketCount);
  const byStratum = twenty.map(({ strata: of }, e) =>
    Array.from({ length: strataCount(of) }, () => new Float64Array(widths[e])),
  );
  const pairs = twenty.map((_, e) =>
    twenty.slice(0, e).map((_, other) => new Float64Array(widths[e] * widths[other])),
  );
  const next = deviceNumbers(20);
  const drawn = new Uint8Array(twenty.length);
  for (let k = 0; k < devices; k++) {
    const number = next();
    const visitor = visitors[k % visitors.length];
    buckets[hashBucket("one seed", number)] += 1;
    for (let e = 0; e < twenty.length; e++) {
      const assigned = assign(twenty[e], number, visitor);
      drawn[e] = assigned?.arm ?? widths[e] - 1;
      if (assigned !== null) byStratum[e][assigned.stratum][assigned.arm] += 1;
      for (let other = 0; other < e; other++) pairs[e][other][drawn[e] * widths[other] + drawn[other]] += 1;
    }
  }
  for (const [e, { strata: of }] of twenty.entries()) {
    for (const [stratum, counts] of byStratum[e].entries()) {
      counts[widths[e] - 1] = peopleOf(of, stratum, devices) - counts.reduce((sum, count) => sum + count, 0);
    }
  }
  return { devices, buckets, byStratum, pairs };
}

/** What each is named after: p of whether people are as they should be. */
export interface Found {
  readonly name: string;
  readonly p: number;
}

/** For each experiment, whether in each stratum as many are in each arm, and in none, as there should be. */
export function uniformity({ byStratum }: Tallies): readonly Found[] {
  return twenty.flatMap(({ name, arms, coverage, layer }, e) => {
    const inside = (layer === null ? 1 : (layer.to - layer.from) / bucketCount) * coverage;
    const shares = [...armShares({ arms, coverage }).map((share) => share * inside), 1 - inside];
    return byStratum[e].map((counts, stratum) => ({
      name: `${name}, stratum ${stratum}`,
      p: uniformP(counts, shares),
    }));
  });
}

/** For each two experiments that are not of one layer, whether the arm of one says nothing of the other's. */
export function independence({ pairs }: Tallies): readonly Found[] {
  return twenty.flatMap((one, e) =>
    twenty
      .slice(0, e)
      .flatMap((other, o) =>
        isOneLayer(one, other)
          ? []
          : [{ name: `${one.name}, ${other.name}`, p: independentP(pairs[e][o], other.arms.length + 1) }],
      ),
  );
}

/** Devices that are in two experiments of a layer. */
export function overlapping({ pairs }: Tallies): number {
  let devices = 0;
  for (const [e, one] of twenty.entries()) {
    for (const [o, other] of twenty.slice(0, e).entries()) {
      if (!isOneLayer(one, other)) continue;
      for (let arm = 0; arm < one.arms.length; arm++) {
        for (let second = 0; second < other.arms.length; second++)
          devices += pairs[e][o][arm * (other.arms.length + 1) + second];
      }
    }
  }
  return devices;
}

function isOneLayer(one: Experiment, other: Experiment): boolean {
  return one.layer !== null && one.layer.name === other.layer?.name;
}

function peopleOf(of: Experiment["strata"], stratum: number, devices: number): number {
  if (of.by === "nothing") return devices;
  const kinds = of.by === "device" ? 4 : 2;
  return stratum < kinds ? devices / kinds : 0;
}
