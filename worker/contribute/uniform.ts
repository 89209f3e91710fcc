/** An exactly uniform integer below `count`, by rejection: no number is likelier than another. */
import type { RandomFill } from "../../core/bytes.ts";

export function uniformBelow(count: number, fill: RandomFill): number {
  if (!(Number.isInteger(count) && count >= 1 && count <= 2 ** 32)) {
    throw new RangeError(`uniformBelow: count must be an integer of 1..2^32, got ${count}`);
  }
  const limit = 2 ** 32 - (2 ** 32 % count);
  const word = new Uint32Array(1);
  for (;;) {
    fill(new Uint8Array(word.buffer));
    if (word[0] < limit) return word[0] % count;
  }
}
