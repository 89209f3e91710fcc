/** Seeded randomness for tests: xorshift128, so that a failing case can be run again. */
import type { RandomFill } from "../../core/bytes.ts";

export function seededFill(seed: number): RandomFill {
  const state = Uint32Array.of(seed, 0x9e3779b9, 0x243f6a88, 0xb7e15162);
  const next = () => {
    const t = state[3] ^ (state[3] << 11);
    state[3] = state[2];
    state[2] = state[1];
    state[1] = state[0];
    state[0] = state[0] ^ (state[0] >>> 19) ^ t ^ (t >>> 8);
    return state[0];
  };
  for (let k = 0; k < 64; k++) next();
  return (bytes) => {
    for (let k = 0; k < bytes.length; k++) bytes[k] = next() >>> 13;
  };
}
