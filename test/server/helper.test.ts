/**
 * What the helper promises whatever the leader does: its own copy of tasks, its own floors, each report and
 * token once.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../core/json.ts";
import { modulus } from "../../core/sum/field.ts";
import { laneOf } from "../../core/sum/lanes.ts";
import { integerSigmaOf, type Task, taskIdOf, taskJson } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { sealedAad } from "../../core/wire/report.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import { hmacSha256, sha256 } from "../../server/base/platform.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { rememberMs, sumGraceMs } from "../../server/tasks/lifetimes.ts";
import { maskOf } from "../../server/tasks/mask.ts";
import { sealedSum, temporaryDirectory } from "./harness.ts";
import { close, type Offered, offer, type Place, reportsFor, sumIn, verdictsIn } from "./offers.ts";
import { floors, goodTokens, type HelperWorld, helperWorld, startMs, task } from "./worlds.ts";

/** A secret under which all the reports are of one lane. */
function secretThatPuts(reports: readonly Offered[], lane: number, { lanes }: Task): Uint8Array {
  for (;;) {
    const secret = randomBytes(32);
    if (reports.every(({ id }) => laneOf(hmacSha256(secret, id), lanes) === lane)) return secret;
  }
}

const quietFloors = { ...floors, noiseMultiplier: 0 };
const allCounted = (count: number) => Array.from({ length: count }, () => "counted");

test("a task is registered as its leader signed it; unsigned, signed by another or changed after, it is refused", async () => {
  const world = await helperWorld();
  const { helper, leader, identity, directory } = world;
  const stranger = Identity.open(join(directory, "stranger-identity.json"));
  const json = taskJson(task);
  const signed = leader.sign("task", json);
  const reports = await reportsFor(world, { count: 5 });
  const forged: readonly SignedDocument[] = [
    stranger.sign("task", json),
    identity.sign("task", json),
    leader.sign("keys", json),
    { ...signed, signature: "00".repeat(64) },
    { ...signed, document: canonicalJson(taskJson({ ...task, sigma: 0.9 })) },
    { ...signed, document: JSON.stringify(task) },
  ];
  for (const document of forged) {
    expect(await helper.vouch({ kind: "task", signed: document })).toMatchObject({
      ok: false,
      why: "not-signed",
    });
  }
  expect(await offer(world, reports)).toMatchObject({ ok: false, why: "unknown-task" });
  expect(await helper.vouch({ kind: "task", signed: signed })).toEqual({ ok: true });
  expect(await helper.vouch({ kind: "task", signed: signed })).toEqual({ ok: true });
  expect(verdictsIn(await offer(world, reports))).toEqual(allCounted(5));
});

test.each([
  ["below-floor", { minBatch: 4 }],
  ["below-floor", { sigma: 0.49 * task.sensitivity }],
  ["below-floor", { sigma: 0 }],
  ["below-floor", { expiresAtMs: startMs + 61 * dayMs }],
  ["below-floor", { tokenKey: "ab".repeat(32) }],
  ["too-large", { length: 201 }],
  ["too-large", { blocks: 60, lanes: 64 }],
  ["expired", { expiresAtMs: startMs }],
  ["malformed", { maxBatch: 2 }],
] as const)("a task is refused as %s when it says %j", async (why, change) => {
  const world = await helperWorld({ floors: { ...floors, taskNumbers: 50_000 } });
  const other: Task = { ...task, ...change };
  const signed = world.leader.sign("task", taskJson(other));
  expect(await world.helper.vouch({ kind: "task", signed: signed })).toMatchObject({ ok: false, why });
  const reports = await reportsFor(world, { of: other, count: 6 });
  expect(await offer(world, reports, { of: other })).toMatchObject({ ok: false, why: "unknown-task" });
});

