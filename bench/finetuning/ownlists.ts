/**
 * A person's own past lists: for each of their last days with an order, what the ranker would have looked at for them
 * when the day began, and which of it they bought on it.
 *
 * As a device can make them, which keeps a journal and no lists: by what the journal told before the day, and by the
 * parts of today. Those were learned from what is to be predicted too, so that they are better then than they will be
 * tomorrow (docs/decisions/0045-fine-tuning.md).
 */
import type { TacitEvent } from "../../core/events/event.ts";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { unitRows } from "../../core/ranking/ranker/examples.ts";
import type { UnitRows } from "../../core/ranking/ranker/statistics.ts";
import type { PlacedUnit } from "../../core/ranking/ranker/units.ts";
import { dayMs, type LocalTimeOf } from "../../core/time.ts";

export interface OwnList {
  /** Of a candidate, in the model. */
  readonly rows: readonly number[];
  /** One byte a candidate, 1 for what the person had dealt with by then. */
  readonly seen: Uint8Array;
  readonly list: UnitRows;
}

export interface Past {
  readonly model: RankingModel;
  /** That count, oldest first. */
  readonly events: readonly TacitEvent[];
  readonly localTimeOf: LocalTimeOf;
}

/** So many at most, of the latest days. */
const mostLists = 6;

/** Oldest first; before the first order nothing was bought, so it has none. */
export function ownLists(past: Past, units: readonly PlacedUnit[]): readonly OwnList[] {
  const orders = past.events.filter(({ kind }) => kind === "purchase");
  const days = [...new Set(orders.map(({ atMs }) => Math.floor(atMs / dayMs)))].sort((a, b) => a - b);
  return days
    .slice(1)
    .slice(-mostLists)
    .flatMap((day) => ownList(past, day, units) ?? []);
}

/** Null where nothing that is known was liked before the day, or bought on it. */
function ownList(
  { model, events, localTimeOf }: Past,
  day: number,
  units: readonly PlacedUnit[],
): OwnList | null {
  const nowMs = day * dayMs;
  const bought = events.filter(({ kind, atMs }) => kind === "purchase" && Math.floor(atMs / dayMs) === day);
  const wanted = new Set(bought.flatMap(({ item }) => model.rowOf.get(item ?? "") ?? []));
  if (wanted.size === 0) return null;
  const profile = new JournalProfile(model, { events: events.filter(({ atMs }) => atMs < nowMs), nowMs });
  const candidates = thereBy(model, nowMs + dayMs);
  const person = { model, profile, nowMs, local: localTimeOf(nowMs), candidates };
  const looked = unitRows({ person, wanted }, units);
  if (looked === null) return null;
  const { rows, list } = looked;
  return { rows, seen: Uint8Array.from(rows, (row) => profile.seen[row]), list };
}

/** One byte a row, 0 for what came into the catalogue later. */
function thereBy({ cards }: RankingModel, atMs: number): Uint8Array {
  return Uint8Array.from(cards, ({ publishedAt = "" }) => (Date.parse(publishedAt) > atMs ? 0 : 1));
}
