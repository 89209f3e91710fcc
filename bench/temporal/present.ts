/**
 * What is served in time: what the present tells of each item, and what a person buys again.
 *
 *   trend_i = log((d14_i + a) / (14 d60_i / 60 + a)),  d_i people who bought item i in the last 14 and 60 days
 *   again_i = 6 sqrt(w_i) sqrt(r_i / mean r),  r_i = (days_i - holders_i + 1) / (holders_i + 3)
 *
 * w_i is the person's weight of the item, days_i on how many days its buyers bought it. An item that none of the
 * person's other items speak for is listed again by the second (pairs have no diagonal). Constants are
 * chosen on July to September.
 */
import type { Person } from "../data.ts";
import type { ScoresOf } from "../judge.ts";

export interface Windows {
  /** People by item in the last 14 and in the last 60 days. */
  readonly last14: Float64Array;
  readonly last60: Float64Array;
}

/** @param spare a, in people: how many must buy an item before its trend counts for half. */
export function trendOf({ last14, last60 }: Windows, spare: number): Float64Array {
  return last14.map((count, item) => Math.log((count + spare) / ((last60[item] * 14) / 60 + spare)));
}

/** How often those who have an item buy it on another day too, the mean over all items 1. */
export function repeatRates(daysBought: Float64Array, holders: Float64Array): Float64Array {
  const rates = daysBought.map((days, item) => (days - holders[item] + 1) / (holders[item] + 3));
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return rates.map((rate) => rate / mean);
}

const againWeight = 6;

/**
 * Adds to the items that a person has what they are bought again by. @param rates by item; 1 where none are
 * known.
 */
export function withAgain(scoresOf: ScoresOf, rates: Float64Array): ScoresOf {
  return (known: Person) => {
    const scores = Float64Array.from(scoresOf(known));
    known.items.forEach((item, at) => {
      scores[item] += againWeight * Math.sqrt(known.weights[at] * rates[item]);
    });
    return scores;
  };
}
