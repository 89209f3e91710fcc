/**
 * What outlives an erasure, put together of two copies: the database's and the page's.
 *
 * The database keeps what was answered and spent *before* the reports that stand in its ledger; the page keeps
 * all of it. So a database without its ledger learns from the page what that cost, and a page without its copy
 * learns it from the database.
 */
import { laterChoices } from "../../core/consent.ts";
import type { Recorded } from "../../core/events/fact.ts";
import {
  beforeWith,
  type Cost,
  rhoTogether,
  type Spending,
  type Spent,
  totalsOf,
} from "../../core/sum/spending.ts";
import type { TaskId } from "../../core/tasks/task.ts";
import { clockMs } from "../../core/time.ts";
import type { Kept, Remains, SentReport } from "../api.ts";
import { type KeptUpdate, nothingKept } from "./store.ts";

/** Tasks are answered within days of being published; older ones are closed. */
const mostTasks = 50;

/** Keeps as much of a copy of everything as the database does not know. */
export function withCopy(copy: Kept, nowMs: number): KeptUpdate {
  return (kept, ledger) => ({
    choices: laterChoices(kept?.choices ?? nothingKept.choices, copy.choices),
    remains: {
      answeredTasks: union(kept?.remains.answeredTasks ?? [], copy.remains.answeredTasks),
      // Where nothing was kept yet, the copy is of a time when only what was erased was kept.
      spent: kept === null ? copy.remains.spent : spentBefore(kept, ledger, copy.remains.spent, nowMs),
    },
    ...laterErasure(kept, copy),
    ...(kept?.claims === undefined ? {} : { claims: kept.claims }),
  });
}

/**
 * The ledger is erased: what of it counts on is kept with all that counted before. Claims are forgotten with the
 * events that they are about (core/moving/rights.ts).
 */
export function withoutLedger(nowMs: number, erasedAtMs: number): KeptUpdate {
  return (kept, ledger) => ({
    ...everything(kept ?? nothingKept, ledger, nowMs),
    // No later erasure is taken back by one that another tab asked for before.
    ...laterErasure(kept, { erasedAtMs }),
  });
}

type Erasure = Pick<Kept, "erasedAtMs">;

function laterErasure(...erasures: readonly (Erasure | null)[]): Erasure {
  const times = erasures.flatMap((erasure) => erasure?.erasedAtMs ?? []);
  return times.length === 0 ? {} : { erasedAtMs: Math.max(...times) };
}

/**
 * Whether an event was not erased, wherever it waited since: on a page whose localStorage fails, in the memory
 * of another tab, on its way to a database that did not answer. Of a clock that was set back since nothing is
 * known.
 */
export function isLeft(
  { atMs }: Pick<Recorded, "atMs">,
  { erasedAtMs = Number.NEGATIVE_INFINITY }: Erasure,
  nowMs: number,
): boolean {
  return atMs > erasedAtMs || erasedAtMs > nowMs + clockMs;
}

/** Whether an event is of after an erasure, which may be done late; one of a clock that ran ahead is not. */
export function isSince({ atMs }: Recorded, erasedAtMs: number, nowMs: number): boolean {
  return atMs > erasedAtMs && atMs <= nowMs + clockMs;
}

/** All that was chosen, answered and spent: what the page keeps. */
export function everything(kept: Kept, ledger: readonly SentReport[], nowMs: number): Kept {
  const { choices, remains } = kept;
  const answeredTasks = union(remains.answeredTasks, ledger.flatMap(tasksOf));
  return { choices, remains: { answeredTasks, spent: totalsOf(spentWith(remains, ledger), nowMs) } };
}

/** What the reports of a ledger cost, and what was spent before them. */
export function spentWith({ spent }: Remains, ledger: readonly SentReport[]): Spent {
  const costs = ledger.map(({ atMs, sums }): Cost => ({ atMs, rho: rhoTogether(sums) }));
  return { before: spent, costs };
}

export function tasksOf({ sums }: SentReport): readonly TaskId[] {
  return sums.map(({ task }) => task);
}

function spentBefore(
  { remains }: Kept,
  ledger: readonly SentReport[],
  known: Spending,
  nowMs: number,
): Spending {
  return beforeWith(known, spentWith(remains, ledger), nowMs);
}

/** The newest stay, oldest first. */
function union(older: readonly TaskId[], newer: readonly TaskId[]): readonly TaskId[] {
  return [...new Set([...older, ...newer])].slice(-mostTasks);
}
