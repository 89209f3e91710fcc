/**
 * Tastes: item -> weight, what the journal says now.
 *
 * weight(item) = sum over its events of kindWeight * amount factor * 2^(-age / halfLife) An event at a time
 * that cannot be counts as one half-life old (cleaning/times.ts). What is done far more often than is usual
 * for the person counts as the edge of that (cleaning/repetition.ts). A dislike counts against: an item whose
 * sum is negative is one the person does not want.
 */
import { dayMs } from "../time.ts";
import { Repetition } from "./cleaning/repetition.ts";
import { isPossibleTime } from "./cleaning/times.ts";
import { type EventKind, isEventKind, type TacitEvent } from "./event.ts";

/** One event's share in the weight of its item. */
export interface EventWeight {
  readonly event: TacitEvent;
  readonly item: string;
  readonly weight: number;
}

/** Weights of the kinds: how much an act tells, in units of one purchase. */
export const kindWeights: Readonly<Record<EventKind, number>> = {
  impression: 0,
  click: 0.1,
  view: 0.3,
  dwell: 0.1,
  search: 0,
  cart_add: 0.6,
  cart_remove: -0.4,
  checkout: 0,
  purchase: 1,
  refund: -0.8,
  like: 1,
  dislike: -1.5,
  share: 0.6,
  // That it was looked at, and left: which of them says more nobody has measured.
  hover: 0,
};

export const defaultHalfLifeMs = 90 * dayMs;

export interface TasteOptions {
  readonly nowMs: number;
  /** An event counts half after this long; 90 days by default. */
  readonly halfLifeMs?: number;
}

/**
 * Events that say something, newest last, each with its weight now. Events of an item sum to its taste.
 *
 * @param events all that count of one person: what is usual is told from them.
 */
export function eventWeights(
  events: readonly TacitEvent[],
  { nowMs, halfLifeMs = defaultHalfLifeMs }: TasteOptions,
): readonly EventWeight[] {
  const repetition = new Repetition();
  for (const event of events) if (weightOf(event, { nowMs, halfLifeMs }) !== null) repetition.add(event);
  const weights: EventWeight[] = [];
  for (const event of events) {
    const weight = weightOf(event, { nowMs, halfLifeMs });
    if (event.item === undefined || weight === null) continue;
    weights.push({ event, item: event.item, weight: weight * repetition.factorOf(event) });
  }
  return weights;
}

/**
 * What one event alone adds to the taste of its item now; null when events of its kind, or at its time, say
 * nothing.
 */
export function weightOf(
  event: TacitEvent,
  { nowMs, halfLifeMs = defaultHalfLifeMs }: TasteOptions,
): number | null {
  const strength = strengthOf(event);
  if (strength === null || !Number.isFinite(event.atMs)) return null;
  return strength * freshnessOf(event.atMs, { nowMs, halfLifeMs });
}

/** What an event adds before it ages; null when events of its kind say nothing. */
export function strengthOf(event: TacitEvent): number | null {
  const kindWeight = weightOfKind(event.kind);
  return kindWeight === 0 ? null : kindWeight * amountFactor(event);
}

/** What ageing leaves of an event's weight, 0..1; a half where nobody knows its age. */
export function freshnessOf(atMs: number, { nowMs, halfLifeMs = defaultHalfLifeMs }: TasteOptions): number {
  return isPossibleTime(atMs, nowMs) ? ageFactor(nowMs - atMs, halfLifeMs) : 0.5;
}

/** What ageing leaves of a weight; an event of the future counts as of now. */
export function ageFactor(ageMs: number, halfLifeMs = defaultHalfLifeMs): number {
  return 2 ** (-Math.max(0, ageMs) / halfLifeMs);
}

/**
 * A later version of this code may have written kinds that this one does not know: they weigh nothing here.
 */
function weightOfKind(kind: string): number {
  return isEventKind(kind) ? kindWeights[kind] : 0;
}

/** Item -> weight. Items whose events cancel out exactly have no taste. */
export function tastesOf(weights: readonly EventWeight[]): ReadonlyMap<string, number> {
  const tastes = new Map<string, number>();
  for (const { item, weight } of weights) tastes.set(item, (tastes.get(item) ?? 0) + weight);
  for (const [item, weight] of tastes) if (weight === 0) tastes.delete(item);
  return tastes;
}

/**
 * Ten seconds of dwell count once, a minute 2.8 times; a dozen pieces bought do not count twelve times. A
 * stored amount that no page could have tracked counts as none given.
 */
function amountFactor({ kind, amount }: TacitEvent): number {
  if (amount === undefined || !Number.isFinite(amount) || amount < 0) return 1;
  return kind === "dwell" ? Math.log2(1 + Math.min(amount, 600) / 10) : 1;
}
