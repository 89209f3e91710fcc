/**
 * Ids of the tasks this browser has answered, kept across an erase so that none is answered twice.
 *
 * Besides the person's consent this is all that an erase leaves behind. It names what the crowd was asked,
 * which is the same for everybody, and nothing of what the person did.
 */
import type { TextStore } from "./page.ts";

const key = "tacit.answered";
/** Tasks are answered within days of being published; older ones are closed. */
const most = 50;

/** Oldest first. */
export function readAnswered(store: TextStore): readonly string[] {
  try {
    const value: unknown = JSON.parse(store.read(key) ?? "[]");
    return Array.isArray(value) ? value.filter((task) => typeof task === "string") : [];
  } catch {
    // Something else wrote this key: nothing is known to be answered.
    return [];
  }
}

/** Adds tasks to those remembered and keeps the newest. */
export function rememberAnswered(store: TextStore, tasks: readonly string[]): void {
  const fresh = new Set(tasks);
  const older = readAnswered(store).filter((task) => !fresh.has(task));
  store.write(key, JSON.stringify([...older, ...fresh].slice(-most)));
}
