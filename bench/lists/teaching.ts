/**
 * The ranker that a crowd's clicks teach: each person's statistics (core/ranking/ranker/statistics.ts) of
 * what they clicked, each row for what a correction has it count, clipped and added up as reports are.
 */
import { askedUnits } from "../../core/ranking/ranker/learnedunits.ts";
import type { Hit } from "../../core/ranking/ranker/statistics.ts";
import { seededRandom } from "../../core/seeded.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rankerContributionOf } from "../../core/tasks/ranker/contribution.ts";
import { rankerPartOf, rankerScales } from "../../server/kinds/ranker/learned.ts";
import { delta } from "../privacysettings.ts";
import { type Looked, type Served, units } from "./world.ts";

/** What of a person is wanted: rows with what they count for. */
export type Wanted = ReadonlyMap<number, number>;

export interface Taught {
  readonly person: Served;
  readonly wanted: Wanted;
  /** What they send, once it is clipped, is times that; above 0 to 1. */
  readonly share: number;
}

export interface Noise {
  readonly epsilon: number;
  readonly seed: number;
}

/** @param noise of both aggregators; null: none. @returns weights of the units. */
export function taught(crowd: Iterable<Taught>, noise: Noise | null): Float64Array {
  const { values, people } = crowdSum(crowd);
  const sigma =
    noise === null
      ? 0
      : sensitivityOf(rankerScales) / Math.sqrt(2 * rhoWithin({ epsilon: noise.epsilon, delta }));
  const deviation = Math.SQRT2 * sigma;
  if (noise !== null) addGaussian(values, deviation, seededRandom(noise.seed));
  const sum = { values, people, deviation };
  return Float64Array.from(
    rankerPartOf(sum, { units: askedUnits, scales: rankerScales, origin: "crowd" }).weights,
  );
}

/**
 * Contributions of everybody (`rankerContributionOf`) added up, and how many people said something. A
 * person's curvature is that of their lists, each times what is wanted of it counts for: of the many who are
 * one customer these factors are added up, and no matrices.
 */
export function crowdSum(crowd: Iterable<Taught>): {
  readonly values: Float64Array;
  readonly people: number;
} {
  const { clipL2, curvatureScale, weightScale } = rankerScales;
  const gradient = new Float64Array(units.length);
  /** By customer, what the covariance of each of their lists is to be added with. */
  const factorsOf = new Map<Served, number[]>();
  let people = 0;
  for (const { person, wanted, share } of crowd) {
    const { slope, factors, isSilent } = toldOf(person, wanted);
    if (isSilent) continue;
    people += 1;
    const norm = Math.sqrt(
      slope.reduce((sum, value) => sum + value * value, 0) + curvatureScale ** 2 * squareOf(person, factors),
    );
    const kept = share * (norm > clipL2 ? clipL2 / norm : 1);
    for (let k = 0; k < slope.length; k++) gradient[k] += kept * slope[k];
    const sums = factorsOf.get(person) ?? factors.map(() => 0);
    factorsOf.set(person, sums);
    for (const [at, factor] of factors.entries()) sums[at] += kept * factor;
  }
  const curvature = new Float64Array(units.length ** 2);
  for (const [{ looked }, factors] of factorsOf) {
    for (const [at, { moments }] of looked.entries()) {
      const { covariance } = moments;
      for (let k = 0; k < curvature.length; k++) curvature[k] += factors[at] * covariance[k];
    }
  }
  const clipped = { clipL2: Number.POSITIVE_INFINITY, curvatureScale, weightScale: people * weightScale };
  return { values: rankerContributionOf({ gradient, curvature }, clipped), people };
}

/** Gradient of a person's lists together, and what the covariance of each counts for. */
function toldOf({ looked }: Served, wanted: Wanted) {
  const slope = new Float64Array(units.length);
  let isSilent = true;
  const factors = looked.map(({ moments, candidates, placeOf, values }) => {
    const hits = hitsIn(placeOf, wanted);
    if (hits.length === 0 || hits.length === candidates) return 0;
    isSilent = false;
    let whole = 0;
    for (const { row, weight } of hits) {
      whole += weight / hits.length;
      for (let k = 0; k < slope.length; k++) {
        slope[k] += (weight / hits.length) * (values[row * slope.length + k] - moments.mean[k]);
      }
    }
    return whole;
  });
  return { slope, factors, isSilent };
}

function hitsIn(placeOf: Looked["placeOf"], wanted: Wanted): readonly Hit[] {
  return [...wanted].flatMap(([row, weight]) => {
    const place = placeOf.get(row);
    return place === undefined ? [] : [{ row: place, weight }];
  });
}

/** Of the sum of covariances with these factors, the square of the Frobenius norm. */
function squareOf(person: Served, factors: readonly number[]): number {
  const products = productsOf.get(person) ?? productsIn(person);
  productsOf.set(person, products);
  let square = 0;
  for (const [a, one] of factors.entries()) {
    for (const [b, other] of factors.entries()) square += one * other * products[a * factors.length + b];
  }
  return square;
}

const productsOf = new WeakMap<Served, readonly number[]>();

function productsIn({ looked }: Served): readonly number[] {
  return looked.flatMap(({ moments: one }) =>
    looked.map(({ moments: other }) =>
      one.covariance.reduce((sum, value, k) => sum + value * other.covariance[k], 0),
    ),
  );
}

function addGaussian(values: Float64Array, deviation: number, random: () => number): void {
  for (let at = 0; at < values.length; at++) {
    const length = Math.sqrt(-2 * Math.log(1 - random()));
    values[at] += deviation * length * Math.cos(2 * Math.PI * random());
  }
}
