/** What pages leave in localStorage for whoever comes after them: where it stands, and how all of it is dropped. */
import { randomId, type TextStore } from "./page.ts";

/** Of the keys; the journal's name and an id follow. */
export const aheadPrefix = "tacit.event.";
const erasedKey = "tacit.erased";

/** Drops what every database and page left, and has pages in other tabs drop what they hold. */
export function eraseAhead(store: TextStore): void {
  for (const key of store.keys(aheadPrefix)) store.remove(key);
  store.write(erasedKey, randomId());
}

/** Which erasure was the last; null when there was none or nothing is known of it. */
export function lastErasure(store: TextStore): string | null {
  return store.read(erasedKey);
}
