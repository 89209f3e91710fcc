/**
 * The loops of ../linear/loops.ts in WebAssembly (assembly/kernel.ts): two numbers at a time, and fast from the
 * first call, when a browser has not looked at our TypeScript yet.
 *
 * What a loop reads and writes is copied into the kernel's own memory and back, which is little beside
 * it. Of a symmetric matrix that is the lower triangle.
 */
import {
  type DenseRows,
  type Loops,
  notPositive,
  outerBlock,
  type StretchedRows,
  type VectorPart,
  type WeightedRows,
} from "../linear/loops.ts";
import { kernelHex } from "./bytes.ts";
import { type KernelExports, type Memory, NoRoom, openModule } from "./module.ts";

/** Bytes of a float64. */
const numberBytes = 8;
/** Columns of a Cholesky factor at a time; even, like all that is summed in pairs. */
const panel = 32;
/** Numbers between the rows of a turned block: a power of two would put them all in the same lines of a cache. */
const blockStride = outerBlock + 2;
/** Bytes of int8 rows that are in the kernel's memory at a time. */
const rowBytes = 1 << 17;

let opened: WasmLoops | null | undefined;

/** Null where WebAssembly is missing, forbidden by the page's policy, or without SIMD. */
export function kernel(): Loops | null {
  if (opened === undefined) {
    const exports = openModule(kernelHex);
    opened = exports === null ? null : new WasmLoops(exports);
  }
  return opened;
}

class WasmLoops implements Loops {
  readonly #exports: KernelExports;
  readonly #memory: Memory;

  constructor(exports: KernelExports) {
    this.#exports = exports;
    this.#memory = exports.memory;
  }

