/**
 * Features of a real shop's customers (demo/data), by their orders: what a hidden one is best taken for, and on
 * which scale a price says most of a person.
 *
 *     npx tsx bench/segments/shop.ts [--seeds 1,2,3]
 *
 * Missing: of each customer with at least three orders' lines, variety and price level are hidden, each for half of
 * the people; error as in missing.ts, by the space of what is left, without noise.
 *
 * Prices: correlation (Pearson) of a customer's mean over the earlier half of the lines with that over the later
 * half, of customers with at least ten lines: a scale on which people stay who they are says more of them. By
 * min-max and by z-score of the catalogue's prices it is the same number, as one is a line of the other.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { besideFeatures, nothingBeside } from "../../core/profile/beside.ts";
import { catalogueFacts } from "../../core/profile/catalogue.ts";
import { ProfileFeatures } from "../../core/profile/features.ts";
import { featureVector, type VectorFeature, vectorEntries } from "../../core/profile/featurevector.ts";
import { imputedVector } from "../../core/profile/imputation.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import { seededRandom } from "../../core/seeded.ts";
import { centralSegments } from "../../server/kinds/segments/central.ts";
import { writeResults } from "../results.ts";
import { type OrderLine, readCustomers, readShopCatalogue } from "../shop.ts";
import { meanOf } from "../spread.ts";
import { mediansOf } from "./medians.ts";

const { values: flags } = parseArgs({ options: { seeds: { type: "string", default: "1,2,3" } } });
const seeds = flags.seeds.split(",").map(Number);
const ofOrders: readonly VectorFeature[] = [
  ...(["orders", "daysSinceOrder", "spent", "recencyScore"] as const),
  ...(["frequencyScore", "monetaryScore", "categoryEntropy", "priceLevel"] as const),
];
const hideable = ["categoryEntropy", "priceLevel"] as const;
const entries = vectorEntries.filter(({ feature }) => ofOrders.includes(feature.name));
const nothing = new Float64Array(entries.length).fill(Number.NaN);

const catalogue = catalogueFacts(await readShopCatalogue());
const { orders } = readCustomers(fileURLToPath(new URL("../../demo/data", import.meta.url)));
const customers = [...orders.values()];
const nowMs = customers.reduce((latest, lines) => Math.max(latest, lines.at(-1)?.atMs ?? 0), 0);
const missing = errorsOf(customers.filter((lines) => lines.length >= 3).map(featuresOf));
const prices = correlations(customers.filter((lines) => lines.length >= 10));
writeResults("segments-shop", { missing, prices });
console.log("| hidden value taken for | error in spreads |\n|---|---|");
for (const [name, errors] of Object.entries(missing)) {
  const { mean, sd } = meanOf(errors);
  console.log(`| ${name} | ${mean.toFixed(3)} ± ${sd.toFixed(3)} |`);
}
console.log("\n| price on the scale of | earlier with later lines |\n|---|---|");
for (const [name, value] of Object.entries(prices)) console.log(`| ${name} | ${value.toFixed(3)} |`);

function featuresOf(lines: readonly OrderLine[]): FeatureValues {
  const localTimeOf = () => ({ hour: 12, weekday: 0 });
  const made = new ProfileFeatures({ catalogue, localTimeOf, nowMs });
  for (const [at, { item, atMs, quantity: amount }] of lines.entries()) {
    made.add({ id: String(at), kind: "purchase", item, atMs, amount });
  }
  return { ...made.values(nowMs), ...besideFeatures(nothingBeside) };
}

function errorsOf(people: readonly FeatureValues[]): Readonly<Record<"mean" | "median" | "ridge", number[]>> {
  const found = { mean: [] as number[], median: [] as number[], ridge: [] as number[] };
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const hidden = people.map((person) => ({
      ...person,
      ...Object.fromEntries(hideable.flatMap((name) => (random() < 0.5 ? [[name, null]] : []))),
    }));
    const { part } = centralSegments(hidden, { by: "operator", k: 4 }, entries);
    const medians = mediansOf(hidden, entries);
    const error = (vectorOf: (person: FeatureValues) => Float64Array) => {
      let [squares, count] = [0, 0];
      for (const [at, person] of people.entries()) {
        const [known, taken] = [featureVector(person, nothing, entries), vectorOf(hidden[at])];
        for (const name of hideable) {
          if (person[name] === null || hidden[at][name] !== null) continue;
          const f = entries.findIndex(({ feature }) => feature.name === name);
          squares += ((known[f] - taken[f]) / part.spreads[f]) ** 2;
          count += 1;
        }
      }
      return Math.sqrt(squares / count);
    };
    found.mean.push(error((person) => featureVector(person, part.center, entries)));
    found.median.push(error((person) => featureVector(person, medians, entries)));
    found.ridge.push(error((person) => imputedVector(part, person, entries)));
  }
  return found;
}

function correlations(people: readonly (readonly OrderLine[])[]): Readonly<Record<string, number>> {
  const scales: Readonly<Record<string, (item: string) => number | null>> = {
    "the part of the catalogue that is cheaper (as it is)": (item) =>
      catalogue.factsOf(item)?.priceLevel ?? null,
    "min-max or z-score": (item) => catalogue.factsOf(item)?.price ?? null,
    "its logarithm": (item) => {
      const price = catalogue.factsOf(item)?.price ?? null;
      return price === null ? null : Math.log1p(price);
    },
  };
  return Object.fromEntries(
    Object.entries(scales).map(([name, scale]) => {
      const meanBy = (lines: readonly OrderLine[]) => {
        const known = lines.flatMap(({ item }) => scale(item) ?? []);
        return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
      };
      const pairs = people.flatMap((lines) => {
        const half = Math.floor(lines.length / 2);
        const [early, late] = [meanBy(lines.slice(0, half)), meanBy(lines.slice(half))];
        return early === null || late === null ? [] : [[early, late] as const];
      });
      return [name, correlationOf(pairs)];
    }),
  );
}

function correlationOf(pairs: readonly (readonly [number, number])[]): number {
  const mean = (at: 0 | 1) => pairs.reduce((sum, pair) => sum + pair[at], 0) / pairs.length;
  const [a, b] = [mean(0), mean(1)];
  const product = (x: 0 | 1, y: 0 | 1) =>
    pairs.reduce((sum, pair) => sum + (pair[x] - [a, b][x]) * (pair[y] - [a, b][y]), 0);
  return product(0, 1) / Math.sqrt(product(0, 0) * product(1, 1));
}
