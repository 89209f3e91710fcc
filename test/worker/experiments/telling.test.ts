/** What a device tells of experiments: each participation once, when its window is closed, and of nothing that was left. */
import { openDB } from "idb";
import { afterEach, describe, expect, test } from "vitest";
import { productionLimits } from "../../../core/sum/limits.ts";
import { cellsOf } from "../../../core/tasks/experiments/cells.ts";
import { askedOf, experiments } from "../../../core/tasks/experiments/kind.ts";
import { experimentsLayout } from "../../../core/tasks/experiments/layout.ts";
import type { Task } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import { parseReport } from "../../../core/wire/report.ts";
import { Ledger } from "../../../worker/contribute/ledger.ts";
import { Database } from "../../../worker/store/database.ts";
import { nothingKept } from "../../../worker/store/store.ts";
import { experimentOf } from "../../core/experiments/experiments.ts";
import { closeDevices, type Device, device, eventOf, freshDatabase, troublesOf, until } from "../device.ts";
import { type FakeServer, fakeServer } from "../fakeserver.ts";
import { aggregators } from "../parties.ts";
import { anyPlan, noonMs, shopModel, taskOf } from "../shop.ts";

afterEach(closeDevices);

/** Item 1 costs 3, item 4 costs 6. */
const model = shopModel({ items: 20 });
const shownMs = noonMs - 10 * dayMs;
const asked = askedOf(
  experimentOf({
    metrics: [
      { name: "bought", of: { any: "purchase" }, cap: 1 },
      { name: "revenue", of: { money: "purchase" }, cap: 12, isAdjusted: true },
    ],
    windowDays: 7,
  }),
);
const layout = experimentsLayout([asked]);
const lookAt = (toMs: number, change: Partial<Task> = {}): Task =>
  taskOf(experiments, { toMs, experiments: [asked] }, change);
const events = [
  eventOf("purchase", 1, shownMs - dayMs),
  eventOf("purchase", 4, shownMs + dayMs),
  eventOf("purchase", 1, shownMs + 8 * dayMs),
];

const participation = {
  ...{ experiment: asked.name, seed: asked.seed, arm: "big", stratum: 0 },
  ...{ firstMs: shownMs, lastMs: shownMs, sessions: 1 },
};

