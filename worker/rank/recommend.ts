/**
 * What the page asks, put to the ranking of core/ranking/: for the person, like an item, with a basket, or as the
 * crowd has it. Item ids become rows, rows become cards, and reasons get the names of what they are about.
 */

import type { TextAnswer } from "../../core/encoder/answer.ts";
import { given } from "../../core/given.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import type { ListPolicy } from "../../core/policy/listpolicy.ts";
import { policyIn } from "../../core/policy/listpolicyschema.ts";
import type { Wish } from "../../core/policy/wish.ts";
import { bestRows } from "../../core/ranking/best.ts";
import type { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { placeAmongAll, type Ranked, rank } from "../../core/ranking/pipeline.ts";
import { termCount } from "../../core/ranking/policy/stage.ts";
import type { Question } from "../../core/ranking/question.ts";
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

/** What a question is asked beside its options: when, by whom, and beside which other lists. */
export interface Asked {
  /** Milliseconds since the Unix epoch; unless given, what is dated is there. */
  readonly nowMs?: number;
  /** What time that is where the person is. */
  readonly local?: LocalTime;
  /** What the person asked of the shelf. */
  readonly wishes?: readonly Wish[];
  /** Items of the lists that stand beside this one, none of which is listed again. */
  readonly beside?: readonly string[];
}

/**
 * The best items for this person; what the crowd wants while nothing is liked. Where nothing is left that the person
 * did not deal with, it is the best of what the person did. With `again`, of what the person bought alone.
 */
export function forYou(
  model: Model,
  profile: JournalProfile,
  options: ForYouOptions & Asked,
): readonly Recommendation[] {
  const { count, includeSeen, again = false } = options;
  const asked = questionIn("recommend", model, options);
  const listed = (question: Question, ranked?: Ranked) =>
    listOf({
      who: "recommend",
      model,
      profile,
      question,
      count,
      ...(ranked === undefined ? {} : { ranked }),
    });
  const marked = (list: readonly Recommendation[]) =>
    list.map((one) =>
      profile.seen[rowOf(model, one.item, "recommend")] === 0 ? one : { ...one, again: true },
    );
  if (again) return marked(listed({ ...asked, by: "again", profile }));
  const question = { ...asked, by: "person", profile, includeSeen: includeSeen === true } as const;
  const ranked = rank(question);
  // What is pinned stands there whatever is left.
  const isLeft = bestRows({ ...ranked, pins: [] }, 1).length > 0;
  if (includeSeen !== undefined || isLeft) return listed(question, ranked);
  return marked(listed({ ...question, includeSeen: true }));
}

type Options = Pick<ListOptions, "exclude"> & ListPolicy & Asked;

/** What every question has. @throws {TypeError} for a policy that is none. */
function questionIn(who: string, model: Model, options: Options) {
  const { exclude, beside, nowMs, local, wishes } = options;
  return {
    model: model.ranking,
    // Where nothing is left out the pipeline need not find twice what is barred.
    ...given({ nowMs, local, wishes, exclude: exclude && rowsOf(model, exclude) }),
    policy: policyIn(options, who) ?? undefined,
    beside: rowsOf(model, beside),
  };
}

/** The items most like `item`: cosine of the joint rows. @throws {RangeError} when the item is unknown. */
export function similar(model: Model, item: string, options: ListOptions & Asked): readonly Recommendation[] {
  const row = rowOf(model, item, "similar");
  const question = { ...questionIn("similar", model, options), by: "similar", row } as const;
  return listOf({ who: "similar", model, profile: null, question, count: options.count });
}

/**
 * What goes well with some items, none of which is listed. Those that are not in the catalogue are ignored;
 * of none at all nothing is listed.
 *
 * @throws {RangeError} when there are items and the catalogue has none of them.
 */
export function goesWith(
  model: Model,
  items: readonly string[],
  options: ListOptions & Asked,
): readonly Recommendation[] {
  if (items.length === 0) return [];
  const rows = [...new Set(rowsOf(model, items))];
  if (rows.length === 0) throw new RangeError(unknownItem("goesWith", items[0], model));
  const question = { ...questionIn("goesWith", model, options), by: "together", rows } as const;
  return listOf({ who: "goesWith", model, profile: null, question, count: options.count });
}

/**
 * What the crowd wants, lately or always, or what is new; the newest while there is no crowd; catalogue order where
 * there are no dates.
 */
export function trending(model: Model, options: TrendingOptions & Asked): readonly Recommendation[] {
  const { by = "trending", count } = options;
  const question = { ...questionIn("trending", model, options), by };
  return listOf({ who: "trending", model, profile: null, question, count });
}

/** What a text asks for, nearest first; nothing for a text of which no word is known. */
export function search(
  model: Model,
  answer: TextAnswer | null,
  options: ListOptions & Asked,
): readonly Recommendation[] {
  if (answer === null) return [];
  const question = { ...questionIn("search", model, options), by: "text", answer } as const;
  return listOf({ who: "search", model, profile: null, question, count: options.count });
}

/** Why one item has its place in the person's ranking. @throws {RangeError} when the item is unknown. */
export function explain(
  model: Model,
  profile: JournalProfile,
  item: string,
  options: ExplainOptions & Asked = {},
): Explanation {
  const row = rowOf(model, item, "explain");
  // A ranker looks at what may be listed: what the person dealt with is explained as lists have it that it stands in.
  const includeSeen = options.includeSeen ?? (model.ranking.ranker !== null && profile.seen[row] !== 0);
  const ranked = rank({ ...questionIn("explain", model, options), by: "person", profile, includeSeen });
  const { place, of } = placeAmongAll(ranked, row);
  return {
    item,
    title: model.catalogue[row].title,
    score: ranked.scores[row],
    ...{ rank: place, of },
    reasons: ranked.reasonsOf([row])[0].map((reason) => named(reason, model, profile)),
  };
}

interface ListInput {
  readonly who: string;
  readonly model: Model;
  /** Null where the ranking is not about a person. */
  readonly profile: JournalProfile | null;
  readonly question: Question;
  /** The answer, where it was asked for already. */
  readonly ranked?: Ranked;
  readonly count: number | undefined;
}

function listOf({
  who,
  model,
  profile,
  question,
  ranked = rank(question),
  count = defaultCount,
}: ListInput): readonly Recommendation[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`${who}: count must be a positive integer, got ${count}`);
  }
  const rows = bestRows(ranked, count);
  const most = mostReasons + (profile?.leanings.length ?? 0) + termCount(question);
  const reasons = ranked.reasonsOf(rows, most);
  const pinned = new Set(ranked.pins.map(({ row }) => row));
  return Array.from(rows, (row, place) => ({
    ...cardOf(model.catalogue[row]),
    score: ranked.scores[row],
    from: sourceOf(reasons[place]),
    reasons: reasons[place].map((reason) => named(reason, model, profile)),
    ...(pinned.has(row) ? { pinned: true } : {}),
  }));
}

/** A reason with the names of what it is about: rows and places in the profile mean nothing to a page. */
function named(reason: RowReason, { catalogue, rowOf }: Model, profile: JournalProfile | null): Reason {
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
    case "wish": {
      const { wish } = reason;
      const row = wish.of === "item" ? rowOf.get(wish.value) : undefined;
      const title = row === undefined ? undefined : catalogue[row].title;
      return { ...given({ ...wish, title }), why: "wish", contribution };
    }
    case "site":
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

function cardOf({ item, title, categories, url, image, price, attributes }: CatalogueCard): ItemCard {
  return given({ item, title, categories, url, image, price, attributes });
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
