import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { createAdaptorServer } from "@hono/node-server";
import fc from "fast-check";
import { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { dayMs } from "../../core/time.ts";
import { encodeRequest, parseResponse } from "../../core/wire/bhttp.ts";
import { keyProblemType, ohttpMedia, parseKeyConfigs } from "../../core/wire/ohttp.ts";
import { parseConfig } from "../../server/base/config.ts";
import type { Log, LogFields } from "../../server/base/log.ts";
import { baseApp } from "../../server/http/base.ts";
import { Gateway } from "../../server/relay/gateway.ts";
import { GatewayKeys } from "../../server/relay/gatewaykeys.ts";
import { gatewayRoutes } from "../../server/relay/gatewayroutes.ts";
import { type RelayRoutesOptions, relayRoutes } from "../../server/relay/relay.ts";
import {
  encapsulate,
  gatewayKeyOf,
  type InnerRequest,
  readRelayAnswer,
  sealMessage,
} from "../../worker/door/ohttp.ts";
import { publish } from "../model.ts";
import { HelperLog } from "../worker/helperlog.ts";
import { editionAnswerOf, signedEdition } from "../worker/parties.ts";
import { shopModel } from "../worker/shop.ts";

const leaderUrl = "https://leader.example";

/** A directory that is gone when the test is. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "tacit-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

interface World {
  readonly keys: GatewayKeys;
  readonly app: Hono;
  /** What the leader's handler was asked. */
  readonly handled: Request[];
  /** What was logged by gateway and relay. */
  readonly lines: string[];
  nowMs: number;
}

/** A leader that answers what it was sent, behind a gateway. */
async function leader({ rotateDays = 30, overlapDays = 3, limitBytes = 400_000 } = {}): Promise<World> {
  const path = join(temporaryDirectory(), "gateway-keys.json");
  const nowMs = 1_700_000_000_000;
  const keys = await GatewayKeys.open({ path, nowMs, rotation: { rotateDays, overlapDays } });
  const handled: Request[] = [];
  const lines: string[] = [];
  const world = { keys, app: new Hono(), handled, lines, nowMs };
  const handle = async (request: Request) => {
    handled.push(request);
    const body = await request.clone().arrayBuffer();
    if (request.method === "GET") return Response.json({ tasks: "all" });
    if (body.byteLength === 13) throw new Error("a defect of the handler");
    if (body.byteLength === 12) return new Response(brokenStream());
    return new Response(body, { status: 202, headers: { "content-type": "a/echo", "set-cookie": "a=b" } });
  };
  const log = logInto(lines);
  const gateway = new Gateway({ keys, handle, nowMs: () => world.nowMs, log });
  world.app.route("/v1", gatewayRoutes({ gateway, limitBytes }));
  return world;
}

const configOf = ({ keys, nowMs }: World) => gatewayKeyOf(keys.encoded(nowMs));
const report = (body = new Uint8Array([1, 2, 3])): InnerRequest => ({
  method: "POST",
  url: `${leaderUrl}/v1/reports`,
  headers: { "content-type": "application/octet-stream" },
  body,
});

/** One exchange straight with the gateway. */
async function exchangeWith(world: World, request: InnerRequest, config = configOf(world)) {
  const exchange = await encapsulate({ config, request });
  const answer = await world.app.request("/v1/gateway", post(exchange.body));
  return { exchange, answer, read: () => readRelayAnswer(exchange, answer) };
}

const post = (body: Uint8Array<ArrayBuffer>, type: string = ohttpMedia.request) => ({
  method: "POST",
  headers: { "content-type": type },
  body,
});

async function answeredBy(world: World, request: InnerRequest): Promise<Response> {
  const read = await (await exchangeWith(world, request)).read();
  if (read.state !== "answered") throw new Error(`expected an answer, got ${read.state}`);
  return read.response;
}

test("a report through the gateway is the leader's to answer, whatever is in it", async () => {
  const world = await leader();
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 14, maxLength: 3000 }), async (body) => {
      const response = await answeredBy(world, report(body));
      expect(response.status).toBe(202);
      expect(response.headers.get("content-type")).toBe("a/echo");
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(body);
    }),
    { numRuns: 25 },
  );
  const tasks = await answeredBy(world, { method: "GET", url: `${leaderUrl}/v1/tasks` });
  expect(await tasks.json()).toEqual({ tasks: "all" });
});

