/** What a person likes, in rows of a part: what contributions on items are made of. */
import { isPossibleTime } from "../../../core/events/cleaning/times.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import { eventWeights, tastesOf } from "../../../core/events/tastes.ts";

/**
 * One item says little about taste and much about the person: fewer liked items than this are not
 * contributed.
 */
const fewestLikedItems = 2;

export interface LikedItems {
  /** Rows of the part that a task is about. */
  readonly items: readonly number[];
  readonly weights: readonly number[];
  /** Id of the newest event behind them. */
  readonly newest: string;
  /** Rows of those that something since that time, in milliseconds since the Unix epoch, speaks for. */
  readonly since: (fromMs: number) => readonly number[];
}

/** What the person likes of the items that `rowOf` knows; null when it is too little. */
export function likedItems(
  rowOf: ReadonlyMap<string, number>,
  events: readonly TacitEvent[],
  nowMs: number,
): LikedItems | null {
  const weighed = eventWeights(events, { nowMs });
  const liked = new Map([...tastesOf(weighed)].filter(([item, weight]) => weight > 0 && rowOf.has(item)));
  const newest = weighed.findLast(({ item }) => liked.has(item));
  if (newest === undefined || liked.size < fewestLikedItems) return null;
  const rowsOf = (ids: Iterable<string>) => [...ids].flatMap((item) => rowOf.get(item) ?? []);
  return {
    items: rowsOf(liked.keys()),
    weights: [...liked.values()],
    newest: newest.event.id,
    since: (fromMs) => {
      const isSince = (atMs: number) => atMs >= fromMs && isPossibleTime(atMs, nowMs);
      const speaking = weighed.filter(({ event, weight }) => weight > 0 && isSince(event.atMs));
      return rowsOf(new Set(speaking.map(({ item }) => item).filter((item) => liked.has(item))));
    },
  };
}
