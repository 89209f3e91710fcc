/**
 * The prime field of the private sum: integers modulo q = 2^32 - 2^20 + 1 (Field32 of
 * draft-chen-cfrg-vdaf-pine).
 *
 * Elements are Uint32 numbers below q. A signed integer s with |s| < q / 2 is carried as s mod q.
 */

export const modulus = 4_293_918_721;

const half = (modulus - 1) / 2;

/**
 * 2^32 - q: what a 32-bit sum that wrapped around, or came out at q or more, must be moved by. Sums of random
 * elements do so every second time, and a branch that is guessed wrong every second time costs more than the
 * sum: so addition and subtraction take the carry from the bits (5 times as fast; the plain ones are the
 * oracles of the tests).
 */
const gap = 2 ** 32 - modulus;

/** a + b mod q of two elements, as 32 bits: store it in a Uint32Array, or take `>>> 0`. */
export function sumBits(a: number, b: number): number {
  const total = (a + b) | 0;
  // The top bit is set when a + b carried out of 32 bits, or when adding the gap would.
  const carry = (a & b) | ((a | b) & ~total) | (total & ~(total + gap));
  return total + (gap & (carry >> 31));
}

/** sum[k] <- sum[k] + values[k] mod q. Both of the same length. */
export function addInto(sum: Uint32Array, values: Uint32Array): void {
  requireSameLength("addInto", sum, values);
  for (let k = 0; k < sum.length; k++) sum[k] = sumBits(sum[k], values[k]);
}

/** values[k] <- values[k] - other[k] mod q. Both of the same length. */
export function subtractFrom(values: Uint32Array, other: Uint32Array): void {
  requireSameLength("subtractFrom", values, other);
  for (let k = 0; k < values.length; k++) {
    const a = values[k];
    const b = other[k];
    const difference = (a - b) | 0;
    const borrow = (~a & b) | (~(a ^ b) & difference);
    values[k] = difference - (gap & (borrow >> 31));
  }
}

/** Signed integers (|s| < q / 2) as field elements. */
export function toField(integers: Int32Array): Uint32Array<ArrayBuffer> {
  const elements = new Uint32Array(integers.length);
  for (let k = 0; k < integers.length; k++) {
    const value = integers[k];
    if (value > half || value < -half)
      throw new RangeError(`toField: integers must be within ±${half}, got ${value}`);
    elements[k] = value < 0 ? value + modulus : value;
  }
  return elements;
}

/** Field elements as the signed integers nearest to 0; the inverse of `toField`. */
export function fromField(elements: Uint32Array): Float64Array {
  return Float64Array.from(elements, (value) => (value > half ? value - modulus : value));
}

/**
 * Where the first number of `bits` from `start` on is that is no field element; `end` when all before it are.
 * Numbers are read as signed ones, because those of 2^31 and more would be compared as doubles, several times as
 * slowly: an element is what has not all ones in its top twelve bits, or zeros in the others.
 */
export function elementsUpTo(bits: Int32Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bits[at] >> 20 !== -1 || (bits[at] & 0xfffff) === 0)) at++;
  return at;
}

/** Whether every number is a field element: what must hold for a share that came from outside. */
export function allInField({ buffer, byteOffset, length }: Uint32Array): boolean {
  return elementsUpTo(new Int32Array(buffer, byteOffset, length), 0, length) === length;
}

function requireSameLength(who: string, a: Uint32Array, b: Uint32Array): void {
  if (a.length !== b.length)
    throw new RangeError(`${who}: lengths must be equal, got ${a.length} and ${b.length}`);
}
