/**
 * npm run bench:coldstart -- --data DIR --encoder FOLDER --words FILE: what content is worth where nothing
 * else is known.
 *
 * New items: a tenth of the items is held out of all training, of the fitted space too, and imported later.
 * Who has which of them, by what else people have? recall@20 and NDCG@20 in a list of the new items alone,
 * and in one of the whole catalogue (where each new item has the mean share of people). By words (TF-IDF and
 * SVD), by meaning (the encoder), by both, as `tacit import` makes rows without and with --encoder; and a
 * random list. By a word file (npm run words), alone and beside words, where --words names one.
 *
 * All items: nothing is held out but the people: recall@20 and NDCG@20 of what they went on to, and the size
 * of the content part that a browser fetches for it, by brotli.
 *
 * New people: the item after 0, 1, 2, 3, 5 and 10 of a person's items in time, of people held out: recall@20
 * of content by words and by both, of popularity and of nearest items by BM25. Before the first item
 * everything is popularity.
 *
 * DIR as `npm run split -- DIR` writes it; FOLDER as server/encoders/export makes it. Without --encoder there
 * is no meaning. --validation judges on training people set aside, to choose settings by; --meaning-dim and
 * --meaning-weight are those settings. Means and standard deviations over --seeds: which items are held out,
 * and how items of one order follow each other.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { brotliCompressSync } from "node:zlib";
import type { Encoder } from "../core/encoder/encoder.ts";
import { wordEncoder } from "../core/encoder/words/encoder.ts";
import { parseWordFile } from "../core/encoder/words/wordfile.ts";
import { encodeContent } from "../core/model/content.ts";
import { quantizeRows } from "../core/model/quantize.ts";
import { seededRandom } from "../core/seeded.ts";
import { loadEncoder } from "../server/encoders/load.ts";
import {
  type EncodedItems,
  fitMeaning,
  type MeaningOptions,
  meaningDefaults,
  meaningText,
} from "../server/publishing/import/meaning.ts";
import { fitSpace, projectInto, rowDim } from "../server/publishing/import/space.ts";
import type { ContentItem } from "../server/publishing/import/tokens.ts";
import { heldOutItems, type NewItemsQuality, qualityOnNew } from "./coldstart/newitems.ts";
import { afterEvents, type InTime, peopleInTime } from "./coldstart/newpeople.ts";
import { type DataSet, readContentItems, readDataSet, validationSet } from "./data.ts";
import {
  countedPopularity,
  type JointInput,
  jointScores,
  judgeJoint,
  judgePopularity,
  judgeScores,
} from "./judge.ts";
import { itemKnn, knnSettings } from "./references/itemknn.ts";
import { writeResults } from "./results.ts";
import { type Mean, meanOf } from "./spread.ts";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string" },
    encoder: { type: "string" },
    words: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
    validation: { type: "boolean", default: false },
    "content-dim": { type: "string", default: "384" },
    "meaning-dim": { type: "string", default: String(meaningDefaults.dim) },
    "meaning-weight": { type: "string", default: String(meaningDefaults.weight) },
    /** Without people in time. */
    "new-items": { type: "boolean", default: false },
  },
});
const { data: directory } = flags;
if (directory === undefined) throw new TypeError("coldstart: --data must name a directory, got nothing");
const seeds = flags.seeds.split(",").map(Number);
const contentDim = Number(flags["content-dim"]);
const meaning: MeaningOptions = {
  dim: Number(flags["meaning-dim"]),
  weight: Number(flags["meaning-weight"]),
};
for (const number of [...seeds, contentDim, meaning.dim, meaning.weight]) {
  if (!(number >= 0))
    throw new TypeError(`coldstart: expected numbers in flags, got ${JSON.stringify(flags)}`);
}

const test = readDataSet(directory);
const items = readContentItems(directory, test.items);
const encoded = flags.encoder === undefined ? null : await encodedBy(await loadEncoder(flags.encoder));
const vectors = flags.words === undefined ? null : await encodedBy(wordFileEncoder(flags.words));

/** What rows are made of beside words, if anything. */
interface Way {
  readonly encoded: EncodedItems;
  readonly options: MeaningOptions;
}
const alone = (of: EncodedItems): Way => ({ encoded: of, options: { dim: of.dim, weight: 1 } });
const beside = (of: EncodedItems): Way => ({ encoded: of, options: meaning });
const ways: Readonly<Record<string, Way | null>> = {
  words: null,
  ...(vectors === null ? {} : { "word file": alone(vectors), "words, word file": beside(vectors) }),
  ...(encoded === null ? {} : { meaning: alone(encoded), both: beside(encoded) }),
};
/** Those that people in time are judged by, too. */
const isAlone = (way: Way | null): boolean => way?.options.weight === 1;

type Table = Record<string, Record<string, Mean>>;

