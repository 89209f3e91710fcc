/**
 * The shelf in a real browser, under a strict policy: calm, captured, steered, by keyboard, and safe from
 * what it shows.
 */
import { expect, type Page, test } from "@playwright/test";
import { madeUpSdk, openWidgets, seen } from "./widgets.ts";

const cards = (page: Page, nth = 0) => page.locator("tacit-shelf").nth(nth).locator("[data-tacit-item]");
const itemsOf = (page: Page, nth = 0): Promise<readonly (string | null)[]> =>
  cards(page, nth).evaluateAll((found) => found.map((card) => card.getAttribute("data-tacit-item")));

const made = (count: number): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, nth) => ({
      item: `${nth}`,
      title: `Thing ${nth}`,
      url: `/item/${nth}`,
      price: 3.5,
      categories: ["Garden"],
      score: 1,
      from: "history",
      reasons: [{ why: "similar", item: "a", title: "Red Mug", contribution: 1 }],
    })),
  );

/** From now on the made-up SDK answers that, and says so. */
function tellOf(page: Page, answers: readonly object[]): Promise<void> {
  return page.evaluate((given) => {
    Reflect.set(window, "answers", given);
    Reflect.get(window, "tell")("change");
  }, answers);
}

test("a shelf keeps its size from first paint to cards, refuses nothing of the policy, and is seen and clicked by capture", async ({
  page,
}) => {
  await openWidgets(page, {
    body: `<tacit-shelf list="trending" count="4" currency="GBP"></tacit-shelf><p>What follows.</p>`,
  });
  await expect(cards(page)).toHaveCount(4);
  await expect(cards(page).first()).toContainText("£");
  const events = () =>
    page.evaluate(async () =>
      ((await window.tacit?.panel())?.events ?? []).map(({ kind, list, position }) => ({
        kind,
        list,
        position,
      })),
    );
  await expect.poll(events).toContainEqual({ kind: "impression", list: "trending", position: 4 });
  const { shift, refused } = await seen(page);
  expect({ shift, refused }).toEqual({ shift: 0, refused: [] });
});

test("two shelves of one page repeat nothing, and a click says list and place", async ({ page }) => {
  await openWidgets(page, {
    body: `<tacit-shelf list="trending" count="6"></tacit-shelf><tacit-shelf list="for-you" count="6"></tacit-shelf>`,
  });
  await expect(cards(page)).toHaveCount(6);
  await expect(cards(page, 1)).toHaveCount(6);
  const all = [...(await itemsOf(page)), ...(await itemsOf(page, 1))];
  expect(new Set(all).size).toBe(12);
  await cards(page, 1).nth(2).locator("[part=title]").click();
  // The button beside it is no part of the item.
  await cards(page, 1).nth(3).getByRole("button").click();
  const clicks = () =>
    page.evaluate(async () =>
      ((await window.tacit?.panel())?.events ?? [])
        .filter(({ kind }) => kind === "click")
        .map(({ item, list, position }) => ({ item, list, position })),
    );
  await expect.poll(clicks).toEqual([{ item: all[8], list: "for-you", position: 3 }]);
});

test("with the real SDK what is muted is gone when the person looks away, is in the panel, and comes back by undoing", async ({
  page,
}) => {
  const body = `<p tabindex="0" id="before">Before</p><tacit-shelf list="trending" count="4"></tacit-shelf>`;
  await openWidgets(page, { body });
  await expect(cards(page)).toHaveCount(4);
  const before = await itemsOf(page);
  const wishes = () =>
    page.evaluate(async () => ((await window.tacit?.panel())?.wishes ?? []).map(({ value }) => value));
  const mute = async (): Promise<void> => {
    await cards(page).nth(1).getByRole("button").click();
    await page.getByRole("button", { name: "Not for me" }).click();
    await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
    await expect.poll(wishes).toEqual([before[1]]);
  };
  await mute();
  await page.keyboard.press("Enter");
  await expect.poll(wishes).toEqual([]);
  await mute();
  await page.locator("#before").focus();
  await page.mouse.move(0, 0);
  await expect.poll(() => itemsOf(page)).not.toContain(before[1]);
  await expect(cards(page)).toHaveCount(4);
});

