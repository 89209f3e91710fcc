/**
 * What a person wrote about their interests, as leanings: the items nearest to the text stand for it, a leaning for
 * each of its words that brought some of them, so that a reason can say which.
 */
import type { TextAnswer } from "../encoder/answer.ts";
import type { Leaning } from "../ranking/leaning.ts";
import { oncePerGroup } from "../ranking/variants.ts";

export interface TextModel {
  readonly cards: readonly { readonly group?: string | undefined }[];
}

export interface TextLeaningOptions {
  /** How many items stand for a text; of variants the nearest. */
  readonly items?: number;
  /** What they weigh together, in units of a purchase. */
  readonly weight?: number;
}

/** Chosen by texts of its own: `npm run bench:freetext -- --developing`. */
export const textLeaning: Required<TextLeaningOptions> = { items: 10, weight: 4 };

/** A word that brought less of an item than this part of it does not stand for it. */
const leastPart = 0.1;

/** One for each word that matters, that which brought most first. */
export function textLeanings(
  { cards }: TextModel,
  { scores, matchesOf }: TextAnswer,
  { items = textLeaning.items, weight = textLeaning.weight }: TextLeaningOptions = {},
): readonly Leaning[] {
  const answers = Uint32Array.from(scores.keys()).filter((row) => !Number.isNaN(scores[row]));
  const near = answers.sort((a, b) => scores[b] - scores[a] || a - b);
  const rows = [...oncePerGroup(near, (row) => cards[row].group).subarray(0, items)];
  const whole = rows.reduce((sum, row) => sum + scores[row], 0);
  const byWord = new Map<string, { readonly items: number[]; readonly weights: number[]; sum: number }>();
  for (const row of rows) {
    const matches = matchesOf(row).filter(({ contribution }) => contribution >= leastPart * scores[row]);
    const counted = matches.reduce((sum, { contribution }) => sum + contribution, 0);
    for (const { asked, contribution } of matches) {
      const part = (weight * scores[row] * contribution) / (whole * counted);
      const leaning = byWord.get(asked) ?? { items: [], weights: [], sum: 0 };
      leaning.items.push(row);
      leaning.weights.push(part);
      leaning.sum += part;
      byWord.set(asked, leaning);
    }
  }
  return [...byWord]
    .sort(([, a], [, b]) => b.sum - a.sum)
    .map(([said, { items: of, weights }]) => ({ fact: "interests", said, tastes: { items: of, weights } }));
}
