/** The page's side in two files, in the demo's shop: the second missing, and lists that are computed ahead. */
import { expect, test } from "@playwright/test";
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

test("a list that was computed ahead comes within 2 ms, and is the one that is asked for afresh", async ({
  page,
}) => {
  await page.addInitScript(() => {
    window.tacitConfig = { defaults: "2026-11-28" };
  });
  await openHome(page);
  await modelIsWhole(page);
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
  const timesMs = await page.evaluate(async () => {
    const { tacit } = window;
    const medianMs = async (): Promise<number> => {
      const times: number[] = [];
      for (let nth = 0; nth < 21; nth++) {
        const fromMs = performance.now();
        await tacit?.recommend({ count: 12 });
        times.push(performance.now() - fromMs);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return times.sort((a, b) => a - b)[10];
    };
    await tacit?.recommend({ count: 12 });
    return medianMs();
  });
  console.log(`a list from before: ${timesMs.toFixed(2)} ms`);
  expect(timesMs).toBeLessThanOrEqual(2);
  const lists = await page.evaluate(async () => {
    const { tacit } = window;
    tacit?.track("like", { item: "22386" });
    const idsOf = async (asked: ReturnType<NonNullable<typeof tacit>["recommend"]> | undefined) =>
      (await asked)?.map(({ item }) => item);
    const atOnce = await idsOf(tacit?.recommend({ count: 12 }));
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    const ahead = await idsOf(tacit?.recommend({ count: 12 }));
    // In other words, so that it is asked afresh.
    const afresh = await idsOf(tacit?.recommend({ count: 12, exclude: ["nothing"] }));
    return { atOnce, ahead, afresh };
  });
  expect(lists.afresh).toHaveLength(12);
  expect(lists.ahead).toEqual(lists.afresh);
  expect(lists.atOnce).toEqual(lists.afresh);
  expect(await itemsOn(page, "for-you")).toHaveLength(12);
});
