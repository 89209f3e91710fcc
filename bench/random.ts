/** Seeded chance for benches and tests, where a run must be repeatable. Never for keys, shares or noise. */

/** Uniform numbers in [0, 1): mulberry32, one 32-bit state. */
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

/** `count` of the values, each equally likely, in random order. */
export function sample<T>(values: readonly T[], count: number, random: () => number): readonly T[] {
  const shuffled = [...values];
  for (let k = 0; k < Math.min(count, shuffled.length); k++) {
    const other = k + Math.floor(random() * (shuffled.length - k));
    [shuffled[k], shuffled[other]] = [shuffled[other], shuffled[k]];
  }
  return shuffled.slice(0, count);
}
