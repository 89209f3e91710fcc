/**
 * A bundle made ready for use. What is costly to derive from it (what ranking needs, gram matrices, words) is derived when it is
 * first needed, once: a device that only contributes never builds the joint rows.
 */

import { type WordIndex, wordIndexOf } from "../../core/events/interests.ts";
import type { FoldInModel } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import { type Bundle, parseBundle } from "../../core/model/bundle.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { rankingModelOf } from "../../core/ranking/frombundle.ts";
import type { RankingModel } from "../../core/ranking/model.ts";

/** Item rows with their gram matrix. */
export type ItemRows = Pick<FoldInModel, "rows" | "count" | "dim" | "gram">;

export class Model {
  readonly id: string;
  readonly bundle: Bundle;
  /** The bundle as ranking sees it. */
  readonly ranking: RankingModel;
  #factors: ItemRows | null = null;
  #words: WordIndex | null = null;

  constructor(id: string, bundle: Bundle) {
    this.id = id;
    this.bundle = bundle;
    this.ranking = rankingModelOf(bundle);
  }

  /** Item id -> row. */
  get rowOf(): ReadonlyMap<string, number> {
    return this.ranking.rowOf;
  }

  /** The item factors alone, as every browser reads them from the bundle: what contributions are computed on. */
  get factors(): ItemRows {
    const { factors, items: count, factorDim: dim } = this.bundle;
    if (this.#factors === null) {
      const rows = dequantizeRows(factors, dim);
      this.#factors = { rows, count, dim, gram: gramOf(rows, count, dim) };
    }
    return this.#factors;
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
