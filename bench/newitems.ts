/**
 * npm run bench:newitems: what becomes of items that an import adds to a shop that has learned already.
 *
 *   kinds     a made-up shop: eight kinds of things in five colours. 160 items are learned from logs, 40 more of
 *             the same kinds come later. Do people of a kind get the new ones of it, and do they lose the old
 *             ones?
 *   retail    Online Retail (demo/data): a tenth of the items is taken out of counts and factors and imported
 *             later. How many of the held-out customers' targets among them stand in the full top 20?
 *   films     MovieLens 100k, where --films names the folder with its u.data and u.item
 *             (https://grouplens.org/datasets/movielens/100k/, not to be passed on): likewise a tenth of the
 *             films, for people who rated 4 or more. Titles and genres say little there.
 *
 * What is published goes the way of `tacit train` and `tacit import`, with a tenth of the people held out for
 * the gate. Beside it stand other ways: as protocol 2 did (content numbers where factors should be, nobody's
 * share), without factors, with all, half or none of the share that content lets expect, and with new items
 * among what people could have dealt with and did not. And content alone with everything in the catalogue from
 * the start (and, but in `kinds`, the real shares): what can be had without learning.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { JoinedModel } from "../core/model/join.ts";
import { jointDefaults } from "../core/model/joint.ts";
import { bestRows } from "../core/ranking/best.ts";
import { rankingModelOf } from "../core/ranking/fromjoined.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { knownTastes, profileOfTastes } from "../core/ranking/profile.ts";
import { seededRandom } from "../core/seeded.ts";
import { parseConfig } from "../server/base/config.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import type { Editions } from "../server/publishing/editions.ts";
import { Gate } from "../server/publishing/gate.ts";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";
import { judged } from "../server/publishing/judged.ts";
import { namedOrKnown, predictionsFor } from "../server/publishing/model.ts";
import { learnCentrally } from "../server/publishing/train/central.ts";
import type { HeldOutPerson } from "../server/publishing/train/holdout.ts";
import { onRows, type Tastes } from "../server/publishing/train/tastes.ts";
import { openParts } from "../server/roles/leader.ts";
import { publicSideOf } from "./publicside.ts";
import { writeResults } from "./results.ts";
import { type HeldOutCustomer, readCustomers, readShopCatalogue } from "./shop.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "1,2,3" },
    /** One of them alone. */
    case: { type: "string" },
    /** The folder of MovieLens 100k. */
    films: { type: "string" },
    /** Nobody is held out for the gate: what is published then is not measured. */
    "no-gate": { type: "boolean", default: false },
    /** Judge on customers set aside from the logs instead of the held-out ones: for choosing settings. */
    validation: { type: "boolean", default: false },
    /** Fewer items, dimensions and sweeps: whether it runs, not how well. */
    quick: { type: "boolean", default: false },
  },
});
const seeds = flags.seeds.split(",").map(Number);
if (seeds.some((seed) => !Number.isInteger(seed))) {
  throw new TypeError(`newitems: --seeds must be integers with commas, got "${flags.seeds}"`);
}
const size = flags.quick ? { contentDim: 24, dim: 8, sweeps: 3 } : { contentDim: 384, dim: 64, sweeps: 16 };

interface Case {
  readonly old: readonly CatalogueItem[];
  readonly fresh: readonly CatalogueItem[];
  /** Logs, of old items alone. */
  readonly logs: readonly Tastes[];
  /** People of the logs, held out for the gate; of old items alone likewise. */
  readonly gate: readonly HeldOutPerson[];
  readonly judged: readonly HeldOutCustomer[];
  /** Length of a list. */
  readonly k: number;
  /** Shares of all items, had all been on offer. */
  readonly shares: ReadonlyMap<string, number>;
}

interface Judged {
  /** recall@k over all targets, over those that are old, and over those that are new. */
  readonly recall: number;
  readonly old: number;
  readonly fresh: number;
  /** recall@k of old targets in a list of old items alone: whether what was known still ranks as it did. */
  readonly amongOld: number;
  /** Part of all places that new items have. */
  readonly places: number;
}

interface Outcome {
  /** The gate's, with recall@k of factors at full length, at a quarter, and left out. */
  readonly verdict: string;
  /** What part of an expected share was chosen. */
  readonly newItemWeight: number;
  readonly before: Judged;
  readonly ways: Readonly<Record<string, Judged>>;
}

