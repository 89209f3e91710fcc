/**
 * Ranking, the only one there is: candidates -> score -> stages -> rules -> list with reasons.
 *
 * Pure functions of a model and a question. What a device shows, what the gate judges and what a bench
 * measures are answers of these functions, so a measured list is a shown list.
 */
import { bars, type PinnedRow, type RowQuota } from "./best.ts";
import type { RowExposure } from "./exposure.ts";
import { exposuresFor, pinsFor, quotasFor } from "./policy/listing.ts";
import type { Question } from "./question.ts";
import { barredBy } from "./rules.ts";
import { type Ranking, scored } from "./score.ts";
import type { Stage } from "./stage.ts";
import { stagesInForce } from "./stages.ts";

/** Every candidate with its score and reasons, and which rows no list may hold. */
export interface Ranked extends Ranking {
  readonly barred: Uint8Array;
  /**
   * What the variants of one product have in common, of which a list has one; undefined for what has none.
   */
  readonly groupOf: (row: number) => string | undefined;
  /** Groups of the items that are asked about: none of them is listed beside them. */
  readonly ownGroups: ReadonlySet<string>;
  readonly pins: readonly PinnedRow[];
  readonly quotas: readonly RowQuota[];
  readonly exposures: readonly RowExposure[];
}

export function rank(question: Question, stages: readonly Stage[] = stagesInForce): Ranked {
  const barred = barredBy(question);
  // What one call leaves out changes no score: an explanation is of the same ranking as a list.
  const { exclude, beside = [] } = question;
  const isWhole = exclude === undefined && beside.length === 0;
  const always = isWhole ? barred : barredBy({ ...question, exclude: [], beside: [] });
  let ranking = scored(question);
  for (const stage of stages) ranking = stage.apply(ranking, { question, barred: always });
  const { cards } = question.model;
  const groupOf = (row: number): string | undefined => cards[row].group;
  const ownGroups = new Set([...askedAbout(question), ...beside].flatMap((row) => groupOf(row) ?? []));
  const { scores, reasonsOf } = ranking;
  const rules = {
    pins: pinsFor(question),
    quotas: quotasFor(question),
    exposures: exposuresFor(question),
  };
  return { scores, reasonsOf, barred, groupOf, ownGroups, ...rules };
}

function askedAbout(question: Question): readonly number[] {
  switch (question.by) {
    case "similar":
      return [question.row];
    case "together":
      return question.rows;
    default:
      return [];
  }
}

/**
 * Place of a row among all with a score, 1 the best, and how many those are: where a list that nothing is
 * barred from would have it. What the site or the person rules out does not count, but for the row itself.
 */
export function placeAmongAll(
  { scores, barred }: Pick<Ranked, "scores" | "barred">,
  row: number,
): { readonly place: number; readonly of: number } {
  const counts = (other: number): boolean => (barred[other] & bars.ruledOut) === 0;
  let of = counts(row) ? 0 : 1;
  for (let other = 0; other < barred.length; other++) if (counts(other)) of++;
  return { place: 1 + betterThan(scores, row, counts), of };
}

/**
 * Place of a row among those that may be listed, 1 the best: where a list long enough has it, groups aside.
 */
export function placeInList({ scores, barred }: Pick<Ranked, "scores" | "barred">, row: number): number {
  return 1 + betterThan(scores, row, (other) => barred[other] === 0);
}

function betterThan(scores: Float64Array, row: number, counts: (other: number) => boolean): number {
  let better = 0;
  for (let other = 0; other < scores.length; other++) {
    const isBetter = scores[other] > scores[row] || (scores[other] === scores[row] && other < row);
    if (isBetter && counts(other)) better++;
  }
  return better;
}
