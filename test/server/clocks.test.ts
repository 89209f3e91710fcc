/**
 * Clocks that are wrong: they jump ahead, by days or years, and back. Whatever they did, nothing is in force
 * that is dated ahead of now, nothing is counted again, and learning goes on.
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { modulus } from "../../core/sum/field.ts";
import { type Task, taskJson } from "../../core/tasks/task.ts";
import { dayMs, hourMs } from "../../core/time.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { emptyLog } from "../../core/wire/log.ts";
import { parseKeyConfigs } from "../../core/wire/ohttp.ts";
import { encodeReport } from "../../core/wire/report.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { silent } from "../../server/base/log.ts";
import { RateLimit } from "../../server/http/rates.ts";
import { GatewayKeys } from "../../server/relay/gatewaykeys.ts";
import { relayRoutes } from "../../server/relay/relay.ts";
import { listTasks } from "../../server/store/tasks.ts";
import { HelperKeys } from "../../server/tasks/keys/helperkeys.ts";
import { Identity, verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import { OwnKeyList } from "../../server/tasks/keys/keylists.ts";
import { KeyRing } from "../../server/tasks/keys/keyring.ts";
import { AddressGate } from "../../server/tokens/gate.ts";
import { IssuerKeys } from "../../server/tokens/keys.ts";
import {
  inForceOf,
  openServer,
  outcomeIn,
  randomValues,
  reportOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";
import { close, offer, reportsFor, verdictsIn } from "./offers.ts";
import {
  floors,
  goodTokens,
  helperWorld,
  type LeaderWorld,
  leaderWorld,
  noAddresses,
  startMs,
  task,
} from "./worlds.ts";

vi.mock("node:crypto", async (original) => {
  const { pooled } = await import("./base/keypool.ts");
  return pooled(await original());
});

/** Where a clock goes next, from where it is. */
const walk = fc.array(
  fc.oneof(
    fc.integer({ min: -100 * dayMs, max: 100 * dayMs }),
    fc.integer({ min: 0, max: 2 * dayMs }),
    fc.constantFrom(40 * dayMs, -40 * dayMs, 65 * dayMs, -65 * dayMs, 1000 * dayMs, -1000 * dayMs),
  ),
  { minLength: 2, maxLength: 12 },
);

