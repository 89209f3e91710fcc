/**
 * What is audited: a private sum as the product computes it (contribution, clip, rounding, shares, noise), and
 * the same with one mistake each, to show that the audit sees it. Contributions are the kinds' (factors.ts,
 * pairs.ts), the rest is common to all.
 *
 * The sum is seen in three ways. Everyone sees the aggregate with both aggregators' noise. An aggregator
 * knows its own noise and takes it off, so that only the other's protects: that is what the claimed rho
 * counts.
 */
import { randomBytes } from "node:crypto";
import { rhoWithin } from "../../core/sum/budget.ts";
import { addInto, fromField, toField } from "../../core/sum/field.ts";
import { encodeFixed } from "../../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../../core/sum/noise.ts";
import { joinShares, seedBytes, splitShares } from "../../core/sum/share.ts";
import { integerSigmaOf, type Task } from "../../core/tasks/task.ts";
import { fillRandom } from "../../server/base/platform.ts";
import { addNoiseInto, maskOf } from "../../server/tasks/mask.ts";

export interface Claim {
  readonly epsilon: number;
  readonly delta: number;
}

export type AuditedTask = Pick<Task, "fractionBits" | "sensitivity" | "sigma">;

/** The noise that a claim asks for when contributions have this sensitivity. */
export function taskOf(claim: Claim, sensitivity: number): AuditedTask {
  return { fractionBits: 15, sensitivity, sigma: sensitivity / Math.sqrt(2 * rhoWithin(claim)) };
}

/** What an aggregator does to its sum before it shows it. */
export type AddNoise = (sum: Uint32Array, task: AuditedTask) => Promise<void>;

export interface Mechanism {
  readonly kind: "item-factors" | "item-pairs" | "segments";
  readonly name: string;
  readonly task: AuditedTask;
  /** Contribution of the person who is looked for, as the browser clips it. */
  readonly canary: Float64Array;
  /** The numbers of a contribution that each of many persons has to themselves. */
  readonly own: Float64Array;
  readonly addNoise: AddNoise;
  /** How often an aggregator answers for one batch, each time with new noise. */
  readonly answers: number;
}

export const noiseAsShipped: AddNoise = (sum, task) => addNoiseInto(sum, integerSigmaOf(task));

/** The product's own noise, times `share`. */
export function noiseTimes(share: number): AddNoise {
  return (sum, task) => addNoiseInto(sum, share * integerSigmaOf(task));
}

export const varianceAsDeviation: AddNoise = (sum, task) => {
  const scale = 2 ** task.fractionBits;
  return addNoiseInto(sum, (integerSigmaOf(task) / scale) ** 2 * scale);
};

export const deviationAsVariance: AddNoise = (sum, task) =>
  addNoiseInto(sum, Math.sqrt(integerSigmaOf(task)));

export const oneSampleForAll: AddNoise = async (sum, task) => {
  const [sample] = discreteGaussian(1, integerSigmaOf(task), fillRandom);
  addInto(sum, toField(new Int32Array(sum.length).fill(sample)));
};

/** `public`: the aggregate. `leader` and `helper`: what that aggregator, dishonest, makes of it. */
export type View = "public" | "leader" | "helper";

/** Sums the vectors as leader and helper do, and shows the result, in integer units, as the view has it. */
export async function released(
  { addNoise, answers, task }: Mechanism,
  { vectors, view }: { readonly vectors: readonly Int32Array[]; readonly view: View },
): Promise<Float64Array> {
  const { length } = vectors[0];
  const leader = new Uint32Array(length);
  const helper = new Uint32Array(length);
  for (const values of vectors) {
    const mask = maskOf(randomBytes(seedBytes), length);
    addInto(leader, splitShares(toField(values), mask));
    addInto(helper, mask);
  }
  const seen = new Float64Array(length);
  for (let answer = 0; answer < answers; answer++) {
    const leaderSum = leader.slice();
    const helperSum = helper.slice();
    if (view !== "leader") await addNoise(leaderSum, task);
    if (view !== "helper") await addNoise(helperSum, task);
    const sum = fromField(joinShares(leaderSum, helperSum));
    for (let k = 0; k < length; k++) seen[k] += sum[k] / answers;
  }
  return seen;
}

/** A vector as the browser rounds it, by chance and anew each time. */
export function rounded(values: Float64Array, task: AuditedTask): Int32Array {
  return encodeFixed(values, task, fillRandom);
}
