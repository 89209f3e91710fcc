/** The limits compiled into the browser, and its budget: across visits, tabs, erasures and clocks. */
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { epsilonOf } from "../../core/sum/budget.ts";
import { productionLimits } from "../../core/sum/limits.ts";
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import type { ItemFactorsSettings } from "../../core/tasks/itemfactors/kind.ts";
import { rhoOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { tokenBytes } from "../../core/wire/protocol.ts";
import type { Remains } from "../../worker/api.ts";
import { Database } from "../../worker/store/database.ts";
import { nothingKept } from "../../worker/store/store.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  freshDatabase,
  pageOf,
  troublesOf,
  until,
} from "./device.ts";
import { type FakeServer, fakeServer } from "./fakeserver.ts";
import { HelperLog } from "./helperlog.ts";
import { aggregators, identities, keyListOf, production, signed, tasksAnswerOf } from "./parties.ts";
import { activityTask, noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);
afterEach(() => vi.unstubAllGlobals());

const published = shopModel();
const { keys } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31)];

/** A task a browser takes part in anywhere: a quarter of what 30 days allow. */
const worthy = (change: Partial<Task> = {}, settings: Partial<ItemFactorsSettings> = {}): Task =>
  taskOn(
    published,
    { minBatch: 50, sigma: 2.58, expiresAtMs: noonMs + 900 * dayMs, ...change },
    { clipL2: 1, ...settings },
  );
const rho = rhoOf(worthy());

/** What the site signed: four of these within 30 days are all that a browser spends. */
const plan: PrivacyPlan = {
  version: 3,
  kinds: [{ kind: "item-factors", rho: 0.08, reportsPer30Days: 4 }],
  rhoPer30Days: 0.32,
  issuedAtMs: noonMs - dayMs,
};

const spki = new Uint8Array(294).fill(7);
const tokenKey = createHash("sha256").update(spki).digest("hex");
const issuer = { url: "https://helper.example/", keys: [toHex(spki)] };

/** One helper's, whichever server a device meets. */
const log = new HelperLog();

function productionServer(clock: () => number): FakeServer {
  const server = fakeServer(published, keys);
  server.plan = plan;
  server.log = log;
  server.tamper = () => ({
    ...tasksAnswerOf(keys, server.tasks, server.plan, log),
    leader: signed("keys", identities.leader, keyListOf("leader", keys, validAt(clock()))),
    helper: signed(
      "keys",
      identities.helper,
      keyListOf("helper", keys, {
        ...{ origin: production.pins.helper, issuer, log: log.head },
        ...validAt(clock()),
      }),
    ),
  });
  return server;
}
const validAt = (nowMs: number) => ({ issuedAtMs: nowMs - dayMs, expiresAtMs: nowMs + dayMs });

interface World {
  readonly server: FakeServer;
  readonly own: Device;
  readonly report: (round: number, on?: Device) => Promise<void>;
  /** Times of chance that tokens were to be fetched at. */
  readonly waits: readonly number[];
  readonly page: ReturnType<typeof pageOf>;
}

/** @param known what the page knows of the device. */
async function world(database = freshDatabase(), known: Partial<Remains> = {}): Promise<World> {
  let nowMs = (): number => noonMs;
  const server = productionServer(() => nowMs());
  // Whoever waits for a time of chance waits for ever: no test here is about fetching tokens.
  const waits: number[] = [];
  const wait = (ms: number) => new Promise<void>(() => void waits.push(ms));
  const page = pageOf();
  page.keepCopy({ ...nothingKept, remains: { ...nothingKept.remains, ...known } }, true);
  const { keepCopy } = page;
  const own = await device(server, { database, config: production, keepCopy, edges: { wait } });
  nowMs = () => own.clock.nowMs;
  await own.worker.append(liking());
  const report = async (round: number, on = own) => {
    server.tasks = [worthy({ round })];
    await on.worker.contribute();
  };
  return { server, own, report, waits, page };
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });
}

const sumsOf = async ({ worker }: Device) => (await worker.panel()).reports.flatMap(({ sums }) => sums);

/** An eighth of what 30 days allow: sensitivity sqrt(5). */
const worthyActivity = (change: Partial<Task> = {}): Task =>
  activityTask({ minBatch: 50, sigma: 8, expiresAtMs: noonMs + 900 * dayMs, ...change });
