/**
 * Lists on trial, in IndexedDB alone: without it nothing can be contributed, and nothing is on trial. Two tabs that draw at
 * once have the same draw: nothing comes between the look at what was drawn and the writing.
 */
import type { KeptTrials, Served } from "../../core/lists/servings.ts";
import type { ServeOn, TrialStore } from "./kepttrials.ts";
import { nothingKept } from "./store.ts";
import type { RunOnDatabase } from "./tokenstore.ts";

const key = "trials";

export class DatabaseTrials implements TrialStore {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  all(): Promise<KeptTrials> {
    // Each name has its own type, which the schema cannot say.
    return this.#run(async (db) => ((await db.get("refills", key)) as KeptTrials | undefined) ?? []);
  }

  serve(serve: ServeOn): Promise<Served | null> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["refills", "kept"], "readwrite");
      const refills = transaction.objectStore("refills");
      const [found, kept = nothingKept] = await Promise.all([
        refills.get(key),
        transaction.objectStore("kept").get("kept"),
      ]);
      const trials = (found as KeptTrials | undefined) ?? [];
      const served = serve(trials, kept);
      const isNew = served !== null && served.kept !== trials;
      await Promise.all([...(isNew ? [refills.put(served.kept, key)] : []), transaction.done]);
      return served;
    });
  }

  clear(): Promise<void> {
    return this.#run((db) => db.delete("refills", key));
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
