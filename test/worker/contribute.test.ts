import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { toHex } from "../../core/bytes.ts";
import { foldIn } from "../../core/foldin.ts";
import { developmentLimits } from "../../core/sum/limits.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rhoOf, vectorLengthOf } from "../../core/tasks/task.ts";
import { parseReport, reportBytes } from "../../core/wire/protocol.ts";
import type { SentReport } from "../../worker/api.ts";
import { modelOf } from "../model.ts";
import {
  aggregators,
  askedBesideModel,
  askedOf,
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  type FakeServer,
  fakeServer,
  freshDatabase,
  shopBundle,
  taskOn,
  troublesOf,
} from "./world.ts";

afterEach(closeDevices);

const bundle = shopBundle();
const { keys, opened } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31), eventOf("dislike", 7)];

function serverWithTasks(): FakeServer {
  const server = fakeServer(bundle, keys);
  server.tasks = [taskOn(bundle)];
  return server;
}

const statesOf = async ({ worker }: Device) => (await worker.panel()).reports.map(({ state }) => state);

describe("a task", () => {
  test("is answered once, and the ledger tells exactly what left", async () => {
    const server = serverWithTasks();
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    const [body] = server.bodies;
    expect(body).toHaveLength(reportBytes(vectorLengthOf(server.tasks[0]), { token: false }));
    const { reports } = await own.worker.panel();
    const sent = parseReport(body);
    expect(reports).toEqual([
      {
        id: toHex(sent.id),
        task: sent.task,
        taskKind: "item-factors",
        round: 4,
        block: sent.block,
        atMs: own.clock.nowMs,
        bytes: body.length,
        sha256: createHash("sha256").update(body).digest("hex"),
        rho: rhoOf(server.tasks[0]),
        state: "accepted",
      },
    ]);
    expect(await own.worker.reportBytes(reports[0].id)).toEqual(body);
    const told = own.notices.flatMap((notice) => (notice.type === "report" ? [notice.report.state] : []));
    expect(told).toEqual(["sending", "accepted"]);
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
    expect((await own.worker.panel()).reports).toMatchObject([{ state: "refused", why: "task-closed" }]);
  });

  test("answered before the last erasure stays answered", async () => {
    const server = serverWithTasks();
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    const next = await device(server, { config: await own.worker.erase() });
    await next.worker.append(liking());
    await next.worker.contribute();
    expect(server.bodies).toHaveLength(1);
  });

  test("on other factors than those in force is left alone; that of the next round is answered", async () => {
    const server = serverWithTasks();
    const newer = shopBundle({ seed: 8, change: { round: 4 } });
    server.tasks = [taskOn(newer), taskOn(bundle), taskOn(bundle, { round: 9 })];
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    const rounds = (await own.worker.panel()).reports.map(({ round }) => round);
    expect(rounds.sort()).toEqual([4, 9]);
    expect(troublesOf(own)).toEqual([]);
  });

  test("below the compiled-in floor is refused by the browser, and does not stop the next", async () => {
    const server = serverWithTasks();
    server.tasks = [
      taskOn(bundle, { minBatch: developmentLimits.minBatch - 1 }),
      taskOn(bundle, { minBatch: developmentLimits.minBatch }),
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
    server.tasks = [taskOn(bundle, { dim: 5 })];
    const own = await device(server);
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
    expect(troublesOf(own)).toEqual([
      "contribute: task: items x dim must be the factors' 60 x 6, got 60 x 5",
    ]);
  });
});

test("the report that left holds the liked items' contribution, clipped before rounding, in any block", async () => {
  const server = serverWithTasks();
  const length = 40;
  // A clip that this person exceeds, and few fraction bits, so that rounding moves the norm visibly.
  const changes = { clipL2: 0.03, fractionBits: 10 };
  const tasks = Array.from({ length }, (_, k) => taskOn(bundle, { ...changes, round: 10 + k }));
  const own = await device(server);
  await own.worker.append(liking());
  // An answer names at most 16 tasks.
  for (let k = 0; k < length; k += 16) {
    server.tasks = tasks.slice(k, k + 16);
    await own.worker.contribute();
  }
  const model = modelOf(bundle);
  const all = (await own.worker.exportData()).tastes;
  const tastes = all.filter(({ weight }) => weight > 0);
  expect(all).toHaveLength(3);
  expect(tastes).toHaveLength(2);
  const items = tastes.map(({ item }) => model.rowOf.get(item) ?? -1);
  const weights = tastes.map(({ weight }) => weight);
  const [task] = tasks;
  const { rows } = modelOf(bundle).factors ?? {};
  if (rows === undefined) throw new Error("expected factors, got none");
  const { userVector } = foldIn({ ...rows, alpha0: task.alpha0, lambda: task.lambda }, { items, weights });
  const blocks = new Set<number>();
  for (const body of server.bodies) {
    const report = parseReport(body);
    blocks.add(report.block);
    const clipL2 = 0.03 - Math.sqrt(vectorLengthOf(task)) / 2 ** 10;
    const { block } = report;
    const { rows: factors } = rows;
    const expected = contributionOf({ ...task, clipL2, factors, block, items, weights, userVector });
    expect(expected.weight).toBeLessThan(1);
    const values = await opened(report, task);
    for (const [k, value] of values.entries()) {
      expect(Math.abs(value - expected.values[k])).toBeLessThan(2 ** -10);
    }
    const norm = Math.sqrt(values.subarray(0, -1).reduce((sum, value) => sum + value * value, 0));
    expect(norm).toBeLessThanOrEqual(0.03);
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
    expect(report).toMatchObject({ state: "refused", why: "withdrawn" });
    expect(await own.worker.reportBytes(report.id)).toBeNull();
    server.way = "fine";
    await own.worker.setConsent({ personalise: true, contribute: true });
    await own.worker.contribute();
    expect(server.bodies).toEqual([]);
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
    server.tasks = [taskOn(bundle, { round })];
    await own.worker.contribute();
  }
  const { reports } = await own.worker.panel();
  expect(reports.map(({ round }) => round)).toEqual([17, 16, 15, 14, 13, 12, 11, 10]);
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
      server.tasks = [taskOn(bundle, { round })];
      own.clock.nowMs += 1000;
      await own.worker.contribute();
    }
    const blocks = server.bodies.map((body) => parseReport(body).block);
    for (const walk of [blocks.slice(0, 3), blocks.slice(3)]) expect([...walk].sort()).toEqual([0, 1, 2]);
    orders.add(blocks.slice(0, 3).join());
  }
  // One order of six all twelve times would be chance of 6^-11.
  expect(orders.size).toBeGreaterThan(1);
});
