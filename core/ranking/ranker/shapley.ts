/**
 * What each group of features adds to a score: Shapley values against a reference where nothing is known (x = 0).
 *
 * The score is a sum of units of one or two features, and Shapley values of a sum are sums of those of its
 * terms (linearity). A unit of one group is that group's alone; one of two groups, whose value is 0 once
 * either is taken away, is halved between them. So the closed form is exact: what enumerating all orders of
 * the groups gives (test/core/ranking/ranker/shapley.test.ts), and groups sum to the score (efficiency).
 * Shapley 1953.
 */
import { type RankerGroup, rankerFeatures } from "./features.ts";
import { type PlacedUnit, unitValue } from "./units.ts";

/** In the order of the table of features. */
export const rankerGroups: readonly RankerGroup[] = [...new Set(rankerFeatures.map(({ group }) => group))];
const placeOfGroup = Uint8Array.from(rankerFeatures, ({ group }) => rankerGroups.indexOf(group));

/** One number a group of `rankerGroups`. */
export type GroupShares = Float64Array;

/** @param x features of a row, one a feature of the table. */
export function groupShares(
  units: readonly PlacedUnit[],
  weights: ArrayLike<number>,
  x: ArrayLike<number>,
): GroupShares {
  const shares = new Float64Array(rankerGroups.length);
  // Of hundreds of rows a list: nothing is made on the way.
  for (let at = 0; at < units.length; at++) {
    const unit = units[at];
    const amount = weights[at] * unitValue(unit, x);
    const { of, by } = unit;
    shares[placeOfGroup[of]] += by < 0 ? amount : amount / 2;
    if (by >= 0) shares[placeOfGroup[by]] += amount / 2;
  }
  return shares;
}
