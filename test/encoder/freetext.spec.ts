/**
 * Free text by the exported model, on a device: a real server publishes it, a real Chromium fetches it with the first
 * text, and finds what twenty searches and twenty people ask for whose words the catalogue does not have.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "@playwright/test";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import { readShopCatalogue } from "../../bench/shop.ts";
import { onboardingCases, rule, searchCases } from "../../bench/words/cases.ts";
import { type Judged, judged } from "../../bench/words/judge.ts";
import type { Tacit } from "../../sdk/index.ts";
import { engines } from "../field/engines/registry.ts";
import { openBrowser } from "../package/browser.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const port = 5402;
const address = `http://localhost:${port}`;
/** Of twenty. */
const least = 16;

declare global {
  interface Window {
    tacit?: Tacit;
    /** What went wrong. */
    troubles?: readonly string[];
  }
}

let server: ChildProcess | null = null;
let browser: Browser;
let titles: readonly string[];

beforeAll(async () => {
  titles = (await readShopCatalogue()).map(({ title }) => title);
  const flags = ["demo/data/catalogue.csv", "--text-encoder", inject("encoder")];
  const command = ["--import", "tsx", "test/browser/serve.ts", String(port), ...flags];
  server = spawn(process.execPath, command, { cwd: root, stdio: "ignore" });
  browser = await openBrowser();
  await vi.waitUntil(isReady, { timeout: 180_000, interval: 500 });
}, 200_000);

afterAll(async () => {
  await browser?.close();
  const ended = server === null ? null : once(server, "exit");
  if (server?.kill("SIGTERM")) await ended;
});

