/**
 * Places that kinds of rows have in any beginning of a list: of the first k places at least floor(least k).
 *
 * Place by place the best row is taken, unless a kind would then have too few: then the best row of all kinds
 * that are short, of one of them where none is of all, and the best of any where none is of one (DetGreedy of
 * Geyik, Ambler and Kenthapadi 2019, "Fairness-aware ranking in search & recommendation systems", with lower
 * bounds alone).
 */

export interface RowExposure {
  /** 0..1, of the places of any beginning. */
  readonly least: number;
  readonly isOf: (row: number) => boolean;
}

/** Products of parts and places are not whole where they should be. */
const rounding = 1e-9;

/** What the next place is owed to. */
export class Owed {
  readonly #exposures: readonly RowExposure[];
  readonly #counts: number[];
  #places = 0;

  constructor(exposures: readonly RowExposure[]) {
    this.#exposures = exposures;
    this.#counts = exposures.map(() => 0);
  }

  /** The next place has this row. */
  add(row: number): void {
    this.#places += 1;
    for (const [at, { isOf }] of this.#exposures.entries()) if (isOf(row)) this.#counts[at] += 1;
  }

  /** What the next row should be, the most wanted first; the last of them takes any row. */
  next(): readonly ((row: number) => boolean)[] {
    const place = this.#places + 1;
    const short = this.#exposures.filter(
      ({ least }, at) => this.#counts[at] < Math.floor(least * place + rounding),
    );
    const any = () => true;
    if (short.length === 0) return [any];
    const ofOne = (row: number) => short.some(({ isOf }) => isOf(row));
    const ofAll = (row: number) => short.every(({ isOf }) => isOf(row));
    return short.length === 1 ? [ofOne, any] : [ofAll, ofOne, any];
  }
}
