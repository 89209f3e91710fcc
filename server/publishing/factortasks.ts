/**
 * When other factors come into force, what was asked about the ones before ends: contributions on them say
 * nothing any more.
 */
import { itemFactors } from "../../core/tasks/itemfactors/kind.ts";
import { finishTaskOfKind } from "../store/tasks.ts";
import type { OpenTasks } from "../tasks/opentasks.ts";
import type { FactorsFollower } from "./inforce.ts";

export function followerOf(tasks: Pick<OpenTasks, "change">): FactorsFollower {
  return {
    change: (work) => tasks.change(work),
    replaced: async (transaction, _factors, outcome) => {
      await finishTaskOfKind(transaction, itemFactors.name, outcome);
    },
  };
}