test("the floor of noise is a multiple of the sensitivity, whatever the kind", async () => {
  const world = await helperWorld();
  for (const [sigma, ok] of [
    [0.5 * 7, true],
    [0.5 * 7 - 0.01, false],
  ] as const) {
    const other: Task = { ...task, kind: "unheard-of", settings: {}, sensitivity: 7, sigma };
    expect(
      (await world.helper.vouch({ kind: "task", signed: world.leader.sign("task", taskJson(other)) })).ok,
    ).toBe(ok);
  }
});

test("a helper that insists on tokens takes no task without", async () => {
  const world = await helperWorld({ floors: { ...floors, tokens: true } });
  const signed = world.leader.sign("task", taskJson(task));
  expect(await world.helper.vouch({ kind: "task", signed: signed })).toMatchObject({ why: "below-floor" });
});

/** A world whose helper has the task. */
async function registeredWorld(
  options: NonNullable<Parameters<typeof helperWorld>[0]> = {},
  of: Task = task,
): Promise<HelperWorld> {
  const world = await helperWorld(options);
  expect(await world.helper.vouch({ kind: "task", signed: world.leader.sign("task", taskJson(of)) })).toEqual(
    { ok: true },
  );
  return world;
}

test("for an expired task chunks and closings are answered until its grace ends, then never, but what was answered stays", async () => {
  const world = await registeredWorld();
  const reports = await reportsFor(world, { count: 11 });
  const batch = randomBytes(16);
  world.clock.nowMs = task.expiresAtMs + sumGraceMs - 1;
  const first = await offer(world, reports.slice(0, 5), { batch });
  expect(first.ok).toBe(true);
  world.clock.nowMs += 1;
  expect(await offer(world, reports.slice(5), { batch, chunk: 1 })).toMatchObject({ why: "task-expired" });
  expect(await close(world, batch, {})).toMatchObject({ ok: false, why: "task-expired" });
  expect(await offer(world, reports.slice(0, 5), { batch })).toEqual(first);
  world.clock.nowMs -= 1;
  const closed = await close(world, batch, {});
  expect(closed.ok).toBe(true);
  world.clock.nowMs += 1;
  expect(await close(world, batch, {})).toEqual(closed);
});

test("what is asked again gets the same bytes, noise and all, also after a restart; another request of that name is refused", async () => {
  const directory = temporaryDirectory();
  const first = await registeredWorld({ directory });
  const reports = await reportsFor(first, { count: 9 });
  const batch = randomBytes(16);
  const chunks = [
    await offer(first, reports.slice(0, 7), { batch }),
    await offer(first, reports.slice(7), { batch, chunk: 1 }),
  ];
  const asked = { chunks: 2, counted: 9 };
  const answer = await close(first, batch, asked);
  expect(answer.ok).toBe(true);
  expect(await close(first, batch, asked)).toEqual(answer);
  await first.store.destroy();
  const second = await helperWorld({ directory });
  expect(await offer(second, reports.slice(0, 7), { batch })).toEqual(chunks[0]);
  expect(await offer(second, reports.slice(7), { batch, chunk: 1 })).toEqual(chunks[1]);
  expect(await close(second, batch, asked)).toEqual(answer);
  expect(await offer(second, reports.slice(1, 7), { batch })).toMatchObject({ why: "other-request" });
  expect(await close(second, batch, { ...asked, lane: 1 })).toMatchObject({ why: "other-request" });
  const late = await reportsFor(second, { count: 1 });
  expect(await offer(second, late, { batch, chunk: 2 })).toMatchObject({ why: "out-of-order" });
});

