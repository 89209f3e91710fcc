/** What every answer carries, how often an address may ask, and what the log and the disk never hold. */
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Hono } from "hono";
import { expect, onTestFinished, test } from "vitest";
import { loadConfig, parseConfig, tokenHash } from "../../server/base/config.ts";
import { type Log, openLog, silent, withoutSecrets } from "../../server/base/log.ts";
import { clientAt, isExempt } from "../../server/http/address.ts";
import { holdsAdminToken, openAdminKey } from "../../server/http/adminkey.ts";
import { baseApp } from "../../server/http/base.ts";
import { RateLimit } from "../../server/http/rates.ts";
import { createHelperApp, createRelayApp } from "../../server/roles/app.ts";
import { openHelperParts } from "../../server/roles/helper.ts";
import { openRelayParts } from "../../server/roles/relay.ts";
import { adminToken, openServer, temporaryDirectory, testConfig } from "./harness.ts";
import { limitedServer, served } from "./sockets.ts";

const always = {
  "x-content-type-options": "nosniff",
  "cross-origin-opener-policy": "same-origin",
  "strict-transport-security": "max-age=1000; includeSubDomains",
};

function expectHeaders({ headers }: Response, what: string): void {
  for (const [name, value] of Object.entries(always)) expect(headers.get(name), what).toBe(value);
  expect(headers.get("content-security-policy"), what).toMatch(/^default-src '(?:none|self)'; /);
  expect(headers.get("content-security-policy"), what).toContain("frame-ancestors 'none'");
  expect(headers.get("content-security-policy"), what).not.toMatch(/'unsafe|\*|data:|blob:/);
  expect(headers.get("referrer-policy"), what).toMatch(/^(?:no-referrer|strict-origin-when-cross-origin)$/);
  expect(headers.get("permissions-policy"), what).toContain("geolocation=()");
  expect(headers.get("cross-origin-resource-policy"), what).toMatch(/^(?:same|cross)-origin$/);
}

type Role = "all" | "helper" | "relay";

async function appOf(role: Role): Promise<Hono> {
  const security = { hstsSeconds: 1000 };
  const data = temporaryDirectory();
  if (role === "all") return (await openServer(testConfig(data, { security, tokens: { issue: true } }))).app;
  const leader = { key: randomBytes(32).toString("hex") };
  const config = testConfig(data, { role, security, leader, relay: { gateway: "http://127.0.0.1:9" } });
  if (role === "relay") return createRelayApp(openRelayParts(config));
  const parts = await openHelperParts(config);
  onTestFinished(() => parts.close());
  return createHelperApp(parts);
}

test.each<{ role: Role; least: number }>([
  { role: "all", least: 12 },
  { role: "helper", least: 5 },
  { role: "relay", least: 4 },
])("$role: every route answers with every header, whatever its answer is", async ({ role, least }) => {
  const app = await appOf(role);
  const paths = [...new Set(app.routes.map(({ path }) => path.replace(/:\w+/g, "x").replace(/\*/g, "x")))];
  expect(paths.length).toBeGreaterThanOrEqual(least);
  const statuses = new Set<number>();
  for (const path of [...paths, "/nothing", "/v1/nothing", "/tacit/nothing.js"]) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]) {
      for (const headers of [{}, { authorization: `Bearer ${adminToken}` }]) {
        const response = await app.request(path, { method, headers });
        statuses.add(response.status);
        expectHeaders(response, `${method} ${path} ${response.status}`);
      }
    }
  }
  const expected = role === "all" ? [200, 204, 400, 401, 404, 405, 415] : [200, 204, 404, 405];
  expect([...statuses]).toEqual(expect.arrayContaining(expected));
});

