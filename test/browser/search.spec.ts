/** Free text in a browser: what it takes comes with the first text and never before, and a lie is refused. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, expect, test } from "@playwright/test";
import { encodeWordFile } from "../../core/encoder/words/wordfile.ts";
import { modelIsWhole, openHome, viewProduct } from "./shop.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = 5401;
const address = `http://localhost:${port}`;
const groups = [
  ["infant", "baby", "newborn"],
  ["timepiece", "clock"],
  ["beverage", "mug"],
];
const bytes = encodeWordFile({
  source: "made up",
  words: groups.flat(),
  dim: groups.length,
  vectors: Int8Array.from(
    groups.flatMap((group, at) => group.flatMap(() => groups.map((_, k) => (k === at ? 127 : 0)))),
  ),
});
const part = `/v1/parts/${createHash("sha256").update(bytes).digest("hex")}`;

const folder = mkdtempSync(join(tmpdir(), "tacit-words-"));
let server: ChildProcess | null = null;

test.beforeAll(async () => {
  const file = join(folder, "words.tcwords");
  writeFileSync(file, bytes);
  const command = [
    "--import",
    "tsx",
    "test/browser/serve.ts",
    String(port),
    "demo/data/catalogue.csv",
    "--words",
    file,
  ];
  server = spawn(process.execPath, command, { cwd: root, stdio: "ignore" });
  await expect
    .poll(
      () =>
        fetch(`${address}/health/ready`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 60_000 },
    )
    .toBe(true);
});

test.afterAll(async () => {
  const ended = server === null ? null : once(server, "exit");
  if (server?.kill("SIGTERM")) await ended;
  rmSync(folder, { recursive: true });
});

test.use({ baseURL: address });

/** What the context asked for of what free text takes. */
function askedOf(context: BrowserContext): { readonly paths: string[] } {
  const paths: string[] = [];
  context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname === part || pathname.endsWith("/words.js")) paths.push(pathname.replace(/^.*\//, ""));
  });
  return { paths };
}

const partName = part.replace(/^.*\//, "");

test("a page without free text fetches nothing of it; the first search does, once; the next visit has the word file", async ({
  page,
  context,
}) => {
  const asked = askedOf(context);
  await openHome(page);
  await viewProduct(page, "84879");
  await modelIsWhole(page);
  await page.evaluate(async () => {
    const tacit = window.tacit;
    tacit?.declare({ categories: ["Garden"], tier: 2 });
    await Promise.all([
      tacit?.recommend(),
      tacit?.similar("84879"),
      tacit?.goesWith(["84879"]),
      tacit?.trending(),
      tacit?.explain("84879"),
      tacit?.panel(),
      tacit?.exportData(),
    ]);
  });
  expect(asked.paths).toEqual([]);
  const search = (text: string) =>
    page.evaluate((wanted) => window.tacit?.search(wanted, { count: 8 }) ?? [], text);
  const found = await search("something for an infant");
  expect(found).toHaveLength(8);
  for (const { title, reasons } of found) {
    expect(title).toMatch(/\bbaby\b/i);
    expect(reasons[0]).toMatchObject({
      why: "search",
      asked: "infant",
      found: expect.stringMatching(/^baby$/i),
    });
  }
  expect((await search("a timepiece"))[0].title).toMatch(/clock/i);
  expect(await search("xqzzy")).toEqual([]);
  expect(asked.paths.toSorted()).toEqual([partName, "words.js"].toSorted());
  await page.goto("/");
  await modelIsWhole(page);
  expect((await search("newborns"))[0].title).toMatch(/baby/i);
  expect(asked.paths.filter((name) => name === partName)).toHaveLength(1);
});

test("what a person says they look for is the first shelf, and the reason says so", async ({ page }) => {
  await openHome(page);
  await modelIsWhole(page);
  const shelf = () => page.evaluate(() => window.tacit?.recommend({ count: 6 }) ?? []);
  await page.evaluate(() => window.tacit?.declare({ interests: "we expect a newborn" }));
  await expect(async () => {
    const items = await shelf();
    expect(items.filter(({ title }) => /\bbaby\b/i.test(title)).length).toBeGreaterThanOrEqual(3);
    expect(items[0].from).toBe("said");
    expect(items[0].reasons[0]).toMatchObject({ why: "said", fact: "interests", said: "newborn" });
  }).toPass({ timeout: 15_000 });
  await page.evaluate(() => window.tacit?.declare({ interests: null }));
  expect((await shelf()).some(({ from }) => from === "said")).toBe(false);
});

test("a word file that is not what the signed edition lists is refused, and the page is told in words", async ({
  page,
  context,
}) => {
  const lie = Buffer.from(bytes);
  lie[lie.length - 70] ^= 1;
  await context.route(`**${part}`, (route) => route.fulfill({ body: lie }));
  await openHome(page);
  await modelIsWhole(page);
  const { found, told } = await page.evaluate(async () => {
    const told: string[] = [];
    window.tacit?.on("error", ({ message }) => told.push(message));
    return { found: await window.tacit?.search("an infant"), told };
  });
  expect(found).toEqual([]);
  expect(told.join()).toMatch(/expected bytes with that SHA-256/);
});
