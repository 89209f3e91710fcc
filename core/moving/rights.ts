/**
 * Who may contribute what, where a person's events are on several devices: a pure state machine, for devices
 * that cannot ask anybody what the others did.
 *
 * Each device is an *origin* of events, and to contribute an origin's events is a *right*, of which there is
 * one. A device contributes only while it holds the right of every origin whose events it has:
 *
 *   copy       events go, rights stay: whoever takes a copy in falls silent, unless it holds those rights too
 *   hand over  all rights that a device holds go, and with them all that was ever spent under them: what is
 *              left behind has spent nothing, and may spend nothing
 *   take in    rights come, and what was spent under them is added to what was spent here
 *   erase      events go, and the ids with them; what was spent stays, and so does that the rights are gone
 *
 * So what was spent moves like a coin, and adding is right if each hand-over is taken in once: it is sealed to
 * one request of one device, which forgets the key as it takes it in (worker/moving). From that follow the
 * laws in test/core/moving/rights.test.ts: no event is in reports of more than the budget, nor twice in
 * an answer to one task, on whatever devices; and what all ledgers say together is what was spent.
 */
import { addSpending, isAway, nothingSpent, type Spending, withMoves } from "../sum/spending.ts";
import type { TaskId } from "../tasks/task.ts";
import type { Claims } from "./claims.ts";

/** A line of a ledger, as far as moving is concerned. */
interface Entry {
  readonly id: string;
}

/** What a device has of rights, and of spending under them. */
export interface Purse<E extends Entry> {
  /** Null while nothing left or came: then the device's own events are here, and their right unless it is away. */
  readonly claims: Claims | null;
  readonly answeredTasks: readonly TaskId[];
  /** What was spent before the entries. */
  readonly spent: Spending;
  readonly entries: readonly E[];
}

/** What is handed over. */
export interface Load<E extends Entry> extends Purse<E> {
  readonly claims: Claims;
}

/** Whether a device may contribute what it has. */
export function mayContribute({ claims, spent }: Pick<Purse<Entry>, "claims" | "spent">): boolean {
  if (isAway(spent)) return false;
  return claims === null || claims.origins.every((origin) => claims.rights.includes(origin));
}

/** The purse with an id for the device's own events, which are about to leave. */
export function named<E extends Entry>(purse: Purse<E>, freshId: string): Load<E> {
  const { claims, spent } = purse;
  const own = { origins: [freshId], rights: isAway(spent) ? [] : [freshId] };
  return { ...purse, claims: claims ?? own };
}

/** Whether there is a right to hand over. */
export function hasRights({ claims, spent }: Pick<Purse<Entry>, "claims" | "spent">): boolean {
  return !isAway(spent) && (claims === null || claims.rights.length > 0);
}

/** What stays, and what goes. @throws {RangeError} when there is no right here. */
export function handedOver<E extends Entry>(
  purse: Purse<E>,
  freshId: string,
): { readonly left: Purse<E>; readonly load: Load<E> } {
  if (!hasRights(purse)) throw new RangeError("handedOver: expected a right to be here, got none");
  const load = named(purse, freshId);
  const { answeredTasks, spent } = purse;
  const left = {
    claims: { origins: load.claims.origins, rights: [] },
    answeredTasks,
    spent: withMoves(nothingSpent, movedOnce(spent)),
    entries: [],
  };
  return { left, load: { ...load, spent: withMoves(spent, 0) } };
}

/** A hand-over was taken in. */
export function takenIn<E extends Entry>(purse: Purse<E>, load: Load<E>, freshId: string): Purse<E> {
  const { claims, spent, entries, answeredTasks } = purse;
  const away = isAway(spent);
  // What came to a device without rights since it forgot its claims is nobody else's.
  const here = claims ?? (away ? { origins: [], rights: [] } : named(purse, freshId).claims);
  return {
    claims: {
      origins: union(here.origins, load.claims.origins),
      rights: union(here.rights, load.claims.rights),
    },
    answeredTasks: union(load.answeredTasks, answeredTasks),
    spent: withMoves(addSpending(spent, load.spent), away ? movedOnce(spent) : (spent.moves ?? 0)),
    entries: byId(entries, load.entries),
  };
}

/** A copy of events was taken in, of these origins. */
export function copyTaken<E extends Entry>(
  purse: Purse<E>,
  origins: readonly string[],
  freshId: string,
): Purse<E> {
  const { claims } = named(purse, freshId);
  return { ...purse, claims: { ...claims, origins: union(claims.origins, origins) } };
}

/** Everything was erased. */
export function forgotten<E extends Entry>(purse: Purse<E>): Purse<E> {
  return { ...purse, claims: null };
}

function movedOnce({ moves = 0 }: Spending): number {
  return moves + 1;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}

function byId<E extends Entry>(a: readonly E[], b: readonly E[]): readonly E[] {
  const known = new Set(a.map(({ id }) => id));
  return [...a, ...b.filter(({ id }) => !known.has(id))];
}
