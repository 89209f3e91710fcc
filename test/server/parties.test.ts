/** Two parties over real HTTP, and a relay: what each does while another is away, and whom it believes. */
import { mkdirSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import type { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { taskJson } from "../../core/tasks/task.ts";
import { encodeReport, parseReport, parseReportAnswer, type Report } from "../../core/wire/report.ts";
import { parseCloseAnswer } from "../../core/wire/sums.ts";
import { type Config, parseConfig } from "../../server/base/config.ts";
import { silent } from "../../server/base/log.ts";
import { openHelperIdentity } from "../../server/roles/helper.ts";
import { openLeaderIdentity } from "../../server/roles/leader.ts";
import { type RunningServer, startServer } from "../../server/roles/serve.ts";
import { aggregatesOf, batchesOf } from "../../server/store/batches.ts";
import { openHelperStore } from "../../server/store/helperstore.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { helperPaths, signedHeaders, wireLimits } from "../../server/tasks/helperwire.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { RemoteHelper } from "../../server/tasks/remotehelper.ts";
import { Browser } from "./browsers.ts";
import {
  openServer,
  openTask,
  outcomeIn,
  personsValues,
  plainSum,
  post,
  reportOf,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";
import { askAdmin, roles, setUpParties, until } from "./processes.ts";

const port = 18_421;
const helperUrl = `http://127.0.0.1:${port}`;

interface TwoParties {
  readonly leader: Config;
  readonly helper: Config;
}

/** Settings of two parties that have pinned each other. */
function twoParties(more: { leader?: object; helper?: object } = {}): TwoParties {
  const directory = temporaryDirectory();
  const data = { leader: join(directory, "leader"), helper: join(directory, "helper") };
  for (const path of Object.values(data)) mkdirSync(path);
  const key = openHelperIdentity({ data: data.helper }).publicKey;
  const leader = testConfig(data.leader, {
    role: "leader",
    helper: { url: helperUrl, key },
    ...more.leader,
  });
  const helper = parseConfig({
    role: "helper",
    data: data.helper,
    port,
    publicUrl: helperUrl,
    helper: { minBatch: 3 },
    leader: { key: openLeaderIdentity({ data: data.leader }).publicKey },
    ...more.helper,
  });
  return { leader, helper };
}

async function startHelper(config: Config): Promise<RunningServer> {
  const server = await startServer(config, silent);
  onTestFinished(() => server.stop());
  return server;
}

/** Reports of `count` people on block 1; returns what they hold. */
async function reportsTo(app: Hono, count: number): Promise<readonly Int32Array[]> {
  const tasks = await tasksOf(app);
  const values = Array.from({ length: count }, () => personsValues(tasks, 1));
  for (const one of values) {
    expect(await post(app, await reportOf({ tasks, block: 1, values: one }))).toEqual({ state: "accepted" });
  }
  return values;
}

test("two parties that share nothing but HTTP sum exactly, and neither has the other's files", async () => {
  const { leader, helper } = twoParties();
  await startHelper(helper);
  const { parts, app } = await openServer(leader);
  const values = await reportsTo(app, 6);
  const { tasks, lists } = await tasksOf(app);
  expect(lists.helper).toMatchObject({ role: "helper", origin: helperUrl });
  expect(await parts.cycle.closeNow()).toBe(true);
  const [{ batch, sum }] = await aggregatesOf(parts.leaderStore, 1);
  expect(batch).toMatchObject({ state: "used", reports: 6, counted: 6, leftOut: {} });
  expect(sum).toEqual(plainSum(values, tasks[0].length));
  expect(parts.helperSide).toBeNull();
});

test("a leader whose helper is down starts, takes reports, and finishes the round when the helper is back", async () => {
  const { leader, helper } = twoParties();
  const first = await startHelper(helper);
  const before = await openServer(leader);
  const values = [...(await reportsTo(before.app, 3))];
  await before.parts.close();
  await first.stop();

  const { parts, app } = await openServer(leader);
  values.push(...(await reportsTo(app, 3)));
  await expect(parts.cycle.closeNow()).rejects.toThrow();
  const [waiting] = await batchesOf(parts.leaderStore, 1);
  expect(waiting).toMatchObject({ state: "open", chunks: 0, counted: 0 });

  await startHelper(helper);
  await parts.cycle.closeNow();
  const [{ batch, sum }] = await aggregatesOf(parts.leaderStore, 1);
  expect(batch).toMatchObject({ state: "used", counted: 6 });
  expect(sum).toEqual(plainSum(values, values[0].length));
});

test("a leader that dies between the helper's answer and its own commit gets the same bytes again, noise included", async () => {
  const training = { dim: 3, blockLimit: 10, noiseMultiplier: 3 };
  const { leader, helper } = twoParties({ leader: { training } });
  let running = await startHelper(helper);
  const answers: Uint8Array[] = [];
  const dying = (far: HelperClient): HelperClient => ({
    keys: () => far.keys(),
    log: () => far.log(),
    vouch: (request) => far.vouch(request),
    chunk: (request) => far.chunk(request),
    close: async (request) => {
      const reply = await far.close(request);
      if (reply.ok) answers.push(reply.answer);
      if (answers.length === 1) throw new Error("the leader dies here");
      return reply;
    },
  });
  const before = await openServer(leader, { throughHelper: dying });
  const { tasks } = await tasksOf(before.app);
  const values = await reportsTo(before.app, 5);
  await expect(before.parts.cycle.closeNow()).rejects.toThrow("the leader dies here");
  await before.parts.close();
  // The helper is started anew as well: its answer is on disk.
  await running.stop();
  running = await startHelper(helper);
  const { parts } = await openServer(leader, { throughHelper: dying });
  await parts.cycle.closeNow();
  expect(answers.length).toBe(2);
  expect(Buffer.compare(answers[0], answers[1])).toBe(0);
  expect(parseCloseAnswer(answers[0]).counted).toBe(5);
  const [{ batch, sum }] = await aggregatesOf(parts.leaderStore, 1);
  expect(batch).toMatchObject({ state: "used", counted: 5 });
  expect(sum).not.toEqual(plainSum(values, tasks[0].length));
});

test("a helper takes tasks and requests from the leader it pinned, and from nobody else", async () => {
  const { leader, helper } = twoParties();
  await startHelper(helper);
  const { parts, app } = await openServer(leader);
  const stranger = Identity.open(join(temporaryDirectory(), "leader-identity.json"));
  const { task } = await openTask({ parts, app });
  const remote = new RemoteHelper({ url: helperUrl, identity: stranger });
  const forged = stranger.sign("task", taskJson({ ...task, round: 99 }));
  expect(await remote.vouch({ kind: "task", signed: forged })).toMatchObject({
    ok: false,
    why: "not-signed",
  });
  // Another signature over a request is no refusal of a batch: the leader would ask again.
  await expect(remote.chunk(new Uint8Array(10))).rejects.toThrow("not-the-leader");
  await expect(remote.close(new Uint8Array(10))).rejects.toThrow("not-the-leader");
  const own = openLeaderIdentity(leader);
  const body = new Uint8Array([1, 2, 3]);
  for (const path of [helperPaths.chunks, helperPaths.closings]) {
    const send = (headers: object, sent: Uint8Array<ArrayBuffer>) =>
      fetch(`${helperUrl}${path}`, { method: "POST", headers: { ...headers }, body: sent });
    expect((await send({}, body)).status).toBe(401);
    expect((await send(signedHeaders(body, own), new Uint8Array([1, 2, 4]))).status).toBe(401);
    // With the leader's signature the body is read, and found to be no request.
    expect((await send(signedHeaders(body, own), body)).status).toBe(400);
    const long = new Uint8Array(wireLimits.requestBytes + 1);
    expect((await send(signedHeaders(long, own), long)).status).toBe(413);
  }
});

test("a leader gives out no key list but that of the helper it pinned, and takes no report while it has none", async () => {
  const { leader, helper } = twoParties();
  const other = Identity.open(join(temporaryDirectory(), "helper-identity.json"));
  await startHelper(helper);
  const wrong = { ...leader, helper: { ...leader.helper, key: other.publicKey } };
  const { app } = await openServer(wrong);
  const response = await app.request("/v1/tasks");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ type: "urn:tacit:problem:helper-not-reached" });
});

/** Something that answers where the helper should. */
async function standIn(answer: RequestListener): Promise<RemoteHelper> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const identity = Identity.open(join(temporaryDirectory(), "leader-identity.json"));
  // A port of its own, so that no connection to the one before is used again.
  const address = server.address();
  const own = typeof address === "object" && address !== null ? address.port : 0;
  return new RemoteHelper({
    url: `http://127.0.0.1:${own}/`,
    identity,
    documentMs: 300,
    messageMs: 300,
  });
}

