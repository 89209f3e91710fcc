/**
 * A person's features (table.ts) as a vector: one number in [-1, 1] for each feature that segments are told
 * by, in the order of the table.
 *
 *   x_f = 2 scaled(value) - 1
 *
 * Where a value is missing, one of two rules holds, by feature. "Never": what was not done yet stands at the
 * end of the range that says least of it, so that people who never bought are alike, and unlike those who
 * buy. "Unknown": what nobody could measure takes the number that is given for the feature: before anything is
 * known of a crowd its middle, which says nothing; afterwards what the other features say (imputation.ts).
 *
 * A feature of the table that has no rule is in no vector: rows may be added to the table without moving
 * anybody. What a person said of themselves (age band, tier) has none, as crowds report about vectors, and no
 * sum is made of what somebody said; nor has the device, whose one-hot numbers would be groups of their own,
 * nor the depth of scrolling, which most sites do not tell (docs/decisions/0040-features-from-facts.md). What
 * a vector is of goes by names that say how each number is made (`featureKeys`), so a device whose table has
 * one of them otherwise, or not at all, knows that it cannot tell.
 */
import type { Feature } from "./feature.ts";
import { type FeatureName, type FeatureValues, features, scaled } from "./table.ts";

/** Where a missing value stands. */
export type MissingRule = -1 | 1 | "unknown";

export const missingRules = {
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
} as const satisfies Readonly<Partial<Record<FeatureName, MissingRule>>>;

/** Features that vectors are of. */
export type VectorFeature = keyof typeof missingRules;

/** A number of a vector: the feature that it is of, and where it stands without a value. */
export interface VectorEntry {
  /** Name, scale, range and rule, as in `visits log 0 1000 -1`. */
  readonly key: string;
  readonly feature: Feature & { readonly name: VectorFeature };
  readonly missing: MissingRule;
}

/** By place in the vector. */
export const vectorEntries: readonly VectorEntry[] = features.flatMap((feature) => {
  if (!isInVectors(feature)) return [];
  const missing = missingRules[feature.name];
  const { name, scale, range } = feature;
  return [{ key: [name, scale, ...range, missing].join(" "), feature, missing }];
});

/** What vectors of this table are of: numbers of two tables mean the same where their keys are the same. */
export const featureKeys: readonly string[] = vectorEntries.map(({ key }) => key);

/** Numbers of a vector. */
export const featureCount = vectorEntries.length;

/** The entries of a vector of these keys; null where this table has another one, or lacks one. */
export function entriesFor(keys: readonly string[]): readonly VectorEntry[] | null {
  const entries = keys.flatMap((key) => vectorEntries.find((entry) => entry.key === key) ?? []);
  return entries.length === keys.length ? entries : null;
}

/**
 * @param unknown in [-1, 1], by entry: what is taken for values that could not be measured.
 * @param entries what the vector is of; of the whole table unless given.
 * @returns as many numbers in [-1, 1] as there are entries.
 * @throws {RangeError} for `unknown` of another length.
 */
export function featureVector(
  values: FeatureValues,
  unknown: ArrayLike<number>,
  entries: readonly VectorEntry[] = vectorEntries,
): Float64Array {
  if (unknown.length !== entries.length) {
    throw new RangeError(`featureVector: unknown must have ${entries.length} numbers, got ${unknown.length}`);
  }
  return Float64Array.from(entries, ({ feature, missing }, at) => {
    const value = values[feature.name];
    if (value !== null) return 2 * scaled(feature, value) - 1;
    return missing === "unknown" ? unknown[at] : missing;
  });
}

function isInVectors<F extends { readonly name: FeatureName }>(
  feature: F,
): feature is F & { readonly name: VectorFeature } {
  return feature.name in missingRules;
}
