/**
 * Units that a ranker is learned for (units.ts); a part says which it has weights for. Chosen on September,
 * learned from July and August (docs/decisions/0043-the-second-stage.md).
 */
import type { UnitShape } from "../../model/ranker.ts";
import { type RankerFeature, rankerFeatures } from "./features.ts";

const linear = (...of: RankerFeature[]): UnitShape[] => of.map((name) => ({ shape: "linear", of: name }));
const above = (of: RankerFeature, ...at: number[]): UnitShape[] =>
  at.map((knot) => ({ shape: "above", of, at: knot }));
const products = (of: RankerFeature, ...by: RankerFeature[]): UnitShape[] =>
  by.map((name) => ({ shape: "product", of, by: name }));

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

const ofMoment: ReadonlySet<string> = new Set(
  rankerFeatures.filter(({ group }) => group === "moment").map(({ name }) => name),
);

/**
 * Those that a crowd is asked about. Everybody is looked at as of one moment, so that hour, weekday and place
 * in a visit differ for nobody: units of them would learn from noise alone.
 */
export const askedUnits: readonly UnitShape[] = rankerUnits.filter(
  (unit) => !ofMoment.has(unit.of) && !(unit.shape === "product" && ofMoment.has(unit.by)),
);
