/**
 * What ranking needs of a model, in whatever form the model was published: the cards in catalogue order, the
 * joint rows with how to fold in on them, and the shares of people behind popularity.
 *
 * A row is a place in `cards`, and the same place in every array here. What is costly to derive (joint rows,
 * gram matrix, norms) is derived when it is first needed, once: who asks for popularity alone never builds
 * the joint rows.
 */
import type { FoldInModel } from "../foldin.ts";
import { dot, gramOf } from "../linear.ts";
import type { JointRows } from "../model/joint.ts";

/** What ranking reads of an item's card. */
export interface RankingCard {
  readonly item: string;
  /** ISO 8601 date or time. */
  readonly publishedAt?: string | undefined;
  /** False for what cannot be had now; absent is true. */
  readonly available?: boolean | undefined;
}

export interface RankingModel {
  /** Number of cards, and of rows of everything else. */
  readonly count: number;
  readonly cards: readonly RankingCard[];
  /** Item id -> row. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Share of people per row, 0..1; zeros before the crowd has spoken. */
  readonly shares: ArrayLike<number>;
  /** The joint rows [content, factors] and how to fold in on them. */
  readonly joint: FoldInModel;
  /** L2 norm of each joint row. */
  readonly jointNorms: Float64Array;
}

export interface RankingParts {
  readonly cards: readonly RankingCard[];
  readonly shares: ArrayLike<number>;
  /** Makes the joint rows, one for each card; called once at most. */
  readonly jointRows: () => JointRows;
  /** Weight of every unobserved pair. */
  readonly alpha0: number;
  readonly lambda: number;
  /**
   * One byte per row, 1 for items that came after everybody whose tastes were learned. That somebody did not
   * deal with one says nothing yet, so they do not weigh among the unobserved; they are ranked like the
   * others.
   */
  readonly waiting?: Uint8Array;
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

class LazyRankingModel implements RankingModel {
  readonly count: number;
  readonly cards: readonly RankingCard[];
  readonly rowOf: ReadonlyMap<string, number>;
  readonly shares: ArrayLike<number>;
  readonly #parts: RankingParts;
  #joint: FoldInModel | null = null;
  #jointNorms: Float64Array | null = null;

  constructor(parts: RankingParts) {
    this.#parts = parts;
    this.cards = parts.cards;
    this.shares = parts.shares;
    this.count = parts.cards.length;
    this.rowOf = new Map(parts.cards.map(({ item }, row) => [item, row]));
  }

  get joint(): FoldInModel {
    if (this.#joint === null) {
      const { jointRows, alpha0, lambda } = this.#parts;
      const { rows, count, dim } = jointRows();
      requireCount("joint rows", count, this.count);
      const gram = gramOf(withoutRows(rows, dim, this.#parts.waiting), count, dim);
      this.#joint = { rows, count, dim, gram, alpha0, lambda };
    }
    return this.#joint;
  }

  get jointNorms(): Float64Array {
    if (this.#jointNorms === null) {
      const { rows, count, dim } = this.joint;
      this.#jointNorms = Float64Array.from({ length: count }, (_, row) =>
        Math.sqrt(dot(rows, row * dim, rows, row * dim, dim)),
      );
    }
    return this.#jointNorms;
  }
}

/** The rows with zeros for those that are marked. */
function withoutRows(rows: Float64Array, dim: number, marked: Uint8Array | undefined): Float64Array {
  if (marked === undefined || !marked.includes(1)) return rows;
  const others = rows.slice();
  for (const [row, mark] of marked.entries()) if (mark === 1) others.fill(0, row * dim, (row + 1) * dim);
  return others;
}

function requireCount(name: string, got: number, cards: number): void {
  if (got !== cards) throw new RangeError(`rankingModel: ${name} must be ${cards}, one a card, got ${got}`);
}