test.each<readonly [string, RequestListener]>([
  ["a fault of its own", (_, response) => response.writeHead(500).end("boom")],
  ["a proxy's page", (_, response) => response.writeHead(409).end("<html>conflict</html>")],
  [
    "a refusal of another status",
    (_, response) => response.writeHead(502).end(JSON.stringify({ why: "too-few", detail: "x" })),
  ],
  [
    "a reason nobody knows",
    (_, response) => response.writeHead(409).end(JSON.stringify({ why: "mood", detail: "x" })),
  ],
  ["a way to elsewhere", (_, response) => response.writeHead(307, { location: "http://127.0.0.1:9/" }).end()],
  ["nothing at all", () => {}],
  ["a connection that ends", (request) => void request.socket.destroy()],
  ["an answer without an end", (_, response) => void response.writeHead(200).write("x")],
])("what answers a chunk or a closing with %s was not the helper: ask again", async (_, answer) => {
  const helper = await standIn(answer);
  await expect(helper.chunk(new Uint8Array(4))).rejects.toThrow();
  await expect(helper.close(new Uint8Array(4))).rejects.toThrow();
});

test("the helper's own refusal is handed on, and its answer byte for byte", async () => {
  let asked = 0;
  const helper = await standIn((_, response) => {
    if (asked++ === 0) response.writeHead(409).end(JSON.stringify({ why: "too-few", detail: "3 of 4" }));
    else response.writeHead(200).end(Buffer.from([7, 0, 255]));
  });
  expect(await helper.chunk(new Uint8Array(4))).toEqual({ ok: false, why: "too-few", detail: "3 of 4" });
  const reply = await helper.close(new Uint8Array(4));
  expect(reply.ok && [...reply.answer]).toEqual([7, 0, 255]);
});

