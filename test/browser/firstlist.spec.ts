/**
 * A first list that the site's server made: there before any script, and followed by the SDK's own without a
 * jump.
 */
import { expect, type Page, test } from "@playwright/test";
import { frame, madeUpSdk, openWidgets, type Seen, seen, servePage } from "./widgets.ts";

/** As a site's server imports it. */
const { firstList, shelfHtml }: typeof import("../../sdk/firstlist/firstlist.ts") = await import(
  new URL("../../dist/sdk/firstlist.js", import.meta.url).href
);

const server = "http://localhost:5399";
const nonce = "first";
const after = "<p id='after'>What follows.</p>";
const shelfLater = `<script type="module" src="/tacit/shelf.js"></script>`;

const cards = (page: Page) => page.locator("tacit-shelf [part=card][data-tacit-item]");
const drawn = (page: Page) => page.locator(".tacit-first [data-tacit-item]");
const idsOf = (found: ReturnType<typeof cards>): Promise<readonly (string | null)[]> =>
  found.evaluateAll((all) => all.map((each) => each.getAttribute("data-tacit-item")));
const afterAt = (page: Page): Promise<number> =>
  page.locator("#after").evaluate((each) => each.getBoundingClientRect().top);

/** Places and sizes of heading, cards and what is on them; of a shelf, or of the list in it. */
const places = (page: Page, isShelf: boolean) =>
  page.locator("tacit-shelf").evaluate((shelf, own) => {
    const [root, names] = own
      ? [
          shelf.shadowRoot ?? shelf,
          ["[part=heading]", "[part=card]", "[part=picture]", "[part=title]", "[part=price]"],
        ]
      : [shelf, [".tacit-heading", "li", ".tacit-picture", ".tacit-title", ".tacit-price"]];
    return names.map((name) =>
      [...root.querySelectorAll(name)].map((each) => {
        const { x, y, width, height } = each.getBoundingClientRect();
        const size = getComputedStyle(each);
        return (
          [x, y, width, height].map((of) => Math.round(of * 8) / 8).join(" ") +
          ` ${size.fontSize} ${size.fontWeight} ${size.lineHeight}`
        );
      }),
    );
  }, isShelf);

const made = (count: number) =>
  Array.from({ length: count }, (_, nth) => ({
    item: `${nth}`,
    title:
      nth === 1
        ? "A thing whose title is far too long to stand in two lines of a card, whatever its width"
        : `Thing ${nth}`,
    url: `/item/${nth}`,
    ...(nth === 2 ? {} : { price: 3.5 }),
    ...(nth === 3 ? { image: "/no-picture.png" } : {}),
    categories: ["Garden"],
    ...{ score: 1, from: "popular" as const, reasons: [] },
  }));

for (const [count, lang] of [
  [6, "en"],
  [5, "ar"],
] as const) {
  test(`${count} cards that a server drew (${lang}) stand where the shelf's stand, as large, in windows of every width`, async ({
    page,
  }) => {
    const items = made(count);
    const html = shelfHtml(items, { count, currency: "GBP", lang, nonce, list: "trending" });
    const setup = { nonce, lang, dir: lang === "ar" ? "rtl" : "ltr", hasSdk: false };
    const style =
      "a { color: red; padding: 3px 3px 0 0 } li { margin: 7px } ul { padding: 20px } tacit-shelf { --tacit-gap: 0.5rem }";
    const script = `${madeUpSdk}; window.answers = ${JSON.stringify(items)};`;
    const widths = [320, 420, 640, 820, 1200];
    const at = async (isShelf: boolean) => {
      const all: unknown[] = [];
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 });
        await frame(page);
        all.push(await places(page, isShelf));
      }
      return all;
    };
    await openWidgets(page, {
      ...setup,
      script,
      body: html,
      widgets: [],
      style: style.replace("a {", ".other a {").replace("padding: 3px 3px 0 0", ""),
    });
    const unknown = await at(false);
    await openWidgets(page, { ...setup, script, body: html, style: style.replace("a {", ".other a {") });
    expect(await at(false)).toEqual(unknown);
    await page.evaluate(() => Reflect.get(window, "bringSdk")());
    await expect(cards(page)).toHaveCount(count);
    await expect(drawn(page).first()).toBeHidden();
    expect(await at(true)).toEqual(unknown);
    expect((await seen(page)).refused).toEqual([]);
  });
}

test("with the SDK late the list stays where it is, and nothing moves when the SDK's takes its place", async ({
  page,
}) => {
  const items = await firstList({ server, timeoutMs: 30_000, count: 4 });
  expect(items).toHaveLength(4);
  const body = shelfHtml(items, { count: 4, currency: "GBP", nonce }) + after + shelfLater;
  for (const file of ["tacit.js", "shelf.js"]) {
    await page.route(`**/tacit/${file}`, async (route) => {
      await new Promise((resolve) => setTimeout(resolve, file === "shelf.js" ? 500 : 1000));
      await route.continue();
    });
  }
  await servePage(page, { body, widgets: [], nonce });
  await page.goto("/widgets-test", { waitUntil: "commit" });
  await expect(drawn(page)).toHaveCount(4);
  expect(await page.evaluate(() => customElements.get("tacit-shelf"))).toBeUndefined();
  const [first, top] = [await idsOf(drawn(page)), await afterAt(page)];
  await expect(cards(page)).toHaveCount(4);
  await expect(drawn(page).first()).toBeHidden();
  expect(await idsOf(cards(page))).toEqual(first);
  expect(first).toEqual(items.map(({ item }) => item));
  await frame(page);
  const { shift, refused }: Seen = await seen(page);
  expect({ shift, refused, top: await afterAt(page) }).toEqual({ shift: 0, refused: [], top });
});

test("with the SDK blocked the list stays, and its products can be gone to", async ({ page }) => {
  const items = await firstList({ server, timeoutMs: 30_000, count: 4, list: "trending" });
  const addresses = items.map((one) => ({ ...one, url: `/item/${one.item}` }));
  const body = shelfHtml(addresses, { count: 4, list: "trending", nonce }) + after;
  await page.route("**/tacit/tacit.js", (route) => route.abort());
  await openWidgets(page, { body, nonce });
  await expect(drawn(page)).toHaveCount(4);
  await page.waitForTimeout(1500);
  await expect(drawn(page).last()).toBeVisible();
  expect((await seen(page)).shift).toBe(0);
  await drawn(page).first().click();
  await expect(page).toHaveURL(new RegExp(`/item/${items[0].item}$`));
});

test("without JavaScript the list is there, of the same size", async ({ browser, page }) => {
  const items = await firstList({ server, timeoutMs: 30_000, count: 4 });
  const body = shelfHtml(items, { count: 4, currency: "GBP", nonce }) + after;
  await openWidgets(page, { body, nonce });
  await expect(cards(page)).toHaveCount(4);
  const top = await afterAt(page);
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: server });
  const still = await context.newPage();
  await openWidgets(still, { body, nonce });
  await expect(drawn(still)).toHaveCount(4);
  await expect(drawn(still).last()).toBeVisible();
  expect((await still.locator("#after").boundingBox())?.y).toBe(top);
  await context.close();
});
