/** The thread of logmemory.test.ts: reads a log that is made as it is read, so that nothing else holds it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { readLog } from "../../../server/publishing/train/log.ts";

/** A line of the log of that shape. */
const shapes = {
  "one robot with times": (k: number) => `robot,sku-${k % 1000},,,${1_600_000_000_001 + 11 * k},view`,
  "one person and nobody else": (k: number) => `robot,sku-${k % 1000},,,,`,
  "fifty thousand people with times, weights and returns": (k: number) =>
    `u${k % 50_000},sku-${(k * 7) % 1000},${k % 9 === 8 ? -1 : 2},1.5,${1_600_000_000 + k * 60},`,
  "items that no catalogue has": (k: number) => (k === 0 ? "u,sku-0,,,," : `u,gone-${k},,,,`),
  "people who are left out": (k: number) => (k === 0 ? "u,sku-0,,,," : `out${k % 7},sku-${k % 1000},,,,`),
};

export type LogShape = keyof typeof shapes;

export interface ReadSaid {
  readonly people: number;
  readonly lines: number;
  readonly faults: number;
  /**
   * Of all buffers and objects that were still held when the last line was read, beyond those at the first.
   */
  readonly heldBytes: number;
}

// Handed over by logmemory.test.ts alone.
const { shape, lines } = workerData as { readonly shape: LogShape; readonly lines: number };
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
const held = () => {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
let heldBytes = 0;

async function* log(): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode("user,item,quantity,weight,at,kind\n");
  const before = held();
  for (let from = 0; from < lines; from += 5000) {
    const stretch = Array.from({ length: Math.min(5000, lines - from) }, (_, k) => shapes[shape](from + k));
    yield encoder.encode(`${stretch.join("\n")}\n`);
  }
  heldBytes = held() - before;
}

const rowOf = new Map(Array.from({ length: 1000 }, (_, row) => [`sku-${row}`, row]));
const without = new Set(Array.from({ length: 7 }, (_, k) => `out${k}`));
const read = await readLog({ name: "log", bytes: log() }, { rowOf, without, nowMs: Date.UTC(2026, 0) });
const said: ReadSaid = {
  people: read.tastes.interactions.starts.length - 1,
  lines: read.lines,
  faults: read.faults.length,
  heldBytes,
};
parentPort?.postMessage(said);
