/**
 * The person's panel: what it shows is so, what is changed in it holds, and nothing in it needs eyes, a mouse
 * or trust.
 */
import { expect, type Page, test } from "@playwright/test";
import type {} from "../../sdk/widgets/panel/panel.ts";
import { openPanelPage, type PersonSetup } from "./panels.ts";
import { openWidgets, seen } from "./widgets.ts";

const sheet = (page: Page) => page.locator("tacit-panel [part=sheet]");
const section = (page: Page, name: string) => sheet(page).getByRole("region", { name, exact: true });
const details = (page: Page, name: string) => sheet(page).locator(`#${name}`);
const notice = (page: Page) => sheet(page).locator(".notice-text");
const held = (page: Page, name: string): Promise<unknown> =>
  page.evaluate((key) => Reflect.get(window, key), name);
const files = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname.replace("/tacit/", "")),
  );

async function opened(page: Page, setup: PersonSetup = {}): Promise<void> {
  await openPanelPage(page, setup);
  await page.locator("#open").click();
  await expect(sheet(page).locator("[part=like]")).toHaveCount(3);
}

test("is a dialog that any element opens, holds the focus, closes with Escape, and gives the focus back", async ({
  page,
}) => {
  await openPanelPage(page);
  await expect(sheet(page)).toHaveCount(0);
  const { refused, shift } = await seen(page);
  expect([refused, shift]).toEqual([[], 0]);
  await page.locator("#open").focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "What this site knows about you" });
  await expect(dialog).toBeVisible();
  await expect(dialog.getByRole("heading", { level: 2 })).toBeFocused();
  await expect(sheet(page).locator("[part=like]")).toHaveCount(3);
  for (let nth = 0; nth < 80; nth += 1) {
    await page.keyboard.press("Tab");
    if (nth % 10 > 0) continue;
    expect(await page.evaluate(() => document.activeElement?.localName)).toMatch(/^(tacit-panel|body)$/);
  }
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toHaveCount(0);
  await expect(page.locator("#open")).toBeFocused();
  await page.evaluate(() => document.querySelector("tacit-panel")?.show());
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(page.locator("tacit-panel")).not.toHaveAttribute("open");
  const { events, refused: later } = await seen(page);
  expect(events.map(({ detail }) => Object(detail).state)).toEqual(["opened", "closed", "opened", "closed"]);
  expect(later).toEqual([]);
});

test("a press beside the sheet closes it, one within does not", async ({ page }) => {
  await opened(page);
  await sheet(page).getByRole("heading", { level: 2 }).click();
  await expect(sheet(page)).toBeVisible();
  await page.mouse.click(20, 300);
  await expect(sheet(page)).toHaveCount(0);
});

test("what is liked is named with its share and what it comes from, and is had more or less, and undone", async ({
  page,
}) => {
  await opened(page, { body: `<tacit-panel labels="Garden=Gardens"></tacit-panel>` });
  const likes = section(page, "What you seem to like");
  await expect(likes.locator(".share")).toHaveText(["75%", "25%", "Less of it is wanted"]);
  await expect(likes.locator("li").first()).toContainText(
    "From \u2068Hanging Heart Lantern\u2069 and 1 more",
  );
  const group = likes.getByRole("group", { name: "Gardens" });
  await group.getByRole("button", { name: "Less" }).click();
  await expect(group.getByRole("button", { name: "Less" })).toHaveAttribute("aria-pressed", "true");
  await expect(group.getByRole("button", { name: "Less" })).toBeFocused();
  await expect(notice(page)).toHaveText("Less of \u2068Gardens\u2069: the lists follow.");
  await expect(section(page, "What you asked for").locator("li")).toHaveCount(2);
  // The same press again takes it back.
  await group.getByRole("button", { name: "Less" }).click();
  await expect(section(page, "What you asked for").locator("li")).toHaveCount(1);
  await group.getByRole("button", { name: "None" }).click();
  await expect(likes.locator(".share")).toHaveText(["None of it is wanted", "100%", "Less of it is wanted"]);
  await expect(likes.locator(".against")).toHaveCount(2);
  await sheet(page).getByRole("button", { name: "Undo" }).click();
  await expect(group.getByRole("button", { name: "None" })).toHaveAttribute("aria-pressed", "false");
  expect(await held(page, "asked")).toMatchObject({
    steered: [
      { wish: "less", of: "category", value: "Garden" },
      { wish: null, of: "category", value: "Garden" },
      { wish: "mute", of: "category", value: "Garden" },
    ],
    undone: 1,
  });
});

