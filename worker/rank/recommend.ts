/**
 * What the page asks, put to the ranking of core/ranking/: for the person, like an item, with a basket, or as the
 * crowd has it. Item ids become rows, rows become cards, and reasons get the names of what they are about.
 */

import type { TextAnswer } from "../../core/encoder/answer.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import { bestRows } from "../../core/ranking/best.ts";
import type { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { placeAmongAll, type Ranked, rank } from "../../core/ranking/pipeline.ts";
import type { RowReason } from "../../core/ranking/reason.ts";
import { sourceOf } from "../../core/ranking/source.ts";
import type { LocalTime } from "../../core/time.ts";
import type {
  ExplainOptions,
  Explanation,
  ForYouOptions,
  ItemCard,
  ListOptions,
  Reason,
  Recommendation,
  TrendingOptions,
} from "../api.ts";
import type { Model } from "./model.ts";
import { unknownItem } from "./unknown.ts";

const defaultCount = 12;

/** A list names so many reasons of an item at most beside what was said, whatever the length of the journal. */
const mostReasons = 20;

/** When a list is asked for; unless given, what is dated is there. */
export interface At {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs?: number;
  /** What time that is where the person is. */
  readonly local?: LocalTime;
}

/**
 * The best items for this person; what the crowd wants while nothing is liked. Where nothing is left that the person
 * did not deal with, it is the best of what the person did. With `again`, of what the person bought alone.
 */
export function forYou(
  model: Model,
  profile: JournalProfile,
  { count = defaultCount, exclude, includeSeen, again = false, ...at }: ForYouOptions & At,
): readonly Recommendation[] {
  const excluded = rowsOf(model, exclude);
  if (again) {
    const ranked = rank({ by: "again", model: model.ranking, profile, exclude: excluded });
    return marked(listOf({ who: "recommend", model, profile, ranked, count }));
  }
  const listed = (includeSeen: boolean) => {
    const asked = { model: model.ranking, profile, exclude: excluded, includeSeen, ...atOf(at) };
    return listOf({ who: "recommend", model, profile, ranked: rank({ by: "person", ...asked }), count });
  };
  const list = listed(includeSeen === true);
  if (includeSeen !== undefined || list.length > 0) return list;
  return marked(listed(true));
}

function marked(list: readonly Recommendation[]): readonly Recommendation[] {
  return list.map((seen) => ({ ...seen, again: true }));
}

function atOf({ nowMs, local }: At): At {
  return { ...(nowMs === undefined ? {} : { nowMs }), ...(local === undefined ? {} : { local }) };
}

/** The items most like `item`: cosine of the joint rows. @throws {RangeError} when the item is unknown. */
export function similar(
  model: Model,
  item: string,
  { count, exclude }: ListOptions,
): readonly Recommendation[] {
  const row = rowOf(model, item, "similar");
  const ranked = rank({ model: model.ranking, by: "similar", row, exclude: rowsOf(model, exclude) });
  return listOf({ who: "similar", model, profile: null, ranked, count });
}

/**
 * What goes well with some items, none of which is listed. Those that are not in the catalogue are ignored; of none at
 * all nothing is listed.
 *
 * @throws {RangeError} when there are items and the catalogue has none of them.
 */
export function goesWith(
  model: Model,
  items: readonly string[],
  { count, exclude }: ListOptions,
): readonly Recommendation[] {
  if (items.length === 0) return [];
  const rows = [...new Set(rowsOf(model, items))];
  if (rows.length === 0) throw new RangeError(unknownItem("goesWith", items[0], model));
  const ranked = rank({ model: model.ranking, by: "together", rows, exclude: rowsOf(model, exclude) });
  return listOf({ who: "goesWith", model, profile: null, ranked, count });
}

/**
 * What the crowd wants, lately or always, or what is new; the newest while there is no crowd; catalogue order where
 * there are no dates.
 */
export function trending(
  model: Model,
  { count, exclude, by = "trending", ...at }: TrendingOptions & At,
): readonly Recommendation[] {
  const ranked = rank({
    model: model.ranking,
    by,
    exclude: rowsOf(model, exclude),
    ...atOf(at),
  });
  return listOf({ who: "trending", model, profile: null, ranked, count });
}

/** What a text asks for, nearest first; nothing for a text of which no word is known. */
export function search(
  model: Model,
  answer: TextAnswer | null,
  { count, exclude }: ListOptions,
): readonly Recommendation[] {
  if (answer === null) return [];
  const ranked = rank({ model: model.ranking, by: "text", answer, exclude: rowsOf(model, exclude) });
  return listOf({ who: "search", model, profile: null, ranked, count });
}

/** Why one item has its place in the person's ranking. @throws {RangeError} when the item is unknown. */
export function explain(
  model: Model,
  profile: JournalProfile,
  item: string,
  { includeSeen, ...at }: ExplainOptions & At = {},
): Explanation {
  const row = rowOf(model, item, "explain");
  // A ranker looks at what may be listed: what the person dealt with is explained as lists have it that it stands in.
  const isListed = includeSeen ?? (model.ranking.ranker !== null && profile.seen[row] !== 0);
  const ranked = rank({ model: model.ranking, by: "person", profile, includeSeen: isListed, ...atOf(at) });
  return {
    item,
    title: model.catalogue[row].title,
    score: ranked.scores[row],
    rank: placeAmongAll(ranked, row),
    of: ranked.scores.length,
    reasons: ranked.reasonsOf([row])[0].map((reason) => named(reason, model, profile)),
  };
}

interface ListInput {
  readonly who: string;
  readonly model: Model;
  /** Null where the ranking is not about a person. */
  readonly profile: JournalProfile | null;
  readonly ranked: Ranked;
  readonly count: number | undefined;
}

function listOf({ who, model, profile, ranked, count = defaultCount }: ListInput): readonly Recommendation[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`${who}: count must be a positive integer, got ${count}`);
  }
  const rows = bestRows(ranked, count);
  const reasons = ranked.reasonsOf(rows, mostReasons + (profile?.leanings.length ?? 0));
  return Array.from(rows, (row, place) => ({
    ...cardOf(model.catalogue[row]),
    score: ranked.scores[row],
    from: sourceOf(reasons[place]),
    reasons: reasons[place].map((reason) => named(reason, model, profile)),
  }));
}

/** A reason with the names of what it is about: rows and places in the profile mean nothing to a page. */
function named(reason: RowReason, { catalogue }: Model, profile: JournalProfile | null): Reason {
  const { contribution } = reason;
  switch (reason.why) {
    case "act": {
      if (profile === null) throw new Error("recommend: expected a person behind an act, got none");
      const { id, kind, atMs } = profile.eventOf(reason.taste, reason.act);
      const { item, title } = catalogue[reason.row];
      return { why: "event", event: id, kind, item, title, atMs, contribution };
    }
    case "others":
      return { why: "others", events: reason.acts, contribution };
    case "similar":
    case "together": {
      const { item, title } = catalogue[reason.row];
      return { why: reason.why, item, title, contribution };
    }
    case "said": {
      const leaning = profile?.leanings[reason.leaning];
      if (leaning === undefined) throw new Error("recommend: expected a person who said it, got none");
      return { why: "said", fact: leaning.fact, said: leaning.said, contribution };
    }
    case "search":
    case "meaning":
    case "trending":
    case "popular":
    case "new":
    case "catalogue":
    case "feature":
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
    throw new RangeError(unknownItem(who, item, model));
  }
  return row;
}
