/** What part each source has, and rows with shorter content: nothing is lost, and nothing is computed differently. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TacitEvent } from "../../../core/events/event.ts";
import { gramOf } from "../../../core/linear.ts";
import { rankingModelOf } from "../../../core/ranking/fromjoined.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { chosenFor } from "../../../core/ranking/parts.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { knownTastes, profileOfTastes } from "../../../core/ranking/profile.ts";
import { randomModel } from "../../model.ts";
import { numbersOf } from "../numbers.ts";

const count = 40;
const base = randomModel({ items: count, contentDim: 6, factorDim: 4 });
const short = rankingModelOf({ ...base, contentForFew: 0.25 });
const nowMs = Date.UTC(2026, 0, 1);

const tastes = fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 30 }).chain((items) =>
  fc.record({
    items: fc.constant(items),
    weights: fc.array(fc.integer({ min: -3, max: 9 }), { minLength: items.length, maxLength: items.length }),
  }),
);
const weight = fc.double({ min: 0, max: 1, noNaN: true });

test("parts are finite, 0 or above and sum to 1, whatever an edition says", () => {
  const listed = Int32Array.from({ length: count }, (_, row) => (row % 2 === 0 ? row : -1));
  fc.assert(
    fc.property(tastes, weight, weight, fc.boolean(), (given, pairs, lately, isWanted) => {
      const model = {
        ...{ joint: short.joint, jointForFew: null, waiting: null },
        pairs: pairs === 0 ? null : { listed, weight: pairs },
        recent: lately === 0 ? null : { weight: lately },
        always: isWanted ? new Float64Array(count) : null,
      };
      const { parts, profile } = chosenFor(model, given);
      const all = Object.values(parts);
      expect(all.every((part) => Number.isFinite(part) && part >= 0)).toBe(true);
      expect(all.reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
      if (profile.onPairs === 0) expect(parts.pairs).toBe(0);
      if (!isWanted) expect(parts.always).toBe(0);
    }),
  );
});

test("who likes much is ranked for by what the edition says, to the bit", () => {
  const many = {
    items: Array.from({ length: 15 }, (_, k) => k),
    weights: Array.from({ length: 15 }, () => 1),
  };
  const plain = rankingModelOf(base);
  const [one, other] = [plain, short].map((model) => {
    const profile = profileOfTastes(model, many);
    expect(profile.chosen.parts).toEqual({ joint: 1, pairs: 0, lately: 0, always: 0 });
    return rank({ model, by: "person", profile }).scores;
  });
  expect(one).toEqual(other);
});

test("shorter content is rows times a factor, and the gram matrix that those rows have", () => {
  const { jointForFew, joint } = short;
  if (jointForFew === null) throw new Error("expected rows with shorter content");
  const { dim } = joint.rows;
  const whole = numbersOf(joint.rows);
  const scaled = numbersOf(jointForFew.rows);
  expect(scaled).toEqual(whole.map((value, at) => (at % dim < base.contentDim ? 0.25 * value : value)));
  const gram = gramOf(Float64Array.from(scaled), count, dim);
  for (let row = 0; row < dim; row++) {
    for (let at = 0; at <= row; at++) {
      expect(jointForFew.gram[row * dim + at]).toBeCloseTo(gram[row * dim + at], 9);
    }
  }
  const vector = Float64Array.from({ length: dim }, (_, k) => Math.sin(k + 1));
  const products = new Float64Array(count);
  jointForFew.rows.productsInto(vector, products);
  for (const [row, product] of products.entries()) {
    const wanted = vector.reduce((sum, value, k) => sum + value * scaled[row * dim + k], 0);
    expect(product).toBeCloseTo(wanted, 9);
  }
});

test("an edition without factors, or that says nothing of it, has no shorter content", () => {
  for (const joined of [
    base,
    { ...base, contentForFew: 1 },
    { ...base, contentForFew: 0.5, factorScale: 0 },
  ]) {
    expect(rankingModelOf(joined).jointForFew).toBeNull();
  }
});

test("a journal that grows past a row of the matrix, and shrinks back, ranks as its tastes do", () => {
  const event = (at: number): TacitEvent => ({
    id: `e${at}`,
    kind: "purchase",
    item: `item-${at}`,
    atMs: nowMs - at,
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(24), fc.boolean()), { minLength: 20, maxLength: 60 }), (steps) => {
      const journal = new JournalProfile(short, { events: [], nowMs });
      const there = new Set<number>();
      for (const [at, isAsked] of steps) {
        if (there.delete(at)) journal.remove(event(at));
        else {
          there.add(at);
          journal.add(event(at));
        }
        if (!isAsked || there.size === 0) continue;
        const given = knownTastes(short, journal.tastes.items.length === 0 ? [] : tastesIn(journal));
        const plain = rank({ model: short, by: "person", profile: profileOfTastes(short, given) }).scores;
        const { scores, reasonsOf } = rank({ model: short, by: "person", profile: journal });
        for (const [row, score] of scores.entries()) expect(score).toBeCloseTo(plain[row], 8);
        for (const [row, reasons] of reasonsOf([0, 7]).entries()) {
          const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
          expect(sum).toBeCloseTo(scores[[0, 7][row]], 8);
        }
      }
    }),
    { numRuns: 30 },
  );
});

function tastesIn({ tastes: { items, weights } }: JournalProfile): (readonly [string, number])[] {
  return Array.from(items, (row, at) => [short.cards[row].item, weights[at]] as const);
}