test("what would be without a category, or an act, is told, and is so once it is forgotten", async ({
  page,
}) => {
  await opened(page);
  const like = sheet(page).locator("[part=like]").first();
  const ask = like.getByRole("button", { name: "What if not?" });
  await ask.click();
  const told = like.locator("[part=what-if]");
  await expect(told).toContainText(/Without these \d+ acts your list would be:/);
  await expect(told.locator("li").last()).toHaveText("Blue Cup new");
  await told.getByRole("button", { name: "Keep" }).click();
  await expect(told).toHaveCount(0);
  await expect(ask).toBeFocused();
  const history = section(page, "What you did here");
  await history.getByRole("button", { name: "What if not? Viewed" }).first().click();
  await history.getByRole("button", { name: "Forget it" }).click();
  await expect(notice(page)).toHaveText("Forgotten.");
  expect(await held(page, "done")).toMatchObject({ forgotten: [["e1"]] });
});

test("what was done is a line each, which can be forgotten, and the focus goes on to the next", async ({
  page,
}) => {
  await opened(page);
  const lines = section(page, "What you did here").locator("li");
  await expect(lines).toHaveCount(8);
  await expect(lines.nth(1)).toContainText("not counted: again at once");
  await expect(lines.nth(3)).toContainText("2 things seen in lists");
  await lines.nth(3).getByRole("button", { name: "Forget" }).focus();
  await page.keyboard.press("Enter");
  await expect(lines.nth(3)).toContainText("Searched for");
  expect(await held(page, "done")).toMatchObject({ forgotten: [["e4", "e5"]] });
  const focused = () =>
    page.evaluate(() =>
      document.querySelector("tacit-panel")?.shadowRoot?.activeElement?.getAttribute("aria-label"),
    );
  expect(await focused()).toMatch(/: /);
  await section(page, "What you did here")
    .getByRole("button", { name: /^Show all \d/ })
    .click();
  expect(await lines.count()).toBeGreaterThan(8);
});

test("what was said and asked for is taken back, and can be said again", async ({ page }) => {
  await opened(page);
  const said = section(page, "What you said");
  await said.getByRole("button", { name: "Forget: Categories you like" }).click();
  await expect(said.locator("li")).toHaveCount(1);
  await sheet(page).getByRole("button", { name: "Undo" }).click();
  await expect(said.locator("li")).toHaveCount(2);
  const asked = section(page, "What you asked for");
  await asked.getByRole("button", { name: "Take back: More of" }).click();
  await expect(asked.locator("li")).toHaveCount(0);
  await expect(asked.getByRole("heading")).toBeFocused();
});

test("both switches say why they stand as they stand, and a visit is not learned from while it is asked", async ({
  page,
}) => {
  const script = `window.consentState.because.contribute = "gpc";`;
  await opened(page, { script });
  const contribute = sheet(page).getByRole("switch", { name: "Help to improve the lists" });
  await expect(contribute).not.toBeChecked();
  await expect(sheet(page).getByText("Off because your browser asks sites to share nothing")).toBeVisible();
  await contribute.click();
  await expect(contribute).toBeChecked();
  await expect(sheet(page).getByText("On because you chose so.")).toHaveCount(2);
  const pause = sheet(page).getByRole("switch", { name: "Do not learn from this visit" });
  await pause.click();
  await expect(sheet(page).getByText("What you do is not remembered")).toBeVisible();
  await expect(pause).toBeChecked();
});

test("why an item is first adds up as printed, and a part can be thought away", async ({ page }) => {
  await opened(page);
  expect(await files(page)).not.toContain("panel-why.js");
  await details(page, "why").locator("summary").click();
  const why = details(page, "why");
  await expect(why.locator("b").first()).toContainText("is number 1 in your list.");
  const printed = (await why.locator(".value").allTextContents()).map((text) =>
    Math.round(Number(text) * 1000),
  );
  const total = printed.pop();
  expect(printed.reduce((sum, part) => sum + part, 0)).toBe(total);
  await why.locator("[part=pick]").nth(2).click();
  await expect(why.locator("[part=pick]").nth(2)).toBeFocused();
  await expect(why.locator("b").first()).toContainText("Garden Bird Feeder");
  await why.getByRole("button", { name: "What if not?" }).click();
  await expect(why.locator("[part=what-if]")).toContainText("Number 4 instead of 3.");
  expect(await files(page)).toContain("panel-why.js");
});

