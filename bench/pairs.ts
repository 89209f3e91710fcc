/**
 * npm run bench:pairs: what a site gets, and what it costs, that asks about pairs and what is wanted lately.
 *
 *     npm run bench:pairs -- [--month 2011-10 | --month none] [--noise 0,1.3] [--seed 1] [--quick] [--json]
 *
 * The shop's catalogue is imported into the real server, which makes the list and asks about it. Every
 * customer reports once within the month before the one that is judged; their sum, with both aggregators'
 * noise, takes the server's own way to an edition, and the model that browsers would make of it is judged on
 * what customers bought in the month and had not bought before: so a list measured here is a list that is
 * shown. `--month none` judges on items of held-out customers drawn at random instead. Masks, which cancel,
 * are left out; epsilon is that of one report at delta 1e-6, counting one honest aggregator's noise. `mixed`
 * is what is served where nothing can be measured; the others are the same edition with pairs alone, and with
 * neither, beside content and popularity.
 *
 * Times are of this process: making the list, learning and judging nobody; a device's contribution and report
 * by the real worker over an IndexedDB in memory, until the server has taken it; ranking everything for a
 * person of a hundred things. The last line is one JSON object: { sizes, timesMs, rows: [{ noise, epsilon,
 * mixed, pairs, neither }] }, recall and ndcg of each.
 */
import "fake-indexeddb/auto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rankingModelOf } from "../core/ranking/fromjoined.ts";
import { mixIn } from "../core/ranking/mix.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { profileOfTastes } from "../core/ranking/profile.ts";
import { epsilonOf } from "../core/sum/budget.ts";
import { toField } from "../core/sum/field.ts";
import { reportedDelta } from "../core/sum/limits.ts";
import { pairContributionOf } from "../core/tasks/itempairs/contribution.ts";
import { itemPairs } from "../core/tasks/itempairs/kind.ts";
import { rhoOf, settingsOf, type Task } from "../core/tasks/task.ts";
import { reportBytes } from "../core/wire/report.ts";
import { parseConfig } from "../server/base/config.ts";
import { publishCatalogue } from "../server/publishing/catalogue.ts";
import { joined } from "../server/publishing/draft.ts";
import { encodedPart, requireBytes } from "../server/publishing/encode.ts";
import { Gate } from "../server/publishing/gate.ts";
import type { InForce } from "../server/publishing/inforce.ts";
import { judgedPairs, mixesFor, pairWeightFor } from "../server/publishing/pairdrafts.ts";
import { createApp } from "../server/roles/app.ts";
import { openParts } from "../server/roles/leader.ts";
import { platformFill } from "../worker/edges.ts";
import { fileFromSource } from "../worker/fromsource.ts";
import { TacitWorker } from "../worker/tacit.ts";
import { seededFill } from "./crowds.ts";
import { monthWorld, randomWorld } from "./pairsworld.ts";
import { sumOf } from "./privatepairs.ts";
import { writeResults } from "./results.ts";

