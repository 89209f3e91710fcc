/**
 * What an experiment will be able to tell, before anybody is in it (power.ts): for each metric the smallest
 * lift that so many people show, with the noise of all looks that are planned, and without.
 *
 * What is not known of a metric is taken at its worst: a mean that nobody expects is a tenth of the cap, and
 * people differ as much as numbers of that mean within the cap can, m (cap - m) (Bhatia, Davis 2000). What
 * people did before is taken to tell nothing: CUPED's theta (cuped.ts) is then 0, and the noise of the
 * covariate comes in with theta; that the covariate takes its share of the report is in the scale of y.
 */
import { isBinary, strataCount } from "../../core/experiments/experiment.ts";
import { scalesOf, usualMean } from "../../core/tasks/experiments/scales.ts";
import type { Config } from "../base/config.ts";
import { dealtShares } from "./dealtshares.ts";
import { type ExperimentDraft, plannedLooks } from "./draft.ts";
import { alpha, power } from "./levels.ts";
import { type Answer, liftInWords, noNoise, type Plan, smallestFound } from "./statistics/power.ts";

export interface Foreseen {
  readonly metric: string;
  /** Null: a ratio, of which nothing is foretold, as how much people differ in it is not known. */
  readonly answers: Answers | null;
}

interface Answers {
  /** Whoever wrote the metric down did not say which mean they expect. */
  readonly isMeanTaken: boolean;
  readonly isAdjusted: boolean;
  readonly isNoisy: boolean;
  readonly withNoise: string;
  readonly without: string;
  /** Smallest lift with noise; null: there is none. */
  readonly lift: number | null;
}

/** @param people of all arms together. */
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
  return metrics.map((metric, at): Foreseen => {
    if (metric.per !== undefined) return { metric: metric.name, answers: null };
    const { cap, expected = usualMean } = metric;
    const mean = expected * cap;
    const plan: Plan = {
      ...{ people, mean, most: cap, alpha, power, isSequential: false },
      shares: { control: shares[0], treatment: Math.min(...shares.slice(1)) },
      deviation: isBinary(metric) ? null : Math.sqrt(mean * (cap - mean)),
      noise: { y: (noise * cap) / scales.metrics[at].y, n: noise / scales.n, denominator: 0 },
      comparisons: arms.length - 1,
    };
    const withNoise = smallestFound(plan);
    const answers = {
      ...{ isMeanTaken: metric.expected === undefined, isAdjusted: metric.isAdjusted === true },
      ...{ isNoisy: noise > 0, lift: withNoise.lift },
      withNoise: foundInWords(withNoise, plan),
      without: foundInWords(smallestFound({ ...plan, noise: noNoise }), plan),
    };
    return { metric: metric.name, answers };
  });
}

export function foreseenLines(all: readonly Foreseen[], people: number): readonly string[] {
  return [
    `with ${people} people, found ${Math.round(100 * power)} times out of 100 at the planned end:`,
    ...all.flatMap(({ metric, answers }) =>
      answers === null
        ? [`  ${metric}: a ratio, of which nothing is foretold: how much people differ in it is not known`]
        : [`  ${metric}: ${answersText(answers)}`, ...takenLines(answers)],
    ),
  ];
}

function answersText({ isNoisy, withNoise, without }: Answers): string {
  return isNoisy ? `${withNoise}; without noise ${without}` : withNoise;
}

/** What nobody said and was taken. */
function takenLines({ isMeanTaken, isAdjusted }: Answers): readonly string[] {
  return [
    ...(isMeanTaken
      ? [`    taken: a mean of ${usualMean} of the cap, as no \`expected\` is given; a lower one is harder`]
      : []),
    ...(isAdjusted ? ["    taken: what people did before tells nothing; where it does, less is found"] : []),
  ];
}

function foundInWords(answer: Answer, plan: Plan): string {
  const lift = liftInWords(answer, plan);
  return answer.lift === null ? `not even ${lift}: this cannot be answered` : lift;
}
