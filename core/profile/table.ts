/**
 * The features of a person: the one table that segments, rankers, panel and docs read. Each is a number that
 * the device computes and nobody else sees: of its journal (features.ts), of itself and of what the person
 * said (beside.ts); null where there is nothing to compute it from.
 */
import { ageBands, factLimits } from "../facts/table.ts";
import type { Feature } from "./feature.ts";

const noVisit = "no visit yet";
const noPurchase = "nothing bought yet";
const notSaid = "you have not said";
const noDevice = "device not known";
const noMoney = "nothing bought yet, or no prices known";

/** The class of the device in hand, one-hot: of the three, one is 1 and the others 0, or none is known. */
const onDevices = [
  onDevice("onPhone", "On a phone"),
  onDevice("onTablet", "On a tablet"),
  onDevice("onDesktop", "On a desktop"),
] as const;

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
  score("recencyScore", "Recency of orders, 1 to 5", noPurchase),
  score("frequencyScore", "Frequency of orders, 1 to 5", noPurchase),
  score("monetaryScore", "Money spent, 1 to 5", noMoney),
  share("morning", "In the morning", noVisit),
  share("afternoon", "In the afternoon", noVisit),
  share("evening", "In the evening", noVisit),
  share("weekend", "At the weekend", noVisit),
  feature("dwell", "Usual time with a product", {
    unit: "seconds",
    range: [0, 600],
    scale: "log",
    missing: "not measured",
  }),
  share("searching", "Share of acts that are searches", noVisit),
  feature("categoryEntropy", "Variety of categories", {
    unit: "bits",
    range: [0, 8],
    scale: "linear",
    missing: "no categories known",
  }),
  share("priceLevel", "Price level, 0 for the cheapest", "no prices known"),
  share("scrollDepth", "How far down products' pages", "not measured"),
  ...onDevices,
  feature("ageBand", "Age band, 0 for the youngest", {
    unit: "level",
    range: [0, ageBands.length - 1],
    scale: "linear",
    levels: ageBands,
    missing: notSaid,
  }),
  feature("tier", "Level as a customer", {
    unit: "level",
    range: [0, factLimits.tier],
    scale: "linear",
    missing: notSaid,
  }),
] as const satisfies readonly Feature[];

export type FeatureName = (typeof features)[number]["name"];

/** In the units of the table; null where there is nothing to compute one from. */
export type FeatureValues = Readonly<Record<FeatureName, number | null>>;

/** Features that a journal alone tells. */
export type JournalFeature = Exclude<FeatureName, BesideFeature>;

/** Features that no act tells (beside.ts). */
export type BesideFeature = (typeof onDevices)[number]["name"] | "ageBand" | "tier";

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

function share<Name extends string>(name: Name, title: string, missing: string) {
  return feature(name, title, { unit: "share", range: [0, 1], scale: "linear", missing });
}

function score<Name extends string>(name: Name, title: string, missing: string) {
  return feature(name, title, { unit: "score", range: [1, 5], scale: "linear", missing });
}

function onDevice<Name extends string>(name: Name, title: string) {
  return feature(name, title, { unit: "indicator", range: [0, 1], scale: "linear", missing: noDevice });
}
