/**
 * A person's features (table.ts) as a vector: one number in [-1, 1] for each feature of the table, in its
 * order.
 *
 *   x_f = 2 scaled(value) - 1
 *
 * Where a value is missing, one of two rules holds, by feature. "Never": what was not done yet stands at the
 * end of the range that says least of it, so that people who never bought are alike, and unlike those who
 * buy. "Unknown": what nobody could measure takes the number that is given for the feature, as a rule the
 * crowd's mean, and so says nothing.
 */
import { type FeatureName, type FeatureValues, features, scaled } from "./table.ts";

/** Where a missing value stands. */
export type MissingRule = -1 | 1 | "unknown";

export const missingRules: Readonly<Record<FeatureName, MissingRule>> = {
  visits: -1,
  recentVisits: -1,
  daysSinceVisit: 1,
  minutesPerVisit: -1,
  actsPerVisit: -1,
  orders: -1,
  daysSinceOrder: 1,
  spent: -1,
  recencyScore: -1,
  frequencyScore: -1,
  monetaryScore: -1,
  morning: "unknown",
  afternoon: "unknown",
  evening: "unknown",
  weekend: "unknown",
  dwell: "unknown",
  searching: "unknown",
  categoryEntropy: "unknown",
  priceLevel: "unknown",
};

/** Numbers of a vector. */
export const featureCount = features.length;

/**
 * @param unknown in [-1, 1], by feature: what is taken for values that could not be measured.
 * @returns `featureCount` numbers in [-1, 1].
 * @throws {RangeError} for `unknown` of another length.
 */
export function featureVector(values: FeatureValues, unknown: ArrayLike<number>): Float64Array {
  if (unknown.length !== featureCount) {
    throw new RangeError(`featureVector: unknown must have ${featureCount} numbers, got ${unknown.length}`);
  }
  return Float64Array.from(features, (feature, at) => {
    const value = values[feature.name];
    if (value !== null) return 2 * scaled(feature, value) - 1;
    const rule = missingRules[feature.name];
    return rule === "unknown" ? unknown[at] : rule;
  });
}
