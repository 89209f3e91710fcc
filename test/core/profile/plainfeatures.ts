/**
 * Features of a journal made all at once, as plainly as they can be said: the oracle of
 * core/profile/features.ts.
 */
import type { TacitEvent } from "../../../core/events/event.ts";
import { eventKinds } from "../../../core/events/event.ts";
import { kindWeights } from "../../../core/events/tastes.ts";
import type { CatalogueFacts } from "../../../core/profile/catalogue.ts";
import type { FeatureValues, JournalFeature } from "../../../core/profile/table.ts";
import type { LocalTimeOf } from "../../../core/time.ts";

const day = 86_400_000;
const halfHour = 1_800_000;

interface PlainOptions {
  readonly catalogue: CatalogueFacts;
  readonly localTimeOf: LocalTimeOf;
  readonly nowMs: number;
}

export function plainFeatures(
  events: readonly TacitEvent[],
  { catalogue, localTimeOf, nowMs }: PlainOptions,
): Pick<FeatureValues, JournalFeature> {
  const acts = events
    .filter(({ kind }) => eventKinds.includes(kind) && !["impression", "hover"].includes(kind))
    .filter(({ atMs }) => atMs >= Date.UTC(1990, 11, 1) && atMs <= nowMs + day)
    .toSorted((a, b) => a.atMs - b.atMs);
  const sessions = sessionsOf(acts.map(({ atMs }) => atMs));
  const purchases = acts.filter(({ kind }) => kind === "purchase");
  const orders = sessionsOf(purchases.map(({ atMs }) => atMs));
  const local = acts.map(({ atMs }) => localTimeOf(atMs));
  const share = (part: number) => (acts.length === 0 ? null : part / acts.length);
  const between = (from: number, to: number) =>
    share(local.filter(({ hour }) => hour >= from && hour < to).length);
  const lastMs = acts.at(-1)?.atMs;
  const lastOrderMs = purchases.at(-1)?.atMs;
  const hasVisits = sessions.length > 0;
  const { medianPrice } = catalogue;
  const spent = Math.max(0, moneyOf(acts, catalogue));
  const daysSinceOrder = lastOrderMs === undefined ? null : Math.max(0, nowMs - lastOrderMs) / day;
  const shares = categoryShares(acts, catalogue);
  const hasOrders = daysSinceOrder !== null;
  return {
    visits: hasVisits ? sessions.length : null,
    recentVisits: hasVisits ? sessions.filter(([start]) => start >= nowMs - 30 * day).length : null,
    daysSinceVisit: lastMs === undefined ? null : Math.max(0, nowMs - lastMs) / day,
    minutesPerVisit: hasVisits
      ? sessions.reduce((sum, times) => sum + (times[times.length - 1] - times[0]), 0) /
        sessions.length /
        60_000
      : null,
    actsPerVisit: hasVisits ? acts.length / sessions.length : null,
    orders: hasOrders ? orders.length : null,
    daysSinceOrder,
    spent: medianPrice === null || !hasOrders ? null : spent,
    recencyScore: hasOrders ? 5 - [14, 45, 120, 270].filter((bound) => daysSinceOrder > bound).length : null,
    frequencyScore: hasOrders ? 1 + [2, 3, 6, 12].filter((bound) => orders.length >= bound).length : null,
    monetaryScore:
      hasOrders && medianPrice
        ? 1 + [3, 10, 30, 100].filter((bound) => spent / medianPrice >= bound).length
        : null,
    morning: between(5, 11),
    afternoon: between(11, 17),
    evening: between(17, 23),
    weekend: share(local.filter(({ weekday }) => weekday === 5 || weekday === 6).length),
    dwell: lowerMedian(
      acts.flatMap(({ kind, amount = 0 }) => (kind === "dwell" && amount > 0 ? amount : [])),
    ),
    searching: share(acts.filter(({ kind }) => kind === "search").length),
    categoryEntropy: shares.length === 0 ? null : -shares.reduce((sum, p) => sum + p * Math.log2(p), 0),
    priceLevel: meanLevel(acts, catalogue, nowMs),
    scrollDepth: meanOf(
      acts.flatMap(({ kind, depth }) =>
        depth !== undefined && ["view", "dwell"].includes(kind) ? depth : [],
      ),
    ),
  };
}

function sessionsOf(ascending: readonly number[]): readonly (readonly number[])[] {
  const sessions: number[][] = [];
  for (const atMs of ascending) {
    const last = sessions.at(-1);
    if (last !== undefined && atMs - last[last.length - 1] <= halfHour) last.push(atMs);
    else sessions.push([atMs]);
  }
  return sessions;
}

function moneyOf(acts: readonly TacitEvent[], { factsOf }: CatalogueFacts): number {
  return acts.reduce((sum, { kind, item = "", amount = 1 }) => {
    const sign = kind === "purchase" ? 1 : kind === "refund" ? -1 : 0;
    return sum + sign * amount * (factsOf(item)?.price ?? 0);
  }, 0);
}

function strength({ kind, amount }: TacitEvent): number {
  const factor = kind === "dwell" && amount !== undefined ? Math.log2(1 + Math.min(amount, 600) / 10) : 1;
  return kindWeights[kind] * factor;
}

function categoryShares(acts: readonly TacitEvent[], { factsOf }: CatalogueFacts): readonly number[] {
  const likings = new Map<string, number>();
  const newestMs = acts.at(-1)?.atMs ?? 0;
  for (const act of acts) {
    const { categories } = factsOf(act.item ?? "") ?? { categories: [] };
    const liking = (strength(act) * 2 ** ((act.atMs - newestMs) / (90 * day))) / categories.length;
    for (const category of categories) likings.set(category, (likings.get(category) ?? 0) + liking);
  }
  const positive = [...likings.values()].filter((liking) => liking > 1e-9);
  const total = positive.reduce((sum, liking) => sum + liking, 0);
  return positive.map((liking) => liking / total);
}

function meanLevel(acts: readonly TacitEvent[], { factsOf }: CatalogueFacts, nowMs: number): number | null {
  let [weighed, weights] = [0, 0];
  for (const act of acts) {
    const level = factsOf(act.item ?? "")?.priceLevel ?? null;
    const liking = strength(act) * 2 ** ((act.atMs - nowMs) / (90 * day));
    if (level === null || liking <= 0) continue;
    weighed += liking * level;
    weights += liking;
  }
  return weights === 0 ? null : weighed / weights;
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function lowerMedian(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.toSorted((a, b) => a - b)[Math.ceil(values.length / 2) - 1];
}
