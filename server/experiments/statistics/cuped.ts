/**
 * CUPED: the same measure from before the experiment, x, takes off what of y was there already (Deng, Xu,
 * Kohavi, Walker 2013, "Improving the sensitivity of online controlled experiments by utilizing
 * pre-experiment data").
 *
 *   y' = y - theta x;   theta = sum S_xy / sum (S_xx + noise_X^2),   S about the mean of each cell
 *
 * over the cells of all arms. Assignment is by chance, so any theta leaves the difference of arms right; this
 * one makes its variance least: noise in X comes in with theta^2, so theta is the smaller the more of it
 * there is. At noise 0 it is the coefficient of x in the regression of y on arm and x.
 *
 * theta follows the noise of XY, so that the sum of squares of y' looks smaller than it is, on average by
 * 2 noise_Sxy^2 / sum (S_xx + noise_X^2), which is put back; noise_Sxy^2 = noise_XY^2 + (mean y noise_X)^2 +
 * (mean x noise_Y)^2. A negative S_xx counts as 0.
 */
import { differenceMoments, type NoisyMoments } from "./moments.ts";

export interface Adjustment {
  readonly theta: number;
  /** The denominator of theta. */
  readonly spread: number;
}

/** @param cells of all arms, and of all strata. */
export function adjustmentOf(cells: readonly NoisyMoments[]): Adjustment {
  const spread = cells.reduce((sum, { sums, noise }) => {
    const ofMean = (noise.x ** 2 + (sums.x / sums.n) ** 2 * noise.n ** 2) / sums.n;
    return sum + Math.max(0, sums.xx - sums.x ** 2 / sums.n + ofMean) + noise.x ** 2;
  }, 0);
  const shared = cells.reduce((sum, { sums, noise }) => {
    const ofMeans = (sums.x * sums.y * noise.n ** 2) / sums.n ** 3;
    return sum + sums.xy - (sums.x * sums.y) / sums.n + ofMeans;
  }, 0);
  return { theta: spread > 0 ? shared / spread : 0, spread };
}

/** y' in place of y. Its mean is that of y less theta times that of x: for comparing arms, not by itself. */
export function adjusted(moments: NoisyMoments, { theta, spread }: Adjustment): NoisyMoments {
  const of = differenceMoments(moments, theta);
  if (spread === 0) return of;
  const { sums, noise } = moments;
  const noiseOfShared =
    noise.xy ** 2 + ((sums.y / sums.n) * noise.x) ** 2 + ((sums.x / sums.n) * noise.y) ** 2;
  return { ...of, sums: { ...of.sums, yy: of.sums.yy + (2 * noiseOfShared) / spread } };
}
