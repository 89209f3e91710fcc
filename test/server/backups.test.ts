/**
 * Data directories brought back from an older copy, one party's or both: no report is summed under two noises,
 * no number that others have seen is given again, or the start is refused with what to do.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { type Config, parseConfig } from "../../server/base/config.ts";
import { runCli } from "../../server/cli/main.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import { createApp } from "../../server/roles/app.ts";
import { type HelperParts, openHelperIdentity, openHelperParts } from "../../server/roles/helper.ts";
import { openLeaderIdentity, openParts } from "../../server/roles/leader.ts";
import { aggregatesOf } from "../../server/store/batches.ts";
import { lastSequenceOf, skipSequences } from "../../server/store/editions.ts";
import { type LeaderStore, openLeaderStore } from "../../server/store/leaderstore.ts";
import { leastNumber, raiseLeast } from "../../server/store/leastnumbers.ts";
import { forgetPlace, type Place, placeOf, takePlace } from "../../server/store/place.ts";
import { listTasks } from "../../server/store/tasks.ts";
import { inProcessHelper } from "../../server/tasks/helper.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import {
  catalogueOf,
  inForceOf,
  personsValues,
  post,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

/** How a directory comes back. */
const ways = {
  "in an emptied place": (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
  },
  "over what is there": (from: string, to: string) => {
    // As cp does: the files that are there get other bytes.
    for (const name of readdirSync(to)) if (!existsSync(join(from, name))) rmSync(join(to, name));
    cpSync(from, to, { recursive: true, force: true, preserveTimestamps: true });
  },
} as const;
type Way = keyof typeof ways;
const wayNames = Object.keys(ways) as readonly Way[];

interface Pair extends TestServer {
  readonly helper: HelperParts;
  readonly stop: () => Promise<void>;
}

interface Operated {
  readonly leader: Config;
  readonly helper: Config;
}

async function noted(store: LeaderStore): Promise<string> {
  const { mark } = await store.selectFrom("places").select("mark").executeTakeFirstOrThrow();
  return mark;
}

/** Two operators' settings, each with a directory. */
function twoOperators(root = temporaryDirectory()): Operated {
  const data = { leader: join(root, "leader"), helper: join(root, "helper") };
  for (const path of Object.values(data)) mkdirSync(path);
  return operatedIn(data);
}

function operatedIn(data: { readonly leader: string; readonly helper: string }): Operated {
  const url = "https://helper.example";
  const helperKey = openHelperIdentity({ data: data.helper }).publicKey;
  return {
    leader: testConfig(data.leader, {
      role: "leader",
      helper: { url, key: helperKey },
      training: { dim: 3, blockLimit: 30 },
    }),
    helper: parseConfig({
      ...{ role: "helper", data: data.helper, publicUrl: url, helper: { minBatch: 3 } },
      leader: { key: openLeaderIdentity({ data: data.leader }).publicKey },
    }),
  };
}

/** Both at work; the leader reaches its helper without a network. */
async function started({ leader, helper: settings }: Operated): Promise<Pair> {
  const helper = await openHelperParts(settings);
  const parts = await openParts(leader, { throughHelper: () => inProcessHelper(helper.helper) }).catch(
    async (error) => {
      await helper.close();
      throw error;
    },
  );
  let isStopped = false;
  const stop = async () => {
    if (isStopped) return;
    isStopped = true;
    await parts.close();
    await helper.close();
  };
  onTestFinished(stop);
  if (parts.editions.inForce === null) await importItems({ parts }, 30);
  await parts.cycle.runIfDue();
  return { parts, helper, app: createApp(parts), stop };
}

async function importItems({ parts }: Pick<Pair, "parts">, count: number): Promise<void> {
  await publishCatalogue(parts.editions, catalogueOf(count), { contentDim: 8, dim: 3 });
  await parts.cycle.openNext();
}

/** Reports of `count` people on the open task. */
async function reportsTo({ app }: Pair, count: number): Promise<void> {
  const tasks = await tasksOf(app);
  for (let k = 0; k < count; k++) {
    const report = await reportOf({ tasks, block: 0, values: personsValues(tasks, 0) });
    expect(await post(app, report)).toEqual({ state: "accepted" });
  }
}

/** Everything of what was said that a reader could have kept: rounds, sequence numbers, tasks, the log's head. */
async function seenOf({ parts, helper, app }: Pair) {
  const { answer, tasks } = await tasksOf(app);
  const records = await listTasks(parts.leaderStore, 1000);
  return {
    sequence: inForceOf({ parts }).sequence,
    rounds: records.map(({ round }) => round),
    ids: tasks.map(({ round }) => round),
    log: answer.log,
    keys: (await helper.helper.keys()).log,
  };
}

