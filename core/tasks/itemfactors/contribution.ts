/**
 * A person's contribution to better item factors: the plaintext that never leaves the device.
 *
 * For the items of one block, with the person's user vector x solved on the current factors v,
 *
 *   g_i = (x·v_i - 1) c_i x,  n_i = 1   for the person's items i of the block (d + 1 numbers per item)
 *   H   = x x^T                         (upper triangle, d (d + 1) / 2 numbers, once)
 *
 * and the whole vector is scaled by w = min(1, C / ||(g, countScale n, H)||). The last number of a
 * contribution is w: the crowd then solves a weighted problem, which stays unbiased, where clipping g alone
 * would not. w itself is bounded by 1, so the L2 sensitivity of a contribution is sqrt(C^2 + weightScale^2).
 */
import { dot } from "../../linear.ts";

export interface BlockLayout {
  readonly dim: number;
  /** Items of a full block; the last block of a catalogue leaves its tail zero. */
  readonly blockSize: number;
}

/** Where the parts of a contribution start. The parts follow each other without gaps. */
export interface ContributionLayout {
  readonly counts: number;
  readonly curvature: number;
  readonly weight: number;
  readonly length: number;
}

/** Offsets of n, H and w (g starts at 0) and the whole length: (d+1) M + d(d+1)/2 + 1. */
export function contributionLayout({ dim, blockSize }: BlockLayout): ContributionLayout {
  const counts = blockSize * dim;
  const curvature = counts + blockSize;
  const weight = curvature + (dim * (dim + 1)) / 2;
  return { counts, curvature, weight, length: weight + 1 };
}

/** Blocks are as equal as can be: a catalogue of 3,623 items under a limit of 1,024 has 4 blocks of 906. */
export function blockSizeFor(items: number, limit = 1024): number {
  return items === 0 ? 1 : Math.ceil(items / Math.ceil(items / limit));
}

export interface ContributionScales {
  readonly clipL2: number;
  /** Multiplies n in the vector, so that neither part dominates the norm. */
  readonly countScale: number;
  /** Multiplies w in the vector. */
  readonly weightScale: number;
}

export interface ContributionInput extends BlockLayout, ContributionScales {
  /** Item factors of the whole catalogue, rows of `dim`. */
  readonly factors: ArrayLike<number>;
  /** Index of the block; its first item is block * blockSize. */
  readonly block: number;
  /** Liked items only (weights > 0), rows of the whole catalogue. */
  readonly items: ArrayLike<number>;
  readonly weights: ArrayLike<number>;
  /** Solved by `foldIn` on these very factors; dim numbers. */
  readonly userVector: Float64Array;
}

/** The clipped contribution, in the layout of `contributionLayout`, and the norm it had before. */
export interface Contribution {
  readonly values: Float64Array;
  readonly normBeforeClip: number;
  readonly weight: number;
}

/** Largest L2 norm that a whole contribution, w included, can have. */
export function sensitivityOf({
  clipL2,
  weightScale,
}: Pick<ContributionScales, "clipL2" | "weightScale">): number {
  // Not Math.hypot: its last digit differs between engines, and browser and server must agree.
  return Math.sqrt(clipL2 * clipL2 + weightScale * weightScale);
}

export function contributionOf(input: ContributionInput): Contribution {
  const { dim, blockSize, block, factors, items, weights, userVector, clipL2, countScale, weightScale } =
    input;
  const layout = contributionLayout(input);
  const values = new Float64Array(layout.length);
  const first = block * blockSize;
  for (let s = 0; s < items.length; s++) {
    const local = items[s] - first;
    if (local < 0 || local >= blockSize) continue;
    const residual = (dot(factors, items[s] * dim, userVector, 0, dim) - 1) * weights[s];
    for (let k = 0; k < dim; k++) values[local * dim + k] = residual * userVector[k];
    values[layout.counts + local] = countScale;
  }
  let at = layout.curvature;
  for (let row = 0; row < dim; row++) {
    for (let column = row; column < dim; column++) values[at++] = userVector[row] * userVector[column];
  }
  const normBeforeClip = l2NormOf(values);
  const weight = normBeforeClip > clipL2 ? clipL2 / normBeforeClip : 1;
  if (weight < 1) for (let k = 0; k < layout.weight; k++) values[k] *= weight;
  values[layout.weight] = weight * weightScale;
  return { values, normBeforeClip, weight };
}

function l2NormOf(values: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += values[k] * values[k];
  return Math.sqrt(sum);
}
