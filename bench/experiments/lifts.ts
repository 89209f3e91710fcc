/**
 * What an experiment can find: the smallest lift of conversion and of click-through that is found 80 times out of
 * 100, by crowd and by privacy, and how many more people it takes to find what would be found without noise. Two
 * arms of equal weight, one metric, looks that nobody acts on before the last. A person reports once, so that epsilon
 * (at delta 1e-6, counting one honest aggregator) is what the whole experiment costs them.
 */

import { seededRandom } from "../../core/seeded.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { reportedDelta } from "../../core/sum/limits.ts";
import { addCells, wholeArm } from "../../core/tasks/experiments/cells.ts";
import { alpha, power } from "../../server/experiments/levels.ts";
import { pairOf, sizedArms } from "../../server/experiments/statistics/armsizes.ts";
import { momentsOf } from "../../server/experiments/statistics/moments.ts";
import {
  answerInWords,
  noNoise,
  type Plan,
  peopleFor,
  smallestFound,
} from "../../server/experiments/statistics/power.ts";
import { twoProportions } from "../../server/experiments/statistics/proportions.ts";
import { ratioOf, twoRatios } from "../../server/experiments/statistics/ratios.ts";
import { narrow, noiseOf, simulateLook } from "./looks.ts";
import { caps, drawVisitor } from "./people.ts";
import { fillOf } from "./runs.ts";

export type Asked = keyof typeof narrow;
/** null: no noise. */
export type Epsilon = number | null;

export const looks = 2;
/** More than the greatest of sites has in the time of an experiment. */
const mostPeople = 100_000_000;

export interface Found {
  readonly metric: Asked;
  readonly people: number;
  readonly epsilon: Epsilon;
  /** null: cannot be answered. */
  readonly lift: number | null;
  /** People who find with noise what so many find without, less those; null: cannot be answered. */
  readonly more: number | null;
  readonly words: string;
}

export function foundBy(metric: Asked, people: number, epsilon: Epsilon): Found {
  const plan = planOf(metric, people, epsilon);
  const answer = smallestFound(plan);
  const { difference } = smallestFound({ ...plan, noise: noNoise });
  const needed = difference === null ? null : peopleFor(plan, { difference, mostPeople });
  const more = epsilon === null ? 0 : needed && needed - people;
  return { metric, people, epsilon, lift: answer.lift, more, words: answerInWords(answer, plan) };
}

/** How often simulated experiments with that lift find it. */
export function foundShare(
  { metric, people, epsilon, lift }: Found,
  { runs, seed }: { readonly runs: number; readonly seed: number },
): number {
  if (lift === null) throw new RangeError(`foundShare: there must be a lift, got none for ${people} people`);
  const perAct = liftPerAct(metric, lift);
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(seed + run);
    const fill = fillOf(seededRandom(seed + run + 500_000_000));
    const noiseMultiplier = multiplierOf(epsilon);
    const asked = {
      design: narrow[metric],
      people: people / looks,
      noiseMultiplier,
      lift: perAct,
      random,
      fill,
    };
    const { arms } = Array.from({ length: looks }, () => simulateLook(asked).noisy).reduce(addCells);
    const isBinary = metric === "conversion";
    const told = arms.map((strata) => momentsOf(wholeArm(strata), { at: 0, isBinary }));
    const pair = pairOf(sizedArms(told, narrow[metric].weights), { control: 0, treatment: 1 });
    const effect = isBinary ? twoProportions(pair, alpha) : twoRatios(pair, alpha);
    if (effect !== null && effect.p < alpha) found++;
  }
  return found / runs;
}

/** The lift of each chance that lifts the metric so far: of clicks less than of the chance to click is left by the cap. */
function liftPerAct(metric: Asked, lift: number): number {
  const rateAt = (ofChance: number) => {
    // The same people each time, each with a seed of their own.
    const seeds = seededRandom(14);
    let [done, times] = [0, 0];
    for (let person = 0; person < 100_000; person++) {
      const { converts, clicks, lists } = drawVisitor(seededRandom(2 ** 32 * seeds()), ofChance);
      done += metric === "conversion" ? Number(converts) : Math.min(clicks, caps.clicks);
      times += metric === "conversion" ? 1 : Math.min(lists, caps.lists);
    }
    return done / times;
  };
  return (lift * lift) / (rateAt(lift) / rateAt(0) - 1);
}

function planOf(metric: Asked, people: number, epsilon: Epsilon): Plan {
  const { mean, deviation, noise } = expectedOf(metric);
  const sums = noiseOf(narrow[metric], multiplierOf(epsilon)) * Math.sqrt(looks);
  return {
    ...{ people, shares: { control: 0.5, treatment: 0.5 }, mean, deviation, most: 1 },
    noise: { y: noise.y * sums, n: noise.n * sums, denominator: (noise.denominator ?? 0) * sums },
    ...{ comparisons: 1, isSequential: false, alpha, power },
  };
}

export interface Expected {
  readonly mean: number;
  readonly deviation: number | null;
  /** What noise of 1 in the vector is in the mean's unit. */
  readonly noise: Plan["noise"];
}

const expected = new Map<Asked, Expected>();

/** What the metric is like, from many people without noise. */
export function expectedOf(metric: Asked): Expected {
  const known = expected.get(metric) ?? measured(metric);
  expected.set(metric, known);
  return known;
}

function measured(metric: Asked): Expected {
  const design = narrow[metric];
  const random = seededRandom(14);
  const look = simulateLook({
    ...{ design, people: 400_000, noiseMultiplier: 0, lift: 0, random },
    fill: fillOf(random),
  });
  const isBinary = metric === "conversion";
  const moments = momentsOf(wholeArm(look.exact.arms.flat()), { at: 0, isBinary });
  const { n, y, x } = moments.sums;
  const { n: scaleN, metrics } = design.placed.scales;
  const [{ y: scaleY, second }] = metrics;
  if (second === null) {
    return { mean: y / n, deviation: null, noise: { y: 1 / scaleY, n: 1 / scaleN, denominator: 0 } };
  }
  // Of the ratio, person by person: y - R x over the mean of x.
  const { value, variance } = ratioOf(moments);
  const perPerson = x / n;
  const noise = { y: caps.clicks / scaleY / perPerson, n: 0, denominator: caps.lists / second.x / perPerson };
  return { mean: value, deviation: Math.sqrt(variance * n), noise };
}

function multiplierOf(epsilon: Epsilon): number {
  return epsilon === null ? 0 : 1 / Math.sqrt(2 * rhoWithin({ epsilon, delta: reportedDelta }));
}
