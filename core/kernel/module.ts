/** The kernel's module, opened where the platform and the page's policy allow it. */
import { fromHex } from "../bytes.ts";

export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A loop needs more memory than the platform gives: nothing was changed, and plain TypeScript may do it. */
export class NoRoom extends Error {
  override readonly name = "NoRoom";
}

/** As assembly/kernel.ts has them; addresses and strides in bytes. */
export interface KernelExports {
  readonly memory: Memory;
  addProducts(
    out: number,
    outStride: number,
    weight: number,
    a: number,
    aStride: number,
    rows: number,
    b: number,
    bStride: number,
    columns: number,
    length: number,
    isLower: 0 | 1,
  ): void;
  factorPanel(matrix: number, dim: number, from: number, to: number): number;
  solveSides(factor: number, dim: number, sides: number, count: number): void;
  addInt8Products(
    out: number,
    stretches: number,
    values: number,
    count: number,
    dim: number,
    vector: number,
  ): void;
}

/** Pure, and in every browser, worker and Node; what core compiles with does not know it. */
declare const WebAssembly:
  | undefined
  | {
      readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
    };

/** Null where there is no WebAssembly, a policy forbids it, or SIMD is unknown: then the bytes are refused. */
export function openModule(hex: string): KernelExports | null {
  if (typeof WebAssembly === "undefined") return null;
  try {
    const bytes = fromHex(hex);
    // What it exports is what the source exports: a test compiles it again.
    return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as KernelExports;
  } catch {
    // Forbidden, or not understood: the plain loops need neither.
    return null;
  }
}
