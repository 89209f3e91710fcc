/**
 * What to believe of an effect: the chance that the treatment has more, and what is lost on average by taking
 * it, or by staying, if that is wrong (Stucchio 2015, "Bayesian A/B testing at VWO"). Named as if more were
 * better; of what should be less both losses change places.
 *
 * Any estimate, with its noise: normal prior and likelihood.
 *
 *   1 / sd^2 = 1 / V + 1 / prior^2,   mean = sd^2 (estimate / V + priorMean / prior^2)
 *   chance = Phi(mean / sd),   loss of taking it = sd phi(mean / sd) - mean Phi(-mean / sd)
 *
 * Counts without noise: Beta(1 + Y, 1 + n - Y) for each arm, exactly.
 *
 *   chance = integral of f_treatment F_control,   E max(C - T, 0) = E[C] P(C+ > T) - E[T] P(C > T+),
 *   + being the same with one success more (C weighed by itself)
 */
import {
  type Beta,
  betaCdf,
  betaDensity,
  betaQuantile,
  normalCdf,
  normalDensity,
  normalQuantile,
} from "./distributions.ts";
import type { Estimate, Interval } from "./estimate.ts";
import type { NoisyMoments } from "./moments.ts";

export interface Belief {
  /** That the treatment has more than the control. */
  readonly chanceToBeat: number;
  /** What taking the treatment, or staying with the control, loses on average, in the unit of the effect. */
  readonly lossOfTreatment: number;
  readonly lossOfControl: number;
}

export interface Posterior extends Belief, Interval {
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
}

export interface Prior {
  readonly mean: number;
  /** Standard deviation; Infinity: nothing is known. */
  readonly deviation: number;
}

export function normalPosterior(
  { value, variance }: Pick<Estimate, "value" | "variance">,
  prior: Prior,
  alpha: number,
): Posterior {
  const ofPrior = prior.deviation === Number.POSITIVE_INFINITY ? 0 : 1 / prior.deviation ** 2;
  const precision = 1 / variance + ofPrior;
  const deviation = Math.sqrt(1 / precision);
  const mean = (value / variance + prior.mean * ofPrior) / precision;
  const z = mean / deviation;
  const reach = normalQuantile(1 - alpha / 2) * deviation;
  return {
    mean,
    deviation,
    low: mean - reach,
    high: mean + reach,
    chanceToBeat: normalCdf(z),
    lossOfTreatment: deviation * normalDensity(z) - mean * normalCdf(-z),
    lossOfControl: deviation * normalDensity(z) + mean * normalCdf(z),
  };
}

/** @throws {RangeError} for counts with noise: those have a normal posterior. */
export function betaPosterior(control: NoisyMoments, treatment: NoisyMoments): Belief {
  const [c, t] = [betaOf(control), betaOf(treatment)];
  const more = ({ a, b }: Beta): Beta => ({ a: a + 1, b });
  const mean = ({ a, b }: Beta): number => a / (a + b);
  return {
    chanceToBeat: chanceAbove(t, c),
    lossOfTreatment: mean(c) * chanceAbove(more(c), t) - mean(t) * (1 - chanceAbove(more(t), c)),
    lossOfControl: mean(t) * chanceAbove(more(t), c) - mean(c) * (1 - chanceAbove(more(c), t)),
  };
}

function betaOf({ sums: { n, y }, noise }: NoisyMoments): Beta {
  if (noise.n > 0 || noise.y > 0)
    throw new RangeError(`betaPosterior: counts must be without noise, got ${Math.max(noise.n, noise.y)}`);
  return { a: 1 + y, b: 1 + n - y };
}

/** P(one > other), by Simpson's rule over all but 2e-13 of `one`. */
function chanceAbove(one: Beta, other: Beta): number {
  const tail = 1e-13;
  const [from, to] = [betaQuantile(tail, one), betaQuantile(1 - tail, one)];
  const steps = 2000;
  const width = (to - from) / steps;
  let sum = 0;
  for (let k = 0; k <= steps; k++) {
    const at = from + k * width;
    const times = k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2;
    sum += times * betaDensity(at, one) * betaCdf(at, other);
  }
  return (sum * width) / 3;
}
