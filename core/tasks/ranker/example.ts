/**
 * A person's example for the ranker, split in time: the person as of a moment, by what happened before it
 * alone, and what they wanted from then on, for so long as is asked about. What came into the catalogue later
 * is neither proposed nor wanted: no list of the moment could have had it.
 *
 * Wanted is what was bought and kept, put into the basket and left there, or liked; not what was disliked, or
 * given back. A view is no label: it follows what a page shows. Acts are counted, not pieces: whoever bought
 * two at once and gave one of them back counts as having kept none.
 *
 * What stood on top was looked at more, and so clicked and bought more, whatever it is. Where a task says how
 * likely places are looked at, what was wanted by way of a list counts for less the likelier its place is
 * looked at (placeweights.ts).
 */
import { isPossibleTime } from "../../events/cleaning/times.ts";
import type { TacitEvent } from "../../events/event.ts";
import type { PlaceCurve } from "../../lists/placecurve.ts";
import { JournalProfile } from "../../ranking/journalprofile.ts";
import type { RankingModel } from "../../ranking/model.ts";
import { columnsOf } from "../../ranking/ranker/columns.ts";
import type { Example } from "../../ranking/ranker/examples.ts";
import { placeWeights } from "./placeweights.ts";

export interface SplitAt {
  /** Milliseconds since the Unix epoch. */
  readonly sinceMs: number;
  /** What is from then on, or later, says nothing; absent: all that is there by now counts. */
  readonly untilMs?: number;
  readonly nowMs: number;
  /**
   * How likely places of lists are looked at; null or absent: what was wanted counts alike, wherever it
   * stood.
   */
  readonly examined?: PlaceCurve | null | undefined;
}

export interface DatedExample extends Example {
  /** The newest event behind it. */
  readonly newest: TacitEvent;
  /**
   * What is wanted counts for so much in the mean, above 0 to 1; 1 where places of lists are not corrected
   * for.
   */
  readonly share: number;
}

/**
 * Null where nothing was wanted since. Where the person is, and so the hour, is not told: all are asked as of
 * one moment.
 *
 * @param events what counts of a journal, oldest first.
 */
export function exampleSince(
  model: RankingModel,
  events: readonly TacitEvent[],
  { sinceMs, untilMs = Number.POSITIVE_INFINITY, nowMs, examined = null }: SplitAt,
): DatedExample | null {
  const since = events.filter(({ atMs }) => atMs >= sinceMs && atMs < untilMs && isPossibleTime(atMs, nowMs));
  const candidates = thereBy(model, sinceMs);
  const wanted = new Set([...wantedIn(since, model)].filter((row) => candidates[row] === 1));
  const newest = since.findLast(({ item }) => wanted.has(model.rowOf.get(item ?? "") ?? -1));
  if (newest === undefined) return null;
  const before = events.filter(({ atMs }) => atMs < sinceMs);
  const profile = new JournalProfile(model, { events: before, nowMs: sinceMs });
  const placed = examined === null ? { share: 1 } : placeWeights(since, { wanted, model, examined });
  return { person: { model, profile, nowMs: sinceMs, candidates }, wanted, newest, ...placed };
}

/** One byte a row, 0 for what came into the catalogue later; what has no date was always there. */
function thereBy(model: RankingModel, atMs: number): Uint8Array {
  return Uint8Array.from(columnsOf(model).publishedMs, (publishedMs) => (publishedMs > atMs ? 0 : 1));
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
