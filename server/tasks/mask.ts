/** What both aggregators compute with the platform's cryptography: masks and noise. */
import { createCipheriv } from "node:crypto";
import { addInto, toField } from "../../core/sum/field.ts";
import { discreteGaussian } from "../../core/sum/noise.ts";
import { addMaskInto, keystreamBytes, maskFrom, seedBytes } from "../../core/sum/share.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import { fillRandom } from "../base/platform.ts";

/** The helper's share, `length` field elements, expanded from its 32-byte seed by AES-128-CTR. */
export function maskOf(seed: Uint8Array, length: number): Uint32Array {
  return maskFrom(keystreamOf(seed, length), length);
}

/** sum <- sum + maskOf(seed, sum.length) mod q. */
export function addMaskOfInto(sum: Uint32Array, seed: Uint8Array): void {
  addMaskInto(sum, keystreamOf(seed, sum.length));
}

let zeros = new Uint8Array(0);

function keystreamOf(seed: Uint8Array, length: number): Uint8Array {
  if (seed.length !== seedBytes)
    throw new RangeError(`maskOf: a seed must have ${seedBytes} bytes, got ${seed.length}`);
  const bytes = keystreamBytes(length);
  if (zeros.length < bytes) zeros = new Uint8Array(bytes);
  const cipher = createCipheriv("aes-128-ctr", seed.subarray(0, 16), seed.subarray(16));
  return cipher.update(zeros.subarray(0, bytes));
}

/** `addNoiseInto`, or something in its place that counts how often noise is drawn. */
export type AddNoise = (sum: Uint32Array, sigma: number) => Promise<void>;

const noiseSlice = 8192;

/**
 * Adds discrete Gaussian noise to every coordinate of a sum of field elements, in slices, so that the server
 * keeps answering meanwhile.
 *
 * @param sigma standard deviation (not variance), in integer units; 0 adds nothing.
 */
export const addNoiseInto: AddNoise = async (sum, sigma) => {
  if (sigma === 0) return;
  for (let start = 0; start < sum.length; start += noiseSlice) {
    const slice = sum.subarray(start, start + noiseSlice);
    addInto(slice, toField(Int32Array.from(discreteGaussian(slice.length, sigma, fillRandom))));
    await yieldToEventLoop();
  }
};
