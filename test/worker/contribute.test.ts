import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { foldIn } from "../../core/foldin.ts";
import { developmentLimits } from "../../core/sum/limits.ts";
import { seedBytes } from "../../core/sum/share.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rhoOf, taskIdOf } from "../../core/tasks/task.ts";
import { parseReport, reportBytes } from "../../core/wire/report.ts";
import type { SentReport, WorkerConfig } from "../../worker/api.ts";
import { sha256 } from "../../worker/digest.ts";
import { isAutomated } from "../../worker/events/automation.ts";
import { EventLog } from "../../worker/events/eventlog.ts";
import { Database } from "../../worker/store/database.ts";
import { modelOf } from "../model.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  freshDatabase,
  pageOf,
  strongFill,
  troublesOf,
  turns,
  until,
} from "./device.ts";
import { askedBesideModel, askedOf, type FakeServer, fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { activityTask, factorSettings, noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);

const published = shopModel();
const { keys, opened } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31), eventOf("dislike", 7)];

function serverWithTasks(): FakeServer {
  const server = fakeServer(published, keys);
  server.tasks = [taskOn(published)];
  return server;
}

const sumsOf = async ({ worker }: Device) => (await worker.panel()).reports.flatMap(({ sums }) => sums);
const statesOf = async (own: Device) => (await sumsOf(own)).map(({ state }) => state);
/** The one sum of a report with one. */
const soleSum = (body: Uint8Array) => {
  const { sums } = parseReport(body);
  expect(sums).toHaveLength(1);
  return sums[0];
};
const urlsOf = (server: FakeServer) =>
  server.requests.map(({ method, url }) => `${method} ${new URL(url).pathname.replace("/base", "")}`);

test("who had nothing to say is asked again when there is something, where nothing waits for its time", async () => {
  const server = serverWithTasks();
  const own = await device(server);
  await own.worker.contribute();
  expect((await own.worker.panel()).waiting).toEqual({ why: "events", untilMs: null });
  await own.worker.append(liking());
  await until(() => server.bodies.length === 1);
  await own.worker.append([eventOf("like", 12)]);
  await turns(50);
  expect(server.bodies).toHaveLength(1);
});