test("chunks come in their order, into one batch of a place, and none beyond maxBatch", async () => {
  const small: Task = { ...task, maxBatch: 8 };
  const world = await registeredWorld({}, small);
  const reports = await reportsFor(world, { of: small, count: 20 });
  const batch = randomBytes(16);
  const at = (place: Place) => ({ of: small, batch, ...place });
  expect(await offer(world, reports.slice(0, 5), at({ chunk: 1 }))).toMatchObject({ why: "out-of-order" });
  expect((await offer(world, reports.slice(0, 5), at({}))).ok).toBe(true);
  expect(await offer(world, reports.slice(5, 6), at({ chunk: 2 }))).toMatchObject({ why: "out-of-order" });
  // The place is taken, the id is taken, and the next batch comes only when this one is full.
  const other = randomBytes(16);
  expect(await offer(world, reports.slice(5, 6), at({ batch: other }))).toMatchObject({
    why: "other-request",
  });
  expect(await offer(world, reports.slice(5, 6), at({ chunk: 1, block: 2 }))).toMatchObject({
    why: "other-request",
  });
  expect(await offer(world, reports.slice(5, 6), at({ batch: other, number: 1 }))).toMatchObject({
    why: "out-of-order",
  });
  expect(await offer(world, reports.slice(5, 9), at({ chunk: 1 }))).toMatchObject({ why: "too-many" });
  expect((await offer(world, reports.slice(5, 8), at({ chunk: 1 }))).ok).toBe(true);
  expect((await offer(world, reports.slice(8, 9), at({ batch: other, number: 1 }))).ok).toBe(true);
  expect(await offer(world, reports.slice(9), at({ batch: randomBytes(16), number: 3 }))).toMatchObject({
    why: "out-of-order",
  });
  expect(await offer(world, reports.slice(9), at({ batch: randomBytes(16), block: 3 }))).toMatchObject({
    why: "malformed",
  });
  expect(await offer(world, reports.slice(9), at({ batch: randomBytes(16), lane: 1 }))).toMatchObject({
    why: "malformed",
  });
  const twice = [...reports.slice(9, 11), reports[9]];
  expect(await offer(world, twice, at({ batch: randomBytes(16), block: 2 }))).toMatchObject({
    why: "malformed",
  });
});

test("a batch is closed with what the helper counted itself, never with fewer than minBatch", async () => {
  const world = await registeredWorld();
  const batch = randomBytes(16);
  expect(await close(world, batch, {})).toMatchObject({ why: "out-of-order" });
  const good = await reportsFor(world, { count: 5 });
  const bad = await reportsFor(world, { of: { ...task, round: 4 }, count: 3 });
  expect(verdictsIn(await offer(world, [...good.slice(0, 4), ...bad], { batch }))).toEqual([
    ...allCounted(4),
    "bad-seal",
    "bad-seal",
    "bad-seal",
  ]);
  expect(await close(world, batch, { counted: 7 })).toMatchObject({ why: "out-of-order" });
  expect(await close(world, batch, { counted: 4 })).toMatchObject({ ok: false, why: "too-few" });
  expect((await offer(world, good.slice(4), { batch, chunk: 1 })).ok).toBe(true);
  expect(await close(world, batch, { chunks: 1 })).toMatchObject({ why: "out-of-order" });
  expect((await close(world, batch, { chunks: 2 })).ok).toBe(true);
});

test("a batch whose reports are not in the lane that the committed secret says, or with another secret, is never closed", async () => {
  const laned: Task = { ...task, lanes: 4 };
  const world = await registeredWorld({}, laned);
  const place = { of: laned, lane: 2 };
  const inLane = await reportsFor(world, { ...place, count: 5 });
  const batch = randomBytes(16);
  expect((await offer(world, inLane, { ...place, batch })).ok).toBe(true);
  const other = new Uint8Array(32).fill(8);
  expect(await close(world, batch, { ...place, laneSecret: other })).toMatchObject({ why: "wrong-lane" });
  expect((await close(world, batch, place)).ok).toBe(true);
  // A secret that was found after the reports had come in, and puts them all where the leader wants them.
  const chosen = await reportsFor(world, { of: laned, count: 5 });
  const fitting = secretThatPuts(chosen, 3, laned);
  const sought = randomBytes(16);
  expect((await offer(world, chosen, { of: laned, lane: 3, batch: sought })).ok).toBe(true);
  expect(await close(world, sought, { of: laned, lane: 3, laneSecret: fitting })).toMatchObject({
    why: "wrong-lane",
  });
  // One report of five is not where it belongs: a leader that chooses lanes itself.
  const strays = [
    ...(await reportsFor(world, { of: laned, lane: 1, count: 4 })),
    ...(await reportsFor(world, { of: laned, lane: 3, count: 1 })),
  ];
  const second = randomBytes(16);
  expect((await offer(world, strays, { of: laned, lane: 1, batch: second })).ok).toBe(true);
  expect(await close(world, second, { of: laned, lane: 1 })).toMatchObject({ why: "wrong-lane" });
});

