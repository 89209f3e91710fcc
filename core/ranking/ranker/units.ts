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
 * sum of statistics is enough to learn from (statistics.ts), and reasons are exact in closed form (shapley.ts). Units
 * were chosen on September, learned from July and August (docs/decisions/0043-the-second-stage.md).
 */
import type { UnitShape } from "../../model/ranker.ts";
import { placeOfFeature, type RankerFeature } from "./features.ts";

const linear = (...of: RankerFeature[]): UnitShape[] => of.map((name) => ({ shape: "linear", of: name }));
const above = (of: RankerFeature, ...at: number[]): UnitShape[] =>
  at.map((knot) => ({ shape: "above", of, at: knot }));
const products = (of: RankerFeature, ...by: RankerFeature[]): UnitShape[] =>
  by.map((name) => ({ shape: "product", of, by: name }));

/** Units that are learned. A part says which it has weights for. */
export const rankerUnits: readonly UnitShape[] = [
  ...linear("joint", "pairs", "similar", "bought", "again", "timesBought", "sinceBought", "boughtRate"),
  ...linear(
    "inLastOrder",
    "ordersSince",
    "due",
    "lately",
    "always",
    "trend",
    "age",
    "category",
    "sinceCategory",
    "price",
  ),
  ...above("joint", 0.5, 1),
  ...above("pairs", 0.5),
  ...above("similar", 0.5),
  ...above("lately", -0.5, 0.3),
  ...above("always", 0),
  ...above("trend", 0),
  ...above("age", 0),
  { shape: "below", of: "age", at: -0.5 },
  ...above("again", 1),
  ...above("timesBought", 1),
  ...above("sinceBought", 1),
  ...above("boughtRate", 0.5),
  ...above("ordersSince", 0.6),
  ...above("due", 0),
  ...above("sinceCategory", 0),
  { shape: "size", of: "price" },
  ...products(
    "bought",
    "joint",
    "lately",
    "pairs",
    "age",
    "trend",
    "similar",
    "items",
    "orders",
    "sinceOrder",
  ),
  ...products("again", "timesBought", "sinceOrder", "orders", "sinceBought"),
  ...products("boughtRate", "sinceOrder", "orders", "items", "again", "joint", "lately"),
  ...products("inLastOrder", "sinceOrder", "orders"),
  ...products("ordersSince", "boughtRate", "timesBought", "orders", "sinceOrder"),
  ...products("due", "timesBought", "boughtRate"),
  ...products("joint", "lately", "pairs", "age", "similar"),
  ...products("items", "joint", "pairs", "lately", "similar", "age"),
  ...products("sinceOrder", "joint", "pairs", "lately", "similar", "age"),
  ...products("weekend", "joint", "lately", "bought"),
  ...products("evening", "joint", "lately", "bought"),
  ...products("position", "joint", "lately", "similar"),
];

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
