/** Small linear algebra for oracles: plain, and slow. */

/** The solution of a positive definite system, by Gaussian elimination. */
export function gaussianFrom(
  matrix: readonly (readonly number[])[],
  right: readonly number[],
): readonly number[] {
  const system = matrix.map((row, k) => [...row, right[k]]);
  const size = system.length;
  for (let k = 0; k < size; k++) {
    for (let row = 0; row < size; row++) {
      if (row === k) continue;
      const factor = system[row][k] / system[k][k];
      for (let at = k; at <= size; at++) system[row][at] -= factor * system[k][at];
    }
  }
  return system.map((row, k) => row[size] / row[k]);
}
