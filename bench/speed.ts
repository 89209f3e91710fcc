/**
 * How long the private side takes.
 *
 *     npm run speed -- [--visits 5] [--against COMMIT | --no-against] [--quick]
 *
 * First in Node: the real worker code over fake-indexeddb, against the server's application in the same
 * process, on the shop's catalogue; medians of `--visits` visits. Then in Chromium's worker, beside COMMIT's in
 * the same run (speed/inbrowser.ts): the first shelf of a visit and the shelf after an event, by the length of
 * the journal and the size of the shop.
 */
import "fake-indexeddb/auto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { TacitEvent } from "../core/events/event.ts";
import { parseConfig } from "../server/base/config.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import { createApp } from "../server/roles/app.ts";
import { openParts } from "../server/roles/leader.ts";
import { platformFill } from "../worker/edges.ts";
import { fileFromSource } from "../worker/fromsource.ts";
import { TacitWorker } from "../worker/tacit.ts";
import { writeResults } from "./results.ts";
import { readShopCatalogue } from "./shop.ts";
import { type CaseResult, measureInBrowser } from "./speed/inbrowser.ts";

/** The last commit that read the whole journal for each event and made the gram matrix in each visit. */
const beforeKeeping = "12bd0db";

const { values } = parseArgs({
  options: {
    visits: { type: "string", default: "5" },
    against: { type: "string", default: beforeKeeping },
    "no-against": { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
  },
});
const visits = Number(values.visits);
if (!Number.isInteger(visits) || visits < 1) {
  console.error(`speed: --visits must be a positive integer, got "${values.visits}"`);
  process.exit(1);
}

const data = mkdtempSync(join(tmpdir(), "tacit-speed-"));
const config = parseConfig({ data });
const parts = await openParts(config);
const catalogue = await readShopCatalogue();
const importedMs = await timed(() =>
  publishCatalogue(parts.editions, catalogue, {
    contentDim: config.catalogue.contentDim,
    dim: config.training.dim,
  }),
);
// Browsers take an edition when it is in the helper's log.
await parts.cycle.openNext();
const app = createApp(parts);
const ids = catalogue.map(({ item }) => item);

const firstMs: number[] = [];
const afterEventMs: number[] = [];
const similarMs: number[] = [];
const contributeMs: number[] = [];
for (let visit = 0; visit < visits; visit++) {
  const worker = await openWorker(visit);
  await worker.append([0, 1, 2].map((k) => viewOf(visit, k)));
  firstMs.push(await timed(() => worker.forYou({ count: 12 })));
  for (let k = 3; k < 23; k++) {
    await worker.append([viewOf(visit, k)]);
    afterEventMs.push(await timed(() => worker.forYou({ count: 12 })));
  }
  similarMs.push(await timed(() => worker.similar(ids[visit], { count: 12 })));
  contributeMs.push(await timed(() => worker.contribute()));
  await worker.close();
}
const { items, contentDim, factorDim } = parts.editions.inForce?.model ?? {
  items: 0,
  contentDim: 0,
  factorDim: 0,
};
await parts.close();
rmSync(data, { recursive: true });

const result = {
  items,
  contentDim,
  factorDim,
  visits,
  importMs: importedMs,
  firstRecommendMs: median(firstMs),
  recommendAfterEventMs: median(afterEventMs),
  similarMs: median(similarMs),
  contributeMs: median(contributeMs),
};
console.log(`${items} items, content ${contentDim} + factors ${factorDim}, medians of ${visits} visits, ms`);
for (const [name, value] of Object.entries(result)) {
  if (name.endsWith("Ms")) console.log(`  ${name.padEnd(24)} ${value.toFixed(1)}`);
}

const whole = { contentDim: 384, factorDim: 64 };
const small = { contentDim: 12, factorDim: 4 };
const inBrowser = await measureInBrowser({
  against: values["no-against"] ? null : values.against,
  shops: values.quick
    ? [...[60, 90].map((count) => ({ items: count, ...small })), { items: 60, ...small, hasAll: true }]
    : [
        ...[ids.length, 50_000].map((count) => ({ items: count, ...whole })),
        { items: ids.length, ...whole, hasAll: true },
      ],
  journals: values.quick ? [10, 40] : [10, 1_000, 5_000, 50_000],
  runs: values.quick ? 1 : 3,
  turns: values.quick ? 3 : 30,
});
const rows = inBrowser.map(rowOf);
console.log("\nin Chromium's worker, ms: p50 / p95 of the shelves after an event; medians of first shelves");
console.log(
  "(beyond what reading all that is kept takes alone; with reading; that reading; longest without an",
);
console.log("answer; first shelf with nothing kept but the edition)\n");
console.log(
  "| items | journal | worker | event to shelf | first shelf | with reading | reading | blocked | without | panel |",
);
console.log("|---|---|---|---|---|---|---|---|---|---|");
for (const { items, events, hasAll, which, ...ms } of rows) {
  const shelf = `${ms.shelfP50Ms.toFixed(1)} / ${ms.shelfP95Ms.toFixed(1)}`;
  const { beyondReadingMs, firstMs, readMs, blockedMs, withoutMs, panelMs } = ms;
  const rest = [beyondReadingMs, firstMs, readMs, blockedMs, withoutMs, panelMs].map((value) =>
    value.toFixed(0),
  );
  console.log(
    `| ${[hasAll ? `${items}, everything on` : items, events, which, shelf, ...rest].join(" | ")} |`,
  );
}
writeResults("speed", { ...result, inBrowser: rows });

function rowOf({ items, events, hasAll, which, first, readMs, without }: CaseResult) {
  const shelves = first.flatMap(({ shelfMs }) => shelfMs).toSorted((a, b) => a - b);
  return {
    ...{ items, events, hasAll, which, shelves: shelves.length },
    shelfP50Ms: shelves[Math.floor(shelves.length / 2)],
    shelfP95Ms: shelves[Math.floor(shelves.length * 0.95)],
    beyondReadingMs: median(first.map(({ firstMs }, visit) => firstMs - readMs[visit])),
    firstMs: median(first.map(({ firstMs }) => firstMs)),
    readMs: median(readMs),
    blockedMs: median(first.map(({ blockedMs }) => blockedMs)),
    withoutMs: without.firstMs,
    panelMs: median(first.map(({ panelMs }) => panelMs)),
    shelf: first[0].shelf,
  };
}

async function openWorker(visit: number): Promise<TacitWorker> {
  const worker = new TacitWorker({
    nowMs: () => Date.now(),
    fill: platformFill,
    fetch: async (url, init) => app.request(new URL(url).pathname, init),
    loadFile: fileFromSource,
  });
  const fetched = new Promise<void>((resolve, reject) => {
    void worker
      .start(
        {
          server: "http://localhost",
          database: `speed-${visit}`,
          consent: { personalise: true, contribute: true },
        },
        (notice) => {
          if (notice.type === "edition" && notice.isWhole) resolve();
          if (notice.type === "trouble") reject(new Error(notice.message));
        },
      )
      .catch(reject);
  });
  await fetched;
  return worker;
}

function viewOf(visit: number, k: number): TacitEvent {
  const item = ids[(visit * 997 + k * 131) % ids.length];
  return { id: `${visit}-${k}`, kind: "view", item, atMs: Date.now() };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
