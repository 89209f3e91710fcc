/**
 * A person's contribution to sums of pairs: the plaintext that never leaves the device.
 *
 *   g_p = 1           for each listed pair p of which the person has both items
 *   n_i = countScale  for each item i that the person has
 *
 * and the whole vector is scaled by w = min(1, C / ||(g, n)||); its last number is w times weightScale, so that the
 * crowd adds up weighted people, who stay comparable. w is bounded by 1: the L2 sensitivity of a contribution is
 * sqrt(C^2 + weightScale^2). Nearly all of it is zeros: what is not is given by place.
 */
import type { PairPattern } from "./pattern.ts";

/** Where the parts of a contribution start; pairs begin at 0. */
export interface PairLayout {
  readonly counts: number;
  readonly weight: number;
  readonly length: number;
}

export function pairLayout({ pairCount, starts }: Pick<PairPattern, "pairCount" | "starts">): PairLayout {
  const weight = pairCount + starts.length - 1;
  return { counts: pairCount, weight, length: weight + 1 };
}

export interface PairScales {
  readonly clipL2: number;
  /** Multiplies n in the vector, so that neither part dominates the norm. */
  readonly countScale: number;
  /** Multiplies w in the vector. */
  readonly weightScale: number;
}

export interface PairContribution {
  /** Ascending places in the vector, and the numbers at them. */
  readonly places: Uint32Array;
  readonly values: Float64Array;
  /** w, above 0 and at most 1. */
  readonly weight: number;
}

/**
 * @param items the person's, each once.
 * @throws {RangeError} for an item that the pattern does not have: it would stand in another one's place.
 */
export function pairContributionOf(
  pattern: PairPattern,
  items: ArrayLike<number>,
  { clipL2, countScale, weightScale }: PairScales,
): PairContribution {
  const { starts, neighbours, pairs } = pattern;
  const layout = pairLayout(pattern);
  const has = new Set(Array.from(items));
  const count = starts.length - 1;
  for (const item of has) {
    if (!Number.isInteger(item) || item < 0 || item >= count) {
      throw new RangeError(
        `pairContributionOf: an item must be an integer from 0 below ${count}, got ${item}`,
      );
    }
  }
  const found: number[] = [];
  for (const item of has) {
    for (let at = starts[item]; at < starts[item + 1]; at++) {
      if (neighbours[at] > item && has.has(neighbours[at])) found.push(pairs[at]);
    }
  }
  const norm = Math.sqrt(found.length + has.size * countScale * countScale);
  const weight = norm > clipL2 ? clipL2 / norm : 1;
  const counted = Array.from(has, (item) => layout.counts + item).sort((a, b) => a - b);
  const places = Uint32Array.from([...found.sort((a, b) => a - b), ...counted, layout.weight]);
  const values = Float64Array.from(places, (place) =>
    place < layout.counts ? weight : place < layout.weight ? weight * countScale : weight * weightScale,
  );
  return { places, values, weight };
}