test("the SDK and the API are for any site's pages, the admin API and pages are not", async () => {
  const { app } = await openServer(testConfig(temporaryDirectory()));
  const headersAt = async (path: string) => (await app.request(path)).headers;
  for (const path of ["/v1/tasks", "/tacit/worker.js"])
    expect((await headersAt(path)).get("cross-origin-resource-policy")).toBe("cross-origin");
  for (const path of ["/v1/admin/status", "/health/live", "/"])
    expect((await headersAt(path)).get("cross-origin-resource-policy")).toBe("same-origin");
  expect((await headersAt("/v1/admin/status")).get("cache-control")).toBe("no-store");
});

test("the SDK's files may run as workers of pages with COEP, whatever their origin", async () => {
  const { app } = await openServer(testConfig(temporaryDirectory()));
  for (const file of [
    "worker.js",
    "ranking.js",
    "contributing.js",
    "shown.js",
    "tokens.js",
    "moving.js",
    "encoder.js",
    "encoder.wasm",
    "tacit.js",
  ]) {
    const { headers } = await app.request(`/tacit/${file}`);
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
    expect(headers.get("access-control-allow-origin")).toBe("*");
  }
  expect((await app.request("/v1/tasks")).headers.get("cross-origin-embedder-policy")).toBeNull();
});

test("the worker may reach its server, helper, relay and whom the operator names, and nobody else", async () => {
  const config = parseConfig({
    publicUrl: "https://shop.example/s",
    helper: { url: "https://helper.example", key: "ab".repeat(32) },
    relay: { url: "https://relay.example" },
    security: { connect: ["https://issuer.example", "https://helper.example"] },
  });
  const app = baseApp({ config, log: silent, nowMs: Date.now });
  const policy = (await app.request("/tacit/worker.js")).headers.get("content-security-policy");
  expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src /);
  expect(policy?.split("; ")[2].split(" ").slice(1).sort()).toEqual([
    "'self'",
    "https://helper.example",
    "https://issuer.example",
    "https://relay.example",
    "https://shop.example",
  ]);
});

test("a known address with another method says which it takes", async () => {
  const { app } = await openServer(testConfig(temporaryDirectory()));
  for (const [method, path, allow] of [
    ["DELETE", "/v1/edition", "GET"],
    ["PUT", "/v1/reports", "POST"],
    ["POST", "/v1/parts/abc", "GET"],
  ]) {
    const response = await app.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe(allow);
  }
});

test("a failure tells the client nothing and the log what failed, without the path", async () => {
  const lines: string[] = [];
  const log = openLog({ format: "json", level: "info", write: (line) => lines.push(line) });
  const app = baseApp({ config: parseConfig({ security: { hstsSeconds: 1000 } }), log, nowMs: Date.now });
  app.get("/v1/things/:id", () => {
    throw new Error("the password of 192.0.2.7 is swordfish");
  });
  const response = await app.request("/v1/things/what-i-looked-at");
  expect(response.status).toBe(500);
  expectHeaders(response, "500");
  const body = await response.text();
  expect(body).not.toMatch(/swordfish|192|at .*\.ts|node_modules/);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0])).toMatchObject({ event: "failed", level: "error", route: "/v1/things/:id" });
  expect(lines[0]).toContain("the password of [address] is swordfish");
  expect(lines[0]).not.toContain("what-i-looked-at");
});

test("an address gets its rate and a minute's worth at once, never more, and takes nothing from another", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.record({ stepMs: fc.nat(20_000), address: fc.constantFrom("a", "b") }), { maxLength: 300 }),
      (perMinute, asked) => {
        let atMs = 1_000;
        const rates = new RateLimit({ perMinute, nowMs: () => atMs });
        const taken: Record<string, number[]> = { a: [], b: [] };
        for (const { stepMs, address } of asked) {
          atMs += stepMs;
          const waitSeconds = rates.waitSeconds(address);
          const allowed = rates.take(address);
          expect(allowed).toBe(waitSeconds === 0);
          if (allowed) taken[address].push(atMs);
          // Whoever has asked less than its rate is never refused.
          else expect(taken[address].length).toBeGreaterThanOrEqual(perMinute);
        }
        for (const times of Object.values(taken)) {
          times.forEach((fromMs, first) => {
            times.slice(first).forEach((toMs, k) => {
              expect(k + 1).toBeLessThanOrEqual(perMinute + ((toMs - fromMs) * perMinute) / 60_000 + 1e-6);
            });
          });
        }
      },
    ),
    { numRuns: 100 },
  );
});

