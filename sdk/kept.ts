/**
 * The page's copy of what outlives an erasure: the person's choices, which tasks this browser has answered, so
 * that none is answered twice, and what its reports cost, so that losing the database buys no new budget.
 *
 * It names what the crowd was asked and what that costs, which is the same for everybody who took part, and
 * nothing of what the person did.
 */
import { allSpent, mergeSpending, nothingSpent, parseSpending, type Spending } from "../core/sum/spending.ts";
import type { Kept, Remains } from "../worker/api.ts";
import type { Consent } from "./consent.ts";
import { spentKey } from "./lastresort.ts";
import { type TextStore, valueIn } from "./page.ts";

const answeredKey = "tacit.answered";
/** Tasks are answered within days of being published; older ones are closed. */
const mostTasks = 50;
const noRemains: Remains = { answeredTasks: [], spent: nothingSpent };

export class KeptCopy {
  readonly #store: TextStore;
  readonly #consent: Consent;
  /** The most this page knows of, however the store fares; null before it heard of any. */
  #remains: Remains | null = null;

  constructor(store: TextStore, consent: Consent) {
    this.#store = store;
    this.#consent = consent;
  }

  /** Takes what a worker says that could not read what it keeps: what it does not say may be so all the same. */
  hear({ choices }: Kept): Kept {
    this.#consent.learn(choices);
    return this.#now();
  }

  /** Adds what the worker keeps; gives back all that is kept then. */
  merge({ choices, remains }: Kept): Kept {
    this.#consent.adopt(choices);
    return this.#with(remains);
  }

  /**
   * Writes down what is known where the store has lost it; what another page knows beyond it stays. What the store
   * says is known from then on, however the store fares.
   */
  restore(): void {
    this.#consent.restore();
    const stored = this.#stored();
    if (this.#remains !== null) this.#writeDown(together(this.#remains, beyond(stored, this.#remains)));
    else if (this.#store.read(spentKey) !== null) this.#remains = stored;
  }

  /**
   * What is known without the database. Where there is one and nobody has said what was spent, nobody can say any
   * more once it is empty: then it counts as all, and nothing is contributed any more but in development.
   */
  without(isThere: boolean): Kept {
    const isKnown = !isThere || this.#remains !== null || this.#store.read(spentKey) !== null;
    const remains = isKnown ? noRemains : { ...noRemains, spent: allSpent };
    return this.#with(remains);
  }

  #with(remains: Remains): Kept {
    const all = together(this.#now().remains, remains);
    this.#writeDown(all);
    return { choices: this.#consent.choices(), remains: all };
  }

  #now(): Kept {
    const stored = this.#stored();
    const remains = this.#remains === null ? stored : together(stored, this.#remains);
    return { choices: this.#consent.choices(), remains };
  }

  #stored(): Remains {
    const tasks = valueIn(this.#store.read(answeredKey));
    return {
      // Something else wrote this key: nothing is known to be answered.
      answeredTasks: Array.isArray(tasks) ? tasks.filter((task) => typeof task === "string") : [],
      spent: spentIn(this.#store.read(spentKey)),
    };
  }

  #writeDown(remains: Remains): void {
    this.#remains = remains;
    const { answeredTasks, spent } = remains;
    // Which came first nobody needs to agree on: two pages that know the same leave it as it stands.
    const isKnown = isSame(this.#stored().answeredTasks, answeredTasks);
    if (!isKnown || this.#store.read(answeredKey) === null) this.#write(answeredKey, answeredTasks);
    this.#write(spentKey, spent);
  }

  #write(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#store.read(key) !== text) this.#store.write(key, text);
  }
}

/** Of tasks the newest stay, oldest first. */
export function together(a: Remains, b: Remains): Remains {
  const fresh = new Set(b.answeredTasks);
  const older = a.answeredTasks.filter((task) => !fresh.has(task));
  return {
    answeredTasks: [...older, ...fresh].slice(-mostTasks),
    spent: mergeSpending(a.spent, b.spent),
  };
}

/** Of what `a` knows, the tasks that `b` does not. */
function beyond(a: Remains, b: Remains): Remains {
  const known = new Set(b.answeredTasks);
  return { ...a, answeredTasks: a.answeredTasks.filter((task) => !known.has(task)) };
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  const tasks = new Set(a);
  return tasks.size === new Set(b).size && b.every((task) => tasks.has(task));
}

function spentIn(text: string | null): Spending {
  if (text === null) return nothingSpent;
  // What is there and cannot be read was spent all the same.
  return parseSpending(valueIn(text)) ?? allSpent;
}
