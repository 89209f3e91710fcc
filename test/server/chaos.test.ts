/**
 * Leader, helper and relay as three processes, two kinds of sums open at once, in lanes and small chunks;
 * browsers report through the relay while each is killed with SIGKILL: once in every state that is written
 * down, and at random moments. In the end each sum is the integer sum of the accepted reports of its lane:
 * none lost, none counted twice, and in the sums with noise it is each aggregator's, once.
 *
 * TACIT_CHAOS_BROWSERS and TACIT_CHAOS_KILLS (at random moments) set the size (npm run test:chaos: 300 and
 * 20), TACIT_CHAOS_SEED the moments.
 */
import { createHmac, randomInt } from "node:crypto";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFailed, test } from "vitest";
import { uint32FromBytes } from "../../core/bytes.ts";
import { seededRandom } from "../../core/seeded.ts";
import { fromField } from "../../core/sum/field.ts";
import { joinShares } from "../../core/sum/share.ts";
import { integerSigmaOf, parseTask, type Task } from "../../core/tasks/task.ts";
import { parseReport, type Report, sealedAad } from "../../core/wire/report.ts";
import { aggregatesOf, batchesOf } from "../../server/store/batches.ts";
import { openHelperStore } from "../../server/store/helperstore.ts";
import { openLeaderStore } from "../../server/store/leaderstore.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import type { Written } from "../../server/tasks/written.ts";
import { contributors } from "../../worker/contribute/kinds/registry.ts";
import { Browser, type Visited } from "./browsers.ts";
import { openTasks, plainSum, temporaryDirectory } from "./harness.ts";
import { askAdmin, type Parties, type Role, roles, setUpParties, until } from "./processes.ts";
import { toyContributor } from "./toykind.ts";

const browserCount = Number(process.env.TACIT_CHAOS_BROWSERS ?? 60);
const randomKills = Number(process.env.TACIT_CHAOS_KILLS ?? 3);
const seed = Number(process.env.TACIT_CHAOS_SEED ?? randomInt(2 ** 31));
const items = 30;
const visitsAtOnce = 6;
/** A browser that is not answered in so many visits has met a defect. */
const mostVisits = 400;
const kinds = ["item-factors", "seconds"];

