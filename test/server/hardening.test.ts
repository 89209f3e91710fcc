/**
 * The server against clients that are slow, greedy, malformed or many: each is cut off, and the others are
 * served.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { adminToken, temporaryDirectory } from "./harness.ts";
import { drip, limitedServer, say } from "./sockets.ts";

const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;

async function answersAsEver(url: string): Promise<void> {
  const startedMs = performance.now();
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect(performance.now() - startedMs).toBeLessThan(1000);
}

test("clients that drip their headers are cut off within the limit, and others are served meanwhile", async () => {
  const { url } = await limitedServer({ headerSeconds: 0.6 });
  const slow = Array.from({ length: 50 }, () => say(url, "GET /health/live HTTP/1.1\r\nhost: x\r\nx-slow: "));
  for (const conversation of slow) drip(conversation, 50);
  await answersAsEver(url);
  for (const { ended, received } of slow) {
    const lastedMs = await ended;
    expect(lastedMs).toBeGreaterThan(500);
    expect(lastedMs).toBeLessThan(2500);
    expect(received()).toMatch(/^HTTP\/1\.1 408 /);
  }
  await answersAsEver(url);
});

test("a connection that never says a word is cut off too", async () => {
  const { url } = await limitedServer({ headerSeconds: 0.5 });
  expect(await say(url).ended).toBeLessThan(2500);
});

test("a report that drips in is cut off within the limit, and nothing of it is kept", async () => {
  const { url } = await limitedServer({ headerSeconds: 0.5, requestSeconds: 1 });
  const headers = { authorization: `Bearer ${adminToken}` };
  const csv = "id,title\na,red mug\nb,blue lamp\n";
  const imported = await fetch(`${url}/v1/admin/catalogue`, { method: "POST", headers, body: csv });
  expect(imported.status).toBe(200);
  const head = "POST /v1/reports HTTP/1.1\r\nhost: x\r\ncontent-length: 150\r\n\r\n";
  const slow = Array.from({ length: 20 }, () => say(url, head));
  for (const conversation of slow) drip(conversation, 50);
  await answersAsEver(url);
  for (const { ended } of slow) {
    const lastedMs = await ended;
    expect(lastedMs).toBeGreaterThan(800);
    expect(lastedMs).toBeLessThan(4000);
  }
  await answersAsEver(url);
  const status = await (await fetch(`${url}/v1/admin/status`, { headers })).json();
  expect(status).toMatchObject({ rounds: [{ state: "open", waiting: {} }] });
});

test("a client that asks and does not read is cut off, one that reads gets all", async () => {
  const site = join(temporaryDirectory(), "site");
  mkdirSync(site);
  const bytes = 40 * 1024 * 1024;
  writeFileSync(join(site, "large.bin"), Buffer.alloc(bytes, 7));
  const { url } = await limitedServer({ idleSeconds: 0.5 }, { site });
  const lazy = say(url, get("/large.bin"));
  lazy.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 2500));
  lazy.socket.resume();
  await lazy.ended;
  expect(lazy.received()).toMatch(/^HTTP\/1\.1 200 /);
  expect(lazy.received().length).toBeLessThan(bytes);
  const whole = await (await fetch(`${url}/large.bin`)).arrayBuffer();
  expect(whole.byteLength).toBe(bytes);
});

test("a connection that asks nothing more is closed", async () => {
  const { url } = await limitedServer({ idleSeconds: 0.3 });
  const idle = say(url, get("/health/live"));
  expect(await idle.ended).toBeLessThan(3000);
  expect(idle.received()).toMatch(/^HTTP\/1\.1 200 /);
});

test("connections beyond the limit are dropped; when one leaves, the next is served", async () => {
  const { url } = await limitedServer({ connections: 4 });
  const held = Array.from({ length: 4 }, () => say(url, "GET /"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const dropped = say(url, get("/health/live"));
  await dropped.ended;
  expect(dropped.received()).toBe("");
  held[0].socket.destroy();
  await held[0].ended;
  await new Promise((resolve) => setTimeout(resolve, 50));
  const served = say(url, get("/health/live", "connection: close\r\n"));
  await served.ended;
  expect(served.received()).toMatch(/^HTTP\/1\.1 200 /);
});

test("one address holds so many connections and no more, and gets them back", async () => {
  const { url } = await limitedServer({ connectionsPerAddress: 3, exempt: ["192.0.2.1"] });
  const held = Array.from({ length: 3 }, () => say(url, "GET /"));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const dropped = say(url, get("/health/live"));
  await dropped.ended;
  expect(dropped.received()).toBe("");
  for (const { socket, ended } of held) {
    socket.destroy();
    await ended;
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  const served = say(url, get("/health/live", "connection: close\r\n"));
  await served.ended;
  expect(served.received()).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ["a report that says it is long", "POST /v1/reports", "content-length: 50000000"],
  ["a body where none belongs", "POST /v1/admin/rounds/close", "content-length: 5"],
  ["a GET with a body", "GET /v1/tasks", "content-length: 5"],
  ["a GET with a chunked body", "GET /v1/edition", "transfer-encoding: chunked"],
])("%s is refused before any of it is read, and the connection closed", async (_name, request, header) => {
  const { url } = await limitedServer({}, { adminToken: "correct horse battery" });
  const authorization = "authorization: Bearer correct horse battery";
  const greedy = say(url, `${request} HTTP/1.1\r\nhost: x\r\n${authorization}\r\n${header}\r\n\r\n`);
  await greedy.ended;
  expect(greedy.received()).toMatch(/^HTTP\/1\.1 413 /);
  expect(greedy.received()).toContain("urn:tacit:problem:");
  await answersAsEver(url);
});

test("a report without end is cut off at the limit", async () => {
  const { url } = await limitedServer({});
  const endless = say(url, "POST /v1/reports HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
  let sent = 0;
  const pour = () => {
    while (endless.socket.writable && sent < 500) {
      sent += 1;
      if (!endless.socket.write(piece)) return;
    }
  };
  endless.socket.on("drain", pour);
  pour();
  await endless.ended;
  expect(sent).toBeLessThan(500);
  await answersAsEver(url);
});

test("a flood of headers is refused and what is not HTTP is refused; the server goes on", async () => {
  const { url } = await limitedServer({ headerBytes: 4096 });
  const flood = say(url, get("/health/live", `x-flood: ${"y".repeat(5000)}\r\n`));
  await flood.ended;
  expect(flood.received()).toMatch(/^HTTP\/1\.1 431 /);
  const many = say(url, get("/health/live", "x: y\r\n".repeat(4000)));
  await many.ended;
  expect(many.received()).toMatch(/^HTTP\/1\.1 431 /);
  for (const garbage of ["\r\n\r\nhello\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", "GET / HTTP/9.9\r\n\r\n"]) {
    const nonsense = say(url, garbage);
    await nonsense.ended;
    expect(nonsense.received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(nonsense.received()).toContain("x-content-type-options: nosniff");
  }
  await answersAsEver(url);
});

test("random bytes never stop the server", async () => {
  const { url } = await limitedServer({ headerSeconds: 0.5 });
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      const conversation = say(url, bytes);
      conversation.socket.end();
      await conversation.ended;
      expect(conversation.received()).not.toMatch(/^HTTP\/1\.1 [25]/);
    }),
    { numRuns: 200 },
  );
  await answersAsEver(url);
});

test("two lengths, or a length beside chunks, are no request: nothing can be smuggled past a proxy", async () => {
  const { url } = await limitedServer({});
  for (const headers of [
    "content-length: 5\r\ncontent-length: 6\r\n",
    "content-length: 5\r\ntransfer-encoding: chunked\r\n",
  ]) {
    const smuggled = say(
      url,
      `POST /v1/reports HTTP/1.1\r\nhost: x\r\n${headers}\r\n0\r\n\r\nGET /health/live`,
    );
    await smuggled.ended;
    expect(smuggled.received()).toMatch(/^HTTP\/1\.1 400 /);
  }
});
