/**
 * Several tests at once: p-values adjusted so that each may be held against the level that all of them share.
 *
 *   Holm (1979)                  chance of any false finding; whatever the tests have in common
 *   Benjamini, Hochberg (1995)   expected share of false ones among the findings; tests independent or
 *                                positively dependent (Benjamini, Yekutieli 2001)
 */

/** p-values in the order they came in. */
export function holm(pValues: readonly number[]): readonly number[] {
  const count = pValues.length;
  const order = ascending(pValues);
  const adjustedP = new Array<number>(count);
  let highest = 0;
  for (const [rank, at] of order.entries()) {
    highest = Math.max(highest, Math.min(1, (count - rank) * pValues[at]));
    adjustedP[at] = highest;
  }
  return adjustedP;
}

export function benjaminiHochberg(pValues: readonly number[]): readonly number[] {
  const count = pValues.length;
  const order = ascending(pValues);
  const adjustedP = new Array<number>(count);
  let lowest = 1;
  for (const [rank, at] of [...order.entries()].reverse()) {
    lowest = Math.min(lowest, (count / (rank + 1)) * pValues[at]);
    adjustedP[at] = lowest;
  }
  return adjustedP;
}

function ascending(pValues: readonly number[]): readonly number[] {
  return pValues.map((_, at) => at).sort((one, other) => pValues[one] - pValues[other]);
}
