/** Lists as devices make them, with everything on that gives reasons: each of them has words in each language. */
import { expect, test } from "vitest";
import type { TextAnswer } from "../../../core/encoder/answer.ts";
import type { Wish } from "../../../core/policy/wish.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { reasonInWords, reasonsInWords } from "../../../sdk/reasons/reasons.ts";
import type { Reason } from "../../../worker/api.ts";
import { explain, forYou, goesWith, search, similar, trending } from "../../../worker/rank/recommend.ts";
import { joinedOf, journalOf, local, nowMs } from "../../core/ranking/ranker/rankers.ts";
import { modelOf } from "../../model.ts";
import { rankerPart } from "../../rankerpart.ts";
import { profileOf } from "../../worker/profileof.ts";
import { everyReason, languages } from "./every.ts";

const wishes: readonly Wish[] = [
  { wish: "boost", of: "item", value: "item-3" },
  { wish: "less", of: "brand", value: "Bolt" },
  { wish: "boost", of: "word", value: "things" },
  { wish: "less", of: "category", value: "a" },
];
const boost = [{ where: { category: "a" }, by: 1 }];
const bury = [{ where: { price: { from: 40 } }, by: 2 }];

function answerFor(seed: number): TextAnswer {
  const random = seededRandom(seed);
  const scores = Float64Array.from({ length: 60 }, () => (random() < 0.5 ? Number.NaN : random()));
  return {
    scores,
    matchesOf: (row) => [
      { asked: "gift", found: "present", contribution: 0.5 * scores[row] },
      { asked: "a gift", found: null, contribution: 0.5 * scores[row] },
    ],
  };
}

/** Reasons of every kind of list, of people and models of chance. */
function reasonsOf(seed: number): readonly Reason[] {
  const ranker = seed % 2 === 0 ? { ranker: rankerPart({ seed }) } : {};
  const model = modelOf(joinedOf({ seed, recent: seed % 3 !== 0, pairs: seed % 5 !== 0, ...ranker }));
  const profile = profileOf({ model, events: journalOf(seed), nowMs });
  const tastes = { items: [seed % 60, (seed * 7) % 60], weights: [0.5, 0.25] };
  profile.lean([{ fact: seed % 2 === 0 ? "interests" : "categories", said: "things", tastes }]);
  const asked = { nowMs, local, wishes, boost, bury, count: 8 };
  const bare = modelOf({ ...joinedOf({ seed }), popularity: new Float32Array(60) });
  return [
    ...forYou(model, profile, { ...asked, includeSeen: true }),
    ...forYou(model, profile, { ...asked, again: true }),
    ...similar(model, "item-1", asked),
    ...goesWith(model, ["item-1", "item-2"], asked),
    ...search(model, answerFor(seed), asked),
    ...trending(model, asked),
    ...trending(model, { ...asked, by: "popular" }),
    ...trending(bare, { ...asked, by: "new", count: 60 }),
    explain(model, profile, `item-${seed % 60}`, asked),
  ].flatMap(({ reasons }) => reasons);
}

test("every reason that a ranking gives has words of its sign, in each language", () => {
  const kinds = new Set<string>();
  const features = new Set<string>();
  let count = 0;
  for (let seed = 1; seed <= 20; seed++) {
    const reasons = reasonsOf(seed);
    for (const reason of reasons) {
      count++;
      kinds.add(reason.why);
      if (reason.why === "feature") features.add(reason.feature);
      for (const language of languages) {
        const text = reasonInWords(reason, { language, nowMs });
        expect(text).toMatch(/\p{L}{2}/u);
        expect(text).not.toMatch(/undefined|null|NaN|[{}<>]/);
        expect(
          /^(against it|dagegen spricht|en sa défaveur|en su contra|不利之处|في المقابل)/.test(text),
        ).toBe(reason.contribution < 0);
      }
    }
    for (const language of languages)
      expect(reasonsInWords(reasons, { language, nowMs })).toMatch(/^[\p{Lu}\p{Lo}].*[.。]$/u);
  }
  expect(count).toBeGreaterThan(3_000);
  expect(kinds).toEqual(new Set(everyReason.map(({ reason }) => reason.why)));
  expect(features.size).toBeGreaterThan(8);
});
