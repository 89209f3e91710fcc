/**
 * Ranks the catalogue on the device: for the person, like an item, or as the crowd has it; and says why.
 *
 * The reasons of a recommendation are exact: their contributions sum to its score. For a person's ranking they are the
 * events of the journal, because the score is linear in the weights of the tastes (see core/foldin.ts).
 */

import { scoresOf, unitContributions } from "../../core/foldin.ts";
import { dot } from "../../core/linear.ts";
import type { CatalogueCard } from "../../core/model/bundle.ts";
import { topK } from "../../core/ranking/topk.ts";
import type { Explanation, ForYouOptions, ItemCard, ListOptions, Reason, Recommendation } from "../api.ts";
import type { Model } from "./model.ts";
import type { Profile } from "./profile.ts";

const defaultCount = 12;
/** A list names so many reasons of an item at most, whatever the length of the journal. */
const mostReasons = 20;

/** Scores of all items, and what adds up to the score of one. */
interface Ranking {
  readonly scores: Float64Array;
  readonly reasonsOf: (row: number) => readonly Reason[];
}

/** The best items for this person; what the crowd wants while nothing is liked. */
export function forYou(
  model: Model,
  profile: Profile,
  { count, exclude, includeSeen = false }: ForYouOptions,
): readonly Recommendation[] {
  const mask = maskOf(model, exclude, profile.disliked);
  if (!includeSeen) for (let row = 0; row < mask.length; row++) mask[row] |= profile.seen[row];
  return listOf(model, personRanking(model, profile), "forYou", count, mask);
}

/** The items most like `item`: cosine of the joint rows. @throws {RangeError} when the item is unknown. */
export function similar(
  model: Model,
  item: string,
  { count, exclude }: ListOptions,
): readonly Recommendation[] {
  const source = rowOf(model, item, "similar");
  const mask = maskOf(model, exclude);
  mask[source] = 1;
  return listOf(model, similarRanking(model, source), "similar", count, mask);
}

/** What the crowd wants; the newest while there is no crowd; catalogue order where there are no dates. */
export function trending(model: Model, { count, exclude }: ListOptions): readonly Recommendation[] {
  return listOf(model, trendingRanking(model), "trending", count, maskOf(model, exclude));
}

/** Why one item has its place in the person's ranking. @throws {RangeError} when the item is unknown. */
export function explain(model: Model, profile: Profile, item: string): Explanation {
  const row = rowOf(model, item, "explain");
  const { scores, reasonsOf } = personRanking(model, profile);
  let rank = 1;
  for (let other = 0; other < scores.length; other++) {
    if (scores[other] > scores[row] || (scores[other] === scores[row] && other < row)) rank++;
  }
  const { title } = model.bundle.catalogue[row];
  return { item, title, score: scores[row], rank, of: scores.length, reasons: reasonsOf(row) };
}

function personRanking(model: Model, { solved, events }: Profile): Ranking {
  if (solved === null) return trendingRanking(model);
  const { joint, rowOf, bundle } = model;
  const sources = events.map(({ item }) => rowOf.get(item) ?? -1);
  return {
    scores: scoresOf(joint, solved.userVector),
    reasonsOf: (row) => {
      const units = unitContributions(joint, solved, row, sources);
      const reasons = events.map(
        ({ event, item, weight }, k): Reason => ({
          why: "event",
          event: event.id,
          kind: event.kind,
          item,
          title: bundle.catalogue[sources[k]].title,
          atMs: event.atMs,
          contribution: units[k] * weight,
        }),
      );
      return reasons.sort(mostImportantFirst);
    },
  };
}

/** The first reasons, and all further ones as one, so that the sum stays what it is. */
function abridged(reasons: readonly Reason[]): readonly Reason[] {
  if (reasons.length <= mostReasons) return reasons;
  const rest = reasons.slice(mostReasons - 1);
  const contribution = rest.reduce((sum, reason) => sum + reason.contribution, 0);
  return [...reasons.slice(0, mostReasons - 1), { why: "others", events: rest.length, contribution }];
}

/** What speaks for an item comes first, then what speaks against it, each by weight. */
function mostImportantFirst(a: Reason, b: Reason): number {
  const sides = Number(b.contribution > 0) - Number(a.contribution > 0);
  return sides !== 0 ? sides : Math.abs(b.contribution) - Math.abs(a.contribution);
}

function similarRanking({ joint, jointNorms, bundle }: Model, source: number): Ranking {
  const { rows, count, dim } = joint;
  const scores = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const norms = jointNorms[i] * jointNorms[source];
    scores[i] = norms === 0 ? 0 : dot(rows, i * dim, rows, source * dim, dim) / norms;
  }
  const { item, title } = bundle.catalogue[source];
  return { scores, reasonsOf: (row) => [{ why: "similar", item, title, contribution: scores[row] }] };
}

function trendingRanking({ bundle }: Model): Ranking {
  if (bundle.popularity.some((share) => share > 0)) {
    const scores = Float64Array.from(bundle.popularity);
    return { scores, reasonsOf: (row) => [{ why: "trending", contribution: scores[row] }] };
  }
  const dates = bundle.catalogue.map(({ publishedAt }) => publishedAt ?? "");
  const times = dates.map((date) => Date.parse(date));
  // Without a date, or with one that says nothing, an item comes after those with one.
  const order = times.map((_, row) => row).sort((a, b) => (times[b] || 0) - (times[a] || 0) || a - b);
  // The score is the place from the top: 1 for the first, 0 never.
  const scores = new Float64Array(order.length);
  for (const [place, row] of order.entries()) scores[row] = 1 - place / order.length;
  return {
    scores,
    reasonsOf: (row) =>
      Number.isNaN(times[row])
        ? [{ why: "catalogue", contribution: scores[row] }]
        : [{ why: "new", publishedAt: dates[row], contribution: scores[row] }],
  };
}

function listOf(
  { bundle }: Model,
  { scores, reasonsOf }: Ranking,
  who: string,
  count = defaultCount,
  exclude: Uint8Array,
): readonly Recommendation[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`${who}: count must be a positive integer, got ${count}`);
  }
  return Array.from(topK({ scores, k: count, exclude }), (row) => ({
    ...cardOf(bundle.catalogue[row]),
    score: scores[row],
    reasons: abridged(reasonsOf(row)),
  }));
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

function maskOf({ rowOf, bundle }: Model, exclude: readonly string[] = [], start?: Uint8Array): Uint8Array {
  const mask = new Uint8Array(bundle.items);
  if (start !== undefined) mask.set(start);
  for (const item of exclude) {
    const row = rowOf.get(item);
    if (row !== undefined) mask[row] = 1;
  }
  return mask;
}

function rowOf(model: Model, item: string, who: string): number {
  const row = model.rowOf.get(item);
  if (row === undefined) {
    throw new RangeError(`${who}: item must be in the catalogue, got ${JSON.stringify(item)}`);
  }
  return row;
}
