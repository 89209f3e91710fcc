/** Editions and parts over HTTP, the admin API, health, errors. */
import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { parseEdition } from "../../core/model/edition.ts";
import { parseEditionAnswer } from "../../core/wire/editions.ts";
import { openSigned } from "../../core/wire/signed.ts";
import { codingFor } from "../../server/http/negotiate.ts";
import { rangeOf } from "../../server/http/parts.ts";
import type { InForce } from "../../server/publishing/inforce.ts";
import { candidatesOf } from "../../server/publishing/learn.ts";
import { verifyEd25519 } from "../../server/tasks/keys/identity.ts";
import {
  admin,
  adminToken,
  catalogueOf,
  inForceOf,
  openServer,
  post,
  randomValues,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const csv = `id,title,price,categories\n${catalogueOf(12)
  .map(({ item, title }) => `${item},${title},3.5,a|b`)
  .join("\n")}\n`;

function idInForce(server: TestServer): string {
  return inForceOf(server).id;
}

const partsOf = (server: TestServer) => {
  const { head, parts, deltas } = inForceOf(server).edition;
  return [head, ...parts, ...deltas.map(({ part }) => part)];
};

test("a part's name is the SHA-256 of its bytes, every coding carries the same bytes, and it is for ever", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const get = async (id: string, encoding: string) => {
    const response = await server.app.request(`/v1/parts/${id}`, {
      headers: { "accept-encoding": encoding },
    });
    return { response, body: new Uint8Array(await response.arrayBuffer()) };
  };
  const parts = partsOf(server);
  expect(parts.map(({ kind }) => kind)).toEqual(["head", "catalogue", "content", "factors", "popularity"]);
  for (const { id, bytes } of parts) {
    const plain = await get(id, "identity");
    expect(createHash("sha256").update(plain.body).digest("hex")).toBe(id);
    expect(plain.body.length).toBe(bytes);
    expect(plain.response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(plain.response.headers.get("etag")).toBeNull();
    const brotli = await get(id, "gzip, deflate, br");
    expect(brotli.response.headers.get("content-encoding")).toBe("br");
    expect(brotli.response.headers.get("vary")).toBe("accept-encoding, range");
    expect(Buffer.compare(brotliDecompressSync(brotli.body), plain.body)).toBe(0);
    const zipped = await get(id, "gzip");
    expect(Buffer.compare(gunzipSync(zipped.body), plain.body)).toBe(0);
  }
});

test("a download goes on where it broke off: a range is of the plain bytes, whatever codings are taken", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const [, { id, bytes }] = partsOf(server);
  const get = (range: string) =>
    server.app.request(`/v1/parts/${id}`, { headers: { range, "accept-encoding": "br, gzip" } });
  const whole = new Uint8Array(await (await server.app.request(`/v1/parts/${id}`)).arrayBuffer());
  const rest = await get("bytes=100-");
  expect(rest.status).toBe(206);
  expect(rest.headers.get("content-range")).toBe(`bytes 100-${bytes - 1}/${bytes}`);
  expect(rest.headers.get("content-encoding")).toBeNull();
  expect(Buffer.compare(new Uint8Array(await rest.arrayBuffer()), whole.subarray(100))).toBe(0);
  const piece = await get("bytes=7-9");
  expect([...new Uint8Array(await piece.arrayBuffer())]).toEqual([...whole.subarray(7, 10)]);
  const beyond = await get(`bytes=${bytes}-`);
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get("content-range")).toBe(`bytes */${bytes}`);
  const head = await server.app.request(`/v1/parts/${id}`, { method: "HEAD" });
  expect(head.status).toBe(200);
  expect(await head.text()).toBe("");
});

test.each([
  [undefined, null],
  ["bytes=0-", { first: 0, last: 9 }],
  ["bytes=3-5", { first: 3, last: 5 }],
  ["bytes=3-99", { first: 3, last: 9 }],
  ["bytes=-4", { first: 6, last: 9 }],
  ["bytes=-99", { first: 0, last: 9 }],
  ["bytes=10-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=5-3", null],
  ["bytes=1-2,4-5", null],
  ["bytes=-", null],
  ["items=1-2", null],
])("Range %j of ten bytes is %j", (header, range) => {
  expect(rangeOf(header, 10)).toEqual(range);
});

