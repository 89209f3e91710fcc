/**
 * A customer's own past lists: for each of their last days with an order, what the ranker would have looked at for them
 * when the day began, and which of it they bought on it.
 *
 * As a device can make them, which keeps a journal and no lists: by what was bought before the day, and by the parts of
 * today. Those were learned from what is to be predicted too, so that they are better then than they will be tomorrow; by parts
 * of then, kept, forms of fine-tuning do as they do by these (docs/decisions/0045-fine-tuning.md).
 */
import type { RankingModel } from "../../core/ranking/model.ts";
import { unitRows } from "../../core/ranking/ranker/examples.ts";
import type { UnitRows } from "../../core/ranking/ranker/statistics.ts";
import type { PlacedUnit } from "../../core/ranking/ranker/units.ts";
import { dayMs } from "../../core/time.ts";
import type { OrderLine } from "../shop.ts";
import { askedAs } from "./ranked.ts";

export interface OwnList {
  /** Of a candidate, in the model. */
  readonly rows: readonly number[];
  /** One byte a candidate, 1 for what the customer had bought by then. */
  readonly seen: Uint8Array;
  readonly list: UnitRows;
}

const mostLists = 6;

/** Oldest first; before the first order nothing is known, so it has none. */
export function ownLists(
  model: RankingModel,
  before: readonly OrderLine[],
  units: readonly PlacedUnit[],
): readonly OwnList[] {
  const days = [...new Set(before.map(({ atMs }) => Math.floor(atMs / dayMs)))].sort((a, b) => a - b);
  return days
    .slice(1)
    .slice(-mostLists)
    .flatMap((day) => ownList(model, before, { day, units }) ?? []);
}

/** Null where nothing that is known was bought before the day, or on it. */
function ownList(
  model: RankingModel,
  before: readonly OrderLine[],
  { day, units }: { readonly day: number; readonly units: readonly PlacedUnit[] },
): OwnList | null {
  const asOfMs = day * dayMs;
  const known = before.filter(({ atMs }) => atMs < asOfMs);
  if (!known.some(({ item }) => model.rowOf.has(item))) return null;
  const bought = before.filter(({ atMs }) => Math.floor(atMs / dayMs) === day);
  const wanted = new Set(bought.flatMap(({ item }) => model.rowOf.get(item) ?? []));
  if (wanted.size === 0) return null;
  const candidates = thereBy(model, asOfMs + dayMs);
  const person = { ...askedAs(model, known, asOfMs), candidates };
  const looked = unitRows({ person, wanted }, units);
  if (looked === null) return null;
  const { rows, list } = looked;
  return { rows, seen: Uint8Array.from(rows, (row) => person.profile.seen[row]), list };
}

/** One byte a row, 0 for what came into the catalogue later. */
function thereBy({ cards }: RankingModel, atMs: number): Uint8Array {
  return Uint8Array.from(cards, ({ publishedAt = "" }) => (Date.parse(publishedAt) > atMs ? 0 : 1));
}
