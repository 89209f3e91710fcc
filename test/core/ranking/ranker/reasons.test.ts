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
