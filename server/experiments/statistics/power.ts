/**
 * Before an experiment: the smallest difference that it would find, and how many people it takes to find one;
 * with noise, which costs people.
 *
 *   V = sum over both arms of  s^2 / t  +  (noise_Y^2 + m^2 noise_n^2 t / (t + noise_n^2)) / t^2,
 *   t = share N
 *   power = P(|Z + difference / sqrt(V)| > reach),   reach = 1.96 at alpha 5 %
 *
 * noise is that of an arm's sums over all strata and looks: each adds its own, however many people it has, so
 * that the noise of few people is what costs. Of a ratio m^2 noise_X^2 is added, all in units of the mean of
 * x. Of counts it is what armsizes.ts leaves. Of a metric that is 0 or 1, s^2 = m (1 - m) with each arm's own
 * m. Several arms against one control share alpha (Bonferroni); looks that may stop the experiment reach as
 * far as sequential.ts says.
 *
 * A question that has no answer says so: null where the difference would have to be greater than there can
 * be, or than the control's own mean, or more people than `mostPeople` would be needed.
 */
import { normalCdf, normalQuantile } from "./distributions.ts";
import { sequentialReach } from "./sequential.ts";

export interface Plan {
  /** Of all arms together. */
  readonly people: number;
  /** Shares of the people that the control and one treatment get. */
  readonly shares: { readonly control: number; readonly treatment: number };
  /** What is expected of the control, in the unit of `noise.y`. */
  readonly mean: number;
  /** Standard deviation between people; null: a person's value is 0 or 1. */
  readonly deviation: number | null;
  /** The most that a mean can be: the cap. */
  readonly most: number;
  /** Standard deviation of what moves an arm's sums, over all strata and looks together. */
  readonly noise: {
    readonly y: number;
    readonly n: number;
    /** Of a ratio: of the denominator's sum over its mean, so that it reads as people. */
    readonly denominator?: number;
  };
  /** Treatments that are compared with the control. */
  readonly comparisons: number;
  /** Whether the experiment may end at any look. */
  readonly isSequential: boolean;
  /** Chance of a false finding in all comparisons together. */
  readonly alpha: number;
  /** Chance of finding a difference that is there. */
  readonly power: number;
}

export interface Answer {
  /** Smallest difference of means that is found; null: not even the greatest one. */
  readonly difference: number | null;
  /** The same, as a share of what is expected of the control. */
  readonly lift: number | null;
}

/** Whoever has to double what a site has to see a difference has no answer. */
const mostLift = 1;

/** The greatest lift that is tried: the cap may end before a double is reached. */
export function greatestLift({ mean, most }: Pick<Plan, "mean" | "most">): number {
  return mean > 0 ? Math.max(0, Math.min(mostLift, (most - mean) / mean)) : mostLift;
}

export const noNoise: Plan["noise"] = { y: 0, n: 0 };

export function smallestFound(plan: Plan): Answer {
  const greatest = greatestLift(plan) * plan.mean;
  const isFound = (difference: number) => difference >= distanceOf(plan) * errorOf(plan, difference);
  if (!isFound(greatest)) return { difference: null, lift: null };
  let [low, high] = [0, greatest];
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (isFound(middle)) high = middle;
    else low = middle;
  }
  const difference = (low + high) / 2;
  return { difference, lift: plan.mean > 0 ? difference / plan.mean : null };
}

/** People of all arms that find this difference; null: more than `mostPeople`. `plan.people` is not read. */
export function peopleFor(
  plan: Omit<Plan, "people">,
  { difference, mostPeople }: { readonly difference: number; readonly mostPeople: number },
): number | null {
  if (!(difference > 0 && plan.mean + difference <= plan.most)) return null;
  const allowed = difference / distanceOf(plan);
  const isEnough = (people: number) => errorOf({ ...plan, people }, difference) <= allowed;
  if (!isEnough(mostPeople)) return null;
  let [few, enough] = [0, Math.floor(mostPeople)];
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

/** In words, for whoever plans. */
export function answerInWords(answer: Answer, plan: Plan): string {
  const crowd = `${plan.people} people`;
  const often = `${Math.round(100 * plan.power)} times out of 100`;
  return answer.lift === null
    ? `cannot be answered: ${crowd} do not even show ${liftInWords(answer, plan)} ${often}`
    : `${crowd} show ${liftInWords(answer, plan)} ${often}`;
}

/** The lift that is found, or the greatest that was tried. */
export function liftInWords({ lift }: Answer, plan: Pick<Plan, "mean" | "most">): string {
  return lift === null
    ? `a lift of ${Number((100 * greatestLift(plan)).toFixed(1))} %`
    : `a lift of ${(100 * lift).toFixed(1)} % or more`;
}

/** Chance of finding this difference. */
export function powerOf(plan: Plan, difference: number): number {
  return powerAt(difference / errorOf(plan, difference), reachOf(plan));
}

/** Standard error of the difference, where the treatment has so much more than the control. */
function errorOf(plan: Plan, difference: number): number {
  const { mean, deviation, noise, shares } = plan;
  const arms = [
    { people: shares.control * plan.people, at: mean },
    { people: shares.treatment * plan.people, at: mean + difference },
  ];
  const variance = arms.reduce((sum, { people, at }) => {
    const ofCrowd = (deviation === null ? at * (1 - at) : deviation ** 2) / people;
    const ofCount = noise.n ** 2 * (people / (people + noise.n ** 2));
    const ofSums = noise.y ** 2 + at ** 2 * (ofCount + (noise.denominator ?? 0) ** 2);
    return sum + ofCrowd + ofSums / people ** 2;
  }, 0);
  return Math.sqrt(variance);
}

/** So many standard errors off, a difference is found as often as is asked for. */
function distanceOf(plan: Omit<Plan, "people">): number {
  const reach = reachOf(plan);
  let [low, high] = [0, reach + 10];
  for (let step = 0; step < 200 && high - low > 1e-15 * high; step++) {
    const middle = (low + high) / 2;
    if (powerAt(middle, reach) >= plan.power) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}

function powerAt(distance: number, reach: number): number {
  return normalCdf(distance - reach) + normalCdf(-distance - reach);
}

function reachOf({ alpha, comparisons, isSequential }: Omit<Plan, "people">): number {
  const each = alpha / comparisons;
  return isSequential ? sequentialReach(each) : normalQuantile(1 - each / 2);
}
