/**
 * Units of the ranker's hidden layer. Each is a function of one feature, or a product of two, and 0 where its
 * features are not known (x = 0):
 *
 *   linear   x_a
 *   hinge    max(0, x_a - at) - max(0, -at)        above, or  max(0, at - x_a) - max(0, at)  below
 *   size     |x_a|
 *   product  x_a x_b
 *
 * The layer is fixed and its output weights are learned: so the loss is close to a quadratic in what is learned, one
 * sum of statistics is enough to learn from (statistics.ts), and reasons are exact in closed form (shapley.ts).
 */
import type { UnitShape } from "../../model/ranker.ts";
import { placeOfFeature } from "./features.ts";

/** A unit with the places of its features; null where the table does not have one of them. */
export interface PlacedUnit {
  readonly unit: UnitShape;
  readonly of: number;
  /** -1 but for a product. */
  readonly by: number;
}

export function placed(unit: UnitShape): PlacedUnit | null {
  const of = placeOfFeature.get(unit.of);
  const by = unit.shape === "product" ? placeOfFeature.get(unit.by) : -1;
  return of === undefined || by === undefined ? null : { unit, of, by };
}

/** Value of a unit at features x (one number a feature of the table). */
export function unitValue({ unit, of, by }: PlacedUnit, x: ArrayLike<number>): number {
  switch (unit.shape) {
    case "linear":
      return x[of];
    case "size":
      return Math.abs(x[of]);
    case "above":
      return Math.max(0, x[of] - unit.at) - Math.max(0, -unit.at);
    case "below":
      return Math.max(0, unit.at - x[of]) - Math.max(0, unit.at);
    case "product":
      return x[of] * x[by];
  }
}