/** Reports that were in sums which the leader has: (task, batch) -> how many. */
async function sumsOf({ parts }: Pair): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { seq, id } of await listTasks(parts.leaderStore, 1000)) {
    for (const { batch } of await aggregatesOf(parts.leaderStore, seq)) found.push(`${id} ${batch.counted}`);
  }
  return found;
}

test.each(wayNames)(
  "a leader that comes back %s sums nothing again, and goes on above every number that was seen",
  async (way) => {
    const backup = join(temporaryDirectory(), "copy");
    const operated = twoOperators();
    const first = await started(operated);
    await reportsTo(first, 6);
    await first.stop();
    cpSync(operated.leader.data, backup, { recursive: true });

    const second = await started(operated);
    await reportsTo(second, 2);
    expect(await second.parts.cycle.closeNow()).toBe(true);
    await importItems(second, 33);
    await reportsTo(second, 5);
    expect(await second.parts.cycle.closeNow()).toBe(true);
    const seen = await seenOf(second);
    const summed = await second.helper.store.selectFrom("batches").select(["id", "answer"]).execute();
    await second.stop();

    ways[way](backup, operated.leader.data);
    const third = await started(operated);
    const now = await seenOf(third);
    expect(third.parts.cycle.troubles).toEqual({});
    expect(now.sequence).toBeGreaterThan(seen.sequence);
    expect(Math.min(...now.ids)).toBeGreaterThan(Math.max(...seen.rounds));
    // The six reports of the copy were in a sum since: they are in no other.
    expect(await third.parts.cycle.closeNow()).toBe(false);
    expect(await third.parts.leaderStore.selectFrom("reports").selectAll().execute()).toEqual([]);
    const answers = await third.helper.store.selectFrom("batches").select(["id", "answer"]).execute();
    expect(answers).toEqual(summed);
    // And learning goes on.
    await reportsTo(third, 5);
    expect(await third.parts.cycle.closeNow()).toBe(true);
    await third.stop();
    const fourth = await started(operated);
    expect((await seenOf(fourth)).sequence).toBeGreaterThanOrEqual(now.sequence);
    await importItems(fourth, 31);
    expect((await seenOf(fourth)).sequence).toBeGreaterThan(now.sequence);
  },
);

test("a leader whose whole disk came back is told by its helper's log, and does the same", async () => {
  const backup = join(temporaryDirectory(), "copy");
  const operated = twoOperators();
  const first = await started(operated);
  await reportsTo(first, 6);
  await first.stop();
  cpSync(operated.leader.data, backup, { recursive: true });
  const second = await started(operated);
  expect(await second.parts.cycle.closeNow()).toBe(true);
  const seen = await seenOf(second);
  await second.stop();
  ways["in an emptied place"](backup, operated.leader.data);
  // As a snapshot of the volume would have it: the store sees no difference.
  const store = openLeaderStore(join(operated.leader.data, "leader.sqlite"));
  await takePlace(store, join(operated.leader.data, "leader.sqlite"));
  await store.destroy();
  const third = await started(operated);
  const now = await seenOf(third);
  expect(now.sequence).toBeGreaterThan(seen.sequence);
  expect(Math.min(...now.ids)).toBeGreaterThan(Math.max(...seen.rounds));
  expect(await third.parts.cycle.closeNow()).toBe(false);
  expect(third.parts.cycle.troubles).toEqual({});
});

test("a leader whose whole disk came back is told by the log of a helper that began anew, however short that is", async () => {
  const root = temporaryDirectory();
  const backup = join(root, "copy");
  const operated = twoOperators(root);
  const first = await started(operated);
  await first.stop();
  // It comes back once, and heeds a log of some length.
  cpSync(operated.leader.data, backup, { recursive: true });
  const second = await started(operated);
  for (let k = 0; k < 4; k++) await importItems(second, 31 + k);
  await second.stop();
  ways["in an emptied place"](backup, operated.leader.data);
  await (await started(operated)).stop();
  // Its helper begins as a new one, and the leader's disk comes back again.
  rmSync(operated.helper.data, { recursive: true });
  mkdirSync(operated.helper.data);
  const renewed = operatedIn({ leader: operated.leader.data, helper: operated.helper.data });
  await (await started(renewed)).stop();
  rmSync(backup, { recursive: true });
  cpSync(renewed.leader.data, backup, { recursive: true });
  const fourth = await started(renewed);
  await importItems(fourth, 29);
  const seen = await seenOf(fourth);
  await fourth.stop();
  ways["in an emptied place"](backup, renewed.leader.data);
  const path = join(renewed.leader.data, "leader.sqlite");
  const store = openLeaderStore(path);
  await forgetPlace(store);
  await store.destroy();
  const fifth = await started(renewed);
  expect((await seenOf(fifth)).sequence).toBeGreaterThan(seen.sequence);
});

