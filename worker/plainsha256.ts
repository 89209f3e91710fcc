/**
 * SHA-256 (FIPS 180-4, 4.1.2, 5.1.1, 6.2.2) in plain code, for pages that have no WebCrypto. Of public parts alone:
 * its time depends on the length.
 */

/** The first 32 bits behind the point of a root of each of the first primes (4.2.2, 5.3.3). */
const primes = firstPrimes(64);
const roundConstants = Uint32Array.from(primes, (prime) => behindPoint(Math.cbrt(prime)));
const startHash = Uint32Array.from(primes.slice(0, 8), (prime) => behindPoint(Math.sqrt(prime)));

const blockBytes = 64;

export function plainSha256(message: Uint8Array): Uint8Array<ArrayBuffer> {
  const hash = startHash.slice();
  const rest = message.length % blockBytes;
  // One bit, zeros, and the length in bits as 64 of them.
  const end = new Uint8Array(rest < 56 ? blockBytes : 2 * blockBytes);
  end.set(message.subarray(message.length - rest));
  end[rest] = 0x80;
  const view = new DataView(end.buffer);
  view.setUint32(end.length - 8, Math.floor(message.length / 2 ** 29));
  view.setUint32(end.length - 4, (message.length * 8) % 2 ** 32);
  const words = new Uint32Array(64);
  const whole = new DataView(message.buffer, message.byteOffset, message.length - rest);
  for (let at = 0; at < whole.byteLength; at += blockBytes) compressInto(hash, whole, at, words);
  for (let at = 0; at < end.length; at += blockBytes) compressInto(hash, view, at, words);
  const digest = new DataView(new ArrayBuffer(32));
  for (let k = 0; k < 8; k++) digest.setUint32(4 * k, hash[k]);
  return new Uint8Array(digest.buffer);
}

/** @param words room for the schedule. */
function compressInto(hash: Uint32Array, block: DataView, from: number, words: Uint32Array): void {
  for (let t = 0; t < 16; t++) words[t] = block.getUint32(from + 4 * t);
  for (let t = 16; t < 64; t++) {
    const [x, y] = [words[t - 15], words[t - 2]];
    const sigma0 = rotated(x, 7) ^ rotated(x, 18) ^ (x >>> 3);
    const sigma1 = rotated(y, 17) ^ rotated(y, 19) ^ (y >>> 10);
    words[t] = words[t - 16] + sigma0 + words[t - 7] + sigma1;
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let t = 0; t < 64; t++) {
    const sum1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
    const chosen = (e & f) ^ (~e & g);
    const one = (h + sum1 + chosen + roundConstants[t] + words[t]) | 0;
    const sum0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
    const most = (a & b) ^ (a & c) ^ (b & c);
    [h, g, f, e] = [g, f, e, (d + one) | 0];
    [d, c, b, a] = [c, b, a, (one + sum0 + most) | 0];
  }
  for (const [k, word] of [a, b, c, d, e, f, g, h].entries()) hash[k] += word;
}

function rotated(word: number, right: number): number {
  return (word >>> right) | (word << (32 - right));
}

function firstPrimes(count: number): readonly number[] {
  const found: number[] = [];
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n);
  return found;
}

function behindPoint(root: number): number {
  return (root % 1) * 2 ** 32;
}
