/**
 * Lists on trial, in IndexedDB alone: without it nothing can be contributed, and nothing is on trial. Two
 * tabs that draw at once have the same draw: nothing comes between the look at what was drawn and the
 * writing.
 */
import { type KeptTrials, keptTrialsIn, type Served, standing } from "../../core/lists/servings.ts";
import type { ServeOn, TrialStore } from "./kepttrials.ts";
import type { RunOnDatabase } from "./tokenstore.ts";
import { type Key, type UnderKey, underKey } from "./underkey.ts";

/** What is for contributing alone, and goes with it. */
const contributing: readonly Key[] = ["trials", "experiments"];

export class DatabaseTrials implements TrialStore {
  readonly #run: RunOnDatabase;
  readonly #kept: UnderKey;

  constructor(run: RunOnDatabase) {
    this.#run = run;
    this.#kept = underKey(run, "trials");
  }

  async all(nowMs: number): Promise<KeptTrials> {
    const found = keptTrialsIn(await this.#kept.found());
    const kept = standing(found, nowMs);
    // Read again, as another tab may have served meanwhile.
    if (kept.length < found.length) {
      await this.#kept.change((now) => ({ keep: standing(keptTrialsIn(now), nowMs), answer: null }));
    }
    return kept;
  }

  serve(serve: ServeOn): Promise<Served | null> {
    return this.#kept.change((found, kept) => {
      const trials = keptTrialsIn(found);
      const answer = serve(trials, kept);
      const isNew = answer !== null && answer.kept !== trials;
      return { answer, ...(isNew ? { keep: answer.kept } : {}) };
    });
  }

  clear(): Promise<void> {
    return this.#run(async (db) => {
      const transaction = db.transaction("refills", "readwrite");
      await Promise.all(contributing.map((one) => transaction.store.delete(one)));
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
