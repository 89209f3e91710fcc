/**
 * A look's noisy sum as numbers of people and sums of what was measured, cell by cell, in the metrics' own
 * units, each with the standard deviation of what noise and rounding moved it by: what the statistics of an
 * experiment begin with (server/experiments/). Looks are of different people: their cells add up, and so do
 * the squares of their noise.
 */
import { cellAt, type ExperimentsLayout, type PlacedExperiment } from "./layout.ts";

/** A number of the sum. */
export interface Noisy {
  readonly value: number;
  /** Standard deviation (not variance) of what moved it. */
  readonly noise: number;
}

/** Of one metric, in its unit: y for each person, and what is needed of their spread. */
export interface MetricCell {
  readonly y: Noisy;
  /** Of a metric that is 0 or 1 it is y, moved by the same noise. */
  readonly yy: Noisy;
  /** Of the covariate or the denominator; null: there is none. */
  readonly second: { readonly x: Noisy; readonly xx: Noisy; readonly xy: Noisy } | null;
}

/** One arm in one stratum. */
export interface Cell {
  readonly n: Noisy;
  readonly metrics: readonly MetricCell[];
}

export interface ExperimentCells {
  readonly name: string;
  readonly seed: string;
  /** By arm, then by stratum. */
  readonly arms: readonly (readonly Cell[])[];
}

/**
 * @param sum total of the noisy sums, in the units of the vector.
 * @param noise standard deviation of what moved each of its numbers: `totalNoiseOf`.
 */
export function cellsOf(
  layout: ExperimentsLayout,
  sum: ArrayLike<number>,
  noise: number,
): readonly ExperimentCells[] {
  if (sum.length !== layout.length) {
    throw new RangeError(`cellsOf: the sum must have ${layout.length} numbers, got ${sum.length}`);
  }
  return layout.experiments.map((placed) => {
    const { name, seed, arms, strata } = placed.asked;
    const stratumCells = (arm: number): readonly Cell[] =>
      Array.from({ length: strata }, (_, stratum) =>
        cellIn(placed, sum, noise, cellAt(placed, arm, stratum)),
      );
    return { name, seed, arms: arms.map((_, arm) => stratumCells(arm)) };
  });
}

function cellIn(
  { asked, scales }: PlacedExperiment,
  sum: ArrayLike<number>,
  noise: number,
  start: number,
): Cell {
  let at = start;
  const next = (scale: number, unit: number): Noisy => ({
    value: (sum[at++] / scale) * unit,
    noise: (noise / scale) * unit,
  });
  const n = next(scales.n, 1);
  const metrics = asked.metrics.map(({ cap, per }, index): MetricCell => {
    const scale = scales.metrics[index];
    const y = next(scale.y, cap);
    const yy = scale.yy === null ? y : next(scale.yy, cap * cap);
    const other = per?.cap ?? cap;
    const second = scale.second && {
      x: next(scale.second.x, other),
      xx: next(scale.second.xx, other * other),
      xy: next(scale.second.xy, cap * other),
    };
    return { y, yy, second };
  });
  return { n, metrics };
}

/** Of several looks at one experiment. */
export function addCells(one: ExperimentCells, other: ExperimentCells): ExperimentCells {
  return {
    ...one,
    arms: one.arms.map((strata, arm) => strata.map((cell, at) => sumOf(cell, other.arms[arm][at]))),
  };
}

/** All strata of an arm together. */
export function wholeArm(strata: readonly Cell[]): Cell {
  return strata.reduce(sumOf);
}

function sumOf(one: Cell, other: Cell): Cell {
  return {
    n: plus(one.n, other.n),
    metrics: one.metrics.map((metric, at) => {
      const added = other.metrics[at];
      return {
        y: plus(metric.y, added.y),
        yy: plus(metric.yy, added.yy),
        second:
          metric.second && added.second
            ? {
                x: plus(metric.second.x, added.second.x),
                xx: plus(metric.second.xx, added.second.xx),
                xy: plus(metric.second.xy, added.second.xy),
              }
            : null,
      };
    }),
  };
}

function plus(a: Noisy, b: Noisy): Noisy {
  return { value: a.value + b.value, noise: Math.hypot(a.noise, b.noise) };
}
