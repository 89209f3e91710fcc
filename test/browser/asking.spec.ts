/** The widgets that ask a person: consent, as the law of the house has it, and the first questions. */
import { expect, type Page, test } from "@playwright/test";
import { frame, madeUpSdk, openWidgets, seen } from "./widgets.ts";

const banner = (page: Page) => page.locator("tacit-consent [part=banner]");
const asked = (page: Page) => page.evaluate(() => Reflect.get(window, "asked"));

/** The widget was answered that, and has drawn: what is not there now does not come. */
async function wasAnswered(page: Page, what: "panels" | "states"): Promise<void> {
  await expect.poll(async () => (await asked(page))?.[what]).toBeGreaterThan(0);
  await frame(page);
}

/**
 * Counts the answers of one method of the real SDK to whoever finds it as widgets do: the test itself asks
 * `window.tacit`.
 */
function countAnswers(method: string): void {
  let found: unknown;
  Reflect.set(window, "answered", 0);
  Object.defineProperty(window, Symbol.for("tacit.sdk"), {
    get: () => found,
    set(sdk: object) {
      const own = Reflect.get(sdk, method);
      const counted = (...args: unknown[]) => {
        const answer = own(...args);
        void Promise.resolve(answer).then(() =>
          Reflect.set(window, "answered", Reflect.get(window, "answered") + 1),
        );
        return answer;
      };
      found = { ...sdk, [method]: counted };
    },
  });
}
const answered = (page: Page) => page.evaluate(() => Reflect.get(window, "answered"));
const bring = `addEventListener("DOMContentLoaded", bringSdk);`;

function open(page: Page, body: string, script = "", more: object = {}): Promise<void> {
  return openWidgets(page, {
    ...{ body: `<button id="page">Page</button>${body}<p>What follows.</p>`, hasSdk: false },
    ...{ widgets: ["consent", "onboarding"], script: `${madeUpSdk}${script}${bring}`, ...more },
  });
}

test("a banner asks who has not chosen, moves nothing, takes no focus, and its yes and no look the same", async ({
  page,
}) => {
  await open(page, `<tacit-consent policy="/privacy"></tacit-consent>`);
  await expect(banner(page)).toHaveRole("region");
  await expect(banner(page).getByRole("link", { name: "More about privacy" })).toHaveAttribute(
    "href",
    "/privacy",
  );
  const looks = await banner(page)
    .locator(".no, .yes, [part~=no], [part~=yes]")
    .evaluateAll((both) =>
      both.map((each) => {
        const { color, backgroundColor, fontWeight, fontSize, borderColor } = getComputedStyle(each);
        const { width, height } = each.getBoundingClientRect();
        return { color, backgroundColor, fontWeight, fontSize, borderColor, width, height };
      }),
    );
  expect(looks).toHaveLength(2);
  expect(looks[0]).toEqual(looks[1]);
  expect(await page.evaluate(() => document.activeElement?.localName)).toBe("body");
  expect(await seen(page)).toMatchObject({ shift: 0, refused: [] });
  await banner(page).getByRole("button", { name: "Allow both" }).click();
  expect((await asked(page)).consented).toEqual([{ personalise: true, contribute: true }]);
  await expect(banner(page)).toHaveCount(0);
  const { events } = await seen(page);
  expect(events).toMatchObject([{ name: "tacit-consent", detail: { personalise: true, contribute: true } }]);
});

test("a no erases, and is asked for by whoever turns the first switch off, which takes the second along", async ({
  page,
}) => {
  await open(page, `<tacit-consent></tacit-consent>`);
  const [personalise, contribute] = [
    banner(page).getByRole("switch", { name: "Personalise on this device" }),
    banner(page).getByRole("switch", { name: "Help to improve the lists" }),
  ];
  await expect(personalise).toBeChecked();
  await contribute.check();
  await personalise.uncheck();
  await expect(contribute).not.toBeChecked();
  await expect(contribute).toBeDisabled();
  await expect(banner(page).getByRole("status")).toHaveText(
    "What this site has learned on this device will be erased.",
  );
  await banner(page).getByRole("button", { name: "Save my choice" }).click();
  expect(await asked(page)).toMatchObject({ optedOut: 1 });
  await expect(banner(page)).toHaveCount(0);
});

const gpc = `window.consentState = { personalise: true, contribute: false, because: { personalise: "default", contribute: "gpc" } };`;

test("Global Privacy Control is named as the reason, is overruled by no yes in one press, and by an own switch only", async ({
  page,
}) => {
  await open(page, `<tacit-consent></tacit-consent>`, gpc);
  await expect(banner(page)).toContainText("Global Privacy Control");
  await expect(banner(page).getByRole("button", { name: "Allow both" })).toHaveCount(0);
  await banner(page).getByRole("button", { name: "Allow on this device" }).click();
  expect((await asked(page)).consented).toEqual([{ personalise: true, contribute: false }]);

  await page.reload();
  await banner(page).getByRole("switch", { name: "Help to improve the lists" }).check();
  await banner(page).getByRole("button", { name: "Save my choice" }).click();
  expect((await asked(page)).consented).toEqual([{ personalise: true, contribute: true }]);
});

