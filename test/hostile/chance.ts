/**
 * Chance from a seed: the same text draws the same numbers, so that an input can be made again from the name of
 * its grammar, the seed and its number alone, whatever was made before it.
 */
import { seededRandomOf } from "../../core/seeded.ts";

export class Chance {
  readonly #next: () => number;

  constructor(text: string) {
    this.#next = seededRandomOf(text);
    // Near seeds begin alike.
    for (let k = 0; k < 3; k++) this.#next();
  }

  /** Uniform in 0 … bound - 1. */
  below(bound: number): number {
    return Math.floor(this.#next() * bound);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return this.#next() < probability;
  }

  /** @throws {RangeError} for an empty list. */
  pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError("pick: expected a list with an element, got none");
    return list[this.below(list.length)];
  }

  /** Mostly small, at most `most`. */
  size(most: number): number {
    return Math.floor(most ** this.#next());
  }

  bytes(count: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
