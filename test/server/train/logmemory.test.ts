/**
 * A log is held in some 20 bytes a line while it is read, and needs little more while it becomes what is
 * learned from: 25 million lines are usual. Tried in a thread whose heap is bounded, with logs of the shapes
 * that would be held otherwise.
 */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import type { LogShape, ReadSaid } from "./logreading.ts";

const lines = 300_000;

/** @returns what the thread says of a log of this shape; rejects where its heap did not do. */
async function readInThread(shape: LogShape): Promise<ReadSaid> {
  // A thread runs TypeScript as those of a server do.
  const thread = new Worker(new URL("../../../server/base/typescriptthread.js", import.meta.url), {
    workerData: { shape, lines },
    argv: [new URL("./logreading.ts", import.meta.url).href],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 8 },
  });
  const [said] = await once(thread, "message");
  await thread.terminate();
  return said;
}

test.each<[LogShape, Omit<ReadSaid, "heldBytes">]>([
  ["one robot with times", { people: 0, lines: 0, faults: 0 }],
  ["one person and nobody else", { people: 1, lines, faults: 0 }],
  ["fifty thousand people with times, weights and returns", { people: 50_000, lines, faults: 0 }],
  ["items that no catalogue has", { people: 1, lines: 1, faults: 0 }],
  ["people who are left out", { people: 1, lines: 1, faults: 0 }],
])("a log of %s is read in bounded memory", async (shape, expected) => {
  const { heldBytes, ...said } = await readInThread(shape);
  expect(said).toEqual(expected);
  expect(heldBytes / lines).toBeLessThan(60);
});
