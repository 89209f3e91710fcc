/**
 * What the page asks, put to the ranking of core/ranking/: for the person, like an item, or as the crowd has
 * it. Item ids become rows, rows become cards, and reasons get the names of what they are about.
 */

import type { CatalogueCard } from "../../core/model/card.ts";
import { abridged, type RowReason } from "../../core/ranking/explain.ts";
import { bestRows, placeAmongAll, type Ranked, rank } from "../../core/ranking/pipeline.ts";
import type { JournalProfile } from "../../core/ranking/profile.ts";
import type { Explanation, ForYouOptions, ItemCard, ListOptions, Reason, Recommendation } from "../api.ts";
import type { Model } from "./model.ts";

const defaultCount = 12;

/** The best items for this person; what the crowd wants while nothing is liked. */
export function forYou(
  model: Model,
  profile: JournalProfile,
  { count, exclude, includeSeen = false }: ForYouOptions,
): readonly Recommendation[] {
  const excluded = rowsOf(model, exclude);
  const ranked = rank({ model: model.ranking, by: "person", profile, exclude: excluded, includeSeen });
  return listOf({ who: "forYou", model, events: profile.events, ranked, count });
}

/** The items most like `item`: cosine of the joint rows. @throws {RangeError} when the item is unknown. */
export function similar(
  model: Model,
  item: string,
  { count, exclude }: ListOptions,
): readonly Recommendation[] {
  const row = rowOf(model, item, "similar");
  const ranked = rank({ model: model.ranking, by: "similar", row, exclude: rowsOf(model, exclude) });
  return listOf({ who: "similar", model, events: [], ranked, count });
}

/** What the crowd wants; the newest while there is no crowd; catalogue order where there are no dates. */
export function trending(model: Model, { count, exclude }: ListOptions): readonly Recommendation[] {
  const ranked = rank({ model: model.ranking, by: "trending", exclude: rowsOf(model, exclude) });
  return listOf({ who: "trending", model, events: [], ranked, count });
}

/** Why one item has its place in the person's ranking. @throws {RangeError} when the item is unknown. */
export function explain(model: Model, profile: JournalProfile, item: string): Explanation {
  const row = rowOf(model, item, "explain");
  const ranked = rank({ model: model.ranking, by: "person", profile });
  return {
    item,
    title: model.catalogue[row].title,
    score: ranked.scores[row],
    rank: placeAmongAll(ranked, row),
    of: ranked.scores.length,
    reasons: ranked.reasonsOf(row).map((reason) => named(reason, model, profile.events)),
  };
}

interface ListInput {
  readonly who: string;
  readonly model: Model;
  /** What the person did; nothing where the ranking is not about a person. */
  readonly events: JournalProfile["events"];
  readonly ranked: Ranked;
  readonly count: number | undefined;
}

function listOf({ who, model, events, ranked, count = defaultCount }: ListInput): readonly Recommendation[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`${who}: count must be a positive integer, got ${count}`);
  }
  return Array.from(bestRows(ranked, count), (row) => ({
    ...cardOf(model.catalogue[row]),
    score: ranked.scores[row],
    reasons: abridged(ranked.reasonsOf(row)).map((reason) => named(reason, model, events)),
  }));
}

/** A reason with the names of what it is about: rows and places in the profile mean nothing to a page. */
function named(reason: RowReason, { catalogue }: Model, events: JournalProfile["events"]): Reason {
  const { contribution } = reason;
  switch (reason.why) {
    case "source": {
      const { id, kind, atMs } = events[reason.source].event;
      const { item, title } = catalogue[reason.row];
      return { why: "event", event: id, kind, item, title, atMs, contribution };
    }
    case "others":
      return { why: "others", events: reason.sources, contribution };
    case "similar": {
      const { item, title } = catalogue[reason.row];
      return { why: "similar", item, title, contribution };
    }
    case "trending":
    case "new":
    case "catalogue":
      return reason;
  }
}

function cardOf({ item, title, categories, url, image, price }: CatalogueCard): ItemCard {
  return {
    item,
    title,
    categories,
    ...(url === undefined ? {} : { url }),
    ...(image === undefined ? {} : { image }),
    ...(price === undefined ? {} : { price }),
  };
}

/** Rows of the items that are in the catalogue. */
function rowsOf({ rowOf }: Model, items: readonly string[] = []): readonly number[] {
  return items.flatMap((item) => rowOf.get(item) ?? []);
}

function rowOf(model: Model, item: string, who: string): number {
  const row = model.rowOf.get(item);
  if (row === undefined) {
    throw new RangeError(`${who}: item must be in the catalogue, got ${JSON.stringify(item)}`);
  }
  return row;
}
