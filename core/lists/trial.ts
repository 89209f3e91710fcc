/**
 * Trials of places: in a small share of lists the first place and one other change places by the toss of a
 * coin, so that clicks at both tell how likely each place is looked at, whatever stands there (RandPair;
 * Joachims, Swaminathan, Schnabel 2017, "Unbiased learning-to-rank with biased feedback", section 5;
 * docs/decisions/0047-learning-from-lists.md).
 *
 *   P(click at place p on item i) = examined(p) r_i
 *
 * Of two items each is at each of the two places equally often, so over such lists
 *
 *   clicks at place k / clicks at place 1 = examined(k) (r_i + r_j) / (examined(1) (r_i + r_j))
 */
import { mostPlaces } from "./placecurve.ts";

/** Last places of the buckets that trials are about; the first bucket begins with place 2. */
export const placeBuckets: readonly number[] = [2, 3, 4, 6, 8, 12, 20];

/** Uniform of 0..count - 1. */
export type UniformBelow = (count: number) => number;

export interface PlaceTrial {
  /** The place beside the first that is on trial, from 2. */
  readonly place: number;
  readonly isSwapped: boolean;
}

/** How many lists, and how long. */
export interface TrialDesign {
  /** 0..1, of lists that may be on trial. */
  readonly share: number;
  /** Last places of buckets, ascending. */
  readonly ends: readonly number[];
  /** Places that the list has. */
  readonly length: number;
}

/** A share is drawn to a millionth. */
const shareUnits = 1_000_000;

/**
 * Whether a list is on trial, and how: a bucket uniformly among those that the list reaches, a place
 * uniformly among those of it that the list has. Null: it is not.
 */
export function drawTrial({ share, ends, length }: TrialDesign, below: UniformBelow): PlaceTrial | null {
  if (below(shareUnits) >= Math.round(share * shareUnits)) return null;
  const reached = ends.filter((_, bucket) => firstOf(ends, bucket) <= length);
  if (reached.length === 0) return null;
  const bucket = below(reached.length);
  const from = firstOf(ends, bucket);
  const place = from + below(Math.min(ends[bucket], length) - from + 1);
  return { place, isSwapped: below(2) === 1 };
}

/** First place of a bucket. */
export function firstOf(ends: readonly number[], bucket: number): number {
  return bucket === 0 ? 2 : ends[bucket - 1] + 1;
}

/** The bucket that a place is in; null for the first place, and for one after all buckets. */
export function bucketOf(ends: readonly number[], place: number): number | null {
  if (!Number.isInteger(place) || place < 2) return null;
  const bucket = ends.findIndex((end) => place <= end);
  return bucket < 0 ? null : bucket;
}

/** Whether these can be last places of buckets. */
export function areBuckets(ends: readonly number[]): boolean {
  return ends.every(
    (end, at) => Number.isInteger(end) && end >= firstOf(ends, at) && end >= 2 && end <= mostPlaces,
  );
}
