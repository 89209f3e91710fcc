/** The limits compiled into the browser, and its budget: across visits, tabs, erasures and clocks. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { epsilonOf } from "../../core/sum/budget.ts";
import { productionLimits } from "../../core/sum/limits.ts";
import { rhoOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import {
  aggregators,
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  type FakeServer,
  fakeServer,
  freshDatabase,
  identities,
  keyListOf,
  noonMs,
  production,
  shopBundle,
  signed,
  taskOn,
  tasksAnswerOf,
  troublesOf,
  until,
} from "./world.ts";

afterEach(closeDevices);
afterEach(() => vi.unstubAllGlobals());

const bundle = shopBundle();
const { keys } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31)];

/** A task a browser takes part in anywhere: a quarter of what 30 days allow. */
const worthy = (change: Partial<Task> = {}): Task =>
  taskOn(bundle, {
    minBatch: 50,
    clipL2: 1,
    noiseMultiplier: 2.58,
    expiresAtMs: noonMs + 900 * dayMs,
    ...change,
  });
const rho = rhoOf(worthy());

function productionServer(clock: () => number): FakeServer {
  const server = fakeServer(bundle, keys);
  server.tamper = () => ({
    ...tasksAnswerOf(keys, server.tasks),
    leader: signed("keys", identities.leader, keyListOf("leader", keys, validAt(clock()))),
    helper: signed(
      "keys",
      identities.helper,
      keyListOf("helper", keys, { origin: production.pins.helper, ...validAt(clock()) }),
    ),
  });
  return server;
}
const validAt = (nowMs: number) => ({ issuedAtMs: nowMs - dayMs, expiresAtMs: nowMs + dayMs });

interface World {
  readonly server: FakeServer;
  readonly own: Device;
  readonly report: (round: number, on?: Device) => Promise<void>;
}

async function world(database = freshDatabase(), remains = {}): Promise<World> {
  let nowMs = (): number => noonMs;
  const server = productionServer(() => nowMs());
  const own = await device(server, { database, config: { ...production, ...remains } });
  nowMs = () => own.clock.nowMs;
  await own.worker.append(liking());
  const report = async (round: number, on = own) => {
    server.tasks = [worthy({ round })];
    await on.worker.contribute();
  };
  return { server, own, report };
}

