/**
 * The features of a person: the one table that segments, rankers, panel and docs read. Each is a number that
 * the device computes from its journal (features.ts) and nobody else sees; null where there is nothing to
 * compute it from.
 */

import type { Feature } from "./feature.ts";

const noVisit = "no visit yet";
const noPurchase = "nothing bought yet";
const noMoney = "nothing bought yet, or no prices known";

export const features = [
  feature("visits", "Visits", { unit: "visits", range: [0, 1_000], scale: "log", missing: noVisit }),
  feature("recentVisits", "Visits in the last 30 days", {
    unit: "visits",
    range: [0, 100],
    scale: "log",
    missing: noVisit,
  }),
  feature("daysSinceVisit", "Days since the last visit", {
    unit: "days",
    range: [0, 730],
    scale: "log",
    missing: noVisit,
  }),
  feature("minutesPerVisit", "Minutes a visit", {
    unit: "minutes",
    range: [0, 240],
    scale: "log",
    missing: noVisit,
  }),
  feature("actsPerVisit", "Acts a visit", { unit: "acts", range: [0, 300], scale: "log", missing: noVisit }),
  feature("orders", "Orders", { unit: "orders", range: [0, 500], scale: "log", missing: noPurchase }),
  feature("daysSinceOrder", "Days since the last order", {
    unit: "days",
    range: [0, 730],
    scale: "log",
    missing: noPurchase,
  }),
  feature("spent", "Spent", { unit: "money", range: [0, 1e6], scale: "log", missing: noMoney }),
  feature("recencyScore", "Recency of orders, 1 to 5", {
    unit: "score",
    range: [1, 5],
    scale: "linear",
    missing: noPurchase,
  }),
  feature("frequencyScore", "Frequency of orders, 1 to 5", {
    unit: "score",
    range: [1, 5],
    scale: "linear",
    missing: noPurchase,
  }),
  feature("monetaryScore", "Money spent, 1 to 5", {
    unit: "score",
    range: [1, 5],
    scale: "linear",
    missing: noMoney,
  }),
  feature("morning", "In the morning", { unit: "share", range: [0, 1], scale: "linear", missing: noVisit }),
  feature("afternoon", "In the afternoon", {
    unit: "share",
    range: [0, 1],
    scale: "linear",
    missing: noVisit,
  }),
  feature("evening", "In the evening", { unit: "share", range: [0, 1], scale: "linear", missing: noVisit }),
  feature("weekend", "At the weekend", { unit: "share", range: [0, 1], scale: "linear", missing: noVisit }),
  feature("dwell", "Usual time with a product", {
    unit: "seconds",
    range: [0, 600],
    scale: "log",
    missing: "not measured",
  }),
  feature("searching", "Share of acts that are searches", {
    unit: "share",
    range: [0, 1],
    scale: "linear",
    missing: noVisit,
  }),
  feature("categoryEntropy", "Variety of categories", {
    unit: "bits",
    range: [0, 8],
    scale: "linear",
    missing: "no categories known",
  }),
  feature("priceLevel", "Price level, 0 for the cheapest", {
    unit: "share",
    range: [0, 1],
    scale: "linear",
    missing: "no prices known",
  }),
] as const satisfies readonly Feature[];

export type FeatureName = (typeof features)[number]["name"];

/** In the units of the table; null where there is nothing to compute one from. */
export type FeatureValues = Readonly<Record<FeatureName, number | null>>;

/** Where a value stands within its range, 0..1. */
export function scaled({ range: [least, most], scale }: Feature, value: number): number {
  const within = Math.min(most, Math.max(least, value));
  return scale === "log"
    ? Math.log1p(within - least) / Math.log1p(most - least)
    : (within - least) / (most - least);
}

function feature<Name extends string>(
  name: Name,
  title: string,
  rest: Omit<Feature, "name" | "title">,
): Feature & { readonly name: Name } {
  return { name, title, ...rest };
}
