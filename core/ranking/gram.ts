/**
 * The gram matrix of a catalogue's joint rows, a block of rows at a time: count x dim^2 / 2 products, which is
 * what ranking for a person costs most, and the same for everybody. Who has others waiting takes a block and
 * lets them in; who has kept it from an earlier visit puts it in whole.
 */
import { outerBlock } from "../linear/loops.ts";
import { addOuterSumInto } from "../linear.ts";
import type { Rows } from "../rows.ts";

export class GramSum {
  readonly #rows: Rows;
  /** One byte per row, 1 for those left out. */
  readonly #without: Uint8Array | undefined;
  #matrix: Float64Array | null = null;
  /** How many rows are in it. */
  #done = 0;

  constructor(rows: Rows, without?: Uint8Array) {
    this.#rows = rows;
    this.#without = without;
  }

  get isWhole(): boolean {
    return this.#done >= this.#rows.count;
  }

  /** Adds the next rows, about 10 ms at 448 numbers a row. */
  step(): void {
    const from = this.#done;
    const { count, dim } = this.#rows;
    this.#matrix ??= new Float64Array(dim * dim);
    const to = Math.min(count, from + 2 * outerBlock);
    const rowInto = (at: number, out: Float64Array): number => {
      this.#rows.rowInto(from + at, out);
      return this.#without?.[from + at] === 1 ? 0 : 1;
    };
    addOuterSumInto(this.#matrix, { count: to - from, dim, rowInto });
    this.#done = to;
  }

  /** The lower triangle of the matrix, dim x dim; what is missing is added first. */
  whole(): Float64Array {
    while (!this.isWhole) this.step();
    const { dim } = this.#rows;
    this.#matrix ??= new Float64Array(dim * dim);
    return this.#matrix;
  }

  /** The lower triangle row by row, dim (dim + 1) / 2 numbers: what is worth keeping. */
  packed(): Float64Array {
    const matrix = this.whole();
    const { dim } = this.#rows;
    const packed = new Float64Array((dim * (dim + 1)) / 2);
    for (let row = 0, at = 0; row < dim; at += ++row) {
      packed.set(matrix.subarray(row * dim, row * dim + row + 1), at);
    }
    return packed;
  }

  /** Takes what `packed` gave for these very rows; false, and nothing changes, for another number of numbers. */
  take(packed: Float64Array): boolean {
    const { count, dim } = this.#rows;
    if (packed.length !== (dim * (dim + 1)) / 2) return false;
    const matrix = new Float64Array(dim * dim);
    for (let row = 0, at = 0; row < dim; at += ++row) {
      matrix.set(packed.subarray(at, at + row + 1), row * dim);
    }
    this.#matrix = matrix;
    this.#done = count;
    return true;
  }
}
