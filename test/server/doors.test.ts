/** What comes to the door and is no request of ours: answered in kind, and not written down. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Log } from "../../server/base/log.ts";
import { adminToken, temporaryDirectory } from "./harness.ts";
import { limitedServer, say } from "./sockets.ts";

async function siteServer() {
  const site = join(temporaryDirectory(), "site");
  mkdirSync(join(site, "assets"), { recursive: true });
  writeFileSync(join(site, "index.html"), "<!doctype html><title>shop</title>");
  const lines: string[] = [];
  const log: Log = (event, fields, level) => lines.push(JSON.stringify({ event, fields, level }));
  const { url } = await limitedServer({}, { site }, log);
  const asked = async (path: string, more = ""): Promise<number> => {
    const conversation = say(url, `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}connection: close\r\n\r\n`);
    await conversation.ended;
    return Number(/^HTTP\/1\.1 (\d+)/.exec(conversation.received())?.[1] ?? 0);
  };
  return { asked, lines, url };
}

const secret = "what-she-looked-at";

test.each([
  ["one step longer than a file name may be", `/${secret}${"a".repeat(300)}`],
  ["one step of few characters and many bytes", `/${secret}${"%E4%B8%AD".repeat(90)}`],
  ["many steps", `/${`${secret}/`.repeat(300)}`],
  ["a long file of the SDK", `/tacit/${secret}${"b".repeat(4000)}.js`],
  ["a long asset", `/assets/${secret}${"c".repeat(2500)}.png`],
  ["a zero", `/${secret}%00.html`],
  ["broken escapes", `/${secret}%E0%A4%A`],
  ["half a character", `/assets/${secret}%C3`],
  ["a file as a folder", `/index.html/${secret}.png`],
  ["a way out", `/${secret}/..%2f..%2f..%2fetc%2fpasswd`],
  ["a long name of a part", `/v1/parts/${secret}${"d".repeat(3000)}`],
  ["a long name of an edition", `/v1/admin/editions/${secret}${"e".repeat(3000)}/publish`],
])("%s is 404 or 400 or 401, and no line of the log has it", async (_what, path) => {
  const { asked, lines } = await siteServer();
  for (const accept of ["", "accept: text/html\r\n", `authorization: Bearer ${adminToken}\r\n`]) {
    expect([400, 401, 404, 405]).toContain(await asked(path, accept));
  }
  expect(lines.join("\n")).not.toContain(secret);
  expect(lines.join("\n")).not.toContain('"error"');
});

test("whatever path is asked, the answer is no failure, and the log stays silent", async () => {
  const { asked, lines } = await siteServer();
  const step = fc.oneof(
    fc.string({ maxLength: 20 }).map(encodeURIComponent),
    fc.constantFrom(
      "%",
      "%ff",
      "%2e%2e",
      "..",
      "~",
      "con",
      "a".repeat(256),
      "%00",
      "v1",
      "tacit",
      "parts",
      "\\",
    ),
    fc.constantFrom("index.html", "assets", ".env", ".well-known"),
  );
  const paths = fc
    .tuple(fc.array(step, { maxLength: 12 }), fc.constantFrom("", "?", "?a=%ff", "#x"))
    .map(([steps, end]) => `/${steps.join("/")}${end}`);
  await fc.assert(
    fc.asyncProperty(paths, fc.constantFrom("", "accept: text/html\r\n"), async (path, accept) => {
      const status = await asked(path, accept);
      expect(status, path).toBeGreaterThanOrEqual(200);
      expect(status, path).toBeLessThan(500);
    }),
    { numRuns: 300 },
  );
  expect(lines.filter((line) => line.includes('"failed"'))).toEqual([]);
});

test("a client that reads for ever, a little at a time, is cut off", async () => {
  const site = join(temporaryDirectory(), "site");
  mkdirSync(site);
  const bytes = 30 * 1024 * 1024;
  writeFileSync(join(site, "large.bin"), Buffer.alloc(bytes, 7));
  const { url } = await limitedServer({ idleSeconds: 30, answerSeconds: 1 }, { site });
  const slow = say(url, "GET /large.bin HTTP/1.1\r\nhost: x\r\n\r\n");
  // From the start: what is read before the first pause could be all of it.
  slow.socket.pause();
  const timer = setInterval(() => {
    slow.socket.resume();
    setTimeout(() => slow.socket.pause(), 1);
  }, 100);
  const lastedMs = await slow.ended;
  clearInterval(timer);
  expect(lastedMs).toBeLessThan(15_000);
  expect(slow.received().length).toBeLessThan(bytes);
});
