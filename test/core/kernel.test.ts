import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { kernelHex } from "../../core/kernel/bytes.ts";
import { kernel } from "../../core/kernel/kernel.ts";
import { openModule } from "../../core/kernel/module.ts";
import type { Loops } from "../../core/linear/loops.ts";
import { plainLoops } from "../../core/linear/plain.ts";
import { seededRandom } from "../../core/seeded.ts";
import { kernelBytesFile } from "../../sdk/buildkernel.ts";

function opened(): Loops {
  const loops = kernel();
  if (loops === null) throw new Error("kernel: expected Node to open it, got none");
  return loops;
}

afterEach(() => vi.unstubAllGlobals());

const shape = fc.record({
  dim: fc.integer({ min: 1, max: 70 }),
  count: fc.integer({ min: 0, max: 140 }),
  other: fc.integer({ min: 0, max: 9 }),
  seed: fc.integer({ min: 1, max: 1000 }),
});

function expectClose(got: Float64Array, wanted: Float64Array, what: string): void {
  const size = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  for (let k = 0; k < wanted.length; k++) {
    if (Number.isNaN(wanted[k]) && Number.isNaN(got[k])) continue;
    if (!(Math.abs(got[k] - wanted[k]) < 1e-11 * size))
      expect(got[k], `${what}, number ${k}`).toBe(wanted[k]);
  }
}

const lowerOf = (matrix: Float64Array, dim: number) =>
  matrix.map((value, at) => (at % dim <= Math.floor(at / dim) ? value : 0));

/** What each loop leaves behind, for made-up numbers; what may hold anything holds NaN before. */
const left: Readonly<Record<keyof Loops, (loops: Loops, given: Given) => Float64Array>> = {
  choleskyInPlace: (loops, given) => {
    const matrix = positive(given);
    loops.choleskyInPlace(matrix, given.dim);
    return lowerOf(matrix, given.dim);
  },
  solveFactoredSidesInPlace: (loops, given) => {
    const factor = positive(given);
    plainLoops.choleskyInPlace(factor, given.dim);
    const sides = numbers(given, given.other * given.dim);
    loops.solveFactoredSidesInPlace(factor, given.dim, sides, given.other);
    return sides;
  },
  addOuterSumInto: (loops, given) => lowerOf(outerSum(loops, given), given.dim),
  pairProductsInto: (loops, given) => {
    const { dim, count, other } = given;
    const out = new Float64Array(count * other).fill(Number.NaN);
    const rows = (many: number) => ({ values: numbers(given, many * dim), count: many, dim });
    loops.pairProductsInto(rows(count), rows(other), out);
    return out;
  },
  addStretchedProductsInto: (loops, given) => {
    const { dim, count, other } = given;
    const values = Int8Array.from(numbers(given, count * dim), (value) => Math.round(255 * value));
    const stretches = numbers(given, count);
    const out = numbers(given, count);
    loops.addStretchedProductsInto(
      { values, stretches, dim },
      { vector: numbers(given, other + dim), from: other },
      out,
    );
    return out;
  },
};

interface Given {
  readonly dim: number;
  readonly count: number;
  readonly other: number;
  readonly random: () => number;
}

function numbers({ random }: Given, count: number): Float64Array {
  return Float64Array.from({ length: count }, () => random() - 0.5);
}

function outerSum(loops: Loops, given: Given): Float64Array {
  const { dim, count } = given;
  const matrix = numbers(given, dim * dim);
  for (let row = 0; row < dim; row++) matrix.fill(Number.NaN, row * dim + row + 1, (row + 1) * dim);
  const values = numbers(given, count * dim);
  const rowInto = (at: number, out: Float64Array): number => {
    out.set(values.subarray(at * dim, (at + 1) * dim));
    return at % 5 === 2 ? 0 : at % 3;
  };
  loops.addOuterSumInto(matrix, { count, dim, rowInto });
  return matrix;
}

function positive(given: Given): Float64Array {
  const matrix = new Float64Array(given.dim ** 2);
  const values = numbers(given, 2 * given.dim ** 2);
  const rowInto = (at: number, out: Float64Array): number => {
    out.set(values.subarray(at * given.dim, (at + 1) * given.dim));
    return 1;
  };
  plainLoops.addOuterSumInto(matrix, { count: 2 * given.dim, dim: given.dim, rowInto });
  for (let k = 0; k < given.dim; k++) matrix[k * given.dim + k] += 0.3;
  for (let row = 0; row < given.dim; row++) {
    matrix.fill(Number.NaN, row * given.dim + row + 1, (row + 1) * given.dim);
  }
  return matrix;
}

test.each(Object.keys(left) as (keyof Loops)[])(
  "%s: the kernel leaves what plain TypeScript leaves",
  (name) => {
    fc.assert(
      fc.property(shape, ({ seed, ...sizes }) => {
        const run = (loops: Loops) => left[name](loops, { ...sizes, random: seededRandom(seed) });
        expectClose(run(opened()), run(plainLoops), JSON.stringify({ seed, ...sizes }));
      }),
      { numRuns: 150 },
    );
  },
);

test("equal rows have equal products, to the last bit, wherever they stand", () => {
  const random = seededRandom(3);
  for (const dim of [5, 8, 33, 64, 448]) {
    const row = Int8Array.from({ length: dim }, () => Math.round(255 * random() - 127.5));
    const vector = Float64Array.from({ length: dim }, () => random() - 0.5);
    for (const count of [1, 3, 6, 7, 1001]) {
      const values = new Int8Array(count * dim);
      for (let at = 0; at < count; at++) values.set(row, at * dim);
      const out = new Float64Array(count);
      const stretches = new Float64Array(count).fill(0.37);
      opened().addStretchedProductsInto({ values, stretches, dim }, { vector, from: 0 }, out);
      expect(new Set(out).size).toBe(1);
    }
  }
});

test("a matrix that is not positive definite is refused with its row and pivot, as in plain TypeScript", () => {
  for (const dim of [2, 5, 33, 70]) {
    const matrix = new Float64Array(dim * dim);
    for (let k = 0; k < dim; k++) matrix[k * dim + k] = k === dim - 1 ? -2 : 1;
    const refusal = `choleskyInPlace: the matrix must be positive definite, got pivot -2 at row ${dim - 1} of ${dim}`;
    expect(() => opened().choleskyInPlace(matrix.slice(), dim)).toThrow(refusal);
    expect(() => plainLoops.choleskyInPlace(matrix.slice(), dim)).toThrow(refusal);
  }
});

test("where there is no WebAssembly, or a policy forbids it, or it knows no SIMD, there is no kernel", () => {
  expect(openModule(kernelHex)).not.toBeNull();
  expect(openModule("AGFzbQEAAAAB")).toBeNull();
  vi.stubGlobal("WebAssembly", undefined);
  expect(openModule(kernelHex)).toBeNull();
  const refuse = () => {
    throw new EvalError("'wasm-unsafe-eval' is not an allowed source of script");
  };
  vi.stubGlobal("WebAssembly", { Module: refuse });
  expect(openModule(kernelHex)).toBeNull();
});

test("the bytes are those that the source compiles to", async () => {
  const file = new URL("../../core/kernel/bytes.ts", import.meta.url);
  expect(readFileSync(file, "utf8")).toBe(await kernelBytesFile());
});
