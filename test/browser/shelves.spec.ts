/**
 * What stands on the shop's pages: shelves where they end, nothing twice, no shelf of variants, reasons
 * whole.
 */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { families } from "../../demo/catalogue/family.ts";
import { productsFrom } from "../../demo/shop/products.ts";
import { itemsOn, modelIsWhole, openHome, openPanel, openPart, tiles, viewProduct } from "./shop.ts";

const catalogueFile = /\/assets\/catalogue-[^/]+\.csv$/;
const csv = readFileSync(new URL("../../demo/data/catalogue.csv", import.meta.url), "utf8");
const products = productsFrom(csv);
const titles = new Set(products.map(({ title }) => title));
const groupOf = new Map(products.map(({ id, group }) => [id, group]));
const keyRings = products
  .filter(({ title }) => /^Letter "\w" Bling Key Ring$/.test(title))
  .map(({ id }) => id);
const longest = [...products].sort((a, b) => b.title.length - a.title.length)[0];

const deadEnds = {
  "an empty basket": "/basket",
  "a checkout with nothing to order": "/checkout",
  "a search that finds nothing": "/search?q=xylophone",
  "a search for nothing": "/search?q=",
  "a product that is not there": "/item/nothing",
  "an address that is not there": "/nothing/here",
  "the end of a family": "/family/garden?page=99",
  "the end of a search": "/search?q=bird&page=99",
  "an order that is placed": "/thanks",
} as const;

for (const [what, address] of Object.entries(deadEnds)) {
  test(`at ${what} a shelf goes on`, async ({ page }) => {
    await page.goto(address);
    expect(await itemsOn(page, "for-you")).toHaveLength(12);
    await tiles(page, "for-you").first().click();
    await expect(page.getByRole("button", { name: "Add to basket" })).toBeVisible();
  });
}

test("what is out of stock says so, is not sold, and stands on no shelf; its page offers others", async ({
  page,
}) => {
  const gone = new Set(keyRings.slice(0, 2).concat("20725"));
  await page.route(catalogueFile, (route) => {
    const [header, ...lines] = csv.trimEnd().split("\n");
    const marked = lines.map((line) => `${line},${gone.has(line.split(",")[0]) ? "false" : ""}`);
    return route.fulfill({ body: [`${header},available`, ...marked].join("\n") });
  });
  await page.addInitScript(() => localStorage.setItem("thimble.basket", "20725 3\n22423 2"));
  await page.goto("/item/20725");
  await expect(page.getByText("Out of stock for now.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add to basket" })).toHaveCount(0);
  await expect(page.getByRole("heading", { name: "Instead of it" })).toBeVisible();
  expect((await itemsOn(page, "similar")).filter((id) => gone.has(id))).toEqual([]);
  await page.goto("/basket");
  await expect(page.locator(".line", { hasText: "Lunch Bag Red" })).toContainText("Out of stock");
  await expect(page.locator(".total")).toContainText("£25.50");
  await page.goto("/checkout");
  await expect(page.locator(".receipt li")).toHaveCount(1);
});

test("a bird ornament stands with birds, and not with compact mirrors", async ({ page }) => {
  await page.goto("/item/84879");
  await modelIsWhole(page);
  // A shelf of the first items follows the whole model when it is there.
  await expect(async () => {
    for (const list of ["similar", "kind"]) {
      const names = await tiles(page, list).locator(".tile-title").allTextContents();
      expect(names).toHaveLength(6);
      for (const name of names) expect(name).toMatch(/birds?\b/i);
    }
  }).toPass({ timeout: 15_000 });
});

test("the basket has a shelf of what goes well with it, which names what is in it and follows it", async ({
  page,
}) => {
  await page.addInitScript(() => {
    if (localStorage.getItem("thimble.basket") === null)
      localStorage.setItem("thimble.basket", "20725 3\n22423 2");
  });
  await page.goto("/basket");
  await modelIsWhole(page);
  const lines = page.locator('[data-tacit-list="goes-with"] .tile-reason');
  await expect(lines).toHaveCount(6);
  for (const line of await lines.allTextContents()) {
    expect(line).toMatch(/^Goes well with “(Lunch Bag Red Retrospot|Regency Cakestand 3 Tier)”$/);
  }
  const listed = await itemsOn(page, "goes-with");
  expect(listed.filter((id) => ["20725", "22423"].includes(id))).toEqual([]);
  await page
    .getByRole("group", { name: "Pieces of Regency Cakestand 3 Tier" })
    .getByRole("button", { name: "One less" })
    .dblclick();
  await expect(page.locator(".line")).toHaveCount(1);
  await expect(async () => {
    const named = await lines.allTextContents();
    expect(new Set(named)).toEqual(new Set(["Goes well with “Lunch Bag Red Retrospot”"]));
  }).toPass({ timeout: 15_000 });
});

