/** The shop as a visitor handles it. */
import { expect, type Locator, type Page } from "@playwright/test";

/** Three products of one kind, so that a shelf has something to follow. */
export const lunchBags = ["20725", "20728", "22383"] as const;

export async function openHome(page: Page): Promise<void> {
  await page.goto("/");
  await shelfIsKnown(page, "for-you");
}

/**
 * Opens a product's page as a visitor does, and gives the SDK time to hear of it: the view is in the panel.
 */
export async function viewProduct(page: Page, item: string): Promise<string> {
  await page.goto(`/item/${item}`);
  await expect.poll(() => eventKinds(page, item)).toContain("view");
  return titleOn(page);
}

export async function titleOn(page: Page): Promise<string> {
  return (await page.getByRole("heading", { level: 1 }).textContent()) ?? "";
}

export function tiles(page: Page, list: string): Locator {
  return page.locator(`[data-tacit-list="${list}"] [data-tacit-item]`);
}

export async function shelfIsKnown(page: Page, list: string): Promise<void> {
  await expect(page.locator(`section[aria-labelledby="shelf-${list}"]`)).toHaveAttribute(
    "aria-busy",
    "false",
  );
  await expect(tiles(page, list).first()).toBeVisible();
}

export async function itemsOn(page: Page, list: string): Promise<readonly string[]> {
  await shelfIsKnown(page, list);
  return tiles(page, list).evaluateAll((found) =>
    found.map((tile) => tile.getAttribute("data-tacit-item") ?? ""),
  );
}

export async function reasonsOn(page: Page, list: string): Promise<readonly string[]> {
  await shelfIsKnown(page, list);
  return tiles(page, list).locator(".tile-reason").allTextContents();
}

export async function openPanel(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: /^What this shop knows about you/ }).click();
  const panel = page.getByRole("dialog", { name: "What this shop knows about you" });
  await expect(panel.getByRole("heading", { name: "What you did here" })).toBeVisible();
  return panel;
}

/** A part of the panel that is loaded for who opens it. */
export async function openPart(panel: Locator, heading: string): Promise<Locator> {
  const part = panel
    .locator("details", { has: panel.page().locator("summary", { hasText: heading }) })
    .last();
  await part.locator("> summary").click();
  await expect(part.locator("> div > *").first()).toBeVisible();
  return part;
}

/** Id of the edition that this page ranks with. */
export function editionInForce(page: Page): Promise<string | undefined> {
  return page.evaluate(async () => (await window.tacit?.panel())?.edition?.id);
}

/** The whole model is here, and not the first items alone: until then the next page asks for what is missing. */
export async function modelIsWhole(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(async () => (await window.tacit?.panel())?.edition?.isWhole))
    .toBe(true);
}

async function eventKinds(page: Page, item: string): Promise<readonly string[]> {
  return page.evaluate(async (wanted) => {
    const panel = await window.tacit?.panel();
    return (panel?.events ?? []).filter((event) => event.item === wanted).map(({ kind }) => kind);
  }, item);
}

/** Records in every store of every IndexedDB database of the page's origin. */
export async function storedRecords(page: Page): Promise<Readonly<Record<string, number>>> {
  return page.evaluate(async () => {
    const counts: Record<string, number> = {};
    for (const { name } of await indexedDB.databases()) {
      if (name === undefined) continue;
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames) {
        const request = database.transaction(store).objectStore(store).count();
        counts[`${name}/${store}`] = await new Promise((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      }
      database.close();
    }
    return counts;
  });
}
