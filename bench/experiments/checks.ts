/**
 * Many simulated experiments, and how often each test and interval is wrong: false positives where the arms do not
 * differ, any-time ones where somebody looks again and again, coverage where they do. With the noise left out of
 * the variance, too, which must fail.
 */
import { addCells, type ExperimentCells, wholeArm } from "../../core/tasks/experiments/cells.ts";
import { analysed } from "../../server/experiments/analysis.ts";
import { alpha } from "../../server/experiments/levels.ts";
import { sizedArms } from "../../server/experiments/statistics/armsizes.ts";
import { equalProportions } from "../../server/experiments/statistics/chisquare.ts";
import type { NoisyCount } from "../../server/experiments/statistics/counts.ts";
import type { Interval } from "../../server/experiments/statistics/estimate.ts";
import { ratioTest } from "../../server/experiments/statistics/mismatch.ts";
import { momentsOf, type NoisyMoments } from "../../server/experiments/statistics/moments.ts";
import {
  confidenceSequence,
  type Look,
  plannedVariance,
} from "../../server/experiments/statistics/sequential.ts";
import { armsWithEnough } from "../../server/experiments/statistics/strata.ts";
import { type Simulated, wide } from "./looks.ts";

const { weights } = wide;
const [conversion, revenue, clickThrough] = wide.metrics.keys();

/** p-value and interval, by test; an interval is null where the test is of no one difference. */
export interface Verdict {
  readonly p: number;
  readonly interval: Interval | null;
}

export interface Verdicts {
  /** At the end of the experiment. */
  readonly fixed: ReadonlyMap<string, Verdict>;
  /** Whether an interval of the sequence was ever without the number that it is of, by what is `true`. */
  readonly sequences: ReadonlyMap<string, readonly Interval[]>;
}

/**
 * As a report has them (server/experiments/analysis.ts), of the first treatment.
 *
 * @param isNoiseCounted false: as if the sums of what was measured had no noise, and counts none where they are tested;
 * without it where they are divided by there would be arms of nobody.
 */
export function verdictsOf(looks: readonly ExperimentCells[], isNoiseCounted: boolean): Verdicts {
  const all = looks.map((_, at) => looks.slice(0, at + 1).reduce(addCells));
  const until = isNoiseCounted ? all : all.map(withoutNoise);
  const last = until[until.length - 1];
  const counts = last.arms.map((strata) => {
    const { value, noise } = wholeArm(strata).n;
    return { people: value, noise: isNoiseCounted ? noise : 0 };
  });
  const sequences = new Map(
    ([conversion, revenue] as const).map((at) => [wide.metrics[at].name, sequenceOf(until, at)]),
  );
  return { fixed: isEnough(last) ? fixedVerdicts(last, counts) : new Map(), sequences };
}

function fixedVerdicts(cells: ExperimentCells, counts: readonly NoisyCount[]): ReadonlyMap<string, Verdict> {
  const together = { ...cells, arms: cells.arms.map((strata) => [wholeArm(strata)]) };
  const plain = { isAdjusted: false };
  const asked = [
    ["two proportions", verdictOn(together, conversion)],
    ["Welch, revenue", verdictOn(together, revenue, plain)],
    ["CUPED, revenue", verdictOn(together, revenue)],
    ["post-stratified, revenue", verdictOn(cells, revenue, plain)],
    ["post-stratified, conversion", verdictOn(cells, conversion)],
    ["post-stratified CUPED, revenue", verdictOn(cells, revenue)],
    ["ratio, click-through", verdictOn(cells, clickThrough)],
  ] as const;
  const { arms } = sizedArms(momentsIn(cells, conversion), weights);
  return new Map<string, Verdict>([
    ...asked.flatMap(([name, verdict]) => (verdict === null ? [] : [[name, verdict] as const])),
    ["chi-square, three arms", { p: equalProportions(arms).p, interval: null }],
    ["sample ratio", { p: ratioTest(counts, weights).p, interval: null }],
  ]);
}

/** Null where a report tells nothing. */
function verdictOn(
  cells: ExperimentCells,
  at: number,
  changes: { readonly isAdjusted?: boolean } = {},
): Verdict | null {
  const found = analysed(cells, { metric: { ...wide.metrics[at], ...changes }, at, weights, alpha });
  const [treatment] = found?.treatments ?? [];
  if (treatment === undefined || treatment === null) return null;
  const { p, low, high } = treatment.effect;
  return { p, interval: { low, high } };
}