test("no page shows a product twice, nor three variants of one on a shelf, whatever was done before and meanwhile", async ({
  page,
}) => {
  test.setTimeout(120_000);
  for (const id of [keyRings[0], keyRings[1], "85123A", "22727"]) await viewProduct(page, id);
  const pages = ["/", `/item/${keyRings[0]}`, "/item/85123A", "/basket", "/search?q=bird&page=9", "/nothing"];
  for (const address of pages) {
    await page.goto(address);
    await itemsOn(page, "for-you");
    await nothingTwice(page, address);
    // What is done on the page changes its shelves: at no moment does one show what another has.
    await page.evaluate(() => {
      for (const item of ["84029G", "47566", "22178"]) window.tacit?.track("cart_add", { item });
    });
    for (let look = 0; look < 8; look++) {
      await page.waitForTimeout(150);
      await nothingTwice(page, `${address}, after a change`);
    }
  }
});

test("reasons and titles are whole on a phone and on a desktop: nothing is cut, and what they name is a title", async ({
  page,
}) => {
  await viewProduct(page, longest.id);
  await page.getByRole("button", { name: "Add to basket" }).click();
  for (const viewport of [
    { width: 320, height: 640 },
    { width: 390, height: 844 },
    { width: 1280, height: 800 },
  ]) {
    await page.setViewportSize(viewport);
    await openHome(page);
    const lines = page.locator(".tile-reason, .tile-title");
    const cut = await lines.evaluateAll((found) =>
      found
        .filter(
          (line) => line.scrollHeight > line.clientHeight + 1 || line.scrollWidth > line.clientWidth + 1,
        )
        .map((line) => line.textContent),
    );
    expect(cut).toEqual([]);
    const texts = await page.locator(".tile-reason").allTextContents();
    expect(texts.some((text) => text.includes(longest.title))).toBe(true);
    for (const text of texts) {
      const named = /^Because you (?:viewed|opened|put|bought) “(.+?)”(?: in your basket)?$/.exec(text)?.[1];
      expect(named === undefined || titles.has(named), text).toBe(true);
    }
  }
});

test("the panel names interests by the shop's families, and what it prints as parts adds up to what it prints as sums", async ({
  page,
}) => {
  for (const id of ["85123A", "20725", "22423", "90214A", "22727", "84029G"]) await viewProduct(page, id);
  await page.getByRole("button", { name: "Less like this" }).click();
  const panel = await openPanel(page);
  const interests = panel.getByRole("region", { name: "What you seem to like" });
  await expect(interests.locator("li").first()).toBeVisible();
  for (const name of await interests.locator(".name").allTextContents()) {
    expect(families).toContain(name.replaceAll(/[\u2068\u2069]/g, ""));
  }
  const percents = (await interests.locator(".share").allTextContents()).filter((text) => text.endsWith("%"));
  expect(percents.reduce((sum, text) => sum + Number.parseInt(text, 10), 0)).toBe(100);

  const why = await openPart(panel, "Why these, for you");
  await expect(why.locator(".sentence")).toHaveText(/^Because you/);
  for (const pick of await why.getByRole("group", { name: "Recommended now" }).getByRole("button").all()) {
    await pick.click();
    await expect(why.locator("b").first()).toContainText((await pick.textContent()) ?? "");
    const printed = (await why.locator(".value").allTextContents()).map((text) =>
      Math.round(Number(text) * 1000),
    );
    const total = printed.pop();
    expect(printed.reduce((sum, part) => sum + part, 0)).toBe(total);
  }
});

async function nothingTwice(page: Page, what: string): Promise<void> {
  const lists = await page.evaluate(() => ({
    all: [...document.querySelectorAll('main a[href^="/item/"]')].map(
      (link) => link.getAttribute("href") ?? "",
    ),
    shelves: [...document.querySelectorAll(".shelf-row")].map((row) =>
      [...row.querySelectorAll("[data-tacit-item]")].map(
        (tile) => tile.getAttribute("data-tacit-item") ?? "",
      ),
    ),
  }));
  expect(
    lists.all.filter((link, at, all) => all.indexOf(link) !== at),
    what,
  ).toEqual([]);
  for (const shelf of lists.shelves) {
    const groups = shelf.flatMap((id) => groupOf.get(id) ?? []);
    expect(
      groups.filter((group) => groups.filter((other) => other === group).length > 2),
      what,
    ).toEqual([]);
  }
}
