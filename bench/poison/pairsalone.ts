/** A shop that asks about pairs alone: one report each, learned from beside content. */
import type { Defences } from "../../server/kinds/itemfactors/defences.ts";
import type { PairDefences } from "../../server/kinds/itempairs/defences.ts";
import {
  attackedLanes,
  honestLanes,
  learnedFromLanes,
  type PairAttack,
  type PairWorld,
  type Placed,
  type ShownByPairs,
  shownByPairs,
} from "./pairworld.ts";

export interface Opening {
  readonly world: PairWorld;
  readonly defences: { readonly pairs: PairDefences; readonly factors: Defences };
  readonly epsilon: number;
  /** Items that will be pushed. */
  readonly targets: readonly number[];
}

export interface AttackedShop {
  /** What people are shown while nobody lies, a place for each target. */
  readonly before: ShownByPairs;
  /** Summed then, of all kinds. */
  readonly lanes: number;
  readonly after: (attack: Omit<PairAttack, "shares">) => Attacked;
}

/** Of one target. */
export interface Attacked extends Placed {
  readonly recall: number;
  readonly dropped: number;
  readonly lanes: number;
}

/** @throws {RangeError} where lanes of the honest are dropped. */
export function pairsAlone({ world, defences: { pairs: defences }, targets }: Opening): AttackedShop {
  const honest = honestLanes(world);
  const { learned } = learnedFromLanes(world, honest, defences);
  if (learned === null) throw new RangeError("poison: expected honest lanes to be kept, got none");
  const before = shownByPairs(world, learned, targets);
  const after = (attack: Omit<PairAttack, "shares">): Attacked => {
    const lanes = attackedLanes(world, honest, { ...attack, shares: learned.shares });
    const outcome = learnedFromLanes(world, lanes, defences);
    const counted = { dropped: outcome.dropped.length, lanes: lanes.length };
    if (outcome.learned === null) return { ...stayed(before, targets, attack.target), ...counted };
    const shown = shownByPairs(world, outcome.learned, [attack.target]);
    return { recall: shown.recall, ...shown.targets[0], ...counted };
  };
  return { before, lanes: honest.length, after };
}

/** Nothing was learned, and the edition of the honest stays. */
export function stayed(before: ShownByPairs, targets: readonly number[], target: number) {
  return { recall: before.recall, ...before.targets[targets.indexOf(target)] };
}
