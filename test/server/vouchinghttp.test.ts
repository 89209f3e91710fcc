/** The log over HTTP: what anybody may read of it, what the leader shows, and how the helper says no. */
import { expect, onTestFinished, test } from "vitest";
import { canonicalJson } from "../../core/json.ts";
import { parseKeyList } from "../../core/wire/keylist.ts";
import { checkLog, emptyLog, parseLogTail } from "../../core/wire/log.ts";
import { parseTasksAnswer } from "../../core/wire/tasksanswer.ts";
import { parseConfig } from "../../server/base/config.ts";
import { silent } from "../../server/base/log.ts";
import { sha256 } from "../../server/base/platform.ts";
import { relayRoutes } from "../../server/relay/relay.ts";
import { createHelperApp } from "../../server/roles/app.ts";
import { openHelperIdentity, openHelperParts } from "../../server/roles/helper.ts";
import type { HelperClient } from "../../server/tasks/helperclient.ts";
import { Identity } from "../../server/tasks/keys/identity.ts";
import { RemoteHelper } from "../../server/tasks/remotehelper.ts";
import { openServer, temporaryDirectory, testConfig } from "./harness.ts";

test("a tasks answer comes with entries that lead to the head in the helper's list, and the whole log does from nothing", async () => {
  const { app } = await openServer(testConfig(temporaryDirectory()));
  const answer = parseTasksAnswer(await (await app.request("/v1/tasks")).json());
  const { log: head } = parseKeyList(JSON.parse(answer.helper.document));
  if (head === null) throw new Error("expected a head in the helper's list, got none");
  expect(answer.log.entries.map(({ kind, subject }) => [kind, subject])).toEqual([
    ["plan", ""],
    ["edition", ""],
    ["task", "item-factors"],
  ]);
  expect(await checkLog(answer.log, { head, seen: null, sha256 })).toEqual({ state: "good" });
  const response = await app.request("/v1/log");
  expect(response.headers.get("cache-control")).toBe("public, max-age=60");
  const whole = parseLogTail(await response.json());
  expect(await checkLog(whole, { head, seen: emptyLog, sha256 })).toEqual({ state: "good" });
  expect(parseKeyList(JSON.parse(answer.leader.document)).log).toBe(null);
});

test("nothing is asked while the plan is not in the log, and a task that the log does not end with is shown to nobody", async () => {
  const config = testConfig(temporaryDirectory());
  const refuses = { plan: true };
  const throughHelper = (helper: HelperClient): HelperClient => ({
    ...helper,
    vouch: async (request) =>
      request.kind === "plan" && refuses.plan
        ? { ok: false, why: "too-many-today", detail: "tomorrow" }
        : helper.vouch(request),
  });
  const { parts, app } = await openServer(config, { throughHelper });
  const waiting = await app.request("/v1/tasks");
  expect(waiting.status).toBe(503);
  expect(await waiting.json()).toMatchObject({ type: "urn:tacit:problem:plan-not-vouched" });
  expect(parts.cycle.troubles).toMatchObject({ plan: { why: "too-many-today" } });
  refuses.plan = false;
  await parts.cycle.openNext();
  expect(parts.cycle.troubles).toEqual({});
  const shown = async () => parseTasksAnswer(await (await app.request("/v1/tasks")).json()).tasks.length;
  expect(await shown()).toBe(1);
  // Somebody else with the leader's key has another one vouched for.
  const open = await parts.tasks.ofKind("item-factors");
  if (open === undefined) throw new Error("expected an open task, got none");
  const identity = Identity.open(`${config.data}/leader-identity.json`);
  const other = identity.sign(
    "task",
    JSON.parse(canonicalJson({ ...JSON.parse(open.signed.document), round: 99 })),
  );
  expect(await parts.helper.vouch({ kind: "task", signed: other })).toEqual({ ok: true });
  expect(await shown()).toBe(1);
  await parts.helperKeys.refresh();
  expect(await shown()).toBe(0);
});

/** A process of role helper, as a leader reaches it, whose requests do not leave this one. */
async function helperOver(more: object = {}) {
  const data = temporaryDirectory();
  const leader = Identity.open(`${temporaryDirectory()}/leader-identity.json`);
  const config = parseConfig({
    ...{ role: "helper", data, leader: { key: leader.publicKey } },
    helper: { minBatch: 3, ...more },
  });
  const parts = await openHelperParts(config);
  onTestFinished(() => parts.close());
  const app = createHelperApp(parts);
  const { fetch } = globalThis;
  onTestFinished(() => {
    globalThis.fetch = fetch;
  });
  globalThis.fetch = async (url, init) => app.request(String(url), init);
  const remote = new RemoteHelper({ url: "http://127.0.0.1:1", identity: leader });
  return { app, leader, remote, identity: openHelperIdentity(config).publicKey };
}

test("over HTTP the helper vouches, says its word with the log, and why it does not vouch", async () => {
  const { app, leader, remote } = await helperOver({ documentsPerDay: 1 });
  const edition = (sequence: number) => leader.sign("edition", { version: 3, sequence });
  expect(await remote.vouch({ kind: "edition", signed: edition(5) })).toEqual({ ok: true });
  expect(await remote.vouch({ kind: "edition", signed: edition(5) })).toEqual({ ok: true });
  expect(await remote.vouch({ kind: "edition", signed: edition(4) })).toMatchObject({ why: "not-newer" });
  expect(await remote.vouch({ kind: "edition", signed: edition(6) })).toMatchObject({
    ok: false,
    why: "too-many-today",
    detail: expect.stringMatching(/retry in \d+ seconds/),
  });
  expect(await remote.vouch({ kind: "plan", signed: edition(7) })).toMatchObject({ why: "not-signed" });
  const word = await remote.keys();
  const { log: head } = parseKeyList(JSON.parse(word.list.document));
  expect(head?.size).toBe(1);
  expect(await remote.log()).toEqual(word.log);
  const post = (body: string) => app.request("/v1/helper/documents", { method: "POST", body });
  for (const body of [
    "",
    "{}",
    JSON.stringify({ kind: "keys", ...edition(9) }),
    JSON.stringify(edition(9)),
  ]) {
    const refused = await post(body);
    expect([refused.status, (await refused.json()).why]).toEqual([400, "malformed"]);
  }
  expect((await post(JSON.stringify({ kind: "edition", ...edition(9) }))).status).toBe(429);
  expect((await post("x".repeat(70_000))).status).toBe(413);
  expect((await app.request("/v1/helper/tasks", { method: "POST", body: "{}" })).status).toBe(404);
});

test("a relay passes the log on, asks for it once in a minute, and asks nothing about who wants it", async () => {
  const clock = { nowMs: 1_800_000_000_000 };
  const asked: string[] = [];
  const app = relayRoutes({
    gateway: new URL("https://leader.example"),
    log: silent,
    nowMs: () => clock.nowMs,
    fetch: async (url, init) => {
      asked.push(`${init.method} ${url} ${JSON.stringify(init.headers)}`);
      return Response.json({ start: 0, before: emptyLog.hash, entries: [] });
    },
  });
  const cookie = { headers: { cookie: "me", "if-none-match": '"x"' } };
  for (let k = 0; k < 3; k++) {
    const answer = await app.request("/log?since=4", cookie);
    expect(parseLogTail(await answer.json()).entries).toEqual([]);
    expect(answer.headers.get("cache-control")).toBe("public, max-age=60");
  }
  expect(asked).toEqual(['GET https://leader.example/v1/log {"accept":"application/json"}']);
  clock.nowMs += 60_000;
  await app.request("/log");
  expect(asked).toHaveLength(2);
});
