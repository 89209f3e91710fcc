/** Keeps a task open on the factors in force: another whenever they become others, and whenever a round came to nothing. */
import type { LeaderQueries } from "../store/leaderstore.ts";
import type { CurrentTask, TaskGround } from "../tasks/currenttask.ts";
import type { Editions, FactorsFollower, FactorsInForce } from "./editions.ts";
import { withWaitingItems } from "./learn.ts";

export function followerOf(task: CurrentTask): FactorsFollower {
  return {
    change: (work) => task.change(work),
    replaced: (transaction, factors, outcome) => task.replace(transaction, groundOf(factors), outcome),
    stored: async () => {
      await task.open();
    },
  };
}

/** Nothing came of the current task: a new one, on factors that have rows for the items that waited. */
export async function nextTask(editions: Editions, task: CurrentTask, outcome: string): Promise<void> {
  const { inForce } = editions;
  const draft = inForce === null ? null : await withWaitingItems(inForce, editions);
  if (draft !== null && (await editions.publish(draft, outcome)) !== null) return;
  await task.change((transaction) => onFactorsInForce(editions, task, transaction, outcome));
  await task.open();
}

/** Within a change: the current task ends with `outcome`, and the next one is on the same factors. */
export async function onFactorsInForce(
  editions: Editions,
  task: CurrentTask,
  transaction: LeaderQueries,
  outcome: string,
): Promise<void> {
  const factors = editions.factorsInForce;
  if (factors === null) throw new Error("nextTask: expected factors in force to open a task on, got none");
  await task.replace(transaction, groundOf(factors), outcome);
}

/**
 * At a start: stores a task, opening, when there is none that this server as it is set up could give out. The helper is
 * not asked yet: it may start later.
 */
export async function ensureTask(editions: Editions, task: CurrentTask): Promise<void> {
  const factors = editions.factorsInForce;
  if (factors === null || (await task.stands(groundOf(factors)))) return;
  const outcome = "superseded: the settings changed";
  await task.change((transaction) => onFactorsInForce(editions, task, transaction, outcome));
}

function groundOf({ id, items, dim }: FactorsInForce): TaskGround {
  return { bundle: id, items, dim };
}
