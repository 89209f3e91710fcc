/**
 * Which arm a device is in, deterministically: the same number, experiment and visitor, the same arm, in
 * whatever tab and after whatever reload. Nobody but the device can say, since its number never leaves it.
 *
 *   layer:  from <= bucket("/" + layer, number) < to
 *   arm a:  W_a <= bucket(salt, number) / 10,000 < W_a + coverage w_a,    W_a = w_1 + ... + w_(a-1)
 *   salt  = seed, or where arms are balanced over kinds of visitors: seed + "/" + stratum
 *
 * as GrowthBook has it: each arm's range begins where all arms before it would end at full coverage, so that
 * whoever is in stays where they are when coverage grows. Layers and strata are hashed apart from each other:
 * no seed has a "/".
 *
 * Each stratum is a draw of its own: who is out as a new visitor may come in as one who returns.
 *
 * What is here forgets; who is in stays in by what the device keeps (kept.ts).
 */
import { firstPlace } from "../firstplace.ts";
import { isOpenTo } from "./audience.ts";
import type { Experiment } from "./experiment.ts";
import { bucketCount, hashBucket } from "./hash.ts";
import { stratumOf, type Visitor } from "./visitor.ts";

export interface Assigned {
  /** Place among the experiment's arms. */
  readonly arm: number;
  readonly stratum: number;
}

/**
 * Null: the device is not in the experiment. Whether the person permits it, and whether the experiment runs
 * at this time, was asked before.
 *
 * @param deviceNumber 32 hex digits from 16 random bytes.
 */
export function assign(experiment: Experiment, deviceNumber: string, visitor: Visitor): Assigned | null {
  const { layer, audience, strata, seed } = experiment;
  if (!isOpenTo(audience, visitor)) return null;
  if (layer !== null) {
    const bucket = hashBucket(`/${layer.name}`, deviceNumber);
    if (bucket < layer.from || bucket >= layer.to) return null;
  }
  const stratum = stratumOf(strata, visitor);
  const salt = strata.by === "nothing" ? seed : `${seed}/${stratum}`;
  const arm = armOf(experiment, hashBucket(salt, deviceNumber));
  return arm === null ? null : { arm, stratum };
}

/** The arm that a bucket belongs to; null: none. */
export function armOf({ arms, coverage }: Dealt, bucket: number): number | null {
  const place = bucket / bucketCount;
  let from = 0;
  for (let arm = 0; arm < arms.length; arm++) {
    if (place >= from && place < from + coverage * arms[arm].weight) return arm;
    from += arms[arm].weight;
  }
  return null;
}

/**
 * How likely each arm is to whoever is in: the weights, as far as whole buckets go, so that a small coverage
 * does not look like a mismatch. They sum to 1, or are all 0 where nobody can be in.
 */
export function armShares({ arms, coverage }: Dealt): readonly number[] {
  let from = 0;
  const buckets = arms.map(({ weight }) => {
    const count = firstBucket(from + coverage * weight) - firstBucket(from);
    from += weight;
    return count;
  });
  const total = buckets.reduce((sum, count) => sum + count, 0);
  return buckets.map((count) => (total === 0 ? 0 : count / total));
}

type Dealt = Pick<Experiment, "arms" | "coverage">;

/** The first bucket that is not before a place of 0..1: found as `armOf` compares, so that both agree. */
function firstBucket(place: number): number {
  return firstPlace(bucketCount, (bucket) => bucket / bucketCount >= place);
}