test("with the real SDK nothing else of a category that is muted is left to be seen", async ({ page }) => {
  await openWidgets(page, { body: `<tacit-shelf list="trending" count="12"></tacit-shelf>` });
  await expect(cards(page)).toHaveCount(12);
  await cards(page).first().getByRole("button").click();
  await page.getByRole("button", { name: "Nothing from" }).click();
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  const shown = async (): Promise<readonly { item: string; categories: readonly string[] }[]> =>
    Object((await seen(page)).events.findLast(({ name }) => name === "tacit-shelf")?.detail).items;
  const [{ categories }] = await shown();
  const wished = () => page.evaluate(async () => ((await window.tacit?.panel())?.wishes ?? []).length);
  await expect.poll(wished).toBe(1);
  await expect
    .poll(async () => (await shown()).slice(1).filter((item) => item.categories.includes(categories[0])))
    .toEqual([]);
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  expect(await itemsOf(page)).toHaveLength(12);
});

test("a list from the server of the size of the shelf is followed by the SDK's without a jump", async ({
  page,
}) => {
  const card = (nth: number) => `<li><a href="/item/${nth}">Thing ${nth}</a></li>`;
  await openWidgets(page, {
    body: `<tacit-shelf heading="" count="4"><ul class="own">${[0, 1, 2, 3].map(card).join("")}</ul></tacit-shelf><p>What follows.</p>`,
    ...{ hasSdk: false, script: `${madeUpSdk}; window.answers = ${made(9)};` },
    style: ".own { margin: 0; height: var(--height, 300px) }",
  });
  await expect(page.getByText("Thing 2")).toBeVisible();
  const height = await page.locator("tacit-shelf").evaluate((shelf) => {
    // As large as four cards: what a site finds out once.
    const list = shelf.shadowRoot?.querySelector<HTMLElement>("[part=list]");
    if (!list) return 0;
    list.hidden = false;
    const { height } = list.getBoundingClientRect();
    list.hidden = true;
    document.documentElement.style.setProperty("--height", `${height}px`);
    return height;
  });
  await page.waitForTimeout(600);
  const shiftBefore = (await seen(page)).shift;
  await page.evaluate(() => Reflect.get(window, "bringSdk")());
  await expect(cards(page)).toHaveCount(4);
  await expect(page.locator(".own")).toBeHidden();
  expect(height).toBeGreaterThan(100);
  expect((await seen(page)).shift).toBe(shiftBefore);
});

test("a page that has the stub and a late script tag has its shelf all the same", async ({ page }) => {
  await openWidgets(page, {
    body: `<tacit-shelf list="trending" count="3"></tacit-shelf>`,
    hasSdk: false,
    script: `addEventListener("load", () => {
      for (const [src, server] of [["/tacit/stub.js"], ["/tacit/tacit.js", "/"]]) {
        const script = document.createElement("script");
        Object.assign(script, { src, async: false });
        if (server) script.dataset.tacitServer = server;
        setTimeout(() => document.head.append(script), 300);
      }
    });`,
  });
  await expect(page.locator("[part~=skeleton]")).toHaveCount(3);
  await expect(cards(page)).toHaveCount(3);
  expect((await seen(page)).shift).toBe(0);
});

test("a shelf without an SDK shows what is inside and nothing else; one with nothing inside hides after a while", async ({
  page,
}) => {
  await page.clock.install();
  await openWidgets(page, {
    body: `<tacit-shelf><ul><li>From the server</li></ul></tacit-shelf><tacit-shelf id="bare" count="3"></tacit-shelf>`,
    hasSdk: false,
  });
  const [full, bare] = [page.locator("tacit-shelf").first(), page.locator("#bare")];
  await expect(full.getByText("From the server")).toBeVisible();
  await expect(full.locator("[part~=card]")).toHaveCount(6);
  await expect(full.locator("[part~=card]").first()).toBeHidden();
  await expect(bare.locator("[part~=card]").first()).toBeVisible();
  await page.clock.runFor(11_000);
  await expect(bare).toBeHidden();
  await expect(bare).toHaveAttribute("empty", "");
  await expect(full.getByText("From the server")).toBeVisible();
  await expect(full).not.toHaveAttribute("empty");
});