test("only content-type and accept reach the leader, and only content-type comes back", async () => {
  const world = await leader();
  const headers = {
    "content-type": "application/octet-stream",
    accept: "a/b",
    cookie: "who=me",
    "x-forwarded-for": "203.0.113.7",
    authorization: "Bearer x",
  };
  const response = await answeredBy(world, { ...report(), headers });
  expect(Object.fromEntries(world.handled[0].headers)).toEqual({
    accept: "a/b",
    "content-type": "application/octet-stream",
  });
  expect([...response.headers.keys()]).toEqual(["content-type"]);
});

test("the gateway serves two addresses; others, and a request that waits, are refused inside the seal", async () => {
  const world = await leader();
  const ask = async (request: InnerRequest) => {
    const { status, headers } = await answeredBy(world, request);
    expect(headers.get("content-type")).toBe("application/problem+json");
    return status;
  };
  expect(await ask({ ...report(), url: `${leaderUrl}/v1/admin/rounds` })).toBe(403);
  expect(await ask({ ...report(), url: `${leaderUrl}/v1/reports/../admin` })).toBe(403);
  expect(await ask({ ...report(), method: "GET" })).toBe(403);
  expect(await ask({ method: "POST", url: `${leaderUrl}/v1/tasks` })).toBe(403);
  expect(await ask({ ...report(), headers: { expect: "100-continue" } })).toBe(417);
  expect(world.handled).toEqual([]);
});

/** The body of an answer that fails half-way. */
function brokenStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(5)),
    pull: (controller) => controller.error(new Error("a defect of the handler")),
  });
}

test("a handler that fails is a sealed 500, and its words stay in the log", async () => {
  const world = await leader();
  for (const length of [12, 13]) {
    const response = await answeredBy(world, report(new Uint8Array(length)));
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("a defect of the handler");
  }
  expect(world.lines.filter((line) => line.includes("a defect of the handler"))).toHaveLength(2);
});

test("whatever is sealed, the gateway answers it, inside the seal", async () => {
  const world = await leader();
  const text = fc.string({ unit: "grapheme-ascii", maxLength: 30 });
  const wild = fc
    .record({
      method: fc.oneof(text, fc.constantFrom("GET", "POST")),
      scheme: fc.oneof(text, fc.constantFrom("https", "javascript")),
      authority: fc.oneof(text, fc.constantFrom("a:b@leader.example", "leader.example", "")),
      path: fc.oneof(text, fc.constantFrom("/v1/reports", "/v1/tasks")),
      content: fc.uint8Array({ maxLength: 40 }),
    })
    .map((parts) => encodeRequest({ ...parts, headers: [] }));
  const withPassword = {
    method: "POST",
    scheme: "https",
    authority: "name:word@leader.example",
    path: "/v1/reports",
    headers: [],
    content: new Uint8Array(20),
  };
  const messages = fc.oneof(wild, fc.uint8Array({ maxLength: 80 }));
  await fc.assert(
    fc.asyncProperty(messages, async (message) => {
      const sealed = await sealMessage({ config: configOf(world), message });
      const answer = await world.app.request("/v1/gateway", post(sealed.body));
      expect(answer.status).toBe(200);
      const { status } = parseResponse(await sealed.open(new Uint8Array(await answer.arrayBuffer())));
      expect([200, 202, 400, 403, 417, 500]).toContain(status);
    }),
    { numRuns: 400, examples: [[encodeRequest(withPassword)]] },
  );
  expect((await answeredBy(world, report())).status).toBe(202);
});

test("an accepted report and a refused one are answered in the same number of bytes", async () => {
  const world = await leader();
  const accepted = await (await exchangeWith(world, report(new Uint8Array(20)))).answer.arrayBuffer();
  const refused = await (
    await exchangeWith(world, { ...report(), url: `${leaderUrl}/v1/other` })
  ).answer.arrayBuffer();
  expect(accepted.byteLength).toBe(refused.byteLength);
  expect(accepted.byteLength).toBe(16 + 1024 + 16);
});