describe("a task", () => {
  test("is answered once, and the ledger tells exactly what left", async () => {
    const server = serverWithTasks();
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    const [body] = server.bodies;
    expect(body).toHaveLength(reportBytes([server.tasks[0].length], { token: false }));
    const { reports } = await own.worker.panel();
    const sent = parseReport(body);
    expect(reports).toEqual([
      {
        id: toHex(sent.id),
        atMs: own.clock.nowMs,
        bytes: body.length,
        sha256: createHash("sha256").update(body).digest("hex"),
        sums: [
          {
            task: await taskIdOf(server.tasks[0], sha256),
            kind: "item-factors",
            round: 4,
            block: sent.sums[0].block,
            rho: rhoOf(server.tasks[0]),
            state: "accepted",
          },
        ],
      },
    ]);
    expect(await own.worker.reportBytes(reports[0].id)).toEqual(body);
    const states = own.notices.flatMap((notice) =>
      notice.type === "report" ? notice.report.sums.map(({ state }) => state) : [],
    );
    expect(states).toEqual(["sending", "accepted"]);
    const post = server.requests.find(({ method }) => method === "POST");
    expect(post?.init).toMatchObject({
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
  });

  test("is answered at most once though the answer is lost: the same bytes go again, on the next visit", async () => {
    const database = freshDatabase();
    const server = serverWithTasks();
    server.way = "answer-lost";
    const first = await device(server, { database });
    await first.worker.append(liking());
    await first.worker.contribute();
    expect(await statesOf(first)).toEqual(["sending"]);
    expect(troublesOf(first)).toEqual(["contribute: connection reset"]);
    await closeDevice(first);
    const second = await device(server, { database });
    // What the person likes has changed meanwhile; the report has not.
    await second.worker.append([eventOf("purchase", 40), eventOf("purchase", 41)]);
    await second.worker.contribute();
    server.way = "fine";
    await second.worker.contribute();
    await second.worker.contribute();
    expect(server.bodies).toHaveLength(3);
    expect(new Set(server.bodies.map(toHex)).size).toBe(1);
    expect(await statesOf(second)).toEqual(["accepted"]);
  });

  test("is answered at most once though the device was offline when it sent", async () => {
    const server = serverWithTasks();
    server.way = "offline";
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    const [{ id }] = (await own.worker.panel()).reports;
    server.way = "fine";
    await own.worker.contribute();
    expect(server.bodies.map((body) => toHex(parseReport(body).id))).toEqual([id]);
  });

  test("that was refused is not tried again, and the ledger says why", async () => {
    const server = serverWithTasks();
    server.refusal = { state: "refused", why: "task-closed", detail: "" };
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    expect(await sumsOf(own)).toMatchObject([{ state: "refused", why: "task-closed" }]);
  });

  test("answered before the last erasure stays answered", async () => {
    const server = serverWithTasks();
    const page = pageOf();
    const own = await device(server, { keepCopy: page.keepCopy });
    await own.worker.append(liking());
    await own.worker.contribute();
    // Before all events of these tests, which are then taken again.
    await own.worker.erase(0);
    const next = await device(server, { keepCopy: pageOf(page.store).keepCopy });
    await next.worker.append(liking());
    await next.worker.contribute();
    expect(server.bodies).toHaveLength(1);
  });

  test("on other factors than this device has is left alone; that of the next round is answered", async () => {
    const server = serverWithTasks();
    const newer = shopModel({ seed: 8, change: { round: 4 } });
    const own = await device(server);
    await own.worker.append(liking());
    for (const task of [taskOn(newer), taskOn(published), taskOn(published, { round: 9 })]) {
      server.tasks = [task];
      await own.worker.contribute();
    }
    expect((await sumsOf(own)).map(({ round }) => round).sort()).toEqual([4, 9]);
    expect(troublesOf(own)).toEqual([]);
  });

  test("of a kind that this browser does not know is left alone, without a word", async () => {
    const server = serverWithTasks();
    server.tasks = [{ ...taskOn(published), kind: "of-the-future" }, taskOn(published)];
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect((await sumsOf(own)).map(({ kind }) => kind)).toEqual(["item-factors"]);
    expect(troublesOf(own)).toEqual([]);
  });

  test("below the compiled-in floor is refused by the browser, and does not stop the next", async () => {
    const server = serverWithTasks();
    server.tasks = [
      activityTask({ minBatch: developmentLimits.minBatch - 1 }),
      taskOn(published, { minBatch: developmentLimits.minBatch }),
    ];
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    expect(troublesOf(own)).toEqual([
      "contribute: task: minBatch must be at least 10 for this browser, got 9",
    ]);
  });

  test("that does not fit its factors is refused", async () => {
    const server = serverWithTasks();
    server.tasks = [taskOn(published, {}, { dim: 5 })];
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([
      "contribute: item-factors: items x dim must be the factors part's 60 x 6, got 60 x 5",
    ]);
  });

  test.each([
    [{ length: 5 }, "length"],
    [{ blocks: 4 }, "blocks"],
    [{ sensitivity: 1.5 }, "sensitivity"],
  ])("that says %j where its settings say otherwise is refused", async (change, word) => {
    const server = serverWithTasks();
    server.tasks = [{ ...taskOn(published), ...change }];
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([expect.stringMatching(`settingsOf: item-factors must have .*${word}`)]);
  });
});

const normOf = (values: Float64Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

test("the report that left holds the liked items' contribution, clipped before rounding, in any block", async () => {
  const server = serverWithTasks();
  const length = 40;
  // A clip that this person exceeds, and few fraction bits, so that rounding moves the norm visibly.
  const settings = factorSettings(published, { clipL2: 0.03, weightScale: 0.02 });
  const tasks = Array.from({ length }, (_, k) =>
    taskOn(published, { fractionBits: 10, round: 10 + k }, settings),
  );
  const own = await device(server);
  await own.worker.append(liking());
  for (const task of tasks) {
    server.tasks = [task];
    await own.worker.contribute();
  }
  const model = modelOf(published);
  const all = (await own.worker.exportData()).tastes;
  const tastes = all.filter(({ weight }) => weight > 0);
  expect(all).toHaveLength(3);
  expect(tastes).toHaveLength(2);
  const items = tastes.map(({ item }) => model.rowOf.get(item) ?? -1);
  const weights = tastes.map(({ weight }) => weight);
  const [task] = tasks;
  const { alpha0, lambda } = settings;
  const { rows } = modelOf(published).factors ?? {};
  if (rows === undefined) throw new Error("expected factors, got none");
  const { userVector } = foldIn({ ...rows, alpha0, lambda }, { items, weights });
  const blocks = new Set<number>();
  for (const body of server.bodies) {
    const { block } = soleSum(body);
    blocks.add(block);
    const { rows: factors } = rows;
    const expected = contributionOf({ ...settings, factors, block, items, weights, userVector });
    expect(expected.weight).toBeLessThan(1);
    const scale = (task.sensitivity - Math.sqrt(task.length) / 2 ** 10) / normOf(expected.values);
    expect(scale).toBeLessThan(1);
    const values = await opened(parseReport(body), task);
    for (const [k, value] of values.entries()) {
      expect(Math.abs(value - scale * expected.values[k])).toBeLessThan(2 ** -10);
    }
    expect(normOf(values)).toBeLessThanOrEqual(task.sensitivity);
  }
  expect(server.bodies).toHaveLength(length);
  expect(blocks).toEqual(new Set([0, 1, 2]));
});

describe("consent", () => {
  test.each([
    { personalise: true, contribute: false },
    { personalise: false, contribute: true },
    { personalise: false, contribute: false },
  ])(
    "without both permissions ($personalise, $contribute) nothing but the model is asked for",
    async (consent) => {
      const server = serverWithTasks();
      const own = await device(server, { consent });
      await own.worker.append(liking());
      await own.worker.contribute();
      await own.worker.trending({});
      expect(askedBesideModel(server)).toEqual([]);
      expect(askedOf(server)).toContain("GET /v1/edition");
    },
  );

  test("taken back withdraws what was not delivered: it is never sent again, and its task stays answered", async () => {
    const server = serverWithTasks();
    server.way = "offline";
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    await own.worker.setConsent({ personalise: true, contribute: false });
    const [report] = (await own.worker.panel()).reports;
    expect(report.sums).toMatchObject([{ state: "refused", why: "withdrawn" }]);
    expect(await own.worker.reportBytes(report.id)).toBeNull();
    server.way = "fine";
    await own.worker.setConsent({ personalise: true, contribute: true });
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
  });

  test("taken back at the last moment, when the report is made and the ledger not yet written, stops it", async () => {
    const server = serverWithTasks();
    let drawn = 0;
    const own = await device(server, {
      fill: (bytes) => {
        strongFill(bytes);
        // The seed of the helper's mask is the last thing that is drawn.
        if (bytes.length === seedBytes) {
          drawn += 1;
          void own.worker.setConsent({ personalise: true, contribute: false });
        }
      },
    });
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(drawn).toBe(1);
    expect(server.bodies).toEqual([]);
    expect((await own.worker.panel()).reports).toEqual([]);
  });

  test("taken back while one report that waited is sent again keeps the next one here", async () => {
    const server = serverWithTasks();
    server.way = "offline";
    const { fetch } = server;
    const own = await device({
      ...server,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (init.method === "POST") await own.worker.setConsent({ personalise: true, contribute: false });
        return response;
      },
    });
    await own.worker.append(liking());
    for (const round of [5, 6]) {
      own.clock.nowMs += 1000;
      server.tasks = [taskOn(published, { round })];
      await own.worker.contribute();
    }
    expect(await statesOf(own)).toEqual(["sending", "sending"]);
    server.way = "fine";
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    // The newest first. What had gone on its way when consent was taken back was withdrawn all the same.
    expect((await sumsOf(own))[0]).toMatchObject({ round: 6, state: "refused", why: "withdrawn" });
  });

  test("taken back while the ledger is written stops the report, also if it is given again at once", async () => {
    for (const again of [false, true]) {
      const server = serverWithTasks();
      const own = await device(server);
      await own.worker.append(liking());
      const { addReport } = Database.prototype;
      vi.spyOn(Database.prototype, "addReport").mockImplementationOnce(async function (
        this: Database,
        report,
      ) {
        const written = await addReport.call(this, report);
        await own.worker.setConsent({ personalise: true, contribute: false });
        if (again) await own.worker.setConsent({ personalise: true, contribute: true });
        return written;
      });
      await own.worker.contribute();
      expect(server.bodies).toEqual([]);
      expect(await sumsOf(own)).toMatchObject([{ state: "refused", why: "withdrawn" }]);
    }
  });

  test.each(["erased", "taken back and given again"])(
    "of two reports that wait, the second stays here when all is %s while the first is sent",
    async (how) => {
      const server = serverWithTasks();
      server.way = "offline";
      const { fetch } = server;
      const own = await device({
        ...server,
        fetch: async (url, init) => {
          const response = await fetch(url, init);
          if (init.method !== "POST") return response;
          if (how === "erased") await own.worker.erase();
          else {
            await own.worker.setConsent({ personalise: true, contribute: false });
            await own.worker.setConsent({ personalise: true, contribute: true });
          }
          return response;
        },
      });
      await own.worker.append(liking());
      for (const round of [5, 6]) {
        own.clock.nowMs += 1000;
        server.tasks = [taskOn(published, { round })];
        await own.worker.contribute();
      }
      expect(await statesOf(own)).toEqual(["sending", "sending"]);
      server.way = "fine";
      await own.worker.contribute();
      expect(server.bodies).toHaveLength(1);
    },
  );

  test("taken back while a report is under way ends the upload, and no answer counts any more", async () => {
    for (const way of ["no answer", "an answer all the same"] as const) {
      const server = serverWithTasks();
      const { fetch } = server;
      let ended: unknown = null;
      const own = await device({
        ...server,
        fetch: async (url, init) => {
          if (init.method !== "POST") return fetch(url, init);
          const answer = way === "no answer" ? null : await fetch(url, init);
          await own.worker.setConsent({ personalise: true, contribute: false });
          ended = init.signal?.aborted;
          if (answer !== null) return answer;
          throw init.signal?.reason;
        },
      });
      await own.worker.append(liking());
      await own.worker.contribute();
      expect(ended).toBe(true);
      expect(await sumsOf(own)).toMatchObject([{ state: "refused", why: "withdrawn" }]);
      const said = own.notices.flatMap((one) => (one.type === "report" ? one.report.sums : []));
      expect(said.map(({ state }) => state)).toEqual(["sending", "refused"]);
      expect(troublesOf(own)).toEqual([]);
      // Given again, what was withdrawn stays so.
      await own.worker.setConsent({ personalise: true, contribute: true });
      await own.worker.contribute();
      expect(server.bodies).toHaveLength(way === "no answer" ? 0 : 1);
    }
  });

  test("taken back in another tab while this one has its answer leaves the ledger with one word", async () => {
    const database = freshDatabase();
    const server = serverWithTasks();
    const { fetch } = server;
    const other = await device(serverWithTasks(), { database });
    const own = await device(
      {
        ...server,
        fetch: async (url, init) => {
          const answer = await fetch(url, init);
          if (init.method === "POST") await other.worker.setConsent({ personalise: true, contribute: false });
          return answer;
        },
      },
      { database },
    );
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(await sumsOf(own)).toMatchObject([{ state: "refused", why: "withdrawn" }]);
    const said = own.notices.flatMap((one) => (one.type === "report" ? one.report.sums : []));
    expect(said.map(({ state }) => state)).toEqual(["sending"]);
  });

  test("taken back while the tasks are under way stops the report", async () => {
    const server = serverWithTasks();
    const { fetch } = server;
    const own = await device({
      ...server,
      fetch: async (url, init) => {
        const response = await fetch(url, init);
        if (url.endsWith("/tasks")) await own.worker.setConsent({ personalise: true, contribute: false });
        return response;
      },
    });
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
  });
});

test("without a secure context nothing is asked, and the page is told in one sentence", async () => {
  const { crypto } = globalThis;
  const server = serverWithTasks();
  const own = await device(server);
  await own.worker.append(liking());
  vi.stubGlobal("crypto", { getRandomValues: crypto.getRandomValues.bind(crypto) });
  try {
    await own.worker.contribute();
    expect(askedBesideModel(server)).toEqual([]);
    expect(troublesOf(own)).toEqual([
      "contribute: a page must come over https (or from this machine) before this browser has the cryptography to contribute, got http",
    ]);
    expect((await own.worker.panel()).waiting).toEqual({ why: "insecure", untilMs: null });
  } finally {
    vi.unstubAllGlobals();
  }
});

test("a download that is under way is waited for: the task on what it brings is answered", async () => {
  const server = serverWithTasks();
  const { fetch } = server;
  let deliver = (): void => undefined;
  const delivered = new Promise<void>((resolve) => {
    deliver = resolve;
  });
  const own = await device({
    ...server,
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      if (url.endsWith("/edition")) await delivered;
      return response;
    },
  });
  await own.worker.append(liking());
  const contributing = own.worker.contribute();
  await turns(20);
  expect(urlsOf(server)).toEqual(["GET /v1/edition", "GET /v1/head"]);
  deliver();
  await contributing;
  expect(await statesOf(own)).toEqual(["accepted"]);
});

test("the same is asked of the server whatever the person likes; too few likes send no report", async () => {
  const asked: string[][] = [];
  for (const events of [
    [],
    [eventOf("purchase", 3)],
    [eventOf("like", 4), eventOf("dislike", 5)],
    liking(),
  ]) {
    const server = serverWithTasks();
    const own = await device(server);
    await own.worker.append(events);
    await own.worker.contribute();
    asked.push([...askedBesideModel(server)]);
  }
  const fetched = ["GET /v1/tasks"];
  expect(asked).toEqual([fetched, fetched, fetched, [...fetched, "POST /v1/reports"]]);
});

test("the bodies of the newest five reports are kept, the digests of all", async () => {
  const server = serverWithTasks();
  const own = await device(server);
  await own.worker.append(liking());
  for (let round = 10; round < 18; round++) {
    own.clock.nowMs += 1000;
    server.tasks = [taskOn(published, { round })];
    await own.worker.contribute();
  }
  const { reports } = await own.worker.panel();
  expect(reports.map(({ sums }) => sums[0].round)).toEqual([17, 16, 15, 14, 13, 12, 11, 10]);
  const kept = await Promise.all(reports.map(({ id }: SentReport) => own.worker.reportBytes(id)));
  expect(kept.map((body) => body !== null)).toEqual([true, true, true, true, true, false, false, false]);
  expect(kept[4]).toEqual(server.bodies[3]);
});

test("in as many rounds as there are blocks a device reports on each block once, in an order of chance", async () => {
  const orders = new Set<string>();
  for (let k = 0; k < 12; k++) {
    const server = serverWithTasks();
    const own = await device(server);
    await own.worker.append(liking());
    for (let round = 1; round <= 6; round++) {
      server.tasks = [taskOn(published, { round })];
      own.clock.nowMs += 1000;
      await own.worker.contribute();
    }
    const blocks = server.bodies.map((body) => soleSum(body).block);
    for (const walk of [blocks.slice(0, 3), blocks.slice(3)]) expect([...walk].sort()).toEqual([0, 1, 2]);
    orders.add(blocks.slice(0, 3).join());
  }
  // One order of six all twelve times would be chance of 6^-11.
  expect(orders.size).toBeGreaterThan(1);
});

describe("a browser that a program drives", () => {
  const driven = (server: string) => ({ config: { server, automation: "driven" as const } });

  test("is personalised for; nothing is asked or sent, and the page is told in one sentence", async () => {
    const server = serverWithTasks();
    const own = await device(server, driven("https://shop.example/base/"));
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(askedBesideModel(server)).toEqual([]);
    expect(troublesOf(own)).toEqual([
      'contribute: a person must be at work here, got a program that drives the browser (tests set automation: "count")',
    ]);
    const { waiting, cleaned, events } = await own.worker.panel();
    expect(waiting).toEqual({ why: "automation", untilMs: null });
    expect(cleaned).toEqual({ time: 0, duplicate: 0, rate: 0, isAutomated: true });
    expect(events).toHaveLength(liking().length);
  });

  test("counts on a loopback address, where sites are tested", async () => {
    const server = serverWithTasks();
    const own = await device(server, driven("http://127.0.0.1/base/"));
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    expect((await own.worker.panel()).cleaned.isAutomated).toBe(false);
  });
});

describe("whoever acts faster than any person", () => {
  const burst = Array.from({ length: 300 }, (_, k) => eventOf("view", `thing ${k}`, noonMs + k * 100));
  const bursting = async (config: Partial<WorkerConfig>) => {
    const server = serverWithTasks();
    const own = await device(server, { config });
    await own.worker.append([...liking(), ...burst]);
    await own.worker.contribute();
    const { isAutomated } = (await own.worker.panel()).cleaned;
    return { reports: server.bodies.length, isAutomated };
  };

  test("adds nothing, though what was done slowly before may have been a person's", async () => {
    const server = serverWithTasks();
    const own = await device(server);
    await own.worker.append([...liking(), ...burst]);
    const { cleaned, events } = await own.worker.panel();
    expect(cleaned).toMatchObject({ isAutomated: false, rate: 300 });
    expect(events.filter(({ leftOut }) => leftOut === "rate")).toHaveLength(300);
    const log = new EventLog([...liking(), ...burst], { events: 1_000, impressions: 10 });
    const isRobotAt = (address: string) => isAutomated({ config: { server: address }, log });
    expect([isRobotAt("https://shop.example"), isRobotAt("http://127.0.0.1:8787")]).toEqual([true, false]);
  });

  test("counts where sites are tested, and where the site says so", async () => {
    expect(await bursting({})).toEqual({ reports: 1, isAutomated: false });
    const config = { server: "https://shop.example/base/", automation: "counts" } as const;
    const log = new EventLog([...liking(), ...burst], { events: 1_000, impressions: 10 });
    expect(isAutomated({ config, log })).toBe(false);
    expect(
      isAutomated({
        config: { ...config, automation: "driven" },
        log: new EventLog([], { events: 1, impressions: 1 }),
      }),
    ).toBe(true);
  });
});
