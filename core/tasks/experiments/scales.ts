/**
 * What each number of a cell is multiplied by before it is summed, so that the noise falls where it hurts
 * least.
 *
 * Every number of a cell is in 0..1, and all of them may be 1 at once, so scales w_c cost a norm of
 * sqrt(sum w_c^2), which is held to 1. The same noise falls on every number of the sum, so it moves number c
 * by noise / w_c. Where an error e_c of number c moves what is told by a_c e_c, the scales that make
 *
 *   sum_c (a_c / w_c)^2   least, with   sum_c w_c^2 = 1,   are   w_c^2 = a_c / sum a
 *
 * (by Lagrange: a_c^2 / w_c^4 is the same for all c). What a_c is, for a mean m = Y / n told by its sums:
 *
 *   dm = (dY - m dn) / n           Y: 1, n: m, the mean that is expected, as a share of the cap
 *   s^2 = YY / n - m^2             YY: `ofSpread`. It moves no mean, only the width of intervals: where a
 *                                  variance is told with a relative error t, a test at 5 % errs by
 *                                  0.024 t^2 more (z phi(z) (z^2 - 3) / 4 at z = 1.96)
 *   R = Y / X, dR = (dY - R dX) / X                X: R in shares of the caps, taken for `ofSecond`
 *   m - theta (mean of X - its mean over all arms) X: theta, taken for `ofSecond` (CUPED)
 *   theta and the variances, from XX and XY        `ofSpread` each
 *
 * The first metric is the one that an experiment was planned for: others count half. n is never told worse
 * than `ofPeople` allows: whether people are spread over the arms as they should is tested by it.
 */
import { isBinary, type Metric } from "../../experiments/experiment.ts";

/** Of a cell, in the order of the vector; those that a metric does not need are absent. */
export interface MetricScales {
  readonly y: number;
  readonly yy: number | null;
  /** Of the covariate or the denominator. */
  readonly second: { readonly x: number; readonly xx: number; readonly xy: number } | null;
}

export interface CellScales {
  readonly n: number;
  readonly metrics: readonly MetricScales[];
}

export type ScaledMetric = Pick<Metric, "of" | "per" | "isAdjusted" | "expected">;

const ofPeople = 0.1;
const ofSpread = 0.2;
const ofSecond = 0.5;
const ofOthers = 0.5;
/** Of its cap, where nobody said what is expected. */
export const usualMean = 0.1;

/** The squares of all scales sum to 1. */
export function scalesOf(metrics: readonly ScaledMetric[]): CellScales {
  const needs = metrics.map((metric, at) => needOf(metric, at === 0 ? 1 : ofOthers));
  const people = Math.max(ofPeople, ...needs.map(({ n }) => n));
  const total = people + needs.reduce((sum, { y, yy, x, spreadX }) => sum + y + yy + x + 2 * spreadX, 0);
  const scale = (need: number): number => Math.sqrt(need / total);
  return {
    n: scale(people),
    metrics: needs.map(({ y, yy, x, spreadX }) => ({
      y: scale(y),
      yy: yy === 0 ? null : scale(yy),
      second: x === 0 ? null : { x: scale(x), xx: scale(spreadX), xy: scale(spreadX) },
    })),
  };
}

/** a_c of the header, for one metric; 0: it has no such number. */
interface Need {
  readonly n: number;
  readonly y: number;
  readonly yy: number;
  readonly x: number;
  /** Of xx and of xy. */
  readonly spreadX: number;
}

function needOf(metric: ScaledMetric, weight: number): Need {
  const hasSecond = hasSecondNumber(metric);
  return {
    n: weight * (metric.expected ?? usualMean),
    y: weight,
    yy: isBinary(metric) ? 0 : weight * ofSpread,
    x: hasSecond ? weight * ofSecond : 0,
    spreadX: hasSecond ? weight * ofSpread : 0,
  };
}

/** Whether beside y something else is measured of a person: a denominator, or the covariate. */
export function hasSecondNumber({ per, isAdjusted = false }: Pick<Metric, "per" | "isAdjusted">): boolean {
  return per !== undefined || isAdjusted;
}
