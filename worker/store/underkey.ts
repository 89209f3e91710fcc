/**
 * One value that is kept beside what a person did, changed in one transaction with a look at what is kept of
 * choices, so that nothing comes between, in whichever tab.
 */
import type { Changed, ChangeOn } from "./keptexperiments.ts";
import { nothingKept } from "./store.ts";
import type { RunOnDatabase } from "./tokenstore.ts";

export type Key = "trials" | "experiments";

export interface UnderKey {
  found(): Promise<unknown>;
  change<Answer>(change: ChangeOn<Answer>): Promise<Answer>;
}

export function underKey(run: RunOnDatabase, key: Key): UnderKey {
  return {
    found: () => run((db) => db.get("refills", key)),
    change: <Answer>(change: ChangeOn<Answer>) =>
      run(async (db) => {
        const transaction = db.transaction(["refills", "kept"], "readwrite");
        const refills = transaction.objectStore("refills");
        const [found, kept = nothingKept] = await Promise.all([
          refills.get(key),
          transaction.objectStore("kept").get("kept"),
        ]);
        const changed: Changed<Answer> = change(found, kept);
        await Promise.all([...("keep" in changed ? [refills.put(changed.keep, key)] : []), transaction.done]);
        return changed.answer;
      }),
  };
}
