/**
 * The shop's frame: there before its products, honest when they do not come, and at home on every page one
 * goes to.
 */
import { expect, type Page, test } from "@playwright/test";
import { shelfIsKnown, tiles } from "./shop.ts";

const catalogueFile = /\/assets\/catalogue-[^/]+\.csv$/;
const screens = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const addresses = [
  ["/", "Small things"],
  ["/item/20725", "A product"],
  ["/family/garden", "Garden"],
  ["/search?q=bird", "“bird”"],
  ["/basket", "Your basket"],
  ["/checkout", "Checkout"],
  ["/thanks", "Thank you"],
  ["/nothing/here", "Not on our shelves"],
] as const;

/**
 * Layout shift (https://wicg.github.io/layout-instability/) up to which nobody sees a page jump; 0.1 counts
 * as good.
 */
const mostShift = 0.05;

for (const [screen, viewport] of Object.entries(screens)) {
  test(`on a ${screen} the frame is drawn before the products, and nothing jumps when they come`, async ({
    browser,
    baseURL,
  }) => {
    for (const [address, heading] of addresses) {
      const context = await browser.newContext({ viewport, ...(baseURL === undefined ? {} : { baseURL }) });
      const page = await context.newPage();
      const release = await holdProducts(page);
      await page.goto(address);
      await expect(
        page.getByRole("banner").getByRole("searchbox", { name: "Search the shop" }),
      ).toBeVisible();
      await expect(page.getByRole("link", { name: /^Basket/ })).toBeVisible();
      await expect(page.getByRole("heading", { level: 1 })).toContainText(heading);
      await expect(page.getByRole("status").first()).toContainText("on their way");
      release();
      await expect(page.locator("main[aria-busy=true]")).toHaveCount(0);
      await page.waitForLoadState("networkidle");
      await expect(page.locator("section[aria-busy=true]")).toHaveCount(0);
      expect(await shiftOf(page), address).toBeLessThan(mostShift);
      await context.close();
    }
  });
}

const faults = {
  "the network fails": { status: 0, body: "" },
  "the server fails": { status: 500, body: "no" },
  "something else comes": { status: 200, body: "<!doctype html><title>Sign in</title>" },
} as const;

for (const [what, { status, body }] of Object.entries(faults)) {
  test(`when ${what}, every page says in words that the products did not come, and asks again`, async ({
    page,
  }) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    for (const [address] of addresses) {
      await page.route(catalogueFile, (route) =>
        status === 0 ? route.abort() : route.fulfill({ status, body }),
      );
      await page.goto(address);
      await expect(page.getByRole("alert")).toContainText("The products did not come");
      await page.unroute(catalogueFile);
      await page.getByRole("button", { name: "Try again" }).click();
      await expect(page.getByRole("alert")).toHaveCount(0);
      await expect(page.locator("main[aria-busy=true]")).toHaveCount(0);
    }
    expect(errors).toEqual([]);
  });
}

test("what is on the device can be seen while the products have not come", async ({ page }) => {
  await holdProducts(page);
  await page.goto("/");
  await page.getByRole("button", { name: /^What this shop knows about you/ }).click();
  await expect(page.getByRole("dialog").getByRole("switch")).toHaveCount(3);
});

test("without the SDK every shelf is full, in the shop's own order", async ({ page }) => {
  await page.route("**/tacit/tacit.js", (route) => route.abort());
  for (const address of ["/", "/item/20725", "/basket"]) {
    await page.goto(address);
    await shelfIsKnown(page, "for-you");
    await expect(tiles(page, "for-you")).toHaveCount(12);
  }
});

