/**
 * What liars send about pairs of items, written down. All of them know what is public (the list of pairs, the
 * popularity in force and the task), and send the same from every browser they have; each has one report.
 *
 *   paired        the whole clip on pairs of the target with the most popular of its listed neighbours
 *   counted       half of the norm on those pairs, half on the target's count
 *   claimed       the whole clip on the target's count
 *   lookalike     an honest contribution of a person who has the target and those neighbours, and nothing else
 *   stretched     `counted`, made so long that one lane's sum stays just within what the norm check lets through
 *   saturating    as long as that, on the count and on pairs with every listed neighbour: all that limits let through
 *   draining      as long as that: half of it as `counted`, half taken off the other pairs of those neighbours, so
 *                 that they say less for what competes with the target
 *   late          the whole clip on the target's count of lately
 *   lasting       a third of the squared norm each on the target's count, its count of lately and its pairs
 *   flooding      `lasting`, as long as one lane's sum may be
 *   thousandfold  `counted` times 1,000
 *   wrapped       half the modulus on the target's pairs: sums wrap around
 *   weightless    the whole clip taken off the crowd's weight, so that everything else counts for more
 *   vandal        uniformly random field elements, to spoil the sum and nothing else
 */
import { type PairPattern, placeOf } from "../../core/model/pairlist.ts";
import { modulus, toField } from "../../core/sum/field.ts";
import { encodeFixed } from "../../core/sum/fixedpoint.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { type PairScales, pairContributionOf, pairLayout } from "../../core/tasks/itempairs/contribution.ts";

import { fractionBits } from "../private.ts";

export const pairStrategies = [
  "paired",
  "counted",
  "claimed",
  "lookalike",
  "stretched",
  "saturating",
  "draining",
  "late",
  "lasting",
  "flooding",
  "thousandfold",
  "wrapped",
  "weightless",
  "vandal",
] as const;
export type PairStrategy = (typeof pairStrategies)[number];

export interface PairPlan {
  readonly strategy: PairStrategy;
  /** The item to be pushed. */
  readonly target: number;
  readonly pattern: PairPattern;
  readonly scales: PairScales;
  /** Share of people by item, as published. */
  readonly shares: Float64Array;
  /** Reports that the liar expects in a lane, and how many of them are lies. */
  readonly laneReports: number;
  readonly liesInLane: number;
  readonly random: () => number;
}

/** Neighbours that a liar claims pairs with. */
const claimedNeighbours = 5;

/** What one liar sends: field elements in the layout of a report. */
export function pairLieOf(plan: PairPlan): Uint32Array {
  const { strategy, target, pattern, scales, random } = plan;
  const layout = pairLayout(pattern);
  const { clipL2 } = scales;
  if (strategy === "vandal") {
    return Uint32Array.from({ length: layout.length }, () => Math.floor(random() * modulus));
  }
  const popular = popularNeighbours(plan);
  const few = popular.slice(0, claimedNeighbours);
  const values = new Float64Array(layout.length);
  const onPairs = (norm: number, neighbours: readonly number[]) => {
    for (const neighbour of neighbours) {
      values[pattern.pairs[placeOf(pattern, target, neighbour)]] = norm / Math.sqrt(neighbours.length);
    }
  };
  const both = (norm: number, neighbours: readonly number[]) => {
    onPairs(norm * Math.SQRT1_2, neighbours);
    values[layout.counts + target] = norm * Math.SQRT1_2;
  };
  const allThree = (norm: number) => {
    const third = norm / Math.sqrt(3);
    onPairs(third, few);
    values[layout.counts + target] = third;
    values[layout.recent + target] = third;
  };
  /** As long as a lane may be. */
  const longest = Math.max(clipL2, (0.9 * plan.laneReports * sensitivityOf(scales)) / plan.liesInLane);
  switch (strategy) {
    case "paired":
      onPairs(clipL2, few);
      break;
    case "counted":
      both(clipL2, few);
      break;
    case "claimed":
      values[layout.counts + target] = clipL2;
      break;
    case "lookalike": {
      const honest = pairContributionOf(pattern, { items: [target, ...few] }, scales);
      for (const [k, place] of honest.places.entries()) values[place] = honest.values[k];
      break;
    }
    case "stretched":
      both(longest, few);
      break;
    case "saturating":
      both(longest, popular);
      break;
    case "draining":
      takeOffPairsOf(few, values, { pattern, norm: longest * Math.SQRT1_2 });
      both(longest * Math.SQRT1_2, few);
      break;
    case "late":
      values[layout.recent + target] = clipL2;
      break;
    case "lasting":
      allThree(clipL2);
      break;
    case "flooding":
      allThree(longest);
      break;
    case "thousandfold":
      both(1000 * clipL2, few);
      break;
    case "wrapped":
      onPairs((0.49 * modulus * Math.sqrt(few.length)) / 2 ** fractionBits, few);
      break;
    case "weightless":
      values[layout.weight] = -clipL2;
      break;
  }
  return toField(encodeFixed(values, { fractionBits }, (bytes) => bytes.fill(128)));
}

interface Taken {
  readonly pattern: PairPattern;
  /** Of all that is taken off. */
  readonly norm: number;
}

/** Takes as much off every listed pair of these items, in place. */
function takeOffPairsOf(items: readonly number[], values: Float64Array, { pattern, norm }: Taken): void {
  const { starts, pairs } = pattern;
  const all = new Set(items.flatMap((item) => [...pairs.subarray(starts[item], starts[item + 1])]));
  for (const pair of all) values[pair] = -norm / Math.sqrt(all.size);
}

/** The target's listed neighbours, the most popular first. */
function popularNeighbours({ target, pattern, shares }: PairPlan): readonly number[] {
  const { starts, neighbours } = pattern;
  return [...neighbours.subarray(starts[target], starts[target + 1])].sort((a, b) => shares[b] - shares[a]);
}
