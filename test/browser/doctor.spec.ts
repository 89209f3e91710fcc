/**
 * tacit doctor in a real Chromium, on pages as people have them: the demo as it is, and pages of another origin
 * with one thing wrong each.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { runCli } from "../../server/cli/main.ts";
import { findChromium } from "./chromium.ts";

const tacit = "http://localhost:5399";
const tag = `<script async src="${tacit}/tacit/tacit.js" data-tacit-server="${tacit}"></script>`;
const mug = "84879";

interface Case {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Pages by their path. */
const cases: Readonly<Record<string, Case>> = {
  "/well": { html: `${tag}<a href="#" data-tacit-item="${mug}">a bird</a>` },
  "/without": { html: "a page" },
  "/mistyped": {
    html: tag.replace("data-tacit-server", 'data-tacit-relays="https://r.example" data-tacit-server'),
  },
  "/lost": { html: tag.replace("tacit.js", "tacitt.js") },
  "/refused": { html: tag, headers: { "content-security-policy": "script-src 'self'" } },
  "/away": { html: tag.replace(`data-tacit-server="${tacit}"`, 'data-tacit-server="http://localhost:9"') },
  "/unknown": { html: `${tag}<b data-tacit-item="no such thing">x</b>` },
  "/integrity": { html: tag.replace("async", 'async crossorigin="anonymous" integrity="sha384-AAAA"') },
};

let pages: Server;
let origin: string;

test.beforeAll(async () => {
  pages = createServer((request, response) => {
    const { html, headers = {} } = cases[request.url ?? ""] ?? { html: "" };
    response.writeHead(html === "" ? 404 : 200, { "content-type": "text/html", ...headers });
    response.end(`<!doctype html><title>case</title><body>${html}`);
  });
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  origin = `http://localhost:${(pages.address() as AddressInfo).port}`;
});
test.afterAll(() => pages.close());

async function doctor(url: string, ...flags: readonly string[]) {
  const out: string[] = [];
  const env = { ...process.env, CHROMIUM_PATH: findChromium() };
  const status = await runCli(["doctor", url, ...flags], {
    ...{ env, out: (line) => out.push(line), err: (line) => out.push(line) },
  });
  return { status, text: out.join("\n") };
}

test("of the demo nothing is wrong", async () => {
  const { status, text } = await doctor(`${tacit}/`);
  expect(text).toMatch(/^ok {4}Tacit \d+\.\d+\.\d+ runs$/m);
  expect(text).toMatch(/^ok {4}recommend\(\) gave 6 items in \d+ ms$/m);
  expect(text).toContain("nothing is wrong");
  expect(status).toBe(0);
});

test("of a page of another origin that is well nothing is wrong", async () => {
  const { status, text } = await doctor(`${origin}/well`);
  expect(text).toContain("1 element stands for 1 item");
  expect([text, status]).toEqual([expect.stringContaining("nothing is wrong"), 0]);
});

for (const [path, said] of [
  ["/without", "Tacit is not on this page"],
  ["/nowhere", "answered 404"],
  ["/mistyped", "init: "],
  ["/lost", "tacitt.js did not come"],
  ["/refused", "script-src refused http://localhost:5399/tacit/tacit.js"],
  ["/away", "localhost:9"],
  ["/unknown", 'the catalogue does not have "no such thing"'],
  ["/integrity", "integrity"],
] as const) {
  test(`${path}: what is wrong is said, with what to do`, async () => {
    const { status, text } = await doctor(`${origin}${path}`, "--seconds", "4", "--json");
    const { isWell, findings } = JSON.parse(text);
    const wrong = findings.filter(({ level }: { readonly level: string }) => level === "wrong");
    expect(JSON.stringify(wrong)).toContain(JSON.stringify(said).slice(1, -1));
    for (const { advice } of wrong) expect(advice).not.toBe("");
    expect([isWell, status]).toEqual([false, 1]);
  });
}
