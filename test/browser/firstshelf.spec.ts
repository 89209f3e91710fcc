/** The first shelf of a first visit over a slow line: from the head, before the rest of the model is there. */
import { type Browser, expect, test } from "@playwright/test";
import { openSlowLink } from "./slowlink.ts";

/** 1.6 Mbit/s and 150 ms: a slow mobile connection (Lighthouse's "slow 4G"). */
const line = { bytesPerSecond: 200_000, roundTripMs: 150 };
const mostMs = 2_500;
/**
 * Other work on the machine only ever adds: the fastest of so many first visits is what the line and the shop
 * take.
 */
const visits = 5;

interface FirstShelf {
  readonly shownAfterMs: number;
  /** Parts of the model beside the head that had come by then. */
  readonly parts: number;
}

test("a first visit over 1.6 Mbit/s and 150 ms shows its first shelf from the head, within 2.5 s, before the whole model is there", async ({
  browser,
  baseURL,
}) => {
  test.setTimeout(90_000);
  const seen: FirstShelf[] = [];
  while (seen.length < visits && !seen.some(({ shownAfterMs }) => shownAfterMs <= mostMs)) {
    seen.push(await firstVisit(browser, Number(new URL(baseURL ?? "").port)));
  }
  // From the head alone: what else the edition lists is still on its way.
  expect(seen.map(({ parts }) => parts)).toEqual(seen.map(() => 0));
  expect(Math.min(...seen.map(({ shownAfterMs }) => shownAfterMs))).toBeLessThanOrEqual(mostMs);
});

async function firstVisit(browser: Browser, port: number): Promise<FirstShelf> {
  const link = await openSlowLink(port, line);
  const context = await browser.newContext({ baseURL: `http://localhost:${link.port}` });
  const page = await context.newPage();
  // When the first product of the person's shelf is in the page, by the page's own clock from the start of
  // its navigation.
  await page.addInitScript(() => {
    const look = new MutationObserver(() => {
      const tile = document.querySelector('[data-tacit-list="for-you"] [data-tacit-item]');
      const shelf = document.querySelector('section[aria-labelledby="shelf-for-you"]');
      if (tile === null || shelf?.getAttribute("aria-busy") !== "false") return;
      look.disconnect();
      performance.mark("first-shelf");
    });
    look.observe(document, { subtree: true, childList: true, attributes: true });
  });
  const asked: string[] = [];
  context.on("requestfinished", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto("/", { waitUntil: "commit" });
  await expect
    .poll(() => page.evaluate(() => performance.getEntriesByName("first-shelf").length), { intervals: [20] })
    .toBe(1);
  const parts = asked.filter((path) => path.startsWith("/v1/parts/")).length;
  const shownAfterMs = await page.evaluate(() => performance.getEntriesByName("first-shelf")[0].startTime);
  console.log(
    `first shelf after ${Math.round(shownAfterMs)} ms, ${link.bytesDown()} bytes down, ${parts} parts`,
  );
  await context.close();
  await link.close();
  return { shownAfterMs, parts };
}
