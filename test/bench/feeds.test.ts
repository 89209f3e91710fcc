/**
 * Files in the forms that others publish go from the shell to a shelf by the commands of docs/OPERATING.md's
 * "Catalogues and logs" alone, and the shelf is one that those files call for.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { makeMovieLens, makeShopify } from "../../bench/feeds/made.ts";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { seededRandom } from "../../core/seeded.ts";
import { parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { openParts } from "../../server/roles/leader.ts";
import { Model } from "../../worker/rank/model.ts";
import { forYou, similar, trending } from "../../worker/rank/recommend.ts";

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tacit-feeds-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** What it said. @throws {Error} with it when the command does not end with 0. */
async function tacit(...args: readonly string[]): Promise<readonly string[]> {
  const said: string[] = [];
  const keep = (line: string) => void said.push(line);
  const status = await runCli(args, { env: {}, out: keep, err: keep });
  if (status !== 0) throw new Error(`tacit ${args.join(" ")}: ${said.join("\n")}`);
  return said;
}

/** The edition in force of a data directory, as a browser ranks by it. */
async function modelIn(data: string): Promise<Model> {
  const parts = await openParts(parseConfig({ data }));
  const { inForce } = parts.editions;
  await parts.close();
  if (inForce === null) throw new Error("modelIn: expected an edition in force, got none");
  const { id, sequence, model: joined } = inForce;
  return new Model({ edition: { id, sequence }, joined, factors: null, isWhole: true });
}

const nowMs = Date.UTC(2026, 5, 1);
function shelfOf(model: Model, liked: readonly string[], count: number): readonly string[] {
  const events = liked.map((item) => ({ id: item, kind: "like" as const, item, atMs: nowMs - 1000 }));
  const profile = new JournalProfile(model.ranking, { events, nowMs });
  return forYou(model, profile, { count, nowMs }).map(({ item }) => item);
}

describe("MovieLens", () => {
  const size = { people: 240, films: 300, ratings: 12_000 };
  test.each([
    { set: "100k", charset: ["--charset", "windows-1252"] },
    { set: "latest", charset: [] },
  ] as const)("$set: who likes eight films is shown others of their genres", async ({ set, charset }) => {
    const directory = temporaryDirectory();
    const { items, orders, genreOf, likes } = makeMovieLens(directory, size, set);
    const data = join(directory, "data");
    const asked = ["--format", "movielens", "--data", data];
    expect((await tacit("import", items, ...asked, ...charset)).at(-1)).toBe(
      `edition 1 is in force: ${size.films} items`,
    );
    const trained = await tacit("train", "--orders", orders, ...asked);
    const liked = readFileSync(orders, "utf8")
      .trim()
      .split("\n")
      .map((line) => Number(line.split(/[,\t]/)[2]));
    const less = liked.filter((rating) => rating < 4).length;
    expect(trained.join("\n")).toContain(`${less} rated below 4`);
    const model = await modelIn(data);
    expect(model.catalogue.map(({ title }) => title).join("\n")).toContain("Señor");
    expect(model.catalogue[1].categories?.length).toBe(1);
    let fitting = 0;
    let shown = 0;
    for (let taste = 0; taste < 6; taste++) {
      const fits = (item: string) => likes(taste, genreOf[Number(item) - 1]);
      const own = model.catalogue.map(({ item }) => item).filter(fits);
      const shelf = shelfOf(model, own.slice(0, 8), 10);
      expect(shelf.length).toBe(10);
      fitting += shelf.filter(fits).length;
      shown += shelf.length;
    }
    // A sixth by chance.
    expect(fitting / shown).toBeGreaterThan(0.4);
    // Films of small numbers are rated most.
    const best = trending(model, { count: 5, nowMs }).map(({ item }) => Number(item));
    expect(Math.max(...best)).toBeLessThan(30);
  });
});

describe("a product file of Shopify", () => {
  test("is the same catalogue in either of its templates", async () => {
    const directory = temporaryDirectory();
    const cards = [];
    for (const template of ["before", "today"] as const) {
      const data = join(directory, template);
      await tacit("import", makeShopify(directory, 60, template), "--format", "shopify", "--data", data);
      cards.push((await modelIn(data)).catalogue);
    }
    const [before, today] = cards;
    expect(today).toEqual(before);
    expect(before.length).toBe(60);
    expect(before[0]).toEqual({
      item: "product-0",
      title: "Classic Tee No. 0",
      attributes: { brand: "Acme, Inc.", tags: ["basic", "gift"] },
      price: 9.9,
      url: "/products/product-0",
      image: "https://cdn.example/0-0.jpg",
      categories: ["Apparel & Accessories", "Tee"],
    });
  });

  test("and a log of its handles: a shelf of the same things, without what is sold out or a draft", async () => {
    const directory = temporaryDirectory();
    const data = join(directory, "data");
    const asked = ["--data", data];
    await tacit("import", makeShopify(directory, 60, "today"), "--format", "shopify", ...asked);
    // Each buys things of one kind: every sixth product is of it.
    const random = seededRandom(3);
    const lines = Array.from({ length: 600 }, (_, line) => {
      const person = Math.floor(line / 6);
      return `c${person},product-${(person % 6) + 6 * Math.floor(random() * 10)},1`;
    });
    const orders = join(directory, "orders.csv");
    writeFileSync(orders, `${["customer,item,quantity", ...lines].join("\n")}\n`);
    expect(await tacit("train", "--orders", orders, ...asked)).toContain("learned from 100 people");
    const model = await modelIn(data);
    const shelf = shelfOf(model, ["product-0", "product-6"], 5);
    const kinds = shelf.map((item) => Number(item.slice("product-".length)) % 6);
    expect(kinds.filter((kind) => kind === 0).length).toBeGreaterThanOrEqual(4);
    const out = Array.from({ length: 6 }, (_, k) => `product-${10 * k + 9}`);
    const all = [
      ...shelfOf(model, ["product-0"], 60),
      ...similar(model, "product-3", { count: 60 }).map(({ item }) => item),
      ...trending(model, { count: 60, nowMs }).map(({ item }) => item),
    ];
    expect(all.filter((item) => out.includes(item))).toEqual([]);
    expect(new Set(all).size).toBe(54);
  });
});
