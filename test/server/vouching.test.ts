/**
 * What the helper puts into its log, and what the leader makes of it: whatever the other side does, no more
 * than is stated here.
 */
import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import { type Task, taskIdOf, taskJson } from "../../core/tasks/task.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import {
  checkLog,
  emptyLog,
  isNewest,
  type LogTail,
  usualTail,
  type VouchedKind,
} from "../../core/wire/log.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { encodeChunkRequest, encodeCloseRequest } from "../../core/wire/sums.ts";
import { sha256 } from "../../server/base/platform.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { HelperKeys } from "../../server/tasks/keys/helperkeys.ts";
import { Identity, verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { StandingDocuments } from "../../server/tasks/standing.ts";
import { vouchedNameOf } from "../../server/tasks/vouchedname.ts";
import { WholeLog } from "../../server/tasks/wholelog.ts";
import { sealedSum, temporaryDirectory } from "./harness.ts";
import { floors, type HelperWorld, helperWorld, laneSecret, leaderWorld, startMs, task } from "./worlds.ts";

const plan: PrivacyPlan = {
  version: 3,
  kinds: [{ kind: "item-factors", rho: 0.5, reportsPer30Days: 4 }],
  rhoPer30Days: 2,
  issuedAtMs: startMs,
};
const jsonOf = (value: object): Json => JSON.parse(JSON.stringify(value));
const edition = (sequence: number) => ({ version: 3, sequence, parts: [`anything ${sequence}`] });

type Vouching = Pick<HelperWorld, "helper" | "leader">;

function vouch({ helper, leader }: Vouching, kind: VouchedKind, value: object) {
  return helper.vouch({ kind, signed: leader.sign(kind, jsonOf(value)) });
}
const vouchTask = (world: Vouching, change: Partial<Task> = {}) =>
  vouch(world, "task", { ...task, ...change });

/** The log as anybody may check it. */
async function readAs({ helper, identity }: HelperWorld) {
  const word = await helper.keys();
  const signer = { key: identity.publicKey, verify: verifyEd25519 };
  const { log: head } = parseKeyList(await openSigned("keys", word.list, signer));
  if (head === null) throw new Error("expected a head in the helper's list, got none");
  const whole = await helper.log();
  await checkLog(word.log, { head, seen: null, sha256 });
  await checkLog(whole, { head, seen: emptyLog, sha256 });
  return { head, tail: word.log, entries: whole.entries, whole };
}

const namesIn = (entries: LogTail["entries"]) =>
  entries.map(({ kind, subject }) => `${kind} ${subject}`.trim());

test("each document is one entry, in the order it came, and the signed head goes with it; the same again adds none", async () => {
  const world = await helperWorld();
  expect((await readAs(world)).head).toEqual(emptyLog);
  for (let time = 0; time < 2; time++) {
    expect(await vouch(world, "plan", plan)).toEqual({ ok: true });
    expect(await vouchTask(world)).toEqual({ ok: true });
    expect(await vouchTask(world, { kind: "activity" })).toEqual({ ok: true });
    expect(await vouch(world, "edition", edition(4))).toEqual({ ok: true });
  }
  const { entries, head } = await readAs(world);
  expect(namesIn(entries)).toEqual(["plan", "task item-factors", "task activity", "edition"]);
  expect(head.size).toBe(4);
  expect(entries[1].id).toBe(await taskIdOf(task, sha256));
});

test("documents that the leader did not sign as what they are, and those that are not what they say, are in no log", async () => {
  const world = await helperWorld();
  const { helper, leader, identity, directory } = world;
  const stranger = Identity.open(`${directory}/stranger.json`);
  const kinds = [
    ["task", taskJson(task)],
    ["plan", jsonOf(plan)],
    ["edition", jsonOf(edition(1))],
  ] as const;
  for (const [kind, value] of kinds) {
    const other = kind === "plan" ? "edition" : "plan";
    const good = leader.sign(kind, value);
    for (const signed of [
      stranger.sign(kind, value),
      identity.sign(kind, value),
      leader.sign(other, value),
      { ...good, document: good.document.replace("3", "4") },
    ]) {
      expect(await helper.vouch({ kind, signed })).toMatchObject({ ok: false, why: "not-signed" });
    }
  }
  expect(await vouch(world, "plan", { ...plan, rhoPer30Days: 1 })).toMatchObject({ why: "malformed" });
  expect(await vouch(world, "edition", { ...edition(1), version: 2 })).toMatchObject({ why: "malformed" });
  expect(await vouch(world, "edition", { version: 3 })).toMatchObject({ why: "malformed" });
  expect(await vouchTask(world, { minBatch: 4 })).toMatchObject({ why: "below-floor" });
  expect((await readAs(world)).head).toEqual(emptyLog);
});

test("what another came after is not vouched for again, and an edition's sequence only grows", async () => {
  const world = await helperWorld();
  await vouchTask(world);
  await vouchTask(world, { round: 4 });
  expect(await vouchTask(world)).toMatchObject({ ok: false, why: "not-newer" });
  await vouch(world, "plan", plan);
  await vouch(world, "plan", { ...plan, issuedAtMs: startMs + 1 });
  expect(await vouch(world, "plan", plan)).toMatchObject({ ok: false, why: "not-newer" });
  await vouch(world, "edition", edition(7));
  for (const sequence of [3, 6]) {
    expect(await vouch(world, "edition", edition(sequence))).toMatchObject({ ok: false, why: "not-newer" });
  }
  expect(await vouch(world, "edition", { ...edition(7), other: 1 })).toMatchObject({ why: "not-newer" });
  expect(await vouch(world, "edition", edition(8))).toEqual({ ok: true });
  expect((await readAs(world)).head.size).toBe(6);
});

test("so many new tasks of a kind are taken in any 24 hours, and so many plans and editions, each by itself", async () => {
  const few = { ...floors, tasksPerDay: 3, documentsPerDay: 2 };
  const world = await helperWorld({ floors: few });
  const { clock } = world;
  for (let round = 1; round <= 3; round++) {
    expect(await vouchTask(world, { round })).toEqual({ ok: true });
    clock.nowMs += hourMs;
  }
  const fourth = await vouchTask(world, { round: 4 });
  expect(fourth).toMatchObject({ ok: false, why: "too-many-today" });
  expect(fourth).toMatchObject({ detail: expect.stringContaining(`retry in ${21 * 3600} seconds`) });
  // What is there already is no new one, and another kind has its own.
  expect(await vouchTask(world, { round: 3 })).toEqual({ ok: true });
  expect(await vouchTask(world, { round: 4, kind: "activity" })).toEqual({ ok: true });
  for (const sequence of [1, 2])
    expect(await vouch(world, "edition", edition(sequence))).toEqual({ ok: true });
  expect(await vouch(world, "edition", edition(3))).toMatchObject({ why: "too-many-today" });
  expect(await vouch(world, "plan", plan)).toEqual({ ok: true });
  clock.nowMs = startMs + dayMs - 1;
  expect(await vouchTask(world, { round: 4 })).toMatchObject({ why: "too-many-today" });
  clock.nowMs += 1;
  expect(await vouchTask(world, { round: 4 })).toEqual({ ok: true });
  expect(await vouchTask(world, { round: 5 })).toMatchObject({ why: "too-many-today" });
});

test("tasks of a few kinds may be open at once, so that none pushes another out of the last entries", async () => {
  const world = await helperWorld({ floors: { ...floors, taskKinds: 2 } });
  await vouchTask(world);
  await vouchTask(world, { kind: "activity" });
  expect(await vouchTask(world, { kind: "third" })).toMatchObject({ ok: false, why: "too-large" });
  expect(await vouchTask(world, { round: 4 })).toEqual({ ok: true });
  world.clock.nowMs = task.expiresAtMs;
  const expiresAtMs = world.clock.nowMs + dayMs;
  expect(await vouchTask(world, { kind: "third", expiresAtMs })).toEqual({ ok: true });
});

test("tasks of a few kinds come in 24 hours, however short they live: no kind after kind has a day's tasks each", async () => {
  const world = await helperWorld({ floors: { ...floors, taskKinds: 2 } });
  const briefly = (kind: string) => vouchTask(world, { kind, expiresAtMs: world.clock.nowMs + 3_600_000 });
  expect(await briefly("a")).toEqual({ ok: true });
  expect(await briefly("b")).toEqual({ ok: true });
  world.clock.nowMs += dayMs / 2;
  expect(await briefly("c")).toMatchObject({ ok: false, why: "too-large" });
  expect(await briefly("a")).toEqual({ ok: true });
  world.clock.nowMs += dayMs / 2 + 1;
  expect(await briefly("c")).toEqual({ ok: true });
  expect(await briefly("b")).toMatchObject({ ok: false, why: "too-large" });
});

test("the newest of every sort is always among the last entries, and a repeated entry takes no place of a new one", async () => {
  const many = { ...floors, tasksPerDay: 200, documentsPerDay: 3 };
  const world = await helperWorld({ floors: many });
  const others = ["a", "b", "c", "d", "e", "f", "g"];
  const inForce: readonly { readonly kind: VouchedKind; readonly value: object }[] = [
    { kind: "plan", value: plan },
    { kind: "edition", value: edition(1) },
    ...others.map((kind) => ({ kind: "task" as const, value: { ...task, kind } })),
  ];
  for (const { kind, value } of inForce) expect(await vouch(world, kind, value)).toEqual({ ok: true });
  for (let round = 10; round < 110; round++) {
    expect(await vouchTask(world, { round })).toEqual({ ok: true });
    const { tail } = await readAs(world);
    expect(tail.entries.length).toBeLessThanOrEqual(usualTail);
    for (const { kind, value } of inForce) {
      const name = await vouchedNameOf({ kind, signed: world.leader.sign(kind, jsonOf(value)) });
      expect(isNewest(tail, name), `${kind} after round ${round}`).toBe(true);
    }
  }
  const { entries } = await readAs(world);
  expect(entries.length).toBeGreaterThan(150);
  expect(entries.length).toBeLessThan(220);
  // Repeated ones are not new: two more editions of three are taken.
  for (const sequence of [2, 3])
    expect(await vouch(world, "edition", edition(sequence))).toEqual({ ok: true });
  expect(await vouch(world, "edition", edition(4))).toMatchObject({ why: "too-many-today" });
});

test("a task ends when the next of its kind comes: no new chunk, while what was asked is answered and batches are closed", async () => {
  const world = await helperWorld();
  await vouchTask(world);
  const id = await taskIdOf(task, sha256);
  const list = parseKeyList(JSON.parse((await world.helper.keys()).list.document));
  const keys = { leader: list.keys[0], helper: list.keys[0] };
  const reportsOf = (count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const reportId = randomBytes(16);
        const sealed = await sealedSum({
          ...{ keys, task, block: 1, id: reportId, seed: randomBytes(32), share: new Uint32Array(1) },
        });
        const token = new Uint8Array(0);
        return {
          id: Uint8Array.from(reportId),
          helperKey: keys.helper.id,
          helperSeed: sealed.helperSeed,
          token,
        };
      }),
    );
  const name = { batch: randomBytes(16), task: id, block: 1, lane: 0, number: 0 };
  const first = encodeChunkRequest({ ...name, chunk: 0, reports: await reportsOf(5) });
  const second = encodeChunkRequest({ ...name, chunk: 1, reports: await reportsOf(2) });
  const answer = await world.helper.chunk(first);
  expect(answer.ok).toBe(true);
  // Another kind ends nothing.
  await vouchTask(world, { kind: "activity" });
  const other = { ...name, batch: randomBytes(16), block: 2 };
  const stray = encodeChunkRequest({ ...other, chunk: 0, reports: await reportsOf(1) });
  expect((await world.helper.chunk(stray)).ok).toBe(true);
  await vouchTask(world, { round: 4 });
  expect(await world.helper.chunk(second)).toMatchObject({ ok: false, why: "task-ended" });
  expect(await world.helper.chunk(first)).toEqual(answer);
  const closing = encodeCloseRequest({ ...name, chunks: 1, counted: 5, laneSecret });
  expect((await world.helper.close(closing)).ok).toBe(true);
});

