/**
 * How segments are learned: four sorts of rounds, each of which asks a crowd for one sum and knows more after
 * it.
 *
 *   locate    one centroid in the middle of the unit box: the crowd's mean
 *   spread    one centroid at that mean, with the scatter: spreads and principal axes (space.ts)
 *   explore   many centroids, spread as a normal crowd of those axes would be (start.ts); then they are merged into k
 *   refine    k centroids, one step of k-means each
 *
 * Nobody is looked at to begin, and each round's settings follow from public sums of the rounds before. Each
 * person should report on all rounds; what that costs is the sum of what each costs.
 */
import { featureCount, featureKeys } from "../../../core/profile/featurevector.ts";
import type { Centroids, SegmentSpace } from "../../../core/profile/segments.ts";
import type { SegmentScales } from "../../../core/tasks/segments/contribution.ts";
import { type SegmentsSettings, segments } from "../../../core/tasks/segments/kind.ts";
import { parseSettings } from "../../../core/tasks/task.ts";
import { type Choice, type CountChoice, mergedInto, mergePoints } from "./merge.ts";
import { segmentNames } from "./names.ts";
import { type LearnedSpace, spaceOf } from "./space.ts";
import { normalCentroids } from "./start.ts";
import { fewestPeople, stepped } from "./step.ts";
import type { SegmentSums } from "./sums.ts";

export interface SegmentPlan {
  /**
   * Rounds of each sort, one of those on the spread; without one that locates, it is taken about the middle
   * of the box.
   */
  readonly rounds: Readonly<Record<Stage, number>>;
  /** What a round of each sort gets of rho, in any unit. */
  readonly shares: Readonly<Record<Stage, number>>;
  /** Clips of the rounds on features, in their units. */
  readonly locateClip: number;
  readonly spreadClip: number;
  /** Clips of the others: so many times the root mean square of what is expected. */
  readonly clipFactor: number;
  /** One person in a count, and the norm of the scatter at the clip, as parts of the clip. */
  readonly countPart: number;
  readonly scatterPart: number;
  readonly leastSpread: number;
  /** Axes of the space. */
  readonly dim: number;
  /** Centroids of a round that explores. */
  readonly explorers: number;
  readonly choice: CountChoice;
}

export type Stage = "locate" | "spread" | "explore" | "refine";

interface Placed {
  readonly space: LearnedSpace;
  readonly centroids: Centroids;
  /** Root of the mean squared distance of people from their centroids, as it is known. */
  readonly distance: number;
}

export type Learning =
  | { readonly stage: "locate"; readonly done: number; readonly center: Float64Array }
  | { readonly stage: "spread"; readonly done: number; readonly center: Float64Array }
  | ({ readonly stage: "explore"; readonly done: number } & Placed)
  | ({ readonly stage: "refine"; readonly done: number; readonly choice: Choice } & Placed)
  | Learned;

export interface Learned extends Placed {
  readonly stage: "learned";
  readonly choice: Choice;
  /** By centroid, of the last round, at least 0. */
  readonly people: Float64Array;
  /** Different ones, in words, by centroid (names.ts). */
  readonly names: readonly string[];
}

export interface Asked extends SegmentScales {
  readonly space: SegmentSpace;
  /** Of the crowd, once k is chosen: by it devices tell what they could not measure. */
  readonly shape: Pick<LearnedSpace, "spreads" | "deviations"> | null;
  readonly centroids: Centroids;
}

/** Before the first round: what is asked is the same for every crowd. */
export function nothingLearned({ rounds }: Pick<SegmentPlan, "rounds">): Exclude<Learning, Learned> {
  const center = new Float64Array(featureCount);
  return { stage: rounds.locate > 0 ? "locate" : "spread", done: 0, center };
}

/**
 * Features are in units of their spread: noise alone can make people seem nearer than this to their
 * centroids.
 */
const leastDistance = 0.1;