async function outcomeOf(shop: Case): Promise<Outcome> {
  const data = mkdtempSync(join(tmpdir(), "tacit-newitems-"));
  const config = parseConfig({
    data,
    catalogue: { contentDim: size.contentDim },
    training: { dim: size.dim },
  });
  const parts = await openParts(config);
  try {
    const { editions } = parts;
    await publishCatalogue(editions, shop.old, size);
    const verdict = await train(editions, shop);
    const before = modelIn(editions);
    await publishCatalogue(editions, [...shop.old, ...shop.fresh], size);
    const after = modelIn(editions);
    const isNew = new Set(shop.fresh.map(({ item }) => item));
    const judge = (model: JoinedModel) => judgedOn(model, shop, isNew);
    const withShare = (newItemWeight: number) => ({
      ...after,
      popularity: sharesWith(editions, newItemWeight),
    });
    return {
      verdict,
      newItemWeight: after.newItemWeight ?? Number.NaN,
      before: judge(before),
      ways: {
        "as in protocol 2": judge(withRows(withShare(0), isNew, "content")),
        "no factors, no share": judge(withRows(withShare(0), isNew, "none")),
        "predicted, no share": judge(withShare(0)),
        "predicted, half the share": judge(withShare(0.5)),
        "predicted, all of the share": judge(withShare(1)),
        "published, but unobserved": judge({ ...after, waiting: new Uint8Array(after.items) }),
        published: judge(after),
        "content alone": judge(contentAlone(after, shop)),
      },
    };
  } finally {
    await parts.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** As `tacit train --force` does, with the people held out as gate.holdout. */
async function train(editions: Editions, { logs, gate: heldOut, k }: Case): Promise<string> {
  const { inForce } = editions;
  if (inForce === null) throw new Error("newitems: expected an edition in force, got none");
  const { dim, sweeps } = size;
  const { items } = inForce.learned;
  const learned = learnCentrally(onRows(logs, items), items, {
    dim,
    alpha0: 0.3,
    lambda: 0.003,
    sweeps,
  });
  const gate = new Gate({ heldOut: flags["no-gate"] ? null : heldOut, k, margin: 1 });
  const { verdict, draft } = await judged(
    { inForce, editions, gate },
    { learned: namedOrKnown(learned, inForce.learned), round: 1, origin: "train" },
  );
  await editions.publish(await draft(), "superseded: trained on logs");
  if (!("variants" in verdict)) return verdict.verdict;
  return `${verdict.verdict}: ${verdict.variants.map((recall) => recall.toFixed(3)).join(" / ")}`;
}

function modelIn({ inForce }: Editions): JoinedModel {
  if (inForce === null) throw new Error("newitems: expected an edition in force, got none");
  return inForce.model;
}

/** Shares, those of new items such a part of what content lets expect. */
function sharesWith({ inForce }: Editions, newItemWeight: number): Float32Array {
  if (inForce === null) throw new Error("newitems: expected an edition in force, got none");
  const { model, learned, parts } = inForce;
  const predicted = predictionsFor(learned, parts.popularity.part, model, newItemWeight);
  const rowOf = new Map(model.catalogue.map(({ item }, row) => [item, row]));
  const shares = model.popularity.slice();
  for (const [at, item] of predicted?.items.entries() ?? []) {
    shares[rowOf.get(item) ?? -1] = predicted?.shares[at] ?? 0;
  }
  return shares;
}

/** The model with content numbers, or nothing, where new items have predicted factors. */
function withRows(model: JoinedModel, isNew: ReadonlySet<string>, rows: "content" | "none"): JoinedModel {
  const { factorDim: dim, contentDim, content } = model;
  const values = model.factors.values.slice();
  const scales = model.factors.scales.slice();
  for (const [row, { item }] of model.catalogue.entries()) {
    if (!isNew.has(item)) continue;
    for (let k = 0; k < dim; k++) {
      values[row * dim + k] = rows === "content" && k < contentDim ? content.values[row * contentDim + k] : 0;
    }
    scales[row] = rows === "content" ? content.scales[row] : 0;
  }
  const known = { ...model, factors: { values, scales } };
  return rows === "content" ? { ...known, waiting: new Uint8Array(model.items) } : known;
}

/** Everything in the catalogue from the start: a space fitted to all of it, and everybody's real share. */
function contentAlone(model: JoinedModel, { old, fresh, shares }: Case): JoinedModel {
  const { content, contentDim } = publicSideOf([...old, ...fresh], size.contentDim);
  const popularity = Float32Array.from(model.catalogue, ({ item }) => shares.get(item) ?? 0);
  const waiting = new Uint8Array(model.items);
  return { ...model, ...jointDefaults.contentOnly, factorScale: 0, content, contentDim, popularity, waiting };
}

function judgedOn(joined: JoinedModel, { judged: people, k }: Case, isNew: ReadonlySet<string>): Judged {
  const model = rankingModelOf(joined);
  const oldRows = Uint8Array.from(model.cards, ({ item }) => (isNew.has(item) ? 0 : 1));
  const recall = new Mean();
  const old = new Mean();
  const fresh = new Mean();
  const amongOld = new Mean();
  const places = new Mean();
  for (const { known, targets } of people) {
    const tastes = knownTastes(model, new Map(known.map((item) => [item, 1])));
    if (tastes.items.length === 0) continue;
    const question = { model, by: "person", profile: profileOfTastes(model, tastes) } as const;
    const itemsOf = (candidates?: Uint8Array) => {
      const ranked = rank(candidates === undefined ? question : { ...question, candidates });
      return new Set(Array.from(bestRows(ranked, k), (row) => model.cards[row].item));
    };
    const shown = itemsOf();
    const oldTargets = targets.filter((item) => !isNew.has(item));
    recall.add(recallOf(targets, shown, k));
    old.add(recallOf(oldTargets, shown, k));
    fresh.add(
      recallOf(
        targets.filter((item) => isNew.has(item)),
        shown,
        k,
      ),
    );
    amongOld.add(recallOf(oldTargets, itemsOf(oldRows), k));
    places.add([...shown].filter((item) => isNew.has(item)).length / k);
  }
  return {
    recall: recall.value,
    old: old.value,
    fresh: fresh.value,
    amongOld: amongOld.value,
    places: places.value,
  };
}

/** NaN without targets. */
function recallOf(targets: readonly string[], shown: ReadonlySet<string>, k: number): number {
  return targets.filter((item) => shown.has(item)).length / Math.min(k, targets.length);
}

/** Of the numbers that are some. */
class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    if (Number.isNaN(value)) return;
    this.#sum += value;
    this.#count++;
  }

  get value(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }
}