test("the log goes on after a restart, from where it was, limits and all", async () => {
  const directory = temporaryDirectory();
  const few = { ...floors, tasksPerDay: 2 };
  const before = await helperWorld({ directory, floors: few });
  await vouch(before, "plan", plan);
  await vouchTask(before);
  const seen = (await readAs(before)).head;
  await before.store.destroy();
  const after = await helperWorld({ directory, floors: few });
  const { head, whole } = await readAs(after);
  expect(head).toEqual(seen);
  expect(await vouchTask(after, { round: 4 })).toEqual({ ok: true });
  const next = await readAs(after);
  expect(await checkLog(next.whole, { head: next.head, seen, sha256 })).toEqual({ state: "good" });
  expect(next.entries.slice(0, 2)).toEqual(whole.entries);
  expect(await vouchTask(after, { round: 5 })).toMatchObject({ why: "too-many-today" });
});

test("of many that come at once each has its place in one chain", async () => {
  const world = await helperWorld({ floors: { ...floors, tasksPerDay: 5 } });
  const replies = await Promise.all(Array.from({ length: 9 }, (_, round) => vouchTask(world, { round })));
  expect(replies.filter(({ ok }) => ok)).toHaveLength(5);
  expect((await readAs(world)).head.size).toBe(5);
});

