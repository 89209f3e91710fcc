/**
 * How segments are asked for, by how far a crowd reaches out of the noise:
 *
 *   reach = people * sqrt(2 rho)        people for each standard deviation of one aggregator's noise, at a sensitivity of 1
 *
 * Where it is low, fewer centroids with more people each explore fewer axes. Chosen by known groups
 * (bench/segments/ways.ts), on crowds that `npm run bench:segments` reports nothing of.
 */
import type { CountChoice } from "./merge.ts";
import type { SegmentPlan } from "./rounds.ts";

export interface ExpectedCrowd {
  readonly choice: CountChoice;
  /** Who is expected to report in each round. */
  readonly people: number;
  /** Of all rounds together; unbounded without noise. */
  readonly rho: number;
}

const farReach = 700;

export function segmentPlan({ choice, people, rho }: ExpectedCrowd): SegmentPlan {
  const isFar = people * Math.sqrt(2 * rho) >= farReach;
  return {
    rounds: { locate: 1, spread: 1, explore: 2, refine: 2 },
    shares: { locate: 0.1, spread: 0.3, explore: 0.3, refine: 0.15 },
    ...{ locateClip: 3, spreadClip: 2.5, clipFactor: 1.2, countPart: 0.3, scatterPart: 2 },
    leastSpread: 0.02,
    ...(isFar ? { explorers: 32, dim: 8 } : { explorers: 16, dim: 5 }),
    choice,
  };
}
