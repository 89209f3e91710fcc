/**
 * The loops that ranking spends its time in, two numbers at a time: AssemblyScript (https://www.assemblyscript.org),
 * compiled to WebAssembly with 128-bit SIMD by `npm run kernel`. Their twins in plain TypeScript are in
 * ../../linear/; ../kernel.ts calls these.
 *
 * Addresses and strides are in bytes. Matrices are row-major float64.
 */

/** Bytes of a float64, and of the two that are dealt with at a time. */
const one: usize = 8;
const two: usize = 16;

function lanesOf(sums: v128): f64 {
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
}

function addTo(address: usize, weight: f64, sums: v128): void {
  f64.store(address, f64.load(address) + weight * lanesOf(sums));
}

/**
 * Adds weight * (a_i . b_j) to out[i][j], for `rows` rows of a and `columns` rows of b, each of `length` bytes,
 * a multiple of 16. Both counts are multiples of 4 and 2. With `isLower` only
 * what is on or below the diagonal, or a little above, is added.
 */
export function addProducts(
  out: usize,
  outStride: usize,
  weight: f64,
  a: usize,
  aStride: usize,
  rows: i32,
  b: usize,
  bStride: usize,
  columns: i32,
  length: usize,
  isLower: bool,
): void {
  for (let row = 0; row < rows; row += 4) {
    const last = isLower ? min(columns, row + 4) : columns;
    const a0 = a + <usize>row * aStride;
    const a1 = a0 + aStride;
    const a2 = a1 + aStride;
    const a3 = a2 + aStride;
    for (let column = 0; column < last; column += 2) {
      const b0 = b + <usize>column * bStride;
      const b1 = b0 + bStride;
      let s00 = f64x2.splat(0);
      let s01 = f64x2.splat(0);
      let s10 = f64x2.splat(0);
      let s11 = f64x2.splat(0);
      let s20 = f64x2.splat(0);
      let s21 = f64x2.splat(0);
      let s30 = f64x2.splat(0);
      let s31 = f64x2.splat(0);
      for (let k: usize = 0; k < length; k += two) {
        const left = v128.load(b0 + k);
        const right = v128.load(b1 + k);
        const x0 = v128.load(a0 + k);
        s00 = f64x2.add(s00, f64x2.mul(x0, left));
        s01 = f64x2.add(s01, f64x2.mul(x0, right));
        const x1 = v128.load(a1 + k);
        s10 = f64x2.add(s10, f64x2.mul(x1, left));
        s11 = f64x2.add(s11, f64x2.mul(x1, right));
        const x2 = v128.load(a2 + k);
        s20 = f64x2.add(s20, f64x2.mul(x2, left));
        s21 = f64x2.add(s21, f64x2.mul(x2, right));
        const x3 = v128.load(a3 + k);
        s30 = f64x2.add(s30, f64x2.mul(x3, left));
        s31 = f64x2.add(s31, f64x2.mul(x3, right));
      }
      const o0 = out + <usize>row * outStride + <usize>column * one;
      const o1 = o0 + outStride;
      const o2 = o1 + outStride;
      const o3 = o2 + outStride;
      addTo(o0, weight, s00);
      addTo(o0 + one, weight, s01);
      addTo(o1, weight, s10);
      addTo(o1 + one, weight, s11);
      addTo(o2, weight, s20);
      addTo(o2 + one, weight, s21);
      addTo(o3, weight, s30);
      addTo(o3 + one, weight, s31);
    }
  }
}

function dotOf(a: usize, b: usize, length: usize): f64 {
  let sums = f64x2.splat(0);
  let k: usize = 0;
  for (; k + two <= length; k += two) sums = f64x2.add(sums, f64x2.mul(v128.load(a + k), v128.load(b + k)));
  const sum = lanesOf(sums);
  return k < length ? sum + f64.load(a + k) * f64.load(b + k) : sum;
}

/**
 * Columns `from` to `to` of the Cholesky factor, in place; what lies before `from` was subtracted already.
 * Returns the row whose pivot, left in its place, is not positive; -1 when all are.
 */
export function factorPanel(matrix: usize, dim: i32, from: i32, to: i32): i32 {
  const stride = <usize>dim * one;
  for (let row = from; row < dim; row++) {
    const rowFrom = matrix + <usize>row * stride + <usize>from * one;
    const last = min(row, to - 1);
    for (let column = from; column <= last; column++) {
      const columnFrom = matrix + <usize>column * stride + <usize>from * one;
      const before = <usize>(column - from) * one;
      const rest = f64.load(rowFrom + before) - dotOf(rowFrom, columnFrom, before);
      if (column < row) f64.store(rowFrom + before, rest / f64.load(columnFrom + before));
      else if (rest > 0) f64.store(rowFrom + before, sqrt(rest));
      else {
        f64.store(rowFrom + before, rest);
        return row;
      }
    }
  }
  return -1;
}