/** A leader whose way to the helper a test can cut. */
async function cutWorld(options: Parameters<typeof leaderWorld>[0] = {}) {
  const way = { isCut: false };
  const reach = <T>(ask: () => Promise<T>): Promise<T> =>
    way.isCut ? Promise.reject(new Error("no way to the helper")) : ask();
  const throughHelper = (helper: HelperClient): HelperClient => ({
    keys: () => reach(() => helper.keys()),
    log: () => reach(() => helper.log()),
    vouch: (request) => reach(() => helper.vouch(request)),
    chunk: (request) => reach(() => helper.chunk(request)),
    close: (request) => reach(() => helper.close(request)),
  });
  return { ...(await leaderWorld({ ...options, throughHelper })), way };
}

test("a task opens only when the log that browsers are given ends with it, and a leader whose helper was away catches up", async () => {
  const world = await cutWorld();
  const { way, cycle, helperKeys, current, voucher, leader, clock } = world;
  const standing = new StandingDocuments(voucher, [
    { kind: "plan", current: () => leader.sign("plan", jsonOf(plan)) },
  ]);
  way.isCut = true;
  expect(await standing.bring()).toBe(false);
  expect(standing.troubles).toMatchObject({ plan: { why: "helper-not-reached" } });
  await cycle.openNext();
  expect((await current())?.state).toBe("opening");
  expect(await helperKeys.current()).toBe(null);
  way.isCut = false;
  clock.nowMs += hourMs;
  await cycle.openNext();
  expect(await standing.bring()).toBe(true);
  const stored = await current();
  expect(stored?.state).toBe("open");
  const word = await helperKeys.current();
  if (word === null || stored === undefined) throw new Error("expected the helper's word and a task");
  expect(isNewest(word.log, await vouchedNameOf({ kind: "task", signed: stored.signed }))).toBe(true);
  expect(namesIn(word.log.entries)).toEqual(["task item-factors", "plan"]);
});

