/**
 * Lists on trial, in IndexedDB alone: without it nothing can be contributed, and nothing is on trial. Two
 * tabs that draw at once have the same draw: nothing comes between the look at what was drawn and the
 * writing.
 */

import type { IDBPDatabase } from "idb";
import { type KeptTrials, keptTrialsIn, type Served, standing } from "../../core/lists/servings.ts";
import { experimentsKey } from "./experimentstore.ts";
import type { ServeOn, TrialStore } from "./kepttrials.ts";
import { nothingKept } from "./store.ts";
import type { RunOnDatabase } from "./tokenstore.ts";
import type { TacitSchema } from "./upgrades.ts";

const key = "trials" as const;

export class DatabaseTrials implements TrialStore {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  all(nowMs: number): Promise<KeptTrials> {
    return this.#run(async (db) => {
      const found = keptTrialsIn(await db.get("refills", key));
      const kept = standing(found, nowMs);
      if (kept.length < found.length) await this.#letGo(db, nowMs);
      return kept;
    });
  }

  serve(serve: ServeOn): Promise<Served | null> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["refills", "kept"], "readwrite");
      const refills = transaction.objectStore("refills");
      const [found, kept = nothingKept] = await Promise.all([
        refills.get(key),
        transaction.objectStore("kept").get("kept"),
      ]);
      const trials = keptTrialsIn(found);
      const served = serve(trials, kept);
      const isNew = served !== null && served.kept !== trials;
      await Promise.all([...(isNew ? [refills.put(served.kept, key)] : []), transaction.done]);
      return served;
    });
  }

  /** Read again, as another tab may have served meanwhile. */
  async #letGo(db: IDBPDatabase<TacitSchema>, nowMs: number): Promise<void> {
    const transaction = db.transaction("refills", "readwrite");
    const found = keptTrialsIn(await transaction.store.get(key));
    await Promise.all([transaction.store.put(standing(found, nowMs), key), transaction.done]);
  }

  clear(): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("refills", "readwrite");
      await Promise.all([key, experimentsKey].map((one) => transaction.store.delete(one)));
      await transaction.done;
    });
  }
}

/** Where the browser denies storage. */
export class NoTrials implements TrialStore {
  async all(): Promise<KeptTrials> {
    return [];
  }

  async serve(): Promise<null> {
    return null;
  }

  async clear(): Promise<void> {}
}
