/**
 * How long the private side takes: the real worker code in Node, over fake-indexeddb, against the server's
 * application in the same process, on the shop's catalogue. Medians of `--visits` visits (5 by default).
 *
 *     npm run speed -- [--visits 5]
 */
import "fake-indexeddb/auto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { TacitEvent } from "../core/events/event.ts";
import { parseConfig } from "../server/base/config.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import { parseCatalogue } from "../server/publishing/import/formats.ts";
import { createApp } from "../server/roles/app.ts";
import { openParts } from "../server/roles/leader.ts";
import { platformFill } from "../worker/edges.ts";
import { TacitWorker } from "../worker/tacit.ts";
import { writeResults } from "./results.ts";

const { values } = parseArgs({ options: { visits: { type: "string", default: "5" } } });
const visits = Number(values.visits);
if (!Number.isInteger(visits) || visits < 1) {
  console.error(`speed: --visits must be a positive integer, got "${values.visits}"`);
  process.exit(1);
}

const data = mkdtempSync(join(tmpdir(), "tacit-speed-"));
const config = parseConfig({ data });
const parts = await openParts(config);
const file = new URL("../demo/data/catalogue.csv", import.meta.url);
const parsed = parseCatalogue(readFileSync(file, "utf8"), "catalogue.csv");
if (!parsed.ok) throw new TypeError(parsed.faults.join("\n"));
const importedMs = await timed(() =>
  publishCatalogue(parts.editions, parsed.items, {
    contentDim: config.catalogue.contentDim,
    dim: config.training.dim,
  }),
);
// Browsers take an edition when it is in the helper's log.
await parts.cycle.openNext();
const app = createApp(parts);
const ids = parsed.items.map(({ item }) => item);

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
writeResults("speed", result);

async function openWorker(visit: number): Promise<TacitWorker> {
  const worker = new TacitWorker({
    nowMs: () => Date.now(),
    fill: platformFill,
    fetch: async (url, init) => app.request(new URL(url).pathname, init),
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
