import { describe, expect, test } from "vitest";
import { type PrivateTraining, trainPrivately } from "../../bench/private.ts";
import type { RandomFill } from "../../core/bytes.ts";
import { seededRandom } from "../../core/seeded.ts";
import type { Learned } from "../../server/kinds/itemfactors/knowledge.ts";
import { startingFactors } from "../../server/kinds/itemfactors/startingfactors.ts";
import { halfStep, interactionsOf, trainAls, transposed } from "../../server/publishing/train/als.ts";

const itemCount = 24;
const dim = 2;
/** Two groups that like different halves of the catalogue, with some strays. */
const people = Array.from({ length: 120 }, (_, u) => {
  const random = seededRandom(u + 1);
  const items = Array.from({ length: itemCount }, (_, i) => i).filter(
    (i) => random() < (i < 12 === (u % 2 === 0) ? 0.5 : 0.08),
  );
  return { items: Uint32Array.from(items), weights: new Float64Array(items.length).fill(1) };
}).filter(({ items }) => items.length > 0);

function startOf(seed: number): Learned {
  const nothing = () => new Float64Array(itemCount);
  const factors = startingFactors({ count: itemCount, dim, random: seededRandom(seed) });
  return { factors, dim, counts: nothing(), people: nothing(), countVariance: nothing() };
}

const training = {
  people,
  start: startOf(5),
  dim,
  rounds: 40,
  alpha0: 0.3,
  lambda: 0.02,
  clipL2: 50,
  countScale: 0.1,
  weightScale: 0.25,
  noiseMultiplier: 0,
  blocks: "walk",
  blockLimit: 1024,
  path: "shares",
  random: () => 0,
} satisfies PrivateTraining & { dim: number };

function predictions(factors: Float64Array): Float64Array {
  const given = interactionsOf(people, itemCount);
  const users = halfStep(given, factors, training);
  return Float64Array.from({ length: people.length * itemCount }, (_, at) => {
    const [u, i] = [Math.floor(at / itemCount), at % itemCount];
    let sum = 0;
    for (let k = 0; k < dim; k++) sum += users[u * dim + k] * factors[i * dim + k];
    return sum;
  });
}

describe("trainPrivately", () => {
  test("without noise and clip, sums of shares lead where exact ALS leads", () => {
    const { factors } = trainPrivately({ ...training, random: seededRandom(5) });
    const exact = trainAls(interactionsOf(people, itemCount), {
      ...training,
      sweeps: 80,
      random: seededRandom(5),
    });
    const [ours, theirs] = [predictions(factors), predictions(exact)];
    // int8 rows are good to 1/254 of the largest number of a row, on both sides of the product.
    expect(Math.max(...ours.map((value, at) => Math.abs(value - theirs[at])))).toBeLessThan(0.03);
    expect(Math.max(...theirs)).toBeGreaterThan(0.5);
  });

  test("counts are the share of people, from the sums alone", () => {
    const { learned } = trainPrivately({ ...training, rounds: 2, random: seededRandom(6) });
    const counts = transposed(interactionsOf(people, itemCount)).starts;
    for (let i = 0; i < itemCount; i++) {
      expect(learned.counts[i] / learned.people[i]).toBeCloseTo(
        (counts[i + 1] - counts[i]) / people.length,
        4,
      );
    }
  });

  test("reports on one block of four each lead close to where exact ALS leads", () => {
    const { factors, blockSize } = trainPrivately({
      ...training,
      rounds: 80,
      blockLimit: 7,
      random: seededRandom(5),
    });
    expect(blockSize).toBe(6);
    const exact = trainAls(interactionsOf(people, itemCount), {
      ...training,
      sweeps: 80,
      random: seededRandom(5),
    });
    const theirs = predictions(exact);
    const differences = predictions(factors).map((value, at) => (value - theirs[at]) ** 2);
    expect(Math.sqrt(differences.reduce((a, b) => a + b, 0) / differences.length)).toBeLessThan(0.05);
  });

  test("noise moves the factors, and a clip that leaves no room for rounding is refused", () => {
    const quiet = trainPrivately({ ...training, clipL2: 1, rounds: 2, random: seededRandom(7) });
    const loud = trainPrivately({
      ...training,
      clipL2: 1,
      noiseMultiplier: 0.5,
      rounds: 2,
      random: seededRandom(7),
    });
    const moved = quiet.factors.map((value, k) => Math.abs(value - loud.factors[k]));
    expect(Math.max(...moved)).toBeGreaterThan(0.01);
    expect(() => trainPrivately({ ...training, clipL2: 1e-4, weightScale: 1e-4 })).toThrow(
      "clipBeforeRounding: clipL2 must exceed",
    );
  });

  test("leaving out the masks changes nothing: the same dice give the same sums, rounding and noise included", () => {
    const outcome = (path: "shares" | "sums") =>
      trainPrivately({
        ...training,
        people: [...people, ...people.slice(0, 30)],
        path,
        rounds: 3,
        blockLimit: 7,
        clipL2: 1,
        noiseMultiplier: 0.7,
        random: seededRandom(8),
        fill: seededFill(9),
      }).learned;
    expect(outcome("sums")).toEqual(outcome("shares"));
  });
});

function seededFill(seed: number): RandomFill {
  const random = seededRandom(seed);
  return (bytes) => {
    for (let k = 0; k < bytes.length; k++) bytes[k] = Math.floor(random() * 256);
  };
}
