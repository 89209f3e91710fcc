/** What the ranker looks at: what each source would list, and nothing else comes before it. */
import { expect, test } from "vitest";
import { JournalProfile } from "../../../../core/ranking/journalprofile.ts";
import { rank } from "../../../../core/ranking/pipeline.ts";
import { proposalSources } from "../../../../core/ranking/ranker/proposals.ts";
import { lookedAt, rankerStage } from "../../../../core/ranking/ranker/ranker.ts";
import { barredBy } from "../../../../core/ranking/rules.ts";
import { scored } from "../../../../core/ranking/score.ts";
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
    expect(reasons.at(-1)).toMatchObject({ why: "feature", feature: "unproposed" });
  }
});
