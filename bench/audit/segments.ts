/**
 * The kind segments under audit: whoever stands beyond the clip changes the sum most, with the scatter asked
 * for and without; and the mistakes that only segments can have.
 *
 * The second clip, to the sensitivity, that every report passes before it is rounded would hide mistakes of the
 * first; they are shown without it.
 */
import { clippedForRounding } from "../../core/sum/fixedpoint.ts";
import {
  type SegmentScales,
  segmentContributionOf,
  segmentSensitivity,
} from "../../core/tasks/segments/contribution.ts";
import { type Claim, type Mechanism, noiseAsShipped, noiseTimes, taskOf } from "./mechanisms.ts";

/** Two centroids on two axes; no unit in them is 1. */
const centroids = { count: 2, dim: 2, centroids: [-1.5, 0, 2, 0.5] };
const plain: SegmentScales = { clipL2: 0.9, countScale: 0.45, scatterScale: 0 };
const scattered: SegmentScales = { ...plain, scatterScale: 1.3 };
/** Beyond the clip of the second centroid, whichever way. */
const beyond = [4, 3];
const near = [2.1, 0.4];

export interface SegmentMechanisms {
  /** The product's own code throughout. */
  readonly asShipped: readonly Mechanism[];
  /** One mistake each. */
  readonly broken: readonly Mechanism[];
}

export function segmentMechanisms(claim: Claim): SegmentMechanisms {
  const common = { kind: "segments", addNoise: noiseAsShipped, answers: 1 } as const;
  const asShippedTo = (name: string, place: readonly number[], scales: SegmentScales): Mechanism => {
    const task = taskOf(claim, segmentSensitivity(scales));
    const canary = clippedForRounding(segmentContributionOf(centroids, place, scales), task);
    return { ...common, name: `as shipped, ${name}`, task, canary, own: ownOf(canary) };
  };
  const far = asShippedTo("beyond the clip", beyond, plain);
  const farScattered = asShippedTo("beyond the clip, with scatter", beyond, scattered);
  const unclipped = { ...plain, clipL2: Number.POSITIVE_INFINITY };
  const wholeWay = segmentContributionOf(centroids, [2 + 1.8, 0.5], unclipped);
  return {
    asShipped: [far, farScattered, asShippedTo("near a centroid", near, plain)],
    broken: [
      { ...far, name: "way not clipped, to twice the clip", canary: wholeWay, own: ownOf(wholeWay) },
      {
        ...farScattered,
        name: "noise for way and count, scatter forgotten",
        addNoise: noiseTimes(segmentSensitivity(plain) / segmentSensitivity(scattered)),
      },
      { ...far, name: "noise halved", addNoise: noiseTimes(0.5) },
    ],
  };
}

/** In one run each of many persons has a block of their own. */
function ownOf(canary: Float64Array): Float64Array {
  return canary.filter((value) => value !== 0);
}
