/** The page's side in two files, in the demo's shop: the second missing, and lists that are computed ahead. */
import { expect, type Page, test } from "@playwright/test";
import { itemsOn, lunchBags, modelIsWhole, openHome, viewProduct } from "./shop.ts";

test("without page.js the shop stands, and what is done on it is with the next page that has it", async ({
  page,
}) => {
  await openHome(page);
  await modelIsWhole(page);
  await page.route("**/tacit/page.js", (route) => route.abort());
  const told: string[] = [];
  page.on("console", (message) => told.push(message.text()));
  await page.goto(`/item/${lunchBags[0]}`);
  await expect.poll(() => told.filter((text) => /page\.js/.test(text)).length).toBe(1);
  expect(await page.evaluate(() => window.tacit?.recommend())).toEqual([]);
  expect(await page.evaluate(() => window.tacit?.consent().personalise)).toBe(true);
  await page.evaluate((item) => window.tacit?.track("purchase", { item }), lunchBags[1]);
  await page.unroute("**/tacit/page.js");
  await openHome(page);
  await expect
    .poll(() =>
      page.evaluate(async () => {
        const panel = await window.tacit?.panel();
        return panel?.events.map(({ kind, item }) => `${kind} ${item}`);
      }),
    )
    .toEqual(expect.arrayContaining([`view ${lunchBags[0]}`, `purchase ${lunchBags[1]}`]));
});

/** Counts what is asked of the worker, by method, before anything else of the page runs. */
function countAsked(): void {
  const counts: Record<string, number> = {};
  Reflect.set(window, "askedOfWorker", counts);
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function (message: unknown, ...rest: unknown[]) {
    // As comlink names what it calls.
    const { path } = Object(message);
    if (Array.isArray(path)) counts[path.join(".")] = (counts[path.join(".")] ?? 0) + 1;
    return Reflect.apply(postMessage, this, [message, ...rest]);
  };
}

interface Answered {
  readonly items: readonly string[];
  /** How often the worker was asked for it. */
  readonly asked: number;
  readonly tookMs: number;
}

/** Asks for lists one after the other, with nothing between them; after an event, if one is named. */
function answers(
  page: Page,
  exclude: readonly string[],
  times: number,
  liked = "",
): Promise<readonly Answered[]> {
  return page.evaluate(
    async ({ exclude, times, liked }) => {
      const counts: Record<string, number> = Reflect.get(window, "askedOfWorker");
      if (liked !== "") window.tacit?.track("like", { item: liked });
      const answers: Answered[] = [];
      for (let nth = 0; nth < times; nth++) {
        const [before, fromMs] = [counts.forYou ?? 0, performance.now()];
        const list = (await window.tacit?.recommend({ count: 12, exclude })) ?? [];
        const tookMs = performance.now() - fromMs;
        const items = list.map(({ item }) => item);
        answers.push({ items, asked: (counts.forYou ?? 0) - before, tookMs });
      }
      return answers;
    },
    { exclude, times, liked },
  );
}

test("a list that was computed ahead is given without asking the worker, and is the one that is asked for afresh", async ({
  page,
}) => {
  await page.addInitScript(() => {
    window.tacitConfig = { defaults: "2026-11-28" };
  });
  await page.addInitScript(countAsked);
  await openHome(page);
  await modelIsWhole(page);
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
  const aheadOnce = async () => (await answers(page, [], 1))[0].asked;
  await expect.poll(aheadOnce).toBe(0);
  const again = await answers(page, [], 21);
  expect(again.map(({ asked }) => asked)).toEqual(again.map(() => 0));
  // Loose, since others are at work here; `npm run bench:mainthread` prints what it takes.
  expect(again.map(({ tookMs }) => tookMs).sort((a, b) => a - b)[10]).toBeLessThan(50);

  const [atOnce] = await answers(page, [], 1, "22386");
  expect(atOnce.asked).toBeGreaterThan(0);
  await expect.poll(aheadOnce).toBe(0);
  const [ahead] = await answers(page, [], 1);
  // In other words, so that it is asked afresh.
  const [afresh] = await answers(page, ["nothing"], 1);
  expect(afresh).toMatchObject({ items: { length: 12 }, asked: 1 });
  expect(ahead.items).toEqual(afresh.items);
  expect(atOnce.items).toEqual(afresh.items);
  expect(await itemsOn(page, "for-you")).toHaveLength(12);
});