test("a browser whose relay is down keeps its report, goes round it for nothing, and is counted once when it is back", async () => {
  const parties = await setUpParties({
    directory: temporaryDirectory(),
    port: port + 2,
    items: 12,
    leader: { catalogue: { contentDim: 4 }, training: { dim: 2 }, round: { minBatch: 10 } },
  });
  const { processes, urls } = parties;
  for (const role of roles) await processes[role].start();
  const tasksOpen = async () =>
    (await (await fetch(`${urls.relay}/v1/tasks`)).text()).includes('\\"round\\":1');
  await until("a task is open", tasksOpen);
  const browser = new Browser(parties, [1, 2, 3]);
  // The leader is gone behind the relay: the report is in the ledger, and unanswered.
  await processes.leader.kill();
  expect((await browser.visit()).reports).toEqual([]);
  await processes.leader.start();
  browser.failAt(`POST ${urls.relay}/v1/relay`);
  const sent = await browser.visit();
  expect(sent.reports).toMatchObject([{ sums: [{ state: "sending" }] }]);
  const body = await browser.bodyOf(sent.reports[0].id);
  await processes.relay.kill();
  expect((await browser.visit()).reports).toMatchObject([
    { sums: [{ state: "sending" }], id: sent.reports[0].id },
  ]);
  await processes.relay.start();
  const answered = await browser.visit();
  expect(answered.reports).toMatchObject([{ sums: [{ state: "accepted" }], id: sent.reports[0].id }]);
  expect(Buffer.compare(await browser.bodyOf(sent.reports[0].id), body)).toBe(0);
  expect([...browser.asked].filter((request) => request.includes("/v1/reports"))).toEqual([]);
}, 120_000);

test("with tokens on, the helper's issuer lets each report in once, and whoever has none is refused", async () => {
  const parties = await setUpParties({
    directory: temporaryDirectory(),
    port: port + 5,
    items: 12,
    leader: {
      catalogue: { contentDim: 4 },
      training: { dim: 2, noiseMultiplier: 1.3 },
      round: { minBatch: 10 },
      tokens: { required: true },
    },
    helper: {
      // Of the sensitivity, which is a little more than the clip.
      helper: { minBatch: 10, noiseMultiplier: 1.2 },
      tokens: { required: true, issue: true, perDay: 11 },
    },
    helperFirst: true,
  });
  const { processes, urls, directories } = parties;
  await processes.leader.start();
  await processes.relay.start();
  const tasksOpen = async () =>
    (await (await fetch(`${urls.relay}/v1/tasks`)).text()).includes('\\"round\\":1');
  await until("a task is open", tasksOpen);
  // Each takes the one token that it needs; the twelfth of this address gets none today.
  const browsers = Array.from({ length: 12 }, () => new Browser(parties, [1, 2, 3]));
  const states: string[] = [];
  for (const browser of browsers) {
    await browser.visit({ stillMs: 150 });
    const { reports } = await browser.visit();
    states.push(reports[0]?.sums[0].state ?? "none");
  }
  expect(states).toEqual([...Array.from({ length: 11 }, () => "accepted"), "none"]);

  // A report that carries another's token is refused, however it came by it.
  const [report] = (await browsers[0].visit()).reports;
  const stolen = parseReport(await browsers[0].bodyOf(report.id));
  const post = async (body: Report) => {
    const response = await fetch(`${urls.leader}/v1/reports`, { method: "POST", body: encodeReport(body) });
    return outcomeIn(parseReportAnswer(await response.json()));
  };
  const id = new Uint8Array(16);
  expect(await post(stolen)).toEqual({ state: "duplicate" });
  expect(await post({ ...stolen, id })).toMatchObject({ state: "refused", why: "token-spent" });
  expect(await post({ ...stolen, id, token: new Uint8Array(0) })).toMatchObject({ why: "no-token" });
  const forged = Uint8Array.from(stolen.token, (byte, at) => (at === 300 ? byte ^ 1 : byte));
  expect(await post({ ...stolen, id, token: forged })).toMatchObject({ why: "bad-token" });

  expect(await askAdmin(urls.leader, "POST", "/rounds/close")).not.toBeNull();
  for (const role of roles) expect(await processes[role].stop()).toBe(0);
  const helperStore = openHelperStore(join(directories.helper, "helper.sqlite"));
  const spent = await helperStore.selectFrom("spent_tokens").selectAll().execute();
  await helperStore.destroy();
  expect(spent.length).toBe(11);
}, 120_000);