test("another page has its heading in focus, its title and its top; the first takes the focus from nobody", async ({
  page,
}) => {
  await page.goto("/");
  await shelfIsKnown(page, "for-you");
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
  const search = page.getByRole("searchbox");
  const ways: readonly (readonly [RegExp, () => Promise<void>])[] = [
    [/^.+ · Thimble$/, () => tiles(page, "for-you").last().click()],
    [/^.+ · Thimble$/, () => page.locator('a[href="/family/storage"], .crumbs a').first().click()],
    [/^“?bird”? · Thimble$/, () => search.fill("bird").then(() => search.press("Enter"))],
    [/^“?bird”? · Thimble$/, () => page.getByRole("link", { name: "Next" }).click()],
    [/^“?bird”? · Thimble$/, () => search.press("Enter")],
    [/^Basket · Thimble$/, () => page.getByRole("link", { name: /^Basket/ }).click()],
    [/^Thimble, a gift shop$/, () => page.getByRole("link", { name: "Thimble" }).click()],
    [/^Thimble, a gift shop$/, () => page.getByRole("link", { name: "Thimble" }).click()],
  ];
  for (const [title, follow] of ways) {
    await page.evaluate(() => {
      scrollTo(0, 400);
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    const before = page.url();
    await follow();
    await expect.poll(() => isHeadingFocused(page), { message: before }).toBe(true);
    expect(await page.title()).toMatch(title);
    expect(await page.evaluate(() => scrollY), page.url()).toBe(0);
  }
});

test("by keyboard alone a product is found, opened and put in the basket", async ({ page }) => {
  await page.goto("/");
  await shelfIsKnown(page, "for-you");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
  expect(await page.title()).toBe("Thimble, a gift shop");
  await tabTo(page, () => document.activeElement?.hasAttribute("data-tacit-item") === true);
  expect(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe(
    "solid",
  );
  await page.keyboard.press("Enter");
  await expect.poll(() => isHeadingFocused(page)).toBe(true);
  await tabTo(page, () => document.activeElement?.textContent === "Add to basket");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "Basket, pieces: 1" })).toBeVisible();
});

test("going back, and a reload, stand where the page was left", async ({ page }) => {
  await page.goto("/family/storage");
  await page.evaluate(() => scrollTo(0, 900));
  await page.locator("[data-tacit-item]").nth(20).click();
  await expect(page.getByRole("button", { name: "Add to basket" })).toBeVisible();
  await page.evaluate(() => scrollTo(0, 300));
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1, name: "Storage" })).toBeFocused();
  const leftAt = await page.evaluate(() => scrollY);
  expect(leftAt).toBeGreaterThan(600);
  await page.goForward();
  await expect(page.getByRole("button", { name: "Add to basket" })).toBeVisible();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(300);
  await page.goBack();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(leftAt);
  await page.reload();
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(leftAt);
});

test("every page has one main part and one heading, ids once, and names on all that can be pressed", async ({
  page,
}) => {
  for (const [address] of addresses) {
    await page.goto(address);
    await expect(page.locator("[aria-busy=true]")).toHaveCount(0);
    const found = await page.evaluate(() => ({
      mains: document.querySelectorAll("main").length,
      headings: document.querySelectorAll("h1").length,
      twice: [...document.querySelectorAll("[id]")]
        .map(({ id }) => id)
        .filter((id, at, all) => all.indexOf(id) !== at),
    }));
    expect(found, address).toEqual({ mains: 1, headings: 1, twice: [] });
    for (const role of ["link", "button", "searchbox", "navigation"] as const) {
      await expect(page.getByRole(role), `${address} ${role}`).toHaveCount(
        await page.getByRole(role, { name: /\S/ }).count(),
      );
    }
  }
});

/** Holds the catalogue back until it is released. */
async function holdProducts(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(catalogueFile, async (route) => {
    await held;
    await route.continue();
  });
  return release;
}

/** Of what happened without the person doing anything. */
async function shiftOf(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
        }).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 300);
      }),
  );
}

function isHeadingFocused(page: Page): Promise<boolean> {
  return page.evaluate(() => document.activeElement === document.querySelector("main h1"));
}

async function tabTo(page: Page, isThere: () => boolean): Promise<void> {
  for (let times = 0; times < 40 && !(await page.evaluate(isThere)); times++)
    await page.keyboard.press("Tab");
  expect(await page.evaluate(isThere)).toBe(true);
}
