/**
 * The leader between browsers and helper: tokens, keys that rotate, tasks that open, expire and are
 * forgotten.
 */
import { expect, onTestFinished, test, vi } from "vitest";
import { dayMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { encodeReport, type Report } from "../../core/wire/report.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { batchesOf } from "../../server/store/batches.ts";
import { leaderKeysInUse } from "../../server/store/reports.ts";
import { finishTaskOfKind, listTasks, markTaskClosed } from "../../server/store/tasks.ts";
import { verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { rememberMs } from "../../server/tasks/lifetimes.ts";
import { type OpenTasks, outcomeIn, randomValues, reportOf } from "./harness.ts";
import { floors, goodTokens, type LeaderWorld, leaderWorld } from "./worlds.ts";

/** What browsers are given: the open task, and the newest keys. */
async function tasksIn({ current, leader, identity, keyList, helperKeys }: LeaderWorld) {
  const task = await current();
  const helper = (await helperKeys.current())?.list;
  if (task === undefined || helper === undefined) throw new Error("expected a task and the helper's keys");
  const listOf = async (signed: typeof helper, key: string) =>
    parseKeyList(await openSigned("keys", signed, { key, verify: verifyEd25519 })).keys;
  const [leaderKey] = await listOf(await keyList.current(), leader.publicKey);
  const [helperKey] = await listOf(helper, identity.publicKey);
  return { tasks: [task.task], keys: { leader: leaderKey, helper: helperKey } };
}

type Tasks = Pick<OpenTasks, "tasks" | "keys">;

async function send({ intake }: LeaderWorld, report: Report) {
  return outcomeIn(await intake.accept(encodeReport(report)));
}

function reportWith(tasks: Tasks, token = new Uint8Array(0), block = 1): Promise<Report> {
  return reportOf({ tasks, block, values: randomValues(tasks), token });
}

const paid = { tokenKey: "cd".repeat(32) };
const quiet = { task: { sigma: 0 }, floors: { ...floors, noiseMultiplier: 0 } };

test("a report is let in by a good token that it spends; sent again it is a duplicate", async () => {
  const world = await leaderWorld({ task: paid, tokens: goodTokens });
  expect(await world.nextTask()).toBe(null);
  const tasks = await tasksIn(world);
  const token = Uint8Array.of(1, 7);
  const report = await reportWith(tasks, token);
  expect(await send(world, await reportWith(tasks))).toMatchObject({ why: "no-token" });
  expect(await send(world, await reportWith(tasks, Uint8Array.of(2)))).toMatchObject({ why: "bad-token" });
  expect(await send(world, report)).toEqual({ state: "accepted" });
  expect(await send(world, report)).toEqual({ state: "duplicate" });
  expect(await send(world, await reportWith(tasks, token))).toMatchObject({ why: "token-spent" });
  // A report that is refused for anything else keeps its token.
  const kept = Uint8Array.of(1, 8);
  const wrong = await reportWith(tasks, kept);
  expect(await send(world, { ...wrong, sums: [{ ...wrong.sums[0], block: 77 }] })).toMatchObject({
    why: "wrong-block",
  });
  expect(await send(world, await reportWith(tasks, kept))).toEqual({ state: "accepted" });
  // The next task, of the same issuer: what is spent stays spent, for the report that spent it too.
  world.clock.nowMs += 1;
  await world.nextTask();
  const next = await tasksIn(world);
  expect(await send(world, await reportWith(next, token))).toMatchObject({ why: "token-spent" });
  const values = randomValues(next);
  const same = await reportOf({ tasks: next, block: 0, values, token, id: report.id });
  expect(await send(world, same)).toMatchObject({ why: "token-spent" });
  expect(world.intake.refused).toEqual({ "no-token": 1, "bad-token": 1, "token-spent": 3, "wrong-block": 1 });
});

test("after each failure in a row a kind waits twice as long, up to a bound, and after a success as at first", async () => {
  const tries: number[] = [];
  let isAway = true;
  const world = await leaderWorld({
    throughHelper: (helper) => ({
      ...helper,
      vouch: async (request) => {
        if (!isAway) return helper.vouch(request);
        tries.push(world.clock.nowMs);
        throw new Error("away");
      },
    }),
  });
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  onTestFinished(() => void vi.useRealTimers());
  const passSeconds = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      world.clock.nowMs += 1000;
      await vi.advanceTimersByTimeAsync(1000);
      await world.cycle.serial.settled();
    }
  };
  world.cycle.start();
  await passSeconds(300);
  const waits = tries.slice(1).map((atMs, k) => (atMs - tries[k]) / 1000);
  expect(waits).toEqual([10, 20, 40, 80, 80]);
  isAway = false;
  await passSeconds(90);
  expect((await world.current())?.state).toBe("open");
  isAway = true;
  tries.length = 0;
  await world.tasks.change((transaction) => finishTaskOfKind(transaction, world.kind.name, "superseded"));
  await passSeconds(25);
  expect((tries[1] - tries[0]) / 1000).toBe(10);
  await world.cycle.stop();
});

