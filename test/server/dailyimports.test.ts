/**
 * Learning survives the catalogue: a shop imports its feed every day, with items that come, items that go and
 * other prices, while one round of 200 browsers is open.
 */
import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import type { Hono } from "hono";
import { expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import { platformFill } from "../../worker/edges.ts";
import { fileFromSource } from "../../worker/fromsource.ts";
import { TacitWorker } from "../../worker/tacit.ts";
import { admin, inForceOf, openServer, tasksOf, temporaryDirectory, testConfig } from "./harness.ts";

const browserCount = 200;
const days = 10;
const itemCount = 100;
const words = ["red", "blue", "mug", "lamp", "bag", "clock", "tin", "retro", "heart", "bird", "tea", "rose"];

function itemOf(k: number): CatalogueItem {
  const title = [words[k % 12], words[(k * 5 + 3) % 12], words[(k * 7 + 1) % 12]].join(" ");
  return { item: `item-${k}`, title, categories: [words[k % 4]], price: 1 + (k % 9) };
}

/** The feed of the next day: 2 % of the items go, as many come, every tenth price is another. */
function nextDay(
  feed: readonly CatalogueItem[],
  day: number,
  random: () => number,
): readonly CatalogueItem[] {
  const turnover = Math.round(itemCount * 0.02);
  const kept = [...feed];
  for (let k = 0; k < turnover; k++) kept.splice(Math.floor(random() * kept.length), 1);
  const priced = kept.map((item, at) => ((at + day) % 10 === 0 ? { ...item, price: 10 + day } : item));
  const fresh = Array.from({ length: turnover }, (_, k) => itemOf(itemCount + day * turnover + k));
  return [...priced, ...fresh];
}

function csvOf(feed: readonly CatalogueItem[]): string {
  const lines = feed.map(
    ({ item, title, categories, price }) => `${item},${title},${price},${categories.join("|")}`,
  );
  return ["id,title,price,categories", ...lines].join("\n");
}

async function importDay(app: Hono, feed: readonly CatalogueItem[]): Promise<{ readonly isNew: boolean }> {
  const answer = await admin(app, "POST", "/catalogue", csvOf(feed));
  expect(answer.status).toBe(200);
  return answer.json();
}

/** A person with items of the first feed; some of them may be gone by the day of the visit. */
async function visit(app: Hono, items: readonly number[]): Promise<readonly string[]> {
  const worker = new TacitWorker({
    nowMs: Date.now,
    fill: platformFill,
    fetch: async (url, init) => app.request(url, init),
    loadFile: fileFromSource,
  });
  const trouble: string[] = [];
  const config = {
    server: "http://localhost",
    database: `daily-${randomUUID()}`,
    consent: { personalise: true, contribute: true },
  };
  await worker.start(config, (notice) => {
    if (notice.type === "trouble") trouble.push(notice.message);
  });
  const bought = items.map((k) => ({ kind: "purchase", item: `item-${k}`, amount: 1 }) as const);
  const atMs = Date.now();
  await worker.append(bought.map((event) => ({ id: randomUUID(), ...event, atMs })));
  await worker.contribute();
  const { reports } = await worker.panel();
  await worker.close();
  // What was bought may have left the catalogue: that is told, and is no trouble.
  expect(trouble.filter((message) => !message.startsWith("track: item must be in the catalogue"))).toEqual(
    [],
  );
  return reports.flatMap(({ sums }) => sums.map(({ state }) => state));
}

test("a round goes on over ten daily imports and ends with the reports of all 200 browsers; what was learned stays with its items", async () => {
  const random = seededRandom(11);
  const config = testConfig(temporaryDirectory(), {
    training: { dim: 6, blockLimit: 200 },
    round: { minBatch: 20, maxBatch: 1000, batchSize: 5000, quietSeconds: 3600, chunkSize: 32 },
  });
  const server = await openServer(config);
  const { app, parts } = server;
  let feed: readonly CatalogueItem[] = Array.from({ length: itemCount }, (_, k) => itemOf(k));
  await importDay(app, feed);

  const asked = (await tasksOf(app)).tasks;
  const factors = inForceOf(server).parts.factors.ref.id;
  const states: string[] = [];
  for (let day = 1; day <= days; day++) {
    for (let k = 0; k < browserCount / days; k++) {
      const first = Math.floor(random() * itemCount);
      states.push(...(await visit(app, [first, (first + 12) % itemCount, (first + 24) % itemCount])));
    }
    feed = nextDay(feed, day, random);
    expect(await importDay(app, feed)).toMatchObject({ isNew: true });
    await parts.cycle.runIfDue();
    expect((await tasksOf(app)).tasks).toEqual(asked);
    expect(inForceOf(server).parts.factors.ref.id).toBe(factors);
  }
  expect(states).toEqual(new Array(browserCount).fill("accepted"));

  // The very same feed again: nothing is published, and nothing else moves.
  const before = inForceOf(server);
  expect(await importDay(app, feed)).toMatchObject({ isNew: false });
  expect(inForceOf(server)).toBe(before);
  expect((await tasksOf(app)).tasks).toEqual(asked);

  expect(await parts.cycle.closeNow()).toBe(true);
  const { rounds } = await (await admin(app, "GET", "/status")).json();
  const finished = rounds.find(({ round, kind }: { round: number; kind: string }) => {
    return kind === "item-factors" && round === asked[0].round;
  });
  expect(finished).toMatchObject({ state: "finished", outcome: expect.stringMatching(/^published/) });
  expect(finished.batches).toMatchObject([{ state: "used", reports: browserCount, counted: browserCount }]);

  const after = inForceOf(server);
  const learnedItems = new Set(after.parts.factors.part.items);
  // All of the first feed, also what has left it since; and from this round on what came meanwhile.
  for (let k = 0; k < itemCount; k++) expect(learnedItems).toContain(`item-${k}`);
  for (const { item } of feed) expect(learnedItems).toContain(item);
  expect(after.model.round).toBe(1);

  // What was learned in the round stays with its items over the next import, byte for byte.
  await importDay(app, nextDay(feed, days + 1, random));
  expect(inForceOf(server).parts.factors.ref.id).toBe(after.parts.factors.ref.id);
}, 120_000);