test("the edition is signed by the leader, the same for everybody, and never conditional", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const ask = (headers: Record<string, string> = {}) => server.app.request("/v1/edition", { headers });
  const response = await ask({ "if-none-match": "*", "if-modified-since": new Date().toUTCString() });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  for (const name of ["etag", "last-modified", "set-cookie"]) expect(response.headers.get(name)).toBeNull();
  const answer = parseEditionAnswer(await response.json());
  expect(parseEditionAnswer(await (await ask()).json())).toEqual(answer);
  const key = answer.identities?.leader ?? "";
  const opened = await openSigned("edition", answer.edition, { key, verify: verifyEd25519 });
  expect(parseEdition(opened)).toEqual(inForceOf(server).edition);
  expect(answer.helper).toBeDefined();
});

test("beside the edition its head can be asked for, which has the hash that the edition names and is not kept", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const ask = (coding: string) =>
    server.app.request("/v1/head", { headers: { "accept-encoding": coding, "if-none-match": "*" } });
  const plain = await ask("identity");
  expect(plain.status).toBe(200);
  expect(plain.headers.get("cache-control")).toBe("no-store");
  expect(plain.headers.get("etag")).toBeNull();
  const bytes = new Uint8Array(await plain.arrayBuffer());
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(inForceOf(server).edition.head.id);
  const small = brotliDecompressSync(new Uint8Array(await (await ask("br")).arrayBuffer()));
  expect(Buffer.compare(small, bytes)).toBe(0);
});

test.each([
  [undefined, "identity"],
  ["", "identity"],
  ["gzip", "gzip"],
  ["gzip, br", "br"],
  ["br;q=0.2, gzip;q=0.8", "gzip"],
  ["br;q=0, *", "gzip"],
  ["*;q=0.5", "br"],
  ["identity;q=0.1, zstd", "identity"],
  ["identity, br;q=0.5", "identity"],
  ["BR", "br"],
])("Accept-Encoding %j is answered with %s", (header, coding) => {
  expect(codingFor(header, ["br", "gzip", "identity"])).toBe(coding);
});

test("any origin may ask for the edition and tasks and report, and read which range came; the admin API is not for pages", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const headers = { origin: "https://shop.example" };
  for (const path of ["/v1/edition", "/v1/tasks"]) {
    const response = await server.app.request(path, { headers });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toBe("content-range, retry-after");
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
  }
  const preflight = await server.app.request("/v1/reports", {
    method: "OPTIONS",
    headers: { ...headers, "access-control-request-method": "POST" },
  });
  expect(preflight.status).toBe(204);
  expect(
    (await server.app.request("/v1/admin/status", { headers })).headers.get("access-control-allow-origin"),
  ).toBeNull();
});

test("a page of an origin that is not configured is refused, its preflight too; caches keep origins apart", async () => {
  const config = testConfig(temporaryDirectory(), { origins: ["https://shop.example"] });
  const server = await openServer(config);
  const ask = (path: string, origin: string | null, method = "GET") =>
    server.app.request(`http://tacit.example${path}`, {
      method,
      headers: { host: "tacit.example", "access-control-request-method": "POST", ...(origin && { origin }) },
    });
  for (const [path, method] of [
    ["/v1/edition", "GET"],
    ["/v1/tasks", "GET"],
    ["/v1/reports", "POST"],
    ["/v1/reports", "OPTIONS"],
  ]) {
    const refused = await ask(path, "https://other.example", method);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ type: "urn:tacit:problem:origin-not-allowed" });
    expect(refused.headers.get("access-control-allow-origin")).toBeNull();
    expect(refused.headers.get("vary")).toBe("origin");
    expect((await ask(path, "null", method)).status).toBe(403);

    const listed = await ask(path, "https://shop.example", method);
    expect(listed.headers.get("access-control-allow-origin")).toBe("https://shop.example");
    expect(listed.headers.get("vary")?.split(", ")).toContain("origin");
    // A page of the server itself, and a client that is no page.
    for (const own of ["http://tacit.example", null]) {
      const answer = await ask(path, own, method);
      expect(answer.status).not.toBe(403);
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("vary")?.split(", ")).toContain("origin");
    }
  }
  const part = await ask(`/v1/parts/${inForceOf(server).edition.head.id}`, "https://shop.example");
  expect(part.headers.get("vary")?.split(", ")).toEqual(["accept-encoding", "range", "origin"]);
});

