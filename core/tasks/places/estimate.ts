/**
 * How likely each place of a list is looked at, beside its first, from a noisy sum of clicks in lists on
 * trial.
 *
 * Of a bucket let X be the clicks at the first place and Y those at the other. The ratio of what they are
 * expected to be is the chance that is asked for (core/lists/trial.ts), and its interval is Fieller's (1954):
 * all rho with
 *
 *   (Y - rho X)^2 <= z^2 (var Y + rho^2 var X),   var X = noise^2 + max(X, 1) clicks,   z = 1.96
 *
 * Noise and rounding move each number by `noise`; clicks are counted as if each came by itself (Poisson); of
 * a list and day there are two at most (contribution.ts). It assumes that nobody lied.
 *
 * A bucket is told where its interval is no wider than its ratio: it is then within about half of itself; one
 * where noise left no clicks is not. One that is not told is as the one before it, so that too few clicks
 * correct too little and not too much. Told ratios are held to 0.02..1 and do not rise with the place:
 * neighbours that do are given their mean, weighted by precision (pool adjacent violators; Ayer et al. 1955).
 */
import type { PlaceCurve, PlaceStep } from "../../lists/placecurve.ts";
import { firstOf } from "../../lists/trial.ts";
import { type Estimate, estimateOf, scaledEstimate, standardDeviations } from "../../sum/estimate.ts";
import { type PlacesSettings, placesLayout } from "./contribution.ts";

/** No place is taken to be looked at less: what is clicked there would count fifty times. */
const leastChance = 0.02;

export interface BucketEstimate {
  /** Places of the bucket. */
  readonly from: number;
  readonly upTo: number;
  /** Clicks, with the interval that noise leaves. */
  readonly first: Estimate;
  readonly other: Estimate;
  /** Beside the first place, with the interval that noise and sampling leave; null: it has no bound. */
  readonly ratio: Estimate | null;
  /** Whether the interval is narrow enough for the curve. */
  readonly isTold: boolean;
}

export interface PlacesEstimate {
  /** People who reported. */
  readonly people: Estimate;
  readonly buckets: readonly BucketEstimate[];
  /** Null where no bucket is told. */
  readonly curve: PlaceCurve | null;
}

/**
 * @param sum total of the noisy sums, in the units of the vector.
 * @param noise standard deviation of what moved each of its numbers: `totalNoiseOf`.
 */
export function placesEstimate(
  settings: PlacesSettings,
  sum: ArrayLike<number>,
  noise: number,
): PlacesEstimate {
  const { ends, mostClicks } = settings;
  const layout = placesLayout(settings);
  if (sum.length !== layout.length) {
    throw new RangeError(`placesEstimate: the sum must have ${layout.length} numbers, got ${sum.length}`);
  }
  const buckets = ends.map((upTo, bucket): BucketEstimate => {
    const [x, y] = [sum[layout.first + bucket] * mostClicks, sum[layout.other + bucket] * mostClicks];
    const ratio = ratioOf(x, y, noise * mostClicks);
    return {
      from: firstOf(ends, bucket),
      upTo,
      first: scaledEstimate(estimateOf(sum[layout.first + bucket], noise), mostClicks),
      other: scaledEstimate(estimateOf(sum[layout.other + bucket], noise), mostClicks),
      ratio,
      isTold: ratio !== null && ratio.value > 0 && ratio.high - ratio.low <= ratio.value,
    };
  });
  return { people: estimateOf(sum[0], noise), buckets, curve: curveOf(buckets) };
}

/** Ratio y / x with Fieller's interval; null where that has no bound, as 0 may be what x is. */
function ratioOf(x: number, y: number, noise: number): Estimate | null {
  const z2 = standardDeviations ** 2;
  const varX = noise * noise + Math.max(x, 1);
  const varY = noise * noise + Math.max(y, 1);
  const a = x * x - z2 * varX;
  if (!(x > 0 && a > 0)) return null;
  const root = Math.sqrt((x * y) ** 2 - a * (y * y - z2 * varY));
  const [low, high] = [(x * y - root) / a, (x * y + root) / a];
  return { value: Math.max(0, y / x), low: Math.max(0, low), high: Math.max(0, high) };
}

/** Buckets of one chance. */
interface Pool {
  readonly upTo: number;
  readonly chance: number;
  /** 1 / variance. */
  readonly precision: number;
}

function curveOf(buckets: readonly BucketEstimate[]): PlaceCurve | null {
  const pools: Pool[] = [];
  for (const { upTo, ratio, isTold } of buckets) {
    if (ratio === null || !isTold) continue;
    const { value, low, high } = ratio;
    let pool: Pool = { upTo, chance: value, precision: (high - low) ** -2 };
    for (let before = pools.at(-1); before !== undefined && before.chance <= pool.chance; ) {
      pools.pop();
      pool = pooled(before, pool);
      before = pools.at(-1);
    }
    pools.push(pool);
  }
  if (pools.length === 0) return null;
  const held = ({ chance }: Pool): number => Math.min(1, Math.max(leastChance, chance));
  const steps: PlaceStep[] = [{ upTo: 1, chance: 1 }];
  for (const { upTo, isTold } of buckets) {
    const pool = isTold ? pools.find((one) => upTo <= one.upTo) : undefined;
    const before = steps[steps.length - 1];
    const chance = pool === undefined ? before.chance : held(pool);
    if (chance === before.chance) steps.pop();
    steps.push({ upTo, chance });
  }
  return steps;
}

function pooled(one: Pool, other: Pool): Pool {
  const precision = one.precision + other.precision;
  const chance = (one.chance * one.precision + other.chance * other.precision) / precision;
  return { upTo: other.upTo, chance, precision };
}
