/**
 * A store that keeps what is written in memory until it may write: permission comes before storing. What the
 * store itself has goes before what is held, since another tab may have had permission to write it.
 */
import type { TextStore } from "../page.ts";

export interface HeldStore extends TextStore {
  readonly isHeld: boolean;
  /** From now on it writes, beginning with what was held and nobody has written since. */
  release(): void;
}

export function heldStore(store: TextStore): HeldStore {
  const held = new Map<string, string>();
  let isHeld = true;
  return {
    get isHeld() {
      return isHeld;
    },
    release() {
      isHeld = false;
      for (const [key, text] of held) if (store.read(key) === null) store.write(key, text);
      held.clear();
    },
    read: (key) => store.read(key) ?? held.get(key) ?? null,
    write: (key, text) => (isHeld ? held.set(key, text) !== undefined : store.write(key, text)),
    remove(key) {
      held.delete(key);
      store.remove(key);
    },
    keys: (prefix) => [
      ...new Set([...store.keys(prefix), ...[...held.keys()].filter((key) => key.startsWith(prefix))]),
    ],
  };
}