test("who waits as long as it is told may ask again", () => {
  let atMs = 5;
  const rates = new RateLimit({ perMinute: 7, nowMs: () => atMs });
  while (rates.take("a"));
  atMs += rates.waitSeconds("a") * 1000;
  expect(rates.take("a")).toBe(true);
});

test("over the wire: the sixth request waits, its page can read why, and a proxy's word counts as far as configured", async () => {
  const limits = { requestsPerMinute: 5, exempt: [] };
  const direct = await limitedServer(limits);
  const ask = (url: string, forwarded: string) =>
    fetch(`${url}/v1/tasks`, { headers: { "x-forwarded-for": forwarded, origin: "https://shop.example" } });
  for (let k = 0; k < 5; k++) expect((await ask(direct.url, `192.0.2.${k}`)).status).toBe(200);
  const refused = await ask(direct.url, "192.0.2.9");
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("access-control-allow-origin")).toBe("*");
  expect(await refused.json()).toMatchObject({ type: "urn:tacit:problem:too-many-requests" });

  const behind = await limitedServer({ ...limits, trustProxy: 1 });
  // What stands before the proxy's own entry the client wrote itself: it gains nothing by changing it.
  for (let k = 0; k < 5; k++) expect((await ask(behind.url, `192.0.2.${k}, 198.51.100.1`)).status).toBe(200);
  expect((await ask(behind.url, "192.0.2.9, 198.51.100.1")).status).toBe(429);
  expect((await ask(behind.url, "192.0.2.9, 198.51.100.2")).status).toBe(200);
  // The proxy's port or brackets make nobody another.
  expect((await ask(behind.url, "198.51.100.1:4711")).status).toBe(429);

  const open = await limitedServer({ requestsPerMinute: 5, trustProxy: 1 });
  // What no proxy writes, and no word of one, comes from this machine and is not exempt as it is.
  for (const told of ["unknown", "127.0.0.1.", ""]) {
    for (let k = 0; k < 5; k++) expect((await ask(open.url, told)).status).toBe(200);
    expect((await ask(open.url, told)).status).toBe(429);
  }
  const unforwarded = () => fetch(`${open.url}/v1/tasks`);
  for (let k = 0; k < 5; k++) expect((await unforwarded()).status).toBe(200);
  expect((await unforwarded()).status).toBe(429);
});

test("reports have a rate of their own", async () => {
  const { url } = await limitedServer({ reportsPerMinute: 3, exempt: [] });
  const report = () => fetch(`${url}/v1/reports`, { method: "POST", body: new Uint8Array(9) });
  for (let k = 0; k < 3; k++) expect((await report()).status).toBe(400);
  expect((await report()).status).toBe(429);
  expect((await fetch(`${url}/v1/tasks`)).status).toBe(200);
});

test("who guesses admin tokens waits, even with the right one; a minute later it opens", async () => {
  let atMs = 1_000_000;
  const config = testConfig(temporaryDirectory(), { limits: { adminFailuresPerMinute: 3 } });
  const { app } = await openServer(config, { nowMs: () => atMs });
  const ask = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await app.request("/v1/admin/status", { headers })).status;
  };
  for (let k = 0; k < 20; k++) expect(await ask(adminToken)).toBe(200);
  for (let k = 0; k < 3; k++) expect(await ask(`guess ${k}`)).toBe(401);
  expect(await ask(adminToken)).toBe(429);
  atMs += 60_000;
  expect(await ask(adminToken)).toBe(200);
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:DB8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  ["::1", "::1"],
  ["unknown", null],
  ["", null],
  [undefined, null],
])("the client at %s is counted as %s", (address, counted) => {
  expect(clientAt(address)?.counted ?? null).toBe(counted);
});

