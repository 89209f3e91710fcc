/** Factors before anything is known. */

/** Small normal numbers, standard deviation 0.1 / sqrt(dim): where private and exact training both begin. */
export function startingFactors({
  count,
  dim,
  random,
}: {
  readonly count: number;
  readonly dim: number;
  readonly random: () => number;
}): Float64Array {
  const sigma = 0.1 / Math.sqrt(dim);
  // Box and Muller; 1 - random() lies in (0, 1], so the logarithm is finite.
  return Float64Array.from(
    { length: count * dim },
    () => sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}
