/**
 * The audit of a whole server: sealed reports over its own routes, leader, helper and both stores, and then
 * what each aggregator, dishonest, can make of what it has seen.
 */
import { randomBytes, randomInt } from "node:crypto";
import { expect, test } from "vitest";
import { muOverAttacks } from "../../bench/audit/audits.ts";
import { chanceOfSilence, type Said, saidOf } from "../../bench/audit/worlds.ts";
import { addInto, fromField, subtractFrom, toField } from "../../core/sum/field.ts";
import { seedBytes, splitShares } from "../../core/sum/share.ts";
import { rhoOf } from "../../core/tasks/task.ts";
import { type CloseAnswer, parseCloseAnswer } from "../../core/wire/sums.ts";
import { aggregatesOf } from "../../server/store/batches.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import {
  itemSettings,
  laneIn,
  openServer,
  openTask,
  post,
  sealedReport,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "../server/harness.ts";

/** Wrong once in 10^7, all attacks together. */
const level = 1e-7;
/** Canaries that report, and as many that do not; each has a number of the 1,396 for itself. */
const runs = 697;
const lanes = 2;

/**
 * What is claimed, and what the attacks prove from each place, of a server that is given some of the noise.
 */
async function auditedServer({ claimed, given }: { readonly claimed: number; readonly given: number }) {
  const answers: CloseAnswer[] = [];
  const listening = (helper: HelperClient): HelperClient => ({
    ...helper,
    close: async (request) => {
      const reply = await helper.close(request);
      if (reply.ok) answers.push(parseCloseAnswer(reply.answer));
      return reply;
    },
  });
  const training = { dim: 30, blockLimit: 30, weightScale: 0.125, noiseMultiplier: given, lanes };
  const round = { minBatch: 100, maxBatch: 2000, batchSize: 5000, quietSeconds: 3600, roundSeconds: 86_400 };
  const config = testConfig(temporaryDirectory(), { training, round });
  const { app, parts } = await openServer(config, { throughHelper: listening });
  const tasks = await tasksOf(app);
  const [task] = tasks.tasks;
  const { length } = task;
  const stored = await openTask({ app, parts });
  // The last number is the weight, which nobody has to himself.
  const numbers = shuffled(Array.from({ length: length - 1 }, (_, k) => k));
  const reporting = numbers.slice(0, runs);
  const silent = numbers.slice(runs, 2 * runs);

  const spike = itemSettings(tasks).clipL2 * 2 ** task.fractionBits;
  const sent = reporting.map((number) => {
    const values = new Int32Array(length);
    values[number] = spike;
    const seed = randomBytes(seedBytes);
    const mask = maskOf(seed, length);
    return { id: randomBytes(16), seed, mask, share: splitShares(toField(values), mask) };
  });
  for (let first = 0; first < sent.length; first += 50) {
    const posted = sent.slice(first, first + 50).map(async (made) => {
      return post(app, await sealedReport({ tasks, block: 0, ...made }));
    });
    for (const answer of await Promise.all(posted)) expect(answer).toEqual({ state: "accepted" });
  }
  expect(await parts.cycle.closeNow()).toBe(true);
  const aggregates = await aggregatesOf(parts.leaderStore, stored.seq);
  expect(aggregates.map(({ batch }) => batch.lane)).toEqual([0, 1]);
  expect(aggregates.reduce((sum, { batch }) => sum + batch.counted, 0)).toBe(runs);
  expect(answers.length).toBe(lanes);

  const laneOfSent = sent.map(({ id }) => laneIn(stored, id));
  const summedBy = (part: "mask" | "share", lane: number) => {
    const sum = new Uint32Array(length);
    for (const [at, made] of sent.entries()) if (laneOfSent[at] === lane) addInto(sum, made[part]);
    return sum;
  };
  const publicView = aggregates.map(({ sum }) => sum.slice());
  // The leader opened the shares itself, and adds to them what the helper answered.
  const leaderView = answers.map((answer, lane) => {
    const sum = summedBy("share", lane);
    addInto(sum, answer.sum);
    return sum;
  });
  // The helper knows the noise in its answer, and takes it off what is published.
  const helperView = answers.map((answer, lane) => {
    const noise = answer.sum.slice();
    subtractFrom(noise, summedBy("mask", lane));
    const sum = publicView[lane].slice();
    subtractFrom(sum, noise);
    return sum;
  });

  const proven = (view: readonly Uint32Array[], at: number) => {
    const seen = view.map((sum) => fromField(sum).map((value) => value / spike));
    // In its own lane; and less the same number of the other, which noise drawn once for both could not hide.
    const attacks = [
      (number: number, lane: number) => seen[lane][number],
      (number: number, lane: number) => seen[lane][number] - seen[1 - lane][number],
    ];
    const said: readonly Said[] = attacks.map((scoreOf) =>
      saidOf(
        reporting.map((number, k) => scoreOf(number, laneOfSent[k])),
        silent.map((number) => scoreOf(number, randomInt(lanes))),
      ),
    );
    return muOverAttacks(said, at);
  };
  const views = { public: publicView, leader: leaderView, helper: helperView };
  const provenAt = (at: number) =>
    Object.fromEntries(Object.entries(views).map(([name, view]) => [name, proven(view, at)]));
  return {
    claimedMu: Math.sqrt(2 * rhoOf({ ...task, sigma: claimed * itemSettings(tasks).clipL2 })),
    certain: provenAt(level),
    likely: provenAt(0.05),
  };
}

test("neither aggregator of a whole server can tell who reported better than the ledger says", async () => {
  const { claimedMu, certain, likely } = await auditedServer({ claimed: 0.5, given: 0.5 });
  expect(claimedMu).toBeCloseTo(2.016, 3);
  for (const [view, mu] of Object.entries(certain)) expect(mu, view).toBeLessThan(claimedMu);
  // And the attack is a good one: with all that an aggregator knows it proves most of what there is.
  expect(Math.min(likely.leader, likely.helper)).toBeGreaterThan(0.6 * claimedMu);
});

test("the same attack raises the alarm at both aggregators when the server adds half the noise", async () => {
  const { claimedMu, certain } = await auditedServer({ claimed: 0.5, given: 0.25 });
  expect(certain.leader).toBeGreaterThan(claimedMu);
  expect(certain.helper).toBeGreaterThan(claimedMu);
  // Not by luck: the attacks share the level, and this is the chance that one of them stays silent.
  expect(chanceOfSilence({ runs, claimedMu, level: level / 2 }, 4)).toBeLessThan(1e-12);
});

function shuffled(numbers: readonly number[]): readonly number[] {
  const order = numbers.slice();
  for (let k = order.length - 1; k > 0; k--) {
    const other = randomInt(k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}
