/**
 * A site with speculation rules of its own: its pages are prerendered when a person turns to a link. Driven by
 * puppeteer, because with Playwright a Chromium only fetches such a page.
 */
import { expect, test } from "@playwright/test";
import puppeteer from "puppeteer-core";
import { findChromium } from "./chromium.ts";
import { type OwnSite, openOwnSite } from "./ownsite.ts";

const server = "http://localhost:5399";
const bird = "84879";
const tag = `<script src="/tacit/stub.js"></script>
<script async src="/tacit/tacit.js" data-tacit-server="${server}" data-tacit-defaults="2026-11-28"></script>`;
const home = `<script type="speculationrules">
{ "prerender": [{ "where": { "href_matches": "/item/*" }, "eagerness": "moderate" }] }</script>${tag}
<ul data-tacit-list="l"><li><a href="/item/${bird}" data-tacit-item="${bird}">a bird</a></ul>`;
const product = `<script>window.wasPrerendered = document.prerendering</script>${tag}
<main data-tacit-item="${bird}" data-tacit-event="view">a bird</main>
<script>tacit.similar("${bird}", { count: 4 }).then(({ length }) => {
  window.listedMs = performance.now();
  fetch("/listed-" + length);
})</script>`;

let site: OwnSite;
test.beforeAll(async () => {
  site = await openOwnSite((path) => (path === "/" ? home : product));
});
test.afterAll(() => site.close());

test("a page that the site's own rules prerender asks the server nothing, lists and counts nothing until it is shown, and then once", async () => {
  const executablePath = findChromium();
  const browser = await puppeteer.launch({
    ...(executablePath === undefined ? { channel: "chrome" as const } : { executablePath }),
    args: ["--no-sandbox", "--disable-quic", "--no-first-run"],
  });
  try {
    const page = await browser.newPage();
    const acts = () =>
      page.evaluate(async () => {
        const events = (await window.tacit?.panel())?.events ?? [];
        return events.map(({ kind }) => kind).sort();
      });
    await page.goto(`${site.origin}/`);
    await expect.poll(acts).toEqual(["impression"]);
    const link = await page.$("a");
    const box = await link?.boundingBox();
    if (box == null) throw new Error("prerender: expected a link on the page, got none");
    const at = [box.x + 4, box.y + 4] as const;
    await page.mouse.move(...at, { steps: 4 });
    await expect.poll(() => site.asked.map(({ purpose }) => purpose)).toEqual(["", "prefetch;prerender"]);
    // For as long as a page that is shown takes to have its list, and more.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await acts()).toEqual(["impression"]);

    await page.mouse.click(...at);
    // The page says so itself: what is asked of it as it takes the other one's place nobody answers.
    await expect.poll(() => site.asked.at(-1)?.path, { timeout: 15_000 }).toBe("/listed-4");
    await expect.poll(acts).toEqual(["click", "impression", "view"]);
    const seen = await page.evaluate((origin) => {
      const [navigation] = performance.getEntriesByType("navigation");
      const shownMs: number = Reflect.get(navigation, "activationStart");
      const asked = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(origin));
      return {
        wasPrerendered: Reflect.get(window, "wasPrerendered"),
        isListedAfter: Reflect.get(window, "listedMs") > shownMs,
        isAskedAfter: shownMs > 2_000 && asked.every(({ startTime }) => startTime >= shownMs),
      };
    }, server);
    expect(seen).toEqual({ wasPrerendered: true, isListedAfter: true, isAskedAfter: true });
    expect(site.asked).toHaveLength(3);
  } finally {
    await browser.close();
  }
});
