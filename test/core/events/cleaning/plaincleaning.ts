/** The cleaning rules said as plainly as they can be, all at once: the oracle of core/events/cleaning. */
import { duplicateWindowsMs } from "../../../../core/events/cleaning/duplicates.ts";
import type { RateLimit } from "../../../../core/events/cleaning/rates.ts";
import type { TacitEvent } from "../../../../core/events/event.ts";
import { oldestFirst } from "../../../../core/events/order.ts";

/** Ids of the events that count. */
export function plainlyCleaned(
  events: readonly TacitEvent[],
  limits: readonly RateLimit[],
): ReadonlySet<string> {
  return new Set(plainRates(plainDuplicates(events), limits).map(({ id }) => id));
}

export function plainDuplicates(events: readonly TacitEvent[]): readonly TacitEvent[] {
  const sorted = [...events].sort(oldestFirst);
  return sorted.filter((event, at) => {
    if (!Number.isFinite(event.atMs)) return true;
    const timed = sorted.slice(0, at).filter(({ atMs }) => Number.isFinite(atMs));
    const before = timed.findLast((other) => isAboutTheSame(event, other));
    if (before === undefined || before.kind !== event.kind) return true;
    const isSame = event.kind === "dwell" || (before.amount ?? 1) === (event.amount ?? 1);
    return !isSame || event.atMs - before.atMs > duplicateWindowsMs[event.kind];
  });
}

function isAboutTheSame(a: TacitEvent, b: TacitEvent): boolean {
  if (a.item !== b.item || a.query !== b.query) return false;
  const undoing = [
    ["cart_add", "cart_remove"],
    ["purchase", "refund"],
    ["like", "dislike"],
  ];
  return a.kind === b.kind || undoing.some((pair) => pair.includes(a.kind) && pair.includes(b.kind));
}

export function plainRates(
  events: readonly TacitEvent[],
  limits: readonly RateLimit[],
): readonly TacitEvent[] {
  const acts = events.filter(
    ({ kind, atMs }) => ["click", "view", "search", "share"].includes(kind) && Number.isFinite(atMs),
  );
  return events.filter((event) => {
    if (!acts.includes(event)) return true;
    return limits.every(({ spanMs, most }) => {
      const span = Math.floor(event.atMs / spanMs);
      return acts.filter(({ atMs }) => Math.floor(atMs / spanMs) === span).length <= most;
    });
  });
}
