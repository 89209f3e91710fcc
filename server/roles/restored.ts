/**
 * A leader whose store is older than what it has signed: restored from a backup. It has forgotten which of its
 * reports were summed, and which numbers it gave. So it sums nothing that was open then, and goes on far above
 * every number that it can have given since.
 */
import type { LogTail } from "../../core/wire/log.ts";
import { listEditions } from "../store/editions.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { leastNumber, raiseLeast } from "../store/leastnumbers.ts";
import { findTask, findUnfinished, finishTask, skipRounds } from "../store/tasks.ts";

/**
 * So many numbers of rounds, and of editions, are left out. At the most that a helper takes in a day, 48, they
 * last for five years.
 */
export const skippedNumbers = 100_000;

export interface HelperLog {
  /**
   * The helper's identity: another helper's log begins anew, and what was heeded of one says nothing of it.
   */
  readonly helper: string;
  readonly log: LogTail;
}

/**
 * Whether the newest that the helper vouched for of some sort is not known here, though only this leader can
 * have signed it. The newest are kept for ever (tasks), or as long as they are the newest (editions).
 */
export async function isBehind(store: LeaderStore, { helper, log }: HelperLog): Promise<boolean> {
  const { start, entries } = log;
  const settled = (await leastNumber(store, heededOf(helper))) ?? 0;
  const since = entries.slice(Math.max(0, settled - start));
  const newest = new Map(since.map((entry) => [`${entry.kind} ${entry.subject}`, entry]));
  const editions = new Set((await listEditions(store)).map(({ id }) => id));
  for (const { kind, id } of newest.values()) {
    if (kind === "edition" && !editions.has(id)) return true;
    if (kind === "task" && (await findTask(store, id)) === undefined) return true;
  }
  return false;
}

/** What the log says so far has been heeded: it is not looked at again. */
export async function heedLog(store: LeaderStore, { helper, log }: HelperLog): Promise<void> {
  await raiseLeast(store, heededOf(helper), log.start + log.entries.length);
}

function heededOf(helper: string): string {
  return `log of ${helper}`;
}

/** Ends what was open, unsummed: it may have been summed since. */
export async function endWhatWasOpen(store: LeaderStore): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    for (const { seq } of await findUnfinished(transaction)) {
      await finishTask(transaction, seq, "superseded: the store is a copy of an older one");
    }
    await skipRounds(transaction, skippedNumbers);
  });
}
