/** What the helper promises whatever the leader does: its own copy of tasks, its own floors, each report and token once. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../core/json.ts";
import { bucketsOf } from "../../core/sum/buckets.ts";
import { modulus } from "../../core/sum/field.ts";
import { type Task, taskIdOf, vectorLengthOf } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import {
  encodeSumRequest,
  parseSumAnswer,
  type Report,
  type SumAnswer,
  sealedAad,
} from "../../core/wire/protocol.ts";
import { openSigned, type SignedDocument } from "../../core/wire/signed.ts";
import { sha256 } from "../../server/base/platform.ts";
import type { HelperReply } from "../../server/tasks/helperclient.ts";
import { Identity, verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import { rememberMs, sumGraceMs } from "../../server/tasks/taskon.ts";
import { sealedReport, temporaryDirectory } from "./harness.ts";
import { floors, goodTokens, type HelperWorld, helperWorld, startMs, task } from "./worlds.ts";

/** Reports as the helper gets them: nobody looks at the leader's share. */
async function reportsFor(
  { helper, identity }: HelperWorld,
  { of = task, count, token }: { of?: Task; count: number; token?: (at: number) => Uint8Array },
): Promise<readonly (Report & { readonly seed: Uint8Array })[]> {
  const list = parseKeyList(
    await openSigned("keys", await helper.keys(), { key: identity.publicKey, verify: verifyEd25519 }),
  );
  const tasks = { tasks: [of], keys: { leader: list.keys[0], helper: list.keys[0] } };
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const seed = randomBytes(32);
      const input = { tasks, block: 1, id: randomBytes(16), seed, share: new Uint32Array(1) };
      return { ...(await sealedReport({ ...input, ...(token ? { token: token(at) } : {}) })), seed };
    }),
  );
}

async function ask(
  { helper }: HelperWorld,
  reports: readonly Report[],
  { of = task, batch = randomBytes(16) }: { of?: Task; batch?: Uint8Array } = {},
): Promise<HelperReply> {
  return helper.sum(encodeSumRequest({ batch, task: await taskIdOf(of, sha256), block: 1, reports }));
}

function answerIn(reply: HelperReply): SumAnswer {
  if (!reply.ok) throw new Error(`${reply.why}: ${reply.detail}`);
  return parseSumAnswer(reply.answer);
}

test("a task is registered as its leader signed it; unsigned, signed by another or changed after, it is refused", async () => {
  const world = await helperWorld();
  const { helper, leader, identity, directory } = world;
  const stranger = Identity.open(join(directory, "stranger-identity.json"));
  const signed = leader.sign("task", task);
  const reports = await reportsFor(world, { count: 5 });
  const forged: readonly SignedDocument[] = [
    stranger.sign("task", task),
    identity.sign("task", task),
    leader.sign("keys", task),
    { ...signed, signature: "00".repeat(64) },
    { ...signed, document: canonicalJson({ ...task, noiseMultiplier: 0.6 }) },
    { ...signed, document: JSON.stringify(task) },
  ];
  for (const document of forged) {
    expect(await helper.register(document)).toMatchObject({ ok: false, why: "not-signed" });
  }
  expect(await ask(world, reports)).toMatchObject({ ok: false, why: "unknown-task" });
  expect(await helper.register(signed)).toEqual({ ok: true });
  expect(await helper.register(signed)).toEqual({ ok: true });
  expect(answerIn(await ask(world, reports)).counted).toEqual([true, true, true, true, true]);
});

test.each([
  ["below-floor", { minBatch: 4 }],
  ["below-floor", { noiseMultiplier: 0.49 }],
  ["below-floor", { noiseMultiplier: 0 }],
  ["below-floor", { expiresAtMs: startMs + 61 * dayMs }],
  ["below-floor", { tokenKey: "ab".repeat(32) }],
  ["too-large", { items: 100, blockSize: 50 }],
  ["expired", { expiresAtMs: startMs }],
  ["malformed", { maxBatch: 2 }],
] as const)("a task is refused as %s when it says %j", async (why, change) => {
  const world = await helperWorld();
  const other: Task = { ...task, ...change };
  expect(await world.helper.register(world.leader.sign("task", other))).toMatchObject({ ok: false, why });
  const reports = await reportsFor(world, { of: other, count: 6 });
  expect(await ask(world, reports, { of: other })).toMatchObject({ ok: false, why: "unknown-task" });
});

