/**
 * By which features, and on which scale, groups are best told: k-means of everybody in the clear (central.ts) on
 * made-up crowds whose groups are known, so that no noise is between a choice and what comes of it.
 *
 *     npx tsx bench/segments/told.ts [--people 3000] [--groups 4,6,8] [--seeds 1,2,3]
 *
 * Adjusted Rand index with the groups, as many segments as there are groups. "Alike": devices and depths are
 * drawn alike for everybody, so that they tell nothing of the groups.
 */
import { parseArgs } from "node:util";
import { featureCount, featureVector } from "../../core/profile/featurevector.ts";
import { type FeatureName, type FeatureValues, features, scaled } from "../../core/profile/table.ts";
import { writeResults } from "../results.ts";
import { meanOf } from "../spread.ts";
import { groupsOf, scaledRows } from "./central.ts";
import { knownCrowd } from "./crowd.ts";
import { adjustedRand } from "./rand.ts";

const { values: flags } = parseArgs({
  options: {
    people: { type: "string", default: "3000" },
    groups: { type: "string", default: "4,6,8" },
    seeds: { type: "string", default: "1,2,3" },
  },
});
const numbers = (text: string) => text.split(",").map(Number);
const nothing = new Float64Array(featureCount).fill(Number.NaN);
const device = ["onPhone", "onTablet", "onDesktop"] as const;

interface Way {
  readonly name: string;
  readonly more: readonly FeatureName[];
  readonly scaling: "z-score" | "range";
  readonly devices: "by group" | "alike";
}

const asIs = { more: [], scaling: "z-score", devices: "by group" } as const;
const ways: readonly Way[] = [
  { ...asIs, name: "as it is: z-scores" },
  { ...asIs, name: "min-max by the table's ranges alone", scaling: "range" },
  { ...asIs, name: "with scroll depth", more: ["scrollDepth"] },
  { ...asIs, name: "with scroll depth, alike", more: ["scrollDepth"], devices: "alike" },
  { ...asIs, name: "with the device", more: device },
  { ...asIs, name: "with the device, alike", more: device, devices: "alike" },
];

const rows = ways.map(({ name, more, scaling, devices }) => ({
  name,
  found: numbers(flags.groups).map((groups) => ({
    groups,
    indices: numbers(flags.seeds).map((seed) => {
      const crowd = knownCrowd({ people: Number(flags.people), groups, seed, devices });
      const all = crowd.people.map((person) => rowOf(person, more));
      const labels = groupsOf(scaledRows(all, scaling), { k: groups, restarts: 5, seed });
      return adjustedRand(labels, crowd.groups);
    }),
  })),
}));
writeResults("segments-told", { people: Number(flags.people), rows });
console.log(
  `| told by | ${numbers(flags.groups)
    .map((groups) => `${groups} groups`)
    .join(" | ")} |`,
);
console.log(`|---|${"---|".repeat(numbers(flags.groups).length)}`);
for (const { name, found } of rows) {
  const cells = found.map(({ indices }) => {
    const { mean, sd } = meanOf(indices);
    return `${mean.toFixed(3)} ± ${sd.toFixed(3)}`;
  });
  console.log(`| ${[name, ...cells].join(" | ")} |`);
}

/** As a vector of features would be with these as well; NaN for what is unknown. */
function rowOf(person: FeatureValues, more: readonly FeatureName[]): number[] {
  const usual = featureVector(person, nothing);
  const added = features
    .filter(({ name }) => more.includes(name))
    .map((feature) => {
      const value = person[feature.name];
      return value === null ? Number.NaN : 2 * scaled(feature, value) - 1;
    });
  return [...usual, ...added];
}
