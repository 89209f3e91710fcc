/**
 * Ranking, the only one there is: candidates -> score -> stages -> rules -> list with reasons.
 *
 * Pure functions of a model and a question. What a device shows, what the gate judges and what a bench
 * measures are answers of these functions, so a measured list is a shown list.
 */
import type { Question } from "./question.ts";
import { barredBy } from "./rules.ts";
import { type Ranking, scored } from "./score.ts";
import type { Stage } from "./stage.ts";
import { stagesInForce } from "./stages.ts";
import { topK } from "./topk.ts";
import { oncePerGroup } from "./variants.ts";

/** Every candidate with its score and reasons, and which rows no list may hold. */
export interface Ranked extends Ranking {
  readonly barred: Uint8Array;
  /** What the variants of one product have in common, of which a list has one; undefined for what has none. */
  readonly groupOf: (row: number) => string | undefined;
  /** Groups of the items that are asked about: none of them is listed beside them. */
  readonly ownGroups: ReadonlySet<string>;
}

export function rank(question: Question, stages: readonly Stage[] = stagesInForce): Ranked {
  const barred = barredBy(question);
  let ranking = scored(question);
  for (const stage of stages) ranking = stage.apply(ranking, { question, barred });
  const { cards } = question.model;
  const groupOf = (row: number): string | undefined => cards[row].group;
  const ownGroups = new Set(askedAbout(question).flatMap((row) => groupOf(row) ?? []));
  return { scores: ranking.scores, reasonsOf: ranking.reasonsOf, barred, groupOf, ownGroups };
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
 * The list: the `count` best rows that may be listed, best first, equal scores in catalogue order; of each group the
 * best one.
 *
 * @throws {RangeError} when count is not a positive integer.
 */
export function bestRows(
  { scores, barred, groupOf, ownGroups = new Set() }: Pick<Ranked, "scores" | "barred"> & Partial<Ranked>,
  count: number,
): Uint32Array {
  if (groupOf === undefined) return topK({ scores, k: count, exclude: barred });
  // Groups are known of the rows that are looked at, and no more are than a list needs.
  for (let k = count; ; k *= 2) {
    const rows = topK({ scores, k, exclude: barred });
    const listed = oncePerGroup(rows, groupOf, ownGroups);
    if (listed.length >= count || rows.length < k) return listed.subarray(0, count);
  }
}

/**
 * Place of a row among all with a score, 1 the best: where a list that nothing is barred from would have it.
 */
export function placeAmongAll({ scores }: Pick<Ranked, "scores">, row: number): number {
  return 1 + betterThan(scores, row, () => true);
}

/** Place of a row among those that may be listed, 1 the best: where a list long enough has it, groups aside. */
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