const { values: flags } = parseArgs({
  options: {
    month: { type: "string", default: "2011-10" },
    noise: { type: "string", default: "0,1.3" },
    seed: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const noises = flags.noise.split(",").map(Number);
const seed = Number(flags.seed);
if (!noises.every((noise) => noise >= 0) || !Number.isInteger(seed)) {
  throw new RangeError("bench:pairs: --noise must be numbers of at least 0, --seed an integer");
}
const fromMs = flags.month === "none" ? null : Date.parse(`${flags.month}-01`);
if (Number.isNaN(fromMs)) {
  throw new TypeError(`bench:pairs: --month must be as 2011-10, or none, got "${flags.month}"`);
}
const say = (line: string): void => {
  if (!flags.json) console.log(line);
};

const data = mkdtempSync(join(tmpdir(), "tacit-pairs-"));
const config = parseConfig({ data, training: { on: false }, pairs: { on: true } });
const parts = await openParts(config);
const wanted = { recentDays: config.pairs.recentDays, isQuick: flags.quick };
const world = await (fromMs === null ? randomWorld(wanted) : monthWorld(fromMs, wanted, seed));
const { contentDim } = config.catalogue;
await publishCatalogue(parts.editions, world.catalogue, { contentDim, dim: config.training.dim });
const listMs = await timed(() => parts.cycle.openNext());

const inForce = inForceNow();
const { part, ref } = listOf(inForce);
const task = await openTask();
const settings = settingsOf(task, itemPairs);
const people = world.reporters(new Map(part.items.map((item, row) => [item, row])));

const learnMs: number[] = [];
const rows = [];
for (const noise of noises) {
  const { sum, asked } = noisySum(noise);
  const startMs = performance.now();
  const judged = await judgedPairs(
    { inForce, gate: new Gate({ heldOut: null, k: 20, margin: 1 }) },
    { settings, round: 1, task: asked, lanes: [{ reports: people.length, sum }] },
    config.pairs,
  );
  learnMs.push(performance.now() - startMs);
  if ("nothing" in judged) throw new Error(`bench:pairs: expected a draft, got ${judged.nothing}`);
  const { draft } = judged;
  const model = joined(draft.parts, draft.settings);
  const [first] = mixesFor(people.length, noise);
  const shownWith = (mix: typeof first) => world.judge(joined(draft.parts, { ...draft.settings, ...mix }));
  const rho = rhoOf(asked);
  rows.push({
    noise,
    epsilon: noise === 0 ? null : epsilonOf({ rho, delta: reportedDelta }),
    mixed: world.judge(model),
    pairs: shownWith({ pairWeight: pairWeightFor(people.length, noise), recentWeight: 0, recentTrend: 0 }),
    neither: shownWith({ pairWeight: 0, recentWeight: 0, recentTrend: 0 }),
    model,
    part: requireBytes(draft.parts.pairs ?? undefined),
  });
}
const { model, part: bytes } = rows[rows.length - 1];
const sizes = {
  items: part.items.length,
  pairs: part.pattern.pairCount,
  reportBytes: reportBytes([task.length], { token: false }),
  partBytes: bytes.length,
  partBrotliBytes: (await encodedPart({ ...ref, bytes: bytes.length }, bytes)).brotli.length,
};
const ranking = rankingMs();
const timesMs = {
  list: listMs,
  learn: median(learnMs),
  contribute: await contributeMs(),
  mixing: ranking.mixing,
  rankingWithPairs: ranking.withPairs,
  rankingWithout: ranking.without,
};
await parts.close();
rmSync(data, { recursive: true });

say(`${people.length} customers report once; judged on ${world.judged}\n`);
say("| noise multiplier | epsilon | mixed: recall@20 / NDCG@20 | content + pairs | content |");
say("|---|---|---|---|---|");
for (const { noise, epsilon, mixed, pairs, neither } of rows) {
  const figures = [mixed, pairs, neither].map(
    ({ recall, ndcg }) => `${recall.toFixed(4)} / ${ndcg.toFixed(4)}`,
  );
  say(`| ${[noise, epsilon === null ? "none" : epsilon.toFixed(2), ...figures].join(" | ")} |`);
}
say("");
for (const [name, value] of Object.entries(sizes)) say(`  ${name.padEnd(18)} ${value}`);
for (const [name, value] of Object.entries(timesMs)) {
  say(`  ${`${name}Ms`.padEnd(18)} ${value.toFixed(value < 10 ? 3 : 0)}`);
}
const result = { sizes, timesMs, rows: rows.map(({ model: _model, part: _part, ...row }) => row) };
writeResults("pairs", result);
console.log(JSON.stringify(result));

/** The crowd's one sum with so much noise of each aggregator, and the task that asks for it. */
function noisySum(noise: number): { readonly sum: Uint32Array; readonly asked: Task } {
  const asked = { ...task, sigma: noise * settings.clipL2 };
  const contributions = people.map((had) => pairContributionOf(part.pattern, had, settings));
  const { length, sensitivity, fractionBits, sigma } = asked;
  const sum = sumOf(contributions, { length, sensitivity, sigma, fill: seededFill(seed) });
  return { sum: toField(Int32Array.from(sum, (value) => Math.round(value * 2 ** fractionBits))), asked };
}

/** Medians over people of a hundred things each. */
function rankingMs() {
  const byPairs = rankingModelOf(model);
  const { pairs: _pairs, recent: _recent, ...rest } = model;
  const alone = rankingModelOf(rest);
  if (byPairs.pairs === null) throw new Error("bench:pairs: expected a model with pairs, got none");
  const measured = people
    .filter(({ items }) => items.length >= (flags.quick ? 10 : 100))
    .slice(0, 40)
    .map(({ items }) => {
      const known = Array.from(items)
        .slice(0, 100)
        .flatMap((row) => byPairs.rowOf.get(part.items[row]) ?? []);
      const tastes = { items: known, weights: known.map(() => 1) };
      const profiles = [alone, byPairs].map((ranking) => profileOfTastes(ranking, tastes));
      const [without, withPairs] = [alone, byPairs].map((ranking, at) =>
        timedNow(() => rank({ by: "person", model: ranking, profile: profiles[at] })),
      );
      const scores = rank({ by: "person", model: alone, profile: profiles[0] }).scores.slice();
      return {
        without,
        withPairs,
        mixing: timedNow(() =>
          mixIn(scores, { model: byPairs, parts: profiles[1].chosen.parts, bought: null }, tastes),
        ),
      };
    });
  return {
    without: median(measured.map((one) => one.without)),
    withPairs: median(measured.map((one) => one.withPairs)),
    mixing: median(measured.map((one) => one.mixing)),
  };
}

/**
 * From the worker's look for something due until the server has taken the report; median of the largest
 * customers.
 */
async function contributeMs(): Promise<number> {
  const app = createApp(parts);
  const largest = people.toSorted((a, b) => b.items.length - a.items.length).slice(0, flags.quick ? 2 : 9);
  const times: number[] = [];
  for (const [nth, { items }] of largest.entries()) {
    const worker = new TacitWorker({
      nowMs: () => Date.now(),
      fill: platformFill,
      fetch: async (url, init) => app.request(new URL(url).pathname, init),
      loadFile: fileFromSource,
    });
    const trouble: string[] = [];
    await new Promise<void>((resolve, reject) => {
      const consent = { personalise: true, contribute: true };
      void worker
        .start({ server: "http://localhost", database: `pairs-${nth}`, consent }, (notice) => {
          if (notice.type === "edition" && notice.isWhole) resolve();
          if (notice.type === "trouble") trouble.push(notice.message);
        })
        .catch(reject);
    });
    const atMs = Date.now();
    await worker.append(
      Array.from(items, (row) => ({
        id: `${nth}-${row}`,
        kind: "purchase" as const,
        item: part.items[row],
        atMs,
      })),
    );
    times.push(await timed(() => worker.contribute()));
    const reports = (await worker.panel()).reports.flatMap(({ sums }) => sums.map(({ state }) => state));
    if (reports.join() !== "accepted") {
      throw new Error(`bench:pairs: expected one accepted sum, got ${reports.join() || "none"}; ${trouble}`);
    }
    await worker.close();
  }
  return median(times);
}

function inForceNow(): InForce {
  const { inForce: now } = parts.editions;
  if (now === null) throw new Error("bench:pairs: expected an edition, got none");
  return now;
}

function listOf({ parts: { pairs } }: InForce) {
  if (pairs === null) throw new Error("bench:pairs: expected a list, got none");
  return pairs;
}

async function openTask(): Promise<Task> {
  const stored = await parts.tasks.ofKind(itemPairs.name);
  if (stored === undefined || stored === null)
    throw new Error("bench:pairs: expected an open task, got none");
  return stored.task;
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await run();
  return performance.now() - startMs;
}

function timedNow(run: () => unknown): number {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
