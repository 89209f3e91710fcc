/** What the ranker looks at: what each source would list, and nothing else comes before it. */
import { expect, test } from "vitest";
import { JournalProfile } from "../../../../core/ranking/journalprofile.ts";
import { rankingModel } from "../../../../core/ranking/model.ts";
import { rank } from "../../../../core/ranking/pipeline.ts";
import { profileOfTastes } from "../../../../core/ranking/profile.ts";
import { Inputs } from "../../../../core/ranking/ranker/inputs.ts";
import { proposalSources, proposed } from "../../../../core/ranking/ranker/proposals.ts";
import { lookedAt, rankerStage } from "../../../../core/ranking/ranker/ranker.ts";
import { barredBy } from "../../../../core/ranking/rules.ts";
import { scored } from "../../../../core/ranking/score.ts";
import { denseRows } from "../../../../core/rows.ts";
import { dayMs } from "../../../../core/time.ts";
import { rankerPart } from "../../../rankerpart.ts";
import { journalOf, local, nowMs, worldOf } from "./rankers.ts";

const items = 900;
const model = worldOf({ seed: 5, items, ranker: rankerPart({ seed: 5 }) });
const profile = new JournalProfile(model, { events: journalOf(5, { items, most: 60 }), nowMs });
const asked = { model, by: "person", profile, includeSeen: true, nowMs, local } as const;
const looked = lookedAt(scored(asked), { question: asked, barred: barredBy(asked) });
const proposals = looked?.proposals ?? new Map<number, number>();

test("each source proposes, and some hundreds of a larger catalogue are looked at", () => {
  const bits = [...proposals.values()].reduce((all, one) => all | one, 0);
  expect(proposalSources.filter((_, bit) => ((bits >> bit) & 1) === 0)).toEqual([]);
  expect(proposals.size).toBeGreaterThan(200);
  expect(proposals.size).toBeLessThan(520);
});

test("what was bought is looked at, and what nobody may list is not", () => {
  const barred = barredBy(asked);
  const bought = [...profile.bought.keys()].filter((row) => profile.bought[row] !== 0 && barred[row] === 0);
  const liked = new Set(Array.from(profile.tastes.items));
  expect(bought.length).toBeGreaterThan(3);
  expect(bought.filter((row) => liked.has(row) && !proposals.has(row))).toEqual([]);
  expect([...proposals.keys()].filter((row) => barred[row] !== 0)).toEqual([]);
});

test("what no source proposes stands behind all that is, in the order that it had, and says so", () => {
  const before = rank(asked, []);
  const after = rank(asked, [rankerStage]);
  const rows = [...after.scores.keys()];
  const others = rows.filter((row) => !proposals.has(row));
  const least = Math.min(...[...proposals.keys()].map((row) => after.scores[row]));
  expect(Math.max(...others.map((row) => after.scores[row]))).toBeLessThan(least);
  const order = (scores: Float64Array) => others.toSorted((a, b) => scores[b] - scores[a] || a - b);
  expect(order(after.scores)).toEqual(order(before.scores));
  for (const reasons of after.reasonsOf(others.slice(0, 5))) {
    const unproposed = reasons.filter(
      (reason) => reason.why === "feature" && reason.feature === "unproposed",
    );
    expect(unproposed).toEqual([expect.objectContaining({ contribution: expect.any(Number) })]);
    expect(unproposed[0].contribution).toBeLessThan(0);
  }
});

test("what was looked at is never told to be unproposed, and what puts an item back never speaks for it", () => {
  for (let seed = 1; seed <= 40; seed++) {
    const ranker = rankerPart({ seed, novelty: 1, diversity: 0.5 });
    const small = worldOf({ seed, items: 120, ranker });
    const person = new JournalProfile(small, { events: journalOf(seed, { items: 120 }), nowMs });
    const question = { model: small, by: "person", profile: person, nowMs, local } as const;
    const seenBy = lookedAt(scored(question), { question, barred: barredBy(question) });
    if (seenBy === null) continue;
    const rows = [...small.cards.keys()];
    for (const [row, reasons] of rank(question).reasonsOf(rows).entries()) {
      for (const reason of reasons) {
        if (reason.why !== "feature") continue;
        if (reason.feature === "unproposed") expect(seenBy.proposals.has(row)).toBe(false);
        if (["diversity", "novelty", "unproposed", "later"].includes(reason.feature)) {
          expect(reason.contribution).toBeLessThan(0);
        }
      }
    }
  }
});

test("what a call leaves out changes no score", () => {
  const without = rank({ ...asked, exclude: [...proposals.keys()].slice(0, 9) });
  expect(without.scores).toEqual(rank(asked).scores);
});

test("what is to come is not proposed as new", () => {
  const count = 60;
  const cards = Array.from({ length: count }, (_, row) => {
    const days = row < 40 ? 100 : -row;
    return { item: `item-${row}`, publishedAt: new Date(nowMs + days * dayMs).toISOString() };
  });
  const zeros = (): Float64Array => new Float64Array(count);
  const dated = rankingModel({
    ...{ cards, shares: zeros(), alpha0: 0.3, lambda: 0.01 },
    jointRows: () => denseRows(zeros(), count, 1),
  });
  const nobody = profileOfTastes(dated, { items: [], weights: [] });
  const scores = { joint: zeros(), pairs: zeros() };
  const inputs = new Inputs({ model: dated, profile: nobody, scores, told: null, moment: null });
  const found = proposed({
    ...{ model: dated, scores, profile: nobody, inputs, nowMs },
    ...{ base: zeros(), barred: new Uint8Array(count) },
  });
  const isNew = 1 << proposalSources.indexOf("new");
  const proposedAsNew = [...found].flatMap(([row, bits]) => ((bits & isNew) === 0 ? [] : [row]));
  expect(proposedAsNew.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => 40 + at));
});
