/**
 * Every widget in light and dark, on a phone and a desktop, from left to right and from right to left:
 * nothing serious to whoever uses other means than eyes and a mouse, and nothing wider than its page. With
 * TACIT_SCREENS=DIR a picture of each.
 */
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { seriousFindings } from "./axe.ts";
import { openPanelPage } from "./panels.ts";
import { madeUpSdk, openWidgets } from "./widgets.ts";

const titles = {
  en: [
    "Hanging Heart Lantern",
    "Vintage Tea Tins, Set of Three",
    "Garden Bird Feeder",
    "Retrospot Lunch Bag with a Very Long Name That Goes On",
    "Wooden Advent Calendar",
    "Rose Mug",
  ],
  ar: [
    "فانوس قلب معلّق",
    "علب شاي عتيقة، طقم من ثلاث",
    "مُطعم طيور للحديقة",
    "Retrospot Lunch Bag حقيبة غداء منقطة ذات اسم طويل جدًا لا ينتهي",
    "تقويم خشبي",
    "كوب الورد",
  ],
  zh: [
    "心形挂灯",
    "复古茶叶罐三件套",
    "花园喂鸟器",
    "波点午餐包，名字很长很长很长很长很长很长很长很长",
    "木制日历",
    "玫瑰马克杯",
  ],
};

const picture = (hue: number) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 120"><rect width="120" height="120" fill="hsl(${hue} 45% 82%)"/><circle cx="60" cy="52" r="26" fill="hsl(${hue} 40% 45%)"/><path d="M28 100a32 22 0 0 1 64 0z" fill="hsl(${hue} 45% 30%)"/></svg>`;

const items = (language: keyof typeof titles): string =>
  JSON.stringify(
    titles[language].map((title, nth) => ({
      ...{ item: `${nth}`, title, url: `/item/${nth}`, price: [4.95, 12.5, 8, 19.99, 1250, 3.25][nth] },
      ...(nth === 4 ? {} : { image: `/pictures/${nth * 55}.svg` }),
      ...{ categories: ["Garden"], score: 1, from: "history" },
      reasons: [
        {
          why: "event",
          event: "a",
          kind: "view",
          item: "x",
          title: "Red Mug",
          atMs: Date.now() - 3 * 86_400_000,
          contribution: 1,
        },
        { why: "trending", contribution: 0.5 },
      ],
    })),
  );

const bodies = {
  shelf: `<tacit-shelf currency="GBP"></tacit-shelf>`,
  consent: `<tacit-consent policy="/privacy"></tacit-consent>`,
  onboarding: `<tacit-onboarding categories="Garden,Kitchen,Party,Candles,Toys & Games,Stationery,Christmas,Bags"></tacit-onboarding>`,
};

async function open(page: Page, body: string, lang: keyof typeof titles): Promise<void> {
  await page.route("**/pictures/*.svg", (route) =>
    route.fulfill({
      contentType: "image/svg+xml",
      body: picture(Number.parseInt(route.request().url().split("/").at(-1) ?? "0", 10)),
    }),
  );
  const ready = `addEventListener("DOMContentLoaded", bringSdk);`;
  await openWidgets(page, {
    ...{
      body,
      lang,
      dir: lang === "ar" ? "rtl" : "ltr",
      hasSdk: false,
      widgets: ["shelf", "consent", "onboarding"],
    },
    script: `${madeUpSdk}; window.answers = ${items(lang)}; ${ready}`,
  });
}

async function openPanel(page: Page, lang: keyof typeof titles | "de" | "fr" | "es"): Promise<void> {
  const categories = { ar: ["الحديقة", "المطبخ والخبز"], zh: ["花园", "厨房与烘焙"] } as const;
  const isOwn = lang === "ar" || lang === "zh";
  await openPanelPage(page, {
    ...{ lang, dir: lang === "ar" ? "rtl" : "ltr", titles: titles[isOwn ? lang : "en"] },
    categories: isOwn ? categories[lang] : ["Garden", "Kitchen & Baking"],
  });
  await page.locator("#open").click();
  await expect(page.locator("tacit-panel [part=like]")).toHaveCount(3);
}

/** Every part that can be opened, and a question. */
async function openAll(page: Page): Promise<void> {
  const panel = page.locator("tacit-panel");
  for (const name of ["why", "sent-details", "worked", "along"]) {
    await panel.locator(`#${name} > summary`).click();
    await expect(panel.locator(`#${name} > div > *`).first()).toBeVisible();
  }
  await panel.locator("[part=like]").first().locator("[part=link]").click();
  await expect(panel.locator("[part=what-if] li").first()).toBeVisible();
  await panel.locator("#ending").locator("..").locator("button").first().click();
  await panel.locator("[part=wish]").first().click();
  await expect(panel.locator("[part~=undo]")).toBeVisible();
}