async function isReady(): Promise<boolean> {
  return fetch(`${address}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** A shop's page with the script tag and nothing else. */
async function openPage(): Promise<{ readonly page: Page; readonly asked: readonly string[] }> {
  const page = await browser.newPage();
  const asked: string[] = [];
  page.context().on("request", (request) => asked.push(new URL(request.url()).pathname));
  const html = `<!doctype html><script src="/tacit/tacit.js"></script>`;
  await page.route(`${address}/shop`, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(`${address}/shop`);
  await page.evaluate(() => window.tacit?.consent({ personalise: true }));
  return { page, asked };
}

const search = (page: Page, text: string) =>
  page.evaluate((wanted) => window.tacit?.search(wanted, { count: 10 }) ?? [], text);

/** The encoder has come when what has no word in common with any title is found. */
async function encoderIsThere(page: Page): Promise<void> {
  await expect
    .poll(async () => (await search(page, "a timepiece")).map(({ reasons }) => reasons[0]?.why), {
      timeout: 60_000,
      interval: 200,
    })
    .toContain("meaning");
}

function tell(what: string, results: readonly Judged[]): number {
  const right = results.filter(({ isRight }) => isRight).length;
  console.log(`${what}: ${right} of ${results.length} right`);
  for (const { text, isRight, first } of results) {
    if (!isRight) console.log(`  wrong: ${text}: ${first.slice(0, 3).join("; ")}`);
  }
  return right;
}

test(`a browser finds what at least ${least} of 20 searches mean, and fetches what it takes with the first, once`, async () => {
  const { page, asked } = await openPage();
  // What a worker of a worker begins with (encoder.js) is no request that can be seen from here; what it asks for is.
  const taken = (): readonly string[] => asked.filter((path) => /encoder\.wasm$|words\.js$/.test(path));
  await page.evaluate(() => window.tacit?.recommend());
  expect(taken()).toEqual([]);
  const startMs = performance.now();
  await encoderIsThere(page);
  console.log(`first answer by meaning after ${Math.round(performance.now() - startMs)} ms`);
  const popular = (await page.evaluate((count) => window.tacit?.trending({ count }) ?? [], rule.first)).map(
    ({ title }) => title,
  );
  const results: Judged[] = [];
  const times: number[] = [];
  for (const one of searchCases) {
    const beganMs = performance.now();
    const found = await search(page, one.text);
    times.push(performance.now() - beganMs);
    results.push(
      judged(
        one,
        found.map(({ title }) => title),
        { titles, popular },
      ),
    );
  }
  const median = times.sort((a, b) => a - b)[times.length >> 1];
  console.log(`a search takes ${median.toFixed(0)} ms, the slowest ${times[times.length - 1].toFixed(0)} ms`);
  expect(tell("search", results)).toBeGreaterThanOrEqual(least);
  expect(taken().toSorted()).toEqual(["/tacit/encoder.wasm", "/tacit/words.js"]);
  await page.close();
});

test(`the first shelf is what at least ${least} of 20 people wrote about themselves`, async () => {
  const { page } = await openPage();
  await encoderIsThere(page);
  const popular = (await page.evaluate((count) => window.tacit?.trending({ count }) ?? [], rule.first)).map(
    ({ title }) => title,
  );
  const results: Judged[] = [];
  for (const one of onboardingCases) {
    const shelf = await page.evaluate(
      async ({ interests, count }) => {
        window.tacit?.declare({ interests });
        return window.tacit?.recommend({ count }) ?? [];
      },
      { interests: one.text, count: rule.first },
    );
    results.push(
      judged(
        one,
        shelf.map(({ title }) => title),
        { titles, popular },
      ),
    );
  }
  expect(tell("onboarding", results)).toBeGreaterThanOrEqual(least);
  await page.close();
});

test("an article that is being read has a shelf of what it is about", async () => {
  const { page } = await openPage();
  await encoderIsThere(page);
  const about = async (article: string): Promise<readonly string[]> => {
    await page.evaluate((text) => {
      document.body.textContent = text;
    }, article);
    const found = await page.evaluate(
      () => window.tacit?.search(document.body.innerText, { count: 10 }) ?? [],
    );
    expect(found[0].reasons[0]).toMatchObject({ why: "meaning" });
    return found.map(({ title }) => title);
  };
  const carrying = (titles: readonly string[], words: RegExp) =>
    titles.filter((title) => words.test(title)).length;
  const afternoon = await about(
    `Few rituals repay patience as a proper brew does. Warm the pot, measure a spoonful of leaves for each guest, and let them
    steep for four minutes before pouring. Oolong and darjeeling ask for cooler water than an assam. Serve it with shortbread,
    and resist the urge to stir: a good infusion needs nothing but time and a saucer to rest on.`,
  );
  const december = await about(
    `By the first of December the whole street is lit. Children count down the days until the old man with the white beard comes
    down the chimney, stockings hang above the fireplace, and somebody burns the pudding. We cut our own spruce this year, and
    carried it home through the snow while carol singers went from door to door.`,
  );
  const tea = /\b(?:tea|teapot|mug|cup|saucer|teacup|kettle)s?\b/i;
  const christmas = /christmas|santa|xmas|advent|snow|reindeer|noel/i;
  expect([carrying(afternoon, tea), carrying(december, christmas)]).toSatisfy((counts: readonly number[]) =>
    counts.every((count) => count >= 5),
  );
  expect([carrying(afternoon, christmas), carrying(december, tea)]).toEqual([0, 0]);
  await page.close();
});

test.each(["firefox", "webkit"] as const)("%s understands a text by what it means, too", async (name) => {
  const engine = await engines[name].start();
  try {
    const session = await engine.open();
    const tab = await session.tab();
    await tab.goto(`${address}/`);
    const found = () =>
      tab.run(async () => {
        const { tacit } = window;
        if (tacit === undefined) return ["no SDK yet"];
        if (window.troubles === undefined) {
          const told: string[] = [];
          window.troubles = told;
          tacit.on("error", ({ message }) => told.push(message));
        }
        const list = await tacit.search("a timepiece", { count: 3 });
        return [...list.map(({ title, reasons }) => `${reasons[0]?.why}: ${title}`), ...window.troubles];
      });
    await expect
      .poll(found, { timeout: 60_000, interval: 300 })
      .toContainEqual(expect.stringMatching(/^meaning: .*Clock/));
    await session.close();
  } finally {
    await engine.stop();
  }
});
