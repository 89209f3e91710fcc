/**
 * What came of an experiment so far, of all its looks together: for each metric each treatment beside the
 * control, with noise in every interval (analysis.ts). While it runs, what may be believed at any look is the
 * sequential interval; the other is for the look that was planned as the last.
 */
import { isBinary, type Metric } from "../../core/experiments/experiment.ts";
import { addCells, type ExperimentCells, wholeArm } from "../../core/tasks/experiments/cells.ts";
import { dayMs } from "../../core/time.ts";
import type { LeaderQueries } from "../store/leaderstore.ts";
import { type Analysed, analysed } from "./analysis.ts";
import { dealtShares } from "./dealtshares.ts";
import { plannedLooks } from "./draft.ts";
import { alpha, power } from "./levels.ts";
import type { ListedExperiment } from "./listed.ts";
import { type Look, looksAt } from "./looks.ts";
import { isPlannedEnd } from "./reportlines.ts";
import type { ExperimentReport, ReportedComparison, ReportedMetric } from "./reportschema.ts";
import { type Difference, type Effect, effectOf } from "./statistics/estimate.ts";
import { leastMismatch } from "./statistics/leastmismatch.ts";
import { liftOf } from "./statistics/lift.ts";
import { mismatchOf } from "./statistics/mismatch.ts";
import type { NoisyMoments } from "./statistics/moments.ts";
import { benjaminiHochberg, holm } from "./statistics/multiple.ts";
import { type Belief, betaPosterior, normalPosterior } from "./statistics/posterior.ts";
import { confidenceSequence, plannedVariance, type SequentialEffect } from "./statistics/sequential.ts";
import { stratumNames } from "./stratumnames.ts";

/** @param lookDays from a look to the next. */
export async function reportOn(
  queries: LeaderQueries,
  listed: ListedExperiment,
  lookDays: number,
): Promise<ExperimentReport> {
  const { draft, started } = listed;
  const found =
    started === null
      ? { looks: [], leftOut: 0 }
      : await looksAt(queries, { name: draft.name, seed: started.seed });
  return reportOf(listed, { ...found, planned: plannedLooks(listed, lookDays) });
}

/**
 * @param looks the oldest first, each of other people.
 * @param leftOut how many more there are that do not add up.
 */
export function reportOf(
  {
    draft,
    state,
    started = null,
  }: Pick<ListedExperiment, "draft" | "state"> & Partial<Pick<ListedExperiment, "started">>,
  {
    looks,
    planned,
    leftOut = 0,
  }: {
    readonly looks: readonly Pick<Look, "cells" | "isNoisy">[];
    readonly planned: number;
    readonly leftOut?: number;
  },
): ExperimentReport {
  const { name, arms, metrics } = draft;
  const weights = dealtShares(draft);
  const until = looks.map((_, at) =>
    looks
      .slice(0, at + 1)
      .map(({ cells }) => cells)
      .reduce(addCells),
  );
  const isNoisy = looks.some((look) => look.isNoisy);
  const whole = until.at(-1);
  const mismatch = whole === undefined ? null : mismatchIn(whole, weights);
  const isStopped = started !== null && started.toMs - started.fromMs < draft.days * dayMs;
  const isOver = isPlannedEnd({ state, isStopped, looks: looks.length, plannedLooks: planned });
  const context = { arms, weights, until, planned, isNoisy, isBelieved: isOver && mismatch?.isOff === false };
  return {
    ...{
      name,
      state,
      isStopped,
      alpha,
      looks: looks.length,
      plannedLooks: planned,
      looksLeftOut: leftOut,
      isNoisy,
    },
    strata: stratumNames(draft.strata),
    arms: arms.map((arm, index) => ({
      ...{ arm: arm.name, weight: arm.weight },
      people: whole === undefined ? { value: 0, low: 0, high: 0 } : peopleIn(whole, index),
    })),
    mismatch,
    metrics: withAdjustedP(metrics.map((metric, at) => reportedMetric(metric, { ...context, at }))),
  };
}

function peopleIn({ arms }: ExperimentCells, arm: number): ExperimentReport["arms"][number]["people"] {
  const { value, noise } = wholeArm(arms[arm]).n;
  const known = { value, variance: noise ** 2, varianceOfVariance: 0, varianceOfSize: 0 };
  const { low, high } = effectOf(known, alpha);
  return { value, low, high };
}

function mismatchIn({ arms }: ExperimentCells, weights: readonly number[]): ExperimentReport["mismatch"] {
  const strata = arms[0].map((_, stratum) =>
    arms.map((cells) => ({ people: cells[stratum].n.value, noise: cells[stratum].n.noise })),
  );
  const { whole, isOff, strataOff } = mismatchOf(strata, weights);
  const counts = arms.map((cells) => {
    const { value, noise } = wholeArm(cells).n;
    return { people: value, noise };
  });
  const leastSeen = leastMismatch(counts, { weights, power });
  return { p: whole.p, isOff, strataOff: [...strataOff], leastSeen };
}

