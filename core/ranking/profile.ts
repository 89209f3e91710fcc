/**
 * A person as ranking sees one: tastes in rows of a model, the user vector by fold-in on its joint rows, and
 * marks for what the person dealt with and what the person does not want. On a device it is made from the
 * journal; where people are held out to judge a model, their tastes are given.
 */
import { isEventKind, type TacitEvent } from "../events/event.ts";
import { type EventWeight, eventWeights, tastesOf } from "../events/tastes.ts";
import { type FoldIn, foldIn, type TasteRows } from "../foldin.ts";
import type { RankingModel } from "./model.ts";

/** One act behind the tastes: the row it is about and what it adds to that row's taste. */
export interface Source {
  readonly row: number;
  readonly weight: number;
}

export interface Profile {
  /** Sources of a row sum to its taste: what a score is explained by. */
  readonly sources: readonly Source[];
  readonly tastes: TasteRows;
  /** The person's vector on the joint rows; null while nothing is liked. */
  readonly solved: FoldIn | null;
  /** One byte per row, 1 for what the person dealt with beyond seeing and clicking it. */
  readonly seen: Uint8Array;
  /** One byte per row, 1 for what the person does not want. */
  readonly disliked: Uint8Array;
}

/** A profile made from a journal; `events[k]` is behind `sources[k]`. */
export interface JournalProfile extends Profile {
  /** Events that weigh in the ranking: of items with a taste, known to the model. */
  readonly events: readonly EventWeight[];
}

export interface JournalAt {
  /** Oldest first. */
  readonly events: readonly TacitEvent[];
  readonly nowMs: number;
}

export function profileOfEvents(model: RankingModel, { events, nowMs }: JournalAt): JournalProfile {
  const weighed = eventWeights(events, { nowMs });
  const wanted = tastesOf(weighed);
  const known: EventWeight[] = [];
  const sources: Source[] = [];
  for (const event of weighed) {
    const row = wanted.has(event.item) ? model.rowOf.get(event.item) : undefined;
    if (row === undefined) continue;
    known.push(event);
    sources.push({ row, weight: event.weight });
  }
  const tastes = knownTastes(model, wanted);
  const { seen, disliked } = marksOf(model, events);
  markBelowZeroInto(disliked, tastes);
  return { events: known, sources, tastes, solved: solvedOn(model, tastes), seen, disliked };
}

/** The profile of whoever dealt with just these rows. @throws {RangeError} for a row that is not there. */
export function profileOfTastes(model: RankingModel, tastes: TasteRows): Profile {
  const seen = new Uint8Array(model.count);
  const disliked = new Uint8Array(model.count);
  const sources = Array.from(tastes.items, (row, k) => ({ row, weight: tastes.weights[k] }));
  for (const { row } of sources) seen[row] = 1;
  markBelowZeroInto(disliked, tastes);
  return { sources, tastes, solved: solvedOn(model, tastes), seen, disliked };
}

/** Tastes as rows, in the order of the tastes. */
export interface KnownTastes {
  readonly items: readonly number[];
  readonly weights: readonly number[];
}

/** The tastes whose items the model knows; the others wait for a model that does. */
export function knownTastes(
  { rowOf }: Pick<RankingModel, "rowOf">,
  tastes: Iterable<readonly [item: string, weight: number]>,
): KnownTastes {
  const items: number[] = [];
  const weights: number[] = [];
  for (const [item, weight] of tastes) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    items.push(row);
    weights.push(weight);
  }
  return { items, weights };
}

function solvedOn(model: RankingModel, tastes: TasteRows): FoldIn | null {
  const liked = Array.from(tastes.weights).some((weight) => weight > 0);
  return liked ? foldIn(model.joint, tastes) : null;
}

/**
 * What events say besides their weight: what was dealt with, and the latest opinion. An event of a kind that
 * this version does not know says nothing.
 */
function marksOf(
  { rowOf, count }: RankingModel,
  events: readonly TacitEvent[],
): Pick<Profile, "seen" | "disliked"> {
  const seen = new Uint8Array(count);
  const disliked = new Uint8Array(count);
  for (const { kind, item } of events) {
    const row = item === undefined ? undefined : rowOf.get(item);
    if (row === undefined || kind === "impression" || kind === "click" || !isEventKind(kind)) continue;
    seen[row] = 1;
    if (kind === "dislike") disliked[row] = 1;
    if (kind === "like") disliked[row] = 0;
  }
  return { seen, disliked };
}

function markBelowZeroInto(disliked: Uint8Array, { items, weights }: TasteRows): void {
  for (let k = 0; k < items.length; k++) if (weights[k] < 0) disliked[items[k]] = 1;
}
