/**
 * What ranking needs of a model, in whatever form the model was published: the cards in catalogue order, the
 * joint rows with how to fold in on them, and the shares of people behind popularity.
 *
 * A row is a place in `cards`, and the same place in every array here. What is costly to derive (the gram
 * matrix, norms) is derived when it is first needed, once: who asks for popularity alone never builds it.
 */
import type { FoldInSettings } from "../foldin.ts";
import { dot } from "../linear.ts";
import type { Attributes } from "../model/attributes.ts";
import type { SitePolicy } from "../model/policy.ts";
import type { RankerWeights } from "../model/ranker.ts";
import { type Rows, rememberingRows } from "../rows.ts";
import { GramSum } from "./gram.ts";
import type { WeighedPairs } from "./pairs.ts";
import { type LoadedRanker, loadedRanker } from "./ranker/weights.ts";
import { alwaysWanted, type WeighedRecent } from "./recent.ts";
import { type FoldingRows, type Shortening, withShortContent } from "./shortcontent.ts";

/** What ranking reads of an item's card. */
export interface RankingCard {
  readonly item: string;
  /** ISO 8601 date or time. */
  readonly publishedAt?: string | undefined;
  /** False for what cannot be had now; absent is true. */
  readonly available?: boolean | undefined;
  /** What the variants of one product have in common. */
  readonly group?: string | undefined;
  readonly categories?: readonly string[];
  readonly price?: number | undefined;
  readonly title?: string;
  /** What else a shop says of it, by name. */
  readonly attributes?: Attributes | undefined;
}

export interface RankingModel {
  /** Number of cards, and of rows of everything else. */
  readonly count: number;
  readonly cards: readonly RankingCard[];
  /** Item id -> row. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Rows of what cannot be had. */
  readonly unavailable: ArrayLike<number>;
  /** Share of people per row, 0..1; zeros before the crowd has spoken. */
  readonly shares: ArrayLike<number>;
  /** The joint rows [content, factors] and how to fold in on them. */
  readonly joint: Joint;
  /** The same with shorter content, for people of whom little is known; null: they are ranked for by `joint`. */
  readonly jointForFew: FoldingRows | null;
  /** One byte per row, 1 for what waits to be learned; null: nothing does. */
  readonly waiting: Uint8Array | null;
  /** What pairs of items say beside them; null where there are none. */
  readonly pairs: WeighedPairs | null;
  /** What is wanted lately; null where it is not known. */
  readonly recent: WeighedRecent | null;
  /** Orders what is proposed for a person; null where none is in force. */
  readonly ranker: LoadedRanker | null;
  /** What the site decides about its lists; null: nothing. */
  readonly policy: SitePolicy | null;
  /** What is always wanted, as recent.ts has it; null before the crowd has spoken. */
  readonly always: Float64Array | null;
  /** Whether people can be ranked for at once: the gram matrix is there. */
  readonly hasGram: boolean;
  /** L2 norm of each joint row. */
  readonly jointNorms: Float64Array;
}

export interface Joint extends FoldInSettings {
  readonly rows: Rows;
  /**
   * The gram matrix as it grows, for who shares its time with others: `gram` is derived at once what is
   * missing of it.
   */
  readonly gramSum: GramSum;
}

export interface RankingParts {
  readonly cards: readonly RankingCard[];
  /** Item ids by row, and rows of what cannot be had, where they are known without looking at the cards. */
  readonly items?: readonly string[];
  readonly unavailable?: ArrayLike<number>;
  readonly shares: ArrayLike<number>;
  /** Makes the joint rows, one for each card; called once at most. */
  readonly jointRows: () => Rows;
  /** Weight of every unobserved pair. */
  readonly alpha0: number;
  readonly lambda: number;
  /**
   * One byte per row, 1 for items that came after everybody whose tastes were learned. That somebody did not
   * deal with one says nothing yet, so they do not weigh among the unobserved; they are ranked like the
   * others.
   */
  readonly waiting?: Uint8Array;
  /** How much shorter content is for people of whom little is known; absent: not at all. */
  readonly shortening?: Shortening | undefined;
  readonly pairs?: WeighedPairs | undefined;
  readonly recent?: WeighedRecent | undefined;
  readonly ranker?: RankerWeights | undefined;
  readonly policy?: SitePolicy | undefined;
}

