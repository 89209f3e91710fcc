/** What one device knows of its person, in numbers that say how to rank for them: computed there, and kept there. */
import type { TasteRows } from "../foldin.ts";

export interface DeviceProfile {
  /** Different items of the catalogue that the person likes: a taste above 0. */
  readonly liked: number;
  /** Of these the share that somebody has learned, and that pairs have in their list, 0..1; 0 of none. */
  readonly onLearned: number;
  readonly onPairs: number;
  /** How many things the person said they like. */
  readonly facts: number;
}

/** What of a model says which items are learned. */
export interface LearnedItems {
  /** One byte per row, 1 for what waits to be learned; null: nothing does. */
  readonly waiting: Uint8Array | null;
  /** Row of the list of pairs by row of the catalogue, below 0 for what is not in it; null: there are no pairs. */
  readonly listed: ArrayLike<number> | null;
}

export function deviceProfileOf(
  { waiting, listed }: LearnedItems,
  { items, weights }: TasteRows,
  facts: number,
): DeviceProfile {
  let [liked, learned, paired] = [0, 0, 0];
  for (let taste = 0; taste < items.length; taste++) {
    if (!(weights[taste] > 0)) continue;
    liked += 1;
    if (waiting?.[items[taste]] !== 1) learned += 1;
    if (listed !== null && listed[items[taste]] >= 0) paired += 1;
  }
  const share = (count: number) => (liked === 0 ? 0 : count / liked);
  return { liked, onLearned: share(learned), onPairs: share(paired), facts };
}
