/**
 * Somebody who comes to a page with a shelf, clicks a product, and comes back: the shelf must be about it
 * then, and nothing may go wrong meanwhile. Made for shops of the quickstarts, of which a click leads to a
 * page of the same site.
 */
import type { Browser, Page } from "@playwright/test";
import { expect } from "vitest";

export interface Visit {
  /** Origins that the page may ask. */
  readonly origins: readonly string[];
  /** How many products the shelf has. */
  readonly count?: number;
  /** Of products by id: those of the kind that is clicked. Unless given those whose id begins with "mug-". */
  readonly isMug?: (item: string) => boolean;
}

/** @returns the products, before the click and after. */
export async function visits(
  browser: Browser,
  address: string,
  { origins, count = 4, isMug = (item) => item.startsWith("mug-") }: Visit,
): Promise<{ readonly before: readonly string[]; readonly after: readonly string[] }> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const { wrong, elsewhere } = watched(page, origins);
    await page.goto(address);
    // What a server drew may stand there before the SDK does.
    await expect.poll(() => isStarted(page), { timeout: 30_000 }).toBe(true);
    await expect.poll(() => shown(page), { timeout: 30_000 }).toHaveLength(count);
    await settled(page);
    const before = await shown(page);
    const chosen = before.find(isMug) ?? "no mug";
    await page.locator(`[data-tacit-item="${chosen}"]:visible`).first().click();
    // A shelf stays as it is under the pointer, and a site may have changed its page without loading it again.
    await page.mouse.move(0, 0);
    await expect.poll(() => events(page), { timeout: 30_000 }).toContain(`click ${chosen}`);
    const isOfMugs = (items: readonly string[]): boolean => items.length === count && items.every(isMug);
    expect(before).not.toSatisfy(isOfMugs);
    await expect.poll(() => shown(page), { timeout: 30_000 }).toSatisfy(isOfMugs);
    const after = await shown(page);
    expect({ wrong, elsewhere: [...elsewhere] }).toEqual({ wrong: [], elsewhere: [] });
    return { before, after };
  } finally {
    await context.close();
  }
}

/** What went wrong on a page, and whom it asked that it should not, from now on. */
export function watched(
  page: Page,
  origins: readonly string[],
): { readonly wrong: readonly string[]; readonly elsewhere: ReadonlySet<string> } {
  const wrong: string[] = [];
  const elsewhere = new Set<string>();
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // Which a browser asks for by itself.
    if (!message.location().url.endsWith("/favicon.ico")) wrong.push(message.text());
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^(https?|wss?):$/.test(url.protocol) && !origins.includes(url.origin)) elsewhere.add(url.origin);
  });
  return { wrong, elsewhere };
}

const isStarted = (page: Page): Promise<boolean> =>
  page.evaluate(() => Reflect.get(window, Symbol.for("tacit.sdk")) !== undefined);

/** Products that can be seen, in open shadow trees too. */
export const shown = (page: Page): Promise<readonly string[]> =>
  page
    .locator("[data-tacit-item]:visible")
    .evaluateAll((found) => found.map((each) => each.getAttribute("data-tacit-item") ?? ""));

export const events = (page: Page): Promise<readonly string[]> =>
  page.evaluate(async () => {
    const sdk: Window["tacit"] = Reflect.get(window, Symbol.for("tacit.sdk"));
    return ((await sdk?.panel())?.events ?? []).map(({ kind, item }) => `${kind} ${item}`);
  });

/** The list has answered: in a shelf, cards of its own stand where those of the server stood. */
async function settled(page: Page): Promise<void> {
  const shelf = page.locator("tacit-shelf");
  if ((await shelf.count()) > 0) await shelf.locator("[part=card][data-tacit-item]").first().waitFor();
}