/** @throws {RangeError} when there are not as many shares (now) or joint rows (at first use) as cards. */
export function rankingModel(parts: RankingParts): RankingModel {
  requireCount("shares", parts.shares.length, parts.cards.length);
  return new LazyRankingModel(parts);
}

/** Whether the crowd has given any share. */
export function hasShares({ shares, count }: Pick<RankingModel, "shares" | "count">): boolean {
  for (let row = 0; row < count; row++) if (shares[row] > 0) return true;
  return false;
}

/** Rows that are kept in floating point: 7 MB at 448 numbers. */
const mostRemembered = 2048;

class LazyRankingModel implements RankingModel {
  readonly count: number;
  readonly cards: readonly RankingCard[];
  readonly shares: ArrayLike<number>;
  readonly pairs: WeighedPairs | null;
  readonly recent: WeighedRecent | null;
  readonly ranker: LoadedRanker | null;
  readonly policy: SitePolicy | null;
  readonly #parts: RankingParts;
  #rowOf: ReadonlyMap<string, number> | null = null;
  #unavailable: ArrayLike<number> | null = null;
  #rows: Rows | null = null;
  #joint: Joint | null = null;
  #jointForFew: FoldingRows | null = null;
  #jointNorms: Float64Array | null = null;
  #always: Float64Array | null | undefined;

  constructor(parts: RankingParts) {
    this.#parts = parts;
    this.cards = parts.cards;
    this.shares = parts.shares;
    this.pairs = parts.pairs ?? null;
    this.recent = parts.recent ?? null;
    this.ranker = parts.ranker === undefined ? null : loadedRanker(parts.ranker);
    this.policy = parts.policy ?? null;
    this.count = parts.cards.length;
  }

  get rowOf(): ReadonlyMap<string, number> {
    if (this.#rowOf === null) {
      const items = this.#parts.items ?? this.cards.map(({ item }) => item);
      this.#rowOf = new Map(items.map((item, row) => [item, row]));
    }
    return this.#rowOf;
  }

  get unavailable(): ArrayLike<number> {
    const { cards } = this;
    this.#unavailable ??=
      this.#parts.unavailable ?? Array.from(cards.keys()).filter((row) => cards[row].available === false);
    return this.#unavailable;
  }

  get joint(): Joint {
    if (this.#joint === null) {
      const { alpha0, lambda, waiting } = this.#parts;
      const rows = this.#allRows;
      const gramSum = new GramSum(rows, waiting);
      this.#joint = {
        ...{ rows: rememberingRows(rows, mostRemembered), alpha0, lambda, gramSum },
        get gram() {
          return gramSum.whole();
        },
      };
    }
    return this.#joint;
  }

  get jointForFew(): FoldingRows | null {
    const { shortening } = this.#parts;
    if (shortening === undefined) return null;
    this.#jointForFew ??= withShortContent(this.joint, shortening);
    return this.#jointForFew;
  }

  get waiting(): Uint8Array | null {
    return this.#parts.waiting ?? null;
  }

  /** For who walks through all of them: nothing is remembered. */
  get #allRows(): Rows {
    if (this.#rows === null) {
      this.#rows = this.#parts.jointRows();
      requireCount("joint rows", this.#rows.count, this.count);
    }
    return this.#rows;
  }

  get always(): Float64Array | null {
    if (this.#always === undefined) this.#always = alwaysWanted(this.shares, this.waiting);
    return this.#always;
  }

  get hasGram(): boolean {
    return this.#joint?.gramSum.isWhole ?? false;
  }

  get jointNorms(): Float64Array {
    if (this.#jointNorms === null) {
      const rows = this.#allRows;
      const row = new Float64Array(rows.dim);
      this.#jointNorms = Float64Array.from({ length: rows.count }, (_, at) => {
        rows.rowInto(at, row);
        return Math.sqrt(dot(row, 0, row, 0, rows.dim));
      });
    }
    return this.#jointNorms;
  }
}

function requireCount(name: string, got: number, cards: number): void {
  if (got !== cards) throw new RangeError(`rankingModel: ${name} must be ${cards}, one a card, got ${got}`);
}
