/**
 * A person's example for the ranker, split in time: the person as of a moment, by what happened before it alone, and
 * what they wanted from then on.
 *
 * Wanted is what was bought and kept, put into the basket and left there, or liked; not what was disliked, or given back.
 * A view is no label: it follows what a page shows.
 */
import { isPossibleTime } from "../../events/cleaning/times.ts";
import type { TacitEvent } from "../../events/event.ts";
import { JournalProfile } from "../../ranking/journalprofile.ts";
import type { RankingModel } from "../../ranking/model.ts";
import type { Example } from "../../ranking/ranker/examples.ts";

export interface SplitAt {
  /** Milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

/** An example, and the newest event behind it. */
export interface DatedExample extends Example {
  readonly newest: TacitEvent;
}

/**
 * Null where nothing was wanted since. Where the person is, and so the hour, is not told: all are asked as of one moment.
 *
 * @param events what counts of a journal, oldest first.
 */
export function exampleSince(
  model: RankingModel,
  events: readonly TacitEvent[],
  { sinceMs, nowMs }: SplitAt,
): DatedExample | null {
  const since = events.filter(({ atMs }) => atMs >= sinceMs && isPossibleTime(atMs, nowMs));
  const wanted = wantedIn(since, model);
  const newest = since.findLast(({ item }) => wanted.has(model.rowOf.get(item ?? "") ?? -1));
  if (newest === undefined) return null;
  const before = events.filter(({ atMs }) => atMs < sinceMs);
  const profile = new JournalProfile(model, { events: before, nowMs: sinceMs });
  return { person: { model, profile, nowMs: sinceMs }, wanted, newest };
}

interface Signs {
  bought: number;
  returned: number;
  inBasket: number;
  opinion: number;
}

/** Rows of what was wanted. */
function wantedIn(
  events: readonly TacitEvent[],
  { rowOf }: Pick<RankingModel, "rowOf">,
): ReadonlySet<number> {
  const signs = new Map<number, Signs>();
  for (const { item, kind } of events) {
    const row = item === undefined ? undefined : rowOf.get(item);
    if (row === undefined) continue;
    const sign = signs.get(row) ?? { bought: 0, returned: 0, inBasket: 0, opinion: 0 };
    signs.set(row, sign);
    if (kind === "purchase") sign.bought += 1;
    else if (kind === "refund") sign.returned += 1;
    else if (kind === "cart_add") sign.inBasket += 1;
    else if (kind === "cart_remove") sign.inBasket = Math.max(0, sign.inBasket - 1);
    else if (kind === "like") sign.opinion = 1;
    else if (kind === "dislike") sign.opinion = -1;
  }
  return new Set([...signs].filter(([, sign]) => isWanted(sign)).map(([row]) => row));
}

function isWanted({ bought, returned, inBasket, opinion }: Signs): boolean {
  if (opinion < 0) return false;
  return bought > returned || (returned === 0 && (inBasket > 0 || opinion > 0));
}
