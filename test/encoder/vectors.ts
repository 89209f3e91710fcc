/** Vectors as the tests of encoders compare them, and those that test/vectors/encoder/make.py froze. */
import { readFileSync } from "node:fs";
import { expect } from "vitest";
import type { Shape } from "./drawn.ts";

export function rowsOf(vectors: Float32Array, dim: number): Float32Array[] {
  expect(vectors.length % dim).toBe(0);
  return Array.from({ length: vectors.length / dim }, (_, row) =>
    vectors.subarray(row * dim, (row + 1) * dim),
  );
}

/** Of vectors of length 1. */
export function cosine(one: ArrayLike<number>, two: ArrayLike<number>): number {
  return Array.from(one).reduce((sum, value, k) => sum + value * two[k], 0);
}

export interface TokenizedText {
  readonly text: string;
  readonly ids: readonly number[];
}

interface Frozen {
  readonly wordpiece: { readonly texts: readonly TokenizedText[] };
  readonly unigram: {
    readonly tokenizer: { readonly model: { readonly type: string } };
    readonly texts: readonly TokenizedText[];
  };
  readonly pictures: {
    readonly pictures: readonly {
      readonly shape: Shape;
      /** Places in the lists of drawn.ts. */
      readonly ink: number;
      readonly paper: number;
      /** Of the pixels, hex. */
      readonly sha256: string;
      readonly vector: readonly number[];
    }[];
  };
  readonly sentences: {
    readonly sentences: readonly { readonly text: string; readonly vector: readonly number[] }[];
  };
}

export function frozen<Name extends keyof Frozen>(name: Name): Frozen[Name] {
  return JSON.parse(readFileSync(new URL(`../vectors/encoder/${name}.json`, import.meta.url), "utf8"));
}
