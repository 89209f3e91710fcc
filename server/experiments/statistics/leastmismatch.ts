/**
 * The smallest loss of people in one arm that the mismatch test (mismatch.ts) finds as often as is asked for:
 * what it does not see, nobody sees.
 *
 *   X^2 of the counts that are expected where arm a lost a share q:   lambda(q), the non-centrality
 *   P(X^2 > c) = sum_j Poisson(j; lambda / 2) P(chi^2_(df + 2 j) > c),
 *   c: where P(chi^2_df > c) is the alarm's level
 *
 * (Johnson, Kotz, Balakrishnan 1995, chapter 29). Of all arms the one whose loss is hardest to see.
 */
import type { NoisyCount } from "./counts.ts";
import { chiSquareTail } from "./distributions.ts";
import { mismatchLevel, ratioTest } from "./mismatch.ts";

/** 0..1, of the people of an arm; null: not even an arm that lost all of them is noticed. */
export function leastMismatch(
  counts: readonly NoisyCount[],
  { weights, power }: { readonly weights: readonly number[]; readonly power: number },
): number | null {
  const people = counts.reduce((sum, count) => sum + count.people, 0);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(people > 0)) return null;
  const needed = noncentralityFor(counts.length - 1, power);
  const losses = [...weights.keys()]
    .filter((arm) => weights[arm] > 0)
    .map((losing) => {
      const isFound = (loss: number): boolean => {
        const expected = weights.map((weight, arm) => ({
          people: (people * weight * (arm === losing ? 1 - loss : 1)) / all,
          noise: counts[arm].noise,
        }));
        return ratioTest(expected, weights).statistic >= needed;
      };
      return isFound(1) ? smallest(isFound, 1) : null;
    });
  return losses.some((loss) => loss === null) ? null : Math.max(...losses.map(Number));
}

function noncentralityFor(df: number, power: number): number {
  const critical = smallest((x) => chiSquareTail(x, df) <= mismatchLevel, 200);
  return smallest((noncentrality) => noncentralTail(critical, { df, noncentrality }) >= power, 400);
}

function noncentralTail(
  x: number,
  { df, noncentrality }: { readonly df: number; readonly noncentrality: number },
): number {
  const half = noncentrality / 2;
  const terms = Math.ceil(half + 10 * Math.sqrt(half) + 20);
  let weight = Math.exp(-half);
  let tail = 0;
  for (let j = 0; j <= terms; j++) {
    tail += weight * chiSquareTail(x, df + 2 * j);
    weight *= half / (j + 1);
  }
  return tail;
}

/** By bisection, of what is found from some point on. @param most where it is found. */
function smallest(isFound: (value: number) => boolean, most: number): number {
  let [low, high] = [0, most];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (isFound(middle)) high = middle;
    else low = middle;
  }
  return high;
}