const kinds = ["mug", "lamp", "clock", "vase", "scarf", "kettle", "basket", "candle"];
const colours = ["red", "blue", "green", "grey", "white"];

/** Who buys a mug buys mugs; ids say nothing. Each kind has 20 old items and 5 new ones. */
function kindsCase(seed: number): Case {
  const random = seededRandom(seed);
  const draw = (below: number) => Math.floor(random() * below);
  const itemOf = (k: number): CatalogueItem => ({
    item: `${String.fromCharCode(97 + draw(26), 97 + draw(26))}${k}`,
    title: `${kinds[k % 8]} ${colours[draw(5)]}`,
    categories: [],
  });
  const old = Array.from({ length: 160 }, (_, k) => itemOf(k));
  const fresh = Array.from({ length: 40 }, (_, k) => itemOf(k + 160));
  const oldOf = (kind: number) => old.filter((_, k) => k % 8 === kind).map(({ item }) => item);
  const freshOf = (kind: number) => fresh.filter((_, k) => k % 8 === kind).map(({ item }) => item);
  const drawn = (items: readonly string[], count: number) => shuffled(items, random).slice(0, count);
  const logs = Array.from(
    { length: 240 },
    (_, u) => new Map(drawn(oldOf(u % 8), 8).map((item) => [item, 1])),
  );
  const judgedPeople = Array.from({ length: 80 }, (_, u) => {
    const known = drawn(oldOf(u % 8), 3);
    const rest = oldOf(u % 8).filter((item) => !known.includes(item));
    return { known, targets: [...rest, ...freshOf(u % 8)] };
  });
  const gate = Array.from({ length: 24 }, (_, u) => heldOutOf(drawn(oldOf(u % 8), 8)));
  // 22 of a kind are left when three are bought: 17 old ones and 5 new ones.
  return { old, fresh, logs, gate, judged: judgedPeople, k: 22, shares: new Map() };
}

const folder = fileURLToPath(new URL("../demo/data", import.meta.url));

async function retailCase(seed: number): Promise<Case> {
  const all = await readShopCatalogue(folder);
  const random = seededRandom(seed);
  const items = flags.quick ? all.filter((_, k) => k % 10 === 0) : all;
  const isNew = new Set(items.filter(() => random() < 0.1).map(({ item }) => item));
  const { orders, heldOut } = readCustomers(folder);
  const people: Tastes[] = [];
  for (const [customer, lines] of orders) {
    if (heldOut.has(customer)) continue;
    const tastes = new Map<string, number>();
    for (const { item } of lines) tastes.set(item, (tastes.get(item) ?? 0) + 1);
    people.push(tastes);
  }
  const judgedPeople = flags.validation ? null : [...heldOut.values()];
  return { ...shopOf({ items, isNew, people, seed: 1000 + seed, judgedPeople }), k: 20 };
}

const genres =
  "unknown action adventure animation children comedy crime documentary drama fantasy noir horror musical mystery romance scifi thriller war western";