describe("a task beyond the limits is refused by the browser", () => {
  const beyond: readonly (readonly [Partial<Task>, string])[] = [
    [{ minBatch: 49 }, "task: minBatch must be at least 50 for this browser, got 49"],
    [{ noiseMultiplier: 0 }, "task: noiseMultiplier must be at least 1 for this browser, got 0"],
    [{ noiseMultiplier: 0.99 }, "task: noiseMultiplier must be at least 1 for this browser, got 0.99"],
    // The clip weight is summed too: its scale counts, whatever the noise says of the clip.
    [{ weightScale: 2.5 }, "task: rho must be at most 0.32 for this browser, got 0.5"],
    [{ noiseMultiplier: 1 }, "task: rho must be at most 0.32 for this browser, got 0.53125"],
    [{ expiresAtMs: noonMs }, "task: expiresAtMs must be after 2011-06-01T12:00:00.000Z for this browser"],
  ];

  test.each(beyond)("%j", async (change, message) => {
    const { own, server } = await world();
    server.tasks = [worthy(change), worthy({ round: 9 })];
    await own.worker.contribute();
    expect(troublesOf(own)).toEqual([expect.stringContaining(`contribute: ${message}`)]);
    // The next one is answered all the same.
    expect((await own.worker.panel()).reports.map(({ round }) => round)).toEqual([9]);
  });

  test("when its report is larger than a phone should send", async () => {
    const own = await device(fakeServer(shopBundle(), keys));
    const { own: other, server } = await world();
    server.tasks = [worthy({ blockSize: 12_000, items: 12_000 })];
    await other.worker.contribute();
    expect(troublesOf(other)).toEqual([
      expect.stringMatching(/a report's bytes must be at most 327680 .* got 33\d{4}$/),
    ]);
    await closeDevice(own);
  });

  test("but for a server on this machine, whose budget has no end", async () => {
    const server = fakeServer(bundle, keys);
    const own = await device(server);
    await own.worker.append(liking());
    for (let round = 1; round <= 5; round++) {
      server.tasks = [taskOn(bundle, { minBatch: 10, noiseMultiplier: 0, round })];
      await own.worker.contribute();
    }
    expect(server.bodies).toHaveLength(5);
    const { budget, reports } = await own.worker.panel();
    expect(reports.map((report) => report.rho)).toEqual([null, null, null, null, null]);
    const unbounded = { rho: null, epsilon: null, limit: { rho: null, epsilon: null } };
    expect(budget).toEqual({ last30Days: unbounded, lifetime: unbounded, delta: 1e-6, since: "2011-06-01" });
  });
});

describe("the budget", () => {
  test("is told as it is spent, in rho and as epsilon", async () => {
    const { own, report } = await world();
    expect((await own.worker.panel()).budget).toMatchObject({
      since: null,
      lifetime: { rho: 0, epsilon: 0 },
    });
    await report(1);
    own.clock.nowMs += 40 * dayMs;
    await report(2);
    const { budget } = await own.worker.panel();
    const epsilon = (spent: number) => epsilonOf({ rho: spent, delta: 1e-6 });
    const limit = (of: number) => ({ rho: of, epsilon: epsilon(of) });
    expect(budget).toEqual({
      last30Days: { rho, epsilon: epsilon(rho), limit: limit(productionLimits.rhoPer30Days) },
      lifetime: { rho: 2 * rho, epsilon: epsilon(2 * rho), limit: limit(productionLimits.rhoLifetime) },
      delta: 1e-6,
      since: "2011-06-01",
    });
    expect((await own.worker.exportData()).budget).toEqual(budget);
  });

  test("refuses the report that would exceed it before it is written, and takes it when the window has passed", async () => {
    const { own, server, report } = await world();
    for (let round = 1; round <= 5; round++) await report(round);
    expect(server.bodies).toHaveLength(4);
    expect((await own.worker.panel()).reports).toHaveLength(4);
    expect(troublesOf(own)).toEqual([
      expect.stringMatching(
        /^contribute: budget: a report must fit in the rho of 30 days, 0.32, got 0.3\d+ spent/,
      ),
    ]);
    own.clock.nowMs += 30 * dayMs;
    await report(5);
    expect(server.bodies).toHaveLength(5);
  });

  test("of a lifetime holds across visits, however long they lie apart", async () => {
    const database = freshDatabase();
    let visit = await world(database);
    for (let round = 1; round <= 16; round++) {
      await closeDevice(visit.own);
      visit = await world(database);
      visit.own.clock.nowMs += round * 31 * dayMs;
      await visit.report(round);
    }
    const sent = (await visit.own.worker.panel()).reports.length;
    expect(sent).toBe(Math.floor(productionLimits.rhoLifetime / rho));
    expect(sent).toBeLessThan(16);
    expect(troublesOf(visit.own)).toEqual([expect.stringContaining("the rho of a lifetime")]);
  });

  test("is not freed by a clock set back, and a report then is dated no earlier than the one before", async () => {
    const { own, server, report } = await world();
    for (let round = 1; round <= 3; round++) await report(round);
    own.clock.nowMs -= 60 * dayMs;
    await report(4);
    await report(5);
    own.clock.nowMs += 60 * dayMs;
    await report(6);
    expect(server.bodies).toHaveLength(4);
    const times = (await own.worker.panel()).reports.map(({ atMs }) => atMs);
    expect(times).toEqual([noonMs, noonMs, noonMs, noonMs]);
  });

  test("counts a report that was refused, withdrawn or never answered", async () => {
    const { own, server, report } = await world();
    server.refusal = { state: "refused", why: "batch-full", detail: "" };
    await report(1);
    server.way = "offline";
    await report(2);
    await own.worker.setConsent({ personalise: true, contribute: false });
    const { budget, reports } = await own.worker.panel();
    expect(reports.map(({ why }) => why).sort()).toEqual(["batch-full", "withdrawn"]);
    expect(budget.last30Days.rho).toBeCloseTo(2 * rho, 12);
  });

  test("survives an erasure, on the next visit and in the other tab, to the day", async () => {
    const database = freshDatabase();
    const { own, server, report } = await world(database);
    const there = await device(server, { database, config: production });
    for (let round = 1; round <= 4; round++) await report(round);
    const remains = await own.worker.erase();
    expect(Object.keys(remains.spent).sort()).toEqual(["days", "lifetime", "sinceDay"]);
    expect(remains.spent.days).toEqual([{ day: noonMs / dayMs - 0.5, rho: expect.closeTo(4 * rho, 12) }]);
    await until(() => there.notices.some(({ type }) => type === "change"));
    for (const tab of [own, there]) {
      await tab.worker.append(liking());
      await report(5, tab);
    }
    expect(server.bodies).toHaveLength(4);
    await closeDevice(there);
    await closeDevice(own);

    const next = await world(freshDatabase(), remains);
    await next.report(6);
    expect(next.server.bodies).toHaveLength(0);
    expect((await next.own.worker.panel()).budget).toMatchObject({
      last30Days: { rho: expect.closeTo(4 * rho, 12) },
      since: "2011-06-01",
    });
    // A day is counted until its end: at noon, 30 days after, it still is.
    next.own.clock.nowMs = noonMs + 30 * dayMs;
    await next.report(7);
    expect(next.server.bodies).toHaveLength(0);
    next.own.clock.nowMs = noonMs + 30 * dayMs + dayMs / 2;
    await next.report(8);
    expect(next.server.bodies).toHaveLength(1);
  });

  test("has one last place, and of two tabs at once one gets it, though the lock were given to both", async () => {
    const givenToAll = {
      request: (_name: string, _options: object, run: (lock: object) => unknown) => run({}),
    };
    vi.stubGlobal("navigator", { locks: givenToAll });
    const database = freshDatabase();
    const { own, server, report } = await world(database);
    for (let round = 1; round <= 3; round++) await report(round);
    const there = await device(server, { database, config: production });
    // Each tab is asked another task, so that only the budget stands between them.
    const { tamper } = server;
    let asked = 0;
    server.tamper = (answer) => {
      server.tasks = [worthy({ round: 4 + asked++ })];
      return tamper(answer);
    };
    await Promise.all([own.worker.contribute(), there.worker.contribute()]);
    expect(asked).toBe(2);
    expect(server.bodies).toHaveLength(4);
    expect([...troublesOf(own), ...troublesOf(there)]).toEqual([expect.stringContaining("30 days")]);
    expect((await own.worker.panel()).budget.last30Days.rho).toBeCloseTo(4 * rho, 12);
  });

  test("that nobody can say any more counts as spent", async () => {
    const { own, server, report } = await world(freshDatabase(), {
      spent: { days: [], lifetime: null, sinceDay: null },
    });
    await report(1);
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([expect.stringContaining("got no bound spent")]);
  });
});

test("where the browser denies storage nothing is contributed: no ledger would hold it", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const { own, server, report } = await world();
  await report(1);
  expect(server.requests.map(({ method }) => method)).toEqual(["GET"]);
  expect(troublesOf(own).at(-1)).toBe(
    "contribute: the ledger must be kept on this device, got a browser that denies storage",
  );
});