const activityRho = rhoOf(worthyActivity());
/** Two kinds, within the limits together. */
const both: PrivacyPlan = {
  ...plan,
  kinds: [
    { kind: "item-factors", rho: 0.08, reportsPer30Days: 3 },
    { kind: "activity", rho: 0.04, reportsPer30Days: 2 },
  ],
};

describe("a task beyond the limits is refused by the browser", () => {
  const beyond: readonly (readonly [Partial<Task>, Partial<ItemFactorsSettings>, string])[] = [
    [{ minBatch: 49 }, {}, "task: minBatch must be at least 50 for this browser, got 49"],
    [{ sigma: 0 }, {}, "task: rho must be at most 0.32 for this browser, got Infinity"],
    // The weight is summed too: its scale counts, whatever the noise says of the clip.
    [{}, { weightScale: 2.5 }, "task: rho must be at most 0.32 for this browser, got 0.544"],
    [{ sigma: 1 }, {}, "task: rho must be at most 0.32 for this browser, got 0.53125"],
    // The least noise for 0.32 is 1.25 x the sensitivity of 1.0308.
    [{ sigma: 1.288 }, {}, "task: rho must be at most 0.32 for this browser, got 0.3202"],
    [{ expiresAtMs: noonMs }, {}, "task: expiresAtMs must be after 2011-06-01T12:00:00.000Z"],
    [{}, { blockSize: 12_000, items: 12_000 }, "task: a report's bytes must be at most 327680"],
  ];

  test.each(beyond)(
    "%j %j, and does not stand in the way of another kind's",
    async (change, settings, message) => {
      const { own, server } = await world();
      server.plan = both;
      const other = worthyActivity({ expiresAtMs: noonMs + dayMs });
      server.tasks = [worthy(change, settings), other];
      await own.worker.contribute();
      expect(troublesOf(own)).toEqual([expect.stringContaining(`contribute: ${message}`)]);
      expect((await sumsOf(own)).map(({ kind }) => kind)).toEqual(["activity"]);
    },
  );

  test("but for a server on this machine, whose budget has no end", async () => {
    const server = fakeServer(published, keys);
    const own = await device(server);
    await own.worker.append(liking());
    for (let round = 1; round <= 5; round++) {
      server.tasks = [taskOn(published, { minBatch: 10, sigma: 0, round })];
      await own.worker.contribute();
    }
    expect(server.bodies).toHaveLength(5);
    const { budget } = await own.worker.panel();
    expect((await sumsOf(own)).map((sum) => sum.rho)).toEqual([null, null, null, null, null]);
    const unbounded = { rho: null, epsilon: null, limit: { rho: null, epsilon: null } };
    expect(budget).toEqual({ last30Days: unbounded, lifetime: unbounded, delta: 1e-6, since: "2011-06-01" });
  });
});

