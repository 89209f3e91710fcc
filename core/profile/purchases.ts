/**
 * What was bought: orders (purchases of one session), their last time, and money without what was given back.
 */
import type { TacitEvent } from "../events/event.ts";
import { dayMs } from "../time.ts";
import { type RfmScores, rfmScores } from "./rfm.ts";
import { Sessions } from "./sessions.ts";

export interface PurchaseChange {
  /** Of one piece, in the catalogue's currency; null where it is not known. */
  readonly price: number | null;
  /** -1 where the event goes. */
  readonly sign: 1 | -1;
}

/** Beyond that a number is no number of pieces; sums of money stay exact. */
const mostPieces = 10_000;

export class Purchases {
  readonly #orders = new Sessions();
  /** In whole thousandths, exact below 2^53 of them, so that what is added and taken back leaves nothing. */
  #spent = 0;

  get orders(): number {
    return this.#orders.count;
  }

  /** Milliseconds since the Unix epoch; null before any. */
  get lastMs(): number | null {
    return this.#orders.lastMs;
  }

  /**
   * In the catalogue's currency; what has no price is free. At least 0: what was bought before may be
   * forgotten.
   */
  get spent(): number {
    return Math.max(0, this.#spent / 1_000);
  }

  /** @param event a purchase or a refund. */
  change(event: TacitEvent, { price, sign }: PurchaseChange): void {
    const { kind, atMs } = event;
    const money = Math.round(1_000 * piecesOf(event) * (price ?? 0));
    if (kind === "refund") {
      this.#spent -= sign * money;
      return;
    }
    this.#spent += sign * money;
    if (sign === 1) this.#orders.add(atMs);
    else this.#orders.remove(atMs);
  }

  /** Null where nothing was bought. */
  scores({
    nowMs,
    medianPrice,
  }: {
    readonly nowMs: number;
    readonly medianPrice: number | null;
  }): RfmScores | null {
    if (this.lastMs === null) return null;
    return rfmScores({
      daysSinceOrder: Math.max(0, nowMs - this.lastMs) / dayMs,
      orders: this.orders,
      medianPrices: medianPrice === null || medianPrice === 0 ? null : this.spent / medianPrice,
    });
  }
}

/** How many pieces an event is about: one where it does not say. */
export function piecesOf({ amount = 1 }: Pick<TacitEvent, "amount">): number {
  return Number.isFinite(amount) && amount >= 0 ? Math.min(amount, mostPieces) : 1;
}
