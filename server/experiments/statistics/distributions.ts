/**
 * The distributions that tests and intervals are read from: normal, Student's t, chi-square, beta.
 *
 * By Cephes (Moshier), the library behind scipy.special, as the package `cephes` has it in WebAssembly: no
 * dependencies, 0.8 MB. Of the others weighed, @stdlib's seven packages bring 244 (29 MB), and jstat errs by
 * 1e-7, and by everything in far tails. Here t has any degrees of freedom above 0 (Cephes has whole ones), by
 *
 *   P(T <= -|t|) = I_x(df / 2, 1 / 2) / 2,   x = df / (df + t^2)
 *
 * and its quantiles are solved from that (Cephes' own err by 1e-4 in far tails). What would be less than any
 * double is 0 rather than an error.
 */
import { compiled, igamc, incbet, incbi, lbeta, lgam, ndtr, ndtri } from "cephes";

await compiled;

export function normalCdf(z: number): number {
  return ndtr(z);
}

export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** @param share of the distribution below, 0 < share < 1. */
export function normalQuantile(share: number): number {
  requireShare("normalQuantile", share);
  return ndtri(share);
}

/** @param df degrees of freedom; Infinity: the normal distribution. */
export function tCdf(t: number, df: number): number {
  requireDf("tCdf", df);
  if (df > mostDf) return ndtr(t);
  const tail = incbet(df / 2, 0.5, df / (df + t * t)) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** @param share of the distribution below, 0 < share < 1. */
export function tQuantile(share: number, df: number): number {
  requireShare("tQuantile", share);
  requireDf("tQuantile", df);
  if (df > mostDf) return ndtri(share);
  if (share > 0.5) return -tQuantile(1 - share, df);
  if (share === 0.5) return 0;
  let low = -1;
  while (tCdf(low, df) > share) low *= 2;
  let high = 0;
  for (let step = 0; step < 200 && high - low > 1e-15 * -low; step++) {
    const middle = (low + high) / 2;
    if (tCdf(middle, df) > share) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

/** P(|T| >= |t|); df = Infinity: of a normal distribution. */
export function twoSided(t: number, df: number = Number.POSITIVE_INFINITY): number {
  return Math.min(1, 2 * tCdf(-Math.abs(t), df));
}

/** P(X >= x) of chi-square with `df` degrees of freedom. */
export function chiSquareTail(x: number, df: number): number {
  requireDf("chiSquareTail", df);
  if (x <= 0) return 1;
  const [shape, at] = [df / 2, x / 2];
  // Cephes throws where the density is less than any double.
  if (shape * Math.log(at) - at - lgam(shape) < -700) return at < shape ? 1 : 0;
  return igamc(shape, at);
}

export interface Beta {
  readonly a: number;
  readonly b: number;
}

export function betaCdf(x: number, { a, b }: Beta): number {
  return incbet(a, b, Math.min(1, Math.max(0, x)));
}

export function betaDensity(x: number, { a, b }: Beta): number {
  if (x <= 0 || x >= 1) return 0;
  return Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - lbeta(a, b));
}

export function betaQuantile(share: number, { a, b }: Beta): number {
  requireShare("betaQuantile", share);
  return incbi(a, b, share);
}

/** From here on t is normal to 1e-10, and the incomplete beta function loses more than that. */
const mostDf = 1e9;

function requireShare(who: string, share: number): void {
  if (!(share > 0 && share < 1))
    throw new RangeError(`${who}: the share must lie between 0 and 1, got ${share}`);
}

function requireDf(who: string, df: number): void {
  if (!(df > 0)) throw new RangeError(`${who}: degrees of freedom must be above 0, got ${df}`);
}
