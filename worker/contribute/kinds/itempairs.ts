/**
 * Which listed pairs of items a person likes both of, which items, and which of them lately: one report on
 * the list of the pairs part that the task names (core/tasks/itempairs/contribution.ts).
 */
import { pairContributionOf } from "../../../core/tasks/itempairs/contribution.ts";
import { type ItemPairsSettings, itemPairs } from "../../../core/tasks/itempairs/kind.ts";
import { dayMs } from "../../../core/time.ts";
import { type Contributor, contributorOf, type ListedPairs } from "./contributor.ts";
import { likedItems } from "./likeditems.ts";

const contributor: Contributor<ItemPairsSettings> = {
  kind: itemPairs,
  contribute: (settings, { events, pairs, nowMs }) => {
    // A task on a list that this device has not got yet, or no more, waits for the one that it can answer.
    if (pairs === null || pairs.id !== settings.pairs) return null;
    requireSize(settings, pairs);
    const liked = likedItems(pairs.rowOf, events, nowMs);
    if (liked === null) return null;
    const recent = liked.since(nowMs - settings.recentDays * dayMs);
    const { places, values } = pairContributionOf(pairs.pattern, { items: liked.items, recent }, settings);
    const whole = new Float64Array(itemPairs.layoutOf(settings).length);
    for (const [at, place] of places.entries()) whole[place] = values[at];
    return { block: 0, values: whole, basedOn: liked.newest };
  },
};

export const itemPairsContributor = contributorOf(contributor);

function requireSize({ items, pairCount }: ItemPairsSettings, { pattern }: ListedPairs): void {
  const found = pattern.starts.length - 1;
  if (items !== found || pairCount !== pattern.pairCount) {
    throw new RangeError(
      `item-pairs: the list must have the part's ${found} items and ${pattern.pairCount} pairs, got ${items} and ${pairCount}`,
    );
  }
}
