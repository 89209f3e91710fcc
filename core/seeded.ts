/**
 * Numbers that look random and are the same every time: for first factors, splits and samples that must be
 * repeatable. Never for keys, shares or noise.
 */

import { fnv1a } from "./fnv.ts";

/** Uniform numbers in [0, 1) from a 32-bit seed: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The same from a text, whose FNV-1a hash is the seed. */
export function seededRandomOf(text: string): () => number {
  return seededRandom(fnv1a(text));
}
