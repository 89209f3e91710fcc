/**
 * Many simulated experiments, and how often each test and interval is wrong: false positives where the arms do not
 * differ, any-time ones where somebody looks again and again, coverage where they do. With the noise left out of
 * the variance, too, which must fail.
 */
import { addCells, type ExperimentCells, wholeArm } from "../../core/tasks/experiments/cells.ts";
import { pairOf, type SizedArms, sizedArms } from "../../server/experiments/statistics/armsizes.ts";
import { equalProportions } from "../../server/experiments/statistics/chisquare.ts";
import type { NoisyCount } from "../../server/experiments/statistics/counts.ts";
import { adjusted, adjustmentOf } from "../../server/experiments/statistics/cuped.ts";
import { effectOf, type Interval } from "../../server/experiments/statistics/estimate.ts";
import { differenceOfMeans, meanOf, welch } from "../../server/experiments/statistics/means.ts";
import { ratioTest } from "../../server/experiments/statistics/mismatch.ts";
import { momentsOf, type NoisyMoments, noMoments } from "../../server/experiments/statistics/moments.ts";
import { differenceOfProportions, twoProportions } from "../../server/experiments/statistics/proportions.ts";
import { twoRatios } from "../../server/experiments/statistics/ratios.ts";
import {
  confidenceSequence,
  type Look,
  plannedVariance,
} from "../../server/experiments/statistics/sequential.ts";
import { armsWithEnough, postStratified } from "../../server/experiments/statistics/strata.ts";
import { type Simulated, wide } from "./looks.ts";

export const alpha = 0.05;
const { weights } = wide;
const [conversion, revenue, clickThrough] = wide.metrics.keys();
const arms = { control: 0, treatment: 1, weights } as const;

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
 * @param isNoiseCounted false: as if the sums of what was measured had no noise, and counts none where they are tested;
 * without it where they are divided by there would be arms of nobody.
 */
export function verdictsOf(looks: readonly ExperimentCells[], isNoiseCounted: boolean): Verdicts {
  const until = looks.map((_, at) => looks.slice(0, at + 1).reduce(addCells));
  const last = new Experiment(until[until.length - 1], isNoiseCounted);
  const sequences = new Map(
    (["conversion", "revenue"] as const).map((name) => [
      name,
      sequenceOf(
        until.map((cells) => new Experiment(cells, isNoiseCounted)).filter((one) => one.isEnough()),
        name,
      ),
    ]),
  );
  return { fixed: last.isEnough() ? last.verdicts() : new Map(), sequences };
}

/** Sums until a look. */
class Experiment {
  readonly #cells: ExperimentCells;
  readonly #isNoiseCounted: boolean;

  constructor(cells: ExperimentCells, isNoiseCounted: boolean) {
    this.#cells = cells;
    this.#isNoiseCounted = isNoiseCounted;
  }

  arms(metric: number): SizedArms {
    const told = this.#cells.arms.map((strata) => this.#moments(wholeArm(strata), metric));
    return sizedArms(told, weights);
  }

  /** Whether there are people enough, beside the noise, to tell anything: as a report asks. */
  isEnough(): boolean {
    const whole = this.#cells.arms.map((strata) => this.#moments(wholeArm(strata), conversion));
    return armsWithEnough(whole, weights).length === weights.length;
  }

  /** By stratum, then by arm. */
  strata(metric: number): readonly (readonly NoisyMoments[])[] {
    return this.#cells.arms[0].map((_, stratum) =>
      this.#cells.arms.map((cells) => this.#moments(cells[stratum], metric)),
    );
  }

  counts(): readonly NoisyCount[] {
    return this.#cells.arms.map((strata) => {
      const { value, noise } = wholeArm(strata).n;
      return { people: value, noise: this.#isNoiseCounted ? noise : 0 };
    });
  }

  verdicts(): ReadonlyMap<string, Verdict> {
    const spent = this.arms(revenue);
    const strata = this.strata(revenue);
    const adjustment = adjustmentOf(spent.arms);
    const within = adjustmentOf(strata.flat());
    const adjustedArms = spent.arms.map((arm) => adjusted(arm, adjustment));
    const ratio = twoRatios(pairOf(this.arms(clickThrough), arms), alpha);
    return new Map<string, Verdict>([
      ["two proportions", told(twoProportions(pairOf(this.arms(conversion), arms), alpha))],
      ["chi-square, three arms", { p: equalProportions(this.arms(conversion).arms).p, interval: null }],
      ["Welch, revenue", told(welch(pairOf(spent, arms), alpha))],
      ["CUPED, revenue", told(welch(pairOf({ ...spent, arms: adjustedArms }, arms), alpha))],
      ["post-stratified, revenue", told(effectOf(postStratified(strata, arms, meanOf), alpha))],
      [
        "post-stratified, conversion",
        told(effectOf(postStratified(this.strata(conversion), arms, meanOf), alpha)),
      ],
      [
        "post-stratified CUPED, revenue",
        told(
          effectOf(
            postStratified(strata, arms, (cell) => meanOf(adjusted(cell, within))),
            alpha,
          ),
        ),
      ],
      ...(ratio === null ? [] : [["ratio, click-through", told(ratio)] as const]),
      ["sample ratio", { p: ratioTest(this.counts(), weights).p, interval: null }],
    ]);
  }

  #moments(cell: ExperimentCells["arms"][number][number], at: number): NoisyMoments {
    const moments = momentsOf(cell, { at, isBinary: at === conversion });
    return this.#isNoiseCounted ? moments : { ...moments, noise: { ...noMoments, n: moments.noise.n } };
  }
}

function told({ p, low, high }: Verdict["interval"] & { readonly p: number }): Verdict {
  return { p, interval: { low, high } };
}

function sequenceOf(until: readonly Experiment[], name: "conversion" | "revenue"): readonly Interval[] {
  const looks: readonly Look[] = until.map((experiment) => {
    const { arms: sized, commonError } = experiment.arms(name === "conversion" ? conversion : revenue);
    const pair = pairOf({ arms: sized, commonError }, arms);
    const difference = name === "conversion" ? differenceOfProportions(pair) : differenceOfMeans(pair);
    return { people: pair.control.sums.n + pair.treatment.sums.n, difference };
  });
  const planned = plannedVariance(looks, looks.at(-1)?.people ?? 0);
  return confidenceSequence(looks, { alpha, planned });
}

/** The true differences: what all people of all runs together say, without noise. */
export function truthOf(runs: readonly ExperimentCells[]): ReadonlyMap<string, number> {
  const all = new Experiment(runs.reduce(addCells), true);
  const difference = (metric: number, of: (moments: NoisyMoments) => number) =>
    of(all.arms(metric).arms[1]) - of(all.arms(metric).arms[0]);
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
