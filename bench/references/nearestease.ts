/**
 * EASE of each item on those nearest to it, for catalogues of which no dense matrix fits: as `ease.ts`, but
 * that an item is regressed on its nearest by what was had together, as in SLIM with a choice of features
 * (Ning, Karypis 2011).
 *
 *   b_j = (G_nn + R_nn)^-1 G_nj,  G = sum_u w_u x_u x_u^T,  w_u = (mean items / items of u)^p
 *
 * G is that of the logs themselves, made for the neighbours of one item at a time.
 */
import { choleskyInPlace, solveFactoredInPlace } from "../../core/linear.ts";
import type { ScoresOf } from "../judge.ts";
import { type Logs, nearestByWalk, powersOf } from "../walk.ts";
import { type EaseSettings, ridgesOf } from "./ease.ts";

export interface NearestEaseSettings extends EaseSettings {
  /** Items that an item is regressed on. */
  readonly nearest: number;
  /** Exponent, 0 to 1: how much less near an item is for being had by many. */
  readonly to: number;
}

/** Chosen on people set aside from training, of 41,000 places that 27,000 people go to, of lambda 20 and 60. */
export const nearestEaseSettings: NearestEaseSettings = {
  nearest: 50,
  lambda: 20,
  over: 0.5,
  steep: 0,
  to: 0.5,
};

export function nearestEase(logs: Logs, settings: NearestEaseSettings): ScoresOf {
  const { nearest, over } = settings;
  const { byPerson, byItem } = logs;
  const count = byItem.starts.length - 1;
  const near = nearestByWalk(logs, settings, nearest);
  const mean = byPerson.columns.length / (byPerson.starts.length - 1);
  const weights = powersOf(byPerson, -over).map((power) => power * mean ** over);
  const ridges = ridgesOf(powersOf(byItem, 1), settings);
  /** Place of an item among those of the system, plus 1; 0 for others. */
  const placeOf = new Uint32Array(count);
  const system = new Float64Array(nearest * nearest);
  /** Adds to `row` the people of `item` with each item that has a place. */
  const addPeopleOf = (item: number, row: Float64Array): void => {
    for (let at = byItem.starts[item]; at < byItem.starts[item + 1]; at++) {
      const person = byItem.columns[at];
      const end = byPerson.starts[person + 1];
      for (let one = byPerson.starts[person]; one < end; one++) {
        const place = placeOf[byPerson.columns[one]];
        if (place > 0) row[place - 1] += weights[person];
      }
    }
  };
  const said = near.map((others, item) => {
    const dim = others.length;
    const right = new Float64Array(dim);
    const square = system.subarray(0, dim * dim).fill(0);
    others.forEach((other, place) => {
      placeOf[other] = place + 1;
    });
    addPeopleOf(item, right);
    others.forEach((other, place) => {
      addPeopleOf(other, square.subarray(place * dim, (place + 1) * dim));
      square[place * dim + place] += ridges[other];
    });
    for (const other of others) placeOf[other] = 0;
    choleskyInPlace(square, dim);
    solveFactoredInPlace(square, dim, right);
    return right;
  });
  return bySpeaker(near, said, count);
}

/** Scores by what each item that a person has says for those it is near to. */
function bySpeaker(near: readonly Uint32Array[], said: readonly Float64Array[], count: number): ScoresOf {
  const starts = new Uint32Array(count + 1);
  for (const others of near) for (const other of others) starts[other + 1] += 1;
  for (let item = 0; item < count; item++) starts[item + 1] += starts[item];
  const next = starts.slice();
  const targets = new Uint32Array(starts[count]);
  const values = new Float64Array(starts[count]);
  for (const [item, others] of near.entries()) {
    others.forEach((other, place) => {
      const at = next[other]++;
      targets[at] = item;
      values[at] = said[item][place];
    });
  }
  return ({ items }) => {
    const scores = new Float64Array(count);
    for (const item of items) {
      for (let at = starts[item]; at < starts[item + 1]; at++) scores[targets[at]] += values[at];
    }
    return scores;
  };
}
