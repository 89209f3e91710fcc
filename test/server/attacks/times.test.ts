/**
 * Reports at the wrong time: while a round is being closed, after it, after their task expired, to keys that
 * are gone.
 */

import fc from "fast-check";
import { expect, test } from "vitest";
import { dayMs } from "../../../core/time.ts";
import { openHelperKeys } from "../../../server/roles/helper.ts";
import { openLeaderKeys } from "../../../server/roles/leader.ts";
import type { HelperClient } from "../../../server/tasks/helperclient.ts";
import { type OpenTasks, openServer, openTask, randomValues, reportOf, tasksOf } from "../harness.ts";
import {
  Book,
  type Fate,
  fire,
  type Ground,
  groundSettings,
  honestShot,
  openGround,
  refused,
  requireExact,
  requireRound,
  roundOf,
  type Shot,
  shotOf,
} from "./ground.ts";
import { kinds, makers } from "./shots.ts";
import { type WayName, wayNames, waysOf } from "./ways.ts";

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const natural = fc.nat(2 ** 31 - 1);
const attack = fc.record({
  kind: fc.constantFrom(...kinds),
  a: natural,
  b: natural,
  way: fc.constantFrom(...wayNames),
});

async function crowd(ground: Ground, perBlock: number): Promise<void> {
  for (let k = 0; k < 3 * perBlock; k++) {
    await fire(ground, await honestShot(ground, k % 3), wayNames[k % 2]);
  }
}

/** A helper that takes its time. */
const slow = (helper: HelperClient): HelperClient => ({
  ...helper,
  close: async (request) => {
    await after(10);
    const reply = await helper.close(request);
    await after(10);
    return reply;
  },
});