test("a helper that insists on tokens takes no task without", async () => {
  const world = await helperWorld({ floors: { ...floors, tokens: true } });
  expect(await world.helper.register(world.leader.sign("task", task))).toMatchObject({ why: "below-floor" });
});

test("an expired task is summed for until its grace ends, then never", async () => {
  const world = await helperWorld();
  await world.helper.register(world.leader.sign("task", task));
  const reports = await reportsFor(world, { count: 10 });
  world.clock.nowMs = task.expiresAtMs + sumGraceMs - 1;
  expect((await ask(world, reports.slice(0, 5))).ok).toBe(true);
  world.clock.nowMs += 1;
  expect(await ask(world, reports.slice(5))).toMatchObject({ ok: false, why: "task-expired" });
});

test("an answer asked for again is the same bytes, noise and all, also after a restart and by another process", async () => {
  const directory = temporaryDirectory();
  const first = await helperWorld({ directory });
  await first.helper.register(first.leader.sign("task", task));
  const reports = await reportsFor(first, { count: 7 });
  const batch = randomBytes(16);
  const answer = await ask(first, reports, { batch });
  expect(answer.ok).toBe(true);
  expect(await ask(first, reports, { batch })).toEqual(answer);
  await first.store.destroy();
  const second = await helperWorld({ directory });
  expect(await ask(second, reports, { batch })).toEqual(answer);
  expect(await ask(second, reports.slice(1), { batch })).toMatchObject({ why: "other-request" });
  expect(await ask(second, reports)).toMatchObject({ why: "too-few" });
});

test("a seed sealed for one task, block or id is not counted under another", async () => {
  const world = await helperWorld();
  const other = { ...task, round: 4 };
  for (const each of [task, other]) await world.helper.register(world.leader.sign("task", each));
  const own = await reportsFor(world, { count: 5 });
  const replayed = await reportsFor(world, { of: other, count: 1 });
  const renamed = { ...(await reportsFor(world, { count: 1 }))[0], id: randomBytes(16) };
  const answer = answerIn(await ask(world, [...own, ...replayed, renamed]));
  expect(answer.counted).toEqual([true, true, true, true, true, false, false]);
  // Nor do five replayed ones make a batch.
  expect(await ask(world, await reportsFor(world, { count: 5 }), { of: other })).toMatchObject({
    why: "too-few",
  });
});

test("the masks of each bucket are summed exactly, and every bucket has minBatch counted reports", async () => {
  const quiet = { ...task, noiseMultiplier: 0, buckets: 4 };
  const world = await helperWorld({ floors: { ...floors, noiseMultiplier: 0 } });
  await world.helper.register(world.leader.sign("task", quiet));
  const length = vectorLengthOf(quiet);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 5, max: 27 }), fc.nat(4), async (count, bad) => {
      const good = await reportsFor(world, { of: quiet, count });
      const unsealable = await reportsFor(world, { count: bad });
      const batch = randomBytes(16);
      const reports = [...unsealable, ...good];
      const answer = answerIn(await ask(world, reports, { of: quiet, batch }));
      expect(answer.counted.filter(Boolean).length).toBe(count);
      const buckets = Math.min(4, Math.floor(count / 5));
      expect(answer.sums.length).toBe(buckets);
      const ids = good.map(({ id }) => id);
      const bucketOf = await bucketsOf(ids, { batch, buckets, sha256 });
      for (const [bucket, sum] of answer.sums.entries()) {
        const theirs = good.filter((_, at) => bucketOf[at] === bucket);
        expect(theirs.length).toBeGreaterThanOrEqual(5);
        const masks = theirs.map(({ seed }) => maskOf(seed, length));
        expect(sum).toEqual(sumOfMasks(masks, length));
      }
    }),
    { numRuns: 12 },
  );
});