test("the admin API opens to its token alone", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const ask = (authorization?: string) =>
    server.app.request("/v1/admin/status", authorization === undefined ? {} : { headers: { authorization } });
  expect((await ask(`Bearer ${adminToken}`)).status).toBe(200);
  for (const wrong of [undefined, adminToken, `Bearer ${adminToken}x`, `bearer  ${adminToken}`, "Bearer "]) {
    const response = await ask(wrong);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ type: "urn:tacit:problem:unauthorized", status: 401 });
  }
});

test("a catalogue over HTTP comes into force and rolling back restores the old parts in a new edition; the task stays", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const before = inForceOf(server);
  const { tasks } = await tasksOf(server.app);
  const imported = await admin(server.app, "POST", "/catalogue", csv);
  expect(await imported.json()).toMatchObject({ items: 12, isNew: true, sequence: before.sequence + 1 });
  expect(inForceOf(server).model.items).toBe(12);
  expect((await tasksOf(server.app)).tasks).toEqual(tasks);
  expect((await admin(server.app, "POST", `/editions/${before.id}/publish`)).status).toBe(200);
  const after = inForceOf(server);
  expect(after.edition).toMatchObject({ sequence: before.sequence + 2, parts: before.edition.parts });
  expect(after.edition.head).toEqual(before.edition.head);
  expect((await tasksOf(server.app)).tasks).toEqual(tasks);
  const { editions } = await (await admin(server.app, "GET", "/editions")).json();
  expect(editions).toMatchObject([
    { inForce: true, origin: "roll back" },
    { inForce: false, origin: "import", items: 12 },
    { inForce: false, origin: "import", items: 30 },
  ]);
  expect((await admin(server.app, "POST", `/editions/${"0".repeat(64)}/publish`)).status).toBe(404);
});

test("the newest editions are kept and the one in force always; what is older is gone for good", async () => {
  const config = testConfig(temporaryDirectory(), { catalogue: { contentDim: 8, keepEditions: 2 } });
  const server = await openServer(config);
  const publishWith = async (title: string) => {
    const file = `id,title\na,red mug\nb,${title}\n`;
    expect((await admin(server.app, "POST", "/catalogue", file)).status).toBe(200);
    return inForceOf(server);
  };
  const catalogueIn = ({ parts }: InForce) => parts.catalogue.ref.id;
  const first = inForceOf(server);
  const second = await publishWith("blue lamp");
  expect((await admin(server.app, "POST", `/editions/${first.id}/publish`)).status).toBe(200);
  const third = await publishWith("tin clock");
  const fourth = await publishWith("heart bag");
  const kept = async () => (await server.parts.editions.list()).map(({ id }) => id);
  expect(await kept()).toEqual([fourth.id, third.id]);
  const statusOf = async (edition: InForce) =>
    (await server.app.request(`/v1/parts/${catalogueIn(edition)}`)).status;
  expect([await statusOf(first), await statusOf(second)]).toEqual([404, 404]);
  expect([await statusOf(third), await statusOf(fourth)]).toEqual([200, 200]);
  // Two refused candidates are newer than what is in force, and yet it stays.
  const { editions, leaderStore } = server.parts;
  for (const round of [7, 8]) {
    const { learned } = fourth;
    const [candidate] = candidatesOf(fourth, editions, { learned, round, origin: "round" });
    const prepared = await editions.prepare(await candidate.draft(), "refused");
    if (prepared === null) throw new Error("expected another edition than the one in force");
    await leaderStore.transaction().execute(prepared.store);
    await prepared.stored();
  }
  expect(await kept()).toHaveLength(3);
  expect((await kept())[2]).toBe(fourth.id);
  await server.parts.close();
  expect(idInForce(await openServer(config))).toBe(fourth.id);
});

