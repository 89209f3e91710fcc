/**
 * The private item step: better item factors from the sums of one block alone.
 *
 *   P_i = (n_i / U + alpha0) H + lambda (n_i + alpha0 U) I
 *   v_i <- v_i - eta P_i^-1 ( g_i + alpha0 H v_i + lambda (n_i + alpha0 U) v_i )
 *
 * A Newton step in which the crowd's mean curvature H / U stands in for each item's own. Its fixed point is
 * the exact ALS half-step (the gradient is the exact one), but a report needs d + 1 numbers per item instead
 * of d^2 / 2 + d. All terms scale with the crowd that reported on this block, so nothing needs rescaling.
 *
 * Where the sums carry noise of standard deviation s, the step is the posterior mean instead: with r_i the
 * bracket's negative, r_i = P_i delta_i + noise, and delta_i normal with variance t^2 per coordinate,
 *
 *   v_i <- v_i + eta t^2 P_i (t^2 P_i^2 + s^2 I)^-1 r_i,    t^2 = max(0, sum_i (|r_i|^2 - d s^2)) / sum_i tr(P_i^2)
 *
 * t^2 is fitted to the block's own sums by their second moment (empirical Bayes): an item about which few
 * reported, or a round that tells nothing but noise, moves nearly nothing. At s = 0 it is the Newton step.
 * Post-processing of what is published anyway: it costs no privacy.
 */

import { dot, solveInPlace } from "../../linear.ts";
import { nearestPsd } from "../../psd.ts";
import { type BlockLayout, type ContributionScales, contributionLayout } from "./contribution.ts";

/** The aggregate of one block in its parts, scales divided out. */
export interface BlockSums {
  /** Gradient, blockSize x dim. */
  readonly g: Float64Array;
  /** Weighted number of people per item, blockSize. */
  readonly n: Float64Array;
  /** Curvature, dim x dim, both triangles. */
  readonly h: Float64Array;
  /** Weighted number of people. */
  readonly u: number;
}

/** Splits a summed contribution; the inverse of the layout that `contributionOf` writes. */
export function blockSumsOf(
  layoutInput: BlockLayout & Pick<ContributionScales, "countScale" | "weightScale">,
  sum: Float64Array,
): BlockSums {
  const { dim, countScale, weightScale } = layoutInput;
  const layout = contributionLayout(layoutInput);
  if (sum.length !== layout.length) {
    throw new RangeError(`blockSumsOf: the sum must have ${layout.length} numbers, got ${sum.length}`);
  }
  const h = new Float64Array(dim * dim);
  let at = layout.curvature;
  for (let row = 0; row < dim; row++) {
    for (let column = row; column < dim; column++) {
      h[row * dim + column] = sum[at];
      h[column * dim + row] = sum[at];
      at++;
    }
  }
  return {
    g: sum.slice(0, layout.counts),
    n: sum.slice(layout.counts, layout.curvature).map((value) => value / countScale),
    h,
    u: sum[layout.weight] / weightScale,
  };
}

/**
 * What noise makes impossible is undone: H becomes positive semidefinite, n at least 0. Post-processing:
 * costs no privacy.
 */
export function repairedSums(sums: BlockSums, dim: number): BlockSums {
  return { ...sums, n: sums.n.map((value) => Math.max(0, value)), h: nearestPsd(sums.h, dim) };
}

export interface ItemStep {
  readonly dim: number;
  /** Row of the first item of the block, and how many of the block's rows exist in the catalogue. */
  readonly first: number;
  readonly count: number;
  readonly sums: BlockSums;
  readonly alpha0: number;
  readonly lambda: number;
  /** Step size; 0.5 converges, 1 oscillates. */
  readonly eta: number;
  /** Standard deviation of the noise in each number of g, all aggregators and batches together. */
  readonly noiseSigma: number;
}

/**
 * Moves the rows first..first+count-1 of `factors` (rows of `dim`) one step.
 *
 * @throws {RangeError} when the sums hold nobody (u is not positive).
 */
export function itemStepInPlace(factors: Float64Array, step: ItemStep): void {
  const { dim, first, count, sums, eta, noiseSigma } = step;
  if (!(sums.u > 0)) throw new RangeError(`itemStepInPlace: the sums must hold people, got weight ${sums.u}`);
  const p = new Float64Array(dim * dim);
  const system = new Float64Array(dim * dim);
  const move = new Float64Array(dim);
  const signal = noiseSigma > 0 ? moveVarianceOf(factors, step) : 0;
  if (noiseSigma > 0 && signal === 0) return;
  for (let local = 0; local < count; local++) {
    pullInto(p, move, factors, step, local);
    if (noiseSigma > 0) shrunkenMoveInPlace(move, p, system, dim, (noiseSigma * noiseSigma) / signal);
    else solveInPlace(p, dim, move);
    const start = (first + local) * dim;
    for (let k = 0; k < dim; k++) factors[start + k] += eta * move[k];
  }
}

/** P_i (both triangles) and r_i = -(g_i + alpha0 H v_i + lambda (n_i + alpha0 U) v_i) of one item. */
function pullInto(
  p: Float64Array,
  r: Float64Array,
  factors: Float64Array,
  { dim, first, sums, alpha0, lambda }: ItemStep,
  local: number,
): void {
  const start = (first + local) * dim;
  const n = sums.n[local];
  const share = n / sums.u + alpha0;
  const ridge = lambda * (n + alpha0 * sums.u);
  for (let row = 0; row < dim; row++) {
    let pull = 0;
    for (let column = 0; column < dim; column++) {
      const curvature = sums.h[row * dim + column];
      p[row * dim + column] = share * curvature;
      pull += curvature * factors[start + column];
    }
    p[row * dim + row] += ridge;
    r[row] = -(sums.g[local * dim + row] + alpha0 * pull + ridge * factors[start + row]);
  }
}

/** t^2 of the header; 0 when the sums say no more than noise would. */
function moveVarianceOf(factors: Float64Array, step: ItemStep): number {
  const { dim, count, noiseSigma } = step;
  const p = new Float64Array(dim * dim);
  const r = new Float64Array(dim);
  let excess = 0;
  let gain = 0;
  for (let local = 0; local < count; local++) {
    pullInto(p, r, factors, step, local);
    for (let k = 0; k < dim; k++) excess += r[k] * r[k] - noiseSigma * noiseSigma;
    for (let k = 0; k < p.length; k++) gain += p[k] * p[k];
  }
  return gain > 0 ? Math.max(0, excess / gain) : 0;
}

/** r becomes P (P^2 + ratio I)^-1 r; `system` is scratch. */
function shrunkenMoveInPlace(
  r: Float64Array,
  p: Float64Array,
  system: Float64Array,
  dim: number,
  ratio: number,
): void {
  for (let row = 0; row < dim; row++) {
    for (let column = 0; column <= row; column++) {
      system[row * dim + column] = dot(p, row * dim, p, column * dim, dim);
    }
    system[row * dim + row] += ratio;
  }
  solveInPlace(system, dim, r);
  const solved = r.slice();
  for (let row = 0; row < dim; row++) r[row] = dot(p, row * dim, solved, 0, dim);
}
