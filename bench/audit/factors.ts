/** The kind item factors under audit: the worst-case person of the smallest task there is, four numbers long. */
import { clipBeforeRounding } from "../../core/sum/fixedpoint.ts";
import {
  contributionLayout,
  contributionOf,
  sensitivityOf,
} from "../../core/tasks/itemfactors/contribution.ts";
import {
  type Claim,
  deviationAsVariance,
  type Mechanism,
  noiseAsShipped,
  noiseTimes,
  oneSampleForAll,
  taskOf,
  varianceAsDeviation,
} from "./mechanisms.ts";

/** No unit in it is 1. */
const settings = { dim: 1, blockSize: 1, clipL2: 0.5, countScale: 0.1, weightScale: 0.125 };

export interface FactorMechanisms {
  /** The product's own code throughout. */
  readonly asShipped: Mechanism;
  /** The product again, where its clip has to work. */
  readonly asShippedToLoud: Mechanism;
  /** Both together add what each should. */
  readonly noiseSplit: Mechanism;
  /** One mistake each. */
  readonly broken: readonly Mechanism[];
}

export function factorMechanisms(claim: Claim): FactorMechanisms {
  const task = taskOf(claim, sensitivityOf(settings));
  const { clipL2 } = settings;
  const asShipped: Mechanism = {
    kind: "item-factors",
    name: "as shipped",
    task,
    ...personOf(task.fractionBits, { loudness: 1, clipL2 }),
    addNoise: noiseAsShipped,
    answers: 1,
  };
  const loud = (clip: number) => personOf(task.fractionBits, { loudness: 2, clipL2: clip });
  const noiseSplit: Mechanism = {
    ...asShipped,
    name: "noise split between the aggregators",
    addNoise: noiseTimes(Math.SQRT1_2),
  };
  return {
    asShipped,
    asShippedToLoud: { ...asShipped, ...loud(clipL2), name: "as shipped, to twice the clip" },
    noiseSplit,
    broken: [
      { ...asShipped, name: "no noise", addNoise: async () => {} },
      { ...asShipped, name: "noise halved", addNoise: noiseTimes(0.5) },
      { ...asShipped, name: "variance passed as standard deviation", addNoise: varianceAsDeviation },
      { ...asShipped, name: "standard deviation taken for a variance", addNoise: deviationAsVariance },
      noiseSplit,
      { ...asShipped, name: "one sample for all numbers", addNoise: oneSampleForAll },
      { ...asShipped, ...loud(Number.POSITIVE_INFINITY), name: "no clip, to twice the clip" },
      { ...asShipped, name: "four answers, each with new noise", answers: 4 },
    ],
  };
}

interface Clipping {
  /**
   * Norm of the person's contribution before it is clipped, as a multiple of the clip that the task names.
   */
  readonly loudness: number;
  /** The clip that a browser applies. */
  readonly clipL2: number;
}

/**
 * The contribution of the person, as the browser clips it, and what of a person with one number alone it lets
 * through. Of all persons one whose norm is the clip changes the sum most: its weight, which is summed too, is
 * still 1.
 */
function personOf(fractionBits: number, { loudness, clipL2 }: Clipping): Pick<Mechanism, "canary" | "own"> {
  const { length } = contributionLayout(settings);
  const norm = loudness * clipBeforeRounding({ ...settings, fractionBits, length });
  const x = Math.sqrt(norm / 2);
  // With factors of 0, g = -c x and H = x^2.
  const weight = Math.sqrt(norm ** 2 - settings.countScale ** 2 - x ** 4) / x;
  const person = { factors: [0], block: 0, items: [0], weights: [weight], userVector: Float64Array.of(x) };
  const clip = clipBeforeRounding({ clipL2, fractionBits, length });
  const spike = clipBeforeRounding({
    clipL2: Math.min(clipL2, loudness * settings.clipL2),
    fractionBits,
    length: 1,
  });
  return {
    canary: contributionOf({ ...settings, ...person, clipL2: clip }).values,
    own: Float64Array.of(spike),
  };
}
