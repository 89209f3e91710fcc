/**
 * Items by a walk from what a person has over everybody who has it, of the logs themselves: what was had together,
 * and neither by whoever has everything nor for being had by everybody.
 *
 *   score_j = (people of j)^-t  sum_u (items of u)^-p x_uj  sum_(i had) (people of i)^-f x_ui
 *
 * With p = f = 1 a random walk of three steps (P3, Cooper et al. 2014), with t above 0 one that ends less at the most
 * wanted items (RP3 beta, Paudel et al. 2017); all are exponents here. No matrix of items is made: a score costs one
 * pass over the logs at most, and memory is theirs, whatever the catalogue's size.
 */
import { bestRows } from "../core/ranking/best.ts";
import { type Interactions, interactionsOf, transposed } from "../server/publishing/train/als.ts";
import type { Person } from "./data.ts";
import type { ScoresOf } from "./judge.ts";

/** Who has what, by person and by item. */
export interface Logs {
  readonly byPerson: Interactions;
  readonly byItem: Interactions;
}

export function logsOf(people: readonly Person[], items: number): Logs {
  const byPerson = interactionsOf(people, items);
  return { byPerson, byItem: transposed(byPerson) };
}

/** Exponents, 0 to 1: how much less speaks what is had by, or has, many. */
export interface WalkSettings {
  /** Of the items that the walk starts at (f). */
  readonly from: number;
  /** Of the people it goes over (p). */
  readonly over: number;
  /** Of the items it ends at (t). */
  readonly to: number;
}

/** Scores of all items for a person; whether somebody has an item counts, not its weight. */
export function walkScores({ byPerson, byItem }: Logs, { from, over, to }: WalkSettings): ScoresOf {
  const starting = powersOf(byItem, -from);
  const passing = powersOf(byPerson, -over);
  const ending = powersOf(byItem, -to);
  return ({ items }) => {
    const alike = new Float64Array(passing.length);
    for (const item of items) {
      for (let at = byItem.starts[item]; at < byItem.starts[item + 1]; at++) {
        alike[byItem.columns[at]] += starting[item];
      }
    }
    const scores = new Float64Array(ending.length);
    for (let person = 0; person < alike.length; person++) {
      if (alike[person] === 0) continue;
      const said = alike[person] * passing[person];
      for (let at = byPerson.starts[person]; at < byPerson.starts[person + 1]; at++) {
        scores[byPerson.columns[at]] += said;
      }
    }
    for (let item = 0; item < scores.length; item++) scores[item] *= ending[item];
    return scores;
  };
}

/**
 * By item, so many others that a walk from it ends at most, without those that none ends at; the first the
 * nearest.
 */
export function nearestByWalk(
  { byPerson, byItem }: Logs,
  { over, to }: Omit<WalkSettings, "from">,
  nearest: number,
): readonly Uint32Array[] {
  const passing = powersOf(byPerson, -over);
  const ending = powersOf(byItem, -to);
  const scores = new Float64Array(ending.length);
  return Array.from(ending, (_, item) => {
    const reached: number[] = [];
    for (let at = byItem.starts[item]; at < byItem.starts[item + 1]; at++) {
      const person = byItem.columns[at];
      for (let one = byPerson.starts[person]; one < byPerson.starts[person + 1]; one++) {
        const other = byPerson.columns[one];
        if (other === item) continue;
        if (scores[other] === 0) reached.push(other);
        scores[other] += passing[person];
      }
    }
    // Of equals the first in the catalogue.
    const rows = Uint32Array.from(reached).sort();
    const products = Float64Array.from(rows, (row) => scores[row] * ending[row]);
    for (const row of rows) scores[row] = 0;
    return bestRows({ scores: products, barred: new Uint8Array(products.length) }, nearest).map(
      (place) => rows[place],
    );
  });
}

/** Of how many entries each row has; 0 for a row of none. */
export function powersOf({ starts }: Interactions, power: number): Float64Array {
  return Float64Array.from({ length: starts.length - 1 }, (_, row) => {
    const length = starts[row + 1] - starts[row];
    return length === 0 ? 0 : length ** power;
  });
}