const newItems: Record<string, NewItemsQuality[]> = {};
const allItems: Record<string, Record<string, number>[]> = {};
const newPeople: Record<string, Record<string, number>[]> = {};
for (const seed of seeds) {
  const data = flags.validation ? validationSet(test, { share: 0.1, seed }) : test;
  const held = heldOutItems(data, { share: 0.1, seed });
  add(newItems, "random", qualityOnNew(held, randomScores(seed)));
  for (const [way, made] of Object.entries(ways)) {
    const input = { ...rowsBy(made, held.isNew), popularity: held.shares, factors: null };
    add(newItems, way, qualityOnNew(held, jointScores(held.data, input)));
    const rows = rowsBy(made, new Uint8Array(items.length));
    const { recall, ndcg } = judgeJoint(data, {
      ...rows,
      popularity: countedPopularity(data),
      factors: null,
    });
    add(allItems, way, { recall, ndcg, kB: kilobytesOf(rows) });
  }
  if (flags["new-items"]) continue;
  const inTime = peopleInTime(data, { validation: flags.validation, seed });
  for (const [way, recalls] of Object.entries(recallsAfter(inTime))) add(newPeople, way, recalls);
  console.error(
    `seed ${seed}: ${held.data.heldOut.length} people on new items, ${inTime.people.length} in time`,
  );
}

const tables = { newItems: meansOf(newItems), allItems: meansOf(allItems), newPeople: meansOf(newPeople) };
print("new items: recall and NDCG at 20 among the new / in the whole catalogue", tables.newItems);
print("all items: recall and NDCG at 20, content part", tables.allItems);
if (!flags["new-items"]) print("new people: recall@20 of the next item after so many", tables.newPeople);
writeResults("coldstart", { ...flags, items: items.length, ...tables });

function wordFileEncoder(path: string): Encoder {
  const bytes = readFileSync(path);
  return wordEncoder(parseWordFile(bytes), createHash("sha256").update(bytes).digest("hex"));
}

async function encodedBy(encoder: Encoder): Promise<EncodedItems> {
  const startMs = performance.now();
  const values = await encoder.encode(items.map(meaningText));
  const seconds = (performance.now() - startMs) / 1000;
  console.error(`${encoder.name}: ${items.length} titles in ${seconds.toFixed(1)} s`);
  await encoder.close();
  return { encoder: encoder.id, dim: encoder.dim, values };
}

/** Rows of all items in a space fitted to those that are not new; null: by words alone. */
function rowsBy(way: Way | null, isNew: Uint8Array): Pick<JointInput, "content" | "contentDim"> {
  const old = Array.from(items.keys()).filter((at) => isNew[at] === 0);
  const fitted = way === null ? null : fitMeaning(vectorsOf(way.encoded, old), way.options);
  const known = old.map((at): ContentItem => items[at]);
  const space = fitSpace(known, { dim: Math.min(contentDim, known.length) }, { meaning: fitted });
  const dim = rowDim(space);
  const rows = new Float32Array(items.length * dim);
  const row = new Float64Array(dim);
  for (const [at, item] of items.entries()) {
    const meaning = way === null ? null : vectorsOf(way.encoded, [at]).values;
    projectInto(row, item, space, { meaning });
    rows.set(row, at * dim);
  }
  return { content: quantizeRows(rows, items.length, dim), contentDim: dim };
}

function kilobytesOf({ content, contentDim: dim }: Pick<JointInput, "content" | "contentDim">): number {
  const part = encodeContent({ items: test.items, dim, space: "0".repeat(64), rows: content });
  return brotliCompressSync(part).length / 1000;
}

function vectorsOf({ encoder, dim, values }: EncodedItems, places: readonly number[]): EncodedItems {
  const chosen = new Float32Array(places.length * dim);
  for (const [at, place] of places.entries()) {
    chosen.set(values.subarray(place * dim, (place + 1) * dim), at * dim);
  }
  return { encoder, dim, values: chosen };
}

function randomScores(seed: number): () => Float64Array {
  const random = seededRandom(seed);
  return () => Float64Array.from(items, () => random());
}

/** recall@20 by number of events, way by way. */
function recallsAfter(inTime: InTime): Readonly<Record<string, Record<string, number>>> {
  const { train } = inTime;
  const none = new Uint8Array(items.length);
  const popularity = countedPopularity({ items: test.items, train, heldOut: [] });
  const rows = Object.entries(ways)
    .filter(([, made]) => !isAlone(made))
    .map(([way, made]) => [way, rowsBy(made, none)] as const);
  const nearest = itemKnn(train, items.length, knnSettings);
  const table: Record<string, Record<string, number>> = {};
  for (const events of [0, 1, 2, 3, 5, 10]) {
    const data: DataSet = { items: test.items, train, heldOut: afterEvents(inTime, events) };
    const popular = judgePopularity(data).recall;
    const put = (way: string, recall: number) => {
      table[way] = { ...table[way], [events]: events === 0 ? popular : recall };
    };
    put("popularity", popular);
    put("nearest items", judgeScores(data, nearest).recall);
    for (const [way, content] of rows) {
      put(way, judgeJoint(data, { ...content, popularity, factors: null }).recall);
    }
  }
  return table;
}

function add<Value>(table: Record<string, Value[]>, way: string, value: Value): void {
  table[way] = [...(table[way] ?? []), value];
}

function meansOf(table: Readonly<Record<string, readonly Readonly<Record<string, number>>[]>>): Table {
  const means: Table = {};
  for (const [way, runs] of Object.entries(table)) {
    means[way] = Object.fromEntries(
      Object.keys(runs[0]).map((name) => [name, meanOf(runs.map((run) => run[name]))]),
    );
  }
  return means;
}

function print(title: string, table: Table): void {
  console.log(`\n${title}`);
  for (const [way, figures] of Object.entries(table)) {
    const shown = Object.entries(figures).map(
      ([name, { mean, sd }]) => `${name} ${mean.toFixed(3)} ± ${sd.toFixed(3)}`,
    );
    console.log(`  ${way.padEnd(14)} ${shown.join("   ")}`);
  }
}
