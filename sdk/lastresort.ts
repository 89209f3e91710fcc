/**
 * Erasing on a page whose file for it (rest/) does not come: every database that a page of this origin used
 * is deleted as soon as nobody has it open. The erasure stays due, so the next page does it as it should be.
 */
import { type Page, valueIn } from "./page.ts";

/** Every database that a page of this origin used. */
export const databasesKey = "tacit.databases";
export const defaultDatabase = "tacit";
export const spentKey = "tacit.spent";

/** Of what was spent with such a database nobody may know any more: then it counts as all (core/sum/spending.ts). */
const allSpent = '{"days":[],"lifetime":null,"sinceDay":null}';

export async function eraseAsLastResort(
  page: Pick<Page, "store" | "hasDatabase" | "deleteDatabase">,
): Promise<void> {
  const { store } = page;
  const names = valueIn(store.read(databasesKey));
  for (const name of Array.isArray(names) ? names : [defaultDatabase]) {
    const isThere = (await page.hasDatabase(name)) !== false;
    if (isThere && store.read(spentKey) === null) store.write(spentKey, allSpent);
    await page.deleteDatabase(name);
  }
}
