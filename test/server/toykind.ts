/**
 * A third kind, which no registry names: how many of a person's events fall on each second of a minute,
 * within a norm of 1.
 */
import * as v from "valibot";
import { nullIfUnbounded } from "../../core/sum/spending.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { rhoOf } from "../../core/tasks/task.ts";
import type { KindSetup } from "../../server/kinds/kind.ts";
import { contributorOf } from "../../worker/contribute/kinds/contributor.ts";

interface Settings {
  readonly seconds: number;
}

const shape: TaskKind<Settings> = {
  name: "seconds",
  schema: v.object({ seconds: v.number() }),
  layoutOf: ({ seconds }) => ({ length: seconds, blocks: 1, sensitivity: 1 }),
  words: { title: "seconds", what: "On which second of a minute people do things." },
};

export const toyContributor = contributorOf({
  kind: shape,
  contribute: ({ seconds }, { events }) => {
    const newest = events.at(-1);
    if (newest === undefined) return null;
    const values = new Float64Array(seconds);
    for (const { atMs } of events) values[Math.floor(atMs / 1000) % seconds] += 1 / events.length;
    return { block: 0, values, basedOn: newest.id };
  },
});

/** Standard deviation of each aggregator's noise; the sensitivity is 1. */
const toySigma = 0.25;
const settings = { seconds: 600 };
const sums = {
  sigma: toySigma,
  fractionBits: 16,
  minBatch: 10,
  maxBatch: 5000,
  lanes: 2,
  taskDays: 3,
} as const;

export const toyKind: KindSetup = {
  name: shape.name,
  planned: () => ({
    kind: shape.name,
    rho: nullIfUnbounded(rhoOf({ sensitivity: 1, sigma: toySigma })),
    reportsPer30Days: 100,
  }),
  open: () => ({
    name: shape.name,
    pace: { batchSize: 1e9, quietSeconds: 1e9, roundSeconds: 1e9 },
    next: () => ({ settings, layout: shape.layoutOf(settings), sums }),
    consume: async ({ aggregates }) => ({ outcome: `${aggregates.length} sums` }),
  }),
};
