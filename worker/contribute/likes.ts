/** What a person likes of the learned items, and the contribution it makes to a task: the plaintext that never leaves. */

import type { TacitEvent } from "../../core/events/event.ts";
import { eventWeights, tastesOf } from "../../core/events/tastes.ts";
import { foldIn } from "../../core/foldin.ts";
import { knownTastes } from "../../core/ranking/profile.ts";
import { clipBeforeRounding } from "../../core/sum/fixedpoint.ts";
import { contributionOf } from "../../core/tasks/itemfactors/contribution.ts";
import { type Task, vectorLengthOf } from "../../core/tasks/task.ts";
import type { FactorsView } from "../rank/model.ts";

/** One item says little about taste and much about the person: fewer liked items than this are not contributed. */
const fewestLikedItems = 2;

export interface LikedItems {
  readonly items: readonly number[];
  readonly weights: readonly number[];
  /** Id of the newest event behind them. */
  readonly basis: string;
}

/** What the person likes of the items that have factors; null when it is too little. */
export function likedItems(
  factors: FactorsView,
  events: readonly TacitEvent[],
  nowMs: number,
): LikedItems | null {
  const weighed = eventWeights(events, { nowMs });
  const wanted = new Map([...tastesOf(weighed)].filter(([, weight]) => weight > 0));
  const liked = knownTastes(factors, wanted);
  const basis = weighed.findLast(({ item }) => wanted.has(item) && factors.rowOf.has(item));
  return basis === undefined || liked.items.length < fewestLikedItems
    ? null
    : { ...liked, basis: basis.event.id };
}

/** The contribution of one block, clipped so that rounding cannot lift it over the task's clip. */
export function blockContribution(
  task: Task,
  view: FactorsView,
  liked: LikedItems,
  block: number,
): Float64Array {
  const { alpha0, lambda, fractionBits } = task;
  const { userVector } = foldIn({ ...view.rows, alpha0, lambda }, liked);
  const clipL2 = clipBeforeRounding({ clipL2: task.clipL2, length: vectorLengthOf(task), fractionBits });
  const { rows: factors } = view.rows;
  return contributionOf({ ...task, clipL2, factors, block, userVector, ...liked }).values;
}
