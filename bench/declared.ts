/**
 * npm run bench:declared: what it is worth that a person names categories before anything else is known.
 *
 * A customer held out names the `--named` categories (2 unless given) that most of their first `hidden` items in time
 * are of; the items themselves stay hidden. Then their next item is looked for, 0, 1, 2, 3, 5 and 10 items later,
 * with those alone known: recall@20 without and with what was named, of the shop on its first day (words and shares
 * of people) and of the shop that has learned (item factors from logs beside them); and of popularity. Categories are
 * those of the demo's catalogue, told from titles.
 *
 * --validation judges on training people set aside, to choose --weight and --items by
 * (core/facts/categoryleanings.ts). Means and standard deviations over --seeds.
 */
import { parseArgs } from "node:util";
import { categoryLeaning, categoryLeanings } from "../core/facts/categoryleanings.ts";
import { recallAt } from "../core/metrics.ts";
import { jointDefaults } from "../core/model/joint.ts";
import { quantizeRows } from "../core/model/quantize.ts";
import { bestRows } from "../core/ranking/best.ts";
import type { RankingModel } from "../core/ranking/model.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { profileOfTastes } from "../core/ranking/profile.ts";
import { seededRandom } from "../core/seeded.ts";
import { fitSpace, projectInto, rowDim } from "../server/publishing/import/space.ts";
import { interactionsOf, trainAls } from "../server/publishing/train/als.ts";
import { peopleInTime } from "./coldstart/newpeople.ts";
import { countedPopularity, jointModel } from "./judge.ts";
import { writeResults } from "./results.ts";
import { readShopCatalogue } from "./shop.ts";
import { type Mean, meanOf } from "./spread.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    validation: { type: "boolean", default: false },
    hidden: { type: "string", default: "5" },
    named: { type: "string", default: "2" },
    weight: { type: "string", default: String(categoryLeaning.weight) },
    items: { type: "string", default: String(categoryLeaning.items) },
    "content-dim": { type: "string", default: "384" },
    dim: { type: "string", default: "64" },
    sweeps: { type: "string", default: "8" },
  },
});
const seeds = flags.seeds.split(",").map(Number);
const [hidden, named, weight, most, contentDim, dim, sweeps] = [
  ...[flags.hidden, flags.named, flags.weight, flags.items, flags["content-dim"], flags.dim, flags.sweeps],
].map(Number);
for (const number of [...seeds, hidden, named, weight, most, contentDim, dim, sweeps]) {
  if (!(number > 0)) throw new TypeError(`declared: expected numbers in flags, got ${JSON.stringify(flags)}`);
}

const catalogue = await readShopCatalogue();
const items = catalogue.map(({ item }) => item);
const content = contentRows();
const knownItems = [0, 1, 2, 3, 5, 10];

const table: Record<string, Record<number, number>[]> = {};
for (const seed of seeds) {
  const data = { items, train: [], heldOut: [] };
  const inTime = peopleInTime(data, { validation: flags.validation, seed, first: hidden + 11 });
  const trained = { ...data, train: inTime.train };
  const popularity = countedPopularity(trained);
  const rows = trainAls(interactionsOf(inTime.train, items.length), {
    ...{ dim, sweeps, ...jointDefaults.joint, random: seededRandom(seed) },
  });
  const input = { content, contentDim, popularity };
  const models = {
    "first day": jointModel(trained, { ...input, factors: null }),
    learned: jointModel(trained, { ...input, factors: { rows, dim } }),
  };
  const people = inTime.people.map((inOrder) => ({
    categories: favourites(inOrder.slice(0, hidden)),
    inOrder: inOrder.slice(hidden),
  }));
  for (const [name, model] of Object.entries(models)) {
    const said = (categories: readonly string[]) =>
      categoryLeanings({ cards: catalogue, shares: popularity }, categories, { weight, items: most });
    put(name, (known) => recallOf(model, people, { known, said: () => [] }));
    put(`${name}, named`, (known) => recallOf(model, people, { known, said }));
  }
  put("popularity", (known) => popularRecall(models.learned, people, known));
  console.error(`seed ${seed}: ${people.length} people`);
}

const means: Record<string, Record<string, Mean>> = {};
for (const [way, runs] of Object.entries(table)) {
  means[way] = Object.fromEntries(knownItems.map((known) => [known, meanOf(runs.map((run) => run[known]))]));
}
console.log(
  `recall@20 of the next item after ${knownItems.join(", ")} items, without and with categories named`,
);
for (const [way, figures] of Object.entries(means)) {
  const shown = Object.values(figures).map(({ mean, sd }) => `${mean.toFixed(3)} ± ${sd.toFixed(3)}`);
  console.log(`  ${way.padEnd(18)} ${shown.join("   ")}`);
}
writeResults("declared", { ...flags, items: items.length, means });

interface Judged {
  readonly categories: readonly string[];
  /** In time, what was hidden left out. */
  readonly inOrder: readonly number[];
}

interface Known {
  readonly known: number;
  readonly said: (categories: readonly string[]) => ReturnType<typeof categoryLeanings>;
}

function put(way: string, recallAfter: (known: number) => number): void {
  const run = Object.fromEntries(knownItems.map((known) => [known, recallAfter(known)]));
  table[way] = [...(table[way] ?? []), run];
}

function recallOf(model: RankingModel, people: readonly Judged[], { known, said }: Known): number {
  return meanRecall(people, known, ({ categories, inOrder }) => {
    const tastes = { items: inOrder.slice(0, known), weights: new Float64Array(known).fill(1) };
    return rank({ model, by: "person", profile: profileOfTastes(model, tastes, said(categories)) });
  });
}

function popularRecall(model: RankingModel, people: readonly Judged[], known: number): number {
  return meanRecall(people, known, ({ inOrder }) =>
    rank({ model, by: "popular", exclude: inOrder.slice(0, known) }),
  );
}

function meanRecall(
  people: readonly Judged[],
  known: number,
  ranked: (person: Judged) => ReturnType<typeof rank>,
): number {
  const recalls = people.map((person) =>
    recallAt({ list: bestRows(ranked(person), 20), targets: new Set([person.inOrder[known]]), k: 20 }),
  );
  return recalls.reduce((sum, recall) => sum + recall, 0) / people.length;
}

/** The main categories of most of the items; of equals the one that came first. */
function favourites(rows: readonly number[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const [category] = catalogue[row].categories ?? [];
    if (category !== undefined) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, named)
    .map(([category]) => category);
}

function contentRows() {
  const space = fitSpace(catalogue, { dim: contentDim });
  const width = rowDim(space);
  const rows = new Float32Array(items.length * width);
  const row = new Float64Array(width);
  for (const [at, item] of catalogue.entries()) {
    projectInto(row, item, space);
    rows.set(row, at * width);
  }
  return quantizeRows(rows, items.length, width);
}
