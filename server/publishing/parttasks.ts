/**
 * When other factors or another list of pairs come into force, what was asked about the ones before ends:
 * contributions on them say nothing any more.
 */
import { itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import { itemPairs } from "../../core/tasks/itempairs/kind.ts";
import { finishTaskOfKind } from "../store/tasks.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";
import type { AskedPart, PartFollower } from "./inforce.ts";

const askedBy: Readonly<Record<AskedPart, string>> = { factors: itemFactors.name, pairs: itemPairs.name };

export function followerOf(tasks: Pick<OpenTasks, "change">): PartFollower {
  return {
    change: (work) => tasks.change(work),
    replaced: async (transaction, kinds, outcome) => {
      for (const kind of kinds) await finishTaskOfKind(transaction, askedBy[kind], outcome);
    },
  };
}
