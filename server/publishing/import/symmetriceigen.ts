/**
 * All eigenvalues and vectors of a dense symmetric matrix: Householder's reduction to a tridiagonal one, then
 * QL steps with implicit shifts (Golub, Van Loan 2013, 8.3). The vectors are kept as rows, so that every loop
 * runs along the memory.
 */

export interface Eigen {
  /** In no order. */
  readonly values: Float64Array;
  /** Vector k is row k of a row-major matrix, dim x dim. */
  readonly vectors: Float64Array;
}

/** @throws {Error} when QL steps do not converge: numbers that are none. */
export function symmetricEigen(matrix: Float64Array, dim: number): Eigen {
  const work = Float64Array.from(matrix);
  const diagonal = new Float64Array(dim);
  /** Entry k stands between k and k + 1. */
  const beside = new Float64Array(dim);
  const vectors = new Float64Array(dim * dim);
  const scales = tridiagonalizeInPlace(work, { diagonal, beside });
  reflectorsInto(vectors, work, scales, dim);
  qlInPlace({ diagonal, beside }, vectors);
  return { values: diagonal, vectors };
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  readonly beside: Float64Array;
}

/**
 * H_k = I - scale_k u_k u_k^T makes zeros of column k below its second entry: u_k is left in row k of `a`,
 * from column k + 1 on.
 */
function tridiagonalizeInPlace(a: Float64Array, { diagonal, beside }: Tridiagonal): Float64Array {
  const dim = diagonal.length;
  const scales = new Float64Array(dim);
  const u = new Float64Array(dim);
  const p = new Float64Array(dim);
  for (let k = 0; k < dim; k++) {
    diagonal[k] = a[k * dim + k];
    let square = 0;
    for (let j = k + 1; j < dim; j++) square += a[k * dim + j] ** 2;
    const norm = Math.sqrt(square);
    if (k + 2 >= dim || norm === 0) {
      beside[k] = k + 1 < dim ? a[k * dim + k + 1] : 0;
      continue;
    }
    const first = a[k * dim + k + 1];
    const image = first > 0 ? -norm : norm;
    beside[k] = image;
    for (let j = k + 1; j < dim; j++) u[j] = a[k * dim + j];
    u[k + 1] = first - image;
    const scale = 1 / (square - first * image);
    scales[k] = scale;
    // p = scale A u, w = p - (scale/2 u.p) u, A <- A - u w^T - w u^T: A is symmetric, its rows are its columns.
    let along = 0;
    for (let i = k + 1; i < dim; i++) {
      const start = i * dim;
      let sum = 0;
      for (let j = k + 1; j < dim; j++) sum += a[start + j] * u[j];
      p[i] = scale * sum;
      along += u[i] * p[i];
    }
    const half = (scale * along) / 2;
    for (let i = k + 1; i < dim; i++) p[i] -= half * u[i];
    for (let i = k + 1; i < dim; i++) {
      const start = i * dim;
      const [ui, pi] = [u[i], p[i]];
      for (let j = k + 1; j < dim; j++) a[start + j] -= ui * p[j] + pi * u[j];
    }
    for (let j = k + 1; j < dim; j++) a[k * dim + j] = u[j];
  }
  return scales;
}

/** Rows of (H_0 H_1 ...)^T: row k is what e_k of the tridiagonal matrix is in the original one. */
function reflectorsInto(rows: Float64Array, a: Float64Array, scales: Float64Array, dim: number): void {
  for (let k = 0; k < dim; k++) rows[k * dim + k] = 1;
  // From the last on: H_k then meets rows that are still unit vectors outside its own part.
  for (let k = dim - 3; k >= 0; k--) {
    const scale = scales[k];
    if (scale === 0) continue;
    const from = k * dim;
    for (let i = k + 1; i < dim; i++) {
      const start = i * dim;
      let sum = 0;
      for (let j = k + 1; j < dim; j++) sum += rows[start + j] * a[from + j];
      const factor = scale * sum;
      for (let j = k + 1; j < dim; j++) rows[start + j] -= factor * a[from + j];
    }
  }
}

const mostSteps = 60;

/** The diagonal becomes the eigenvalues; `rows` are turned along. */
function qlInPlace({ diagonal: d, beside: e }: Tridiagonal, rows: Float64Array): void {
  const dim = d.length;
  /**
   * Of any row up to here: beside it, what is smaller is rounding, as between the many zeros of a matrix of
   * low rank.
   */
  let largest = 0;
  for (let low = 0; low < dim; low++) {
    largest = Math.max(largest, Math.abs(d[low]) + Math.abs(e[low]));
    for (let step = 0; ; step++) {
      let high = low;
      while (high + 1 < dim && !isNegligible(e[high], largest)) high++;
      if (high === low) break;
      if (step === mostSteps) {
        throw new Error(`symmetricEigen: expected convergence in ${mostSteps} steps, got none at ${low}`);
      }
      let g = (d[low + 1] - d[low]) / (2 * e[low]);
      let r = Math.hypot(g, 1);
      g = d[high] - d[low] + e[low] / (g + (g < 0 ? -r : r));
      let sine = 1;
      let cosine = 1;
      let p = 0;
      let isSplit = false;
      for (let i = high - 1; i >= low; i--) {
        const f = sine * e[i];
        const b = cosine * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          e[high] = 0;
          isSplit = true;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * sine + 2 * cosine * b;
        p = sine * r;
        d[i + 1] = g + p;
        g = cosine * r - b;
        turnInPlace(rows, dim, i, { sine, cosine });
      }
      if (isSplit) continue;
      d[low] -= p;
      e[low] = g;
      e[high] = 0;
    }
  }
}

/** Never for a number that is none. */
function isNegligible(entry: number, largest: number): boolean {
  return Math.abs(entry) <= Number.EPSILON * largest;
}

/** Turns row i + 1 against row i. */
function turnInPlace(
  rows: Float64Array,
  dim: number,
  i: number,
  { sine, cosine }: { readonly sine: number; readonly cosine: number },
): void {
  const one = i * dim;
  const other = one + dim;
  for (let k = 0; k < dim; k++) {
    const f = rows[other + k];
    const g = rows[one + k];
    rows[other + k] = sine * g + cosine * f;
    rows[one + k] = cosine * g - sine * f;
  }
}
