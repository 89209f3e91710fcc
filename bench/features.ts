/**
 * What keeping a person's features in step costs, in the worker of a real Chromium: cleaning one more event,
 * changing the features by it, and reading all of them, at journals of several lengths; and whether they are
 * what a computation from scratch gives.
 *
 *     npm run bench:features -- [--events 1000,10000,100000] [--more 2000] [--quick]
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FeatureAnswer, FeatureQuestion } from "./features/inworker.ts";
import { bundledScript, withChromium } from "./inchromium.ts";
import { writeResults } from "./results.ts";

const { values: flags } = parseArgs({
  options: {
    events: { type: "string", default: "1000,10000,100000" },
    more: { type: "string", default: "2000" },
    quick: { type: "boolean", default: false },
  },
});
const lengths = (flags.quick ? "1000" : flags.events).split(",").map(Number);
const more = flags.quick ? 100 : Number(flags.more);
if (![...lengths, more].every((count) => Number.isInteger(count) && count > 0))
  throw new TypeError(
    `features: --events and --more must be positive integers, got "${flags.events}", "${flags.more}"`,
  );

interface Row {
  readonly events: number;
  readonly fromScratchMs: number;
  readonly eventMs: Spread;
  readonly lateMs: Spread;
  readonly difference: number;
}

interface Spread {
  readonly mean: number;
  readonly p99: number;
  readonly most: number;
}

function spreadOf(times: readonly number[]): Spread {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    mean: times.reduce((sum, time) => sum + time, 0) / times.length,
    p99: sorted[Math.floor(0.99 * (sorted.length - 1))],
    most: sorted[sorted.length - 1],
  };
}

const pageHtml = `<!doctype html><title>features</title><script>
  const ask = (message) => new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(message);
  });
</script>`;

async function withAsk<T>(
  work: (ask: (question: FeatureQuestion) => Promise<FeatureAnswer>) => Promise<T>,
): Promise<T> {
  const script = await bundledScript(fileURLToPath(new URL("features/worker.ts", import.meta.url)));
  const server = createServer(({ url }, response) => {
    const isScript = url === "/worker.js";
    response.writeHead(200, { "content-type": isScript ? "text/javascript" : "text/html" });
    response.end(isScript ? script : pageHtml);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    return await withChromium(async (browser) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(300_000);
      await page.goto(`http://127.0.0.1:${port}/`);
      return work((question) => page.evaluate<FeatureAnswer>(`ask(${JSON.stringify(question)})`));
    });
  } finally {
    server.close();
  }
}

const rows = await withAsk(async (ask) => {
  const rows: Row[] = [];
  for (const events of lengths) {
    const { fromScratchMs, eventMs, lateMs, difference } = await ask({ events, more, seed: 1 });
    rows.push({ events, fromScratchMs, eventMs: spreadOf(eventMs), lateMs: spreadOf(lateMs), difference });
  }
  return rows;
});
console.log(
  "| events | from scratch, ms | one more: mean, 99th, most, ms | one late: mean, 99th, most, ms | difference |",
);
console.log("|---|---|---|---|---|");
const shown = ({ mean, p99, most }: Spread) => [mean, p99, most].map((ms) => ms.toFixed(3)).join(", ");
for (const { events, fromScratchMs, eventMs, lateMs, difference } of rows)
  console.log(
    `| ${events} | ${fromScratchMs.toFixed(0)} | ${shown(eventMs)} | ${shown(lateMs)} | ${difference.toExponential(1)} |`,
  );
if (!flags.quick) writeResults("features", { more, rows });
console.log(`\n${JSON.stringify({ more, rows })}`);
