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
<script>tacit.similar("${bird}", { count: 4 }).then(async ({ length }) => {
  const listedMs = performance.now();
  await fetch("/listed-" + length);
  const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const kinds = async () => (await tacit.panel()).events.map(({ kind }) => kind).sort();
  while ((await kinds()).length < 3) await later(100);
  // What would be counted twice is by then.
  await later(1000);
  const shownMs = performance.getEntriesByType("navigation")[0].activationStart;
  const asked = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith("${server}"));
  const told = {
    kinds: await kinds(),
    wasPrerendered,
    isListedAfter: listedMs > shownMs,
    isAskedAfter: shownMs > 2000 && asked.length > 0 && asked.every(({ startTime }) => startTime >= shownMs),
  };
  fetch("/told-" + encodeURIComponent(JSON.stringify(told)));
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
    // The page says it itself: what is asked of a page that takes another one's place may find neither.
    await expect.poll(() => site.asked.at(-1)?.path, { timeout: 15_000 }).toMatch(/^\/told-/);
    const paths = site.asked.map(({ path }) => path);
    expect(paths.slice(0, -1)).toEqual(["/", `/item/${bird}`, "/listed-4"]);
    expect(JSON.parse(decodeURIComponent(paths[3].slice("/told-".length)))).toEqual({
      kinds: ["click", "impression", "view"],
      ...{ wasPrerendered: true, isListedAfter: true, isAskedAfter: true },
    });
  } finally {
    await browser.close();
  }
});
