/**
 * The documentation's site, built: it asks nobody else for anything, finds words without a network, and has
 * nothing serious for whoever uses other means than eyes and a mouse. A link to a page that is not there
 * fails its build. With TACIT_SCREENS=DIR a picture of each page.
 */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { extname, join } from "node:path";
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "../browser/axe.ts";
import { openBrowser } from "./browser.ts";
import { root, run } from "./commands.ts";

const site = join(root, "dist/docs");
const types: Readonly<Record<string, string>> = {
  ...{ ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" },
  ...{ ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2", ".wasm": "application/wasm" },
};

let server: Server;
let browser: Browser;
let address = "";

beforeAll(async () => {
  await run(root, "npx", ["tsx", "docs/.vitepress/make.ts"]);
  await run(root, "npx", ["vitepress", "build", "docs"]);
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://site");
    const file = join(site, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    const isThere = existsSync(file);
    response.writeHead(isThere ? 200 : 404, {
      "content-type": types[extname(file)] ?? "application/octet-stream",
    });
    response.end(isThere ? readFileSync(file) : "none");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("docs: expected a port, got none");
  address = `http://127.0.0.1:${bound.port}`;
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
  server.close();
});

/** A page whose requests, and what it complains about, are written down. */
async function opened(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const [requests, wrong]: [string[], string[]] = [[], []];
  context.on("request", (request) => requests.push(request.url()));
  page.on("response", (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) wrong.push(message.text());
  });
  page.on("pageerror", (error) => wrong.push(error.message));
  await page.goto(address + path, { waitUntil: "networkidle" });
  return { context, page, requests, wrong };
}

interface Opened {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly requests: readonly string[];
  readonly wrong: readonly string[];
}

const shown = [
  "/index.html",
  "/start.html",
  "/guides/widgets.html",
  "/errors.html",
  "/api/tacit-sdk/shelf.html",
];

for (const colorScheme of ["light", "dark"] as const) {
  test.each(shown)(
    `%s in ${colorScheme}: of this origin alone, nothing serious, no wider than a phone`,
    async (path) => {
      const { context, page, requests, wrong } = await opened(path, { colorScheme });
      expect(await seriousFindings(page)).toEqual([]);
      await picture(page, `${path}-${colorScheme}-desktop`);
      await page.setViewportSize({ width: 320, height: 844 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      await picture(page, `${path}-${colorScheme}-phone`);
      expect(requests.filter((url) => !url.startsWith(address) && !/^(?:blob|data):/.test(url))).toEqual([]);
      expect(requests.length).toBeGreaterThan(3);
      expect(wrong).toEqual([]);
      await context.close();
    },
  );
}

test("the search finds words without a network, once its index is there", async () => {
  const { context, page, wrong } = await opened("/index.html");
  await page.getByRole("button", { name: "Search" }).first().click();
  const field = page.getByRole("searchbox");
  await field.fill("shelf");
  await page.locator(".VPLocalSearchBox .result").first().waitFor();
  await context.setOffline(true);
  await field.fill("Global Privacy Control");
  const results = page.locator(".VPLocalSearchBox .result");
  await expect
    .poll(() => results.first().textContent(), { timeout: 10_000 })
    .toMatch(/Privacy|Permissions|consent/i);
  expect(await results.count()).toBeGreaterThan(1);
  expect(wrong).toEqual([]);
  await context.close();
});

test("a live shelf follows a click, and what is sent is only asked for", async () => {
  const { context, page } = await opened("/guides/widgets.html");
  const methods = new Set<string>();
  context.on("request", (request) => methods.add(request.method()));
  const titles = page.locator("tacit-shelf[list=for-you] [part~=title]");
  await expect.poll(() => titles.count(), { timeout: 30_000 }).toBe(6);
  const before = await titles.allTextContents();
  await page.locator("tacit-shelf[list=for-you] a").first().click();
  await page.waitForURL(/item=/);
  await expect.poll(() => titles.allTextContents(), { timeout: 30_000 }).not.toEqual(before);
  expect([...methods].filter((method) => method !== "GET")).toEqual([]);
  await context.close();
});

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.TACIT_SCREENS;
  if (folder === undefined) return;
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished)));
  await page.screenshot({ path: join(folder, `${name.replaceAll("/", "_")}.png`) });
}