test("numbers that were left out stay so, though nothing was published before the next start, and none is lowered", async () => {
  const folder = temporaryDirectory();
  const store = openLeaderStore(join(folder, "leader.sqlite"));
  onTestFinished(() => store.destroy());
  expect(await lastSequenceOf(store)).toBe(0);
  await skipSequences(store, 1000);
  expect(await lastSequenceOf(store)).toBe(1000);
  await raiseLeast(store, "sequence", 7);
  expect(await lastSequenceOf(store)).toBe(1000);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1e6), { minLength: 1 }), fc.uuid(), async (values, name) => {
      for (const value of values) await raiseLeast(store, name, value);
      expect(await leastNumber(store, name)).toBe(Math.max(...values));
    }),
    { numRuns: 30 },
  );
});

test("a leader that came back before its first catalogue leaves out numbers of editions for good", async () => {
  const root = temporaryDirectory();
  const backup = join(root, "copy");
  // Its helper is not reached.
  const { publicKey } = Identity.open(join(root, "helper-identity.json"));
  const helper = { url: "http://127.0.0.1:19400", key: publicKey };
  const config = testConfig(join(root, "data"), { role: "leader", helper });
  await (await openParts(config)).close();
  cpSync(config.data, backup, { recursive: true });
  await (await openParts(config)).close();
  ways["in an emptied place"](backup, config.data);
  for (let k = 0; k < 2; k++) await (await openParts(config)).close();
  const parts = await openParts(config);
  onTestFinished(() => parts.close());
  await publishCatalogue(parts.editions, catalogueOf(30), { contentDim: 8, dim: 3 });
  expect(inForceOf({ parts }).sequence).toBeGreaterThan(100_000);
});

test("a store that died as it took its place goes on there, and is a copy wherever it is brought back", async () => {
  for (const way of wayNames) {
    const root = temporaryDirectory();
    const [data, backup] = [join(root, "data"), join(root, "copy")];
    const path = join(data, "leader.sqlite");
    mkdirSync(data);
    const first = openLeaderStore(path);
    await takePlace(first, path);
    // What it notes first is on disk, what it notes last is not.
    await sql`CREATE TRIGGER dies BEFORE UPDATE ON places WHEN old.mark <> ${sql.lit(await noted(first))}
      BEGIN SELECT raise(ABORT, 'a fault of the test'); END`.execute(first);
    await expect(takePlace(first, path)).rejects.toThrow("a fault of the test");
    await sql`DROP TRIGGER dies`.execute(first);
    await first.destroy();
    cpSync(data, backup, { recursive: true });
    const second = openLeaderStore(path);
    expect(await placeOf(second, path)).toBe("as it was");
    await takePlace(second, path);
    await second.destroy();
    ways[way](backup, data);
    const third = openLeaderStore(path);
    expect(await placeOf(third, path)).toBe("a copy");
    await third.destroy();
  }
});

test.each(wayNames)("a helper that comes back %s is refused, with what to do", async (way) => {
  const backup = join(temporaryDirectory(), "copy");
  const operated = twoOperators();
  const first = await started(operated);
  await reportsTo(first, 6);
  await first.stop();
  cpSync(operated.helper.data, backup, { recursive: true });
  const second = await started(operated);
  expect(await second.parts.cycle.closeNow()).toBe(true);
  await second.stop();
  ways[way](backup, operated.helper.data);
  for (let k = 0; k < 2; k++) {
    await expect(openHelperParts(operated.helper)).rejects.toThrow(/begin as a new helper.*"tacit moved"$/);
  }
});

