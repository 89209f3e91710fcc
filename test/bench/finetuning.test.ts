/** Weights of a person's own: what they are the best of, what keeps them, and when a list is better beyond noise. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { helpsLast, lossOf, type TuningList, tunedTheta } from "../../bench/temporal/finetuning.ts";
import { beyondNoise } from "../../bench/temporal/noise.ts";
import { tuningForms } from "../../bench/temporal/tuningforms.ts";
import { rankerUnits } from "../../core/ranking/ranker/learnedunits.ts";
import { placed } from "../../core/ranking/ranker/units.ts";
import { seededRandom } from "../../core/seeded.ts";

const width = 3;

/** Of eight candidates, of which the first is wanted, and others by chance. */
function listOf(seed: number): TuningList {
  const random = seededRandom(seed);
  const number = () => 4 * random() - 2;
  return {
    columns: Float64Array.from({ length: 8 * width }, number),
    width,
    shared: Float64Array.from({ length: 8 }, number),
    wanted: Uint8Array.from({ length: 8 }, (_, at) => (at === 0 || (at < 7 && random() < 0.3) ? 1 : 0)),
  };
}

/** The first candidate is wanted, and the first direction alone tells it from the other. */
function wantedBy(value: number): TuningList {
  return {
    columns: Float64Array.of(value, 0, 0, -value, 0, 0),
    width,
    shared: Float64Array.of(0, 0),
    wanted: Uint8Array.of(1, 0),
  };
}

test("what is learned is where the loss is least: a step any way from there only adds to it", () => {
  fc.assert(
    fc.property(fc.nat(), fc.double({ min: 0.3, max: 30, noNaN: true }), (seed, pull) => {
      const lists = [listOf(seed), listOf(seed + 1)];
      const theta = tunedTheta(lists, pull);
      const least = lossOf(lists, theta, pull);
      for (let k = 0; k < width; k++) {
        for (const step of [-0.02, 0.02]) {
          const beside = theta.slice();
          beside[k] += step;
          expect(lossOf(lists, beside, pull)).toBeGreaterThan(least);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test("loss is minus the logarithm of a wanted item's chance, mean over those wanted", () => {
  const shared = Float64Array.of(0.7, -0.4, 1.1);
  const list = {
    ...{ columns: Float64Array.of(1, -2, 0.5), width: 1, shared },
    wanted: Uint8Array.of(1, 0, 1),
  };
  const theta = Float64Array.of(0.3);
  const powers = shared.map((score, at) => Math.exp(score + 0.3 * list.columns[at]));
  const chances = powers.map((power) => power / powers.reduce((sum, one) => sum + one, 0));
  const told = -(Math.log(chances[0]) + Math.log(chances[2])) / 2;
  expect(lossOf([list], theta, 0)).toBeCloseTo(told, 12);
  expect(lossOf([list, list], theta, 5)).toBeCloseTo(2 * told + 2.5 * 0.09, 12);
});

test("the harder the pull, the nearer to the weights that everybody has", () => {
  const lists = [listOf(1), listOf(2), listOf(3)];
  const lengths = [0.1, 1, 10, 100].map((pull) =>
    tunedTheta(lists, pull).reduce((sum, value) => sum + value * value, 0),
  );
  for (let at = 1; at < lengths.length; at++) expect(lengths[at]).toBeLessThan(lengths[at - 1]);
});

test("what is the same of all candidates teaches nothing", () => {
  const list = { ...listOf(4), columns: new Float64Array(8 * width).fill(1.7) };
  for (const value of tunedTheta([list], 0.5)) expect(value).toBeCloseTo(0, 9);
});

test("own weights are kept only where the lists before foretell the last, of which they know nothing", () => {
  expect(helpsLast([[wantedBy(1)], [wantedBy(2)]], 1)).toBe(true);
  expect(helpsLast([[wantedBy(1)], [wantedBy(1)], [wantedBy(-0.5)]], 1)).toBe(false);
  expect(helpsLast([[wantedBy(1)]], 1)).toBe(false);
  expect(() => tunedTheta([], 1)).toThrow(/tunedTheta: lists must/);
  expect(() => tunedTheta([wantedBy(1)], 0)).toThrow(/tunedTheta: pull must/);
});

test("a change is beyond noise where purchases agree on it, and not where they differ", () => {
  const rows = Array.from({ length: 20 }, (_, row) => row);
  const last = [...rows.slice(10), ...rows.slice(0, 10)];
  const first10 = new Set(rows.slice(0, 10));
  expect(beyondNoise({ before: rows, after: last, targets: first10, k: 20 })).toBe("worse");
  expect(beyondNoise({ before: last, after: rows, targets: first10, k: 20 })).toBe("better");
  expect(beyondNoise({ before: rows, after: rows, targets: first10, k: 20 })).toBe("neither");
  expect(beyondNoise({ before: rows, after: last, targets: new Set(rows), k: 20 })).toBe("neither");
  expect(beyondNoise({ before: rows, after: [30], targets: new Set([0]), k: 20 })).toBe("worse");
  expect(beyondNoise({ before: rows, after: last, targets: new Set([0]), k: 5 })).toBe("worse");
  expect(beyondNoise({ before: rows, after: last, targets: new Set([9]), k: 5 })).toBe("neither");
});

test("multipliers of all groups together multiply all weights, and what is bought again is in no list of what is new", () => {
  const units = rankerUnits.flatMap((unit) => placed(unit) ?? []);
  const weights = Float64Array.from(units, (_, at) => 0.3 + at);
  const of = (name: string) => {
    const form = tuningForms.find((one) => one.name.includes(name));
    return form?.directions?.({ units, weights }) ?? [];
  };
  const whole = new Float64Array(units.length);
  for (const direction of of("multiplier")) for (const [k, value] of direction.entries()) whole[k] += value;
  for (const [k, value] of whole.entries()) expect(value).toBeCloseTo(weights[k], 12);
  const again = of("bought again").map((direction) => units[direction.indexOf(1)]);
  expect(again.length).toBeGreaterThan(20);
  for (const { unit } of again) {
    const features = unit.shape === "product" ? [unit.of, unit.by] : [unit.of];
    const told = [
      "bought",
      "again",
      "timesBought",
      "sinceBought",
      "boughtRate",
      "ordersSince",
      "due",
      "inLastOrder",
    ];
    expect(features.some((name) => told.includes(name))).toBe(true);
  }
});
