/** Bundles over HTTP, the admin API, health, errors. */
import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { encodeBundle, parseBundle } from "../../core/model/bundle.ts";
import { codingFor } from "../../server/http/negotiate.ts";
import {
  admin,
  adminToken,
  catalogueOf,
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

function idInForce({ parts }: TestServer): string {
  return parts.bundles.inForce?.encoded.id ?? "none";
}

test("a bundle's tag is the SHA-256 of its bytes, and every coding carries the same bytes", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const get = async (path: string, encoding: string) => {
    const response = await server.app.request(path, { headers: { "accept-encoding": encoding } });
    return { response, body: new Uint8Array(await response.arrayBuffer()) };
  };
  for (const path of ["/v1/bundle", `/v1/bundles/${idInForce(server)}`]) {
    const plain = await get(path, "identity");
    const digest = createHash("sha256").update(plain.body).digest("hex");
    expect(plain.response.headers.get("etag")).toBe(`"${digest}"`);
    expect(digest).toBe(idInForce(server));
    expect(parseBundle(plain.body).catalogue.length).toBe(30);
    const brotli = await get(path, "gzip, deflate, br");
    expect(brotli.response.headers.get("content-encoding")).toBe("br");
    expect(brotli.response.headers.get("vary")).toBe("accept-encoding");
    expect(Buffer.compare(brotliDecompressSync(brotli.body), plain.body)).toBe(0);
    const zipped = await get(path, "gzip");
    expect(Buffer.compare(gunzipSync(zipped.body), plain.body)).toBe(0);
    expect(zipped.response.headers.get("etag")).toBe(`W/"${digest}"`);
  }
});

