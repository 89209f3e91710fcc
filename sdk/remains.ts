/**
 * What an erasure leaves behind besides the person's permissions: which tasks this browser has answered, so
 * that none is answered twice, and what its reports cost, so that erasing buys no new budget.
 *
 * It names what the crowd was asked and what that costs, which is the same for everybody who took part, and
 * nothing of what the person did.
 */
import { allSpent, mergeSpending, nothingSpent, parseSpending, type Spending } from "../core/sum/spending.ts";
import type { Remains } from "../worker/api.ts";
import type { TextStore } from "./page.ts";

const answeredKey = "tacit.answered";
const spentKey = "tacit.spent";
/** Tasks are answered within days of being published; older ones are closed. */
const mostTasks = 50;

/** Oldest tasks first. */
export function readRemains(store: TextStore): Remains {
  const tasks = parsed(store, answeredKey);
  return {
    // Something else wrote this key: nothing is known to be answered.
    answeredTasks: Array.isArray(tasks) ? tasks.filter((task) => typeof task === "string") : [],
    spent: readSpent(store),
  };
}

/** Adds to what is kept; of tasks the newest stay. */
export function keepRemains(store: TextStore, { answeredTasks, spent }: Remains): void {
  const kept = readRemains(store);
  const fresh = new Set(answeredTasks);
  const older = kept.answeredTasks.filter((task) => !fresh.has(task));
  store.write(answeredKey, JSON.stringify([...older, ...fresh].slice(-mostTasks)));
  store.write(spentKey, JSON.stringify(mergeSpending(kept.spent, spent)));
}

/**
 * Nobody can say any more what was spent: then it counts as all, and nothing is contributed but in
 * development.
 */
export function keepAsAllSpent(store: TextStore): void {
  keepRemains(store, { answeredTasks: [], spent: allSpent });
}

function readSpent(store: TextStore): Spending {
  if (store.read(spentKey) === null) return nothingSpent;
  // What is there and cannot be read was spent all the same.
  return parseSpending(parsed(store, spentKey)) ?? allSpent;
}

function parsed(store: TextStore, key: string): unknown {
  try {
    return JSON.parse(store.read(key) ?? "null");
  } catch {
    return null;
  }
}