test("a report counts with a good token that no other report spent, in this batch or any other", async () => {
  const paid = { ...task, tokenKey: "cd".repeat(32) };
  const other = { ...paid, round: 4 };
  const world = await helperWorld({ tokens: goodTokens });
  for (const each of [paid, other]) await world.helper.register(world.leader.sign("task", each));
  const tokenOf = (name: number) => Uint8Array.of(1, name);
  const good = await reportsFor(world, { of: paid, count: 6, token: tokenOf });
  const twice = await reportsFor(world, { of: paid, count: 1, token: () => tokenOf(3) });
  const bad = await reportsFor(world, { of: paid, count: 1, token: () => Uint8Array.of(2, 99) });
  const none = await reportsFor(world, { of: paid, count: 1 });
  const reports = [...good, ...twice, ...bad, ...none];
  const { counted } = answerIn(await ask(world, reports, { of: paid }));
  expect(counted).toEqual([true, true, true, true, true, true, false, false, false]);
  // Another task of the same issuer: what was spent stays spent. Two requests at once share no token either.
  const again = await reportsFor(world, { of: other, count: 6, token: tokenOf });
  expect(await ask(world, again, { of: other })).toMatchObject({ ok: false, why: "too-few" });
  const fresh = (at: number) => tokenOf(50 + at);
  const [one, two] = await Promise.all([
    ask(world, await reportsFor(world, { of: other, count: 5, token: fresh }), { of: other }),
    ask(world, await reportsFor(world, { of: other, count: 5, token: fresh }), { of: other }),
  ]);
  expect([one, two].filter(({ ok }) => ok).length).toBe(1);
});

test("what belongs to a task long expired is forgotten, and cannot be asked for again; the rest stays", async () => {
  const world = await helperWorld();
  const { helper, leader, store, clock } = world;
  await helper.register(leader.sign("task", task));
  const batch = randomBytes(16);
  const reports = await reportsFor(world, { count: 5 });
  expect((await ask(world, reports, { batch })).ok).toBe(true);
  const rows = async () =>
    Promise.all(
      (["tasks", "answers", "counted"] as const).map(async (table) => {
        const all = await store.selectFrom(table).selectAll().execute();
        return all.length;
      }),
    );
  expect(await rows()).toEqual([1, 1, 5]);
  clock.nowMs = task.expiresAtMs + rememberMs;
  const next = { ...task, round: 4, expiresAtMs: clock.nowMs + dayMs };
  await helper.register(leader.sign("task", next));
  expect(await rows()).toEqual([2, 1, 5]);
  clock.nowMs += 1;
  const third = { ...next, round: 5 };
  await helper.register(leader.sign("task", third));
  expect(await rows()).toEqual([2, 0, 0]);
  expect(await ask(world, reports, { batch })).toMatchObject({ ok: false, why: "unknown-task" });
  expect(await helper.register(leader.sign("task", task))).toMatchObject({ why: "expired" });
});

test("a rotated key opens what was sealed to it as long as a task may wait for it, and is then deleted", async () => {
  const world = await helperWorld();
  const { helper, leader, keys, clock } = world;
  await helper.register(leader.sign("task", task));
  const old = await reportsFor(world, { count: 5 });
  const oldKey = old[0].helperKey;
  await keys.rotateNow(clock.nowMs);
  const fresh = await reportsFor(world, { count: 5 });
  expect(fresh[0].helperKey).not.toBe(oldKey);
  expect(keys.publicKeys(clock.nowMs).map(({ id }) => id)).toEqual([fresh[0].helperKey, oldKey]);
  expect(answerIn(await ask(world, [...old.slice(0, 3), ...fresh.slice(0, 3)])).counted).toEqual(
    Array.from({ length: 6 }, () => true),
  );
  // Past its overlap it is on no list; the registered task keeps it, its end lets it go.
  clock.nowMs = task.expiresAtMs + sumGraceMs - 1;
  expect(keys.accepts(oldKey, clock.nowMs)).toBe(false);
  const next = { ...task, round: 4, expiresAtMs: clock.nowMs + 40 * dayMs };
  await helper.register(leader.sign("task", next));
  const last = await reportsFor(world, { count: 1 });
  expect(answerIn(await ask(world, [...old.slice(3), ...fresh.slice(3), ...last])).counted).toEqual(
    Array.from({ length: 5 }, () => true),
  );
  const [{ helperSeed, seed }] = old;
  const aad = sealedAad(old[0]);
  expect(await keys.unseal(oldKey, helperSeed, aad)).toEqual(Uint8Array.from(seed));
  clock.nowMs = task.expiresAtMs + rememberMs + 1;
  await helper.register(leader.sign("task", { ...next, round: 5, expiresAtMs: clock.nowMs + dayMs }));
  expect(await keys.unseal(oldKey, helperSeed, aad)).toBe(null);
  const file = readFileSync(join(world.directory, "helper-keys.json"), "utf8");
  expect(JSON.parse(file).keys.map(({ id }: { id: number }) => id)).toEqual([fresh[0].helperKey]);
});

/** By the plainest means. */
function sumOfMasks(masks: readonly Uint32Array[], length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, k) =>
    Number(masks.reduce((sum, mask) => sum + BigInt(mask[k]), 0n) % BigInt(modulus)),
  );
}