test("loopback is exempt where configured, and so is a relay", () => {
  const isPassedOver = (address: string, exempt: readonly string[]) => {
    const client = clientAt(address);
    return client !== null && isExempt(client, exempt);
  };
  expect(isPassedOver("127.0.0.1", ["loopback"])).toBe(true);
  expect(isPassedOver("::1", ["loopback"])).toBe(true);
  expect(isPassedOver("127.0.0.1", [])).toBe(false);
  expect(isPassedOver("192.0.2.1", ["loopback", "192.0.2.1"])).toBe(true);
  expect(isPassedOver("192.0.2.2", ["loopback", "192.0.2.1"])).toBe(false);
});

test("a drawn admin token is written once for the operator; the server goes on from its hash", () => {
  const data = temporaryDirectory();
  const first = openAdminKey({ data });
  const token = readFileSync(join(data, "admin-token"), "utf8").trim();
  expect(Buffer.from(token, "base64url")).toHaveLength(32);
  expect(readFileSync(join(data, "admin-token.sha256"), "utf8").trim()).toBe(tokenHash(token));
  rmSync(join(data, "admin-token"));
  const second = openAdminKey({ data });
  expect(existsSync(join(data, "admin-token"))).toBe(false);
  // Nobody is pointed to a file that was moved to a safe place.
  expect([first.file, second.file]).toEqual([join(data, "admin-token"), null]);
  for (const key of [first, second]) {
    expect(holdsAdminToken(key, `Bearer ${token}`)).toBe(true);
    for (const wrong of [
      undefined,
      "",
      token,
      `Bearer ${token} `,
      `Bearer ${tokenHash(token)}`,
      `bearer ${token}`,
    ])
      expect(holdsAdminToken(key, wrong)).toBe(false);
  }
  rmSync(join(data, "admin-token.sha256"));
  expect(holdsAdminToken(openAdminKey({ data }), `Bearer ${token}`)).toBe(false);
});

test("a configured admin token is hashed as it is read, and refused in a file", () => {
  const config = loadConfig({ env: { TACIT_ADMIN_TOKEN: "correct horse battery" } });
  expect(JSON.stringify(config)).not.toContain("horse");
  expect(config.adminTokenHash).toBe(tokenHash("correct horse battery"));
  const file = join(temporaryDirectory(), "tacit.json");
  writeFileSync(file, JSON.stringify({ adminToken: "correct horse battery" }));
  expect(() => loadConfig({ file })).toThrow(/adminToken must stand in no file/);
  // What is said of a wrong one does not repeat it.
  expect(() => loadConfig({ env: { TACIT_ADMIN_TOKEN: "too short" } })).toThrow(/^(?!.*too short)/s);
});

