/**
 * npm run bench:bytes: what a browser downloads, at 3,659, 10,000 and 100,000 items: a first visit, a price
 * change of 1 % of the items, a day's import (2 % come, 2 % go), a round. Bodies as they are served with
 * brotli and with gzip, without headers.
 *
 * The real server publishes everything, factors and content at the dimensions in force. Catalogues beyond the
 * demo's are made of its words; factors are drawn at random, which compresses worse than any that were
 * learned.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PartRef } from "../core/model/edition.ts";
import { seededRandom } from "../core/seeded.ts";
import { parseConfig } from "../server/base/config.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import type { Editions } from "../server/publishing/editions.ts";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";
import type { InForce } from "../server/publishing/inforce.ts";
import { candidatesOf } from "../server/publishing/learn.ts";
import { openParts } from "../server/roles/leader.ts";
import { writeResults } from "./results.ts";
import { readShopCatalogue } from "./shop.ts";

const { values: flags } = parseArgs({
  options: {
    items: { type: "string", default: "3659,10000,100000" },
    /** Small catalogues and dimensions: whether it runs, not how much. */
    quick: { type: "boolean", default: false },
  },
});
const sizes = (flags.quick ? "300" : flags.items).split(",").map(Number);
if (sizes.some((size) => !(Number.isInteger(size) && size >= 100))) {
  throw new TypeError(
    `bytes: --items must be whole numbers of at least 100 with commas, got "${flags.items}"`,
  );
}
const dimensions = flags.quick ? { contentDim: 16, dim: 8 } : { contentDim: 384, dim: 64 };

interface Bytes {
  readonly brotli: number;
  readonly gzip: number;
  readonly plain: number;
}

/** What is fetched by whoever has `known`. */
async function fetchedBy(known: InForce | null, editions: Editions): Promise<Bytes> {
  const { edition } = inForceIn(editions);
  const has = new Set(known?.edition.parts.map(({ id }) => id));
  const catalogue = edition.parts.find(({ kind }) => kind === "catalogue");
  const delta = edition.deltas.find(({ from, to }) => has.has(from) && to === catalogue?.id);
  const needed: PartRef[] = edition.parts.filter(({ id }) => !has.has(id));
  const wanted = needed.map((ref) => (ref.kind === "catalogue" && delta !== undefined ? delta.part : ref));
  if (known === null) wanted.push(edition.head);
  return totalOf(wanted, editions);
}

async function totalOf(refs: readonly PartRef[], editions: Editions): Promise<Bytes> {
  const total = { brotli: 0, gzip: 0, plain: 0 };
  for (const { id } of refs) {
    const part = await editions.part(id);
    if (part === undefined) throw new Error(`bytes: expected a part ${id}, got none`);
    total.brotli += part.brotli.length;
    total.gzip += part.gzip.length;
    total.plain += part.bytes.length;
  }
  return total;
}

function inForceIn({ inForce }: Editions): InForce {
  if (inForce === null) throw new Error("bytes: expected an edition in force, got none");
  return inForce;
}

async function measure(count: number) {
  const data = mkdtempSync(join(tmpdir(), "tacit-bytes-"));
  const { contentDim, dim } = dimensions;
  const parts = await openParts(parseConfig({ data, catalogue: { contentDim }, training: { dim } }));
  try {
    const { editions } = parts;
    const random = seededRandom(count);
    const all = await catalogueOf(Math.ceil(1.02 * count));
    const shop = all.slice(0, count);
    const importing = await secondsOf(() => publishCatalogue(editions, shop, dimensions));
    await learnRandomly(editions, random);
    const firstVisit = await fetchedBy(null, editions);
    const head = await totalOf([inForceIn(editions).edition.head], editions);

    const before = inForceIn(editions);
    const dearer = shop.map((item) => (random() < 0.01 ? { ...item, price: (item.price ?? 0) + 1 } : item));
    const again = await secondsOf(() => publishCatalogue(editions, dearer, dimensions));
    const priceChange = await fetchedBy(before, editions);

    const yesterday = inForceIn(editions);
    const left = new Set(dearer.filter(() => random() < 0.02).map(({ item }) => item));
    const today = [...dearer.filter(({ item }) => !left.has(item)), ...all.slice(count)];
    const daily = await secondsOf(() => publishCatalogue(editions, today, dimensions));
    const dailyImport = await fetchedBy(yesterday, editions);

    const lastRound = inForceIn(editions);
    await learnRandomly(editions, random);
    const round = await fetchedBy(lastRound, editions);
    const seconds = { import: importing, priceChange: again, dailyImport: daily };
    return { items: count, head, firstVisit, priceChange, dailyImport, round, seconds };
  } finally {
    await parts.close();
    rmSync(data, { recursive: true, force: true });
  }
}

/** A round of a crowd that is nobody: normal factors, shares that fall like those of a shop. */
async function learnRandomly(editions: Editions, random: () => number): Promise<void> {
  const inForce = inForceIn(editions);
  const { learned } = inForce;
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const count = learned.items.length;
  const [candidate] = candidatesOf(inForce, editions, {
    learned: {
      ...learned,
      factors: learned.factors.map(() => 0.1 * normal()),
      counts: Float64Array.from({ length: count }, () => Math.ceil(400 * random() ** 4)),
      people: new Float64Array(count).fill(4000),
    },
    round: inForce.model.round + 1,
    origin: "round",
  });
  await editions.publish(await candidate.draft(), "a round");
}

/** The demo's catalogue, or as many items with titles made of the words of two of its titles. */
async function catalogueOf(count: number): Promise<readonly CatalogueItem[]> {
  const given = await readShopCatalogue();
  const random = seededRandom(7);
  const drawn = () => given[Math.floor(random() * given.length)];
  const made = Array.from({ length: Math.max(0, count - given.length) }, (_, k) => {
    const [one, two] = [drawn(), drawn()];
    const words = one.title.split(" ");
    const others = two.title.split(" ");
    const title = [...words.slice(0, Math.ceil(words.length / 2)), ...others.slice(others.length >> 1)].join(
      " ",
    );
    return { ...one, item: `${one.item.slice(0, 3)}${100_000 + k}`, title };
  });
  return [...given, ...made].slice(0, count);
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return Math.round((performance.now() - startedMs) / 100) / 10;
}

const kB = (bytes: number) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`.padStart(10);
const results: unknown[] = [];
for (const count of sizes) {
  const { seconds, items, ...measured } = await measure(count);
  results.push({ items, ...measured, seconds });
  console.log(
    `\n${items} items, content ${dimensions.contentDim}, factors ${dimensions.dim}: brotli, gzip, plain`,
  );
  for (const [name, { brotli, gzip, plain }] of Object.entries(measured)) {
    console.log(`  ${name.padEnd(14)}${kB(brotli)}${kB(gzip)}${kB(plain)}`);
  }
  console.log(
    `  import ${seconds.import} s, prices ${seconds.priceChange} s, a day's import ${seconds.dailyImport} s`,
  );
}
writeResults("bytes", { quick: flags.quick, ...dimensions, results });