test("who has chosen is not asked again; opened by hand it takes the focus, and gives it back by Escape", async ({
  page,
}) => {
  const chosen = `window.consentState = { personalise: true, contribute: true, because: { personalise: "person", contribute: "person" } };`;
  await open(page, `<tacit-consent></tacit-consent>`, chosen);
  await wasAnswered(page, "states");
  await expect(banner(page)).toHaveCount(0);
  await page.locator("#page").focus();
  await page.evaluate(() => document.querySelector("tacit-consent")?.setAttribute("open", ""));
  await expect(banner(page)).toHaveRole("dialog");
  await expect(banner(page).getByRole("heading")).toBeFocused();
  await expect(banner(page).getByRole("switch", { name: "Help to improve the lists" })).toBeChecked();
  await page.keyboard.press("Escape");
  await expect(banner(page)).toHaveCount(0);
  await expect(page.locator("#page")).toBeFocused();
  await expect(page.locator("tacit-consent")).not.toHaveAttribute("open");
});

test("with the real SDK a no holds, and the page after it does not ask", async ({ page }) => {
  await openWidgets(page, { body: `<tacit-consent></tacit-consent>`, widgets: ["consent"] });
  await banner(page).getByRole("button", { name: "Refuse both" }).click();
  const state = () => page.evaluate(() => window.tacit?.consent());
  expect(await state()).toEqual({
    personalise: false,
    contribute: false,
    because: { personalise: "person", contribute: "person" },
  });
  // What the widget asks of the SDK that it finds is counted before it can ask.
  await page.addInitScript(countAnswers, "consent");
  await page.reload();
  await expect.poll(state).toMatchObject({ personalise: false });
  await expect.poll(() => answered(page)).toBeGreaterThan(0);
  await frame(page);
  await expect(banner(page)).toHaveCount(0);
});

const questions = `<tacit-onboarding categories="Garden, Kitchen,Garden,,<b>x</b>"></tacit-onboarding>`;
const form = (page: Page) => page.locator("tacit-onboarding form");

test("the first questions say categories and words as facts, count them, and undo says what was said before", async ({
  page,
}) => {
  const before = `window.facts = [{ fact: "interests", value: "birds" }];`;
  await open(page, questions.replace("<tacit-onboarding", "<tacit-onboarding open"), before);
  await expect(form(page).getByRole("checkbox")).toHaveCount(3);
  await expect(form(page).getByLabel("In your own words")).toHaveValue("birds");
  await form(page).getByRole("checkbox", { name: "Garden" }).check();
  await expect(form(page).locator("[part~=count]")).toHaveText("1 chosen");
  await form(page).getByRole("checkbox", { name: "<b>x</b>" }).check();
  await form(page).getByLabel("In your own words").fill(" a gift ");
  await page.keyboard.press("Enter");
  expect((await asked(page)).declared).toEqual([
    { categories: ["Garden", "<b>x</b>"], interests: "a gift", onboarding: null },
  ]);
  await expect(page.getByRole("button", { name: "Undo" })).toBeFocused();
  await page.keyboard.press("Enter");
  expect((await asked(page)).declared[1]).toEqual({ categories: null, interests: "birds", onboarding: null });
  await expect(form(page).getByLabel("In your own words")).toHaveValue("birds");
});

test("the first questions are skipped for good, and are not there for who has answered or has said no", async ({
  page,
}) => {
  await open(page, questions);
  await form(page).getByRole("button", { name: "Skip" }).click();
  expect((await asked(page)).declared).toEqual([
    { categories: null, interests: null, onboarding: "skipped" },
  ]);
  await expect(form(page)).toHaveCount(0);

  await open(page, questions, `window.facts = [{ fact: "onboarding", value: "skipped" }];`);
  await wasAnswered(page, "panels");
  await expect(form(page)).toHaveCount(0);

  await open(page, questions, `window.consentState = { ...window.consentState, personalise: false };`);
  await wasAnswered(page, "panels");
  await expect(form(page)).toHaveCount(0);
});

test("with the real SDK what was said is in the panel, and the next page does not ask", async ({ page }) => {
  await openWidgets(page, { body: questions, widgets: ["onboarding"] });
  await form(page).getByRole("checkbox", { name: "Kitchen" }).check();
  await form(page).getByRole("button", { name: "Save" }).click();
  const facts = () =>
    page.evaluate(async () =>
      ((await window.tacit?.panel())?.facts ?? []).map(({ fact, value }) => ({ fact, value })),
    );
  await expect.poll(facts).toEqual([{ fact: "categories", value: ["Kitchen"] }]);
  await page.addInitScript(countAnswers, "panel");
  await page.reload();
  await expect.poll(facts).toHaveLength(1);
  await expect.poll(() => answered(page)).toBeGreaterThan(0);
  await frame(page);
  await expect(form(page)).toHaveCount(0);
});
