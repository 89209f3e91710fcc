/**
 * When other factors or another list of pairs come into force, what was asked about the ones before ends:
 * contributions on them say nothing any more, or cannot be made.
 */
import { itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import { itemPairs } from "../../core/tasks/itempairs/kind.ts";
import { ranker } from "../../core/tasks/ranker/kind.ts";
import { finishTaskOfKind } from "../store/tasks.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";
import type { AskedPart, PartFollower } from "./inforce.ts";

const askedBy: Readonly<Record<AskedPart, readonly string[]>> = {
  factors: [itemFactors.name, ranker.name],
  pairs: [itemPairs.name, ranker.name],
};

export function followerOf(tasks: Pick<OpenTasks, "change">): PartFollower {
  return {
    change: (work) => tasks.change(work),
    replaced: async (transaction, kinds, outcome) => {
      const names = new Set(kinds.flatMap((kind) => askedBy[kind]));
      for (const name of names) await finishTaskOfKind(transaction, name, outcome);
    },
  };
}
