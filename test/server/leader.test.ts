/** The leader between browsers and helper: tokens, keys that rotate, tasks that open, expire and are forgotten, buckets. */
import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketsOf } from "../../core/sum/buckets.ts";
import { vectorLengthOf } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { encodeReport, type Report, type ReportAnswer } from "../../core/wire/protocol.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { sha256 } from "../../server/base/platform.ts";
import { batchesOf, listBatches, storeBatch } from "../../server/store/batches.ts";
import { leaderKeysInUse } from "../../server/store/reports.ts";
import { markTaskClosed } from "../../server/store/tasks.ts";
import { verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { type LeaderParts, sumBatch } from "../../server/tasks/leader.ts";
import { rememberMs } from "../../server/tasks/taskon.ts";
import { type OpenTasks, plainSum, randomValues, reportOf } from "./harness.ts";
import { floors, goodTokens, type LeaderWorld, leaderWorld } from "./worlds.ts";

/** What browsers are given: the current task, and the newest keys. */
async function tasksIn({ current, leader, identity, keyList, helperKeys }: LeaderWorld) {
  const task = await current.get();
  const helper = await helperKeys.current();
  if (task === undefined || helper === null) throw new Error("expected a task and the helper's keys");
  const listOf = async (signed: typeof helper, key: string) =>
    parseKeyList(await openSigned("keys", signed, { key, verify: verifyEd25519 })).keys;
  const [leaderKey] = await listOf(await keyList.current(), leader.publicKey);
  const [helperKey] = await listOf(helper, identity.publicKey);
  return { tasks: [task.task], keys: { leader: leaderKey, helper: helperKey } };
}

type Tasks = Pick<OpenTasks, "tasks" | "keys">;

function send({ intake }: LeaderWorld, report: Report): Promise<ReportAnswer> {
  return intake.accept(encodeReport(report));
}

function reportWith(tasks: Tasks, token = new Uint8Array(0), block = 1): Promise<Report> {
  return reportOf({ tasks, block, values: randomValues(tasks), token });
}

/** Closes the current task with one batch of block 1, as a round does. */
async function closedBatch({ current, store }: LeaderWorld, reports: number) {
  const task = await current.get();
  if (task === undefined) throw new Error("expected a task");
  await current.change(async (transaction) => {
    await markTaskClosed(transaction, task.seq);
    const base = { id: randomBytes(16), task: task.seq, block: 1, reports, leftOut: {} };
    await storeBatch(transaction, { ...base, state: "closed" });
  });
  const [batch] = await batchesOf(store, task.seq);
  return { task, batch };
}

const paid = { tokenKey: "cd".repeat(32) };

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
  const wrong = { ...(await reportWith(tasks, kept)), block: 77 };
  expect(await send(world, wrong)).toMatchObject({ why: "wrong-block" });
  expect(await send(world, await reportWith(tasks, kept))).toEqual({ state: "accepted" });
  // The next task, of the same issuer: what is spent stays spent.
  await world.nextTask();
  const next = await tasksIn(world);
  expect(await send(world, await reportWith(next, token))).toMatchObject({ why: "token-spent" });
  expect(world.intake.refused).toEqual({ "no-token": 1, "bad-token": 1, "token-spent": 2, "wrong-block": 1 });
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
  const world = await leaderWorld({
    floors: { ...floors, noiseMultiplier: 0 },
    task: { noiseMultiplier: 0 },
  });
  await world.nextTask();
  const { clock, parts, keys: helperRing, helperKeys, store } = world;
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
  const { task, batch } = await closedBatch(world, 6);
  await sumBatch(parts, task, batch);
  expect((await batchesOf(store, task.seq))[0]).toMatchObject({ state: "summed", counted: 6, leftOut: {} });

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
  expect(parts.keys.forget(clock.nowMs, isNeeded)).toEqual([before.keys.leader.id]);
});

test("a private key is kept as long as a report that was sealed to it waits", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const tasks = await tasksIn(world);
  await send(world, await reportWith(tasks));
  await world.parts.keys.rotateNow(world.clock.nowMs);
  world.clock.nowMs += 21 * dayMs;
  const inUse = await leaderKeysInUse(world.store);
  expect(world.parts.keys.forget(world.clock.nowMs, ({ id }) => inUse.has(id))).toEqual([]);
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
  expect((await world.current.get())?.state).toBe("opening");
  const tasks = await tasksIn(world);
  expect(await send(world, await reportWith(tasks))).toMatchObject({ why: "task-closed" });
  expect(world.current.trouble).toMatchObject({ why: "below-floor" });
});

test("a task that was closed while a report was on its way takes it no more, whatever was remembered of it", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const tasks = await tasksIn(world);
  const reports = await Promise.all(Array.from({ length: 40 }, () => reportWith(tasks)));
  const answers = Promise.all(reports.map((report) => send(world, report)));
  const { task } = await closedBatch(world, 0);
  const accepted = (await answers).filter(({ state }) => state === "accepted").length;
  const rows = await world.store.selectFrom("reports").select("seq").where("task", "=", task.seq).execute();
  // Whoever was told "accepted" is on disk, and whoever came after the close was told so.
  expect(rows.length).toBe(accepted);
  expect((await world.current.get())?.state).toBe("closed");
});

