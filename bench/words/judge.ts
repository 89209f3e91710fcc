/** Whether a list is right by the rule that was written before anything was ranked (cases.ts). */
import { stemOf, wordsIn } from "../../core/events/words.ts";
import { type MeaningCase, rule } from "./cases.ts";

export interface Judged {
  readonly text: string;
  readonly isRight: boolean;
  /** Of the first ten: how many carry an expected word, how many would by chance, and of the popular ones. */
  readonly carrying: number;
  readonly byChance: number;
  readonly popular: number;
  /** Titles. */
  readonly first: readonly string[];
}

export interface JudgedAmong {
  /** Of the whole catalogue. */
  readonly titles: readonly string[];
  /** The most popular ones, the same for every text. */
  readonly popular: readonly string[];
}

/** @param list titles, the nearest first. */
export function judged(
  { text, expected }: MeaningCase,
  list: readonly string[],
  { titles, popular }: JudgedAmong,
): Judged {
  const stems = new Set(expected.map(stemOf));
  const carries = (title: string): boolean => wordsIn(title).some((word) => stems.has(stemOf(word)));
  const first = list.slice(0, rule.first);
  const carrying = first.filter(carries).length;
  const byChance = (rule.first * titles.filter(carries).length) / titles.length;
  const among = popular.slice(0, rule.first).filter(carries).length;
  const { leastCarrying, timesRandom } = rule;
  const isRight = carrying >= leastCarrying && carrying >= timesRandom * byChance && carrying > among;
  return { text, isRight, carrying, byChance, popular: among, first };
}
