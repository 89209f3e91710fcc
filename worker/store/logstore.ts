/**
 * The head of each helper's log that this device saw last, in IndexedDB or in memory. It only grows,
 * whichever tab writes.
 */
import type { LogHead } from "../../core/wire/log.ts";
import type { SeenLog } from "../trust/vouched.ts";
import type { RunOnDatabase } from "./tokenstore.ts";

/** Against a power cut too: a head that was forgotten lets an older log pass. */
const strict = { durability: "strict" } as const;

export class DatabaseLogs implements SeenLog {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  seenLog(helper: string): Promise<LogHead | null> {
    return this.#run(async (db) => (await db.get("logs", helper)) ?? null);
  }

  rememberLog(helper: string, head: LogHead): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("logs", "readwrite", strict);
      const kept = await transaction.store.get(helper);
      const write = isLonger(head, kept) ? transaction.store.put(head, helper) : undefined;
      await Promise.all([write, transaction.done]);
    });
  }
}

export class MemoryLogs implements SeenLog {
  readonly #heads = new Map<string, LogHead>();

  async seenLog(helper: string): Promise<LogHead | null> {
    return this.#heads.get(helper) ?? null;
  }

  async rememberLog(helper: string, head: LogHead): Promise<void> {
    if (isLonger(head, this.#heads.get(helper))) this.#heads.set(helper, head);
  }

  clear(): void {
    this.#heads.clear();
  }
}

function isLonger({ size }: LogHead, kept: LogHead | undefined): boolean {
  return kept === undefined || size > kept.size;
}