/** Whether there are people enough in all arms, beside the noise, to tell anything. */
function isEnough(cells: ExperimentCells): boolean {
  return armsWithEnough(momentsIn(cells, conversion), weights).length === weights.length;
}

/** Of each arm, all strata together. */
function momentsIn({ arms }: ExperimentCells, at: number): readonly NoisyMoments[] {
  return arms.map((strata) => momentsOf(wholeArm(strata), { at, isBinary: at === conversion }));
}

/** As if noise had moved counts of people alone. */
function withoutNoise(cells: ExperimentCells): ExperimentCells {
  const exact = <Of extends { readonly value: number }>({ value }: Of) => ({ value, noise: 0 });
  const arms = cells.arms.map((strata) =>
    strata.map(({ n, metrics }) => ({
      n,
      metrics: metrics.map(({ y, yy, second }) => ({
        ...{ y: exact(y), yy: exact(yy) },
        second: second && { x: exact(second.x), xx: exact(second.xx), xy: exact(second.xy) },
      })),
    })),
  );
  return { ...cells, arms };
}

function sequenceOf(until: readonly ExperimentCells[], at: number): readonly Interval[] {
  const looks = until.flatMap((cells): Look[] => {
    const found = analysed(cells, { metric: wide.metrics[at], at, weights, alpha });
    const [treatment] = found?.treatments ?? [];
    if (found === null || treatment === undefined || treatment === null) return [];
    return [{ people: found.people, difference: treatment.difference }];
  });
  const planned = plannedVariance(looks, looks.at(-1)?.people ?? 0);
  return confidenceSequence(looks, { alpha, planned });
}

/** The true differences: what all people of all runs together say, without noise. */
export function truthOf(runs: readonly ExperimentCells[]): ReadonlyMap<string, number> {
  const all = runs.reduce(addCells);
  const difference = (metric: number, of: (moments: NoisyMoments) => number) => {
    const { arms } = sizedArms(momentsIn(all, metric), weights);
    return of(arms[1]) - of(arms[0]);
  };
  const mean = ({ sums }: NoisyMoments) => sums.y / sums.n;
  return new Map([
    ["conversion", difference(conversion, mean)],
    ["revenue", difference(revenue, mean)],
    ["click-through", difference(clickThrough, ({ sums }) => sums.y / sums.x)],
  ]);
}

/** How often something was so, of as many runs as had an answer. */
export interface Share {
  readonly share: number;
  readonly of: number;
}

export interface Tally {
  /** By test: p below alpha. */
  readonly positives: ReadonlyMap<string, Share>;
  /** By test: the truth within the interval. */
  readonly covered: ReadonlyMap<string, Share>;
  /** By metric: the truth outside some interval of the sequence. */
  readonly anytime: ReadonlyMap<string, Share>;
}

export function tallyOf(verdicts: readonly Verdicts[], truth: ReadonlyMap<string, number> | null): Tally {
  const tests = verdicts.flatMap(({ fixed }) => [...fixed]);
  const sequences = verdicts.flatMap((verdict) => [...verdict.sequences]);
  const holds = (name: string, interval: Interval) => isWithin(truthIn(truth, name), interval);
  return {
    positives: sharesOf(tests.map(([name, { p }]) => [name, p < alpha])),
    covered: sharesOf(
      tests.flatMap(([name, { interval }]) =>
        interval === null ? [] : [[name, holds(name, interval)] as const],
      ),
    ),
    anytime: sharesOf(
      sequences.map(([name, intervals]) => [name, !intervals.every((interval) => holds(name, interval))]),
    ),
  };
}

function sharesOf(cases: readonly (readonly [string, boolean])[]): ReadonlyMap<string, Share> {
  const counts = new Map<string, { so: number; of: number }>();
  for (const [name, isSo] of cases) {
    const { so, of } = counts.get(name) ?? { so: 0, of: 0 };
    counts.set(name, { so: so + (isSo ? 1 : 0), of: of + 1 });
  }
  return new Map([...counts].map(([name, { so, of }]) => [name, { share: so / of, of }]));
}

/** @param truth null: there is no difference. */
function truthIn(truth: ReadonlyMap<string, number> | null, test: string): number {
  if (truth === null) return 0;
  for (const [metric, value] of truth) if (test.includes(metric)) return value;
  return truth.get("conversion") ?? Number.NaN;
}

function isWithin(value: number, { low, high }: Interval): boolean {
  return low <= value && value <= high;
}

/** Looks of one run. */
export function noisyOf(looks: readonly Simulated[]): readonly ExperimentCells[] {
  return looks.map(({ noisy }) => noisy);
}