test("the gateway refuses other media types, nonsense and oversize in the open, and lives on", async () => {
  const world = await leader({ limitBytes: 5000 });
  const ask = async (init: RequestInit) => {
    const answer = await world.app.request("/v1/gateway", init);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    return answer.status;
  };
  const { body } = await encapsulate({ config: configOf(world), request: report() });
  expect(await ask(post(body, "application/octet-stream"))).toBe(415);
  expect(await ask(post(new Uint8Array(0)))).toBe(400);
  expect(await ask(post(new Uint8Array(5001)))).toBe(413);
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      fc.nat({ max: body.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (noise, at, change) => {
        const changed = Uint8Array.from(body);
        changed[at] ^= change;
        expect(await ask(post(Uint8Array.from(noise)))).toBe(400);
        expect(await ask(post(changed))).toBe(400);
        expect(await ask(post(body.slice(0, at)))).toBe(400);
      },
    ),
    { numRuns: 300 },
  );
  expect(world.handled).toEqual([]);
  expect((await answeredBy(world, report())).status).toBe(202);
});

test("an old key opens during its overlap; after it the answer names the problem, and a new list helps", async () => {
  const world = await leader({ rotateDays: 30, overlapDays: 3 });
  const old = configOf(world);
  expect(await world.keys.rotateIfDue(world.nowMs + 29 * dayMs)).toBe(false);
  world.nowMs += 31 * dayMs;
  expect(await world.keys.rotateIfDue(world.nowMs)).toBe(true);
  const rotated = configOf(world);
  expect(rotated.id).not.toBe(old.id);
  expect(parseKeyConfigs(world.keys.encoded(world.nowMs)).map(({ id }) => id)).toEqual([rotated.id, old.id]);
  for (const config of [old, rotated]) {
    expect((await (await exchangeWith(world, report(), config)).read()).state).toBe("answered");
  }

  world.nowMs += 3 * dayMs;
  expect(parseKeyConfigs(world.keys.encoded(world.nowMs)).map(({ id }) => id)).toEqual([rotated.id]);
  const { answer, read } = await exchangeWith(world, report(), old);
  expect(answer.status).toBe(400);
  expect((await answer.clone().json()).type).toBe(keyProblemType);
  expect(await read()).toEqual({ state: "stale-key" });
  expect((await answeredBy(world, report())).status).toBe(202);
});

test("a lost key file: what was sealed to the lost key is a key problem, even where the new one has its id", async () => {
  const world = await leader();
  const held = configOf(world);
  const lost = configOf(await leader());
  const { answer, read } = await exchangeWith(world, report(), { ...lost, id: held.id });
  expect((await answer.clone().json()).type).toBe(keyProblemType);
  expect(await read()).toEqual({ state: "stale-key" });
  expect(world.handled).toEqual([]);
  expect((await answeredBy(world, report())).status).toBe(202);
});

test("keys live in a file only their owner reads, survive a restart, and are gone from it once they were outlived", async () => {
  const path = join(temporaryDirectory(), "gateway-keys.json");
  const rotation = { rotateDays: 10, overlapDays: 2 };
  const open = (nowMs: number) => GatewayKeys.open({ path, nowMs, rotation });
  const first = await open(5 * dayMs);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect((await open(6 * dayMs)).encoded(6 * dayMs)).toEqual(first.encoded(5 * dayMs));
  const [{ privateKey }] = JSON.parse(readFileSync(path, "utf8")).keys;
  await first.rotateIfDue(15 * dayMs);
  expect(readFileSync(path, "utf8")).toContain(privateKey);
  expect((await open(16 * dayMs)).encoded(16 * dayMs)).toEqual(first.encoded(16 * dayMs));
  expect(await (await open(17 * dayMs)).rotateIfDue(17 * dayMs)).toBe(false);
  expect(await (await open(25 * dayMs)).rotateIfDue(25 * dayMs)).toBe(true);
  expect(readFileSync(path, "utf8")).toContain(privateKey);
  expect(await (await open(35 * dayMs)).rotateIfDue(35 * dayMs)).toBe(true);
  expect(readFileSync(path, "utf8")).not.toContain(privateKey);
  writeFileSync(path, '{"version":1,"keys":[]}');
  await expect(open(0)).rejects.toThrow("gateway keys:");
});