test("a task that the helper took, but gave no log with, is not open", async () => {
  const world = await cutWorld();
  const { way, cycle, helperKeys, current, helper } = world;
  await helperKeys.current();
  const vouchOnce = helper.vouch.bind(helper);
  helper.vouch = async (request) => {
    const reply = await vouchOnce(request);
    helper.vouch = vouchOnce;
    way.isCut = true;
    return reply;
  };
  await cycle.openNext();
  expect((await current())?.state).toBe("opening");
  expect(cycle.troubles).toMatchObject({ "item-factors": { why: "helper-not-reached" } });
  way.isCut = false;
  await cycle.openNext();
  expect((await current())?.state).toBe("open");
  expect((await helper.log()).entries).toHaveLength(1);
});

test("a helper whose log forks or shrinks is not followed: its word before stays until it expires, and the log says so", async () => {
  const directory = temporaryDirectory();
  const honest = await helperWorld({ directory });
  const { identity, clock } = honest;
  const said: string[] = [];
  let answers: Pick<HelperClient, "keys" | "log"> = honest.helper;
  const keys = await HelperKeys.open({
    helper: { keys: () => answers.keys(), log: () => answers.log() },
    identity: identity.publicKey,
    path: `${directory}/helper-keylist.json`,
    nowMs: () => clock.nowMs,
    log: (event, _fields, level) => said.push(`${level} ${event}`),
  });
  await vouchTask(honest);
  await vouchTask(honest, { round: 4 });
  const before = await keys.refresh();
  expect(before?.head.size).toBe(2);
  // The same identity with another history, and with one that begins again.
  const forked = await helperWorld({ directory: temporaryDirectory() });
  const other = await signedAs(identity, forked, honest);
  for (let round = 10; round < 14; round++) {
    const why = round === 10 ? "shrinks" : "forks";
    await vouchTask(forked, { round });
    answers = other;
    expect((await keys.refresh())?.head, why).toEqual(before?.head);
  }
  expect(said.filter((line) => line === "error helper's log does not go on")).toHaveLength(4);
  answers = honest.helper;
  await vouchTask(honest, { round: 5 });
  expect((await keys.refresh())?.head.size).toBe(3);
  // Nor is it after a restart, for which the last word is kept.
  answers = other;
  const again = await HelperKeys.open({
    helper: { keys: () => answers.keys(), log: () => answers.log() },
    identity: identity.publicKey,
    path: `${directory}/helper-keylist.json`,
    nowMs: () => clock.nowMs,
    log: () => {},
  });
  expect((await again.refresh())?.head.size).toBe(3);
  clock.nowMs += 3 * dayMs;
  expect(await again.current()).toBe(null);
});

