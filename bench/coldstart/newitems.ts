/** Items held out of all training, and who has which of them: what a shop's newest things are judged by. */
import { seededRandom } from "../../core/seeded.ts";
import type { DataSet, HeldOut, Person } from "../data.ts";
import { countedPopularity, judgeScores, type ScoresOf } from "../judge.ts";

export interface NewItems {
  /** Nobody in `train` has a new item; held-out people's targets are the new items that they have. */
  readonly data: DataSet;
  /** By item, 1 for a new one. */
  readonly isNew: Uint8Array;
  /** Share of people per item; a new one's is the mean of the others'. */
  readonly shares: Float64Array;
}

export interface HeldOutShare {
  /** Part of all items that is new. */
  readonly share: number;
  readonly seed: number;
}

export function heldOutItems({ items, train, heldOut }: DataSet, { share, seed }: HeldOutShare): NewItems {
  const random = seededRandom(seed);
  const isNew = Uint8Array.from(items, () => (random() < share ? 1 : 0));
  const old = (item: number) => isNew[item] === 0;
  const people = train.map((person) => withItems(person, old)).filter((person) => person.items.length > 0);
  const judged = heldOut.flatMap(({ foldIn, targets }): HeldOut[] => {
    const known = withItems(foldIn, old);
    // What the split calls known is as new to a model that never saw it.
    const wanted = new Set([...foldIn.items, ...targets].filter((item) => !old(item)));
    return known.items.length === 0 || wanted.size === 0 ? [] : [{ foldIn: known, targets: wanted }];
  });
  const data = { items, train: people, heldOut: judged };
  const shares = countedPopularity(data);
  const mean = shares.reduce((sum, one) => sum + one, 0) / isNew.filter((one) => one === 0).length;
  return { data, isNew, shares: shares.map((one, item) => (old(item) ? one : mean)) };
}

/** recall@20 and NDCG@20. */
export type NewItemsQuality = Readonly<Record<"recall" | "ndcg" | "recallOfAll" | "ndcgOfAll", number>>;

/** In a list of the new items alone, and in one of all items. */
export function qualityOnNew({ data, isNew }: NewItems, scoresOf: ScoresOf): NewItemsQuality {
  const scores = new Map(data.heldOut.map(({ foldIn }) => [foldIn, scoresOf(foldIn)]));
  const known: ScoresOf = (person) => scores.get(person) ?? scoresOf(person);
  const amongNew: ScoresOf = (person) =>
    known(person).map((score, item) => (isNew[item] === 1 ? score : Number.NEGATIVE_INFINITY));
  const alone = judgeScores(data, amongNew);
  const all = judgeScores(data, known);
  return { recall: alone.recall, ndcg: alone.ndcg, recallOfAll: all.recall, ndcgOfAll: all.ndcg };
}

function withItems({ items, weights }: Person, keep: (item: number) => boolean): Person {
  const kept = Array.from(items.keys()).filter((at) => keep(items[at]));
  return {
    items: Uint32Array.from(kept, (at) => items[at]),
    weights: Float64Array.from(kept, (at) => weights[at]),
  };
}