test("an edition survives a restart byte for byte, with its task and its keys", async () => {
  const config = testConfig(temporaryDirectory());
  const first = await openServer(config);
  const { signed, model, learned } = inForceOf(first);
  const tasks = await tasksOf(first.app);
  await first.parts.close();
  const second = await openServer(config);
  expect(inForceOf(second)).toMatchObject({ signed, model, learned });
  expect((await tasksOf(second.app)).answer.tasks).toEqual(tasks.answer.tasks);
  expect((await tasksOf(second.app)).keys).toEqual(tasks.keys);
});

test("a catalogue over HTTP is read as its query says, and what is left out for a fault is in the answer", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const body = "SKU,Name\na,Mug\nb,\nc,Cup\n";
  const query = `map=${encodeURIComponent("id=SKU,title=Name")}&skip-faults=40`;
  const response = await admin(server.app, "POST", `/catalogue?${query}`, body);
  expect([response.status, await response.json()]).toMatchObject([
    200,
    { items: 2, faults: ["catalogue:3: title must be given, got nothing"] },
  ]);
  const refused = await admin(server.app, "POST", "/catalogue?format=shopfy", body);
  expect([refused.status, await refused.json()]).toMatchObject([
    400,
    { type: "urn:tacit:problem:bad-query", detail: expect.stringContaining("did you mean shopify?") },
  ]);
});

test("a catalogue with a fault changes nothing and every fault is named", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const before = idInForce(server);
  const response = await admin(server.app, "POST", "/catalogue", `${csv}item-0,again,1,\nx,,2,\n`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    type: "urn:tacit:problem:bad-catalogue",
    faults: [
      'catalogue:14: id must be unique, got "item-0" again after catalogue:2',
      "catalogue:15: title must be given, got nothing",
    ],
  });
  expect(idInForce(server)).toBe(before);
});

test("the status tells rounds and what was refused; closing a round with too few reports is refused", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  await post(server.app, await reportOf({ tasks, block: 1, values: randomValues(tasks) }));
  await post(server.app, new Uint8Array(5));
  const close = await admin(server.app, "POST", "/rounds/close");
  expect(close.status).toBe(409);
  expect(await close.json()).toMatchObject({ type: "urn:tacit:problem:too-few-reports" });
  for (const kind of ["item-factor", "nothing", ""]) {
    const other = await admin(server.app, "POST", `/rounds/close?kind=${kind}`);
    expect([other.status, await other.json()]).toMatchObject([
      404,
      { detail: `kind must be one that is summed here, got "${kind}"` },
    ]);
  }
  expect(await (await admin(server.app, "GET", "/status")).json()).toMatchObject({
    edition: { id: idInForce(server), sequence: 1, round: 0, items: 30, waiting: 0 },
    refused: { malformed: 1 },
    rounds: [{ kind: "item-factors", round: 1, state: "open", waiting: { "1": 1 }, batches: [] }],
    findings: [],
  });
});

test("live is live at once, ready is ready with an edition and writable stores", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  expect((await server.app.request("/health/live")).status).toBe(200);
  expect(await (await server.app.request("/health/ready")).json()).toEqual({
    state: "ready",
    edition: idInForce(server),
  });
  await server.parts.helperSide?.store.schema.dropTable("probes").execute();
  const broken = await server.app.request("/health/ready");
  expect(broken.status).toBe(503);
  expect(await broken.json()).toMatchObject({ type: "urn:tacit:problem:store-not-writable" });
});

test("an unknown address is a problem that says what was asked", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const response = await server.app.request("/v1/nothing");
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    status: 404,
    detail: "expected a known address, got GET /v1/nothing",
  });
  const part = await server.app.request("/v1/parts/abc");
  expect(await part.json()).toMatchObject({
    detail: 'part must be the id of a published part, got "abc"',
  });
});