test("what left is said in a sentence, and report by report with its bytes, parties and cost to who asks", async ({
  page,
}) => {
  await opened(page);
  const sent = section(page, "What left this device");
  await expect(sent).toContainText("1 report was sent, the last one yesterday.");
  await expect(sent).toContainText("9% of what may be learned of you in 30 days is used.");
  await sent.locator("summary").click();
  await expect(sent.locator("[data-waiting=chance]")).toContainText("Looked at again in 4 hours.");
  await expect(sent.getByText("refused", { exact: true })).toBeVisible();
  await expect(sent.getByText("helper.example")).toBeVisible();
  await expect(sent.getByText("Since Mar 1, 2026")).toContainText("95% left");
  await sent.getByRole("button", { name: "Show bytes" }).click();
  await expect(sent.locator("pre")).toContainText("0000  07 07");
});

test("data are taken along as files, and moved by a code", async ({ page }) => {
  await opened(page);
  await details(page, "along").locator("> summary").click();
  const [json] = await Promise.all([
    page.waitForEvent("download"),
    sheet(page).getByRole("button", { name: "Download as JSON" }).click(),
  ]);
  expect(json.suggestedFilename()).toBe("tacit-export.json");
  await sheet(page).getByRole("button", { name: "Download as Parquet" }).click();
  const list = sheet(page).getByRole("list", { name: "Parquet files" });
  await expect(list.getByRole("button")).toHaveText(["events.parquet"]);
  // A file is of its moment.
  await page.evaluate(() => Reflect.get(window, "tell")("change"));
  await expect(list).toHaveCount(0);
  await sheet(page).getByText("Take in here", { exact: true }).click();
  await sheet(page).getByRole("button", { name: "Show my code" }).click();
  await expect(sheet(page).locator("output:visible")).toHaveText("ABCDE-FGHJK");
  // The page's policy, or its browser, may allow no clipboard: then it is selected.
  const said = sheet(page).locator("details.fold[open] [role=status]").first();
  for (const isAllowed of [false, true]) {
    await page.evaluate((allowed) => {
      const writeText = async (text: string): Promise<void> => {
        if (!allowed) throw new DOMException("no", "NotAllowedError");
        Reflect.set(window, "clip", text);
      };
      Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText } });
    }, isAllowed);
    await sheet(page).getByRole("button", { name: "Copy the code" }).click();
    await expect(said).toHaveText(
      isAllowed ? "The code is copied." : "The code is selected: copy it from there.",
    );
    if (!isAllowed) expect(await page.evaluate(() => `${getSelection()}`)).toBe("ABCDE-FGHJK");
  }
  expect(await held(page, "clip")).toBe("ABCDE-FGHJK");
});

