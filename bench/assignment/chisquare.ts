/**
 * How likely counts are at least so far from what is expected: p of the chi-square test.
 *
 *   p = Q(freedom / 2, chi2 / 2)    upper incomplete gamma, by its continued fraction (DLMF 8.9.2, modified Lentz)
 *                                   or, below freedom + 2, 1 less the lower one by its series (DLMF 8.7.1)
 */

export function chiSquareP(chiSquare: number, freedom: number): number {
  const [a, x] = [freedom / 2, chiSquare / 2];
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x === 0) return 1;
  if (x < a + 1) {
    let [term, sum] = [1 / a, 1 / a];
    for (let k = 1; term > sum * 1e-16; k++) {
      term *= x / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = x + 1 - a;
  let [c, d] = [1e300, 1 / b];
  let fraction = d;
  for (let k = 1; k < 100_000; k++) {
    const step = -k * (k - a);
    b += 2;
    d = 1 / (step * d + b);
    c = b + step / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** Of counts that are expected in these shares; a share of 0 must have none. */
export function uniformP(counts: ArrayLike<number>, shares: readonly number[]): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  let [chiSquare, freedom] = [0, -1];
  for (const [at, share] of shares.entries()) {
    if (share === 0 && counts[at] > 0) return 0;
    if (share === 0) continue;
    freedom += 1;
    chiSquare += (counts[at] - total * share) ** 2 / (total * share);
  }
  return chiSquareP(chiSquare, freedom);
}

/** Of a table, row-major, whose rows say nothing about its columns. */
export function independentP(counts: ArrayLike<number>, columns: number): number {
  const rows = counts.length / columns;
  const rowSums = new Float64Array(rows);
  const columnSums = new Float64Array(columns);
  let total = 0;
  for (let at = 0; at < counts.length; at++) {
    rowSums[Math.floor(at / columns)] += counts[at];
    columnSums[at % columns] += counts[at];
    total += counts[at];
  }
  let chiSquare = 0;
  for (let at = 0; at < counts.length; at++) {
    const expected = (rowSums[Math.floor(at / columns)] * columnSums[at % columns]) / total;
    if (expected > 0) chiSquare += (counts[at] - expected) ** 2 / expected;
  }
  const used = (sums: Float64Array) => sums.filter((sum) => sum > 0).length;
  return chiSquareP(chiSquare, (used(rowSums) - 1) * (used(columnSums) - 1));
}

/** Of half a whole number: from gamma(1/2) = sqrt(pi) or gamma(1) = 1 up. */
function logGamma(a: number): number {
  let log = Number.isInteger(a) ? 0 : Math.log(Math.PI) / 2;
  for (let k = Number.isInteger(a) ? 1 : 0.5; k < a; k++) log += Math.log(k);
  return log;
}
