/**
 * Empties a database of the SDK without the worker: for a page that has none, or whose worker does not answer.
 * What the store `kept` holds outlives every erasure, and a worker that comes back to it must not write what was
 * erased: so it is told when that was.
 */
import { laterChoices } from "../core/consent.ts";
import { channelOf } from "../core/events/channel.ts";
import { clockMs } from "../core/time.ts";
import type { Kept, KeptErased } from "../worker/api.ts";
import type { TabMessage } from "../worker/events/tabs.ts";
import { together } from "./kept.ts";
import { within } from "./within.ts";

const limitMs = 2_000;

/**
 * Resolves when it is empty, also where there is no such database.
 *
 * @throws {Error} when the browser does not do so within 4 s: another tab holds it, or storage is denied.
 */
export async function emptyDatabase(name: string, known: KeptErased): Promise<void> {
  await inTime(clearStores(name, known)).catch(() => inTime(deleteDatabase(name)));
  tellTabs(name, { type: "all-erased", atMs: known.erasedAtMs });
}

/** Workers of other tabs forget what they read; where there is no channel they find out later. */
function tellTabs(name: string, message: TabMessage): void {
  try {
    const channel = new BroadcastChannel(channelOf(name));
    channel.postMessage(message);
    channel.close();
  } catch {
    // A browser without it, or a page that is denied it.
  }
}

function inTime(done: Promise<void>): Promise<void> {
  const late = `erase: expected the database to answer within ${limitMs} ms, got nothing`;
  return within(done, limitMs, new Error(late));
}

function clearStores(name: string, known: KeptErased): Promise<void> {
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
      // Somebody else's: the site may have named ours otherwise because of it.
      if (!names.includes("events")) {
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
      for (const store of names) {
        if (store === "events") clearUntil(known.erasedAtMs, transaction.objectStore(store));
        else if (store !== "kept") transaction.objectStore(store).clear();
      }
      if (names.includes("kept")) keepKnown(transaction.objectStore("kept"), known);
    };
  });
}

/** What another tab tracked since stays. */
function clearUntil(atMs: number, events: IDBObjectStore): void {
  const reading = events.index("atMs").getAll(IDBKeyRange.bound(atMs, Date.now() + clockMs, true));
  reading.onsuccess = () => {
    events.clear();
    for (const event of reading.result) events.put(event);
  };
}

function keepKnown(store: IDBObjectStore, known: KeptErased): void {
  const reading: IDBRequest<Kept | undefined> = store.get("kept");
  reading.onsuccess = () => {
    const { choices, remains, erasedAtMs = 0 } = reading.result ?? known;
    const all = {
      choices: laterChoices(choices, known.choices),
      remains: together(remains, known.remains),
      erasedAtMs: Math.max(erasedAtMs, known.erasedAtMs),
    };
    store.put(all, "kept");
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
