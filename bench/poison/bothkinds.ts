/**
 * A shop that asks about both kinds: everybody reports on factors once, from what content says of items, and on
 * pairs once, each under the whole noise of its report (a device whose budget has room for one in a month answers
 * the other in the next). People are shown items by content and factors in one space, with the popularity that
 * pairs counted, and by pairs beside it.
 *
 * Every liar lies about the same item in both.
 */
import { foldIn } from "../../core/foldin.ts";
import { dot, gramOf } from "../../core/linear.ts";
import { seededRandom } from "../../core/seeded.ts";
import { maxReportsWithoutOverflow } from "../../core/sum/fixedpoint.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { integerSigmaOf } from "../../core/tasks/task.ts";
import type { Learned } from "../../server/kinds/itemfactors/knowledge.ts";
import { unlearned } from "../../server/kinds/itemfactors/learned.ts";
import { learnedAfter } from "../../server/kinds/itemfactors/step.ts";
import type { Person } from "../data.ts";
import { type ItemTask, itemTask } from "../itemtask.ts";
import { jointScores } from "../judge.ts";
import { settingsFor } from "../privacysettings.ts";
import { fractionBits } from "../private.ts";
import type { LearnedPairs } from "../privatepairs.ts";
import { lieOf, type Strategy } from "./attackers.ts";
import { aggregatesOf, type Lie } from "./crowd.ts";
import type { PairStrategy } from "./pairattackers.ts";
import { type Attacked, type AttackedShop, type Opening, stayed } from "./pairsalone.ts";
import {
  attackedLanes,
  honestLanes,
  learnedFromLanes,
  type PairAttack,
  type PairWorld,
  type ShownByPairs,
  shownBeside,
} from "./pairworld.ts";

/** What a liar about pairs sends about factors. */
const aboutFactors: Readonly<Record<PairStrategy, Strategy>> = {
  paired: "gradient",
  counted: "counted",
  claimed: "counted",
  lookalike: "lookalike",
  stretched: "stretched",
  saturating: "stretched",
  draining: "stretched",
  thousandfold: "thousandfold",
  wrapped: "wrapped",
  late: "counted",
  lasting: "counted",
  flooding: "stretched",
  weightless: "gradient",
  vandal: "vandal",
};

/** @throws {RangeError} where lanes of the honest are dropped. */
export function bothKinds({ world, defences, epsilon, targets }: Opening): AttackedShop {
  const { crowd, lanes, seed, publicItems, data } = world;
  const { noiseMultiplier, rounds: _rounds, dim, ...shape } = settingsFor({ people: crowd.length, epsilon });
  const sigma = integerSigmaOf({ sigma: shape.clipL2 * noiseMultiplier, fractionBits });
  const maxBatch = maxReportsWithoutOverflow({ largest: sensitivityOf(shape), fractionBits, sigma });
  const on = itemTask({
    ...shape,
    items: data.items.length,
    dim,
    round: 0,
    fractionBits,
    noiseMultiplier,
    minBatch: 1,
    maxBatch,
    lanes,
  });
  const start = unlearned(publicItems, dim);
  const factorsAfter = (lies: readonly Lie[]) => {
    const aggregates = aggregatesOf({ on, learned: start, crowd, lies, seed: 1000 * seed });
    const after = learnedAfter(start, { ...on, aggregates, stepsBefore: 0, defences: defences.factors });
    const dropped = after.outcomes.reduce((sum, outcome) => sum + outcome.dropped.length, 0);
    const summed = after.outcomes.reduce((sum, outcome) => sum + outcome.lanes, 0);
    return { learned: after, dropped, lanes: summed };
  };
  const sums = honestLanes(world);
  const { learned: pairs } = learnedFromLanes(world, sums, defences.pairs);
  if (pairs === null) throw new RangeError("poison: expected honest lanes to be kept, got none");
  const { learned: factors, lanes: factorLanes } = factorsAfter([]);
  const before = shownByBoth(world, { factors, pairs }, targets);
  const direction = likedByMany(on, start, crowd);

  const after = (attack: Omit<PairAttack, "shares">): Attacked => {
    const attacked = attackedLanes(world, sums, { ...attack, shares: pairs.shares });
    const byPairs = learnedFromLanes(world, attacked, defences.pairs);
    const liars = Math.max(1, Math.round(attack.rate * crowd.length));
    const plan = {
      strategy: aboutFactors[attack.strategy],
      target: attack.target,
      on,
      learned: start,
      direction,
      popular: mostPopular(pairs.shares),
      laneReports: (crowd.length / on.task.blocks + liars) / lanes,
      liesInLane: Math.ceil(liars / lanes),
      random: seededRandom(seed),
    };
    const byFactors = factorsAfter(Array.from({ length: liars }, () => lieOf(plan)));
    const counted = {
      dropped: byPairs.dropped.length + byFactors.dropped,
      lanes: attacked.length + byFactors.lanes,
    };
    const nothing = byFactors.dropped === byFactors.lanes;
    if (nothing && byPairs.learned === null) return { ...stayed(before, targets, attack.target), ...counted };
    const learned = { factors: nothing ? factors : byFactors.learned, pairs: byPairs.learned ?? pairs };
    const shown = shownByBoth(world, learned, [attack.target]);
    return { recall: shown.recall, ...shown.targets[0], ...counted };
  };
  return { before, lanes: sums.length + factorLanes, after };
}

interface LearnedOfBoth {
  readonly factors: Learned;
  readonly pairs: LearnedPairs;
}

function shownByBoth(
  world: PairWorld,
  { factors: { factors: rows, dim }, pairs }: LearnedOfBoth,
  targets: readonly number[],
): ShownByPairs {
  const { data, publicItems } = world;
  const joint = jointScores(data, { ...publicItems, popularity: pairs.shares, factors: { rows, dim } });
  return shownBeside(world, joint, pairs, targets);
}

/** Unit vector towards the mean user vector of real people. An outsider can only guess it; liars are granted it. */
function likedByMany(
  { settings }: ItemTask,
  { factors: rows }: Learned,
  crowd: readonly Person[],
): Float64Array {
  const { items: count, dim } = settings;
  const model = { ...settings, rows, count, gram: gramOf(rows, count, dim) };
  const direction = new Float64Array(dim);
  for (const person of crowd.slice(0, 100)) {
    const { userVector } = foldIn(model, person);
    for (let k = 0; k < dim; k++) direction[k] += userVector[k];
  }
  const length = Math.sqrt(dot(direction, 0, direction, 0, dim));
  return direction.map((value) => value / length);
}

function mostPopular(shares: Float64Array): readonly number[] {
  return [...shares.keys()].sort((a, b) => shares[b] - shares[a]).slice(0, 50);
}