test("while a round is closed under their feet, exactly the reports that were accepted are in its sums", async () => {
  const ground = await openGround({}, { throughHelper: slow });
  const { server } = ground;
  const { app, parts } = server;
  const met = { accepted: 0, late: 0 };
  const moment = fc.integer({ min: 0, max: 60 });
  const sending = fc.record({ block: fc.nat(2), atMs: moment, way: fc.constantFrom(...wayNames) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(sending, { minLength: 40, maxLength: 40 }),
      moment,
      async (sendings, closeAtMs) => {
        const tasks = await tasksOf(app);
        const now: Ground = { ...ground, tasks, ways: waysOf(app, tasks), book: new Book() };
        const task = await openTask(server);
        for (let k = 0; k < 14; k++) await fire(now, await honestShot(now, 0), "direct");
        const shots = await Promise.all(sendings.map(({ block }) => honestShot(now, block)));
        const closing = after(closeAtMs).then(() => parts.cycle.closeNow());
        const states = await Promise.all(
          sendings.map(async ({ atMs, way }, k) => {
            await after(atMs);
            const { status, answer } = await now.ways[way](shots[k].bytes);
            if (answer.state === "refused")
              expect({ status, why: answer.why }).toEqual({ status: 409, why: "task-closed" });
            else expect(answer.state).toBe("accepted");
            if (answer.state === "accepted") now.book.enter(shots[k]);
            return answer.state;
          }),
        );
        expect(await closing).toBe(true);
        met.accepted += states.filter((state) => state === "accepted").length;
        met.late += states.filter((state) => state === "refused").length;
        requireRound(await roundOf(parts.leaderStore, task), now.book);
        // Asked again, each is told the same as before: it counts already, or it came too late.
        for (const [k, { bytes }] of shots.entries()) {
          const { answer } = await now.ways.direct(bytes);
          expect(answer.state).toBe(states[k] === "accepted" ? "duplicate" : "refused");
        }
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
  expect(met.accepted).toBeGreaterThan(50);
  expect(met.late).toBeGreaterThan(50);
}, 120_000);

/**
 * What becomes of a shot whose task takes no more reports: what is known stays known, and nothing else gets
 * in.
 */
function afterTheEnd(shot: Shot): Shot {
  const { fate } = shot;
  const first = ["malformed", "unknown-task"];
  const unchanged =
    fate.end === "duplicate" || (fate.end === "refused" && (fate.status === 413 || first.includes(fate.why)));
  return unchanged ? shot : { ...shot, fate: refused("task-closed") };
}

async function fireLate(ground: Ground, cases: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(attack, { minLength: 40, maxLength: 40 }), async (attacks) => {
      const shots = await Promise.all(attacks.map(({ kind, a, b }) => makers[kind](ground, { a, b })));
      await Promise.all(shots.map((shot, k) => fire(ground, afterTheEnd(shot), attacks[k].way)));
    }),
    { numRuns: cases / 40, endOnFailure: true },
  );
}

test("whatever is sent to a task that has expired changes nothing, and what came in time is summed exactly", async () => {
  const clock = { nowMs: Date.now() };
  const ground = await openGround({}, { nowMs: () => clock.nowMs });
  const { parts } = ground.server;
  await crowd(ground, 4);
  const [task] = ground.tasks.tasks;
  clock.nowMs = task.expiresAtMs - 1;
  await fire(ground, await honestShot(ground, 2), "direct");
  clock.nowMs = task.expiresAtMs;
  for (const way of wayNames) await fire(ground, afterTheEnd(await honestShot(ground, 2)), way);
  await fireLate(ground, 400);
  expect(parts.intake.refused).toEqual(Object.fromEntries(ground.book.refused));
  const stored = await openTask(ground.server);
  await parts.cycle.runIfDue();
  requireRound(await roundOf(parts.leaderStore, stored), ground.book);
  await fireLate(ground, 400);
  expect((await tasksOf(ground.server.app)).tasks[0].expiresAtMs).toBeGreaterThan(clock.nowMs);
});

test("reports to keys before the last count while those overlap, and are refused when they are gone", async () => {
  const clock = { nowMs: Date.now() };
  const nowMs = () => clock.nowMs;
  const settings = {
    round: { ...groundSettings.round, taskDays: 1 },
    keys: { rotateDays: 30, overlapDays: 1.5 },
  };
  const opened = await openGround(settings, { nowMs });
  const { config } = opened.server.parts;
  await opened.server.parts.close();
  for (const open of [openLeaderKeys, openHelperKeys]) {
    await (await open(config, clock.nowMs)).rotateNow(clock.nowMs);
  }
  const server = await openServer(config, { nowMs });
  const groundOn = async (): Promise<Ground> => {
    const tasks = await tasksOf(server.app);
    return { ...opened, server, tasks, ways: waysOf(server.app, tasks), book: new Book() };
  };
  const old = opened.tasks.keys;
  const overlapping = await groundOn();
  const { keys } = overlapping.tasks;
  expect(keys.leader.id).not.toBe(old.leader.id);
  expect(keys.helper.id).not.toBe(old.helper.id);
  const mixtures = [keys, old, { ...keys, leader: old.leader }, { ...keys, helper: old.helper }];
  const sealedTo = async (ground: Ground, to: OpenTasks["keys"], k: number): Promise<Shot> => {
    const tasks = { tasks: ground.tasks.tasks, keys: to };
    const values = randomValues(tasks);
    const report = await reportOf({ tasks, block: k % 3, values });
    return shotOf(`sealed to ${JSON.stringify(to)}`, report, { end: "counted", values });
  };
  const doorAt = (k: number): WayName => wayNames[k % 2];
  for (let k = 0; k < 48; k++) {
    await fire(overlapping, await sealedTo(overlapping, mixtures[k % 4], k), doorAt(k));
  }
  await requireExact(overlapping);

  clock.nowMs += 1.6 * dayMs;
  await server.parts.cycle.runIfDue();
  await server.parts.helperKeys.current();
  await expect.poll(() => server.parts.helperKeys.accepts(old.helper.id)).toBe(false);
  const later = await groundOn();
  const gone = refused("unknown-key");
  for (let k = 0; k < 48; k++) {
    const shot = await sealedTo(later, mixtures[k % 4], k);
    const fate: Fate = k % 4 === 0 ? shot.fate : gone;
    await fire(later, { ...shot, fate }, doorAt(k));
  }
  // An old key under the new one's number is no key either.
  const renamed = { leader: { ...keys.leader, key: old.leader.key }, helper: keys.helper };
  await fire(
    later,
    { ...(await sealedTo(later, renamed, 0)), fate: { end: "left-out", why: "unsealable" } },
    "direct",
  );
  for (let k = 0; k < 12; k++) await fire(later, await sealedTo(later, keys, k), doorAt(k));
  await requireExact(later);
});
