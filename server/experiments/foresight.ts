/**
 * What an experiment will be able to tell, before anybody is in it (power.ts): for each metric the smallest
 * lift that so many people show, with the noise of all looks that are planned, and without.
 *
 * What is not known of a metric is taken at its worst: a mean that nobody expects is a tenth of the cap, and
 * people differ as much as numbers of that mean within the cap can, m (cap - m) (Bhatia, Davis 2000).
 */
import { isBinary, strataCount } from "../../core/experiments/experiment.ts";
import { scalesOf } from "../../core/tasks/experiments/scales.ts";
import type { Config } from "../base/config.ts";
import { dealtShares } from "./dealtshares.ts";
import { type ExperimentDraft, plannedLooks } from "./draft.ts";
import { alpha, power } from "./levels.ts";
import { type Answer, noNoise, type Plan, smallestFound } from "./statistics/power.ts";

export interface Foreseen {
  readonly metric: string;
  readonly isNoisy: boolean;
  readonly withNoise: Answer;
  readonly without: Answer;
}

const usualMean = 0.1;

/** @param people of all arms together; metrics that are ratios are left out: their spread is not known. */
export function foreseen(
  draft: ExperimentDraft,
  people: number,
  { days, noiseMultiplier, lanes }: Pick<Config["experiments"], "days" | "noiseMultiplier" | "lanes">,
): readonly Foreseen[] {
  const { arms, metrics, strata } = draft;
  const scales = scalesOf(metrics);
  const shares = dealtShares(draft);
  const sums = plannedLooks({ draft }, days) * strataCount(strata) * lanes;
  const noise = Math.sqrt(2 * sums) * noiseMultiplier;
  return metrics.flatMap((metric, at) => {
    if (metric.per !== undefined) return [];
    const { cap, expected = usualMean } = metric;
    const mean = expected * cap;
    const plan: Plan = {
      ...{ people, mean, most: cap, alpha, power, isSequential: false },
      shares: { control: shares[0], treatment: Math.min(...shares.slice(1)) },
      deviation: isBinary(metric) ? null : Math.sqrt(mean * (cap - mean)),
      noise: { y: (noise * cap) / scales.metrics[at].y, n: noise / scales.n, denominator: 0 },
      comparisons: arms.length - 1,
    };
    const answers = { withNoise: smallestFound(plan), without: smallestFound({ ...plan, noise: noNoise }) };
    return [{ metric: metric.name, isNoisy: noise > 0, ...answers }];
  });
}

export function foreseenLines(all: readonly Foreseen[], people: number): readonly string[] {
  return [
    `with ${people} people, found 80 times out of 100 at the planned end:`,
    ...all.map(({ metric, isNoisy, withNoise, without }) => {
      const beside = isNoisy ? `; without noise ${liftText(without)}` : "";
      return `  ${metric}: ${liftText(withNoise)}${beside}`;
    }),
  ];
}

function liftText({ lift }: Answer): string {
  return lift === null
    ? "no lift, however great: this cannot be answered"
    : `a lift of ${(100 * lift).toFixed(1)} % or more`;
}
