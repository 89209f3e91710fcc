/**
 * Whether a list is better or worse for one person beyond noise: the interval of 95 % that the change of
 * their NDCG@k has where their purchases are drawn anew from themselves (bootstrap, percentiles; Efron 1979)
 * lies on one side of 0.
 *
 * One purchase, drawn anew, is always the same one: whoever bought one thing and finds it a place lower
 * counts as worse.
 */
import { seededRandom } from "../../core/seeded.ts";

export interface Change {
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
  readonly targets: ReadonlySet<number>;
  readonly k: number;
}

const draws = 1000;
const seed = 1;

export function beyondNoise({ before, after, targets, k }: Change): "better" | "worse" | "neither" {
  const [old, now] = [before, after].map((list) => placesIn(list, k));
  const changes = [...targets].map((row) => discount(now.get(row)) - discount(old.get(row)));
  if (changes.every((change) => change === 0)) return "neither";
  const random = seededRandom(seed);
  const sums = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let at = 0; at < changes.length; at++) sum += changes[Math.floor(random() * changes.length)];
    return sum;
  }).sort();
  if (sums[Math.floor(draws * 0.975)] < 0) return "worse";
  return sums[Math.floor(draws * 0.025)] > 0 ? "better" : "neither";
}

function placesIn(list: ArrayLike<number>, k: number): ReadonlyMap<number, number> {
  return new Map(Array.from({ length: Math.min(k, list.length) }, (_, at) => [list[at], at + 1]));
}

/** 1 / log2(place + 1); 0 for what is not listed. */
function discount(place: number | undefined): number {
  return place === undefined ? 0 : 1 / Math.log2(place + 1);
}
