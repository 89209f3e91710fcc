/**
 * A model made ready for use: the head alone at first, then everything that an edition lists. What is costly
 * to derive from it (what ranking needs, gram matrices, words) is derived when it is first needed, once: a
 * device that only contributes never builds the joint rows.
 */

import { noTextRefs, type TextRefs } from "../../core/encoder/ref.ts";
import { type WordIndex, wordIndexOf } from "../../core/events/interests.ts";
import type { FoldInModel } from "../../core/foldin.ts";
import { gramOf } from "../../core/linear.ts";
import type { CatalogueCard } from "../../core/model/card.ts";
import type { PartRef } from "../../core/model/edition.ts";
import type { FactorsPart } from "../../core/model/factors.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { PairPattern } from "../../core/model/pairlist.ts";
import type { PairsPart } from "../../core/model/pairs.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { type JudgedStage, stagesOf } from "../../core/model/ranker.ts";
import type { SegmentsPart } from "../../core/model/segments.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import type { RankingModel } from "../../core/ranking/model.ts";

/** Item rows with their gram matrix. */
export type ItemRows = Pick<FoldInModel, "rows" | "count" | "dim" | "gram">;

/** Which edition a model is of. */
export interface EditionName {
  /** Hex SHA-256 of what is signed. */
  readonly id: string;
  readonly sequence: number;
}

export interface ModelInput {
  readonly edition: EditionName;
  readonly joined: JoinedModel;
  /** Null: the model is the head alone, or nothing has been learned. */
  readonly factors: FactorsView | null;
  /** Null or absent: the crowd is asked about none. */
  readonly pairs?: PairsView | null;
  /** Null or absent: none are published. */
  readonly segments?: SegmentsPart | null;
  /** Absent: the edition lists none. */
  readonly experiments?: PartRef | null;
  /** Whether everything that the edition lists is in it; else it is the head alone. */
  readonly isWhole: boolean;
  /** Absent: the edition lists none. */
  readonly texts?: TextRefs;
}

export class Model {
  readonly edition: EditionName;
  readonly isWhole: boolean;
  /** What contributions are computed on. */
  readonly factors: FactorsView | null;
  readonly pairs: PairsView | null;
  /** The parts that free text is understood by; fetched when there is some. */
  readonly texts: TextRefs;
  readonly segments: SegmentsPart | null;
  /** The part that lists experiments; fetched where this device may contribute. */
  readonly experiments: PartRef | null;
  /** The model as ranking sees it. */
  readonly ranking: RankingModel;
  readonly #joined: JoinedModel;
  #words: WordIndex | null = null;

  constructor({
    edition,
    joined,
    factors,
    pairs = null,
    segments = null,
    experiments = null,
    isWhole,
    texts = noTextRefs,
  }: ModelInput) {
    this.edition = edition;
    this.isWhole = isWhole;
    this.factors = factors;
    this.pairs = pairs;
    this.texts = texts;
    this.segments = segments;
    this.experiments = experiments;
    this.ranking = rankingModelOf(joined);
    this.#joined = joined;
  }

  /** Item steps behind the factors. */
  get round(): number {
    return this.#joined.round;
  }

  /** Row of the decision matrix that the edition's scales are by; null: they are by none. */
  get choice(): string | null {
    return this.#joined.choice ?? null;
  }

  /** What the stages beyond scores gain, where that was measured. */
  get stages(): readonly JudgedStage[] {
    const { ranker } = this.#joined;
    return ranker === undefined ? [] : stagesOf(ranker);
  }

  /** Cards by row. */
  get catalogue(): readonly CatalogueCard[] {
    return this.#joined.catalogue;
  }

  /** Item id -> row. */
  get rowOf(): ReadonlyMap<string, number> {
    return this.ranking.rowOf;
  }

  get words(): WordIndex {
    this.#words ??= wordIndexOf(this.catalogue);
    return this.#words;
  }
}

/**
 * The factors part alone, as every browser reads it: a task is about that part and numbers items as it does,
 * whatever the catalogue's order.
 */
export class FactorsView {
  /** Id of the part. */
  readonly id: string;
  readonly round: number;
  readonly count: number;
  readonly dim: number;
  readonly #part: FactorsPart;
  #rowOf: ReadonlyMap<string, number> | null = null;
  #rows: ItemRows | null = null;

  constructor(id: string, part: FactorsPart) {
    this.id = id;
    this.round = part.round;
    this.count = part.items.length;
    this.dim = part.dim;
    this.#part = part;
  }

  /** Item id -> row of the part. */
  get rowOf(): ReadonlyMap<string, number> {
    this.#rowOf ??= new Map(this.#part.items.map((item, row) => [item, row]));
    return this.#rowOf;
  }

  get rows(): ItemRows {
    if (this.#rows === null) {
      const { count, dim } = this;
      const rows = dequantizeRows(this.#part.rows, dim);
      this.#rows = { rows, count, dim, gram: gramOf(rows, count, dim) };
    }
    return this.#rows;
  }
}

/** The list of the pairs part: a task is about that part and numbers pairs and items as it does. */
export class PairsView {
  /** Id of the part. */
  readonly id: string;
  readonly pattern: PairPattern;
  readonly #items: readonly string[];
  #rowOf: ReadonlyMap<string, number> | null = null;

  constructor(id: string, { items, pattern }: Pick<PairsPart, "items" | "pattern">) {
    this.id = id;
    this.pattern = pattern;
    this.#items = items;
  }

  /** Item id -> row of the list. */
  get rowOf(): ReadonlyMap<string, number> {
    this.#rowOf ??= new Map(this.#items.map((item, row) => [item, row]));
    return this.#rowOf;
  }
}