test("a seed sealed for one task, block or id is not counted under another", async () => {
  const world = await registeredWorld();
  const other = { ...task, kind: "another", round: 4 };
  await world.helper.vouch({ kind: "task", signed: world.leader.sign("task", taskJson(other)) });
  const own = await reportsFor(world, { count: 5 });
  const replayed = await reportsFor(world, { of: other, count: 1 });
  const renamed = { ...(await reportsFor(world, { count: 1 }))[0], id: randomBytes(16) };
  expect(verdictsIn(await offer(world, [...own, ...replayed, renamed]))).toEqual([
    ...allCounted(5),
    "bad-seal",
    "bad-seal",
  ]);
  expect(verdictsIn(await offer(world, await reportsFor(world, { count: 1 }), { block: 2 }))).toEqual([
    "bad-seal",
  ]);
});

test("the sum of a batch is exactly the masks that count, however they came in chunks; the partial sum is deleted", async () => {
  const quiet = { ...task, sigma: 0 };
  const world = await registeredWorld({ floors: quietFloors }, quiet);
  let number = 0;
  let blocks = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      async (sizes) => {
        // Each run is a task of its own.
        const of = { ...quiet, round: 100 + number++ };
        await world.helper.vouch({ kind: "task", signed: world.leader.sign("task", taskJson(of)) });
        const batch = randomBytes(16);
        const seeds: Uint8Array[] = [];
        for (const [chunk, size] of sizes.entries()) {
          const good = await reportsFor(world, { of, count: size });
          const bad = await reportsFor(world, { count: 1 });
          expect(verdictsIn(await offer(world, [...bad, ...good], { of, batch, chunk }))).toEqual([
            "bad-seal",
            ...allCounted(size),
          ]);
          seeds.push(...good.map(({ seed }) => seed));
        }
        const reply = await close(world, batch, { of, chunks: sizes.length, counted: seeds.length });
        if (seeds.length < 5) {
          expect(reply).toMatchObject({ why: "too-few" });
          return;
        }
        blocks++;
        const masks = seeds.map((seed) => maskOf(seed, of.length));
        expect(sumIn(reply)).toEqual(sumOfMasks(masks, of.length));
        const rows = await world.store
          .selectFrom("batches")
          .select("masks")
          .where("id", "=", batch)
          .execute();
        expect(rows).toEqual([{ masks: null }]);
      },
    ),
    { numRuns: 12 },
  );
  expect(blocks).toBeGreaterThan(0);
});

test("noise is drawn once for each sum that is given out, however often anything is asked", async () => {
  const drawn: number[] = [];
  const addNoise = async (sum: Uint32Array, sigma: number) => {
    drawn.push(sigma);
    sum[0] = (sum[0] + 1) % modulus;
  };
  const world = await registeredWorld({ addNoise });
  const batch = randomBytes(16);
  const reports = await reportsFor(world, { count: 6 });
  await offer(world, reports.slice(0, 3), { batch });
  await offer(world, reports.slice(3), { batch, chunk: 1 });
  expect(drawn).toEqual([]);
  expect(await close(world, batch, { chunks: 2, counted: 5 })).toMatchObject({ ok: false });
  expect(drawn).toEqual([]);
  const asked = { chunks: 2, counted: 6 };
  const answers = await Promise.all([close(world, batch, asked), close(world, batch, asked)]);
  expect(answers[0]).toEqual(answers[1]);
  expect(drawn).toEqual([integerSigmaOf(task)]);
  const exact = sumOfMasks(
    reports.map(({ seed }) => maskOf(seed, task.length)),
    task.length,
  );
  exact[0] = (exact[0] + 1) % modulus;
  expect(sumIn(answers[0])).toEqual(exact);
});