test("who has the bundle in force gets 304, with a strong or a weak tag; nobody is told to keep it unasked", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const get = (tag: string) => server.app.request("/v1/bundle", { headers: { "if-none-match": tag } });
  const id = idInForce(server);
  for (const tag of [`"${id}"`, `W/"${id}"`, `"other", "${id}"`, "*"])
    expect((await get(tag)).status).toBe(304);
  expect((await get(`"${"0".repeat(64)}"`)).status).toBe(200);
  expect((await get(`"${id}"`)).headers.get("cache-control")).toBe("no-cache");
  const named = await server.app.request(`/v1/bundles/${id}`);
  expect(named.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
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

test("any origin may ask for bundles and tasks and report, and read the tag; the admin API is not for pages", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const headers = { origin: "https://shop.example" };
  for (const path of ["/v1/bundle", "/v1/tasks"]) {
    const response = await server.app.request(path, { headers });
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toBe("etag, retry-after");
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
    ["/v1/bundle", "GET"],
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
  const bundle = await ask("/v1/bundle", "https://shop.example");
  expect(bundle.headers.get("vary")?.split(", ")).toEqual(["accept-encoding", "origin"]);
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

test("a catalogue over HTTP becomes the bundle in force, and rolling back restores the old bytes with a new task", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const before = idInForce(server);
  const firstTask = (await tasksOf(server.app)).tasks[0];
  const imported = await admin(server.app, "POST", "/catalogue", csv);
  expect(await imported.json()).toMatchObject({ items: 12 });
  expect(idInForce(server)).not.toBe(before);
  expect((await tasksOf(server.app)).tasks[0]).toMatchObject({ items: 12, round: firstTask.round + 1 });
  expect((await admin(server.app, "POST", `/bundles/${before}/publish`)).status).toBe(200);
  const body = await (await server.app.request("/v1/bundle")).arrayBuffer();
  expect(createHash("sha256").update(new Uint8Array(body)).digest("hex")).toBe(before);
  const task = (await tasksOf(server.app)).tasks[0];
  expect(task).toMatchObject({ bundle: before, items: 30, round: firstTask.round + 2 });
  const { bundles } = await (await admin(server.app, "GET", "/bundles")).json();
  expect(bundles.map(({ inForce }: { inForce: boolean }) => inForce).sort()).toEqual([false, true]);
  expect((await admin(server.app, "POST", `/bundles/${"0".repeat(64)}/publish`)).status).toBe(404);
});

test("the newest bundles are kept and the one in force always; what is older is gone for good", async () => {
  let nowMs = 1_000_000;
  const config = testConfig(temporaryDirectory(), { catalogue: { contentDim: 8, keepBundles: 2 } });
  const server = await openServer(config, { nowMs: () => ++nowMs });
  const first = idInForce(server);
  const publishWith = async (title: string) => {
    expect((await admin(server.app, "POST", "/catalogue", `id,title\na,red mug\nb,${title}\n`)).status).toBe(
      200,
    );
    return idInForce(server);
  };
  const second = await publishWith("blue lamp");
  expect((await admin(server.app, "POST", `/bundles/${first}/publish`)).status).toBe(200);
  const third = await publishWith("tin clock");
  const fourth = await publishWith("heart bag");
  const kept = async () => {
    const { bundles } = await (await admin(server.app, "GET", "/bundles")).json();
    return bundles.map(({ id }: { id: string }) => id);
  };
  expect(await kept()).toEqual([fourth, third]);
  for (const gone of [first, second])
    expect((await server.app.request(`/v1/bundles/${gone}`)).status).toBe(404);
  // Two refused candidates are newer than what is in force, and yet it stays.
  const { bundles } = server.parts;
  const inForce = bundles.inForce;
  if (inForce === null) throw new Error("expected a bundle in force, got none");
  for (const round of [7, 8]) {
    const bundle = { ...inForce.bundle, round };
    const candidate = { bundle, learned: inForce.learned, origin: "round", verdict: "{}" } as const;
    const { store } = await bundles.prepared(candidate, "refused");
    await server.parts.tasks.change(store);
  }
  expect(await kept()).toHaveLength(3);
  expect((await kept())[2]).toBe(fourth);
  await server.parts.close();
  expect(idInForce(await openServer(config))).toBe(fourth);
});

test("a bundle survives a restart byte for byte, with its task and its keys", async () => {
  const config = testConfig(temporaryDirectory());
  const first = await openServer(config);
  const id = idInForce(first);
  const tasks = await tasksOf(first.app);
  await first.parts.close();
  const second = await openServer(config);
  expect(idInForce(second)).toBe(id);
  expect((await tasksOf(second.app)).answer.tasks).toEqual(tasks.answer.tasks);
  expect((await tasksOf(second.app)).keys).toEqual(tasks.keys);
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

test("items that stay keep what was learned about them; new items begin small", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const before = server.parts.bundles.inForce;
  await admin(
    server.app,
    "POST",
    "/catalogue",
    `id,title\nnew,a new thing\nitem-7,${catalogueOf(8)[7].title}\n`,
  );
  const after = server.parts.bundles.inForce;
  if (before === null || after === null) throw new Error("expected bundles");
  expect([...after.learned.factors.subarray(3, 6)]).toEqual([...before.learned.factors.subarray(21, 24)]);
  expect(encodeBundle(after.bundle).length).toBe(after.encoded.bytes.length);
});

test("the status tells rounds and what was refused; closing a round with too few reports is refused", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const tasks = await tasksOf(server.app);
  await post(server.app, await reportOf({ tasks, block: 1, values: randomValues(tasks) }));
  await post(server.app, new Uint8Array(5));
  const close = await admin(server.app, "POST", "/rounds/close");
  expect(close.status).toBe(409);
  expect(await close.json()).toMatchObject({ type: "urn:tacit:problem:too-few-reports" });
  expect(await (await admin(server.app, "GET", "/status")).json()).toMatchObject({
    bundle: { id: idInForce(server), round: 0, items: 30 },
    refused: { malformed: 1 },
    rounds: [{ kind: "item-factors", round: 1, state: "open", waiting: { "1": 1 }, batches: [] }],
    findings: [],
  });
});

test("live is live at once, ready is ready with a bundle and writable stores", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  expect((await server.app.request("/health/live")).status).toBe(200);
  expect(await (await server.app.request("/health/ready")).json()).toEqual({
    state: "ready",
    bundle: idInForce(server),
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
  const bundle = await server.app.request("/v1/bundles/abc");
  expect(await bundle.json()).toMatchObject({
    detail: 'bundle must be the id of a published bundle, got "abc"',
  });
});
