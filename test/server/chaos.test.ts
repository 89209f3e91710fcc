/**
 * Leader, helper and relay as three processes; browsers report through the relay while each is killed with SIGKILL again and
 * again. In the end the sums are the integer sums of the accepted reports: none lost, none counted twice.
 *
 * TACIT_CHAOS_BROWSERS and TACIT_CHAOS_KILLS set the size (npm run test:chaos: 300 and 20), TACIT_CHAOS_SEED the moments.
 */
import { randomInt } from "node:crypto";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFailed, test } from "vitest";
import { uint32FromBytes } from "../../core/bytes.ts";
import { seededRandom } from "../../core/seeded.ts";
import { bucketsFor, bucketsOf } from "../../core/sum/buckets.ts";
import { fromField } from "../../core/sum/field.ts";
import { joinShares } from "../../core/sum/share.ts";
import { parseTask, type Task, vectorLengthOf } from "../../core/tasks/task.ts";
import { parseReport, parseTasksAnswer, type Report, sealedAad } from "../../core/wire/protocol.ts";
import { sha256 } from "../../server/base/platform.ts";
import { batchesOf } from "../../server/store/batches.ts";
import { openHelperStore } from "../../server/store/helperstore.ts";
import { openLeaderStore } from "../../server/store/leaderstore.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import { Browser, type Visited } from "./browsers.ts";
import { plainSum, temporaryDirectory } from "./harness.ts";
import { askAdmin, type Parties, type Role, roles, setUpParties, until } from "./processes.ts";

const browserCount = Number(process.env.TACIT_CHAOS_BROWSERS ?? 50);
const kills = Number(process.env.TACIT_CHAOS_KILLS ?? 4);
const seed = Number(process.env.TACIT_CHAOS_SEED ?? randomInt(2 ** 31));
/** Of the kills, this many fall while browsers report; the others while the round is closed, summed and learned from. */
const killsWhileReporting = Math.ceil(kills * 0.7);
const items = 30;
const visitsAtOnce = 6;
/** A browser that is not answered in so many visits has met a defect. */
const mostVisits = 400;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test(
  `${kills} kills among leader, helper and relay, ${browserCount} browsers: sums are exact, no report is lost, none counts twice`,
  async () => {
    onTestFailed(() => console.error(`chaos: TACIT_CHAOS_SEED=${seed} draws the same moments`));
    const random = seededRandom(seed);
    const below = (limit: number) => Math.floor(random() * limit);
    const parties = await setUpParties({
      directory: temporaryDirectory(),
      port: 18_401,
      items,
      leader: {
        catalogue: { contentDim: 8 },
        // Two blocks of 15 items, two buckets each.
        training: { dim: 3, blockLimit: 15, buckets: 2 },
        round: { minBatch: 10, maxBatch: 5000, batchSize: 5000, quietSeconds: 3600 },
      },
    });
    const { processes, urls } = parties;
    for (const role of roles) await processes[role].start();
    await until("a task is open", () => openRound(urls.leader).then((round) => round === 1));

    // One item says too little to be contributed: everybody has at least two.
    const browsers = Array.from({ length: browserCount }, () => {
      const first = below(items);
      const others = Array.from({ length: 1 + below(4) }, () => (first + 1 + below(items - 1)) % items);
      return new Browser(parties, [...new Set([first, ...others])]);
    });
    const bodies: Uint8Array[] = [];
    let killed = 0;
    const reporting = Promise.all(
      Array.from({ length: visitsAtOnce }, async (_, lane) => {
        for (let k = lane; k < browsers.length; k += visitsAtOnce) {
          // So that the kills fall among the reports, whatever the machine's speed.
          await until(
            "the next kill",
            () => killed >= Math.floor((k / browsers.length) * killsWhileReporting),
            120_000,
          );
          bodies.push(await reportOnce(browsers[k]));
        }
      }),
    );
    const killing = (async () => {
      for (const victim of victims(roles, killsWhileReporting, below)) {
        await pause(below(600));
        await killAndRestart(parties, victim, below(300));
        killed++;
      }
    })();
    await Promise.all([reporting, killing]);

    const closers = victims(["leader", "helper"], kills - killsWhileReporting, below);
    for (const victim of closers) {
      void askAdmin(urls.leader, "POST", "/rounds/close");
      await pause(below(250));
      await killAndRestart(parties, victim, below(300));
    }
    await until("round 1 is finished", async () => {
      const round = await openRound(urls.leader);
      if (round === 1) await askAdmin(urls.leader, "POST", "/rounds/close");
      return round !== null && round > 1;
    });
    for (const role of roles) expect(await processes[role].stop()).toBe(0);

    await expectExactSums(parties, bodies.map(parseReport));
    // Reports went through the relay alone; the leader was asked for the model, and the helper for nothing.
    for (const { asked } of browsers) {
      for (const request of asked) {
        expect([
          `GET ${urls.leader}/v1/edition`,
          `GET ${urls.leader}/v1/parts/ID`,
          `GET ${urls.relay}/v1/tasks`,
          `POST ${urls.relay}/v1/relay`,
        ]).toContain(request.replace(/parts\/[0-9a-f]{64}$/, "parts/ID"));
      }
    }
    // A relay keeps nothing.
    const { relay } = parties.directories;
    expect(existsSync(relay) ? readdirSync(relay) : []).toEqual([]);
  },
  120_000 + kills * 15_000 + browserCount * 1_000,
);

