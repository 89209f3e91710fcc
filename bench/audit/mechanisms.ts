/**
 * What is audited: the private sum as the product computes it (contribution, clip, rounding, shares, noise),
 * and the same with one mistake each, to show that the audit sees it.
 *
 * The sum is seen in three ways. Everyone sees the aggregate with both aggregators' noise. An aggregator
 * knows its own noise and takes it off, so that only the other's protects: that is what the claimed rho
 * counts.
 */
import { randomBytes } from "node:crypto";
import { rhoWithin } from "../../core/sum/budget.ts";
import { addInto, fromField, toField } from "../../core/sum/field.ts";
import { clipBeforeRounding, encodeFixed } from "../../core/sum/fixedpoint.ts";
import { discreteGaussian } from "../../core/sum/noise.ts";
import { joinShares, seedBytes, splitShares } from "../../core/sum/share.ts";
import {
  contributionLayout,
  contributionOf,
  sensitivityOf,
} from "../../core/tasks/itemfactors/contribution.ts";
import type { ItemFactorsSettings } from "../../core/tasks/itemfactors/kind.ts";
import { integerSigmaOf, type Task } from "../../core/tasks/task.ts";
import { fillRandom } from "../../server/base/platform.ts";
import { addNoiseInto, maskOf } from "../../server/tasks/mask.ts";

export type AuditedTask = Pick<
  ItemFactorsSettings,
  "dim" | "blockSize" | "clipL2" | "countScale" | "weightScale"
> &
  Pick<Task, "fractionBits" | "sensitivity" | "sigma">;

/**
 * The smallest task there is, four numbers long, with the noise that (epsilon, delta) asks for. No unit in it
 * is 1.
 */
export function taskWithin(claim: { readonly epsilon: number; readonly delta: number }): AuditedTask {
  const scales = { clipL2: 0.5, countScale: 0.1, weightScale: 0.125 };
  const sensitivity = sensitivityOf(scales);
  const sigma = sensitivity / Math.sqrt(2 * rhoWithin(claim));
  return { dim: 1, blockSize: 1, fractionBits: 15, ...scales, sensitivity, sigma };
}

export interface Mechanism {
  readonly name: string;
  /**
   * Norm of the person's contribution before it is clipped, as a multiple of the clip that the task names.
   */
  readonly loudness: number;
  /** The clip that a browser applies. */
  readonly clipOf: (task: AuditedTask) => number;
  /** What an aggregator does to its sum before it shows it. */
  readonly addNoise: (sum: Uint32Array, task: AuditedTask) => Promise<void>;
  /** How often an aggregator answers for one batch, each time with new noise. */
  readonly answers: number;
}

/** The product's own code throughout. */
export const asShipped: Mechanism = {
  name: "as shipped",
  loudness: 1,
  clipOf: ({ clipL2 }) => clipL2,
  addNoise: (sum, task) => addNoiseInto(sum, integerSigmaOf(task)),
  answers: 1,
};

/** The product again, where its clip has to work. */
export const asShippedToLoud: Mechanism = {
  ...asShipped,
  name: "as shipped, to twice the clip",
  loudness: 2,
};

/** Both together add what each should. */
export const noiseSplit: Mechanism = {
  ...asShipped,
  name: "noise split between the aggregators",
  addNoise: (sum, task) => addNoiseInto(sum, integerSigmaOf(task) / Math.SQRT2),
};

/** One mistake each. */
export const broken: readonly Mechanism[] = [
  { ...asShipped, name: "no noise", addNoise: async () => {} },
  {
    ...asShipped,
    name: "noise halved",
    addNoise: (sum, task) => addNoiseInto(sum, integerSigmaOf(task) / 2),
  },
  {
    ...asShipped,
    name: "variance passed as standard deviation",
    addNoise: (sum, task) => {
      const scale = 2 ** task.fractionBits;
      return addNoiseInto(sum, (integerSigmaOf(task) / scale) ** 2 * scale);
    },
  },
  {
    ...asShipped,
    name: "standard deviation taken for a variance",
    addNoise: (sum, task) => addNoiseInto(sum, Math.sqrt(integerSigmaOf(task))),
  },
  noiseSplit,
  {
    ...asShipped,
    name: "one sample for all numbers",
    addNoise: async (sum, task) => {
      const [sample] = discreteGaussian(1, integerSigmaOf(task), fillRandom);
      addInto(sum, toField(new Int32Array(sum.length).fill(sample)));
    },
  },
  { ...asShippedToLoud, name: "no clip, to twice the clip", clipOf: () => Number.POSITIVE_INFINITY },
  { ...asShipped, name: "four answers, each with new noise", answers: 4 },
];

/** `public`: the aggregate. `leader` and `helper`: what that aggregator, dishonest, makes of it. */
export type View = "public" | "leader" | "helper";

/** Sums the vectors as leader and helper do, and shows the result, in integer units, as the view has it. */
export async function released(
  { addNoise, answers }: Mechanism,
  task: AuditedTask,
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

/**
 * The contribution of the mechanism's person, as the browser clips it. Of all persons one whose norm is the
 * clip changes the sum most: its weight, which is summed too, is still 1.
 */
export function contributionFor({ clipOf, loudness }: Mechanism, task: AuditedTask): Float64Array {
  const { length } = contributionLayout(task);
  const norm = loudness * clipBeforeRounding({ ...task, length });
  const x = Math.sqrt(norm / 2);
  // With factors of 0, g = -c x and H = x^2.
  const weight = Math.sqrt(norm ** 2 - task.countScale ** 2 - x ** 4) / x;
  const person = { factors: [0], block: 0, items: [0], weights: [weight], userVector: Float64Array.of(x) };
  const clipL2 = clipBeforeRounding({ ...task, clipL2: clipOf(task), length });
  return contributionOf({ ...task, ...person, clipL2 }).values;
}

/** What of a person with one number alone the browser lets through. */
export function spikeFor({ clipOf, loudness }: Mechanism, task: AuditedTask): number {
  return clipBeforeRounding({ ...task, clipL2: Math.min(clipOf(task), loudness * task.clipL2), length: 1 });
}

/** A vector as the browser rounds it, by chance and anew each time. */
export function rounded(values: Float64Array, task: AuditedTask): Int32Array {
  return encodeFixed(values, task, fillRandom);
}
