/**
 * Sums of what is liked, of one age: a strength s at time t stands as s 2^(t / half-life), so that shares and means need no
 * ageing as time goes on. What was added last is most of a sum; taking back what is old costs it no digits.
 */
import { defaultHalfLifeMs } from "../events/tastes.ts";

/** Exponents stay small for a century around it. */
const zeroMs = Date.UTC(2020, 0);

/** What a strength at that time counts beside others. */
export function agelessOf(strength: number, atMs: number): number {
  return strength * 2 ** ((atMs - zeroMs) / defaultHalfLifeMs);
}

export class LikingSum {
  #sum = 0;
  #count = 0;

  change(amount: number, sign: 1 | -1): void {
    this.#sum += sign * amount;
    this.#count += sign;
    // What is left of nothing is rounding.
    if (this.#count === 0) this.#sum = 0;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  get value(): number {
    return this.#sum;
  }
}
