/**
 * Sums of people as statistics take them: of one arm in one stratum (or in several together) about one
 * metric, each with the standard deviation of what noise and rounding added to it. Unit: the metric's, or
 * shares of its cap; nothing here asks which.
 *
 * The noise of each number is independent of the others'; only of a metric that is 0 or 1 yy is y itself,
 * moved by the same noise. Looks and strata are of different people, so sums add up, and so do the squares of
 * noise.
 */
import type { Cell, Noisy } from "../../../core/tasks/experiments/cells.ts";

export interface Moments {
  /** People. */
  readonly n: number;
  readonly y: number;
  readonly yy: number;
  /** The covariate or the denominator; 0 where there is none, as xx and xy. */
  readonly x: number;
  readonly xx: number;
  readonly xy: number;
}

export interface NoisyMoments {
  readonly sums: Moments;
  /** Standard deviation (not variance) of what moved each of the sums; 0: it is exact. */
  readonly noise: Moments;
  /** y is 0 or 1 of each person: yy is not read. */
  readonly isBinary: boolean;
}

export const noMoments: Moments = { n: 0, y: 0, yy: 0, x: 0, xx: 0, xy: 0 };

/** @param at number of the metric. */
export function momentsOf(
  { n, metrics }: Cell,
  { at, isBinary }: { readonly at: number; readonly isBinary: boolean },
): NoisyMoments {
  const { y, yy, second } = metrics[at];
  const none: Noisy = { value: 0, noise: 0 };
  const { x, xx, xy } = second ?? { x: none, xx: none, xy: none };
  const of = (key: keyof Noisy): Moments => ({
    ...{ n: n[key], y: y[key], yy: yy[key] },
    ...{ x: x[key], xx: xx[key], xy: xy[key] },
  });
  return { sums: of("value"), noise: of("noise"), isBinary };
}

/** Of different people together. */
export function addMoments(parts: readonly NoisyMoments[]): NoisyMoments {
  return {
    sums: together(
      parts,
      ({ sums }) => sums,
      (values) => values.reduce((sum, value) => sum + value, 0),
    ),
    noise: together(
      parts,
      ({ noise }) => noise,
      (values) => Math.hypot(...values),
    ),
    isBinary: parts.every(({ isBinary }) => isBinary),
  };
}

function together(
  parts: readonly NoisyMoments[],
  of: (part: NoisyMoments) => Moments,
  combine: (values: readonly number[]) => number,
): Moments {
  const at = (key: keyof Moments) => combine(parts.map((part) => of(part)[key]));
  return { n: at("n"), y: at("y"), yy: at("yy"), x: at("x"), xx: at("xx"), xy: at("xy") };
}

/** Of y - factor x: the sum, its square's, and their noise; without x. */
export function differenceMoments({ sums, noise, isBinary }: NoisyMoments, factor: number): NoisyMoments {
  const square = factor * factor;
  const [yy, yyNoise] = isBinary ? [sums.y, noise.y] : [sums.yy, noise.yy];
  return {
    sums: {
      ...noMoments,
      n: sums.n,
      y: sums.y - factor * sums.x,
      yy: yy - 2 * factor * sums.xy + square * sums.xx,
    },
    noise: {
      ...noMoments,
      n: noise.n,
      y: Math.hypot(noise.y, factor * noise.x),
      yy: Math.hypot(yyNoise, 2 * factor * noise.xy, square * noise.xx),
    },
    isBinary: false,
  };
}
