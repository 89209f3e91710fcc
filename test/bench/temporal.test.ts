/** What the present tells, and how sources become one score. */
import { expect, test } from "vitest";
import { seededFill } from "../../bench/crowds.ts";
import { beside, everybodys, mixOf } from "../../bench/mix.ts";
import { repeatRates, trendOf, withAgain } from "../../bench/temporal/present.ts";
import { learnWindows, windowScales } from "../../bench/temporal/windows.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";

const person = { items: Uint32Array.of(1, 2), weights: Float64Array.of(4, 1) };

test("a trend is above 0 where more buy now than did, 0 where as many do, and near 0 where few do at all", () => {
  const trend = trendOf({ last14: Float64Array.of(28, 14, 7, 1), last60: Float64Array.of(60, 60, 60, 0) }, 2);
  expect(trend[0]).toBeCloseTo(Math.log(30 / 16), 12);
  expect(trend[1]).toBeCloseTo(0, 12);
  expect(trend[2]).toBeCloseTo(Math.log(9 / 16), 12);
  expect(trend[3]).toBeLessThan(trend[0]);
});

test("what is bought again is said of what a person has alone, by the roots of weight and of how often others do", () => {
  const rates = repeatRates(Float64Array.of(2, 9, 3), Float64Array.of(2, 3, 3));
  expect(rates.reduce((sum, rate) => sum + rate, 0) / 3).toBeCloseTo(1, 12);
  expect(rates[1] / rates[2]).toBeCloseTo(7, 12);
  const scores = withAgain(everybodys(Float64Array.of(5, 0, 0)), rates)(person);
  expect(scores[0]).toBe(5);
  expect(scores[1] / scores[2]).toBeCloseTo(Math.sqrt((4 * rates[1]) / rates[2]), 12);
});

test("a mix is the same in whatever units a source scores, and its weights are of standard deviations", () => {
  const one = Float64Array.of(0, 2, 4, 2);
  const other = Float64Array.of(1, 0, 0, 3);
  const mix = mixOf([
    { scores: everybodys(one), weight: 0.7 },
    { scores: everybodys(other), weight: 0.3 },
  ])(person);
  const scaled = beside(everybodys(one.map((score) => 9 * score - 4)), everybodys(other), 0.3)(person);
  mix.forEach((score, item) => {
    expect(scaled[item]).toBeCloseTo(score, 12);
  });
  const alone = mixOf([{ scores: everybodys(one), weight: 1 }])(person);
  expect(alone.reduce((sum, score) => sum + score * score, 0) / 4).toBeCloseTo(1, 12);
  expect(mixOf([{ scores: everybodys(new Float64Array(3).fill(7)), weight: 1 }])(person)).toEqual(
    new Float64Array(3),
  );
});

/** Who bought so many of the items lately, of four; no noise. */
function learned(people: readonly { readonly last14: Uint32Array; readonly last60: Uint32Array }[]) {
  const content = quantizeRows(Float64Array.of(1, 0, 0, 1, 1, 1, 0, 1), 4, 2);
  return learnWindows({ people, content, contentDim: 2, sigma: 0, fill: seededFill(1) });
}

test("without noise, windows are weighted people by item, each window by itself; nobody weighs more than 1", () => {
  // Lengths: 1; sqrt(1 + 4); sqrt(3 + 4).
  const windows = learned([
    { last60: Uint32Array.of(0), last14: Uint32Array.of() },
    { last60: Uint32Array.of(1), last14: Uint32Array.of(1) },
    { last60: Uint32Array.of(0, 1, 2), last14: Uint32Array.of(2) },
    { last60: Uint32Array.of(), last14: Uint32Array.of() },
  ]);
  const [second, third] = [1 / Math.sqrt(5), 1 / Math.sqrt(7)];
  const near = (actual: Float64Array, wanted: readonly number[]) => {
    wanted.forEach((value, item) => {
      expect(actual[item]).toBeCloseTo(value, 2);
    });
  };
  near(windows.last60, [1 + third, second + third, third, 0]);
  near(windows.last14, [0, second, third, 0]);
  expect(sensitivityOf(windowScales)).toBeCloseTo(Math.sqrt(1.01), 12);
});