describe("the budget", () => {
  test("is shown as it is spent, in rho and as epsilon", async () => {
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
    // An edition that is still on its way when the clock moves may be of another time.
    const ofReports = troublesOf(visit.own).filter((trouble) => trouble.startsWith("contribute: "));
    expect(ofReports).toEqual([expect.stringContaining("the rho of a lifetime")]);
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
    const { budget } = await own.worker.panel();
    expect((await sumsOf(own)).map(({ why }) => why).sort()).toEqual(["batch-full", "withdrawn"]);
    expect(budget.last30Days.rho).toBeCloseTo(2 * rho, 12);
  });

  test("survives an erasure, on the next visit and in the other tab, to the day", async () => {
    const database = freshDatabase();
    const { own, server, report, page } = await world(database);
    const there = await device(server, { database, config: production });
    for (let round = 1; round <= 4; round++) await report(round);
    // Before all events of these tests, which are then taken again.
    await own.worker.erase(0);
    const { remains } = page.kept();
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
    // One that is under way may be sent by both: the same bytes, which count once.
    expect(new Set(server.bodies.map(toHex)).size).toBe(4);
    // Who comes second is refused for the budget, or finds the other's report under way and sends that.
    const refused = [...troublesOf(own), ...troublesOf(there)];
    expect(refused.length + server.bodies.length).toBe(5);
    for (const trouble of refused) expect(trouble).toContain("30 days");
    expect((await own.worker.panel()).budget.last30Days.rho).toBeCloseTo(4 * rho, 12);
  });

  test("is asked before a token is taken: what does not fit costs none", async () => {
    const database = freshDatabase();
    const { own, server } = await world(database, {
      spent: { days: [], lifetime: 1.05, sinceDay: 4 },
    });
    const store = new Database(database, () => undefined);
    await store.tokens.add(tokenKey, [new Uint8Array(tokenBytes)]);
    server.tasks = [worthy({ tokenKey })];
    await own.worker.contribute();
    expect(troublesOf(own).filter((trouble) => trouble.includes("budget"))).toHaveLength(1);
    expect(await store.tokens.count(tokenKey)).toBe(1);
    store.close();
    expect(server.bodies).toEqual([]);
  });

  test("adds the costs of the kinds: two in one report cost what two reports cost", async () => {
    const spent = [];
    for (const rounds of [[[worthy(), worthyActivity()]], [[worthy()], [worthyActivity()]]]) {
      const { own, server } = await world();
      server.plan = both;
      for (const tasks of rounds) {
        server.tasks = tasks;
        await own.worker.contribute();
      }
      expect(server.bodies).toHaveLength(rounds.length);
      expect((await sumsOf(own)).map((sum) => sum.rho).sort()).toEqual([activityRho, rho].sort());
      spent.push((await own.worker.panel()).budget);
    }
    expect(spent[0].last30Days.rho).toBeCloseTo(rho + activityRho, 12);
    expect(spent[0]).toEqual(spent[1]);
  });

  test("has room for what is due together, or for as much of it as fits", async () => {
    const { own, server } = await world(freshDatabase(), {
      // Room for one of the kinds, not for both.
      spent: { days: [], lifetime: productionLimits.rhoLifetime - rho - activityRho / 2, sinceDay: 4 },
    });
    server.plan = both;
    server.tasks = [worthy(), worthyActivity()];
    await own.worker.contribute();
    expect((await sumsOf(own)).map(({ kind }) => kind)).toEqual(["item-factors"]);
    expect(troublesOf(own)).toEqual([expect.stringContaining("the rho of a lifetime")]);
  });

  test("is not bought by losing the database, in mid-visit or between two, nor by clearing the page's copy", async () => {
    const database = freshDatabase();
    const { own, server, report, page } = await world(database);
    for (let round = 1; round <= 2; round++) await report(round);
    await deleteDatabase(database);
    await until(() => own.notices.filter(({ type }) => type === "change").length >= 2);
    await own.worker.append(liking());
    await report(3);
    expect((await own.worker.panel()).budget.last30Days.rho).toBeCloseTo(3 * rho, 12);
    for (const key of page.store.keys("tacit.")) page.store.remove(key);
    await closeDevice(own);

    const again = pageOf(page.store);
    const next = await device(server, { database, config: production, keepCopy: again.keepCopy });
    await next.worker.append(liking());
    await report(4, next);
    expect((await next.worker.panel()).budget.last30Days.rho).toBeCloseTo(4 * rho, 12);
    await closeDevice(next);
    await deleteDatabase(database);

    const last = await device(server, {
      database,
      config: production,
      keepCopy: pageOf(page.store).keepCopy,
    });
    await last.worker.append(liking());
    await report(5, last);
    expect(server.bodies).toHaveLength(4);
    expect(troublesOf(last)).toEqual([expect.stringContaining("30 days")]);
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

describe("the plan", () => {
  const refusals: readonly (readonly [string, Partial<PrivacyPlan>, string])[] = [
    [
      "does not name the kind",
      { kinds: [{ kind: "activity", rho: 0.04, reportsPer30Days: 2 }] },
      "plan: a task must be of a kind it names, got item-factors",
    ],
    [
      "has the kind cheaper",
      { kinds: [{ kind: "item-factors", rho: 0.05, reportsPer30Days: 4 }] },
      "plan: a report of item-factors must cost at most rho 0.05, got 0.0798",
    ],
    [
      "would cost more than a browser spends",
      { kinds: [{ kind: "item-factors", rho: 0.08, reportsPer30Days: 5 }], rhoPer30Days: 0.4 },
      "plan: rho of 30 days must be at most 0.32 for this browser, got 0.4",
    ],
    [
      "has no bound",
      { kinds: [{ kind: "item-factors", rho: null, reportsPer30Days: 1 }], rhoPer30Days: null },
      "plan: rho of 30 days must be at most 0.32 for this browser, got Infinity",
    ],
  ];

  test.each(refusals)(
    "that %s stops the report, and no token is taken or fetched",
    async (_, change, message) => {
      const database = freshDatabase();
      const { own, server, waits } = await world(database);
      const store = new Database(database, () => undefined);
      await store.tokens.add(tokenKey, [new Uint8Array(tokenBytes)]);
      server.plan = { ...plan, ...change };
      server.tasks = [worthy({ tokenKey })];
      await own.worker.contribute();
      expect(server.bodies).toEqual([]);
      expect(troublesOf(own)).toEqual([expect.stringContaining(`contribute: ${message}`)]);
      expect(waits).toEqual([]);
      expect(await store.tokens.count(tokenKey)).toBe(1);
      store.close();
    },
  );

  test("says how often: one more within 30 days is refused, and taken when the first is that old", async () => {
    const { own, server, report } = await world();
    server.plan = { ...plan, kinds: [{ kind: "item-factors", rho: 0.08, reportsPer30Days: 2 }] };
    await report(1);
    own.clock.nowMs += dayMs;
    await report(2);
    await report(3);
    expect(server.bodies).toHaveLength(2);
    expect(troublesOf(own)).toEqual([
      "contribute: plan: a device sends at most 2 reports of item-factors in 30 days, got 2 sent",
    ]);
    own.clock.nowMs += 29 * dayMs;
    await report(4);
    expect(server.bodies).toHaveLength(3);
  });

  test("of two tabs at once lets one have the last place", async () => {
    vi.stubGlobal("navigator", {
      locks: { request: (_name: string, _options: object, run: (lock: object) => unknown) => run({}) },
    });
    const database = freshDatabase();
    const { own, server } = await world(database);
    server.plan = { ...plan, kinds: [{ kind: "item-factors", rho: 0.08, reportsPer30Days: 1 }] };
    const there = await device(server, { database, config: production });
    const { tamper } = server;
    let asked = 0;
    server.tamper = (answer) => {
      server.tasks = [worthy({ round: 4 + asked++ })];
      return tamper(answer);
    };
    await Promise.all([own.worker.contribute(), there.worker.contribute()]);
    expect(asked).toBe(2);
    expect(server.bodies).toHaveLength(1);
    expect([...troublesOf(own), ...troublesOf(there)]).toEqual([expect.stringContaining("plan: a device")]);
  });

  test("is shown with words and costs once it is known; a kind of the future by its name", async () => {
    const { own, server } = await world();
    expect((await own.worker.panel()).plan).toBeNull();
    server.plan = { ...both, kinds: [both.kinds[1], { kind: "later", rho: 0.1, reportsPer30Days: 1 }] };
    server.tasks = [];
    await own.worker.contribute();
    const epsilon = (spent: number) => epsilonOf({ rho: spent, delta: 1e-6 });
    expect((await own.worker.panel()).plan).toEqual({
      kinds: [
        {
          ...{ kind: "activity", title: "activity", what: expect.stringContaining("How much people do") },
          ...{ perReport: { rho: 0.04, epsilon: epsilon(0.04) }, reportsPer30Days: 2 },
        },
        {
          ...{ kind: "later", title: "later", what: null },
          ...{ perReport: { rho: 0.1, epsilon: epsilon(0.1) }, reportsPer30Days: 1 },
        },
      ],
      per30Days: { rho: 0.32, epsilon: epsilon(0.32) },
      issuedAtMs: noonMs - dayMs,
    });
  });
});

test("where the browser denies storage nothing is contributed: no ledger would hold it", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const { own, server, report } = await world();
  await report(1);
  const asked = server.requests.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
  expect(asked).toEqual(["GET /base/v1/edition", "GET /base/v1/head"]);
  expect(troublesOf(own).at(-1)).toBe(
    "contribute: the ledger must be kept on this device, got a browser that denies storage",
  );
});

test("in a set-up where a person answers, whoever is faster than any person answers nothing", async () => {
  const [person, robot] = [await world(), await world()];
  const burst = Array.from({ length: 300 }, (_, k) =>
    eventOf("view", `thing ${k}`, noonMs - 3_600_000 + k * 100),
  );
  await robot.own.worker.append(burst);
  for (const { report } of [person, robot]) await report(1);
  expect([person.server.bodies.length, robot.server.bodies.length]).toEqual([1, 0]);
  const { waiting, cleaned } = await robot.own.worker.panel();
  expect([waiting.why, cleaned.isAutomated, cleaned.rate]).toEqual(["automation", true, 300]);
});