test("of many reports with one token that come at once, one is accepted", async () => {
  const world = await leaderWorld({ task: paid, tokens: goodTokens });
  await world.nextTask();
  const tasks = await tasksIn(world);
  const reports = await Promise.all(Array.from({ length: 90 }, () => reportWith(tasks, Uint8Array.of(1, 7))));
  const answers = await Promise.all(reports.map((report) => send(world, report)));
  expect(answers.filter(({ state }) => state === "accepted").length).toBe(1);
  expect(world.intake.refused).toEqual({ "token-spent": 89 });
});

test("a report may be sealed to an old key during the overlap, and is refused after it", async () => {
  const world = await leaderWorld(quiet);
  await world.nextTask();
  const { clock, parts, keys: helperRing, helperKeys, store, cycle } = world;
  const before = await tasksIn(world);
  const old = await Promise.all(Array.from({ length: 6 }, () => reportWith(before)));
  for (const report of old.slice(0, 3)) expect((await send(world, report)).state).toBe("accepted");
  await parts.keys.rotateNow(clock.nowMs);
  await helperRing.rotateNow(clock.nowMs);
  clock.nowMs += dayMs;
  await helperKeys.current();
  await expect.poll(() => helperKeys.accepts(helperRing.publicKeys(clock.nowMs)[0].id)).toBe(true);
  const after = await tasksIn(world);
  expect(after.keys.leader.id).not.toBe(before.keys.leader.id);
  expect(after.keys.helper.id).not.toBe(before.keys.helper.id);
  for (const report of old.slice(3, 5)) expect((await send(world, report)).state).toBe("accepted");
  expect((await send(world, await reportWith(after))).state).toBe("accepted");
  expect(await cycle.closeNow()).toBe(true);
  expect(await batchesOf(store, 1)).toMatchObject([{ state: "used", counted: 6, leftOut: {} }]);

  clock.nowMs += 20 * dayMs;
  await world.nextTask();
  const late = await tasksIn(world);
  const sealedToOld = await reportWith({
    tasks: late.tasks,
    keys: { ...late.keys, leader: before.keys.leader },
  });
  expect(await send(world, sealedToOld)).toMatchObject({ state: "refused", why: "unknown-key" });
  const inUse = await leaderKeysInUse(store);
  const isNeeded = ({ id }: { id: number }) => inUse.has(id);
  // The end of the overlap alone may be a wrong clock's: the key that began since is replaced first.
  expect(parts.keys.forget(clock.nowMs, isNeeded)).toEqual([]);
  await parts.keys.rotateNow(clock.nowMs);
  await parts.keys.rotateNow(clock.nowMs);
  expect(parts.keys.forget(clock.nowMs, isNeeded)).toEqual([before.keys.leader.id]);
});

test("a private key is kept as long as a report that was sealed to it waits", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const tasks = await tasksIn(world);
  await send(world, await reportWith(tasks));
  await world.parts.keys.rotateNow(world.clock.nowMs);
  world.clock.nowMs += 21 * dayMs;
  for (let k = 0; k < 2; k++) await world.parts.keys.rotateNow(world.clock.nowMs);
  const inUse = await leaderKeysInUse(world.store);
  expect(world.parts.keys.forget(world.clock.nowMs, ({ id }) => inUse.has(id))).toEqual([]);
  expect(world.parts.keys.forget(world.clock.nowMs, () => false)).toEqual([tasks.keys.leader.id]);
});

test("keys rotate when they are due, and the list is signed anew for it, and every day", async () => {
  const world = await leaderWorld();
  const { keyList, clock } = world;
  const first = await keyList.current();
  clock.nowMs += dayMs - 1;
  expect(await keyList.current()).toBe(first);
  clock.nowMs += 1;
  const second = await keyList.current();
  expect(second.signature).not.toBe(first.signature);
  const listIn = ({ document }: typeof first) => parseKeyList(JSON.parse(document));
  expect(listIn(second).keys).toEqual(listIn(first).keys);
  expect(listIn(second).expiresAtMs - listIn(second).issuedAtMs).toBe(3 * dayMs);
  clock.nowMs += 29 * dayMs;
  const [newest, old, ...others] = listIn(await keyList.current()).keys;
  expect(old).toEqual(listIn(first).keys[0]);
  expect(newest.id).not.toBe(old.id);
  expect(others).toEqual([]);
  clock.nowMs += 20 * dayMs;
  expect(listIn(await keyList.current()).keys).toEqual([newest]);
});