test("an SDK that comes late fills the shelf without moving anything, and an empty list hides it", async ({
  page,
}) => {
  await openWidgets(page, {
    body: `<tacit-shelf count="6"></tacit-shelf><p>What follows.</p>`,
    hasSdk: false,
    script: `${madeUpSdk}; window.answers = ${made(9)};`,
  });
  await expect(page.locator("[part~=skeleton]")).toHaveCount(6);
  await page.waitForTimeout(600);
  await page.evaluate(() => Reflect.get(window, "bringSdk")());
  await expect(cards(page)).toHaveCount(6);
  expect((await seen(page)).shift).toBe(0);
  await page.evaluate(() => {
    Reflect.set(window, "answers", []);
    Reflect.get(window, "tell")("change");
  });
  await expect(page.locator("tacit-shelf")).toHaveAttribute("empty", "");
  await expect(page.locator("tacit-shelf")).toBeHidden();
});

test.describe("with an SDK of the test's", () => {
  const open = (page: Page, attributes = "", answers = made(9), more: object = {}) =>
    openWidgets(page, {
      body: `<p tabindex="0" id="before">Before</p><tacit-shelf ${attributes}></tacit-shelf>`,
      hasSdk: false,
      script: `${madeUpSdk}; window.answers = ${answers}; addEventListener("DOMContentLoaded", bringSdk);`,
      ...more,
    });

  test("nothing changes under the focus, and what is new is shown when it has gone", async ({ page }) => {
    await open(page);
    await expect(cards(page)).toHaveCount(6);
    await cards(page).nth(1).locator("a").focus();
    await page.evaluate((answers) => {
      Reflect.set(window, "answers", JSON.parse(answers).reverse());
      Reflect.get(window, "tell")("change");
    }, made(9));
    await page.waitForTimeout(700);
    expect(await itemsOf(page)).toEqual(["0", "1", "2", "3", "4", "5"]);
    await page.locator("#before").focus();
    await expect.poll(() => itemsOf(page)).toEqual(["8", "7", "6", "5", "4", "3"]);
    expect((await seen(page)).shift).toBe(0);
  });

  test("of items that stay in their places prices, titles and pictures are drawn, reasons are those of now, and the cards stay", async ({
    page,
  }) => {
    await open(page, `currency="GBP"`);
    await expect(cards(page).nth(1)).toContainText("£3.50");
    await cards(page).evaluateAll((all) => {
      for (const card of all) Reflect.set(card, "isFirst", true);
      Reflect.set(all[0].querySelector("a") ?? {}, "isFirst", true);
    });
    const other = { title: "Other thing", price: 9.25, url: "/other/1", image: "/favicon.svg", reasons: [] };
    const before: readonly { readonly item: string }[] = JSON.parse(made(9));
    const now = before.map((one) => ({
      ...{ ...one, score: 2 },
      reasons: [{ why: "similar", item: "b", title: "Blue Cup", contribution: 2 }],
      ...(one.item === "1" && other),
    }));
    await tellOf(page, now);
    const second = cards(page).nth(1);
    await expect(second.locator("[part=title]")).toHaveText("Other thing");
    await expect(second.locator("[part=price]")).toHaveText("£9.25");
    await expect(second.locator("a")).toHaveAttribute("href", "/other/1");
    await expect(second.locator("img")).toHaveAttribute("src", "/favicon.svg");
    await expect(second.getByRole("button")).toHaveAccessibleName("Options for \u2068Other thing\u2069");
    const isFirst = (selector: string, nth: number) =>
      cards(page)
        .nth(nth)
        .locator(selector)
        .evaluate((element) => Reflect.get(element, "isFirst") === true);
    expect(
      await cards(page).evaluateAll((all) => all.filter((card) => Reflect.get(card, "isFirst")).length),
    ).toBe(6);
    // What is drawn alike is not drawn again, though its score is another.
    expect(await isFirst("a", 0)).toBe(true);
    expect((await seen(page)).events).toHaveLength(2);

    await cards(page).first().getByRole("button").click();
    const box = page.getByRole("dialog", { name: "Options for" });
    await expect(box).toContainText("Blue Cup");
    await expect(box).not.toContainText("Red Mug");
    await page.keyboard.press("Escape");
    // Of one whose reasons are gone none is said.
    await second.getByRole("button").click();
    await expect(box.locator("[part=reason]")).toBeHidden();
  });

  test("a card that the page draws is drawn again where only its reasons are others", async ({ page }) => {
    await open(page);
    await expect(cards(page)).toHaveCount(6);
    await page.evaluate(() => {
      const render = ({ reasons }: { reasons: readonly { title: string }[] }) =>
        Object.assign(document.createElement("i"), { className: "why", textContent: reasons[0].title });
      const shelf = document.querySelector("tacit-shelf");
      if (shelf !== null) Reflect.set(shelf, "renderCard", render);
    });
    await expect(page.locator("i.why")).toHaveText(Array.from({ length: 6 }, () => "Red Mug"));
    await tellOf(page, JSON.parse(made(9).replaceAll("Red Mug", "Blue Cup")));
    await expect(page.locator("i.why")).toHaveText(Array.from({ length: 6 }, () => "Blue Cup"));
  });

  test("nothing changes under the pointer, and what is new is shown when it has gone", async ({ page }) => {
    await open(page);
    await cards(page).nth(1).hover();
    await page.evaluate((answers) => {
      Reflect.set(window, "answers", JSON.parse(answers).slice(1));
      Reflect.get(window, "tell")("change");
    }, made(9));
    await page.waitForTimeout(700);
    expect(await itemsOf(page)).toEqual(["0", "1", "2", "3", "4", "5"]);
    await page.mouse.move(0, 0);
    await expect.poll(() => itemsOf(page)).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  test("a shelf that is held keeps its items, and the others are asked for without them", async ({
    page,
  }) => {
    await open(page, `count="2"`, made(9), {
      body: `<p tabindex="0" id="before">Before</p><tacit-shelf count="2"></tacit-shelf><tacit-shelf count="2" name="home"></tacit-shelf>`,
    });
    await expect(cards(page, 1)).toHaveCount(2);
    await cards(page).first().locator("a").focus();
    await page.evaluate(() => Reflect.get(window, "tell")("change"));
    const asked = () => page.evaluate(() => Reflect.get(window, "asked").lists);
    await expect.poll(async () => Object.keys((await asked()).at(-1))).toHaveLength(1);
    expect(Object.values((await asked()).at(-1))).toEqual([
      { list: "recommend", count: 2, exclude: ["0", "1"], name: "home" },
    ]);
    expect(await itemsOf(page, 1)).toEqual(["2", "3"]);
    await expect(cards(page, 1).first().locator("..")).toHaveAttribute("data-tacit-list", "home");
  });

  test("a widget that is loaded twice is one, and an SDK may be given before it is defined or after", async ({
    page,
  }) => {
    const given = `addEventListener("DOMContentLoaded", () => {
      const shelf = document.querySelector("tacit-shelf");
      shelf.tacit = window.madeUp;
      import("/tacit/shelf.js?again").then(() => import("/tacit/shelf.js"));
    });`;
    await openWidgets(page, {
      ...{ body: `<tacit-shelf></tacit-shelf>`, hasSdk: false, widgets: [] },
      script: `${madeUpSdk}; window.answers = ${made(9)}; ${given}`,
    });
    await expect(cards(page)).toHaveCount(6);
    await page.evaluate(() => {
      const other = { ...Reflect.get(window, "madeUp"), lists: async () => ({ shelf0: [] }) };
      const shelf = document.querySelector("tacit-shelf");
      if (shelf !== null) Reflect.set(shelf, "tacit", other);
    });
    await expect(page.locator("tacit-shelf")).toHaveAttribute("empty", "");
  });

  test("attributes and the page's language may change, and an element may be moved", async ({ page }) => {
    await open(page);
    await expect(cards(page)).toHaveCount(6);
    await page.evaluate(() => {
      document.documentElement.lang = "de";
      document.querySelector("tacit-shelf")?.setAttribute("count", "3");
    });
    await expect(page.getByRole("heading", { name: "Für Sie" })).toBeVisible();
    await expect(cards(page)).toHaveCount(3);
    await page.locator("tacit-shelf").evaluate((shelf) => shelf.setAttribute("heading", ""));
    await expect(page.locator("[part=heading]")).toBeHidden();
    await expect(page.getByRole("list", { name: "Für Sie" })).toBeVisible();
    await page.locator("tacit-shelf").evaluate((shelf) => shelf.removeAttribute("heading"));
    await page.evaluate(() => {
      const shelf = document.querySelector("tacit-shelf");
      shelf?.remove();
      Reflect.get(window, "tell")("change");
      if (shelf) document.body.append(shelf);
    });
    await expect(cards(page)).toHaveCount(3);
    await page.locator("tacit-shelf").evaluate((shelf) => shelf.setAttribute("lang", "en"));
    await expect(page.getByRole("heading", { name: "For you" })).toBeVisible();
  });

  test("by keyboard: arrows along the cards, the options say why and close by Escape, the focus comes back", async ({
    page,
  }) => {
    await open(page, `item="a"`);
    await cards(page).first().locator("a").focus();
    await page.keyboard.press("ArrowRight");
    await expect(cards(page).nth(1).locator("a")).toBeFocused();
    await page.keyboard.press("End");
    await expect(cards(page).nth(5).locator("a")).toBeFocused();
    await page.keyboard.press("ArrowRight");
    await expect(cards(page).nth(5).locator("a")).toBeFocused();
    const opener = cards(page).nth(5).getByRole("button");
    await opener.focus();
    await page.keyboard.press("Enter");
    const box = page.getByRole("dialog", { name: "Options for" });
    await expect(box).toContainText("Because it is similar to “Red Mug”.");
    await expect(opener).toHaveAttribute("aria-expanded", "true");
    const first = box.getByRole("button", { name: "More like this" });
    await expect(first).toBeFocused();
    await expect(first).toHaveCSS("outline-style", "solid");
    await page.keyboard.press("ArrowDown");
    await expect(box.getByRole("button", { name: "Not for me" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(box).toHaveCount(0);
    await expect(opener).toBeFocused();
  });

  test("what is not for the person is muted at once, says so, can be undone, and goes when they look away", async ({
    page,
  }) => {
    await open(page);
    const asked = () => page.evaluate(() => Reflect.get(window, "asked"));
    await cards(page).nth(2).getByRole("button").click();
    await page.getByRole("button", { name: "Not for me" }).click();
    await expect(cards(page).nth(2)).toContainText("You will not see \u2068Thing 2\u2069 again.");
    await expect(page.getByRole("status")).toHaveText("You will not see \u2068Thing 2\u2069 again.");
    await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
    await expect(cards(page).nth(2).locator("a")).toBeHidden();
    await page.keyboard.press("Enter");
    expect(await asked()).toMatchObject({
      steered: [{ wish: "mute", of: "item", value: "2" }],
      undone: 1,
    });
    await expect(cards(page).nth(2).locator("a")).toBeVisible();
    await cards(page).nth(2).getByRole("button").click();
    await page.getByRole("button", { name: "Nothing from" }).click();
    expect(await asked()).toMatchObject({ steered: [{}, { wish: "mute", of: "category", value: "Garden" }] });
    await page.evaluate((answers) => Reflect.set(window, "answers", JSON.parse(answers).slice(3)), made(9));
    await page.locator("#before").focus();
    await page.mouse.move(0, 0);
    await expect.poll(() => itemsOf(page)).toEqual(["3", "4", "5", "6", "7", "8"]);
  });

  /** Of two categories in turn, by an SDK that mutes what it is asked to. */
  const ofTwo = `${madeUpSdk};
    window.answers = ${made(16)}.map((each, nth) => ({ ...each, categories: [nth % 2 ? "Party" : "Garden"] }));
    const all = window.answers;
    window.madeUp.steer = async ({ value }) => {
      window.answers = all.filter(({ categories }) => !categories.includes(value));
      window.tell("change");
      return () => { window.answers = all; window.tell("change"); };
    };
    addEventListener("DOMContentLoaded", bringSdk);`;
  const shownItems = (page: Page) =>
    cards(page).evaluateAll((all) =>
      all
        .filter((card) => getComputedStyle(card).visibility === "visible")
        .map((card) => card.getAttribute("data-tacit-item")),
    );

  test("a category that is muted leaves the shelf at once but for the card with the focus, and undoing brings it back", async ({
    page,
  }) => {
    await open(page, "", made(9), { script: ofTwo });
    await expect(cards(page)).toHaveCount(6);
    await cards(page).nth(2).getByRole("button").click();
    await page.getByRole("button", { name: "Nothing from" }).click();
    // Before any answer.
    expect((await shownItems(page)).filter((item) => Number(item) % 2 === 0)).toEqual(["2"]);
    await expect.poll(() => itemsOf(page)).toEqual(["7", "1", "2", "3", "9", "5"]);
    expect(await shownItems(page)).toHaveLength(6);
    await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
    await expect(cards(page).nth(2)).toContainText("You will see nothing from \u2068Garden\u2069.");
    await page.keyboard.press("Enter");
    await expect.poll(() => itemsOf(page)).toEqual(["0", "1", "2", "3", "4", "5"]);
    await expect(cards(page).nth(2).getByRole("button")).toBeFocused();
    expect((await seen(page)).shift).toBe(0);
  });

  test("where nothing comes in place of what is ruled out, its place is empty and cannot be reached", async ({
    page,
  }) => {
    await open(page, "", made(9), { script: ofTwo.replace(made(16), made(6)) });
    await cards(page).nth(2).getByRole("button").click();
    await page.getByRole("button", { name: "Nothing from" }).click();
    await page.waitForTimeout(700);
    expect(await shownItems(page)).toEqual(["1", "2", "3", "5"]);
    expect(await itemsOf(page)).toEqual(["0", "1", "2", "3", "4", "5"]);
    await page.locator("#before").focus();
    await page.mouse.move(0, 0);
    await expect.poll(() => itemsOf(page)).toEqual(["1", "3", "5"]);
    expect(await shownItems(page)).toHaveLength(3);
  });

  test("six cards fill whole rows at every width, and each keeps a width of its own", async ({ page }) => {
    await open(page, `currency="GBP"`);
    await expect(cards(page)).toHaveCount(6);
    for (const [width, columns] of [
      [320, 2],
      [500, 2],
      [560, 3],
      [768, 3],
      [1000, 3],
      [1100, 6],
      [1900, 6],
    ] as const) {
      await page.setViewportSize({ width, height: 800 });
      const lefts = await cards(page).evaluateAll((all) =>
        all.map((card) => card.getBoundingClientRect().left),
      );
      expect(new Set(lefts).size, `${width}`).toBe(columns);
    }
  });

  test("two shelves do not stick together, and a site sets the room between them", async ({ page }) => {
    const body = `<tacit-shelf count="3"></tacit-shelf><tacit-shelf count="3" class="tight"></tacit-shelf>`;
    await open(page, "", made(20), { body, style: ".tight { --tacit-margin: 3px }" });
    await expect(page.locator("tacit-shelf").first()).toHaveCSS("margin-block-end", "24px");
    await expect(page.locator(".tight")).toHaveCSS("margin-block-end", "3px");
  });

  test("an attribute that cannot be is named once on the console, with what it may be, and the shelf is as without it", async ({
    page,
  }) => {
    const warnings: string[] = [];
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    await open(page, `list="foryou" count="abc" currency="£" quota="category"`);
    await expect(cards(page)).toHaveCount(6);
    await expect.poll(() => warnings.length).toBe(4);
    await page.evaluate(() => Reflect.get(window, "tell")("change"));
    await page.waitForTimeout(600);
    expect(warnings.sort()).toEqual([
      'tacit-shelf: count must be a whole number of 1 to 48 (6 unless given), got "abc"',
      'tacit-shelf: currency must be a code of ISO 4217, three letters as GBP or EUR, got "£"',
      'tacit-shelf: list must be one of for-you, similar, together, trending, again, got "foryou": for-you is meant?',
      `tacit-shelf: quota must be "category:2" or an attribute's name and how many, several by commas, got "category"`,
    ]);
  });

  test("a page without a fault loads no file for it, and one about no item is told which", async ({
    page,
  }) => {
    const files: string[] = [];
    page.on("request", (request) => files.push(new URL(request.url()).pathname));
    const warnings: string[] = [];
    page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()));
    await open(page, `list="trending" count="4" currency="EUR" quota="category:2, brand:1"`);
    await expect(cards(page)).toHaveCount(4);
    expect(files).not.toContain("/tacit/shelf-options.js");
    expect(Object.values((await page.evaluate(() => Reflect.get(window, "asked").lists)).at(-1))).toEqual([
      {
        list: "trending",
        count: 4,
        quota: [
          { of: "category", most: 2 },
          { of: "brand", most: 1 },
        ],
        exclude: [],
      },
    ]);
    await page.locator("tacit-shelf").evaluate((shelf) => shelf.setAttribute("list", "similar"));
    await expect
      .poll(() => warnings)
      .toEqual(['tacit-shelf: item must be the id of a product where list is "similar", got null']);
  });

  test("a category is called what the site calls it in the language of the page", async ({ page }) => {
    await open(page, `labels="Garden=Garten, Textiles = Textilien" lang="de"`);
    await cards(page).nth(1).getByRole("button").click();
    await page.getByRole("button", { name: "Nichts aus \u2068Garten\u2069" }).click();
    await expect(cards(page).nth(1)).toContainText("Aus \u2068Garten\u2069 sehen Sie nichts mehr.");
    expect((await page.evaluate(() => Reflect.get(window, "asked"))).steered).toMatchObject([
      { value: "Garden" },
    ]);
  });

  test("a chip is called what the site calls it, and says the name of the catalogue", async ({ page }) => {
    await open(page, "", made(9), {
      body: `<tacit-onboarding categories="Garden,Party" labels="Garden=Garten"></tacit-onboarding>`,
      widgets: ["onboarding"],
    });
    await page.getByRole("checkbox", { name: "Garten" }).check();
    await expect(page.getByRole("checkbox", { name: "Party" })).not.toBeChecked();
    await page.getByRole("button", { name: "Save" }).click();
    expect((await page.evaluate(() => Reflect.get(window, "asked"))).declared).toMatchObject([
      { categories: ["Garden"] },
    ]);
  });

  test("the options of a card lie above a banner", async ({ page }) => {
    await page.setViewportSize({ width: 390, height: 500 });
    const asks = `window.consentState.because.personalise = "default";`;
    await open(page, "", made(9), {
      body: `<tacit-consent></tacit-consent><tacit-shelf></tacit-shelf>`,
      ...{
        widgets: ["consent", "shelf"],
        script: `${madeUpSdk};${asks} window.answers = ${made(9)}; addEventListener("DOMContentLoaded", bringSdk);`,
      },
    });
    await expect(page.locator("tacit-consent [part=banner]")).toBeVisible();
    await cards(page).first().getByRole("button").click();
    const box = page.getByRole("dialog");
    const isOnTop = await box.evaluate((dialog) => {
      const root = dialog.getRootNode();
      const { left, top, width, height } = dialog.getBoundingClientRect();
      const banner = document.querySelector("tacit-consent")?.shadowRoot?.querySelector("[part=banner]");
      const overlap = top + height - (banner?.getBoundingClientRect().top ?? Infinity);
      const at =
        root instanceof ShadowRoot ? root.elementFromPoint(left + width / 2, top + height - 8) : null;
      return { isCovering: overlap > 8, isTop: dialog.contains(at) };
    });
    expect(isOnTop).toEqual({ isCovering: true, isTop: true });
  });

  test("what a catalogue says is text, and its addresses are of the web or none", async ({ page }) => {
    const hostile = [
      {
        item: "1",
        title: "<img src=x onerror=alert(1)>",
        url: "javascript:alert(1)",
        image: "data:text/html,x",
      },
      { item: "2", title: "שלום ".repeat(60), url: "//elsewhere.example/x", categories: ["<b>x</b>"] },
      { item: "3" },
      { item: "4", title: "x".repeat(200), image: "javascript:alert(2)", url: " " },
    ].map((each) => ({ categories: [], reasons: [], score: 1, ...each }));
    let isAlerted = false;
    page.on("dialog", () => {
      isAlerted = true;
    });
    await open(page, `currency="nonsense"`, JSON.stringify(hostile));
    await expect(cards(page)).toHaveCount(4);
    expect(await cards(page).locator("[part=title]").allTextContents()).toEqual([
      "<img src=x onerror=alert(1)>",
      "שלום ".repeat(60).trim(),
      "3",
      "x".repeat(200),
    ]);
    expect(
      await cards(page).evaluateAll((all) =>
        all.map((card) => card.querySelector("a")?.getAttribute("href") ?? null),
      ),
    ).toEqual([null, "//elsewhere.example/x", null, null]);
    await expect(page.locator("tacit-shelf img")).toHaveCount(0);
    const heights = await cards(page).evaluateAll((all) =>
      all.map((card) => card.getBoundingClientRect().height),
    );
    expect(new Set(heights.map(Math.round)).size).toBe(1);
    expect(isAlerted).toBe(false);
    expect((await seen(page)).refused).toEqual([]);
  });

  test("in Arabic it runs from right to left, in its own words and digits, and arrows follow", async ({
    page,
  }) => {
    await open(page, `currency="EUR"`, made(9), { lang: "ar", dir: "rtl" });
    await expect(page.getByRole("heading", { name: "مختارات لك" })).toBeVisible();
    const [first, second] = await cards(page).evaluateAll((all) =>
      all.map((card) => card.getBoundingClientRect().left),
    );
    expect(first).toBeGreaterThan(second);
    // A title in another script keeps its direction, and stands where the card's text stands.
    const title = cards(page).first().locator("[part=title]");
    const [edge, end] = await title.evaluate((each) => [
      each.getBoundingClientRect().right,
      each.querySelector("bdi")?.getBoundingClientRect().right ?? 0,
    ]);
    expect(Math.abs(edge - end)).toBeLessThan(1);
    await expect(title.locator("bdi")).toHaveCSS("direction", "ltr");
    await expect(cards(page).first().locator("[part=price] bdi")).toContainText("€");
    await cards(page).first().locator("a").focus();
    await page.keyboard.press("ArrowLeft");
    await expect(cards(page).nth(1).locator("a")).toBeFocused();
  });

  test("a card that the page draws stands in the page, whose styles it has", async ({ page }) => {
    await open(page, "", made(9), { style: ".mine { color: rgb(1, 2, 3) }" });
    await page.evaluate(() => {
      const shelf = document.querySelector("tacit-shelf");
      const render = ({ title, url }: { title: string; url: string }) => {
        const link = document.createElement("a");
        Object.assign(link, { className: "mine", href: url, textContent: title });
        return link;
      };
      if (shelf !== null) Reflect.set(shelf, "renderCard", render);
    });
    const mine = page.locator("tacit-shelf > div > a.mine");
    await expect(mine).toHaveCount(6);
    await expect(mine.first()).toHaveCSS("color", "rgb(1, 2, 3)");
    await mine.first().focus();
    await page.keyboard.press("ArrowRight");
    await expect(mine.nth(1)).toBeFocused();
  });
});
