/**
 * A simulated experiment's sums, look by look, as the server has them: the true layout and scales
 * (core/tasks/experiments/), discrete Gaussian noise of both aggregators. Looks are of different people.
 *
 * People's numbers are added up before they are scaled and made integers, which moves a sum by less than a
 * hundred-thousandth of its noise.
 */
import type { RandomFill } from "../../core/bytes.ts";
import { isBinary, type Metric } from "../../core/experiments/experiment.ts";
import { totalNoiseOf } from "../../core/sum/estimate.ts";
import { discreteGaussian } from "../../core/sum/noise.ts";
import { cellsOf, type ExperimentCells } from "../../core/tasks/experiments/cells.ts";
import { lookOf } from "../../core/tasks/experiments/contribution.ts";
import {
  cellAt,
  type ExperimentsLayout,
  experimentsLayout,
  type PlacedExperiment,
} from "../../core/tasks/experiments/layout.ts";
import { dayMs } from "../../core/time.ts";
import { caps, drawVisitor, kinds, type Visitor } from "./people.ts";

const conversion: Metric = { name: "conversion", of: { any: "purchase" }, cap: 1, expected: 0.1 };
const revenue: Metric = { name: "revenue", of: { money: "purchase" }, cap: caps.revenue, isAdjusted: true };
const clickThrough: Metric = {
  ...{ name: "click-through", of: { count: "click" }, cap: caps.clicks, expected: 0.07 },
  per: { of: { count: "impression" }, cap: caps.lists },
};

/** How an experiment is laid out. */
export interface Design {
  readonly metrics: readonly Metric[];
  /** Of the arms; the second is the treatment. */
  readonly weights: readonly number[];
  readonly placed: PlacedExperiment;
  readonly layout: ExperimentsLayout;
  /** What the numbers of a cell are multiplied by. */
  readonly scales: Float64Array;
}

function designOf(metrics: readonly Metric[], weights: readonly number[], strata: number): Design {
  const arms = weights.map((_, arm) => `arm ${arm}`);
  const name = "simulated";
  const windows = { windowDays: 7, beforeDays: 7 };
  const layout = experimentsLayout([{ name, seed: name, layer: null, arms, strata, metrics, ...windows }]);
  const [placed] = layout.experiments;
  // The first cell of who has the most of everything.
  const most = lookOf(layout, {
    toMs: 7 * dayMs,
    untold: [{ experiment: name, seed: name, arm: arms[0], stratum: 0, exposedMs: 0 }],
    measure: () => metrics.map(() => ({ y: 1, x: 1 })),
  });
  return { metrics, weights, placed, layout, scales: most.values.slice(0, placed.cellLength) };
}

/** Everything that there is to test: three arms, three kinds of visitors, three metrics. */
export const wide: Design = designOf(
  [conversion, { ...revenue, expected: 0.02 }, clickThrough],
  [0.4, 0.3, 0.3],
  kinds.length,
);
/** What a small site would ask: two arms, one metric. */
export const narrow = {
  conversion: designOf([conversion], [0.5, 0.5], 1),
  "click-through": designOf([clickThrough], [0.5, 0.5], 1),
} as const satisfies Readonly<Record<string, Design>>;

export const fractionBits = 10;

export interface Simulated {
  readonly noisy: ExperimentCells;
  /** The same people without noise. */
  readonly exact: ExperimentCells;
}

export interface Simulation {
  readonly design: Design;
  /** Of all arms, in this look. */
  readonly people: number;
  /** Of each aggregator: standard deviation over sensitivity; 0: none. */
  readonly noiseMultiplier: number;
  /** Of the second arm. */
  readonly lift: number;
  readonly random: () => number;
  readonly fill: RandomFill;
}

export function simulateLook({ design, people, noiseMultiplier, lift, random, fill }: Simulation): Simulated {
  const { layout, placed, scales } = design;
  const sum = new Float64Array(layout.length);
  for (let k = 0; k < people; k++) {
    const arm = drawArm(random(), design.weights);
    const visitor = drawVisitor(random, arm === 1 ? lift : 0);
    const stratum = placed.asked.strata === 1 ? 0 : visitor.kind;
    addInto(sum, cellAt(placed, arm, stratum), visitor, design.metrics);
  }
  for (let at = 0; at < sum.length; at++) sum[at] *= scales[at % placed.cellLength];
  const sigma = layout.sensitivity * noiseMultiplier;
  const unit = 2 ** fractionBits;
  const noisy = sum.slice();
  for (let aggregator = 0; aggregator < 2; aggregator++) {
    const noise = discreteGaussian(sum.length, sigma * unit, fill);
    for (let at = 0; at < sum.length; at++) noisy[at] += noise[at] / unit;
  }
  const [ofNoisy] = cellsOf(layout, noisy, noiseOf(design, noiseMultiplier));
  const [ofExact] = cellsOf(layout, sum, 0);
  return { noisy: ofNoisy, exact: ofExact };
}

/** Standard deviation of what moves each number of a look. */
export function noiseOf({ layout }: Design, noiseMultiplier: number): number {
  const sigma = layout.sensitivity * noiseMultiplier;
  return noiseMultiplier === 0 ? 0 : totalNoiseOf({ sigma, fractionBits }, { sums: 1, reports: 0 });
}

function drawArm(at: number, weights: readonly number[]): number {
  let until = 0;
  for (let arm = 0; arm < weights.length - 1; arm++) {
    until += weights[arm];
    if (at < until) return arm;
  }
  return weights.length - 1;
}

/** Shares of the caps, in the order of the layout. */
function addInto(sum: Float64Array, start: number, visitor: Visitor, metrics: readonly Metric[]): void {
  let at = start;
  sum[at++] += 1;
  for (const metric of metrics) {
    if (isBinary(metric)) {
      sum[at++] += visitor.converts ? 1 : 0;
      continue;
    }
    const isRevenue = metric.name === "revenue";
    const y = isRevenue ? shareOf(visitor.revenue, caps.revenue) : shareOf(visitor.clicks, caps.clicks);
    const x = isRevenue ? shareOf(visitor.revenueBefore, caps.revenue) : shareOf(visitor.lists, caps.lists);
    sum[at++] += y;
    sum[at++] += y * y;
    sum[at++] += x;
    sum[at++] += x * x;
    sum[at++] += x * y;
  }
}

function shareOf(value: number, cap: number): number {
  return Math.min(1, value / cap);
}