test("a report counts with a good token that no other report spent, on this task or any other", async () => {
  const paid = { ...task, tokenKey: "cd".repeat(32) };
  const other = { ...paid, kind: "another", round: 4 };
  const world = await registeredWorld({ tokens: goodTokens }, paid);
  await world.helper.vouch({ kind: "task", signed: world.leader.sign("task", taskJson(other)) });
  const tokenOf = (name: number) => Uint8Array.of(1, name);
  const good = await reportsFor(world, { of: paid, count: 6, token: tokenOf });
  const twice = await reportsFor(world, { of: paid, count: 1, token: () => tokenOf(3) });
  const bad = await reportsFor(world, { of: paid, count: 1, token: () => Uint8Array.of(2, 99) });
  const none = await reportsFor(world, { of: paid, count: 1 });
  const batch = randomBytes(16);
  expect(verdictsIn(await offer(world, [...good, ...twice, ...bad, ...none], { of: paid, batch }))).toEqual([
    ...allCounted(6),
    "token-spent",
    "bad-token",
    "bad-token",
  ]);
  // A report that was counted is not counted again, in this batch or another.
  expect(verdictsIn(await offer(world, good.slice(0, 1), { of: paid, batch, chunk: 1 }))).toEqual(["known"]);
  // Another task of the same issuer: what was spent stays spent, but for other sums of the same report.
  const others = await reportsFor(world, { of: other, count: 6, token: tokenOf });
  const elsewhere = randomBytes(16);
  expect(verdictsIn(await offer(world, others, { of: other, batch: elsewhere }))).toEqual(
    Array.from({ length: 6 }, () => "token-spent"),
  );
  const key = good[0].helperKey;
  const list = parseKeyList(JSON.parse((await world.helper.keys()).list.document));
  const keys = { leader: list.keys[0], helper: list.keys[0] };
  const { id } = good[2];
  const second = await sealedSum({
    ...{ keys, task: other, block: 1, id },
    ...{ seed: randomBytes(32), share: new Uint32Array(1) },
  });
  const same = { id, helperKey: key, helperSeed: second.helperSeed, token: tokenOf(2) };
  expect(verdictsIn(await offer(world, [same], { of: other, batch: elsewhere, chunk: 1 }))).toEqual([
    "counted",
  ]);
  // A task that came after it was spent cannot have been in that report.
  world.clock.nowMs += 1;
  const later = { ...paid, kind: "a-third", round: 1 };
  await world.helper.vouch({ kind: "task", signed: world.leader.sign("task", taskJson(later)) });
  const third = await sealedSum({
    ...{ keys, task: later, block: 1, id },
    ...{ seed: randomBytes(32), share: new Uint32Array(1) },
  });
  const replayed = { id, helperKey: key, helperSeed: third.helperSeed, token: tokenOf(2) };
  expect(verdictsIn(await offer(world, [replayed], { of: later }))).toEqual(["token-spent"]);
});

test("two chunks at once share no token", async () => {
  const paid: Task = { ...task, tokenKey: "cd".repeat(32), lanes: 2 };
  const world = await registeredWorld({ tokens: goodTokens }, paid);
  const token = () => Uint8Array.of(1, 9);
  const verdicts = await Promise.all(
    [0, 1].map(async (lane) => {
      const reports = await reportsFor(world, { of: paid, count: 1, token });
      return verdictsIn(await offer(world, reports, { of: paid, lane }))[0];
    }),
  );
  expect(verdicts.sort()).toEqual(["counted", "token-spent"]);
});

