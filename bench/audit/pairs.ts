/**
 * The kind item pairs under audit: three persons whose contributions come near the clip from below, meet it, and
 * pass far over it, and mistakes that only pairs can have.
 *
 * A person's list of pairs is cut to the items they have: other numbers of a report are zeros, whose noise is
 * independent and says nothing. The second clip, to the sensitivity, that every report passes before it is rounded
 * would hide mistakes of the first; they are shown without it, and one with it.
 */
import { type PairPattern, patternOfPairs } from "../../core/model/pairlist.ts";
import { clippedForRounding } from "../../core/sum/fixedpoint.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { type PairScales, pairContributionOf, pairLayout } from "../../core/tasks/itempairs/contribution.ts";

import { type Claim, type Mechanism, noiseAsShipped, noiseTimes, taskOf } from "./mechanisms.ts";

/** No unit in it is 1; four items without a pair have exactly the norm of the clip. */
const scales: PairScales = { clipL2: 1.6, countScale: 0.8, recentScale: 0.8, weightScale: 0.4 };
/** The same where the weight is most of the sensitivity: a calibration that forgets it can be noticed. */
const heavyScales: PairScales = { ...scales, weightScale: 2 };

/** Someone with `pattern`'s items, all of them. */
interface Person {
  readonly name: string;
  readonly pattern: PairPattern;
}

const twoItems: Person = { name: "two items and their pair", pattern: patternOfPairs([[0, 1]], 2) };
const noPair: Person = { name: "four items, no pair listed", pattern: patternOfPairs([], 4) };
const allPairs: Person = { name: "eight items, all pairs listed", pattern: patternOfPairs(pairsAmong(8), 8) };

export interface PairMechanisms {
  /** The product's own code throughout, one for each person. */
  readonly asShipped: readonly Mechanism[];
  /** That of the person who changes the sum most. */
  readonly worst: Mechanism;
  /** Also sound: a larger weight, and a mistake that the second clip makes good. */
  readonly alsoSound: readonly Mechanism[];
  /** One mistake each. */
  readonly broken: readonly Mechanism[];
}

export function pairMechanisms(claim: Claim): PairMechanisms {
  const task = taskOf(claim, sensitivityOf(scales));
  const heavyTask = taskOf(claim, sensitivityOf(heavyScales));
  const common = { kind: "item-pairs", task, addNoise: noiseAsShipped, answers: 1 } as const;
  const asShippedTo = (person: Person): Mechanism => ({
    ...common,
    name: `as shipped, ${person.name}`,
    ...reported(clippedForRounding(contributionTo(person, scales), task)),
  });
  const worst = asShippedTo(noPair);
  const heavy: Mechanism = {
    ...common,
    name: "as shipped, weight most of the sensitivity",
    task: heavyTask,
    ...reported(clippedForRounding(contributionTo(noPair, heavyScales), heavyTask)),
  };
  const clippedByCounts = countsClipped(allPairs);
  return {
    asShipped: [twoItems, noPair, allPairs].map(asShippedTo),
    worst,
    alsoSound: [
      heavy,
      {
        ...common,
        name: "pairs left out of the norm, second clip kept",
        ...reported(clippedForRounding(clippedByCounts, task)),
      },
    ],
    broken: [
      { ...common, name: "pairs left out of the norm", ...reported(clippedByCounts) },
      { ...common, name: "pairs once more after the clip", ...reported(pairsTwice(allPairs)) },
      { ...common, name: "one pair once more after the clip", ...reported(pairsTwice(twoItems)) },
      { ...worst, name: "noise halved", addNoise: noiseTimes(0.5) },
      {
        ...heavy,
        name: "noise for the clip, weight forgotten",
        addNoise: noiseTimes(shareForClip(heavyScales)),
      },
    ],
  };
}

/** Noise that is calibrated to clipL2 and forgets the weight, as a part of what is due. */
export function shareForClip(of: Pick<PairScales, "clipL2" | "weightScale">): number {
  return of.clipL2 / sensitivityOf(of);
}

function contributionTo({ pattern }: Person, by: PairScales): Float64Array {
  const { places, values } = pairContributionOf(pattern, { items: itemsOf(pattern) }, by);
  const contribution = new Float64Array(pairLayout(pattern).length);
  for (const [at, place] of places.entries()) contribution[place] = values[at];
  return contribution;
}

/** Scaled by the w of a person with the same items and no pair. */
function countsClipped(person: Person): Float64Array {
  const items = itemsOf(person.pattern);
  const { weight } = pairContributionOf(patternOfPairs([], items.length), { items }, scales);
  return contributionTo(person, { ...scales, clipL2: Number.POSITIVE_INFINITY }).map(
    (value) => weight * value,
  );
}

/** Each pair from both of its items, where the norm has it once. */
function pairsTwice(person: Person): Float64Array {
  const { counts } = pairLayout(person.pattern);
  return contributionTo(person, scales).map((value, place) => (place < counts ? 2 * value : value));
}

/** All of it is a person's own but the weight, which is everybody's. */
function reported(canary: Float64Array): Pick<Mechanism, "canary" | "own"> {
  return { canary, own: canary.subarray(0, -1) };
}

function itemsOf({ starts }: PairPattern): readonly number[] {
  return Array.from({ length: starts.length - 1 }, (_, item) => item);
}

function pairsAmong(items: number): readonly (readonly [number, number])[] {
  return Array.from({ length: items }, (_, a) =>
    Array.from({ length: items - a - 1 }, (_, more) => [a, a + 1 + more] as const),
  ).flat();
}
