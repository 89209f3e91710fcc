/**
 * EASE (Steck 2019, arXiv 1905.03375): what each item says for each other one, without privacy. Two dense matrices of
 * all items: beyond `mostItems` see nearestease.ts.
 *
 *   B = I - P / diag(P),  P = (sum_u w_u x_u x_u^T + R)^-1,  scores = x B
 *   w_u = (mean items / items of u)^p,  R_ii = lambda (people of i / mean people)^r
 *
 * With p = r = 0 it is as published.
 */
import { choleskyInPlace, solveFactoredSidesInPlace } from "../../core/linear.ts";
import type { Person } from "../data.ts";
import type { ScoresOf } from "../judge.ts";

export interface EaseSettings {
  /** Ridge, in people of as many items as people have on average. */
  readonly lambda: number;
  /** Exponent, 0 to 1: how much less whoever has many items says for each pair of them (p). */
  readonly over: number;
  /** Exponent, 0 to 1: how much more is taken for chance of an item that many have (r). */
  readonly steep: number;
}

/** The ridge of each item. */
export function ridgesOf(holders: Float64Array, { lambda, steep }: EaseSettings): Float64Array {
  const mean = holders.reduce((sum, people) => sum + people, 0) / holders.length;
  return holders.map((people) => lambda * (Math.max(1, people) / mean) ** steep);
}

/** As published; lambda chosen on people set aside from training, of 50, 100, 200 and 400. */
export const easeSettings: EaseSettings = { lambda: 200, over: 0, steep: 0 };

/** So many items take 12 bytes a pair, 512 MiB in all, and about ten minutes of one core. */
export const mostItems = Math.floor(Math.sqrt(2 ** 29 / 12));

/** Columns of the inverse at a time. */
const stretch = 64;

export function ease(people: readonly Person[], items: number, settings: EaseSettings): ScoresOf {
  const mean = people.reduce((sum, { items: theirs }) => sum + theirs.length, 0) / people.length;
  const holders = new Float64Array(items);
  const gram = new Float64Array(items * items);
  for (const { items: theirs } of people) {
    const weight = (mean / theirs.length) ** settings.over;
    for (const a of theirs) {
      holders[a] += 1;
      for (const b of theirs) gram[a * items + b] += weight;
    }
  }
  for (const [item, ridge] of ridgesOf(holders, settings).entries()) gram[item * items + item] += ridge;
  choleskyInPlace(gram, items);
  const inverse = new Float32Array(items * items);
  for (let from = 0; from < items; from += stretch) {
    const count = Math.min(stretch, items - from);
    const sides = new Float64Array(count * items);
    for (let k = 0; k < count; k++) sides[k * items + from + k] = 1;
    solveFactoredSidesInPlace(gram, items, sides, count);
    inverse.set(sides, from * items);
  }
  const diagonal = Float64Array.from({ length: items }, (_, item) => inverse[item * items + item]);
  return ({ items: theirs }) => {
    const scores = new Float64Array(items);
    for (const item of theirs) {
      for (let other = 0; other < items; other++) {
        if (other !== item) scores[other] -= inverse[item * items + other] / diagonal[other];
      }
    }
    return scores;
  };
}
