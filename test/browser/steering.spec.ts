/**
 * The demo's shelves are steered: at once visible, undone where it was asked, kept in the panel; and what an
 * act changed is told.
 */
import { readFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import { productsFrom } from "../../demo/shop/products.ts";
import {
  itemsOn,
  lunchBags,
  modelIsWhole,
  openHome,
  openPanel,
  openPart,
  tiles,
  viewProduct,
} from "./shop.ts";

const csv = readFileSync(new URL("../../demo/data/catalogue.csv", import.meta.url), "utf8");
const familiesOf = new Map(productsFrom(csv).map(({ id, families }) => [id, families]));

async function visit(page: Page): Promise<void> {
  await openHome(page);
  await modelIsWhole(page);
  for (const item of lunchBags) await viewProduct(page, item);
  await openHome(page);
}

const inFamily = async (page: Page, family: string): Promise<number> =>
  (await itemsOn(page, "for-you")).filter((id) => familiesOf.get(id)?.some((name) => name === family)).length;

for (const [screen, viewport] of Object.entries({
  desktop: { width: 1280, height: 900 },
  phone: { width: 390, height: 844 },
})) {
  test(`on a ${screen} the dots of a product rule out its family at once, on the next page too, until it is undone`, async ({
    page,
  }) => {
    await page.setViewportSize(viewport);
    await visit(page);
    const dots = page.locator('[aria-labelledby="shelf-for-you"] .tile-menu').first();
    await dots.locator("summary").click();
    const nothing = dots.getByRole("button", { name: /^Nothing from / });
    await expect(nothing).toBeInViewport({ ratio: 1 });
    const family = ((await nothing.textContent()) ?? "").replace("Nothing from ", "");
    expect(await inFamily(page, family)).toBeGreaterThan(0);
    await nothing.click();
    await expect(page.getByRole("status").filter({ hasText: `No more ${family}.` })).toBeVisible();
    await expect.poll(() => inFamily(page, family)).toBe(0);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect.poll(() => inFamily(page, family)).toBeGreaterThan(0);

    await dots.locator("summary").click();
    await nothing.click();
    await expect.poll(() => inFamily(page, family)).toBe(0);
    await page.reload();
    expect(await inFamily(page, family)).toBe(0);
    const panel = await openPanel(page);
    await panel.getByRole("button", { name: /^Take back: None of/ }).click();
    await expect(panel.getByText("Nothing. You can ask for more or less")).toBeVisible();
    await page.keyboard.press("Escape");
    await expect.poll(() => inFamily(page, family)).toBeGreaterThan(0);
  });
}

test("what would be without an act is told, and is so once the act is forgotten", async ({ page }) => {
  await visit(page);
  const panel = await openPanel(page);
  const why = await openPart(panel, "Why these, for you");
  await why
    .getByRole("button", { name: /^What if not\? Because you viewed/ })
    .first()
    .click();
  const told = why.locator("[part=what-if]", { hasText: "Without it your list would be" });
  await expect(told).toBeVisible();
  const then = await told.locator("li > span").allTextContents();
  const title = (await why.locator("[part=pick][aria-pressed=true]").textContent()) ?? "";
  await expect(why.locator("b").first()).toContainText("is number 1 in your list.");
  const place = then.indexOf(title) + 1;
  if (place === 0) await expect(told).toContainText("It would not be among the first 6.");
  if (place > 1) await expect(told).toContainText(`Number ${place} instead of 1.`);
  await told.getByRole("button", { name: "Forget it" }).click();
  const list = () =>
    page.evaluate(async () => (await window.tacit?.recommend({ count: 6 }))?.map((each) => each.title));
  await expect.poll(list).toEqual(then);
});

test("while a visit is not learned from nothing that is done is kept", async ({ page }) => {
  await openHome(page);
  await modelIsWhole(page);
  await viewProduct(page, lunchBags[0]);
  const panel = await openPanel(page);
  const pause = panel.getByRole("switch", { name: "Do not learn from this visit" });
  await pause.click();
  await expect(panel.getByText("What you do is not remembered")).toBeVisible();
  await page.goto(`/item/${lunchBags[1]}`);
  await expect(tiles(page, "for-you").first()).toBeVisible();
  const items = () =>
    page.evaluate(async () => ((await window.tacit?.panel())?.events ?? []).map(({ item }) => item));
  expect(await items()).toContain(lunchBags[0]);
  expect(await items()).not.toContain(lunchBags[1]);
});
