/**
 * What a person likes, as a step of the item factors: one block of the items of the factors part that the
 * task names (core/tasks/itemfactors/contribution.ts).
 */
import { foldIn } from "../../../core/foldin.ts";
import { contributionOf } from "../../../core/tasks/itemfactors/contribution.ts";
import { type ItemFactorsSettings, itemFactors } from "../../../core/tasks/itemfactors/kind.ts";
import { blocksLeft } from "../../../core/tasks/itemfactors/schedule.ts";
import { uniformBelow } from "../uniform.ts";
import { type Contributor, contributorOf, type Factors } from "./contributor.ts";
import { likedItems } from "./likeditems.ts";

const contributor: Contributor<ItemFactorsSettings> = {
  kind: itemFactors,
  contribute: (settings, { events, factors, nowMs, fill }, history) => {
    // A task on factors that this device has not got yet, or no more, waits for the one that it can answer.
    if (factors === null || factors.id !== settings.factors) return null;
    requireSize(settings, factors);
    const liked = likedItems(factors.rowOf, events, nowMs);
    if (liked === null) return null;
    const left = blocksLeft(history, itemFactors.layoutOf(settings).blocks);
    const block = left[uniformBelow(left.length, fill)];
    const { alpha0, lambda } = settings;
    const { userVector } = foldIn({ ...factors, alpha0, lambda }, liked);
    const { values } = contributionOf({ ...settings, factors: factors.rows, block, userVector, ...liked });
    return { block, values, basedOn: liked.newest };
  },
};

export const itemFactorsContributor = contributorOf(contributor);

function requireSize({ items, dim }: ItemFactorsSettings, factors: Factors): void {
  if (items !== factors.count || dim !== factors.dim) {
    throw new RangeError(
      `item-factors: items x dim must be the factors part's ${factors.count} x ${factors.dim}, got ${items} x ${dim}`,
    );
  }
}
