/**
 * What is kept of experiments, in IndexedDB alone: without it nothing can be contributed, and nobody is in
 * one. It goes with what is kept of trials (trialstore.ts): both are for contributing alone.
 */
import type { Changed, ChangeOn, ExperimentStore } from "./keptexperiments.ts";
import { nothingKept } from "./store.ts";
import type { RunOnDatabase } from "./tokenstore.ts";

export const experimentsKey = "experiments" as const;

export class DatabaseExperiments implements ExperimentStore {
  readonly #run: RunOnDatabase;

  constructor(run: RunOnDatabase) {
    this.#run = run;
  }

  found(): Promise<unknown> {
    return this.#run((db) => db.get("refills", experimentsKey));
  }

  change<Answer>(change: ChangeOn<Answer>): Promise<Answer> {
    return this.#run(async (db) => {
      const transaction = db.transaction(["refills", "kept"], "readwrite");
      const refills = transaction.objectStore("refills");
      const [found, kept = nothingKept] = await Promise.all([
        refills.get(experimentsKey),
        transaction.objectStore("kept").get("kept"),
      ]);
      const changed: Changed<Answer> = change(found, kept);
      await Promise.all([
        ...("keep" in changed ? [refills.put(changed.keep, experimentsKey)] : []),
        transaction.done,
      ]);
      return changed.answer;
    });
  }
}

/** Where the browser denies storage. */
export class NoExperiments implements ExperimentStore {
  async found(): Promise<undefined> {
    return undefined;
  }

  async change(): Promise<null> {
    return null;
  }
}