test("each bucket's aggregate is exactly the sum of its reports, whichever of them do not count", async () => {
  const quiet = { noiseMultiplier: 0, buckets: 4 };
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 5, max: 24 }),
      fc.nat(6),
      fc.nat(3),
      async (good, forHelper, forLeader) => {
        const world = await leaderWorld({ task: quiet, floors: { ...floors, noiseMultiplier: 0 } });
        await world.nextTask();
        const tasks = await tasksIn(world);
        const values = new Map<string, Int32Array>();
        for (let k = 0; k < good + forHelper + forLeader; k++) {
          const theirs = randomValues(tasks);
          const report = await reportOf({ tasks, block: 1, values: theirs });
          if (k < good) values.set(Buffer.from(report.id).toString("hex"), theirs);
          // The leader opens its share and finds out from the helper alone; or it cannot open it at all.
          else if (k < good + forHelper) report.helperSeed[40] ^= 1;
          else report.leaderShare[40] ^= 1;
          expect((await send(world, report)).state).toBe("accepted");
        }
        const { task, batch } = await closedBatch(world, good + forHelper + forLeader);
        await sumBatch(world.parts, task, batch);
        const [summed] = await batchesOf(world.store, task.seq);
        if (!("buckets" in summed)) throw new Error(`expected sums, got ${summed.state}`);
        const buckets = Math.min(4, Math.floor(good / 5));
        const ids = [...values.keys()].map((id) => new Uint8Array(Buffer.from(id, "hex")));
        const bucketOf = await bucketsOf(ids, { batch: batch.id, buckets, sha256 });
        const vectors = [...values.values()];
        expect(summed.buckets).toEqual(
          Array.from({ length: buckets }, (_, bucket) => {
            const theirs = vectors.filter((_, at) => bucketOf[at] === bucket);
            return { reports: theirs.length, sum: plainSum(theirs, vectorLengthOf(task.task)) };
          }),
        );
        expect(await listBatches(world.store, task.seq)).toMatchObject([{ counted: good, buckets }]);
      },
    ),
    { numRuns: 12 },
  );
});

test("a helper that answers for other buckets, lengths or flags than it was asked is not believed", async () => {
  const world = await leaderWorld();
  await world.nextTask();
  const tasks = await tasksIn(world);
  for (let k = 0; k < 6; k++) await send(world, await reportWith(tasks));
  const { task, batch } = await closedBatch(world, 6);
  const { helper } = world.parts;
  const lying = (change: (bytes: Uint8Array) => Uint8Array): LeaderParts => ({
    ...world.parts,
    helper: {
      ...helper,
      sum: async (request) => {
        const reply = await helper.sum(request);
        return reply.ok ? { ok: true, answer: change(Uint8Array.from(reply.answer)) } : reply;
      },
    },
  });
  // Byte 8 is the batch id's first; the flags start at 28, the number of buckets at 34, the sum's first number at 42.
  const lies = [
    lying((bytes) => bytes.fill(bytes[8] ^ 1, 8, 9)),
    lying((bytes) => bytes.fill(0, 28, 30)),
    lying((bytes) => bytes.fill(2, 34, 35)),
    lying((bytes) => bytes.fill(255, 42, 46)),
    lying((bytes) => bytes.subarray(0, 60)),
  ];
  for (const parts of lies) await expect(sumBatch(parts, task, batch)).rejects.toThrow(RangeError);
  expect((await batchesOf(world.store, task.seq))[0].state).toBe("closed");
  await sumBatch(world.parts, task, batch);
  expect((await batchesOf(world.store, task.seq))[0]).toMatchObject({ state: "summed", counted: 6 });
});

test("what a task that expired long ago left behind is forgotten, and its reports are refused all the same", async () => {
  const world = await leaderWorld({ task: paid, tokens: goodTokens });
  await world.nextTask();
  const tasks = await tasksIn(world);
  const reports = await Promise.all(
    Array.from({ length: 5 }, (_, k) => reportWith(tasks, Uint8Array.of(1, k))),
  );
  for (const report of reports) expect((await send(world, report)).state).toBe("accepted");
  const { task, batch } = await closedBatch(world, 5);
  await sumBatch(world.parts, task, batch);
  const rows = async () =>
    Promise.all(
      (["tasks", "batches", "bucket_sums", "report_ids", "spent_tokens"] as const).map(
        async (table) => (await world.store.selectFrom(table).selectAll().execute()).length,
      ),
    );
  await world.nextTask();
  expect(await rows()).toEqual([2, 1, 1, 5, 5]);
  expect(await send(world, reports[0])).toEqual({ state: "duplicate" });
  world.clock.nowMs = tasks.tasks[0].expiresAtMs + rememberMs + 1;
  await world.nextTask();
  expect(await rows()).toEqual([3, 0, 0, 0, 5]);
  expect(await send(world, reports[0])).toMatchObject({ state: "refused", why: "task-closed" });
  // Tokens are remembered as long as their key is good.
  world.clock.nowMs += 90 * dayMs;
  await world.nextTask();
  expect((await rows())[4]).toBe(0);
});