test("all is erased once it is asked twice: the harmless answer has the focus, and Escape closes the question alone", async ({
  page,
}) => {
  await opened(page);
  const erase = sheet(page).getByRole("button", { name: "Erase", exact: true });
  await erase.click();
  await expect(sheet(page).getByRole("button", { name: "Keep it" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toBeVisible();
  await expect(erase).toBeFocused();
  expect(await held(page, "done")).toMatchObject({ erased: 0 });
  await erase.click();
  await sheet(page).getByRole("alertdialog").getByRole("button", { name: "Erase" }).click();
  await expect(notice(page)).toContainText(/^Erased\. .+ What contributing has cost so far stays counted\.$/);
  await expect(sheet(page).locator("[part=like], [part=line]")).toHaveCount(0);
  await expect(erase).toBeFocused();
  expect(await held(page, "done")).toMatchObject({ erased: 1 });
  await sheet(page).getByRole("button", { name: "Opt out entirely" }).click();
  await sheet(page).getByRole("alertdialog").getByRole("button", { name: "Opt out entirely" }).click();
  await expect(notice(page)).toContainText("You are out");
  await expect(sheet(page).getByRole("switch")).toHaveCount(2);
  for (const flip of await sheet(page).getByRole("switch").all()) await expect(flip).not.toBeChecked();
  const { events } = await seen(page);
  expect(events.filter(({ detail }) => Object(detail).state === "erased")).toHaveLength(2);
});

test("what changes in another tab is shown while it is open, an erasure and a no as well", async ({
  page,
}) => {
  await opened(page);
  await details(page, "why").locator("summary").click();
  await page.evaluate(() => Reflect.get(window, "madeUp").optOut());
  await expect(sheet(page).getByText("Nothing is remembered.")).toBeVisible();
  await expect(section(page, "What you seem to like")).toContainText("Nothing is learned while");
  for (const name of ["why", "worked"]) await expect(details(page, name)).toBeHidden();
  await expect(sheet(page).getByRole("switch").first()).not.toBeChecked();
  await expect(sheet(page).getByRole("switch", { name: "Do not learn" })).toHaveCount(0);
});

test("what it says of an act that cannot be undone goes after a while", async ({ page }) => {
  await page.clock.install();
  await opened(page);
  await section(page, "What you did here").getByRole("button", { name: "Forget: " }).first().click();
  await expect(notice(page)).toHaveText("Forgotten.");
  await page.clock.fastForward(5_000);
  await expect(notice(page)).toHaveText("Forgotten.");
  await page.clock.fastForward(5_000);
  await expect(notice(page)).toBeEmpty();
});

test("without the SDK it says so, and what comes late is shown", async ({ page }) => {
  await openPanelPage(page, { hasSdk: false });
  await page.locator("#open").click();
  await expect(sheet(page)).toContainText("Nothing: the script that would remember was not loaded.");
  await page.evaluate(() => Reflect.get(window, "bringSdk")());
  await expect(sheet(page).locator("[part=like]")).toHaveCount(3);
  await expect(sheet(page).getByRole("heading", { level: 2 })).toBeFocused();
  expect((await seen(page)).events.map(({ detail }) => Object(detail).state)).toEqual(["opened"]);
});

test("what cannot be read is said, and can still be erased", async ({ page }) => {
  await openPanelPage(page, { script: "window.person = null;" });
  await page.locator("#open").click();
  await expect(sheet(page)).toContainText("What is on this device could not be read.");
  await expect(sheet(page).getByRole("button", { name: "Erase", exact: true })).toBeVisible();
});

test("titles, categories and answers of any text stay text, in their own direction", async ({ page }) => {
  const evil = `<img src=x onerror="window.hit=1">\u202e"'`;
  const titles = [evil, "شمعدان", "Mug", "Tin", "Bell", "Cup"];
  await opened(page, { titles, categories: [`${evil}2`, "constructor"], lang: "ar", dir: "rtl" });
  for (const name of ["why", "worked", "along"]) await details(page, name).locator("> summary").click();
  await sheet(page).locator("#sent-details summary").click();
  await sheet(page).locator("[part=like]").first().locator("[part=link]").click();
  await expect(details(page, "why").locator(".value").first()).toBeVisible();
  expect(await sheet(page).locator("img").count()).toBe(0);
  expect(await held(page, "hit")).toBeUndefined();
  await expect(sheet(page).locator(".name").nth(1)).toHaveText("\u2068constructor\u2069");
  expect((await seen(page)).refused).toEqual([]);
});

test("inline it stands in the page as a part of it, and what opens it brings it into view", async ({
  page,
}) => {
  await openPanelPage(page, {
    body: `<div class="far"></div><tacit-panel inline></tacit-panel>`,
    style: ".far { height: 200vh }",
  });
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(sheet(page).locator("[part=like]")).toHaveCount(3);
  await page.locator("#open").click();
  await expect(sheet(page).getByRole("heading", { level: 2 })).toBeFocused();
  await expect(sheet(page)).toBeInViewport();
});

test("a panel that is closed asks the SDK nothing and loads no language that nobody reads", async ({
  page,
}) => {
  await openPanelPage(page, { lang: "en" });
  await page.evaluate(() => Reflect.get(window, "tell")("change"));
  await page.waitForTimeout(300);
  expect(await held(page, "asked")).toMatchObject({ panels: 0 });
  expect((await files(page)).filter((name) => name.startsWith("panel"))).toEqual(["panel.js"]);
});

test("a banner of consent leads to it where there is one", async ({ page }) => {
  const script = `window.consentState.because.personalise = "default";`;
  await openPanelPage(page, {
    ...{ script, widgets: ["consent", "panel"] },
    body: "<tacit-consent></tacit-consent><tacit-panel></tacit-panel>",
  });
  await page.locator("tacit-consent").getByRole("button", { name: "What this site knows" }).click();
  await expect(sheet(page).locator("[part=like]")).toHaveCount(3);
  await page.keyboard.press("Escape");
  await expect(
    page.locator("tacit-consent").getByRole("button", { name: "What this site knows" }),
  ).toBeFocused();
});

test("with the real SDK what was viewed is a line, what it is liked for is named, and forgetting it is so", async ({
  page,
}) => {
  await openWidgets(page, {
    body: `<button id="open" data-tacit-open="panel">What is known</button><tacit-panel></tacit-panel>`,
    widgets: ["panel"],
  });
  await page.evaluate(async () => {
    await window.tacit?.recommend({ count: 1 });
    window.tacit?.track("view", { item: "20725" });
  });
  await page.locator("#open").click();
  await expect(sheet(page).locator("[part=like]").first()).toContainText("100%");
  await section(page, "What you did here").getByRole("button", { name: "Forget: Viewed" }).click();
  await expect(sheet(page).getByText("Nothing is remembered.")).toBeVisible();
  const events = await page.evaluate(async () =>
    (await window.tacit?.panel())?.events.map(({ kind }) => kind),
  );
  expect(events).not.toContain("view");
});
