/**
 * What a round may do to an item at most, however the step was computed: pure functions of the rows before
 * and after.
 *
 *   support   an item about which too few reported may become shorter, as items do that nobody wants, but neither turn nor grow
 *   pull      an item's gradient is at most `longestPull` times its count times the gradient per count that 90 % of the
 *             block's supported items stay below, plus what noise can be: few people cannot pull like many
 *   move      no item moves farther than `longestMove` times the move that 90 % of the block's supported items stay below
 *   count     no item's count becomes more than `longestCount` times the one that 99 % of the block's items stay below
 *   length    no item's row becomes longer than `longestRow` times the length that 90 % of the block's rows stay below
 *
 * Both bounds are taken from the other items: rows grow tenfold in the first rounds and hardly move in late
 * ones, and liars who push few items change no such percentile. All of it is post-processing: it costs no
 * privacy.
 */
import { dot } from "../../../core/linear.ts";

export interface MoveLimits {
  /** People who must have reported about an item. */
  readonly minPeople: number;
  /** In 90-th percentiles of the block's moves; Infinity sets no limit. */
  readonly longestMove: number;
  /** In 90-th percentiles of the lengths of the block's rows; Infinity sets no limit. */
  readonly longestRow: number;
}

export interface PullLimit {
  /** In 90-th percentiles of the gradients per count of a block's supported items; Infinity sets no limit. */
  readonly longestPull: number;
}

export interface CountLimit {
  /** In 99-th percentiles of the counts of a block's items; Infinity sets no limit. */
  readonly longestCount: number;
}

export interface Moves extends MoveLimits {
  readonly dim: number;
  /** Row of the first item of the block, and how many of the block's rows exist. */
  readonly first: number;
  readonly count: number;
  /** Noisy number of people per item of the block, in the unit of `needed`. */
  readonly support: ArrayLike<number>;
  /** An item moves only with at least so much support. */
  readonly needed: number;
}

/** Brings the block's rows of `after` within the limits. */
export function limitMovesInPlace(after: Float64Array, before: Float64Array, moves: Moves): void {
  const { dim, first, count, support, needed, longestMove, longestRow } = moves;
  const lengths: number[] = [];
  for (let local = 0; local < count; local++) {
    const start = (first + local) * dim;
    if (support[local] >= needed) lengths.push(distance(after, before, start, dim));
    else shrinkAtMostInPlace(after, before, start, dim);
  }
  const farthest = lengths.length === 0 ? 0 : timesPercentile(longestMove, lengths, 0.9);
  for (let local = 0; local < count; local++) {
    const start = (first + local) * dim;
    const moved = distance(after, before, start, dim);
    if (!(moved > farthest) || !(support[local] >= needed)) continue;
    for (let k = start; k < start + dim; k++)
      after[k] = before[k] + (after[k] - before[k]) * (farthest / moved);
  }
  capLengthsInPlace(after, moves, longestRow);
}

/** The row after becomes the part of it along the row before, at most as long as that. */
function shrinkAtMostInPlace(after: Float64Array, before: Float64Array, start: number, dim: number): void {
  const square = dot(before, start, before, start, dim);
  const along = square === 0 ? 0 : dot(after, start, before, start, dim) / square;
  const kept = Math.min(1, Math.max(0, along));
  for (let k = start; k < start + dim; k++) after[k] = kept * before[k];
}

function capLengthsInPlace(rows: Float64Array, { dim, first, count }: Moves, longestRow: number): void {
  const lengths = Array.from({ length: count }, (_, local) => {
    const start = (first + local) * dim;
    return Math.sqrt(dot(rows, start, rows, start, dim));
  });
  const longest = timesPercentile(longestRow, lengths, 0.9);
  for (const [local, length] of lengths.entries()) {
    const start = (first + local) * dim;
    if (length > longest) for (let k = start; k < start + dim; k++) rows[k] *= longest / length;
  }
}

/** Euclidean distance of two rows that start at `start`. */
function distance(a: Float64Array, b: Float64Array, start: number, dim: number): number {
  let square = 0;
  for (let k = start; k < start + dim; k++) square += (a[k] - b[k]) ** 2;
  return Math.sqrt(square);
}

/** A factor times a percentile; an infinite factor sets no limit, not even where the percentile is 0. */
function timesPercentile(factor: number, values: ArrayLike<number>, share: number): number {
  return factor === Number.POSITIVE_INFINITY ? factor : factor * percentile(values, share);
}

/** The value that `share` of the values, at least one, stay below. */
function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(share * sorted.length)];
}

export interface Pulls extends PullLimit {
  readonly dim: number;
  /** How many of the block's items exist. */
  readonly count: number;
  /** Noisy counts of the block's items. */
  readonly support: ArrayLike<number>;
  readonly needed: number;
  /** Standard deviation of the noise in each number of g. */
  readonly noiseSigma: number;
}

/** The gradients g (rows of `dim`), those that are too long for their count made shorter. */
export function limitedGradients(g: Float64Array, pulls: Pulls): Float64Array {
  const { dim, count, support, needed, noiseSigma, longestPull } = pulls;
  if (longestPull === Number.POSITIVE_INFINITY) return g;
  const noise = noiseSigma * (Math.sqrt(dim) + 4);
  const lengths = Array.from({ length: count }, (_, local) =>
    Math.sqrt(dot(g, local * dim, g, local * dim, dim)),
  );
  const perCount = lengths.flatMap((length, local) =>
    support[local] > 0 && support[local] >= needed ? [length / support[local]] : [],
  );
  if (perCount.length === 0) return g;
  const most = timesPercentile(longestPull, perCount, 0.9);
  const limited = g.slice();
  for (const [local, length] of lengths.entries()) {
    const longest = most * Math.max(0, support[local]) + noise;
    if (length <= longest) continue;
    for (let k = local * dim; k < (local + 1) * dim; k++) limited[k] *= longest / length;
  }
  return limited;
}

/**
 * The counts (of a block's items) that go into popularity. Noise stays in them: only what is too high is
 * brought down.
 */
export function limitedCounts(counts: Float64Array, { longestCount }: CountLimit): Float64Array {
  if (counts.length === 0 || longestCount === Number.POSITIVE_INFINITY) return counts;
  const limit = longestCount * Math.max(0, percentile(counts, 0.99));
  return counts.map((count) => Math.min(count, limit));
}