/** Deaths while browsers report, and while rounds are closed, summed and learned from. */
type Death = { readonly victim: Role; readonly at: Written | "any moment" };
const whileReporting: readonly Death[] = [
  { victim: "leader", at: "chunk fixed" },
  { victim: "helper", at: "chunk answered" },
  { victim: "leader", at: "chunk added" },
];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(
  `deaths in every written state and ${randomKills} more, ${browserCount} browsers: sums are exact, no report is lost, none counts twice`,
  async () => {
    onTestFailed(() => console.error(`chaos: TACIT_CHAOS_SEED=${seed} draws the same moments`));
    const random = seededRandom(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const parties = await setUpParties({
      directory: temporaryDirectory(),
      port: 18_401,
      items,
      doomed: true,
      leader: {
        catalogue: { contentDim: 8 },
        // Two blocks of 15 items, two lanes each.
        training: { dim: 3, blockLimit: 15, lanes: 2 },
        round: { minBatch: 10, maxBatch: 5000, batchSize: 5000, quietSeconds: 3600, chunkSize: 3 },
      },
    });
    const { processes, urls } = parties;
    for (const role of roles) await processes[role].start();
    await until("both kinds are open", async () => (await roundsOpen(urls.leader)).size === 2);

    // One item says too little to be contributed: everybody has at least two.
    const browsers = Array.from({ length: browserCount }, () => {
      const first = below(items);
      const others = Array.from({ length: 1 + below(4) }, () => (first + 1 + below(items - 1)) % items);
      return new Browser(parties, [...new Set([first, ...others])], [...contributors, toyContributor]);
    });
    const moments = Array.from({ length: randomKills }, (_, k) => {
      return { victim: roles[k % roles.length], at: "any moment" } as const;
    });
    const deaths = shuffled<Death>([...whileReporting, ...moments], below);
    const bodies: Uint8Array[] = [];
    let died = 0;
    const reporting = Promise.all(
      Array.from({ length: visitsAtOnce }, async (_, at) => {
        for (let k = at; k < browsers.length; k += visitsAtOnce) {
          // So that deaths fall among the reports, whatever the machine's speed.
          const next = Math.floor((k / browsers.length) * deaths.length);
          await until("the next death", () => died >= next, 120_000);
          bodies.push(...(await reportOnce(browsers[k])));
        }
      }),
    );
    const killing = (async () => {
      for (const { victim, at } of deaths) {
        if (at === "any moment") {
          await pause(below(600));
          await processes[victim].kill();
        } else await diesAt(parties, victim, at);
        died++;
        await pause(below(300));
        await processes[victim].start();
      }
    })();
    await Promise.all([reporting, killing]);

    await closeUnderFire(parties, below);
    await until(
      "both rounds are finished",
      async () => {
        await askAdmin(urls.leader, "POST", "/rounds/close");
        const open = await roundsOpen(urls.leader);
        return kinds.every((kind) => (open.get(kind) ?? 0) > 1);
      },
      120_000,
    );
    for (const role of roles) expect(await processes[role].stop()).toBe(0);

    await expectExactSums(parties, bodies.map(parseReport));
    // Everything went through the relay alone; leader and helper were asked for nothing.
    for (const { asked } of browsers) {
      for (const request of asked) {
        expect([
          `GET ${urls.relay}/v1/edition`,
          `GET ${urls.relay}/v1/head`,
          `GET ${urls.relay}/v1/parts/ID`,
          `GET ${urls.relay}/v1/tasks`,
          `POST ${urls.relay}/v1/relay`,
        ]).toContain(request.replace(/parts\/[0-9a-f]{64}$/, "parts/ID"));
      }
    }
    // A relay keeps nothing.
    const { relay } = parties.directories;
    expect(existsSync(relay) ? readdirSync(relay) : []).toEqual([]);
  },
  240_000 + randomKills * 15_000 + browserCount * 1_000,
);

/** Starts the victim again so that it dies as soon as it has written a state down, and waits until it did. */
async function diesAt({ processes }: Parties, victim: Role, at: Written): Promise<void> {
  await processes[victim].kill();
  await processes[victim].start({ TEST_DIES_AT: `${at} 0` });
  await processes[victim].ended;
}

/** Both rounds are closed; each state from then on is the last thing that a party does before it dies. */
async function closeUnderFire({ processes, urls }: Parties, below: (limit: number) => number): Promise<void> {
  const { leader, helper } = processes;
  const close = () => void askAdmin(urls.leader, "POST", "/rounds/close");
  for (const party of [leader, helper]) await party.kill();
  await helper.start({ TEST_DIES_AT: "batch answered 0" });
  await leader.start({ TEST_DIES_AT: "batch closed 0" });
  close();
  await leader.ended;
  await pause(below(300));
  await leader.start({ TEST_DIES_AT: "batch summed 0" });
  await helper.ended;
  await pause(below(300));
  await helper.start();
  close();
  await leader.ended;
  await leader.start({ TEST_DIES_AT: "task finished 0" });
  close();
  await leader.ended;
  await leader.start();
}

/**
 * Visits until both kinds have the person's sum of round 1, as a person who comes back does; the reports'
 * bytes.
 */
async function reportOnce(browser: Browser): Promise<readonly Uint8Array[]> {
  let last: Visited = { reports: [], trouble: [] };
  for (let visit = 0; visit < mostVisits; visit++) {
    last = await browser.visit();
    const sums = last.reports.flatMap((report) => report.sums);
    const refused = sums.find(({ state }) => state === "refused");
    if (refused !== undefined) throw new Error(`a report was refused: ${JSON.stringify(refused)}`);
    if (kinds.every((name) => sums.some(({ kind, state }) => kind === name && state === "accepted"))) {
      expect(sums.map(({ kind, round }) => `${kind} ${round}`).sort()).toEqual(
        kinds.map((kind) => `${kind} 1`),
      );
      return Promise.all(last.reports.map(({ id }) => browser.bodyOf(id)));
    }
    await pause(100);
  }
  throw new Error(`no report was accepted in ${mostVisits} visits: ${JSON.stringify(last)}`);
}

function shuffled<T>(list: readonly T[], below: (limit: number) => number): readonly T[] {
  const order = [...list];
  for (let k = order.length - 1; k > 0; k--) {
    const other = below(k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

/** Kind -> round that is open; empty when nobody answers. */
async function roundsOpen(leader: string): Promise<ReadonlyMap<string, number>> {
  try {
    const { tasks } = await openTasks(await (await fetch(`${leader}/v1/tasks`)).json());
    return new Map(tasks.map(({ kind, round }) => [kind, round]));
  } catch {
    // The server is dead or dying, or has not reached the helper yet.
    return new Map();
  }
}

/**
 * Opens every accepted sum with the private keys of both parties, and compares each lane with the plain sum.
 */
async function expectExactSums({ directories }: Parties, reports: readonly Report[]): Promise<void> {
  const rings = {
    leader: await ringOf(directories.leader, "leader"),
    helper: await ringOf(directories.helper, "helper"),
  };
  const store = openLeaderStore(join(directories.leader, "leader.sqlite"));
  const rows = await store.selectFrom("tasks").selectAll().where("round", "=", 1).execute();
  expect(rows.map(({ kind }) => kind).sort()).toEqual(kinds);
  let summed = 0;
  for (const { id, seq, task: document, lane_secret } of rows) {
    const task = parseTask(JSON.parse(document));
    const batches = await batchesOf(store, seq);
    const aggregates = await aggregatesOf(store, seq);
    const theirs = await Promise.all(
      reports.flatMap((report) =>
        report.sums
          .filter((sum) => sum.task === id)
          .map(async (sum) => ({
            block: sum.block,
            lane: Math.floor(
              (createHmac("sha256", lane_secret).update(report.id).digest()[0] * task.lanes) / 256,
            ),
            values: await integersOf(report, sum, rings, task),
          })),
      ),
    );
    expect(theirs.length).toBe(browserCount);
    for (const batch of batches) {
      const inside = theirs.filter(({ block, lane }) => block === batch.block && lane === batch.lane);
      const counts = { number: 0, reports: inside.length, offered: inside.length, counted: inside.length };
      expect(batch).toMatchObject(counts);
      if (inside.length < task.minBatch) {
        expect(batch).toMatchObject({ state: "dropped", leftOut: { "too-few": inside.length } });
        continue;
      }
      expect(batch).toMatchObject({ state: "used", leftOut: {} });
      const sum = aggregates.find(
        (one) => one.batch.block === batch.block && one.batch.lane === batch.lane,
      )?.sum;
      const exact = plainSum(
        inside.map(({ values }) => values),
        task.length,
      );
      if (task.sigma === 0) expect(sum).toEqual(exact);
      else expectNoiseOfTwo(sum, exact, task);
      summed++;
    }
    // No lane is missing.
    expect(batches.reduce((total, { counted }) => total + counted, 0)).toBe(browserCount);
  }
  expect(await store.selectFrom("reports").selectAll().execute()).toEqual([]);
  await store.destroy();
  expect(summed).toBeGreaterThan(2);
  const helperStore = openHelperStore(join(directories.helper, "helper.sqlite"));
  const counted = await helperStore.selectFrom("counted").selectAll().execute();
  const answered = await helperStore
    .selectFrom("batches")
    .select("masks")
    .where("answer", "is not", null)
    .execute();
  await helperStore.destroy();
  expect(counted.length).toBe(2 * browserCount);
  // One answer for each sum that was released, and of none of them is a sum without noise left.
  expect(answered).toEqual(Array.from({ length: summed }, () => ({ masks: null })));
}

/**
 * The noise in a sum is that of two draws: one would be 29 % less, three 22 % more, and 600 numbers estimate
 * it to 3 %.
 */
function expectNoiseOfTwo(sum: Uint32Array | undefined, exact: Uint32Array, task: Task): void {
  const [noisy, plain] = [fromField(sum ?? new Uint32Array(0)), fromField(exact)];
  const square = plain.reduce((total, value, k) => total + (noisy[k] - value) ** 2, 0);
  const draws = square / task.length / integerSigmaOf(task) ** 2;
  expect(draws).toBeGreaterThan(1.5);
  expect(draws).toBeLessThan(2.5);
}

/** A copy: reading must not count as a use of the parties' own files. */
function ringOf(directory: string, aggregator: "leader" | "helper"): Promise<KeyRing> {
  const path = join(temporaryDirectory(), "keys.json");
  cpSync(join(directory, `${aggregator}-keys.json`), path);
  return KeyRing.open({ path, aggregator, nowMs: Date.now() });
}

/** What the browser put into one sum of a report, and that it is within the task's bound. */
async function integersOf(
  { id, leaderKey, helperKey }: Report,
  { task: of, block, leaderShare, helperSeed }: Report["sums"][number],
  rings: Readonly<Record<"leader" | "helper", KeyRing>>,
  task: Task,
): Promise<Int32Array> {
  const aad = sealedAad({ task: of, id, block });
  const share = await rings.leader.unseal(leaderKey, leaderShare, aad);
  const seedOfMask = await rings.helper.unseal(helperKey, helperSeed, aad);
  if (share === null || seedOfMask === null) throw new Error("expected a sum that both parties can open");
  const mask = maskOf(seedOfMask, task.length);
  const integers = Int32Array.from(fromField(joinShares(uint32FromBytes(share), mask)));
  expect(integers.some((value) => value !== 0)).toBe(true);
  expect(Math.hypot(...integers)).toBeLessThanOrEqual(task.sensitivity * 2 ** task.fractionBits);
  return integers;
}