describe("nothing is dated ahead of now", () => {
  test("the key list that is given out is of now, and its newest key no older than a rotation, whatever the clock did", async () => {
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const folder = temporaryDirectory();
        const clock = { nowMs: startMs };
        const path = join(folder, "keys.json");
        const keys = await KeyRing.open({ path, aggregator: "helper", nowMs: startMs });
        const identity = Identity.open(join(folder, "identity.json"));
        const nowMs = () => clock.nowMs;
        const own = new OwnKeyList({ role: "helper", identity, keys, addresses: () => noAddresses, nowMs });
        await own.current(emptyLog);
        for (const step of steps) {
          clock.nowMs = Math.max(startMs - 300 * dayMs, clock.nowMs + step);
          const list = parseKeyList(JSON.parse((await own.current(emptyLog)).document));
          expect(list.issuedAtMs).toBeLessThanOrEqual(clock.nowMs);
          expect(list.expiresAtMs).toBeGreaterThan(clock.nowMs);
          expect(list.expiresAtMs).toBeLessThanOrEqual(clock.nowMs + 3 * dayMs);
          const stored: readonly { readonly fromMs: number; readonly untilMs: number | null }[] = JSON.parse(
            readFileSync(path, "utf8"),
          ).keys;
          for (const { fromMs, untilMs } of stored) {
            expect(fromMs).toBeLessThanOrEqual(clock.nowMs);
            expect(untilMs ?? 0).toBeLessThanOrEqual(clock.nowMs + 20 * dayMs);
          }
          expect(stored.at(-1)?.fromMs).toBeGreaterThan(clock.nowMs - 30 * dayMs);
        }
      }),
      { numRuns: 40 },
    );
  });

  test("keys of the gateway and of the issuer began by now, whatever the clock did", async () => {
    const few = fc.array(fc.constantFrom(40, -40, 65, -65, 3), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(few, async (days) => {
        const folder = temporaryDirectory();
        const clock = { nowMs: startMs };
        const path = join(folder, "gateway-keys.json");
        const gateway = await GatewayKeys.open({ path, nowMs: startMs });
        const lives = { rotateMs: 30 * dayMs, overlapMs: 20 * dayMs };
        const issuer = await IssuerKeys.open({
          ...lives,
          path: join(folder, "issuer-keys.json"),
          nowMs: () => clock.nowMs,
        });
        for (const step of days) {
          clock.nowMs += step * dayMs;
          await gateway.rotateIfDue(clock.nowMs);
          for (const { fromMs, untilMs } of JSON.parse(readFileSync(path, "utf8")).keys) {
            expect(fromMs).toBeLessThanOrEqual(clock.nowMs);
            expect(untilMs ?? 0).toBeLessThanOrEqual(clock.nowMs + 7 * dayMs);
          }
          const [preferred, ...others] = await issuer.current();
          expect(preferred.createdAtMs).toBeLessThanOrEqual(clock.nowMs);
          expect(preferred.createdAtMs).toBeGreaterThan(clock.nowMs - lives.rotateMs);
          for (const { untilMs } of [preferred, ...others]) {
            expect(untilMs).toBeLessThanOrEqual(clock.nowMs + lives.rotateMs + lives.overlapMs);
          }
        }
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  test("a clock that jumps ahead and back as often as it likes takes no key that was good beside another", async () => {
    const jumps = fc.array(fc.integer({ min: 21, max: 400 }), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(jumps, async (days) => {
        const folder = temporaryDirectory();
        const clock = { nowMs: startMs };
        const ring = await KeyRing.open({
          path: join(folder, "keys.json"),
          aggregator: "leader",
          nowMs: startMs,
        });
        const gateway = await GatewayKeys.open({ path: join(folder, "gateway.json"), nowMs: startMs });
        const lives = { rotateMs: 30 * dayMs, overlapMs: 20 * dayMs };
        const issuer = await IssuerKeys.open({
          ...lives,
          path: join(folder, "issuer.json"),
          nowMs: () => clock.nowMs,
        });
        const look = async () => {
          await ring.rotateIfDue(clock.nowMs);
          ring.forget(clock.nowMs, () => false);
          await gateway.rotateIfDue(clock.nowMs);
          return issuer.current();
        };
        clock.nowMs += 31 * dayMs;
        const both = await look();
        const listed = ring.publicKeys(clock.nowMs);
        const configs = parseKeyConfigs(gateway.encoded(clock.nowMs));
        expect([both.length, listed.length, configs.length]).toEqual([2, 2, 2]);
        const backMs = clock.nowMs;
        for (const ahead of days) {
          clock.nowMs = backMs + ahead * dayMs;
          await look();
          clock.nowMs = backMs;
          const ids = (await look()).map(({ id }) => id);
          expect(ids).toEqual(expect.arrayContaining(both.map(({ id }) => id)));
        }
        for (const { id } of listed) expect(ring.accepts(id, backMs)).toBe(true);
        for (const { id } of configs) expect(gateway.pair(id, backMs)).not.toBe(null);
      }),
      { numRuns: 10 },
    );
  }, 120_000);

  test("when time goes on, keys go: each once a key that began after its end was replaced, and there are never many", async () => {
    const folder = temporaryDirectory();
    const path = join(folder, "keys.json");
    const files = [path, join(folder, "gateway.json"), join(folder, "issuer.json")];
    const clock = { nowMs: startMs };
    const ring = await KeyRing.open({ path, aggregator: "leader", nowMs: startMs });
    const gateway = await GatewayKeys.open({ path: files[1], nowMs: startMs });
    const lives = { rotateMs: 30 * dayMs, overlapMs: 20 * dayMs };
    const issuer = await IssuerKeys.open({ ...lives, path: files[2], nowMs: () => clock.nowMs });
    const privateKeys = () =>
      files.map((file) =>
        JSON.parse(readFileSync(file, "utf8")).keys.map((key: { privateKey: string }) => key.privateKey),
      );
    const first = privateKeys().map(([key]) => key);
    for (let day = 1; day <= 400; day++) {
      clock.nowMs += dayMs;
      await ring.rotateIfDue(clock.nowMs);
      ring.forget(clock.nowMs, () => false);
      await gateway.rotateIfDue(clock.nowMs);
      await issuer.current();
      const kept = privateKeys();
      for (const keys of kept) expect(keys.length).toBeLessThanOrEqual(4);
      if (day < 90) expect(kept.map((keys, at) => keys.includes(first[at]))).toEqual([true, true, true]);
    }
    for (const [at, keys] of privateKeys().entries()) expect(keys).not.toContain(first[at]);
    // However often they are made, one byte goes on naming them.
    for (let k = 0; k < 300; k++) await ring.rotateNow(clock.nowMs);
    expect(privateKeys()[0]).toHaveLength(32);
  });

  test("an edition and a plan of the future are signed again at the next start", async () => {
    const clock = { nowMs: startMs + 40 * dayMs };
    const config = testConfig(temporaryDirectory());
    const options = { nowMs: () => clock.nowMs };
    const ahead = await openServer(config, options);
    const [edition, plan] = [inForceOf(ahead).edition, ahead.parts.plan];
    await ahead.parts.close();
    clock.nowMs = startMs;
    const now = await openServer(config, options);
    expect(inForceOf(now).edition).toMatchObject({
      issuedAtMs: startMs,
      sequence: edition.sequence + 1,
      parts: edition.parts,
    });
    expect(plan.document).toContain(`"issuedAtMs":${startMs + 40 * dayMs}`);
    expect(now.parts.plan.document).toContain(`"issuedAtMs":${startMs}`);
    expect(now.parts.cycle.troubles).toEqual({});
  });
});

describe("the helper", () => {
  const byTheDay = { ...floors, documentsPerDay: 3 };
  /** Something that it vouches for, so that it looks at what may be forgotten. */
  const vouchEdition = ({ helper, leader }: Pick<LeaderWorld, "helper" | "leader">, sequence: number) =>
    helper.vouch({ kind: "edition", signed: leader.sign("edition", { version: 3, sequence }) });

  test("at +65 days and back it has forgotten nothing that it summed, and draws no noise again", async () => {
    let draws = 0;
    const addNoise = async (sum: Uint32Array) => {
      sum[0] = (sum[0] + ++draws) % modulus;
    };
    const world = await helperWorld({ addNoise });
    const { helper, leader, clock } = world;
    const vouch = () => helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(task)) });
    await vouch();
    const [batch, open] = [randomBytes(16), randomBytes(16)];
    const reports = await reportsFor(world, { count: 5 });
    const chunk = await offer(world, reports, { batch });
    const sum = await close(world, batch, {});
    expect(sum.ok).toBe(true);
    clock.nowMs += 65 * dayMs;
    expect((await vouchEdition(world, 1)).ok).toBe(true);
    clock.nowMs -= 65 * dayMs;
    expect(await vouch()).toEqual({ ok: true });
    expect(await offer(world, reports, { batch })).toEqual(chunk);
    expect(await close(world, batch, {})).toEqual(sum);
    // Under another batch, in the place after this one or in another, none of them counts.
    expect(await offer(world, reports, { batch: open })).toMatchObject({ ok: false });
    expect(draws).toBe(1);
  });

  test("wherever its clock goes, once it is back it opens what was sealed to any key that it takes", async () => {
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const world = await helperWorld({ floors: { ...floors, documentsPerDay: 1000 } });
        const { helper, leader, keys, clock } = world;
        await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(task)) });
        const before = await reportsFor(world, { count: 3 });
        await keys.rotateNow(clock.nowMs);
        const after = await reportsFor(world, { count: 3 });
        expect(after[0].helperKey).not.toBe(before[0].helperKey);
        for (const [at, step] of steps.entries()) {
          clock.nowMs = Math.max(startMs - 300 * dayMs, clock.nowMs + step);
          await helper.keys();
          expect((await vouchEdition(world, at + 1)).ok).toBe(true);
        }
        clock.nowMs = startMs;
        const verdicts = verdictsIn(await offer(world, [...before, ...after]));
        expect(verdicts).toEqual(new Array(6).fill("counted"));
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  test("wherever its clock goes, each report counts once, each sum has one noise, and the newest task goes on", async () => {
    const place = fc.record({ first: fc.nat(30), count: fc.integer({ min: 1, max: 8 }), moves: walk });
    await fc.assert(
      fc.asyncProperty(fc.array(place, { minLength: 2, maxLength: 4 }), async (rounds) => {
        let draws = 0;
        const addNoise = async (sum: Uint32Array) => {
          sum[0] = (sum[0] + ++draws) % modulus;
        };
        const world = await helperWorld({ addNoise, floors: { ...floors, documentsPerDay: 1000 } });
        const { helper, leader, clock } = world;
        await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(task)) });
        const reports = await reportsFor(world, { count: 40 });
        const batch = randomBytes(16);
        const fates = new Map<number, number>();
        let [chunk, sequence, total] = [0, 0, 0];
        for (const { first, count, moves } of rounds) {
          for (const step of moves) {
            clock.nowMs = Math.max(startMs - 300 * dayMs, clock.nowMs + step);
            expect((await vouchEdition(world, ++sequence)).ok).toBe(true);
          }
          clock.nowMs = startMs;
          const some = reports.slice(first, first + count);
          const verdicts = verdictsIn(await offer(world, some, { batch, chunk: chunk++ }));
          for (const [at, verdict] of verdicts.entries()) {
            const times = (fates.get(first + at) ?? 0) + (verdict === "counted" ? 1 : 0);
            fates.set(first + at, times);
            expect(verdict).toBe(times === 1 && verdict === "counted" ? "counted" : "known");
          }
          total = [...fates.values()].reduce((sum, times) => sum + times, 0);
        }
        expect([...fates.values()].every((times) => times === 1)).toBe(true);
        const closing = { chunks: chunk, counted: total };
        const answer = await close(world, batch, closing);
        expect(answer.ok).toBe(total >= task.minBatch);
        clock.nowMs += 65 * dayMs;
        await vouchEdition(world, ++sequence);
        clock.nowMs = startMs;
        expect(await close(world, batch, closing)).toEqual(answer);
        expect(draws).toBe(total >= task.minBatch ? 1 : 0);
      }),
      { numRuns: 8 },
    );
  }, 120_000);

  test("a token that was spent stays spent when the clock passed the end of its key and came back", async () => {
    const paid: Task = { ...task, tokenKey: "cd".repeat(32) };
    const world = await helperWorld({ tokens: goodTokens });
    const { helper, leader, clock } = world;
    await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(paid)) });
    const token = () => Uint8Array.of(1, 9);
    const [first] = await reportsFor(world, { of: paid, count: 1, token });
    const batch = randomBytes(16);
    expect(verdictsIn(await offer(world, [first], { of: paid, batch }))).toEqual(["counted"]);
    clock.nowMs += 95 * dayMs;
    await vouchEdition(world, 1);
    clock.nowMs = startMs;
    const [second] = await reportsFor(world, { of: paid, count: 1, token });
    expect(verdictsIn(await offer(world, [second], { of: paid, batch, chunk: 1 }))).toEqual(["token-spent"]);
    // Once tasks name another key its tokens are forgotten, and it is good for no task any more.
    const next: Task = { ...task, tokenKey: "ef".repeat(32), round: 4, expiresAtMs: startMs + 96 * dayMs };
    clock.nowMs += 95 * dayMs;
    await helper.vouch({ kind: "task", signed: leader.sign("task", taskJson(next)) });
    expect(await world.store.selectFrom("spent_tokens").selectAll().execute()).toEqual([]);
    clock.nowMs = startMs;
    const again = { ...paid, round: 5 };
    const signed = leader.sign("task", taskJson(again));
    expect(await helper.vouch({ kind: "task", signed })).toMatchObject({ ok: false, why: "below-floor" });
  });

  test("what it vouched for while its clock was ahead counts for the day on which it is back, and not for longer", async () => {
    const world = await helperWorld({ floors: byTheDay });
    world.clock.nowMs += 40 * dayMs;
    for (const sequence of [1, 2, 3]) expect((await vouchEdition(world, sequence)).ok).toBe(true);
    world.clock.nowMs = startMs;
    expect(await vouchEdition(world, 4)).toMatchObject({ ok: false, why: "too-many-today" });
    world.clock.nowMs += dayMs - 1;
    expect(await vouchEdition(world, 4)).toMatchObject({ ok: false, why: "too-many-today" });
    world.clock.nowMs += 1;
    for (const sequence of [4, 5, 6]) expect((await vouchEdition(world, sequence)).ok).toBe(true);
    expect(await vouchEdition(world, 7)).toMatchObject({ ok: false, why: "too-many-today" });
  });
});

