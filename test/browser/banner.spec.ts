/**
 * The banner of consent and the page around it: the focus stays in sight, and the banner is no larger than it
 * must be.
 */
import { expect, type Page, test } from "@playwright/test";
import { madeUpSdk, openWidgets, seen } from "./widgets.ts";

const banner = (page: Page) => page.locator("tacit-consent [part=banner]");
const links = Array.from(
  { length: 60 },
  (_, nth) => `<p><a href="#${nth}" id="link${nth}">Link ${nth}</a></p>`,
);

function open(page: Page, { more = "", lang = "en", state = "" } = {}): Promise<void> {
  return openWidgets(page, {
    body: `<tacit-consent policy="/privacy"></tacit-consent>${links.join("")}${more}`,
    ...{ hasSdk: false, widgets: ["consent"], lang, dir: lang === "ar" ? "rtl" : "ltr" },
    script: `${madeUpSdk};${state} addEventListener("DOMContentLoaded", bringSdk);`,
  });
}

const state = (personalise: boolean, because: string): string =>
  `window.consentState = { personalise: ${personalise}, contribute: false, because: { personalise: "${because}", contribute: "${because}" } };`;

test("whatever gets the focus by keyboard is above the banner, the last of the page too, and the room goes with it", async ({
  page,
}) => {
  await open(page);
  await expect(banner(page)).toBeVisible();
  const heights = (): Promise<number> => page.evaluate(() => document.documentElement.scrollHeight);
  await page.locator("#link0").focus();
  for (let nth = 1; nth < links.length; nth++) {
    await page.keyboard.press("Tab");
    const link = page.locator(`#link${nth}`);
    await expect(link).toBeFocused();
    const { bottom, top } = await page.evaluate(() => {
      const root = document.querySelector("tacit-consent")?.shadowRoot;
      return {
        bottom: document.activeElement?.getBoundingClientRect().bottom ?? 0,
        top: root?.querySelector("[part=banner]")?.getBoundingClientRect().top ?? 0,
      };
    });
    expect(bottom, `link ${nth}`).toBeLessThanOrEqual(top);
  }
  const before = await heights();
  expect((await seen(page)).shift).toBe(0);
  await banner(page).getByRole("button", { name: "Allow both" }).click();
  expect(await heights()).toBeLessThan(before);
  const left = await page.evaluate(() => document.documentElement.getAttribute("style") ?? "");
  expect(left).toBe("");
});

test("when a press of a key closes it the focus is where it came from, or on what comes next", async ({
  page,
}) => {
  await open(page);
  await page.locator("#link0").focus();
  await banner(page).getByRole("button", { name: "Allow both" }).focus();
  await page.keyboard.press("Enter");
  await expect(banner(page)).toHaveCount(0);
  await expect(page.locator("#link0")).toBeFocused();

  await page.reload();
  await expect(banner(page)).toBeVisible();
  await banner(page).getByRole("button", { name: "Refuse both" }).focus();
  await page.keyboard.press("Enter");
  await expect(banner(page)).toHaveCount(0);
  await expect(page.locator("#link0")).toBeFocused();
});

for (const lang of ["en", "de", "fr", "es", "zh", "ar"]) {
  test(`on a phone it takes two fifths of the height at most, in ${lang}, with its buttons in sight`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const height of [844, 667]) {
      await page.setViewportSize({ width: 390, height });
      await open(page, { lang });
      await expect(banner(page)).toBeVisible();
      const box = await banner(page).boundingBox();
      expect(box?.height).toBeLessThanOrEqual(Math.max(0.4 * height, 17 * 16) + 1);
      const scroll = banner(page).locator(".scroll");
      const [inside, shown] = await scroll.evaluate(({ scrollHeight, clientHeight }) => [
        scrollHeight,
        clientHeight,
      ]);
      // What does not fit is reached by scrolling; on a usual phone it is little.
      if (height === 844) expect(inside - shown).toBeLessThan(60);
      for (const name of ["no", "yes", "save"])
        await expect(banner(page).locator(`[part~=${name}]`)).toBeInViewport({ ratio: 1 });
      await scroll.evaluate((each) => each.scrollTo(0, 9999));
      await expect(banner(page).getByRole("switch").last()).toBeInViewport();
    }
  });
}

test("it says that something is erased only where something may have been learned", async ({ page }) => {
  await open(page, { state: state(false, "site") });
  const status = banner(page).getByRole("status");
  await expect(status).toBeEmpty();
  await expect(banner(page)).not.toContainText("On by default");
  await banner(page).getByRole("switch").first().check();
  await banner(page).getByRole("switch").first().uncheck();
  await expect(status).toBeEmpty();

  await open(page, { state: state(true, "site") });
  await banner(page).getByRole("switch").first().uncheck();
  await expect(status).toHaveText("What this site has learned on this device will be erased.");
});

test("a switch that nobody has turned says who did, and is filled only when the person turns it", async ({
  page,
}) => {
  await open(page, { state: state(true, "site") });
  const own = banner(page).getByRole("switch").first();
  await expect(own).toBeChecked();
  await expect(own).toHaveAccessibleDescription(/^On by default on this site\. Learns/);
  await expect(own).toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
  await own.uncheck();
  await own.check();
  await expect(own).toHaveAccessibleDescription(/^Learns/);
  await expect(own).not.toHaveCSS("background-color", "rgba(0, 0, 0, 0)");
});