test("no line of a session's log holds an address, a token, a key or a report id", async () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const log: Log = (...event) => {
    for (const format of ["json", "text"] as const) openLog({ format, level: "info", write })(...event);
  };
  const limits = {
    requestsPerMinute: 30,
    reportsPerMinute: 10,
    adminFailuresPerMinute: 3,
    exempt: [],
    trustProxy: 1,
  };
  const config = testConfig(temporaryDirectory(), { limits });
  const { app, parts } = await openServer(config, { log });
  const url = await served(app, config);
  const forwarded = ["203.0.113.77", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff"];
  const id = "00112233445566778899aabbccddeeff";
  const ask = (path: string, address: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { "x-forwarded-for": address, authorization: `Bearer ${adminToken}` },
    });
  for (const address of forwarded) {
    for (let k = 0; k < 12; k++)
      await ask("/v1/reports", address, { method: "POST", body: Buffer.from(id.repeat(20), "hex") });
    await ask("/v1/admin/rounds/close", address, { method: "POST" });
    // A store that fails with everything in its message.
    const broken = () => {
      throw new Error(`no room for report ${id} of ${address}, Bearer ${adminToken}`);
    };
    Object.defineProperty(parts.editions, "part", { value: broken, configurable: true });
    expect((await ask(`/v1/parts/${id}${id}`, address)).status).toBe(500);
    for (let k = 0; k < 30; k++) await ask("/v1/tasks", address);
  }
  const keys = readdirSync(config.data)
    .filter((name) => /key|token|identity/.test(name) && !name.endsWith(".sqlite"))
    .flatMap((name) => readFileSync(join(config.data, name), "utf8").match(/[\w-]{32,}/g) ?? []);
  expect(keys.length).toBeGreaterThan(2);
  const events = lines.filter((line) => line.startsWith("{")).map((line) => JSON.parse(line).event);
  expect(events).toContain("failed");
  expect(events).toContain("rate-limited");
  const told = lines.join("\n");
  for (const secret of [...forwarded, "127.0.0.1", "::1", id, adminToken, tokenHash(adminToken), ...keys])
    expect(told.toLowerCase()).not.toContain(secret.toLowerCase());
});

test("a log blots out what looks like an address, a token, a key or an id, wherever it stands", () => {
  const hex = fc
    .uint8Array({ minLength: 16, maxLength: 64 })
    .map((bytes) => Buffer.from(bytes).toString("hex"));
  const base64 = fc
    .uint8Array({ minLength: 32, maxLength: 64 })
    .map((bytes) => Buffer.from(bytes).toString("base64url"));
  fc.assert(
    fc.property(
      fc.oneof(
        hex,
        base64,
        fc.ipV4(),
        fc.ipV6().filter((address) => address.length > 4),
      ),
      fc.constantFrom(["got ", ""], ['"', '"'], ["(", ")"], ["for ", ", again"], ["at=", " "]),
      (secret, [before, after]) => {
        expect(withoutSecrets(`${before}${secret}${after}`)).not.toContain(secret);
      },
    ),
    { numRuns: 500 },
  );
  const plain =
    "round 12: published 0123456789ab, recall 0.2931 at 10:45:03, in /srv/tacit/server/publishing/rounds.ts:98:7";
  expect(withoutSecrets(plain)).toBe(plain);
});

test("what is public is told as it is, in either form", () => {
  const told: string[] = [];
  const key = "0123456789abcdef".repeat(4);
  for (const format of ["json", "text"] as const) {
    openLog({ format, level: "info", write: (line) => told.push(line) })("identity", {
      ours: { verbatim: key },
      theirs: key,
    });
  }
  expect(JSON.parse(told[0])).toMatchObject({ ours: key, theirs: "[hex]" });
  expect(told[1]).toContain(`ours=${key} theirs=[hex]`);
});

test("one event is one line: JSON with its members, or words; levels below the one wanted are left out", () => {
  const told: string[] = [];
  const nowMs = () => Date.parse("2026-02-03T04:05:06Z");
  const write = (line: string) => told.push(line);
  const json = openLog({ format: "json", level: "warn", write, nowMs });
  json("quiet");
  json("refused", { reason: 'two\nlines "quoted"', count: 3, time: "forged", event: "forged" }, "warn");
  openLog({ format: "text", level: "info", write, nowMs })(
    "refused",
    { reason: "two\nlines", count: 3 },
    "error",
  );
  expect(JSON.parse(told[0])).toEqual({
    time: "2026-02-03T04:05:06.000Z",
    level: "warn",
    event: "refused",
    reason: 'two\nlines "quoted"',
    count: 3,
  });
  expect(told[1]).toBe('2026-02-03T04:05:06.000Z ERROR refused reason="two\\nlines" count=3');
  expect(told.join("")).not.toContain("\n");
  expect(silent("nothing")).toBeUndefined();
});
