/**
 * What the ranker reads of a journal beside tastes: what was bought when, and what the person dealt with
 * last. Kept in step with the journal, event by event; listed anew when it is next read.
 */

import { isPossibleTime } from "../../events/cleaning/times.ts";
import type { TacitEvent } from "../../events/event.ts";
import { insertInOrder, placeOf } from "../../events/order.ts";
import { strengthOf } from "../../events/tastes.ts";
import { firstPlace } from "../../firstplace.ts";
import { sessionGapMs } from "../../profile/sessions.ts";
import { dayMs } from "../../time.ts";

export interface BoughtItem {
  /** On how many days. */
  readonly days: number;
  /** Days with an order since the last one on which it was bought. */
  readonly ordersSince: number;
  /** Milliseconds from one day on which it was bought to the next, the mean; null where it was bought on one. */
  readonly intervalMs: number | null;
  /** Milliseconds since the Unix epoch. */
  readonly lastMs: number;
}

/** Of what counts until a moment. */
export interface Told {
  readonly bought: ReadonlyMap<number, BoughtItem>;
  /** Days with an order, and the last order's time; null without any. */
  readonly orderDays: number;
  readonly lastOrderMs: number | null;
  /** Rows of the last visit, newest first, each once; what was disliked is not among them. */
  readonly lastRows: readonly number[];
  /** Time of the last act; null without any. */
  readonly lastActMs: number | null;
  /** Acts of the last visit. */
  readonly lastActs: number;
}

/** So many items of the last visit are compared with. */
const mostLastRows = 32;

export class History {
  readonly #rowOf: ReadonlyMap<string, number>;
  /** Acts that say something about an item that is known, oldest first. */
  readonly #acts: TacitEvent[] = [];
  /** By row, what was bought and returned of it, oldest first. */
  readonly #orders = new Map<number, TacitEvent[]>();
  #bought: Known<Bought> | null = null;
  #visit: Known<Visit> | null = null;

  constructor({ rowOf }: { readonly rowOf: ReadonlyMap<string, number> }) {
    this.#rowOf = rowOf;
  }

  /** @param event one that counts, and was not there. */
  add(event: TacitEvent): void {
    const row = this.#rowFor(event);
    if (row === undefined) return;
    insertInOrder(this.#acts, event);
    this.#visit = null;
    if (!isOrder(event)) return;
    const orders = this.#orders.get(row) ?? [];
    this.#orders.set(row, orders);
    insertInOrder(orders, event);
    this.#bought = null;
  }

  /** @param event one that was added. */
  remove(event: TacitEvent): void {
    const row = this.#rowFor(event);
    if (row === undefined) return;
    takeOut(this.#acts, event);
    this.#visit = null;
    const orders = this.#orders.get(row);
    if (!isOrder(event) || orders === undefined) return;
    takeOut(orders, event);
    if (orders.length === 0) this.#orders.delete(row);
    this.#bought = null;
  }

  /** @param asOfMs when: what is dated later than a day from then, or before there was a web, is left out. */
  told(asOfMs: number): Told {
    if (this.#bought?.asOfMs !== asOfMs) this.#bought = { asOfMs, ...this.#tellBought(asOfMs) };
    if (this.#visit?.asOfMs !== asOfMs) this.#visit = { asOfMs, ...this.#tellVisit(asOfMs) };
    const { bought, orderDays, lastOrderMs } = this.#bought;
    const { lastRows, lastActMs, lastActs } = this.#visit;
    return { bought, orderDays, lastOrderMs, lastRows, lastActMs, lastActs };
  }

  #rowFor(event: TacitEvent): number | undefined {
    const { item, atMs } = event;
    if (item === undefined || !Number.isFinite(atMs) || strengthOf(event) === null) return undefined;
    return this.#rowOf.get(item);
  }

  #tellBought(asOfMs: number): Bought {
    const kept = [...this.#orders].map(([row, orders]) => [row, keptOf(orders, asOfMs)] as const);
    const orderDays = new Set<number>();
    let lastOrderMs: number | null = null;
    for (const [, times] of kept) {
      for (const atMs of times) {
        orderDays.add(dayOf(atMs));
        lastOrderMs = Math.max(lastOrderMs ?? atMs, atMs);
      }
    }
    const ordered = [...orderDays].sort((a, b) => a - b);
    const bought = new Map(
      kept.flatMap(([row, times]) =>
        times.length === 0 ? [] : [[row, boughtItem(times, ordered)] as const],
      ),
    );
    return { bought, orderDays: orderDays.size, lastOrderMs };
  }

  #tellVisit(asOfMs: number): Visit {
    const rows = new Set<number>();
    let acts = 0;
    let lastActMs: number | null = null;
    let nextMs = 0;
    for (let at = this.#acts.length - 1; at >= 0; at--) {
      const event = this.#acts[at];
      if (!isPossibleTime(event.atMs, asOfMs)) continue;
      if (lastActMs !== null && nextMs - event.atMs > sessionGapMs) break;
      nextMs = event.atMs;
      lastActMs ??= event.atMs;
      acts++;
      const row = this.#rowOf.get(event.item ?? "");
      if (row !== undefined && rows.size < mostLastRows && (strengthOf(event) ?? 0) > 0) rows.add(row);
    }
    return { lastRows: [...rows], lastActMs, lastActs: acts };
  }
}

type Bought = Pick<Told, "bought" | "orderDays" | "lastOrderMs">;
type Visit = Pick<Told, "lastRows" | "lastActMs" | "lastActs">;
type Known<T> = T & { readonly asOfMs: number };

function isOrder({ kind }: TacitEvent): boolean {
  return kind === "purchase" || kind === "refund";
}

/** Times of the purchases of one item that were not returned, ascending: a refund takes the one before it away. */
function keptOf(orders: readonly TacitEvent[], asOfMs: number): readonly number[] {
  const times: number[] = [];
  for (const { kind, atMs } of orders) {
    if (!isPossibleTime(atMs, asOfMs)) continue;
    if (kind === "purchase") times.push(atMs);
    else times.pop();
  }
  return times;
}

/** @param times of its purchases, ascending, at least one. @param orderDays ascending. */
function boughtItem(times: readonly number[], orderDays: readonly number[]): BoughtItem {
  const days = new Set(times.map(dayOf)).size;
  const lastMs = times[times.length - 1];
  const lastDay = dayOf(lastMs);
  return {
    ...{ days, lastMs, intervalMs: days > 1 ? (lastMs - times[0]) / (days - 1) : null },
    ordersSince: orderDays.length - firstPlace(orderDays.length, (at) => orderDays[at] > lastDay),
  };
}

function dayOf(atMs: number): number {
  return Math.floor(atMs / dayMs);
}

function takeOut(events: TacitEvent[], event: TacitEvent): void {
  const place = placeOf(events, event);
  if (place !== null) events.splice(place, 1);
}
