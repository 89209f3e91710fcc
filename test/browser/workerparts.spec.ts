/** The worker's files in a real browser: which are asked for when, and a visit in which one does not come. */
import { type BrowserContext, expect, type Page, test } from "@playwright/test";

const site = `<!doctype html><title>case</title>
<script>window.tacitConfig = { onError: ({ message }) => (window.troublesTold ??= []).push(message) }</script>
<script async src="/tacit/tacit.js" data-tacit-server="/" data-tacit-consent="personalise"></script><body>`;

declare global {
  interface Window {
    troublesTold?: string[];
  }
}

async function open(page: Page): Promise<void> {
  await page.route("**/case", (route) =>
    route.fulfill({ contentType: "text/html; charset=utf-8", body: site }),
  );
  await page.goto("/case");
  await page.waitForFunction(() => window.tacit !== undefined);
}

/** The SDK's files that were asked for, in order. */
function filesOf(context: BrowserContext): readonly string[] {
  const asked: string[] = [];
  context.on("request", (request) => {
    const [, file] = /\/tacit\/(.*)$/.exec(new URL(request.url()).pathname) ?? [];
    if (file !== undefined) asked.push(file);
  });
  return asked;
}

const shelf = (page: Page) => page.evaluate(async () => (await window.tacit?.recommend({ count: 4 })) ?? []);
const told = (page: Page) => page.evaluate(() => window.troublesTold ?? []);

test("a page that asks for a list loads what ranks, and nothing that contributes, shows or moves", async ({
  page,
  context,
}) => {
  const asked = filesOf(context);
  await open(page);
  expect(await shelf(page)).toHaveLength(4);
  expect([...asked].sort()).toEqual(["page.js", "ranking.js", "tacit.js", "worker.js"]);
  await page.evaluate(() => window.tacit?.panel());
  expect(asked.at(-1)).toBe("shown.js");
});

test("where what ranks does not come, events are kept, a list is empty, the page is told once and where it was; and the page that asks again once it is there is answered by all of it", async ({
  page,
  context,
}) => {
  await context.route("**/tacit/ranking.js", (route) => route.abort());
  await open(page);
  await page.evaluate(() => window.tacit?.track("purchase", { item: "20725" }));
  for (let time = 0; time < 3; time++) expect(await shelf(page)).toEqual([]);
  const messages = (await told(page)).filter((message) => message.includes("ranking.js"));
  expect(messages).toEqual([
    expect.stringMatching(/^ranking\.js: expected it from http:\/\/localhost:\d+\/tacit\/ranking\.js \(/),
  ]);
  await context.unroute("**/tacit/ranking.js");
  await expect.poll(async () => (await shelf(page)).length).toBe(4);
  const reasons = (await shelf(page)).flatMap((one) => one.reasons.map(({ why }) => why));
  expect(reasons).toContain("event");
});