describe("the leader", () => {
  const quiet = { task: { sigma: 0 }, floors: { ...floors, noiseMultiplier: 0, tasksPerDay: 1000 } };

  async function send(world: LeaderWorld) {
    const { current, leader, identity, keyList, helperKeys } = world;
    const [found, helper] = [await current(), await helperKeys.current()];
    if (found === undefined || helper === null) throw new Error("expected a task and the helper's keys");
    const keysOf = async (signed: typeof helper.list, key: string) =>
      parseKeyList(await openSigned("keys", signed, { key, verify: verifyEd25519 })).keys[0];
    const keys = {
      leader: await keysOf(await keyList.current(), leader.publicKey),
      helper: await keysOf(helper.list, identity.publicKey),
    };
    const tasks = { tasks: [found.task], keys };
    const report = await reportOf({ tasks, block: 1, values: randomValues(tasks) });
    return outcomeIn(await world.intake.accept(encodeReport(report)));
  }

  test("wherever its clock went, once it is back a round of now is open, takes reports, and ends", async () => {
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const world = await leaderWorld(quiet);
        const { clock, cycle, current } = world;
        await cycle.runIfDue();
        expect(await send(world)).toEqual({ state: "accepted" });
        for (const step of steps) {
          clock.nowMs = Math.max(startMs - 300 * dayMs, clock.nowMs + step);
          await cycle.runIfDue();
        }
        await cycle.runIfDue();
        const found = await current();
        expect(found?.state).toBe("open");
        expect(found?.openedAtMs).toBeLessThanOrEqual(clock.nowMs);
        expect(found?.task.expiresAtMs).toBeGreaterThan(clock.nowMs);
        expect(found?.task.expiresAtMs).toBeLessThanOrEqual(clock.nowMs + 15 * dayMs);
        for (let k = 0; k < 5; k++) expect(await send(world)).toEqual({ state: "accepted" });
        expect(await cycle.closeNow()).toBe(true);
        const ended = (await listTasks(world.store, 100)).find(({ round }) => round === found?.round);
        expect(ended?.outcome).toBe("1 sums");
      }),
      { numRuns: 12 },
    );
  }, 120_000);

  test("a round that was opened while the clock was ahead ends with what it has; of a small correction it takes no notice", async () => {
    const world = await leaderWorld(quiet);
    const { clock, cycle, current, store } = world;
    await cycle.runIfDue();
    for (let k = 0; k < 5; k++) expect(await send(world)).toEqual({ state: "accepted" });
    clock.nowMs -= 2 * hourMs;
    await cycle.runIfDue();
    expect(await current()).toMatchObject({ round: 1, state: "open", openedAtMs: clock.nowMs });
    clock.nowMs -= 2 * dayMs;
    await cycle.runIfDue();
    expect((await listTasks(store, 9)).at(-1)).toMatchObject({ round: 1, outcome: "1 sums" });
    expect(await current()).toMatchObject({ round: 2, openedAtMs: clock.nowMs });
  });

  test("a helper whose clock is ahead loses no report: the leader waits, and goes on when it is right again", async () => {
    const state = { aheadMs: 0 };
    const world: LeaderWorld = await leaderWorld({
      ...quiet,
      throughHelper: (helper) => {
        const ahead = async <T>(work: () => Promise<T>): Promise<T> => {
          world.clock.nowMs += state.aheadMs;
          try {
            return await work();
          } finally {
            world.clock.nowMs -= state.aheadMs;
          }
        };
        return {
          ...helper,
          keys: () => ahead(() => helper.keys()),
          chunk: (request) => ahead(() => helper.chunk(request)),
          close: (request) => ahead(() => helper.close(request)),
        };
      },
    });
    const { cycle, current, store } = world;
    await cycle.runIfDue();
    for (let k = 0; k < 6; k++) expect(await send(world)).toEqual({ state: "accepted" });
    state.aheadMs = 65 * dayMs;
    await expect(cycle.closeNow()).rejects.toThrow("the helper's clock must say the same time");
    expect((await current())?.state).toBe("closed");
    // Its key list of the future is not taken; the one before is good yet.
    expect(await world.helperKeys.refresh()).not.toBe(null);
    state.aheadMs = 0;
    await cycle.runIfDue();
    expect((await listTasks(store, 9)).at(-1)).toMatchObject({ round: 1, outcome: "1 sums" });
  });

  test("a helper's list of the future is not given out, and is asked for again as soon as the clock is back", async () => {
    const clock = { nowMs: startMs };
    const folder = temporaryDirectory();
    const identity = Identity.open(join(folder, "identity.json"));
    const keys = await KeyRing.open({
      path: join(folder, "keys.json"),
      aggregator: "helper",
      nowMs: startMs,
    });
    const helpers = { nowMs: startMs + 40 * dayMs };
    const addresses = () => noAddresses;
    const own = new OwnKeyList({ role: "helper", identity, keys, addresses, nowMs: () => helpers.nowMs });
    const word = { start: 0, before: emptyLog.hash, entries: [] };
    let asked = 0;
    const helper = {
      keys: async () => {
        asked++;
        return { list: await own.current(emptyLog), log: word };
      },
      log: async () => word,
    };
    const lines: string[] = [];
    const log = (event: string, fields: object = {}) => void lines.push(`${event} ${JSON.stringify(fields)}`);
    const known = await HelperKeys.open({
      ...{ helper, identity: identity.publicKey, path: null, log },
      nowMs: () => clock.nowMs,
    });
    expect(await known.current()).toBe(null);
    expect(lines.join()).toContain("one of the two clocks is wrong");
    helpers.nowMs = startMs;
    clock.nowMs += 10_000;
    expect(await known.current()).not.toBe(null);
    // Its own clock jumps, and it asks; back again it does not wait for as long.
    clock.nowMs += 40 * dayMs;
    await known.current();
    clock.nowMs = startMs + 20_000;
    const before = asked;
    await known.current();
    expect(asked).toBe(before + 1);
  });
});