  choleskyInPlace(matrix: Float64Array, dim: number): void {
    // Rows are dealt with four at a time: those added have 1 on the diagonal.
    const padded = roundUp(dim, 4);
    const numbers = this.#numbers(padded * padded);
    for (let row = 0; row < dim; row++) {
      numbers.set(matrix.subarray(row * dim, row * dim + row + 1), row * padded);
    }
    for (let row = dim; row < padded; row++) {
      numbers.fill(0, row * padded, row * padded + row);
      numbers[row * padded + row] = 1;
    }
    const stride = padded * numberBytes;
    for (let from = 0; from < padded; from += panel) {
      const to = Math.min(padded, from + panel);
      const row = this.#exports.factorPanel(0, padded, from, to);
      if (row >= 0) throw notPositive(numbers[row * padded + row], row, dim);
      const rest = padded - to;
      const rows = to * stride + from * numberBytes;
      const length = (to - from) * numberBytes;
      if (rest === 0) break;
      this.#exports.addProducts(
        to * stride + to * numberBytes,
        stride,
        -1,
        rows,
        stride,
        rest,
        rows,
        stride,
        rest,
        length,
        1,
      );
    }
    for (let row = 0; row < dim; row++) {
      matrix.set(numbers.subarray(row * padded, row * padded + row + 1), row * dim);
    }
  }

  solveFactoredSidesInPlace(factor: Float64Array, dim: number, sides: Float64Array, count: number): void {
    const from = dim * dim;
    const numbers = this.#numbers(from + count * dim);
    // With what is above the diagonal, which nobody reads: one copy takes less than one a row.
    numbers.set(factor);
    numbers.set(sides.subarray(0, count * dim), from);
    this.#exports.solveSides(0, dim, from * numberBytes, count);
    sides.set(numbers.subarray(from, from + count * dim));
  }

  addOuterSumInto(matrix: Float64Array, { count, dim, rowInto }: WeightedRows): void {
    const padded = roundUp(dim, 4);
    const blockFrom = padded * padded;
    const numbers = this.#numbers(blockFrom + padded * blockStride);
    for (let row = 0; row < dim; row++) {
      numbers.set(matrix.subarray(row * dim, row * dim + row + 1), row * padded);
    }
    const block = numbers.subarray(blockFrom, blockFrom + padded * blockStride).fill(0);
    const row = new Float64Array(dim);
    const [at, stride, outStride] = [
      blockFrom * numberBytes,
      blockStride * numberBytes,
      padded * numberBytes,
    ];
    for (let from = 0; from < count; from += outerBlock) {
      const width = Math.min(outerBlock, count - from);
      for (let column = 0; column < width; column++) {
        const root = Math.sqrt(rowInto(from + column, row));
        for (let k = 0; k < dim; k++) block[k * blockStride + column] = root * row[k];
      }
      if (width % 2 === 1) for (let k = 0; k < dim; k++) block[k * blockStride + width] = 0;
      const length = roundUp(width, 2) * numberBytes;
      this.#exports.addProducts(0, outStride, 1, at, stride, padded, at, stride, padded, length, 1);
    }
    for (let line = 0; line < dim; line++) {
      matrix.set(numbers.subarray(line * padded, line * padded + line + 1), line * dim);
    }
  }

  pairProductsInto(left: DenseRows, right: DenseRows, out: Float64Array): void {
    const { dim } = left;
    const length = roundUp(dim, 2);
    const [rows, columns] = [roundUp(left.count, 4), roundUp(right.count, 2)];
    const [leftFrom, rightFrom] = [rows * columns, rows * columns + rows * length];
    const numbers = this.#numbers(rightFrom + columns * length);
    numbers.fill(0, 0, leftFrom);
    const put = ({ values, count }: DenseRows, from: number, padded: number): void => {
      if (length === dim) numbers.set(values.subarray(0, count * dim), from);
      else {
        for (let row = 0; row < count; row++) {
          numbers.set(values.subarray(row * dim, (row + 1) * dim), from + row * length);
          numbers[from + row * length + dim] = 0;
        }
      }
      numbers.fill(0, from + count * length, from + padded * length);
    };
    put(left, leftFrom, rows);
    put(right, rightFrom, columns);
    const stride = length * numberBytes;
    this.#exports.addProducts(
      0,
      columns * numberBytes,
      1,
      leftFrom * numberBytes,
      stride,
      rows,
      rightFrom * numberBytes,
      stride,
      columns,
      stride,
      0,
    );
    for (let row = 0; row < left.count; row++) {
      out.set(numbers.subarray(row * columns, row * columns + right.count), row * right.count);
    }
  }

  addStretchedProductsInto(
    { values, stretches, dim }: StretchedRows,
    { vector, from }: VectorPart,
    out: Float64Array,
  ): void {
    const count = stretches.length;
    // A multiple of four, so that a row is added up alike wherever a part ends.
    const atOnce = Math.max(4, 4 * Math.floor(rowBytes / (4 * dim)));
    const [stretchFrom, vectorFrom, rowsFrom] = [atOnce, 2 * atOnce, (2 * atOnce + dim) * numberBytes];
    const numbers = this.#numbers(2 * atOnce + dim + Math.ceil((atOnce * dim) / numberBytes));
    const bytes = new Int8Array(numbers.buffer);
    numbers.set(vector.subarray(from, from + dim), vectorFrom);
    for (let row = 0; row < count; row += atOnce) {
      const end = Math.min(count, row + atOnce);
      numbers.set(out.subarray(row, end));
      numbers.set(stretches.subarray(row, end), stretchFrom);
      bytes.set(values.subarray(row * dim, end * dim), rowsFrom);
      this.#exports.addInt8Products(
        0,
        stretchFrom * numberBytes,
        rowsFrom,
        end - row,
        dim,
        vectorFrom * numberBytes,
      );
      out.set(numbers.subarray(0, end - row), row);
    }
  }

  /** At least so many numbers of the kernel's memory, from its start. */
  #numbers(count: number): Float64Array {
    const missing = count * numberBytes - this.#memory.buffer.byteLength;
    if (missing > 0) this.#grow(missing);
    return new Float64Array(this.#memory.buffer);
  }

  #grow(bytes: number): void {
    try {
      this.#memory.grow(Math.ceil(bytes / 65_536));
    } catch (cause) {
      throw new NoRoom(`kernel: expected room for ${bytes} bytes more, got ${String(cause)}`);
    }
  }
}

function roundUp(count: number, to: number): number {
  return Math.ceil(count / to) * to;
}
