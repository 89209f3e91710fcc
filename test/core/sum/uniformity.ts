/**
 * How unlike independent, uniform field elements a list of numbers is: one score per way to differ. Scores
 * are in standard deviations of the normal distribution (or made to be), so that one limit serves all.
 */
import { modulus } from "../../../core/sum/field.ts";

/** Exceeded by truly uniform numbers once in about 10^10 per score. */
export const limit = 6.5;

const lags = 64;

export function scoresOf(numbers: Uint32Array): Readonly<Record<string, number>> {
  const cells = new Float64Array(256);
  const lanes = [0, 1, 2, 3].map(() => new Float64Array(256));
  let [outside, lowest, highest] = [0, 0, 0];
  for (const value of numbers) {
    if (value >= modulus) outside++;
    if (value < edge) lowest++;
    if (value >= modulus - edge) highest++;
    cells[Math.min(255, Math.floor((value / modulus) * 256))]++;
    for (let lane = 0; lane < 4; lane++) lanes[lane][(value >>> (8 * lane)) & 255]++;
  }
  const evenly = new Float64Array(256).fill(numbers.length / 256);
  return {
    "outside the field": outside === 0 ? 0 : Number.POSITIVE_INFINITY,
    "cells of the field": chiSquareScore(cells, evenly),
    ...Object.fromEntries(
      lanes.map((seen, lane) => [
        `byte ${lane}`,
        chiSquareScore(seen, laneExpectation(lane, numbers.length)),
      ]),
    ),
    "lowest numbers": countScore(lowest, (numbers.length * edge) / modulus),
    "highest numbers": countScore(highest, (numbers.length * edge) / modulus),
    repeats: repeatScore(numbers),
    "serial correlation": serialScore(numbers),
  };
}

/** The worst score and its name: what a failing test should print. */
export function worstOf(numbers: Uint32Array): { readonly score: number; readonly name: string } {
  const worst = Object.entries(scoresOf(numbers)).reduce((a, b) => (b[1] > a[1] ? b : a));
  return { name: worst[0], score: worst[1] };
}

/**
 * Two lists drawn from one distribution? Kolmogorov-Smirnov: the chance is at most about 2 exp(-2 x^2) of a
 * distance x.
 */
export function twoSampleScore(a: Uint32Array, b: Uint32Array): number {
  const [x, y] = [a.toSorted(), b.toSorted()];
  let [i, j, distance] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    distance = Math.max(distance, Math.abs(i / x.length - j / y.length));
  }
  // A normal score of z has chance about exp(-z^2 / 2), so 2x is as strict as the other scores.
  return 2 * distance * Math.sqrt((x.length * y.length) / (x.length + y.length));
}

/**
 * 2^32 - q and a little more: where a mask taken by remainder instead of rejection has twice as many numbers.
 */
const edge = 2 ** 20;

/**
 * How often each value of a byte of a uniform field element is expected: exactly, for q is no multiple of
 * 256^k.
 */
function laneExpectation(lane: number, count: number): Float64Array {
  const step = 256 ** lane;
  const period = 256 * step;
  return Float64Array.from({ length: 256 }, (_, byte) => {
    const whole = Math.floor(modulus / period) * step;
    const rest = Math.min(step, Math.max(0, (modulus % period) - byte * step));
    return (count * (whole + rest)) / modulus;
  });
}

/** A chi-square statistic as a normal score (Wilson and Hilferty 1931). */
function chiSquareScore(seen: Float64Array, expected: Float64Array): number {
  const freedom = seen.length - 1;
  const chiSquare = seen.reduce((sum, count, k) => sum + (count - expected[k]) ** 2 / expected[k], 0);
  const spread = 2 / (9 * freedom);
  return (Math.cbrt(chiSquare / freedom) - (1 - spread)) / Math.sqrt(spread);
}

/** A Poisson count as a normal score, by the signed root of the deviance. */
function countScore(seen: number, expected: number): number {
  const deviance = 2 * ((seen === 0 ? 0 : seen * Math.log(seen / expected)) - (seen - expected));
  return Math.sqrt(Math.max(0, deviance));
}

function repeatScore(numbers: Uint32Array): number {
  const sorted = numbers.toSorted();
  let repeats = 0;
  for (let k = 1; k < sorted.length; k++) if (sorted[k] === sorted[k - 1]) repeats++;
  return countScore(repeats, numbers.length ** 2 / (2 * modulus));
}

/** The largest correlation of a number with one up to 64 places on. */
function serialScore(numbers: Uint32Array): number {
  const centred = Float64Array.from(numbers, (value) => value / modulus - 0.5);
  let worst = 0;
  for (let lag = 1; lag <= lags; lag++) {
    let sum = 0;
    for (let k = lag; k < centred.length; k++) sum += centred[k] * centred[k - lag];
    worst = Math.max(worst, Math.abs(sum) * (12 / Math.sqrt(centred.length - lag)));
  }
  return worst;
}
