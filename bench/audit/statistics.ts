/**
 * The few distributions that an audit rests on: the normal and the binomial, with exact confidence bounds for
 * a binomial chance (Clopper and Pearson 1934). All to about 1e-13; the tests hold them to sums and closed
 * forms.
 */

/** P(Z <= x) of a standard normal Z; small tails keep their relative accuracy. */
export function normalCdf(x: number): number {
  if (x > 0) return 1 - normalCdf(-x);
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (density === 0) return 0;
  if (x < -3) {
    // Laplace's continued fraction of the upper tail, from the inside out.
    let fraction = -x;
    for (let k = 120; k >= 1; k--) fraction = -x + k / fraction;
    return density / fraction;
  }
  // 1/2 + density * (x + x^3 / 3 + x^5 / (3 * 5) + ...)
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-18; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + density * sum;
}

/** The x at which `normalCdf` is p; infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile: p must lie in 0..1, got ${p}`);
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  return rootOf((x) => normalCdf(x) - p, { low: -39, high: 0 });
}

export interface Binomial {
  readonly trials: number;
  readonly chance: number;
}

/** P(X = hits). */
export function binomialMass(hits: number, { trials, chance }: Binomial): number {
  if (hits < 0 || hits > trials) return 0;
  if (chance === 0 || chance === 1) return hits === trials * chance ? 1 : 0;
  const ways = logGamma(trials + 1) - logGamma(hits + 1) - logGamma(trials - hits + 1);
  return Math.exp(ways + hits * Math.log(chance) + (trials - hits) * Math.log1p(-chance));
}

/** P(X >= hits). */
export function binomialAtLeast(hits: number, { trials, chance }: Binomial): number {
  if (hits <= 0) return 1;
  if (hits > trials) return 0;
  return incompleteBeta(chance, hits, trials - hits + 1);
}

/** P(X <= hits). */
export function binomialAtMost(hits: number, { trials, chance }: Binomial): number {
  return binomialAtLeast(trials - hits, { trials, chance: 1 - chance });
}

export interface Counted {
  readonly hits: number;
  readonly trials: number;
  /** The chance that the bound is wrong. */
  readonly level: number;
}

/**
 * The chance behind the hits is at least this, but for a chance of `level` (Clopper and Pearson, one-sided).
 */
export function chanceAtLeast({ hits, trials, level }: Counted): number {
  if (hits === 0) return 0;
  return rootOf((chance) => binomialAtLeast(hits, { trials, chance }) - level, { low: 0, high: 1 });
}

/** The chance behind the hits is at most this, but for a chance of `level`. */
export function chanceAtMost({ hits, trials, level }: Counted): number {
  return 1 - chanceAtLeast({ hits: trials - hits, trials, level });
}

/** Where a rising function crosses 0, by halving, to the last bit that doubles tell apart. */
export function rootOf(
  rising: (x: number) => number,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let below = low;
  let above = high;
  for (let step = 0; step < 200; step++) {
    const middle = (below + above) / 2;
    if (middle === below || middle === above) break;
    if (rising(middle) < 0) below = middle;
    else above = middle;
  }
  return below;
}

/**
 * The regularised incomplete beta function I_x(a, b), by its continued fraction (NIST DLMF 8.17.22, Lentz).
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let k = 1; k < 10_000; k++) {
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return (front * fraction) / a;
}

/** log Gamma(x) for x > 0: Stirling's series, after shifting x above 15. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 15; z++) shift += Math.log(z);
  const s = 1 / (z * z);
  const series = (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / z;
  return (z - 0.5) * Math.log(z) - z + Math.log(2 * Math.PI) / 2 + series - shift;
}
