import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/seeded.ts";
import { type BlockSums, type ItemStep, itemStepInPlace } from "../../core/tasks/itemfactors/itemstep.ts";
import { startingFactors } from "../../server/kinds/itemfactors/startingfactors.ts";

const dim = 3;
const count = 400;
const normal = (length: number, sigma: number, seed: number) =>
  startingFactors({ count: length, dim: 1, random: seededRandom(seed) }).map((value) => value * 10 * sigma);

/**
 * Sums of a made-up crowd whose exact step moves item i by `moves[i]`: H = U I, so P_i is a multiple of I.
 */
function world(noiseSigma: number, seed: number) {
  const u = 50;
  const h = Float64Array.from({ length: dim * dim }, (_, k) => (k % (dim + 1) === 0 ? u : 0));
  const n = Float64Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 40 : 0.5));
  const [alpha0, lambda] = [0.1, 0.01];
  const gainOf = (item: number) => (n[item] / u + alpha0) * u + lambda * (n[item] + alpha0 * u);
  const moves = normal(count * dim, 0.5, seed);
  const noise = normal(count * dim, noiseSigma, seed + 1);
  const g = moves.map((move, at) => -gainOf(Math.floor(at / dim)) * move + noise[at]);
  const sums: BlockSums = { g, n, h, u };
  const step: ItemStep = { dim, first: 0, count, sums, alpha0, lambda, eta: 1, noiseSigma };
  return { step, moves };
}

/** Mean square distance of the moves made from the true ones, of items about which many or few reported. */
function error(step: ItemStep, moves: Float64Array, parity: 0 | 1): number {
  const factors = new Float64Array(count * dim);
  itemStepInPlace(factors, step);
  let square = 0;
  for (let at = 0; at < factors.length; at++) {
    if (Math.floor(at / dim) % 2 === parity) square += (factors[at] - moves[at]) ** 2;
  }
  return square / (factors.length / 2);
}

describe("itemStepInPlace under noise", () => {
  test("noise that is not there changes nothing: a vanishing sigma gives the Newton step", () => {
    const { step, moves } = world(0, 3);
    const made = new Float64Array(count * dim);
    itemStepInPlace(made, { ...step, noiseSigma: 1e-6 });
    for (let at = 0; at < made.length; at++) expect(Math.abs(made[at] - moves[at])).toBeLessThan(1e-9);
  });

  test("knowing the noise brings every item closer to the truth, the least reported the most", () => {
    const { step, moves } = world(7, 5);
    const deaf = { ...step, noiseSigma: 0 };
    expect(error(step, moves, 0)).toBeLessThan(error(deaf, moves, 0));
    expect(error(step, moves, 1)).toBeLessThan(0.2 * error(deaf, moves, 1));
    // No worse than not moving at all, which is an error of 0.5^2.
    expect(error(step, moves, 1)).toBeLessThan(0.3);
  });

  test("the error is least at the true standard deviation: variance, or half, or double do worse", () => {
    const { step, moves } = world(7, 9);
    const at = (noiseSigma: number) => error({ ...step, noiseSigma }, moves, 0);
    for (const wrong of [7 / 3, 14, 49]) expect(at(wrong)).toBeGreaterThan(at(7));
  });

  test("sums that are nothing but noise move nothing much", () => {
    const { step } = world(7, 11);
    const noise = { ...step, sums: { ...step.sums, g: normal(count * dim, 7, 12) } };
    const [deaf, knowing] = [new Float64Array(count * dim), new Float64Array(count * dim)];
    itemStepInPlace(deaf, { ...noise, noiseSigma: 0 });
    itemStepInPlace(knowing, noise);
    const norm = (values: Float64Array) => Math.hypot(...values);
    expect(norm(knowing)).toBeLessThan(0.1 * norm(deaf));
  });
});
