/** `count` of the values, each equally likely, in random order. */
export function sample<T>(values: readonly T[], count: number, random: () => number): readonly T[] {
  const shuffled = [...values];
  for (let k = 0; k < Math.min(count, shuffled.length); k++) {
    const other = k + Math.floor(random() * (shuffled.length - k));
    [shuffled[k], shuffled[other]] = [shuffled[other], shuffled[k]];
  }
  return shuffled.slice(0, count);
}
