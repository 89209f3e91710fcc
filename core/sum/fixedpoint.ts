/**
 * Reals as integers: value * 2^fractionBits, rounded up or down by chance so that the expectation is exact.
 *
 * Rounding moves a vector by less than sqrt(length) in L2 norm. A contribution is therefore clipped to
 * `clipBeforeRounding` first, and the integer vector has norm <= clipL2 * 2^fractionBits *whatever the dice
 * say*: the sensitivity that the noise is calibrated to holds exactly, not in expectation.
 */
import type { RandomFill } from "../bytes.ts";
import { modulus } from "./field.ts";

export interface FixedPoint {
  readonly fractionBits: number;
}

/** The clip to apply to reals so that the rounded integers respect `clipL2` exactly. */
export function clipBeforeRounding({
  clipL2,
  length,
  fractionBits,
}: FixedPoint & { readonly clipL2: number; readonly length: number }): number {
  const clip = clipL2 - Math.sqrt(length) / 2 ** fractionBits;
  if (!(clip > 0)) {
    throw new RangeError(
      `clipBeforeRounding: clipL2 must exceed the rounding error ${clipL2 - clip}, got ${clipL2}: use more fractionBits`,
    );
  }
  return clip;
}

/**
 * `values`, scaled down as far as it takes for its rounded integers to have a norm of at most `sensitivity`
 * whatever the dice say; the same array where it takes nothing. What every contribution passes before it is
 * rounded, whatever its kind promised.
 */
export function clippedForRounding(
  values: Float64Array,
  { sensitivity, fractionBits }: FixedPoint & { readonly sensitivity: number },
): Float64Array {
  return clippedTo(values, clipBeforeRounding({ clipL2: sensitivity, length: values.length, fractionBits }));
}

/** `values`, scaled down to a norm of at most `clip`; the same array where it is no more. */
export function clippedTo(values: Float64Array, clip: number): Float64Array {
  let square = 0;
  for (let k = 0; k < values.length; k++) square += values[k] * values[k];
  const norm = Math.sqrt(square);
  return norm <= clip ? values : values.map((value) => (value * clip) / norm);
}

/** Stochastic rounding. Exact integers (and zeros) cost no randomness and stay what they are. */
export function encodeFixed(
  values: Float64Array,
  { fractionBits }: FixedPoint,
  fill: RandomFill,
): Int32Array {
  const scale = 2 ** fractionBits;
  const integers = new Int32Array(values.length);
  const fractional: number[] = [];
  for (let k = 0; k < values.length; k++) {
    const scaled = values[k] * scale;
    if (!(Math.abs(scaled) < 2 ** 31 - 1)) {
      throw new RangeError(
        `encodeFixed: numbers must stay within ±2^31 after scaling, got ${scaled} at ${k}`,
      );
    }
    const below = Math.floor(scaled);
    integers[k] = below;
    if (scaled > below) fractional.push(k);
  }
  const chance = new Uint32Array(fractional.length);
  fill(new Uint8Array(chance.buffer));
  for (let j = 0; j < fractional.length; j++) {
    const k = fractional[j];
    // The chance of rounding up is the fraction, to 2^-32.
    if (chance[j] < (values[k] * scale - integers[k]) * 2 ** 32) integers[k] += 1;
  }
  return integers;
}

/** Integers (a report's or a sum's) as reals. */
export function decodeFixed(integers: ArrayLike<number>, { fractionBits }: FixedPoint): Float64Array {
  const scale = 2 ** fractionBits;
  return Float64Array.from(integers, (value) => value / scale);
}

/**
 * The most reports whose noisy sum certainly does not wrap around the modulus: count * (largest magnitude) +
 * 2 * 12 sigma < q / 2, the noise of both aggregators taken at 12 standard deviations (exceeded with
 * probability below 2^-100 per coordinate).
 *
 * @param sigma standard deviation of each aggregator's noise, in integer units.
 */
export function maxReportsWithoutOverflow({
  largest,
  fractionBits,
  sigma,
}: FixedPoint & { readonly largest: number; readonly sigma: number }): number {
  const room = (modulus - 1) / 2 - 24 * sigma;
  return Math.max(0, Math.floor(room / Math.ceil(largest * 2 ** fractionBits)));
}
