/**
 * What the journal says of a measure in a span of time: a number of at least 0, in the measure's own unit.
 *
 * A span has its beginning and not its end. Where a measure names a list, an event counts that says it was in
 * that list. What the journal does not say counts for nothing, but a purchase without a number of pieces is
 * of one piece.
 */
import type { EventKind, TacitEvent } from "../events/event.ts";
import { piecesOf } from "../profile/purchases.ts";
import { Sessions } from "../profile/sessions.ts";
import type { Measure } from "./experiment.ts";

/** Of one piece, in the catalogue's currency; null where it is not known. */
export type PriceOf = (item: string) => number | null;

export interface Span {
  /** Milliseconds since the Unix epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** @param events that count, the oldest first. */
export function measured(
  measure: Measure,
  events: readonly TacitEvent[],
  { fromMs, toMs }: Span,
  priceOf: PriceOf,
): number {
  const within = events.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
  const ofKind = (kind: EventKind) => within.filter((event) => event.kind === kind);
  if ("any" in measure) return within.some((event) => isAbout(event, measure.any, measure.list)) ? 1 : 0;
  if ("count" in measure) return within.filter((event) => isAbout(event, measure.count, measure.list)).length;
  if ("orders" in measure) return ordersOf(ofKind(measure.orders));
  if ("seconds" in measure) return secondsOf(ofKind(measure.seconds));
  return moneyOf(within, priceOf);
}

function isAbout(event: TacitEvent, kind: EventKind, list: string | undefined): boolean {
  return event.kind === kind && (list === undefined || event.list === list);
}

/** Whether money went back is no matter: an order was one. */
function ordersOf(purchases: readonly TacitEvent[]): number {
  const orders = new Sessions();
  for (const { atMs } of purchases) orders.add(atMs);
  return orders.count;
}

/** A dwell is written when it ends: what of it was before the span counts too. */
function secondsOf(dwells: readonly TacitEvent[]): number {
  return dwells.reduce((sum, { amount = 0 }) => sum + (amount > 0 ? amount : 0), 0);
}

/**
 * What was bought within the span and not given back within it. What goes back takes off what was bought of
 * the same item within the span, at most: who returns what they had before is not worth less than nothing.
 */
function moneyOf(events: readonly TacitEvent[], priceOf: PriceOf): number {
  const bought = new Map<string, number>();
  for (const event of events) {
    const { kind, item } = event;
    if (item === undefined || (kind !== "purchase" && kind !== "refund")) continue;
    const change = kind === "purchase" ? piecesOf(event) : -piecesOf(event);
    bought.set(item, Math.max(0, (bought.get(item) ?? 0) + change));
  }
  let money = 0;
  for (const [item, pieces] of bought) {
    const price = priceOf(item) ?? 0;
    if (price > 0) money += pieces * price;
  }
  return money;
}
