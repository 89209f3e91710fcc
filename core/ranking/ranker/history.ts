/**
 * What the ranker reads of a journal beside tastes: what was bought when, and what the person dealt with last. Kept in
 * step with the journal, event by event; listed anew when it is next read.
 */
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
  readonly #purchases = new Map<number, TacitEvent[]>();
  #told: Told | null = null;

  constructor({ rowOf }: { readonly rowOf: ReadonlyMap<string, number> }) {
    this.#rowOf = rowOf;
  }

  /** @param event one that counts, and was not there. */
  add(event: TacitEvent): void {
    const row = this.#rowFor(event);
    if (row === undefined) return;
    insertInOrder(this.#acts, event);
    if (event.kind === "purchase") {
      const purchases = this.#purchases.get(row) ?? [];
      this.#purchases.set(row, purchases);
      insertInOrder(purchases, event);
    }
    this.#told = null;
  }

  /** @param event one that was added. */
  remove(event: TacitEvent): void {
    const row = this.#rowFor(event);
    if (row === undefined) return;
    takeOut(this.#acts, event);
    const purchases = this.#purchases.get(row);
    if (event.kind === "purchase" && purchases !== undefined) {
      takeOut(purchases, event);
      if (purchases.length === 0) this.#purchases.delete(row);
    }
    this.#told = null;
  }

  get told(): Told {
    this.#told ??= this.#tell();
    return this.#told;
  }

  #rowFor(event: TacitEvent): number | undefined {
    const { item, atMs } = event;
    if (item === undefined || !Number.isFinite(atMs) || strengthOf(event) === null) return undefined;
    return this.#rowOf.get(item);
  }

  #tell(): Told {
    const orderDays = new Set<number>();
    let lastOrderMs: number | null = null;
    for (const purchases of this.#purchases.values()) {
      for (const { atMs } of purchases) orderDays.add(dayOf(atMs));
      const { atMs } = purchases[purchases.length - 1];
      lastOrderMs = Math.max(lastOrderMs ?? atMs, atMs);
    }
    const ordered = [...orderDays].sort((a, b) => a - b);
    const bought = new Map(
      [...this.#purchases].map(([row, purchases]) => [row, boughtItem(purchases, ordered)] as const),
    );
    const { rows: lastRows, acts: lastActs } = this.#lastVisit();
    const lastActMs = this.#acts.at(-1)?.atMs ?? null;
    return { bought, orderDays: orderDays.size, lastOrderMs, lastRows, lastActMs, lastActs };
  }

  #lastVisit(): { readonly rows: readonly number[]; readonly acts: number } {
    const rows = new Set<number>();
    let acts = 0;
    let nextMs = this.#acts.at(-1)?.atMs ?? 0;
    for (let at = this.#acts.length - 1; at >= 0; at--) {
      const event = this.#acts[at];
      if (nextMs - event.atMs > sessionGapMs) break;
      nextMs = event.atMs;
      acts++;
      const row = this.#rowOf.get(event.item ?? "");
      if (row !== undefined && rows.size < mostLastRows && (strengthOf(event) ?? 0) > 0) rows.add(row);
    }
    return { rows: [...rows], acts };
  }
}

/** @param purchases of one item, oldest first. @param orderDays ascending. */
function boughtItem(purchases: readonly TacitEvent[], orderDays: readonly number[]): BoughtItem {
  const days = new Set(purchases.map(({ atMs }) => dayOf(atMs))).size;
  const firstMs = purchases[0].atMs;
  const lastMs = purchases[purchases.length - 1].atMs;
  const lastDay = dayOf(lastMs);
  return {
    ...{ days, lastMs, intervalMs: days > 1 ? (lastMs - firstMs) / (days - 1) : null },
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