function filmsCase(seed: number): Case {
  const from = flags.films ?? "";
  const linesOf = (name: string, encoding: BufferEncoding) =>
    readFileSync(join(from, name), encoding).trim().split("\n");
  const items = linesOf("u.item", "latin1").map((line): CatalogueItem => {
    const [film, title, , , , ...flagged] = line.split("|");
    return { item: film, title, categories: genres.split(" ").filter((_, k) => flagged[k] === "1") };
  });
  const random = seededRandom(seed);
  const isNew = new Set(items.filter(() => random() < 0.1).map(({ item }) => item));
  const people = new Map<string, Map<string, number>>();
  for (const [person, film, rating] of linesOf("u.data", "utf8").map((line) => line.split("\t"))) {
    if (Number(rating) < 4) continue;
    people.set(person, (people.get(person) ?? new Map<string, number>()).set(film, 1));
  }
  const parts = { items, isNew, people: [...people.values()], seed: 1000 + seed, judgedPeople: null };
  return { ...shopOf(parts), k: 20 };
}

interface ShopParts {
  readonly items: readonly CatalogueItem[];
  readonly isNew: ReadonlySet<string>;
  readonly people: readonly Tastes[];
  readonly seed: number;
  /** Null: a fifth of the people. */
  readonly judgedPeople: readonly HeldOutCustomer[] | null;
}

/** A tenth of the people is held out for the gate, and some are judged on; the others are in the logs. */
function shopOf({ items, isNew, people, seed, judgedPeople }: ShopParts): Omit<Case, "k"> {
  const random = seededRandom(seed);
  const withoutNew = (tastes: Tastes) => new Map([...tastes].filter(([item]) => !isNew.has(item)));
  const gate: HeldOutPerson[] = [];
  const setAside: HeldOutCustomer[] = [];
  const logs: Tastes[] = [];
  for (const tastes of people) {
    const draw = random();
    if (tastes.size < 5 || draw >= (judgedPeople === null ? 0.3 : 0.1)) logs.push(tastes);
    else if (draw >= 0.1) setAside.push(splitOf(tastes, random));
    else gate.push(heldOutOf(shuffled([...withoutNew(tastes).keys()], random)));
  }
  const shares = new Map<string, number>();
  for (const tastes of logs) {
    for (const item of tastes.keys()) shares.set(item, (shares.get(item) ?? 0) + 1 / logs.length);
  }
  return {
    old: items.filter(({ item }) => !isNew.has(item)),
    fresh: items.filter(({ item }) => isNew.has(item)),
    logs: logs.map(withoutNew),
    gate,
    judged: judgedPeople ?? setAside,
    shares,
  };
}

function splitOf(tastes: Tastes, random: () => number): HeldOutCustomer {
  const items = shuffled([...tastes.keys()], random);
  const wanted = Math.max(1, Math.round(items.length / 5));
  return { known: items.slice(wanted), targets: items.slice(0, wanted) };
}

/** A person for the gate: the last fifth of these items are the targets. */
function heldOutOf(items: readonly string[]): HeldOutPerson {
  const known = items.length - Math.max(1, Math.round(items.length / 5));
  return {
    known: new Map(items.slice(0, known).map((item) => [item, 1])),
    targets: new Set(items.slice(known)),
  };
}

function shuffled(items: readonly string[], random: () => number): readonly string[] {
  const placed = items.map((item) => ({ item, place: random() }));
  return placed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}

const results: Record<string, readonly Outcome[]> = {};
const cases = {
  kinds: kindsCase,
  retail: retailCase,
  ...(flags.films === undefined ? {} : { films: filmsCase }),
};
for (const [name, make] of Object.entries(cases)) {
  if (flags.case !== undefined && flags.case !== name) continue;
  const outcomes: Outcome[] = [];
  for (const seed of seeds) outcomes.push(await outcomeOf(await make(seed)));
  results[name] = outcomes;
  console.log(
    `\n${name}, means of seeds ${seeds.join(", ")}${flags.validation ? ", validation people" : ""}`,
  );
  for (const { verdict, newItemWeight } of outcomes)
    console.log(`  the gate: ${verdict}; share of new items x ${newItemWeight}`);
  console.log(
    line(
      "before the import",
      outcomes.map(({ before }) => before),
    ),
  );
  for (const way of Object.keys(outcomes[0].ways))
    console.log(
      line(
        way,
        outcomes.map(({ ways }) => ways[way]),
      ),
    );
}
writeResults("newitems", { seeds, validation: flags.validation, quick: flags.quick, results });

function line(way: string, all: readonly Judged[]): string {
  const mean = (name: keyof Judged) => all.reduce((sum, one) => sum + one[name], 0) / all.length;
  const figures = (["recall", "old", "amongOld", "fresh", "places"] as const).map(
    (name) => `${name} ${mean(name).toFixed(4)}`,
  );
  return `  ${way.padEnd(30)} ${figures.join("  ")}`;
}
