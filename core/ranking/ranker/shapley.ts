/**
 * What each group of features adds to a score: Shapley values against a reference where nothing is known (x = 0).
 *
 * The score is a sum of units of one or two features, and Shapley values of a sum are sums of those of its terms
 * (linearity). A unit of one group is that group's alone; one of two groups, whose value is 0 once either is taken away,
 * is halved between them. So the closed form is exact: what enumerating all orders of the groups gives
 * (test/core/ranking/ranker/shapley.test.ts), and groups sum to the score (efficiency). Shapley 1953.
 */
import { type RankerGroup, rankerFeatures } from "./features.ts";
import { type PlacedUnit, unitValue } from "./units.ts";

export type GroupShares = ReadonlyMap<RankerGroup, number>;

/** @param x features of a row, one a feature of the table. */
export function groupShares(
  units: readonly PlacedUnit[],
  weights: ArrayLike<number>,
  x: ArrayLike<number>,
): GroupShares {
  const shares = new Map<RankerGroup, number>();
  const add = (place: number, amount: number): void => {
    const { group } = rankerFeatures[place];
    shares.set(group, (shares.get(group) ?? 0) + amount);
  };
  for (const [at, unit] of units.entries()) {
    const amount = weights[at] * unitValue(unit, x);
    if (amount === 0) continue;
    if (unit.by < 0) add(unit.of, amount);
    else {
      add(unit.of, amount / 2);
      add(unit.by, amount / 2);
    }
  }
  return shares;
}