test.each(wayNames)(
  "both that come back %s are refused; with a new helper nothing of before is summed again, and learning goes on",
  async (way) => {
    const root = temporaryDirectory();
    const copies = { leader: join(root, "copy-l"), helper: join(root, "copy-h") };
    const operated = twoOperators(root);
    const first = await started(operated);
    await reportsTo(first, 6);
    await first.parts.cycle.runIfDue();
    await first.stop();
    for (const role of ["leader", "helper"] as const)
      cpSync(operated[role].data, copies[role], { recursive: true });
    const second = await started(operated);
    await reportsTo(second, 3);
    expect(await second.parts.cycle.closeNow()).toBe(true);
    expect(await sumsOf(second)).toHaveLength(1);
    const seen = await seenOf(second);
    await second.stop();
    for (const role of ["leader", "helper"] as const) ways[way](copies[role], operated[role].data);
    await expect(started(operated)).rejects.toThrow("begin as a new helper");
    // As the sentence says.
    renameSync(operated.helper.data, join(root, "away"));
    mkdirSync(operated.helper.data);
    const third = await started(operatedIn({ leader: operated.leader.data, helper: operated.helper.data }));
    expect(await third.parts.cycle.closeNow()).toBe(false);
    expect(await sumsOf(third)).toEqual([]);
    expect((await seenOf(third)).sequence).toBeGreaterThan(seen.sequence);
    await reportsTo(third, 5);
    expect(await third.parts.cycle.closeNow()).toBe(true);
    expect(await sumsOf(third)).toHaveLength(1);
  },
);

test("one process that is both is refused likewise, and names the helper's files", async () => {
  const backup = join(temporaryDirectory(), "copy");
  const config = testConfig(join(temporaryDirectory(), "data"));
  await (await openParts(config)).close();
  cpSync(config.data, backup, { recursive: true });
  await (await openParts(config)).close();
  ways["over what is there"](backup, config.data);
  await expect(openParts(config)).rejects.toThrow("helper.sqlite, helper-identity.json");
  for (const name of readdirSync(config.data)) {
    if (/^(?:helper|issuer)/.test(name)) rmSync(join(config.data, name));
  }
  await (await openParts(config)).close();
});

test("directories that were moved go on as they were once their operators say so", async () => {
  const root = temporaryDirectory();
  const operated = twoOperators(root);
  const first = await started(operated);
  await reportsTo(first, 6);
  const before = await seenOf(first);
  await first.stop();
  const moved = { leader: join(root, "moved-l"), helper: join(root, "moved-h") };
  for (const role of ["leader", "helper"] as const) {
    cpSync(operated[role].data, moved[role], { recursive: true });
    rmSync(operated[role].data, { recursive: true });
    const lines: string[] = [];
    const surroundings = { env: {}, out: (line: string) => void lines.push(line), err: console.error };
    expect(await runCli(["moved", "--data", moved[role]], surroundings)).toBe(0);
    expect(lines).toEqual([`${join(moved[role], `${role}.sqlite`)} is taken as it is at the next start`]);
  }
  const second = await started(operatedIn(moved));
  expect((await seenOf(second)).sequence).toBe(before.sequence);
  await reportsTo(second, 1);
  expect(await second.parts.cycle.closeNow()).toBe(true);
  expect((await sumsOf(second)).map((sum) => sum.split(" ")[1])).toEqual(["7"]);
  const nowhere = { env: {}, out: () => {}, err: () => {} };
  expect(await runCli(["moved", "--data", temporaryDirectory()], nowhere)).toBe(1);
});

test("a store is a copy exactly when it is not what was last used there, however it was copied to and fro", async () => {
  const step = fc.oneof(
    fc.constant({ does: "start" } as const),
    fc.record({ does: fc.constant("copy" as const), to: fc.nat(1) }),
    fc.record({ does: fc.constant("restore" as const), from: fc.nat(1), way: fc.constantFrom(...wayNames) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      const root = temporaryDirectory();
      const data = join(root, "data");
      const path = join(data, "leader.sqlite");
      const start = async (): Promise<Place> => {
        const store = openLeaderStore(path);
        const place = await placeOf(store, path);
        await takePlace(store, path);
        await store.destroy();
        return place;
      };
      expect(await start()).toBe("first use");
      let isRestored = false;
      const copies = new Set<number>();
      for (const one of steps) {
        if (one.does === "start") {
          expect(await start()).toBe(isRestored ? "a copy" : "as it was");
          isRestored = false;
        } else if (one.does === "copy") {
          rmSync(join(root, `copy-${one.to}`), { recursive: true, force: true });
          cpSync(data, join(root, `copy-${one.to}`), { recursive: true });
          copies.add(one.to);
          // A copy is made of a stopped server, which is then started.
          expect(await start()).toBe(isRestored ? "a copy" : "as it was");
          isRestored = false;
        } else if (copies.has(one.from)) {
          ways[one.way](join(root, `copy-${one.from}`), data);
          isRestored = true;
        }
      }
      expect(await start()).toBe(isRestored ? "a copy" : "as it was");
    }),
    { numRuns: 20 },
  );
});