/** Visits until the report on round 1 is accepted, as a person who comes back does; returns its bytes. */
async function reportOnce(browser: Browser): Promise<Uint8Array> {
  let last: Visited = { reports: [], trouble: [] };
  for (let visit = 0; visit < mostVisits; visit++) {
    const visited = await browser.visit();
    last = visited;
    const report = visited.reports.find(({ round }) => round === 1);
    if (report?.state === "refused") throw new Error(`a report was refused: ${report.why}`);
    if (report?.state === "accepted") {
      expect(visited.reports.length).toBe(1);
      return browser.bodyOf(report.id);
    }
    await pause(100);
  }
  throw new Error(`no report was accepted in ${mostVisits} visits: ${JSON.stringify(last)}`);
}

async function killAndRestart({ processes }: Parties, victim: Role, downMs: number): Promise<void> {
  await processes[victim].kill();
  await pause(downMs);
  await processes[victim].start();
}

/** Each role as often as the others (to one), in an order of chance. */
function victims(among: readonly Role[], count: number, below: (limit: number) => number): readonly Role[] {
  const list = Array.from({ length: count }, (_, k) => among[k % among.length]);
  for (let k = list.length - 1; k > 0; k--) {
    const other = below(k + 1);
    [list[k], list[other]] = [list[other], list[k]];
  }
  return list;
}

/** The round that is open; null when none is, or nobody answers. */
async function openRound(leader: string): Promise<number | null> {
  try {
    const { tasks } = parseTasksAnswer(await (await fetch(`${leader}/v1/tasks`)).json());
    return tasks.length === 0 ? null : parseTask(JSON.parse(tasks[0].document)).round;
  } catch {
    // The server is dead or dying, or has not reached the helper yet.
    return null;
  }
}

/** Opens every accepted report with the private keys of both parties, and compares each bucket with the plain sum. */
async function expectExactSums({ directories }: Parties, reports: readonly Report[]): Promise<void> {
  const rings = {
    leader: await ringOf(directories.leader, "leader"),
    helper: await ringOf(directories.helper, "helper"),
  };
  const store = openLeaderStore(join(directories.leader, "leader.sqlite"));
  const { task: document, seq } = await store
    .selectFrom("tasks")
    .selectAll()
    .where("round", "=", 1)
    .executeTakeFirstOrThrow();
  const task = parseTask(JSON.parse(document));
  const batches = await batchesOf(store, seq);
  await store.destroy();
  expect(task.noiseMultiplier).toBe(0);
  expect(new Set(reports.map(({ id }) => Buffer.from(id).toString("hex"))).size).toBe(browserCount);
  expect(batches.map(({ block }) => block)).toEqual([0, 1]);
  for (const batch of batches) {
    const theirs = reports.filter(({ block }) => block === batch.block);
    expect(batch).toMatchObject({
      state: "used",
      reports: theirs.length,
      counted: theirs.length,
      leftOut: {},
    });
    if (!("buckets" in batch)) throw new Error("expected a batch with sums");
    const buckets = bucketsFor(theirs.length, task);
    expect(batch.buckets.length).toBe(buckets);
    const ids = theirs.map(({ id }) => id);
    const bucketOf = await bucketsOf(ids, { batch: batch.id, buckets, sha256 });
    const vectors = await Promise.all(theirs.map((report) => integersOf(report, rings, task)));
    for (const [bucket, { reports: count, sum }] of batch.buckets.entries()) {
      const inside = vectors.filter((_, at) => bucketOf[at] === bucket);
      expect(count).toBe(inside.length);
      expect(sum).toEqual(plainSum(inside, vectorLengthOf(task)));
    }
  }
  const helperStore = openHelperStore(join(directories.helper, "helper.sqlite"));
  const counted = await helperStore.selectFrom("counted").selectAll().execute();
  await helperStore.destroy();
  expect(counted.length).toBe(browserCount);
}

/** A copy: reading must not count as a use of the parties' own files. */
function ringOf(directory: string, aggregator: "leader" | "helper"): Promise<KeyRing> {
  const path = join(temporaryDirectory(), "keys.json");
  cpSync(join(directory, `${aggregator}-keys.json`), path);
  return KeyRing.open({ path, aggregator, nowMs: Date.now() });
}

/** What the browser put into a report, and that it is within the task's bound. */
async function integersOf(
  { task: id, id: reportId, block, leaderKey, helperKey, leaderShare, helperSeed }: Report,
  rings: Readonly<Record<"leader" | "helper", KeyRing>>,
  task: Task,
): Promise<Int32Array> {
  const aad = sealedAad({ task: id, id: reportId, block });
  const share = await rings.leader.unseal(leaderKey, leaderShare, aad);
  const seedOfMask = await rings.helper.unseal(helperKey, helperSeed, aad);
  if (share === null || seedOfMask === null) throw new Error("expected a report both parties can open");
  const length = vectorLengthOf(task);
  const integers = Int32Array.from(fromField(joinShares(uint32FromBytes(share), maskOf(seedOfMask, length))));
  const most = task.clipL2 * 2 ** task.fractionBits;
  expect(integers.some((value) => value !== 0)).toBe(true);
  // The last number is the clip weight, which has a bound of its own.
  expect(Math.hypot(...integers.subarray(0, length - 1))).toBeLessThanOrEqual(most);
  return integers;
}
