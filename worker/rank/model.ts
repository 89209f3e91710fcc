/**
 * A bundle made ready for use. What is costly to derive from it (joint rows, gram matrices, norms, words) is derived
 * when it is first needed, once: a device that only contributes never builds the joint rows.
 */

import { type WordIndex, wordIndexOf } from "../../core/events/interests.ts";
import type { FoldInModel } from "../../core/foldin.ts";
import { dot, gramOf } from "../../core/linear.ts";
import { type Bundle, parseBundle } from "../../core/model/bundle.ts";
import { jointRows } from "../../core/model/joint.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";

/** Item rows with their gram matrix. */
export type ItemRows = Pick<FoldInModel, "rows" | "count" | "dim" | "gram">;

export class Model {
  readonly id: string;
  readonly bundle: Bundle;
  /** Item id -> row. */
  readonly rowOf: ReadonlyMap<string, number>;
  #factors: ItemRows | null = null;
  #joint: FoldInModel | null = null;
  #jointNorms: Float64Array | null = null;
  #words: WordIndex | null = null;

  constructor(id: string, bundle: Bundle) {
    this.id = id;
    this.bundle = bundle;
    this.rowOf = new Map(bundle.catalogue.map((card, row) => [card.item, row]));
  }

  /** The item factors alone, as every browser reads them from the bundle: what contributions are computed on. */
  get factors(): ItemRows {
    const { factors, items: count, factorDim: dim } = this.bundle;
    this.#factors ??= withGram(dequantizeRows(factors, dim), count, dim);
    return this.#factors;
  }

  /** The joint rows [content, factors] and how to fold in on them: what ranks. */
  get joint(): FoldInModel {
    if (this.#joint === null) {
      const { alpha0, lambda, items } = this.bundle;
      const { rows, dim } = jointRows(this.bundle);
      this.#joint = { ...withGram(rows, items, dim), alpha0, lambda };
    }
    return this.#joint;
  }

  /** L2 norm of each joint row. */
  get jointNorms(): Float64Array {
    if (this.#jointNorms === null) {
      const { rows, count, dim } = this.joint;
      this.#jointNorms = Float64Array.from({ length: count }, (_, i) =>
        Math.sqrt(dot(rows, i * dim, rows, i * dim, dim)),
      );
    }
    return this.#jointNorms;
  }

  get words(): WordIndex {
    this.#words ??= wordIndexOf(this.bundle.catalogue);
    return this.#words;
  }
}

/** @throws {TypeError | RangeError} for bytes that are not a bundle this code reads. */
export function modelFrom(id: string, bytes: Uint8Array): Model {
  return new Model(id, parseBundle(bytes));
}

function withGram(rows: Float64Array, count: number, dim: number): ItemRows {
  return { rows, count, dim, gram: gramOf(rows, count, dim) };
}
