/**
 * Sums of what is liked, as of any time: a strength s of time t stands as s 2^((t - then) / half-life), so
 * that shares and means need no ageing.
 *
 * What is of one half-life is summed apart: when something new goes, nothing of what is old goes with it.
 */
import { defaultHalfLifeMs } from "../events/tastes.ts";

export interface LikingChange {
  readonly atMs: number;
  readonly strength: number;
  /** -1 where it goes. */
  readonly sign: 1 | -1;
}

export class LikingSum {
  /** Number of the half-life -> sum as of its beginning, what it would be without signs, and of how many. */
  readonly #spans = new Map<number, { sum: number; size: number; count: number }>();

  change({ atMs, strength, sign }: LikingChange): void {
    const number = Math.floor(atMs / defaultHalfLifeMs);
    const span = this.#spans.get(number) ?? { sum: 0, size: 0, count: 0 };
    this.#spans.set(number, span);
    const amount = strength * 2 ** (atMs / defaultHalfLifeMs - number);
    span.sum += sign * amount;
    span.size += sign * Math.abs(amount);
    span.count += sign;
    // What is left of nothing is rounding.
    if (span.count === 0) this.#spans.delete(number);
  }

  get isEmpty(): boolean {
    return this.#spans.size === 0;
  }

  /**
   * The sum as of a time, milliseconds since the Unix epoch; 0 where what speaks for and against is the same.
   */
  at(thenMs: number): number {
    let [sum, size] = [0, 0];
    for (const [number, span] of this.#spans) {
      const aged = 2 ** (number - thenMs / defaultHalfLifeMs);
      sum += span.sum * aged;
      size += span.size * aged;
    }
    return Math.abs(sum) < 1e-9 * size ? 0 : sum;
  }
}
