/**
 * The best rows that may be listed: of each group of variants one, of each kind no more than quotas and no
 * fewer than exposures have it, and what is pinned at its place. A list is the beginning of any longer one.
 */
import { Owed, type RowExposure } from "./exposure.ts";
import { topK } from "./topk.ts";

/** Bits of a byte that bars a row. */
export const bars = {
  /** Not to be listed, whatever anybody wants. */
  out: 1,
  /** The person knows it: listed only where a site pinned it. */
  known: 2,
  /** Beside `out`: by a rule of the site's, or a wish of the person's. */
  ruledOut: 4,
} as const;

export interface Listable {
  readonly scores: Float64Array;
  /** One byte per row of `bars`, 0 for what may be listed. */
  readonly barred: Uint8Array;
  /**
   * What the variants of one product have in common; undefined for what has none. Absent: variants are listed
   * each.
   */
  readonly groupOf?: (row: number) => string | undefined;
  /** Groups of which none is listed. */
  readonly ownGroups?: ReadonlySet<string>;
  /** Which rows stand where, in the order in which they come first. */
  readonly pins?: readonly PinnedRow[];
  readonly quotas?: readonly RowQuota[];
  readonly exposures?: readonly RowExposure[];
}

export interface PinnedRow {
  readonly row: number;
  /** 1 the first. */
  readonly place: number;
}

/** At most so many rows with one of their values. */
export interface RowQuota {
  readonly most: number;
  readonly valuesOf: (row: number) => readonly string[];
}

/**
 * The list: the `count` best rows that may be listed, best first, equal scores in catalogue order. A pinned
 * row that may not be listed, has no score, or comes after its group or its quota is full, is no pin; of two
 * for one place the later takes the next that is free. Where others do not reach to the place of a pin, it
 * stands behind them.
 *
 * @throws {RangeError} when count is not a positive integer.
 */
export function bestRows(listable: Listable, count: number): Uint32Array {
  const { groupOf, pins = [], quotas = [], exposures = [] } = listable;
  const { scores, barred } = listable;
  if (!Number.isInteger(count) || count < 1) {
    throw new RangeError(`bestRows: count must be a positive integer, got ${count}`);
  }
  if (groupOf === undefined && [pins, quotas, exposures].every((rules) => rules.length === 0)) {
    return topK({ scores, k: count, exclude: barred });
  }
  const admission = new Admission(listable);
  const pinned = pins.filter(
    ({ row }) => (barred[row] & bars.out) === 0 && !Number.isNaN(scores[row]) && admission.admit(row),
  );
  const rowAt = placed(pinned);
  const owed = new Owed(exposures);
  const list: number[] = [];
  const take = (row: number): void => {
    list.push(row);
    owed.add(row);
  };
  const left = [...rowAt.keys()].sort((a, b) => a - b);
  const takePin = (): void => take(rowAt.get(left.shift() ?? -1) ?? -1);
  const candidates = new Candidates(bestFirst({ scores, barred }, count + pinned.length), admission);
  while (list.length < count) {
    if (left.length > 0 && left[0] === list.length + 1) {
      takePin();
      continue;
    }
    const next = candidates.next(owed.next());
    if (next !== null) take(next);
    else if (left.length > 0) takePin();
    else break;
  }
  return Uint32Array.from(list);
}

/** Rows that stand where they are pinned, by place. */
function placed(pinned: readonly PinnedRow[]): ReadonlyMap<number, number> {
  const rowAt = new Map<number, number>();
  const second: PinnedRow[] = [];
  for (const pin of pinned) {
    if (rowAt.has(pin.place)) second.push(pin);
    else rowAt.set(pin.place, pin.row);
  }
  for (const { row, place } of second) {
    let free = place;
    while (rowAt.has(free)) free++;
    rowAt.set(free, row);
  }
  return rowAt;
}

/** Rows best first, of which some are passed over and taken later. */
class Candidates {
  readonly #rows: Iterator<number>;
  readonly #admission: Admission;
  /** Passed over so far, best first. */
  #waiting: number[] = [];

  constructor(rows: Iterator<number>, admission: Admission) {
    this.#rows = rows;
    this.#admission = admission;
  }

  /** The best row that there is room for of the first of some kinds that has one; null where none has. */
  next(kinds: readonly ((row: number) => boolean)[]): number | null {
    for (const isOf of kinds) {
      const row = this.#first(isOf);
      if (row !== null) return row;
    }
    return null;
  }

  #first(isOf: (row: number) => boolean): number | null {
    const passed: number[] = [];
    const waiting = this.#waiting;
    for (const [at, row] of waiting.entries()) {
      if (!isOf(row)) passed.push(row);
      // What there is no room for now there is none for later.
      else if (this.#admission.admit(row)) {
        this.#waiting = [...passed, ...waiting.slice(at + 1)];
        return row;
      }
    }
    this.#waiting = passed;
    for (;;) {
      const { value, done } = this.#rows.next();
      if (done === true) return null;
      if (!isOf(value)) passed.push(value);
      else if (this.#admission.admit(value)) return value;
    }
  }
}

/** Which rows there is still room for. */
class Admission {
  readonly #listable: Listable;
  readonly #rows = new Set<number>();
  readonly #groups: Set<string>;
  readonly #counts: readonly Map<string, number>[];

  constructor(listable: Listable) {
    this.#listable = listable;
    this.#groups = new Set(listable.ownGroups);
    this.#counts = (listable.quotas ?? []).map(() => new Map());
  }

  /** Takes the row in, where there is room for it. */
  admit(row: number): boolean {
    const { groupOf, quotas = [] } = this.#listable;
    const group = groupOf?.(row);
    if (this.#rows.has(row) || (group !== undefined && this.#groups.has(group))) return false;
    const values = quotas.map(({ valuesOf }) => [...new Set(valuesOf(row))]);
    const countOf = (at: number, value: string): number => this.#counts[at].get(value) ?? 0;
    const isFull = quotas.some(({ most }, at) => values[at].some((value) => countOf(at, value) >= most));
    if (isFull) return false;
    this.#rows.add(row);
    if (group !== undefined) this.#groups.add(group);
    for (const [at, list] of values.entries()) {
      for (const value of list) this.#counts[at].set(value, countOf(at, value) + 1);
    }
    return true;
  }
}

/** Best first, as many as anybody asks for. */
function* bestFirst(
  { scores, barred }: Pick<Listable, "scores" | "barred">,
  first: number,
): Generator<number, void, undefined> {
  let given = 0;
  for (let k = first; ; k *= 2) {
    const rows = topK({ scores, k, exclude: barred });
    for (; given < rows.length; given++) yield rows[given];
    if (rows.length < k) return;
  }
}

/**
 * Scores of rows that are ahead, and those of all others less what makes each come behind them: 0 where they do
 * already, and where there are none of those.
 */
export function behind(
  scores: Float64Array,
  ahead: ReadonlyMap<number, { readonly score: number }>,
): { readonly scores: Float64Array; readonly cost: number } {
  let least = Number.POSITIVE_INFINITY;
  for (const { score } of ahead.values()) least = Math.min(least, score);
  let best = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < scores.length; row++) if (scores[row] > best && !ahead.has(row)) best = scores[row];
  const cost = best >= least ? best - least + 1 : 0;
  const placed = scores.slice();
  for (let row = 0; row < placed.length; row++) placed[row] -= cost;
  for (const [row, { score }] of ahead) placed[row] = score;
  return { scores: placed, cost };
}
