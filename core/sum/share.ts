/**
 * Additive secret sharing of field vectors between two aggregators.
 *
 *   helper share = mask = uniform field elements expanded from a 32-byte seed
 *   leader share = values - mask  (mod q)
 *
 * Either share alone is uniformly distributed whatever the values are (computationally for the helper's seed,
 * under AES-128 as a pseudorandom generator); their sum is the values. The helper's share travels as its seed
 * only.
 *
 * A seed is an AES-128 key (16 bytes) and an initial counter block (16 bytes); its keystream is AES-128-CTR
 * over zeros, read as little-endian Uint32. Numbers of q or more are skipped (rejection sampling), so that
 * elements are exactly uniform. The keystream itself comes from the platform (WebCrypto, node:crypto).
 */
import { addInto, elementsUpTo, modulus, subtractFrom } from "./field.ts";

export const seedBytes = 32;

/**
 * Bytes of keystream from which `count` elements are taken. A number is skipped with probability 2^-12; the
 * spare makes running out less likely than 2^-64 (Poisson tail), and running out is an error, never a shorter
 * mask.
 */
export function keystreamBytes(count: number): number {
  const expectedSkips = count / 4096;
  return 4 * (count + 32 + Math.ceil(expectedSkips + 10 * Math.sqrt(expectedSkips)));
}

/**
 * The mask, `count` field elements, from `keystreamBytes(count)` bytes of keystream.
 *
 * @throws {RangeError} when too many numbers had to be skipped: take another seed.
 */
export function maskFrom(keystream: Uint8Array, count: number): Uint32Array<ArrayBuffer> {
  const view = new DataView(keystream.buffer, keystream.byteOffset, keystream.byteLength);
  const numbers = Math.floor(keystream.length / 4);
  const mask = new Uint32Array(count);
  let filled = 0;
  for (let at = 0; at < numbers && filled < count; at++) {
    const value = view.getUint32(at * 4, true);
    if (value < modulus) mask[filled++] = value;
  }
  if (filled < count) throw new RangeError(`maskFrom: expected ${count} field elements, got ${filled}`);
  return mask;
}

const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * sum <- sum + mask mod q: `addInto(sum, maskFrom(keystream, sum.length))` without ever holding the mask.
 *
 * @throws {RangeError} when too many numbers had to be skipped; then `sum` is unusable.
 */
export function addMaskInto(sum: Uint32Array, keystream: Uint8Array): void {
  if (!isLittleEndian || keystream.byteOffset % 4 !== 0) {
    addInto(sum, maskFrom(keystream, sum.length));
    return;
  }
  const { buffer, byteOffset, byteLength } = keystream;
  const count = Math.floor(byteLength / 4);
  const numbers = new Uint32Array(buffer, byteOffset, count);
  const bits = new Int32Array(buffer, byteOffset, count);
  let filled = 0;
  // Run by run between the numbers that are skipped, some 4,096 at a time: five times as fast as one by one.
  for (let at = 0; at < count && filled < sum.length; at++) {
    const start = at;
    at = elementsUpTo(bits, start, Math.min(count, start + sum.length - filled));
    addInto(sum.subarray(filled, filled + at - start), numbers.subarray(start, at));
    filled += at - start;
  }
  if (filled < sum.length) {
    throw new RangeError(`addMaskInto: expected ${sum.length} field elements, got ${filled}`);
  }
}

/** The leader's share of `values` (field elements); the arguments are unchanged. */
export function splitShares(values: Uint32Array, mask: Uint32Array): Uint32Array<ArrayBuffer> {
  const leaderShare = new Uint32Array(values);
  subtractFrom(leaderShare, mask);
  return leaderShare;
}

/** The values behind two shares, or the sum behind two sums of shares. */
export function joinShares(leaderShare: Uint32Array, mask: Uint32Array): Uint32Array<ArrayBuffer> {
  const values = new Uint32Array(leaderShare);
  addInto(values, mask);
  return values;
}
