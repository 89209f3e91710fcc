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

export interface RowsAsked {
  readonly rows: number;
  readonly columns: number;
  readonly random: () => number;
}

/** Flat; by Gram-Schmidt. */
export function orthonormalRows({ rows, columns, random }: RowsAsked): readonly number[] {
  const done: number[][] = [];
  for (let k = 0; k < rows; k++) {
    const row = Array.from({ length: columns }, () => random() - 0.5);
    for (const other of done) {
      const along = row.reduce((sum, value, f) => sum + value * other[f], 0);
      for (let f = 0; f < columns; f++) row[f] -= along * other[f];
    }
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    done.push(row.map((value) => value / norm));
  }
  return done.flat();
}
