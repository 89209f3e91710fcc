/**
 * Where in the vector each number of each cell stands. A cell is what one arm has in one stratum of one
 * experiment:
 *
 *   [ n | metric 1: y  yy  x  xx  xy | metric 2: … ]     yy is left out where y is 0 or 1 (it is y), x, xx and
 *                                                        xy where a metric has neither covariate nor denominator
 *
 *   vector = experiment 1: arm 1: stratum 1, stratum 2, …; arm 2: …; experiment 2: …
 *
 * Sensitivity. A person is in one cell of an experiment at most, whose scaled numbers have a norm of at most 1
 * (scales.ts). Of the experiments of one layer a report has one at most (contribution.ts), so a layer adds at
 * most 1 to the square of the norm, and so does each experiment without a layer:
 *
 *   sensitivity = sqrt(layers + experiments in none)
 *
 * whatever the journal holds. Experiments of one layer cost together what one of them costs.
 */
import type { Metric } from "../../experiments/experiment.ts";
import { type CellScales, scalesOf } from "./scales.ts";

/** An experiment as a task asks about it: all that an answer depends on, so that an edition may have moved on. */
export interface AskedExperiment {
  readonly name: string;
  readonly seed: string;
  readonly layer: string | null;
  /** Names; the first is the control. */
  readonly arms: readonly string[];
  /** How many strata there are. */
  readonly strata: number;
  readonly metrics: readonly Metric[];
  readonly windowDays: number;
  readonly beforeDays: number;
}

export interface PlacedExperiment {
  readonly asked: AskedExperiment;
  readonly scales: CellScales;
  /** Where it begins in the vector, and how long a cell is. */
  readonly from: number;
  readonly cellLength: number;
}

export interface ExperimentsLayout {
  readonly experiments: readonly PlacedExperiment[];
  readonly length: number;
  /** Largest L2 norm of a report; the header has the proof. */
  readonly sensitivity: number;
}

export function experimentsLayout(experiments: readonly AskedExperiment[]): ExperimentsLayout {
  const placed: PlacedExperiment[] = [];
  let from = 0;
  for (const asked of experiments) {
    const scales = scalesOf(asked.metrics);
    const cellLength = lengthOf(scales);
    placed.push({ asked, scales, from, cellLength });
    from += asked.arms.length * asked.strata * cellLength;
  }
  const layers = new Set(experiments.map(({ layer }, at) => layer ?? at));
  return { experiments: placed, length: from, sensitivity: Math.sqrt(layers.size) };
}

/** Where a cell begins. */
export function cellAt({ asked, from, cellLength }: PlacedExperiment, arm: number, stratum: number): number {
  return from + (arm * asked.strata + stratum) * cellLength;
}

function lengthOf({ metrics }: CellScales): number {
  return metrics.reduce((sum, { yy, second }) => sum + 1 + (yy === null ? 0 : 1) + (second ? 3 : 0), 1);
}