describe("what is kept for a while", () => {
  test("is not kept for longer by the relay when the clock is set back", async () => {
    const clock = { nowMs: startMs + 40 * dayMs };
    let asked = 0;
    const app = relayRoutes({
      gateway: new URL("http://127.0.0.1:9"),
      log: silent,
      nowMs: () => clock.nowMs,
      fetch: async () => {
        asked++;
        return Response.json({ asked });
      },
    });
    const answer = async () => (await (await app.request("/tasks")).json()).asked;
    expect([await answer(), await answer()]).toEqual([1, 1]);
    clock.nowMs = startMs;
    expect([await answer(), await answer()]).toEqual([2, 2]);
  });

  test("rates fill again from where the clock was set back to", () => {
    // The same day: on another the counts begin anew.
    const noonMs = Math.floor(startMs / dayMs) * dayMs + 12 * hourMs;
    const clock = { nowMs: noonMs + 10 * hourMs };
    const rates = new RateLimit({ perMinute: 2, nowMs: () => clock.nowMs });
    while (rates.take("192.0.2.1"));
    clock.nowMs = noonMs;
    expect(rates.take("192.0.2.1")).toBe(false);
    clock.nowMs += 30_000;
    expect(rates.take("192.0.2.1")).toBe(true);
  });

  test("tokens given to an address are not given again for a clock that is set back, and are on the next day", async () => {
    const clock = { nowMs: startMs + 40 * dayMs };
    const gate = new AddressGate({ tokensPerDay: 2, share: 0, nowMs: () => clock.nowMs });
    const ask = async () => (await gate.admit({ address: "192.0.2.1", headers: new Headers() })).ok;
    expect([await ask(), await ask(), await ask()]).toEqual([true, true, false]);
    clock.nowMs = startMs;
    expect(await ask()).toBe(false);
    clock.nowMs += dayMs;
    expect(await ask()).toBe(true);
  });
});
