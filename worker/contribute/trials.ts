/**
 * Lists on trial on this device (core/lists/servings.ts): what is shown has two places swapped only once that
 * is kept, so that no click at a swapped place is ever taken for one at a place by score.
 */
import { type Listed, serve, swapped } from "../../core/lists/servings.ts";
import { type PlaceTrial, placeBuckets } from "../../core/lists/trial.ts";
import type { ForYouOptions, Recommendation } from "../api.ts";
import { type Edges, type Notify, troubleOf } from "../edges.ts";
import type { Model } from "../rank/model.ts";
import type { Store } from "../store/store.ts";
import { uniformBelow } from "./uniform.ts";

export interface TrialsParts {
  readonly store: Pick<Store, "trials">;
  readonly edges: Pick<Edges, "nowMs" | "fill">;
  readonly notify: Notify;
  /**
   * Whether this device may contribute; false for good, for whoever asked before, once that was taken back.
   */
  readonly allowed: () => () => boolean;
  /** Whether learning is paused: then nothing that is done in a list would be known. */
  readonly isPaused: () => Promise<boolean>;
}

/** The list as it is shown: with two places swapped, where it is on trial and the coin says so. */
export type OnTrial = (
  list: readonly Recommendation[],
  options: ForYouOptions,
  model: Pick<Model, "ranking">,
) => Promise<readonly Recommendation[]>;

export function trialsOf({ store, edges, notify, allowed, isPaused }: TrialsParts): OnTrial {
  return async (list, { name, again, without = [] }, { ranking }) => {
    const policy = ranking.policy?.trials;
    const isAllowed = allowed();
    const isNamed = name !== undefined && policy?.lists.includes(name) === true;
    // What a person bought is in their own order, and what would be without an act is no list that is shown.
    if (!isNamed || policy.share === 0 || again === true || without.length > 0 || !isAllowed()) return list;
    if (await isPaused()) return list;
    const atMs = edges.nowMs();
    const rows = list.map((one) => ({ item: one.item, isFixed: one.pinned === true || one.again === true }));
    const listed: Listed = { list: name, atMs, share: policy.share, ends: placeBuckets, rows };
    try {
      const served = await store.trials.serve((trials, { choices, erasedAtMs }) => {
        const isChosen = choices.personalise !== false && choices.contribute !== false;
        // A "no", or an erasure, may have come meanwhile, here or in another tab.
        if (!(isAllowed() && isChosen && atMs > (erasedAtMs ?? 0))) return null;
        return serve(trials, listed, (count) => uniformBelow(count, edges.fill));
      });
      return served?.trial == null ? list : shown(list, served.trial);
    } catch (cause) {
      notify(troubleOf("trials", cause));
      return list;
    }
  };
}

function shown(list: readonly Recommendation[], trial: PlaceTrial): readonly Recommendation[] {
  const rows = swapped(list, trial);
  return rows.map((row, at) => (row === list[at] ? row : { ...row, swapped: true }));
}
