/**
 * A person's contribution to a round on segments: the plaintext that never leaves the device.
 *
 *   j = the centroid nearest to the person's place y (core/profile/segments.ts)
 *   r = (y - c_j) min(1, C / ||y - c_j||)
 *   block j = [ r | countScale ],  all other blocks zeros
 *   scatter = scatterScale * [ r_a r_b sqrt(2) for b < a; r_a^2 ],  where it is asked for
 *
 * A centroid and how many people it has give the sum of their places; a person reports the way from the
 * centroid, which is shorter than the place, and so is hidden by less noise. Once centroids hardly move, an
 * error of the count moves them no more.
 *
 * Sensitivity. ||r|| <= C. The scatter has the norm scatterScale ||r||^2, as the root of two gives each
 * number off the diagonal the weight of both its places in r r^T. So the norm is at most sqrt(C^2 +
 * countScale^2 + scatterScale^2 C^4), attained by whoever stands C or more from the nearest centroid. With
 * one report left out (its vector becomes zeros; who took part is public) the sum changes by that at most.
 *
 * The norm of a vector says how far from its centroid a person is, and its block says which: both are hidden
 * by the noise alone, so the guarantee is that of the sum: rho-zCDP for each report, rounds add up.
 */
import { type Centroids, nearestCentroid } from "../../profile/segments.ts";

export interface SegmentScales {
  readonly clipL2: number;
  /** Stands for one person in the vector. */
  readonly countScale: number;
  /** Multiplies the second moments of what is left of the centroid; 0 asks for none. */
  readonly scatterScale: number;
}

/** Where the parts of a contribution start; blocks of centroids begin at 0. */
export interface SegmentLayout {
  /** Numbers of a centroid's block: its sums, and its count. */
  readonly block: number;
  readonly scatter: number;
  readonly length: number;
}

export function segmentLayout({
  count,
  dim,
  scatterScale,
}: Pick<Centroids, "count" | "dim"> & Pick<SegmentScales, "scatterScale">): SegmentLayout {
  const block = dim + 1;
  const scatter = count * block;
  return { block, scatter, length: scatter + (scatterScale > 0 ? (dim * (dim + 1)) / 2 : 0) };
}

/** Largest L2 norm of a person's vector; the header has the proof. */
export function segmentSensitivity({ clipL2, countScale, scatterScale }: SegmentScales): number {
  return Math.sqrt(clipL2 ** 2 + countScale ** 2 + (scatterScale * clipL2 ** 2) ** 2);
}

/**
 * @param place of the person, `centroids.dim` numbers.
 * @throws {RangeError} for a place of another length, or one that is no numbers.
 */
export function segmentContributionOf(
  centroids: Centroids,
  place: ArrayLike<number>,
  scales: SegmentScales,
): Float64Array {
  const { dim } = centroids;
  if (place.length !== dim) {
    throw new RangeError(`segmentContributionOf: place must have ${dim} numbers, got ${place.length}`);
  }
  const nearest = nearestCentroid(centroids, place);
  if (nearest < 0) throw new RangeError("segmentContributionOf: place must be finite, got one that is not");
  const { block, scatter, length } = segmentLayout({ ...centroids, ...scales });
  const values = new Float64Array(length);
  const from = nearest * block;
  const rest = clippedRest(centroids, nearest, { place, clipL2: scales.clipL2 });
  values.set(rest, from);
  values[from + dim] = scales.countScale;
  if (length > scatter) addScatterInto(values, scatter, { rest, scale: scales.scatterScale });
  return values;
}

function clippedRest(
  { dim, centroids }: Centroids,
  nearest: number,
  { place, clipL2 }: { readonly place: ArrayLike<number>; readonly clipL2: number },
): Float64Array {
  const rest = Float64Array.from(place, (value, k) => value - centroids[nearest * dim + k]);
  const norm = Math.sqrt(rest.reduce((sum, value) => sum + value * value, 0));
  return norm > clipL2 ? rest.map((value) => (value * clipL2) / norm) : rest;
}

function addScatterInto(
  values: Float64Array,
  start: number,
  { rest, scale }: { readonly rest: Float64Array; readonly scale: number },
): void {
  let at = start;
  for (let a = 0; a < rest.length; a++) {
    for (let b = 0; b < a; b++) values[at++] += scale * Math.SQRT2 * rest[a] * rest[b];
    values[at++] += scale * rest[a] * rest[a];
  }
}