/** What the next round asks. */
export function askedNext(learning: Exclude<Learning, Learned>, plan: SegmentPlan): Asked {
  switch (learning.stage) {
    case "locate":
      return {
        ...oneCentroid(learning.center),
        ...scalesOf(plan, plan.locateClip),
        scatterScale: 0,
      };
    case "spread":
      return {
        ...oneCentroid(learning.center),
        ...scalesOf(plan, plan.spreadClip),
        scatterScale: plan.scatterPart / plan.spreadClip,
      };
    case "explore":
    case "refine": {
      const { space, centroids, distance } = learning;
      const clipL2 = plan.clipFactor * Math.max(leastDistance, distance);
      // People of whom more is told by the rest lie closer than the normal crowd that k is chosen by: only then.
      const shape = learning.stage === "refine" ? space : null;
      return { space, shape, centroids, ...scalesOf(plan, clipL2), scatterScale: 0 };
    }
  }
}

/**
 * The settings of the round's task.
 *
 * @throws {TypeError} for settings that no browser would take.
 */
export function settingsFor({ space, shape, centroids, ...scales }: Asked): SegmentsSettings {
  return parseSettings(segments, {
    features: [...featureKeys],
    center: Array.from(space.center),
    axes: Array.from(space.axes),
    ...{ count: centroids.count, dim: centroids.dim, centroids: Array.from(centroids.centroids) },
    ...(shape === null
      ? {}
      : { shape: { spreads: Array.from(shape.spreads), deviations: Array.from(shape.deviations) } }),
    ...scales,
  });
}

/** What is known after a round, from its sums. */
export function learnedAfter(
  learning: Exclude<Learning, Learned>,
  sums: SegmentSums,
  plan: SegmentPlan,
): Learning {
  switch (learning.stage) {
    case "locate": {
      const { center, done } = learning;
      const move = stepped({ count: 1, dim: center.length, centroids: center }, sums);
      const isLast = done + 1 >= plan.rounds.locate;
      return { stage: isLast ? "spread" : "locate", done: isLast ? 0 : done + 1, center: move };
    }
    case "spread": {
      const space = spaceOf(learning.center, sums, plan);
      const { distance, ...centroids } = normalCentroids(space, plan.explorers);
      return { stage: "explore", done: 0, space, centroids, distance };
    }
    case "explore":
      return explored(learning, sums, plan);
    case "refine":
      return refined(learning, sums, plan);
  }
}

function explored(
  { space, centroids, distance, done }: Extract<Learning, { stage: "explore" }>,
  sums: SegmentSums,
  plan: SegmentPlan,
): Learning {
  const moved = { ...centroids, centroids: stepped(centroids, sums) };
  if (done + 1 < plan.rounds.explore) {
    return { stage: "explore", done: done + 1, space, centroids: moved, distance };
  }
  const least = plan.choice.by === "operator" ? plan.choice.k : plan.choice.least;
  const points = mergePoints(moved, sums, { fewest: fewestPeople(sums), least });
  const { merged, choice, distance: left } = mergedInto(points, space, plan.choice);
  return { stage: "refine", done: 0, space, centroids: merged, distance: left, choice };
}

function refined(
  learning: Extract<Learning, { stage: "refine" }>,
  sums: SegmentSums,
  plan: SegmentPlan,
): Learning {
  const { centroids, done } = learning;
  const moved = { ...learning, centroids: { ...centroids, centroids: stepped(centroids, sums) } };
  if (done + 1 < plan.rounds.refine) return { ...moved, done: done + 1 };
  const noise = sums.people.map((people) => Math.sqrt(sums.wayVariance) / Math.max(1, people));
  return {
    ...moved,
    stage: "learned",
    people: sums.people.map((people) => Math.max(0, people)),
    names: segmentNames(learning.space, moved.centroids, { noise }),
  };
}

function scalesOf({ countPart }: SegmentPlan, clipL2: number): Pick<SegmentScales, "clipL2" | "countScale"> {
  return { clipL2, countScale: countPart * clipL2 };
}

/** Of the features themselves, at their middle. */
function oneCentroid(center: Float64Array): Pick<Asked, "space" | "shape" | "centroids"> {
  const dim = center.length;
  const axes = Float64Array.from({ length: dim * dim }, (_, at) => Number(at % (dim + 1) === 0));
  return {
    space: { center, axes },
    shape: null,
    centroids: { count: 1, dim, centroids: new Float64Array(dim) },
  };
}