/** A real socket for an application, on a port of this file's own. */
async function listen(app: Hono, port: number): Promise<string> {
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${port}`;
}

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A bare socket in the leader's place that writes down all it sees of each request. */
async function recorder(port: number, answer: { status: number; type: string; body: Uint8Array | string }) {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece);
    const { method = "", url = "", headers } = incoming;
    seen.push({ method, url, headers, body: Buffer.concat(pieces) });
    outgoing.writeHead(answer.status, { "content-type": answer.type, "set-cookie": "id=1", "x-id": "2" });
    outgoing.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return seen;
}

/** A relay as a server runs it: its routes on the application that every role starts from. */
function relayTo(gateway: string, more: Partial<RelayRoutesOptions> = {}): Hono {
  const { log = () => {}, nowMs = Date.now } = more;
  const config = parseConfig({ data: "/nowhere", origins: ["https://shop.example"] });
  const app = baseApp({ config, log, nowMs });
  app.route("/v1", relayRoutes({ gateway: new URL(gateway), log, nowMs, ...more }));
  return app;
}

/** A log that keeps what it is told, as text. */
const logInto =
  (lines: string[]): Log =>
  (event: string, fields?: LogFields) =>
    void lines.push(`${event} ${JSON.stringify(fields)}`);

/** A request with every header a browser or a proxy might add; `node:http` adds none of its own accord. */
function talkative(url: string, { port, body }: { readonly port: number; readonly body: Uint8Array }) {
  const headers = {
    "content-type": ohttpMedia.request,
    "content-length": body.length,
    origin: "https://shop.example",
    referer: "https://shop.example/basket",
    cookie: `session=${port}`,
    "user-agent": `Browser/${port}`,
    "accept-language": "de-CH, fr;q=0.5",
    "x-forwarded-for": "203.0.113.9",
    forwarded: "for=203.0.113.9",
    via: "1.1 proxy",
    dnt: "1",
    "sec-ch-ua-platform": "Linux",
    "x-anything": `${port}`,
  };
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: Buffer }>((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method: "POST", headers, localAddress: "127.0.0.2" },
      async (answer) => {
        const pieces: Buffer[] = [];
        for await (const piece of answer) pieces.push(piece);
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(pieces),
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

test("over real sockets, a report goes browser, relay, gateway, leader and its answer comes all the way back", async () => {
  const world = await leader();
  const gatewayUrl = await listen(world.app, 18_100);
  const relayUrl = await listen(relayTo(gatewayUrl), 18_101);
  const body = new Uint8Array(250_000).map((_, k) => (k * 31) % 251);
  const exchange = await encapsulate({ config: configOf(world), request: report(body) });
  const answer = await fetch(`${relayUrl}/v1/relay`, post(exchange.body));
  const read = await readRelayAnswer(exchange, answer);
  if (read.state !== "answered") throw new Error(read.state);
  const digest = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  expect(digest(new Uint8Array(await read.response.arrayBuffer()))).toBe(digest(body));

  world.nowMs += 100 * dayMs;
  await world.keys.rotateIfDue(world.nowMs);
  world.nowMs += 100 * dayMs;
  const late = await fetch(`${relayUrl}/v1/relay`, post(exchange.body));
  expect(await readRelayAnswer(exchange, late)).toEqual({ state: "stale-key" });
});

test("the leader's side sees of every browser the same: the content, and nothing else", async () => {
  const answer = { status: 200, type: ohttpMedia.response, body: new Uint8Array([7, 8, 9]) };
  const seen = await recorder(18_110, answer);
  const lines: string[] = [];
  const relay = relayTo("http://127.0.0.1:18110", { log: logInto(lines) });
  const relayUrl = await listen(relay, 18_111);
  const bodies = [new Uint8Array(100).fill(1), new Uint8Array(100).fill(2)];
  for (const [k, body] of bodies.entries()) {
    const got = await talkative(`${relayUrl}/v1/relay`, { port: 4000 + k, body });
    expect(got.status).toBe(200);
    expect(got.headers["content-type"]).toBe(ohttpMedia.response);
    expect(got.headers["set-cookie"]).toBeUndefined();
    expect(got.headers["x-id"]).toBeUndefined();
    expect([...got.body]).toEqual([7, 8, 9]);
  }
  expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /v1/gateway", "POST /v1/gateway"]);
  expect(seen.map(({ body }) => [...body])).toEqual(bodies.map((body) => [...body]));
  expect(seen[0].headers).toEqual(seen[1].headers);
  expect(Object.keys(seen[0].headers).sort()).toEqual([
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "content-type",
    "host",
    "sec-fetch-mode",
    "user-agent",
  ]);
  const told = JSON.stringify(seen[0].headers) + lines.join();
  for (const secret of ["203.0.113", "127.0.0.2", "session", "Browser", "de-CH", "shop.example", "proxy"]) {
    expect(told).not.toContain(secret);
  }
});

test("a crowd that asks for tasks costs the leader one request in a few seconds, and gets one answer", async () => {
  let asked = 0;
  let nowMs = 1000;
  const relay = relayTo(leaderUrl, {
    nowMs: () => nowMs,
    tasksForMs: 3000,
    fetch: async (url, { method, headers }) => {
      expect({ method, url, headers }).toEqual({
        method: "GET",
        url: `${leaderUrl}/v1/tasks`,
        headers: { accept: "application/json" },
      });
      asked++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return Response.json({ asked });
    },
  });
  const askAll = () => Promise.all(Array.from({ length: 200 }, () => relay.request("/v1/tasks")));
  for (const answer of await askAll()) expect(await answer.json()).toEqual({ asked: 1 });
  nowMs += 2999;
  await askAll();
  expect(asked).toBe(1);
  nowMs += 10;
  for (const answer of await askAll()) expect(await answer.json()).toEqual({ asked: 2 });
});

test("the edition passes through, and a part is asked for once, whoever asks, with nothing of what they sent", async () => {
  const bytes = new TextEncoder().encode("what a part holds ".repeat(50));
  const id = createHash("sha256").update(bytes).digest("hex");
  const other = "0".repeat(64);
  const asked: { readonly url: string; readonly headers: unknown }[] = [];
  const relay = relayTo(leaderUrl, {
    fetch: async (url, { headers }) => {
      asked.push({ url, headers });
      if (url.endsWith("/v1/edition")) return Response.json({ version: 3 });
      // Under the other name come the same bytes: not what that name says.
      return new Response(bytes);
    },
  });
  const edition = await relay.request("/v1/edition", { headers: { cookie: "who=me" } });
  expect(await edition.json()).toEqual({ version: 3 });
  expect(edition.headers.get("cache-control")).toBe("no-store");
  const get = (path: string, headers: Record<string, string> = {}) =>
    relay.request(`/v1/parts/${path}`, { headers });
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => get(id, { cookie: "who=me", range: "bytes=4-" })),
  );
  for (const answer of answers) {
    expect(answer.status).toBe(206);
    expect(Buffer.compare(new Uint8Array(await answer.arrayBuffer()), bytes.subarray(4))).toBe(0);
  }
  const small = await get(id, { "accept-encoding": "br" });
  expect(Buffer.compare(brotliDecompressSync(new Uint8Array(await small.arrayBuffer())), bytes)).toBe(0);
  expect(asked).toEqual([
    { url: `${leaderUrl}/v1/edition`, headers: { accept: "application/json" } },
    { url: `${leaderUrl}/v1/parts/${id}`, headers: {} },
  ]);
  expect((await get(other)).status).toBe(404);
  expect((await get("../admin/status")).status).toBe(404);
  expect((await get("abc")).status).toBe(404);
  expect(asked).toHaveLength(3);
});

test("the head through the relay is that of the edition it last got, asked for by its name", async () => {
  const { edition, parts } = publish(shopModel(), { sequence: 1, headItems: 20 });
  const asked: string[] = [];
  let answer: unknown = editionAnswerOf(signedEdition(edition), undefined, new HelperLog());
  let nowMs = 0;
  const relay = relayTo(leaderUrl, {
    nowMs: () => nowMs,
    fetch: async (url) => {
      asked.push(url.slice(leaderUrl.length));
      if (url.endsWith("/v1/edition")) return Response.json(answer);
      const part = parts.get(url.slice(`${leaderUrl}/v1/parts/`.length));
      return new Response(part, { status: part === undefined ? 404 : 200 });
    },
  });
  const answers = await Promise.all(Array.from({ length: 20 }, () => relay.request("/v1/head")));
  for (const head of answers) {
    expect(head.status).toBe(200);
    expect(head.headers.get("cache-control")).toBe("no-store");
    expect(new Uint8Array(await head.arrayBuffer())).toEqual(parts.get(edition.head.id));
  }
  expect(asked).toEqual(["/v1/edition", `/v1/parts/${edition.head.id}`]);
  for (const other of [
    { version: 3 },
    "<html>",
    { version: 3, edition: { document: "{}", signature: "" } },
  ]) {
    answer = other;
    nowMs += 60_000;
    expect((await relay.request("/v1/head")).status).toBe(502);
  }
});

test("a failed answer for tasks is not kept", async () => {
  const answers = [
    () => Promise.reject(new TypeError("fetch failed")),
    async () => Response.json({ tasks: [] }),
  ];
  const relay = relayTo(leaderUrl, { fetch: async () => (answers.shift() ?? answers[0])() });
  expect((await relay.request("/v1/tasks")).status).toBe(502);
  expect((await relay.request("/v1/tasks")).status).toBe(200);
});

test("a leader that is down is a 502, one that is slow a 504, one that talks nonsense a 502; all are problems", async () => {
  const lines: string[] = [];
  const log = logInto(lines);
  const ask = async (relay: Hono) => {
    const answers = [
      await relay.request("/v1/relay", post(new Uint8Array(60))),
      await relay.request("/v1/tasks"),
    ];
    for (const { headers } of answers) {
      expect(headers.get("content-type")).toBe("application/problem+json");
      expect(headers.get("cache-control")).toBe("no-store");
    }
    return answers.map(({ status }) => status);
  };
  // Nothing listens there.
  expect(await ask(relayTo("http://127.0.0.1:18149", { log }))).toEqual([502, 502]);
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(18_120, "127.0.0.1", resolve));
  onTestFinished(async () => {
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  });
  expect(await ask(relayTo("http://127.0.0.1:18120", { log, timeoutMs: 100 }))).toEqual([504, 504]);
  await recorder(18_121, { status: 200, type: "text/html", body: "<p>hello</p>" });
  expect(await ask(relayTo("http://127.0.0.1:18121", { log }))).toEqual([502, 502]);
  await recorder(18_122, { status: 500, type: "application/problem+json", body: "{}" });
  expect(await ask(relayTo("http://127.0.0.1:18122", { log }))).toEqual([502, 502]);
  await recorder(18_123, { status: 200, type: ohttpMedia.response, body: new Uint8Array(2_000_000) });
  expect(await ask(relayTo("http://127.0.0.1:18123", { log }))).toEqual([502, 502]);
  expect(lines).toHaveLength(10);
});

test("the relay takes one media type up to a length, and has two addresses", async () => {
  const relay = relayTo(leaderUrl, {
    limitBytes: 1000,
    fetch: () => Promise.reject(new Error("must not be asked")),
  });
  const status = async (path: string, init: RequestInit) => (await relay.request(path, init)).status;
  expect(await status("/v1/relay", post(new Uint8Array(60), "application/octet-stream"))).toBe(415);
  expect(await status("/v1/relay", post(new Uint8Array(1001)))).toBe(413);
  expect(await status("/v1/relay", { method: "GET" })).toBe(405);
  expect(await status("/v1/gateway", post(new Uint8Array(60)))).toBe(404);
});

test("a page of a listed site may ask the relay, after a preflight; a page of another may not", async () => {
  const relay = relayTo(leaderUrl);
  const preflight = (origin: string) =>
    relay.request("/v1/relay", {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
      },
    });
  const { status, headers } = await preflight("https://shop.example");
  expect(status).toBe(204);
  expect(headers.get("access-control-allow-origin")).toBe("https://shop.example");
  expect(headers.get("access-control-allow-methods")).toContain("POST");
  expect(headers.get("access-control-allow-headers")).toContain("content-type");
  expect(headers.get("access-control-allow-credentials")).toBeNull();
  const refused = await preflight("https://evil.example");
  expect(refused.status).toBe(403);
  expect(refused.headers.get("access-control-allow-origin")).toBeNull();
});
