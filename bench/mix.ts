/**
 * Scores of several sources as one: each standardised over the items (mean 0, variance 1), weighed, added up. So a
 * weight means the same whatever units a source scores in, and the sum stays a sum of what each says.
 */
import type { Person } from "./data.ts";
import type { ScoresOf } from "./judge.ts";

export interface Weighed {
  readonly scores: ScoresOf;
  readonly weight: number;
}

export function mixOf(sources: readonly Weighed[]): ScoresOf {
  return (known) => {
    const all = sources.map(({ scores, weight }) => ({ scores: standardised(scores(known)), weight }));
    return weighted(all);
  };
}

/** The sum of scores of the same items, each with its weight. */
export function weighted(
  sources: readonly { readonly scores: Float64Array; readonly weight: number }[],
): Float64Array {
  const sum = new Float64Array(sources[0].scores.length);
  for (const { scores, weight } of sources) {
    if (weight === 0) continue;
    for (let item = 0; item < sum.length; item++) sum[item] += weight * scores[item];
  }
  return sum;
}

/** Both, the second in the given part of the whole. */
export function beside(first: ScoresOf, second: ScoresOf, part: number): ScoresOf {
  return mixOf([
    { scores: first, weight: 1 - part },
    { scores: second, weight: part },
  ]);
}

/** The same for everybody. */
export function everybodys(scores: Float64Array): ScoresOf {
  return () => scores;
}

/** With mean 0 and variance 1 over the items; zeros where all are alike. */
/** Each person's scores once, however often they are asked for. */
export function remembered(scoresOf: ScoresOf): ScoresOf {
  const known = new Map<Person, Float64Array>();
  return (person) => {
    const scores = known.get(person) ?? scoresOf(person);
    known.set(person, scores);
    return scores;
  };
}

export function standardised(scores: Float64Array): Float64Array {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length;
  const deviation = Math.sqrt(variance);
  return scores.map((score) => (deviation === 0 ? 0 : (score - mean) / deviation));
}
