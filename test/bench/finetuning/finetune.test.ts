/** Weights of a person's own: what they are the best of, and what keeps them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { helpsLast, lossOf, type TuningList, tunedTheta } from "../../../bench/finetuning/finetune.ts";
import { ownLists } from "../../../bench/finetuning/ownlists.ts";
import { tunedCustomer } from "../../../bench/temporal/tuned.ts";
import { chosenForm, isOfAgain } from "../../../bench/temporal/tuningforms.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { unitRows } from "../../../core/ranking/ranker/examples.ts";
import { rankerUnits } from "../../../core/ranking/ranker/learnedunits.ts";
import { placed } from "../../../core/ranking/ranker/units.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { journalOf, local, nowMs, worldOf } from "../../core/ranking/ranker/rankers.ts";

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

const units = rankerUnits.flatMap((unit) => placed(unit) ?? []);

test("of a person's own weights only those of what is bought again differ, and one list alone teaches none that are kept", () => {
  const found = { own: 0, shared: 0 };
  for (let seed = 1; seed <= 60; seed++) {
    const random = seededRandom(seed);
    const shared = { units, weights: Float64Array.from(units, () => random() - 0.5) };
    const model = worldOf({ seed });
    const lists = ownLists({ model, events: journalOf(seed, { most: 60 }), localTimeOf: () => local }, units);
    const world = { model, nowMs, shared, factors: { values: new Float64Array(0), dim: 0 } };
    const { always, isKept } = tunedCustomer(lists, world, chosenForm);
    found[isKept ? "own" : "shared"]++;
    expect(tunedCustomer(lists.slice(0, 1), world, chosenForm).isKept).toBe(false);
    if (!isKept) continue;
    const own = always?.weights ?? new Float64Array();
    for (const [at, unit] of units.entries()) if (!isOfAgain(unit)) expect(own[at]).toBe(shared.weights[at]);
    expect(own).not.toEqual(shared.weights);
  }
  expect(found.own).toBeGreaterThan(8);
  expect(found.shared).toBeGreaterThan(8);
});

test("nothing that moves is of what was never bought: lists of what is new to somebody stay as they are", () => {
  const moving = units.filter(isOfAgain);
  expect([moving.length, units.length]).toEqual([43, 86]);
  const model = worldOf({ seed: 3 });
  const profile = new JournalProfile(model, { events: journalOf(3, { most: 60 }), nowMs });
  const person = { model, profile, nowMs, local };
  const looked = unitRows({ person, wanted: new Set() }, moving);
  const unbought = looked?.rows.flatMap((row, at) => (profile.bought[row] === 0 ? [at] : [])) ?? [];
  expect(unbought.length).toBeGreaterThan(10);
  const width = moving.length;
  for (const at of unbought) {
    expect(
      [...(looked?.list.values.subarray(at * width, (at + 1) * width) ?? [1])].every((v) => v === 0),
    ).toBe(true);
  }
});