/** Takes `times` the numbers at `from` from those at `to`, for `length` bytes. */
function takeScaled(to: usize, from: usize, times: f64, length: usize): void {
  const both = f64x2.splat(times);
  let k: usize = 0;
  for (; k + two <= length; k += two) {
    v128.store(to + k, f64x2.sub(v128.load(to + k), f64x2.mul(both, v128.load(from + k))));
  }
  if (k < length) f64.store(to + k, f64.load(to + k) - times * f64.load(from + k));
}

/** Solves L L^T x = b for each of `count` right sides, one after the other in `sides`. */
export function solveSides(factor: usize, dim: i32, sides: usize, count: i32): void {
  const stride = <usize>dim * one;
  const end = sides + <usize>count * stride;
  for (let row = 0; row < dim; row++) {
    const before = <usize>row * one;
    const start = factor + <usize>row * stride;
    const pivot = f64.load(start + before);
    for (let side = sides; side < end; side += stride) {
      f64.store(side + before, (f64.load(side + before) - dotOf(start, side, before)) / pivot);
    }
  }
  for (let row = dim - 1; row >= 0; row--) {
    const before = <usize>row * one;
    const start = factor + <usize>row * stride;
    const pivot = f64.load(start + before);
    for (let side = sides; side < end; side += stride) {
      const value = f64.load(side + before) / pivot;
      f64.store(side + before, value);
      takeScaled(side, start, value, before);
    }
  }
}

/** Eight int8 as four pairs of float64, times those of a vector, summed in lanes. */
function eightProducts(values: usize, vector: usize, sums: v128): v128 {
  const eight = v128.load8x8_s(values);
  const low = i32x4.extend_low_i16x8_s(eight);
  const high = i32x4.extend_high_i16x8_s(eight);
  const a = f64x2.mul(f64x2.convert_low_i32x4_s(low), v128.load(vector));
  const b = f64x2.mul(f64x2.convert_low_i32x4_s(upper(low)), v128.load(vector + 16));
  const c = f64x2.mul(f64x2.convert_low_i32x4_s(high), v128.load(vector + 32));
  const d = f64x2.mul(f64x2.convert_low_i32x4_s(upper(high)), v128.load(vector + 48));
  return f64x2.add(sums, f64x2.add(f64x2.add(a, b), f64x2.add(c, d)));
}

function upper(four: v128): v128 {
  return v128.shuffle<i32>(four, four, 2, 3, 2, 3);
}

function addStretched(
  out: usize,
  stretch: usize,
  values: usize,
  vector: usize,
  sums: v128,
  from: i32,
  dim: i32,
): void {
  let sum = lanesOf(sums);
  for (let k = from; k < dim; k++)
    sum += <f64>i32.load8_s(values + <usize>k) * f64.load(vector + <usize>k * one);
  f64.store(out, f64.load(out) + f64.load(stretch) * sum);
}

/**
 * Adds stretches[i] * (values_i . vector) to out[i] for `count` rows of int8. Each has its sums in the same
 * order.
 */
export function addInt8Products(
  out: usize,
  stretches: usize,
  values: usize,
  count: i32,
  dim: i32,
  vector: usize,
): void {
  const whole = dim & ~7;
  let row = 0;
  for (; row + 3 < count; row += 4) {
    const a = values + <usize>row * dim;
    const b = a + dim;
    const c = b + dim;
    const d = c + dim;
    let ofA = f64x2.splat(0);
    let ofB = f64x2.splat(0);
    let ofC = f64x2.splat(0);
    let ofD = f64x2.splat(0);
    for (let k = 0; k < whole; k += 8) {
      const at = vector + <usize>k * one;
      ofA = eightProducts(a + k, at, ofA);
      ofB = eightProducts(b + k, at, ofB);
      ofC = eightProducts(c + k, at, ofC);
      ofD = eightProducts(d + k, at, ofD);
    }
    const o = out + <usize>row * one;
    const s = stretches + <usize>row * one;
    addStretched(o, s, a, vector, ofA, whole, dim);
    addStretched(o + one, s + one, b, vector, ofB, whole, dim);
    addStretched(o + 2 * one, s + 2 * one, c, vector, ofC, whole, dim);
    addStretched(o + 3 * one, s + 3 * one, d, vector, ofD, whole, dim);
  }
  for (; row < count; row++) {
    const a = values + <usize>row * dim;
    let ofA = f64x2.splat(0);
    for (let k = 0; k < whole; k += 8) ofA = eightProducts(a + k, vector + <usize>k * one, ofA);
    addStretched(out + <usize>row * one, stretches + <usize>row * one, a, vector, ofA, whole, dim);
  }
}
