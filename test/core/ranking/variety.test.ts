/** Variety: what a plain walk takes, one after the other, whatever the length of the list. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { bestRows } from "../../../core/ranking/best.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { rankerStage } from "../../../core/ranking/ranker/ranker.ts";
import { scored } from "../../../core/ranking/score.ts";
import { varietyStage } from "../../../core/ranking/variety.ts";
import { rankerPart } from "../../rankerpart.ts";
import { numbersOf } from "../numbers.ts";
import { journalOf, local, nowMs, worldOf } from "./ranker/rankers.ts";

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 10_000 }),
  novelty: fc.constantFrom(0, 0.5, 1),
  diversity: fc.constantFrom(0, 0.3, 2),
  includeSeen: fc.boolean(),
});

test("a list has what a walk takes that looks at all rows anew for each place", () => {
  fc.assert(
    fc.property(cases, ({ seed, novelty, diversity, includeSeen }) => {
      const model = worldOf({ seed, items: 50, ranker: rankerPart({ seed, novelty, diversity }) });
      const profile = new JournalProfile(model, { events: journalOf(seed, { items: 50 }), nowMs });
      if (!profile.likes) return;
      const asked = { model, by: "person", profile, includeSeen, nowMs, local } as const;
      const before = rank(asked, [rankerStage]);
      const wantedOf = rankerStage.apply(scored(asked), { question: asked, barred: before.barred }).wanted;
      // Of the variants of one product the best.
      const left = new Set(bestRows(before, 50));
      const [rows, dim] = [numbersOf(model.joint.rows), model.joint.rows.dim];
      const units = [...before.scores.keys()].map((row) => {
        const one = rows.subarray(row * dim, (row + 1) * dim);
        const length = Math.hypot(...one);
        return one.map((value) => (length > 0 ? value / length : 0));
      });
      const cosines = units.map((one) =>
        units.map((other) => one.reduce((sum, value, k) => sum + value * other[k], 0)),
      );
      const wanted = (row: number) => novelty * (wantedOf?.(row) ?? 0);
      const least = Math.min(...[...left].map(wanted));
      const taken: number[] = [];
      const plain: number[] = [];
      while (left.size > 0) {
        let [best, most] = [-1, Number.NEGATIVE_INFINITY];
        for (const row of left) {
          const like = Math.max(0, ...taken.map((other) => cosines[row][other]));
          const popular = taken.length < 13 ? 0 : wanted(row) - least;
          const score = before.scores[row] - diversity * like - popular;
          if (score > most + 1e-12) [best, most] = [row, score];
        }
        left.delete(best);
        taken.push(best);
        plain.push(most);
      }
      const ranked = rank(asked, [rankerStage, varietyStage]);
      const { scores } = ranked;
      const list = bestRows(ranked, 50);
      expect(Array.from(list, (row) => scores[row])).toEqual(plain.map((score) => expect.closeTo(score, 8)));
      for (const count of [1, 5, 17]) expect(bestRows(ranked, count)).toEqual(list.subarray(0, count));
    }),
    { numRuns: 60 },
  );
});

test("what is barred takes no place, and makes nothing less varied", () => {
  fc.assert(
    fc.property(cases, fc.array(fc.nat(49), { maxLength: 10 }), ({ seed, novelty, diversity }, exclude) => {
      const model = worldOf({ seed, items: 50, ranker: rankerPart({ seed, novelty, diversity }) });
      const profile = new JournalProfile(model, { events: journalOf(seed, { items: 50 }), nowMs });
      const ranked = rank({ model, by: "person", profile, exclude, nowMs });
      const list = [...bestRows(ranked, 50)];
      expect(list.filter((row) => exclude.includes(row))).toEqual([]);
      expect(list.filter((row) => ranked.barred[row] !== 0)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
