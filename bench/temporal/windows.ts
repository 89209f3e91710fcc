/**
 * What is bought lately, learned privately: one report a person of
 *
 *   [ 1 for each item of the last 60 days | 2 for each item of the last 14 days ]  w,  and w / 10,
 *
 * w = min(1, 1 / its length), so that its L2 sensitivity is sqrt(1.01). Counts are pulled towards what
 * content expects of an item (server/kinds/itemfactors/smoothing.ts), the harder the more of them is noise.
 */
import type { RandomFill } from "../../core/bytes.ts";
import type { QuantizedRows } from "../../core/model/quantize.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { shrunkenShares } from "../../server/kinds/itemfactors/smoothing.ts";
import { sumOf } from "../privatepairs.ts";
import type { Windows } from "./present.ts";

export interface LatelyBought {
  readonly last14: Uint32Array;
  readonly last60: Uint32Array;
}

/** Of a window's report; its clip is 1. */
export const windowScales = { clipL2: 1, weightScale: 0.1 };
/** Fewer people buy in 14 days: their counts weigh more. */
const shortScale = 2;
const leastShare = 1e-6;

export interface WindowCrowd {
  readonly people: readonly LatelyBought[];
  readonly content: QuantizedRows;
  readonly contentDim: number;
  /** Standard deviation of each aggregator's noise. */
  readonly sigma: number;
  readonly fill: RandomFill;
}

/**
 * Weighted people by item, in the two windows, and the standard deviation of the noise in a count of the
 * short one.
 */
export function learnWindows({ people, content, contentDim, sigma, fill }: WindowCrowd): Windows & {
  readonly deviation: number;
} {
  const count = content.values.length / contentDim;
  const length = 2 * count + 1;
  const contributions = people.map((person) => contributionOf(person, count));
  const sum = sumOf(contributions, { length, sensitivity: sensitivityOf(windowScales), sigma, fill });
  const weighted = Math.max(1, sum[length - 1] / windowScales.weightScale);
  const everywhere = (value: number) => new Float64Array(count).fill(value);
  const counted = (from: number, scale: number): Float64Array =>
    shrunkenShares(
      {
        counts: sum.slice(from, from + count).map((value) => value / scale),
        people: everywhere(weighted),
        countVariance: everywhere((2 * sigma ** 2) / scale ** 2),
      },
      { content, contentDim },
    ).map((share) => Math.max(leastShare, share) * weighted);
  return {
    last60: counted(0, 1),
    last14: counted(count, shortScale),
    deviation: (Math.SQRT2 * sigma) / shortScale,
  };
}

function contributionOf(
  { last14, last60 }: LatelyBought,
  count: number,
): { readonly places: Uint32Array; readonly values: Float64Array } {
  const norm = Math.sqrt(last60.length + last14.length * shortScale ** 2);
  const weight = norm > windowScales.clipL2 ? windowScales.clipL2 / norm : 1;
  // Who bought nothing lately says nothing of the present, and does not count among those who do.
  if (norm === 0) return { places: new Uint32Array(0), values: new Float64Array(0) };
  return {
    places: Uint32Array.from([...last60, ...last14.map((item) => count + item), 2 * count]),
    values: Float64Array.from([
      ...Array.from(last60, () => weight),
      ...Array.from(last14, () => weight * shortScale),
      weight * windowScales.weightScale,
    ]),
  };
}