/** What a helper would say if it had this identity and the other's log. */
async function signedAs(
  identity: Identity,
  { helper }: HelperWorld,
  { keys }: HelperWorld,
): Promise<Pick<HelperClient, "keys" | "log">> {
  return {
    log: () => helper.log(),
    keys: async () => {
      const word = await helper.keys();
      const list = parseKeyList(JSON.parse(word.list.document));
      return {
        log: word.log,
        list: identity.sign("keys", jsonOf({ ...list, keys: keys.publicKeys(startMs) })),
      };
    },
  };
}

test("the whole log is asked of the helper once, goes on by the last entries, and leads to the head that browsers are given", async () => {
  const world = await cutWorld();
  const { helperKeys, clock, way, helper } = world;
  let asked = 0;
  const whole = new WholeLog({
    helper: {
      log: () => {
        asked++;
        return way.isCut ? Promise.reject(new Error("away")) : helper.log();
      },
    },
    helperKeys,
    nowMs: () => clock.nowMs,
    log: () => {},
  });
  for (let round = 10; round < 50; round++) {
    clock.nowMs += hourMs;
    expect(await vouchTask(world, { round })).toEqual({ ok: true });
  }
  await helperKeys.refresh();
  way.isCut = true;
  expect(await whole.current()).toBe(null);
  expect(await whole.current()).toBe(null);
  expect(asked).toBe(1);
  way.isCut = false;
  clock.nowMs += 20_000;
  expect((await whole.current())?.entries).toHaveLength(40);
  for (let round = 50; round < 60; round++) {
    clock.nowMs += hourMs;
    await vouchTask(world, { round });
    const word = await helperKeys.refresh();
    const log = await whole.current();
    if (word === null || log === null) throw new Error("expected a word and a log");
    expect(await checkLog(log, { head: word.head, seen: emptyLog, sha256 })).toEqual({ state: "good" });
  }
  expect(asked).toBe(2);
});
