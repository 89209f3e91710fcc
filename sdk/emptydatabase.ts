/**
 * Empties a database of the SDK without the worker: for a page that has none, or whose worker does not answer.
 * What the store `kept` holds outlives every erasure.
 */
import { type Choices, laterChoices, noChoices } from "../core/consent.ts";
import { within } from "./within.ts";

const limitMs = 2_000;

/**
 * Resolves when it is empty, also where there is no such database.
 *
 * @throws {Error} when the browser does not do so within 4 s: another tab holds it, or storage is denied.
 */
export async function emptyDatabase(name: string, choices: Choices): Promise<void> {
  await inTime(clearStores(name, choices)).catch(() => inTime(deleteDatabase(name)));
}

function inTime(done: Promise<void>): Promise<void> {
  const late = `erase: expected the database to answer within ${limitMs} ms, got nothing`;
  return within(done, limitMs, new Error(late));
}

function clearStores(name: string, choices: Choices): Promise<void> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(name);
    // There was none: what comes into being now is not to stay.
    opening.onupgradeneeded = () => {
      opening.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
      opening.transaction?.abort();
    };
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      database.onversionchange = () => database.close();
      const names = [...database.objectStoreNames];
      if (names.length === 0) {
        database.close();
        return resolve();
      }
      const transaction = database.transaction(names, "readwrite");
      transaction.oncomplete = () => {
        database.close();
        resolve();
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error);
      };
      for (const store of names) if (store !== "kept") transaction.objectStore(store).clear();
      if (names.includes("kept")) keepChoices(transaction.objectStore("kept"), choices);
    };
  });
}

function keepChoices(store: IDBObjectStore, choices: Choices): void {
  const reading = store.get("kept");
  reading.onsuccess = () => {
    const kept = reading.result;
    if (kept !== undefined) {
      store.put({ ...kept, choices: laterChoices(kept.choices ?? noChoices, choices) }, "kept");
    }
  };
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase(name);
    deleting.onsuccess = () => resolve();
    deleting.onerror = () => reject(deleting.error);
    // It stays asked for: the browser deletes it when the other tab lets go.
    deleting.onblocked = () => reject(new Error("erase: expected no other tab to hold the data, got one"));
  });
}