test("from its end on a task takes no report, though nobody has closed it yet", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const tasks = await tasksIn(world);
  world.clock.nowMs = tasks.tasks[0].expiresAtMs - 1;
  expect((await send(world, await reportWith(tasks))).state).toBe("accepted");
  world.clock.nowMs += 1;
  expect(await send(world, await reportWith(tasks))).toMatchObject({ why: "task-closed" });
});

test("a task that the helper does not take stays opening: no browser is given it and no report is taken on it", async () => {
  const world = await leaderWorld({ task: { minBatch: 4 } });
  expect(await world.nextTask()).toMatchObject({ ok: false, why: "below-floor" });
  expect((await world.current())?.state).toBe("opening");
  expect(await world.tasks.open(world.clock.nowMs)).toEqual([]);
  const tasks = await tasksIn(world);
  expect(await send(world, await reportWith(tasks))).toMatchObject({ why: "task-closed" });
  expect(world.cycle.troubles).toMatchObject({ "item-factors": { why: "below-floor" } });
});

test("a task that was closed while a report was on its way takes it no more, whatever was remembered of it", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const tasks = await tasksIn(world);
  const reports = await Promise.all(Array.from({ length: 40 }, () => reportWith(tasks)));
  const answers = Promise.all(reports.map((report) => send(world, report)));
  const task = await world.current();
  if (task === undefined) throw new Error("expected a task");
  await world.tasks.change((transaction) => markTaskClosed(transaction, task.seq));
  const accepted = (await answers).filter(({ state }) => state === "accepted").length;
  const rows = await world.store.selectFrom("reports").select("seq").where("task", "=", task.seq).execute();
  // Whoever was answered "accepted" is on disk, and whoever came after the close was answered so.
  expect(rows.length).toBe(accepted);
  expect((await world.current())?.state).toBe("closed");
});

test("what is read while a change begins is not kept: the change is seen as soon as it is done", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const { tasks, store } = world;
  for (const [seq, task] of (await listTasks(store, 1)).entries()) {
    // The read is on its way when the change begins, and says what was before.
    await tasks.change(async () => {});
    const reading = tasks.list();
    const changing = tasks.change((transaction) => markTaskClosed(transaction, task.seq));
    expect((await reading)[seq].state).toBe("open");
    await changing;
    expect((await tasks.list())[seq].state).toBe("closed");
  }
});

test("what a change that comes to nothing has seen is not kept", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const { tasks } = world;
  const task = await world.current();
  if (task === undefined) throw new Error("expected a task");
  const failing = tasks.change(async (transaction) => {
    await markTaskClosed(transaction, task.seq);
    expect((await tasks.list(transaction))[0].state).toBe("closed");
    throw new Error("comes to nothing");
  });
  await expect(failing).rejects.toThrow("comes to nothing");
  expect((await tasks.list())[0].state).toBe("open");
});

test("what a task that expired long ago left behind is forgotten, and its reports are refused all the same", async () => {
  const world = await leaderWorld({ task: paid, tokens: goodTokens });
  await world.nextTask();
  const tasks = await tasksIn(world);
  const reports = await Promise.all(
    Array.from({ length: 5 }, (_, k) => reportWith(tasks, Uint8Array.of(1, k))),
  );
  for (const report of reports) expect((await send(world, report)).state).toBe("accepted");
  await world.cycle.closeNow();
  const rows = async () =>
    Promise.all(
      (["tasks", "batches", "reports", "report_ids", "spent_tokens"] as const).map(
        async (table) => (await world.store.selectFrom(table).selectAll().execute()).length,
      ),
    );
  expect(await rows()).toEqual([2, 1, 0, 5, 5]);
  expect(await send(world, reports[0])).toEqual({ state: "duplicate" });
  world.clock.nowMs = tasks.tasks[0].expiresAtMs + rememberMs + 1;
  // The task of today has expired too: it ends, and what is older than it is forgotten.
  await world.cycle.runIfDue();
  expect(await rows()).toEqual([3, 0, 0, 0, 5]);
  expect(await send(world, reports[0])).toMatchObject({ state: "refused", why: "task-closed" });
  // Tokens are remembered as long as their key is good, and until another took its place.
  world.clock.nowMs += 90 * dayMs;
  await world.cycle.runIfDue();
  expect((await rows())[4]).toBe(5);
  world.issuer.key = "ef".repeat(32);
  for (let k = 0; k < 2; k++) {
    world.clock.nowMs += 15 * dayMs;
    await world.cycle.runIfDue();
  }
  expect((await rows())[4]).toBe(0);
});
