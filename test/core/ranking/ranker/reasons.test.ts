/**
 * Reasons of the second stage: whatever stages run, they sum to the score, and what is taken away changes
 * what was said.
 */
import { expect, test } from "vitest";
import type { ListPolicy } from "../../../../core/policy/listpolicy.ts";
import type { Wish } from "../../../../core/policy/wish.ts";
import { bestRows } from "../../../../core/ranking/best.ts";
import { JournalProfile } from "../../../../core/ranking/journalprofile.ts";
import { rank } from "../../../../core/ranking/pipeline.ts";
import { stagesInForce } from "../../../../core/ranking/stages.ts";
import { rankerPart } from "../../../rankerpart.ts";
import { journalOf, local, nowMs, worldOf } from "./rankers.ts";

const stagings = [0, 1, 2, 3, 4, 5, 6, 7].map((bits) =>
  stagesInForce.filter((_, at) => (bits & (1 << at)) !== 0),
);
const policy: ListPolicy = {
  boost: [{ where: { category: "a" }, by: 1 }],
  bury: [{ where: { price: { from: 40 } }, by: 2 }],
};
const wishes: readonly Wish[] = [
  { wish: "boost", of: "item", value: "item-3" },
  { wish: "less", of: "brand", value: "Bolt" },
  { wish: "less", of: "item", value: "item-9" },
  { wish: "mute", of: "item", value: "item-5" },
];

test("reasons sum to the score in a thousand random cases, under every combination of stages", () => {
  let [most, acts, cases] = [0, 0, 0];
  for (let seed = 1; cases < 1000; seed++) {
    const ranker = rankerPart({ seed, novelty: (seed % 3) / 3, diversity: seed % 2 });
    const model = worldOf({ seed, pairs: seed % 4 !== 0, recent: seed % 5 !== 0, ranker });
    const profile = new JournalProfile(model, { events: journalOf(seed), nowMs });
    const said = { items: [seed % 60, (seed * 7) % 60], weights: [0.5, 0.25] };
    if (seed % 3 === 0) profile.lean([{ fact: "interests", said: "things", tastes: said }]);
    for (const stages of stagings) {
      for (const includeSeen of [false, true]) {
        cases++;
        const steered = seed % 4 === 1 ? {} : { policy, wishes };
        const asked = { model, by: "person", profile, includeSeen, ...steered } as const;
        const ranked = rank(seed % 2 === 0 ? { ...asked, nowMs, local } : asked, stages);
        const rows = [...bestRows(ranked, 8), seed % 60, (seed * 3) % 60];
        for (const few of [undefined, 22]) {
          for (const [at, reasons] of ranked.reasonsOf(rows, few).entries()) {
            const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
            most = Math.max(most, Math.abs(sum - ranked.scores[rows[at]]));
            acts += reasons.filter(({ why }) => why === "act").length;
            expect(reasons.length).toBeLessThanOrEqual(few ?? reasons.length);
          }
        }
      }
    }
  }
  expect(most).toBeLessThan(1e-6);
  expect(acts).toBeGreaterThan(10_000);
});

test("to the bit, what is kept from one list to the next changes none: of other models, wishes, or rows asked one by one", () => {
  for (let seed = 1; seed <= 12; seed++) {
    const ranker = rankerPart({ seed, novelty: 0.5, diversity: 0.5 });
    const events = journalOf(seed);
    const listFor = (made: {
      readonly seed: number;
      readonly asked: readonly Wish[];
      readonly one: boolean;
    }) => {
      const model = worldOf({ seed: made.seed, ranker });
      const profile = new JournalProfile(model, { events, nowMs });
      const rankedFor = (asked: readonly Wish[]) =>
        rank({ model, by: "person", profile, policy, wishes: asked, nowMs, local });
      // Of the same profile, with wishes of its own.
      const before = rankedFor([{ wish: "boost", of: "item", value: "item-7" }]);
      before.reasonsOf([seed % 60]);
      const ranked = rankedFor(made.asked);
      const rows = [...bestRows(ranked, 8), seed % 60];
      const reasons = made.one
        ? rows.map((row) => ranked.reasonsOf([row])[0])
        : [...ranked.reasonsOf(rows), ...before.reasonsOf([])];
      return { scores: ranked.scores, reasons };
    };
    const kept = listFor({ seed, asked: wishes, one: false });
    listFor({ seed: seed + 1, asked: wishes, one: false });
    expect(listFor({ seed, asked: wishes, one: true })).toEqual(kept);
    expect(listFor({ seed, asked: structuredClone(wishes), one: false })).toEqual(kept);
  }
});