test("what belongs to a task long expired is forgotten, and cannot be asked for again; the rest stays", async () => {
  const world = await registeredWorld();
  const { helper, leader, store, clock } = world;
  const batch = randomBytes(16);
  const reports = await reportsFor(world, { count: 5 });
  expect((await offer(world, reports, { batch })).ok).toBe(true);
  expect((await close(world, batch, {})).ok).toBe(true);
  const rows = async () =>
    Promise.all(
      (["tasks", "batches", "chunks", "counted"] as const).map(async (table) => {
        const all = await store.selectFrom(table).selectAll().execute();
        return all.length;
      }),
    );
  expect(await rows()).toEqual([1, 1, 1, 5]);
  clock.nowMs = task.expiresAtMs + rememberMs;
  const next = { ...task, round: 4, expiresAtMs: clock.nowMs + dayMs };
  await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(next)) });
  expect(await rows()).toEqual([2, 1, 1, 5]);
  clock.nowMs += 1;
  await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson({ ...next, round: 5 })) });
  expect(await rows()).toEqual([2, 0, 0, 0]);
  expect(await offer(world, reports, { batch })).toMatchObject({ ok: false, why: "unknown-task" });
  expect(await close(world, batch, {})).toMatchObject({ ok: false, why: "unknown-task" });
  expect(await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(task)) })).toMatchObject({
    why: "expired",
  });
});

test("a rotated key opens what was sealed to it as long as a task may wait for it, and is deleted later", async () => {
  const world = await registeredWorld();
  const { helper, leader, keys, clock } = world;
  const old = await reportsFor(world, { count: 5 });
  const oldKey = old[0].helperKey;
  await keys.rotateNow(clock.nowMs);
  const fresh = await reportsFor(world, { count: 5 });
  expect(fresh[0].helperKey).not.toBe(oldKey);
  expect(keys.publicKeys(clock.nowMs).map(({ id }) => id)).toEqual([fresh[0].helperKey, oldKey]);
  const batch = randomBytes(16);
  const both = [...old.slice(0, 3), ...fresh.slice(0, 3)];
  expect(verdictsIn(await offer(world, both, { batch }))).toEqual(allCounted(6));
  // Past its overlap it is on no list; the registered task keeps it, until another of its kind came.
  clock.nowMs = task.expiresAtMs + sumGraceMs - 1;
  expect(keys.accepts(oldKey, clock.nowMs)).toBe(false);
  const next = { ...task, kind: "another", round: 4, expiresAtMs: clock.nowMs + 40 * dayMs };
  await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(next)) });
  const last = await reportsFor(world, { count: 1 });
  const late = [...old.slice(3), ...fresh.slice(3), ...last];
  expect(verdictsIn(await offer(world, late, { batch, chunk: 1 }))).toEqual(allCounted(5));
  const [{ helperSeed, seed, id }] = old;
  const aad = sealedAad({ task: await taskIdOf(task, sha256), id, block: 1 });
  expect(await keys.unseal(oldKey, helperSeed, aad)).toEqual(Uint8Array.from(seed));
  clock.nowMs = task.expiresAtMs + rememberMs + 1;
  const expiresAtMs = clock.nowMs + dayMs;
  const vouch = (of: Task) => helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(of)) });
  const kept = () => {
    const file = readFileSync(join(world.directory, "helper-keys.json"), "utf8");
    return JSON.parse(file).keys.map(({ id }: { id: number }) => id);
  };
  const newer = [await keys.rotateNow(clock.nowMs), await keys.rotateNow(clock.nowMs)];
  expect(await vouch({ ...next, round: 5, expiresAtMs })).toEqual({ ok: true });
  expect(await keys.unseal(oldKey, helperSeed, aad)).toEqual(Uint8Array.from(seed));
  expect(await vouch({ ...task, round: 4, expiresAtMs })).toEqual({ ok: true });
  expect(await keys.unseal(oldKey, helperSeed, aad)).toBe(null);
  expect(kept()).toEqual([fresh[0].helperKey, ...newer.map(({ id }) => id)]);
});

/** By the plainest means. */
function sumOfMasks(masks: readonly Uint32Array[], length: number): Uint32Array {
  return Uint32Array.from({ length }, (_, k) =>
    Number(masks.reduce((sum, mask) => sum + BigInt(mask[k]), 0n) % BigInt(modulus)),
  );
}