async function look(page: Page, name: string): Promise<void> {
  expect(await seriousFindings(page)).toEqual([]);
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(tooWide).toBeLessThanOrEqual(0);
  const folder = process.env.TACIT_SCREENS;
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`) });
}

const screens = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };

for (const colorScheme of ["light", "dark"] as const) {
  for (const [screen, viewport] of Object.entries(screens)) {
    for (const lang of ["en", "ar"] as const) {
      test(`${colorScheme}, on a ${screen}, in ${lang}: nothing serious, and nothing too wide`, async ({
        page,
      }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        await page.setViewportSize(viewport);
        const name = (widget: string): string => `${widget}-${screen}-${colorScheme}-${lang}`;

        await open(page, bodies.shelf, lang);
        const cards = page.locator("tacit-shelf [data-tacit-item]");
        await expect(cards).toHaveCount(6);
        await look(page, name("shelf"));
        await cards.nth(1).getByRole("button").click();
        await expect(page.getByRole("dialog")).toContainText("Red Mug");
        await look(page, name("options"));
        await page.getByRole("dialog").getByRole("button").nth(1).click();
        await look(page, name("muted"));

        await open(page, bodies.consent, lang);
        await expect(page.getByRole("switch")).toHaveCount(2);
        await page.getByRole("switch").first().focus();
        await look(page, name("consent"));

        await open(page, bodies.onboarding, lang);
        await page.getByRole("checkbox").nth(2).check();
        await look(page, name("onboarding"));
        await page.locator("form [part~=save]").click();
        await look(page, name("saved"));

        await openPanel(page, lang);
        await look(page, name("panel"));
        await openAll(page);
        await look(page, name("panel-parts"));
      });
    }
  }
}

test("axe tells what is wrong, in a shadow tree too", async ({ page }) => {
  await open(page, bodies.shelf, "en");
  const opener = page.locator("tacit-shelf [data-tacit-item] button").first();
  await opener.evaluate((button) => button.removeAttribute("aria-label"));
  expect(await seriousFindings(page)).toEqual([expect.stringMatching(/^button-name tacit-shelf/)]);
});

test("a page's header and landmarks stay one of a kind with the panel open beside a banner of consent", async ({
  page,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto("/widgets.html");
  await expect(page.locator("tacit-consent [part=banner]")).toBeVisible();
  await page.locator("#known").click();
  await expect(page.locator("tacit-panel #history")).toBeVisible();
  expect(await seriousFindings(page)).toEqual([]);
});

for (const [colorScheme, width] of [
  ["light", 1280],
  ["dark", 320],
] as const) {
  test(`the shop, ${colorScheme} and ${width} px wide: nothing serious on any of its pages, and nothing too wide`, async ({
    page,
  }) => {
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme });
    await page.setViewportSize({ width, height: 720 });
    await page.goto("/");
    const tiles = page.locator("#shop a[data-tacit-item], #shop [data-tacit-item] a");
    await expect(tiles.nth(6)).toBeVisible();
    await look(page, `shop-${width}-${colorScheme}`);
    await page.locator("#shop .tile-menu summary").first().click();
    await look(page, `shop-menu-${width}-${colorScheme}`);
    await page.keyboard.press("Escape");
    await tiles.first().click();
    await expect(page.getByRole("button", { name: "Add to basket" })).toBeVisible();
    await expect(tiles.nth(3)).toBeVisible();
    await look(page, `shop-item-${width}-${colorScheme}`);
    await page.getByRole("button", { name: "Add to basket" }).click();
    await page.getByRole("searchbox").fill("bird");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: /bird/ })).toBeVisible();
    await look(page, `shop-search-${width}-${colorScheme}`);
  });
}

for (const lang of ["en-GB", "de", "fr", "es", "zh", "ar"]) {
  test(`the page of widgets in ${lang}: nothing serious, and each product once`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: lang === "zh" ? "dark" : "light" });
    await page.goto(`/widgets.html?lang=${lang}`);
    const shelves = page.locator("tacit-shelf");
    await expect(shelves.last().locator("[data-tacit-item]")).toHaveCount(6);
    await expect(shelves.first().locator("> div > a")).toHaveCount(6);
    const ids = await page
      .locator("tacit-shelf [data-tacit-item]")
      .evaluateAll((all) => all.map((card) => card.getAttribute("data-tacit-item")));
    expect([ids.length, new Set(ids).size]).toEqual([18, 18]);
    await expect(page.locator("tacit-consent [part=banner]")).toBeVisible();
    await look(page, `page-${lang}`);
    await page.locator("tacit-consent [part~=yes]").click();
    await page.setViewportSize({ width: 390, height: 844 });
    await shelves.first().locator("[data-tacit-item] button").nth(1).click();
    await expect(page.getByRole("dialog")).toBeInViewport();
    // What the page calls its own properties is its own affair.
    await expect(page.getByRole("dialog")).toHaveCSS("border-radius", "16px");
    await look(page, `page-phone-${lang}`);
  });
}

for (const lang of ["de", "fr", "es", "zh"] as const) {
  test(`the words of ${lang} fit a phone`, async ({ page }) => {
    await page.setViewportSize({ width: 320, height: 800 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    for (const [widget, body] of Object.entries(bodies)) {
      await open(
        page,
        body.replace("<tacit", `<tacit`).replace(/^<tacit-(\w+)/, `<tacit-$1 lang="${lang}"`),
        lang === "zh" ? "zh" : "en",
      );
      await expect(page.locator(`tacit-${widget} [part~=heading]`)).toBeVisible();
      if (widget === "shelf") await page.locator("tacit-shelf [data-tacit-item] button").first().click();
      await look(page, `${widget}-narrow-${lang}`);
    }
    await openPanel(page, lang);
    await openAll(page);
    const tooWide = await page
      .locator("tacit-panel .surface > [part=body]")
      .evaluate((body) => body.scrollWidth - body.clientWidth);
    expect(tooWide).toBeLessThanOrEqual(0);
    await look(page, `panel-narrow-${lang}`);
  });
}
