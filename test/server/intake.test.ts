/** What is refused is refused in the documented way, and nothing of it is stored. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeReport, refusals, reportBytes } from "../../core/wire/report.ts";
import { countReports } from "../../server/store/reports.ts";
import {
  openServer,
  post,
  postRaw,
  randomValues,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

async function storedCount({
  parts,
}: TestServer): Promise<{ readonly reports: number; readonly ids: number }> {
  const count = async (table: "reports" | "report_ids") =>
    (
      await parts.leaderStore
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as("rows"))
        .executeTakeFirstOrThrow()
    ).rows;
  return { reports: await count("reports"), ids: await count("report_ids") };
}

test("a report is accepted once; sent again it is a duplicate, also after its round, also after a restart", async () => {
  const config = testConfig(temporaryDirectory());
  const first = await openServer(config);
  const tasks = await tasksOf(first.app);
  const reports = await Promise.all(
    Array.from({ length: 6 }, () => reportOf({ tasks, block: 0, values: randomValues(tasks) })),
  );
  // At once: they share commits, and a report that stands twice in one commit counts once.
  const answers = await Promise.all([...reports, ...reports].map((report) => post(first.app, report)));
  expect(answers.filter(({ state }) => state === "accepted").length).toBe(6);
  expect(answers.filter(({ state }) => state === "duplicate").length).toBe(6);
  await first.parts.close();
  const second = await openServer(config);
  expect(await post(second.app, reports[0])).toEqual({ state: "duplicate" });
  await second.parts.cycle.closeNow();
  expect(await post(second.app, reports[1])).toEqual({ state: "duplicate" });
  expect(
    await post(second.app, await reportOf({ tasks, block: 0, values: randomValues(tasks) })),
  ).toMatchObject({
    state: "refused",
    why: "task-closed",
  });
});

test("a truncated report is refused as malformed, wherever it is cut", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  const bytes = encodeReport(await reportOf({ tasks, block: 0, values: randomValues(tasks) }));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length - 1 }), async (length) => {
      const response = await postRaw(server.app, bytes.subarray(0, length));
      expect(response.status).toBe(400);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({
        type: "urn:tacit:problem:malformed",
        status: 400,
        state: "refused",
        why: "malformed",
        detail: expect.stringMatching(/^parseReport: expected .* got /),
      });
    }),
    { numRuns: 60 },
  );
  expect(await storedCount(server)).toEqual({ reports: 0, ids: 0 });
});

test("a report with any bit flipped is accepted as another sealed report or refused with a documented reason", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  const bytes = encodeReport(await reportOf({ tasks, block: 0, values: randomValues(tasks) }));
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), async (bit) => {
      const flipped = Uint8Array.from(bytes);
      flipped[bit >> 3] ^= 1 << (bit & 7);
      const answer = await post(server.app, flipped);
      if (answer.state === "refused") expect(refusals).toContain(answer.why);
      if (answer.state === "accepted") accepted++;
    }),
    { numRuns: 300 },
  );
  expect(await storedCount(server)).toEqual({ reports: accepted, ids: accepted });
  // The unchanged report shares its id with those whose flipped bit lies in the sealed parts: at most one of
  // them counts.
  expect((await post(server.app, bytes)).state).toBe("duplicate");
});

test.each([
  ["unknown-task", 404, (b: Uint8Array) => b.fill(7, 26, 58)],
  ["unknown-key", 400, (b: Uint8Array) => b.fill(b[6] ^ 1, 6, 7)],
  ["unknown-key", 400, (b: Uint8Array) => b.fill(b[7] ^ 1, 7, 8)],
  ["wrong-block", 400, (b: Uint8Array) => b.fill(3, 58, 59)],
] as const)("%s is answered with status %i", async (why, status, change) => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  const bytes = encodeReport(await reportOf({ tasks, block: 0, values: randomValues(tasks) }));
  change(bytes);
  const response = await postRaw(server.app, bytes);
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    type: `urn:tacit:problem:${why}`,
    status,
    state: "answered",
    sums: [{ state: "refused", why }],
  });
  expect(await storedCount(server)).toEqual({ reports: 0, ids: 0 });
});

test("a vector of another length is refused, and a body longer than any report is not read to its end", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  const length = tasks.tasks[0].length;
  const short = await reportOf({ tasks, block: 0, values: new Int32Array(length - 1) });
  expect(await post(server.app, short)).toMatchObject({ why: "wrong-length" });
  const long = await postRaw(server.app, new Uint8Array(reportBytes([length], { token: false }) + 1));
  expect(long.status).toBe(413);
  expect(await long.json()).toMatchObject({ state: "refused", why: "wrong-length", status: 413 });
  let pulled = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled++;
      controller.enqueue(new Uint8Array(4096));
    },
  });
  // A stream as body needs `duplex`, which the DOM types do not know.
  const init = { method: "POST", body: endless, duplex: "half" };
  expect((await server.app.request("/v1/reports", init)).status).toBe(413);
  expect(pulled * 4096).toBeLessThan(reportBytes([length], { token: false }) + 5 * 4096);
  expect(await storedCount(server)).toEqual({ reports: 0, ids: 0 });
});

test("a block takes maxBatch reports that wait and no more, also across a restart", async () => {
  const round = { minBatch: 4, maxBatch: 5, batchSize: 1000, quietSeconds: 3600, roundSeconds: 86_400 };
  const config = testConfig(temporaryDirectory(), { round });
  const first = await openServer(config);
  const tasks = await tasksOf(first.app);
  const send = async (server: TestServer, block: number) =>
    post(server.app, await reportOf({ tasks, block, values: randomValues(tasks) }));
  for (let k = 0; k < 3; k++) expect((await send(first, 1)).state).toBe("accepted");
  await first.parts.close();
  const second = await openServer(config);
  const states = await Promise.all(Array.from({ length: 5 }, () => send(second, 1)));
  expect(states.filter(({ state }) => state === "accepted").length).toBe(2);
  expect(states.filter((answer) => answer.state === "refused" && answer.why === "batch-full").length).toBe(3);
  expect((await send(second, 2)).state).toBe("accepted");
  const current = tasks.tasks[0];
  expect(current.maxBatch).toBe(5);
  expect(await countReports(second.parts.leaderStore, 1)).toEqual(
    new Map([
      [1, 5],
      [2, 1],
    ]),
  );
});

test("what is stored of a report tells nothing about who sent it, or when", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  await post(server.app, await reportOf({ tasks, block: 0, values: randomValues(tasks) }));
  const rows = await server.parts.leaderStore.selectFrom("reports").selectAll().execute();
  expect(rows.map((row) => Object.keys(row))).toEqual([
    [
      "seq",
      "task",
      "block",
      "lane",
      "id",
      "leader_key",
      "helper_key",
      "leader_share",
      "helper_seed",
      "token",
    ],
  ]);
  const [known] = await server.parts.leaderStore.selectFrom("report_ids").selectAll().execute();
  expect(Object.keys(known)).toEqual(["task", "id"]);
});
