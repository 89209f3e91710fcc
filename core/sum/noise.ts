/**
 * Exact samples of the discrete Gaussian over the integers: P(k) proportional to exp(-k^2 / (2 sigma^2)).
 *
 * Canonne, Kamath, Steinke 2020 (arXiv 2004.00010), algorithms 1-3: rational arithmetic only, so that no
 * rounding of a floating-point number can leak what the noise is to hide. A double is itself a rational (m *
 * 2^-e), so sigma^2 is exact for any sigma. Adding one sample per coordinate to integers of L2 sensitivity D
 * costs rho = D^2 / (2 sigma^2) of zero-concentrated differential privacy.
 */
import type { RandomFill } from "../bytes.ts";

interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * `count` independent samples.
 *
 * @param sigma standard deviation parameter (not variance), in integer units; 0 gives zeros.
 */
export function discreteGaussian(count: number, sigma: number, fill: RandomFill): Float64Array {
  if (!(sigma >= 0 && Number.isFinite(sigma))) {
    throw new RangeError(`discreteGaussian: sigma must be a finite number of at least 0, got ${sigma}`);
  }
  const samples = new Float64Array(count);
  if (sigma === 0) return samples;
  const chance = new Chance(fill);
  const root = rationalOf(sigma);
  const a = root.numerator * root.numerator;
  const b = root.denominator * root.denominator;
  const t = Math.floor(sigma) + 1;
  // exp(-(|y| - a/(b t))^2 b / (2 a)) = exp(-(|y| b t - a)^2 / (2 a b t^2))
  const bt = b * BigInt(t);
  const denominator = 2n * a * b * BigInt(t) * BigInt(t);
  for (let k = 0; k < count; k++) {
    for (;;) {
      const y = discreteLaplace(t, chance);
      const distance = BigInt(Math.abs(y)) * bt - a;
      if (bernoulliExp({ numerator: distance * distance, denominator }, chance)) {
        samples[k] = y;
        break;
      }
    }
  }
  return samples;
}

/** P(x) proportional to exp(-|x| / t), t a positive integer (algorithm 2 with s = 1). */
function discreteLaplace(t: number, chance: Chance): number {
  for (;;) {
    const u = chance.below(t);
    if (!bernoulliExpBelow1(u, t, chance)) continue;
    let v = 0;
    while (bernoulliExpBelow1(1, 1, chance)) v++;
    const x = u + t * v;
    const negative = chance.below(2) === 1;
    if (negative && x === 0) continue;
    return negative ? -x : x;
  }
}

/** True with probability exp(-gamma), gamma >= 0 (algorithm 1). */
function bernoulliExp({ numerator, denominator }: Rational, chance: Chance): boolean {
  const whole = numerator / denominator;
  for (let k = 0n; k < whole; k++) if (!bernoulliExpBelow1(1, 1, chance)) return false;
  const rest = numerator - whole * denominator;
  for (let k = 1n; ; k++) {
    if (chance.belowBig(denominator * k) >= rest) return k % 2n === 1n;
  }
}

/** The same for gamma = numerator / denominator <= 1 in small integers. */
function bernoulliExpBelow1(numerator: number, denominator: number, chance: Chance): boolean {
  for (let k = 1; ; k++) {
    if (chance.below(denominator * k) >= numerator) return k % 2 === 1;
  }
}

function rationalOf(value: number): Rational {
  let denominator = 1n;
  let scaled = value;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(scaled), denominator };
}

/** Exactly uniform integers from random bytes, by rejection. */
class Chance {
  readonly #pool = new Uint8Array(8192);
  #at = this.#pool.length;

  readonly #fill: RandomFill;

  constructor(fill: RandomFill) {
    this.#fill = fill;
  }

  /** Uniform in 0..n-1, n up to 2^48. */
  below(n: number): number {
    const bytes = n <= 0x100 ? 1 : n <= 0x1_0000_0000 ? 4 : 6;
    const range = 256 ** bytes;
    if (n > range) throw new RangeError(`below: n must be at most 2^48, got ${n}`);
    const limit = range - (range % n);
    for (;;) {
      let value = 0;
      for (let k = 0; k < bytes; k++) value = value * 256 + this.#byte();
      if (value < limit) return value % n;
    }
  }

  belowBig(n: bigint): bigint {
    if (n <= 0x1_0000_0000n) return BigInt(this.below(Number(n)));
    const words = Math.ceil(n.toString(2).length / 32);
    const excess = BigInt(words * 32 - n.toString(2).length);
    for (;;) {
      let value = 0n;
      for (let k = 0; k < words; k++) value = (value << 32n) | BigInt(this.below(0x1_0000_0000));
      value >>= excess;
      if (value < n) return value;
    }
  }

  #byte(): number {
    if (this.#at === this.#pool.length) {
      this.#fill(this.#pool);
      this.#at = 0;
    }
    return this.#pool[this.#at++];
  }
}