interface MetricContext {
  readonly at: number;
  readonly arms: ListedExperiment["draft"]["arms"];
  readonly weights: readonly number[];
  /** Of the looks until each. */
  readonly until: readonly ExperimentCells[];
  readonly planned: number;
  readonly isNoisy: boolean;
  /** Whether a belief is told: at the planned end, of arms that are filled as they should be. */
  readonly isBelieved: boolean;
}

function reportedMetric(
  metric: Metric,
  { at, arms, weights, until, planned, isNoisy, isBelieved }: MetricContext,
): ReportedMetric {
  const looks = until.flatMap((cells, look) => {
    const found = analysed(cells, { metric, at, alpha, weights });
    return found === null ? [] : [{ look, found }];
  });
  const last = looks.at(-1)?.found ?? null;
  const isOfNow = looks.at(-1)?.look === until.length - 1;
  const now = isOfNow ? last : null;
  return {
    name: metric.name,
    cap: metric.cap,
    arms: arms.map((arm, index) => {
      const found = now?.means[index] ?? null;
      const mean = found === null ? null : { value: found.value, low: found.low, high: found.high };
      return { arm: arm.name, mean };
    }),
    comparisons:
      now?.treatments.flatMap((treatment, index): ReportedComparison[] => {
        if (treatment === null) return [];
        const { effect, difference, strata } = treatment;
        const [control, treated] = [now.arms[0], now.arms[index + 1]];
        return [
          {
            arm: arms[index + 1].name,
            difference: jsonOf(effect),
            lift: control === null || treated === null ? null : liftOf(control, treated, alpha),
            adjustedP: effect.p,
            sequential: sequenceOf(looks, { treatment: index, planned }),
            belief: isBelieved
              ? beliefIn(
                  { difference, control: now.moments[0], treatment: now.moments[index + 1] },
                  // Counts alone know nothing of strata and covariates, which the difference is of.
                  { isExact: isPlainCount(metric) && strata.length === 1 && !isNoisy },
                )
              : null,
            strata: strata.map((one) => (one === null ? null : jsonOf(one))),
          },
        ];
      }) ?? null,
  };
}

/** Whether all that is known of a person is 0 or 1. */
function isPlainCount(metric: Metric): boolean {
  return isBinary(metric) && metric.isAdjusted !== true;
}

/** As of the last look. */
function sequenceOf(
  looks: readonly { readonly look: number; readonly found: Analysed }[],
  { treatment, planned }: { readonly treatment: number; readonly planned: number },
): SequentialEffect {
  const sequence = looks.flatMap(({ look, found: { people, treatments } }) => {
    const difference = treatments[treatment]?.difference;
    return difference === undefined ? [] : [{ look, people, difference }];
  });
  const [{ look, people }] = sequence;
  // As many people are expected of each planned look as came in those until the first that tells something.
  const expected = (people / (look + 1)) * Math.max(planned, look + 1);
  // Several treatments share the chance of a false finding (Bonferroni), in intervals and in p.
  const sharing = looks[0].found.treatments.length;
  const found = confidenceSequence(sequence, {
    alpha: alpha / sharing,
    planned: plannedVariance(sequence, expected),
  });
  const last = found[found.length - 1];
  return { ...last, p: Math.min(1, sharing * last.p) };
}

function beliefIn(
  {
    difference,
    control,
    treatment,
  }: {
    readonly difference: Difference;
    readonly control: NoisyMoments;
    readonly treatment: NoisyMoments;
  },
  { isExact }: { readonly isExact: boolean },
): Belief {
  const { chanceToBeat, lossOfTreatment, lossOfControl } = isExact
    ? betaPosterior(counted(control), counted(treatment))
    : normalPosterior(difference, { mean: 0, deviation: Number.POSITIVE_INFINITY }, alpha);
  return { chanceToBeat, lossOfTreatment, lossOfControl };
}

/**
 * Without noise a sum is off by the rounding of reports alone: the whole numbers are the true ones. Unless a
 * report lied, nobody less than none did it, and nobody more than all.
 */
function counted({ sums, noise, isBinary: binary }: NoisyMoments): NoisyMoments {
  const n = Math.max(0, Math.round(sums.n));
  const y = Math.min(n, Math.max(0, Math.round(sums.y)));
  return { sums: { ...sums, n, y }, noise: { ...noise, n: 0, y: 0 }, isBinary: binary };
}

/**
 * The first metric is what the experiment was planned for; of the others a share of findings may be false.
 */
function withAdjustedP(metrics: readonly ReportedMetric[]): ReportedMetric[] {
  const pValuesOf = (some: readonly ReportedMetric[]): readonly number[] =>
    some.flatMap(({ comparisons }) => comparisons?.map(({ adjustedP }) => adjustedP) ?? []);
  const [first, ...others] = metrics;
  const adjusted = [...holm(pValuesOf([first])), ...benjaminiHochberg(pValuesOf(others))];
  let at = 0;
  return metrics.map((metric) => ({
    ...metric,
    comparisons: metric.comparisons?.map((one) => ({ ...one, adjustedP: adjusted[at++] })) ?? null,
  }));
}

function jsonOf({ value, low, high, standardError, df, p }: Effect): ReportedComparison["difference"] {
  return { value, low, high, standardError, df: Number.isFinite(df) ? df : null, p };
}