async function world(shown: readonly object[] = [participation]) {
  const { keys, opened } = await aggregators();
  const server = fakeServer(model, keys);
  server.plan = { ...anyPlan, kinds: [{ kind: "experiments", rho: null, reportsPer30Days: 9 }] };
  const database = freshDatabase();
  const own = await device(server, { database });
  await until(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
  const db = await openDB(database);
  const number = "0f".repeat(16);
  await db.put("refills", { number, assignments: [], participations: shown }, "experiments");
  db.close();
  await own.worker.append(events);
  /** The cells of what the newest report adds to a task. */
  const told = async (task: Task) => {
    const body = server.bodies.at(-1);
    if (body === undefined) throw new Error("told: expected a report, got none");
    return cellsOf(layout, await opened(parseReport(body), task, 0), 0)[0].arms;
  };
  return { server, own, told };
}

async function answer(own: Device, server: FakeServer, ...tasks: readonly Task[]): Promise<number> {
  const before = server.bodies.length;
  server.tasks = tasks;
  await own.worker.contribute();
  expect(troublesOf(own)).toEqual([]);
  return server.bodies.length - before;
}

const peopleIn = (arms: Awaited<ReturnType<Awaited<ReturnType<typeof world>>["told"]>>) =>
  arms.map(([{ n }]) => Math.round(n.value));

describe("a look at experiments", () => {
  test("is told of whose window is closed: their arm, and what they did in it at the prices of the catalogue", async () => {
    const { server, own, told } = await world();
    const task = lookAt(noonMs);
    expect(await answer(own, server, task)).toBe(1);
    const [[control], [big]] = await told(task);
    expect(control.n.value).toBeCloseTo(0, 3);
    expect(big.n.value).toBeCloseTo(1, 3);
    const [bought, revenue] = big.metrics;
    expect(bought.y.value).toBeCloseTo(1, 3);
    expect(revenue.y.value).toBeCloseTo(6, 2);
    expect(revenue.second?.x.value).toBeCloseTo(3, 2);
  });

  test("is told of somebody who saw an arm and did nothing, too, and answered by who did nothing at all", async () => {
    const silent = await world();
    await silent.own.worker.forget(events.map(({ id }) => id));
    const task = lookAt(noonMs);
    expect(await answer(silent.own, silent.server, task)).toBe(1);
    const [, [big]] = await silent.told(task);
    expect(big.n.value).toBeCloseTo(1, 3);
    expect(big.metrics[0].y.value).toBeCloseTo(0, 3);
    const nobody = await world([]);
    await nobody.own.worker.forget(events.map(({ id }) => id));
    const next = lookAt(noonMs);
    expect(await answer(nobody.own, nobody.server, next)).toBe(1);
    expect(peopleIn(await nobody.told(next))).toEqual([0, 0]);
  });

  test("is told once: the ledger says of which, and the next look has zeros of this device", async () => {
    const { server, own, told } = await world();
    const first = lookAt(noonMs);
    expect(await answer(own, server, first)).toBe(1);
    expect(peopleIn(await told(first))).toEqual([0, 1]);
    const [report] = (await own.worker.panel()).reports;
    expect(report.sums.flatMap(({ tells = [] }) => tells)).toEqual([`${asked.name}/${asked.seed}`]);
    const next = lookAt(noonMs, { round: 5 });
    expect(await answer(own, server, next)).toBe(1);
    expect(peopleIn(await told(next))).toEqual([0, 0]);
  });

  test("before its time nobody answers, and of a window that is open nothing is told", async () => {
    const { server, own, told } = await world([{ ...participation, firstMs: noonMs - 6 * dayMs }]);
    expect(await answer(own, server, lookAt(noonMs + 1))).toBe(0);
    const task = lookAt(noonMs);
    expect(await answer(own, server, task)).toBe(1);
    expect(peopleIn(await told(task))).toEqual([0, 0]);
    own.clock.nowMs += dayMs;
    const next = lookAt(own.clock.nowMs, { round: 5 });
    expect(await answer(own, server, next)).toBe(1);
    expect(peopleIn(await told(next))).toEqual([0, 1]);
  });

  test("has zeros of who was in none, and of who has left", async () => {
    const { server, own, told } = await world();
    await own.worker.experiment({ step: "leave", experiment: asked.name });
    const task = lookAt(noonMs);
    expect(await answer(own, server, task)).toBe(1);
    expect(peopleIn(await told(task))).toEqual([0, 0]);
  });

  test("of a seed, an arm or a stratum that it does not ask about has zeros", async () => {
    for (const change of [{ seed: "other" }, { arm: "gone" }, { stratum: 1 }]) {
      const { server, own, told } = await world([{ ...participation, ...change }]);
      const task = lookAt(noonMs);
      expect(await answer(own, server, task)).toBe(1);
      expect(peopleIn(await told(task))).toEqual([0, 0]);
    }
  });

  test("that is of no event is not written once everything was erased since the device was looked at", async () => {
    const store = new Database(freshDatabase(), () => undefined);
    const ledger = new Ledger(store, { limits: productionLimits });
    const sum = { task: "ab".repeat(32), kind: "item-factors", round: 1, block: 0, rho: 0.01 };
    const written = (lookedAtMs: number, id: string) => ({
      entry: {
        ...{ id, atMs: noonMs, bytes: 3, sha256: "0".repeat(64) },
        sums: [{ ...sum, task: id.repeat(32), state: "sending" as const }],
      },
      ...{ body: new Uint8Array(3), basedOn: [], lookedAtMs, plan: anyPlan },
    });
    await store.keep((kept) => ({ ...(kept ?? nothingKept), erasedAtMs: noonMs - 5 }));
    expect(await ledger.begin(written(noonMs - 6, "ab"))).toBeNull();
    expect(await store.reports()).toEqual([]);
    expect(await ledger.begin(written(noonMs - 4, "cd"))).toMatchObject({ id: "cd" });
    store.close();
  });
});
