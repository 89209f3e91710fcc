import { describe, expect, test } from "vitest";
import { features } from "../../core/profile/table.ts";
import { cleanedInWords, historyInWords } from "../../demo/drawer/history.ts";
import { categoriesInWords, profileInWords } from "../../demo/drawer/profile.ts";
import { segmentInWords } from "../../demo/drawer/segment.ts";
import { stagesInWords, trialsInWords } from "../../demo/drawer/stages.ts";
import type { ShownFeature } from "../../sdk/index.ts";

const shown = (values: Readonly<Record<string, number>>): readonly ShownFeature[] =>
  features.map((feature) => ({ ...feature, value: values[feature.name] ?? null }));

describe("the drawer says what the device has worked out", () => {
  test("in words and units of people, what is known before what is not, nothing left out", () => {
    const values = {
      ...{
        visits: 3,
        daysSinceVisit: 0.4,
        minutesPerVisit: 12.4,
        actsPerVisit: 4.25,
        orders: 1,
        daysSinceOrder: 1.9,
      },
      ...{ spent: 25.5, recencyScore: 5, evening: 0.333, dwell: 31.2, categoryEntropy: 1, priceLevel: 0.5 },
      ...{ scrollDepth: 0.42, onPhone: 1, onTablet: 0, ageBand: 2, tier: 3 },
    };
    const lines = profileInWords({ features: shown(values), categories: [] });
    expect(lines).toHaveLength(features.length);
    const isMissing = lines.map((line) => line.isMissing);
    expect(isMissing).toEqual(isMissing.toSorted());
    const texts = Object.fromEntries(lines.map(({ name, text }) => [name, text]));
    expect(texts).toMatchObject({
      ...{
        visits: "3",
        daysSinceVisit: "less than a day",
        minutesPerVisit: "12 minutes",
        actsPerVisit: "4.3",
      },
      ...{ orders: "1", daysSinceOrder: "1 day", spent: "£25.50", recencyScore: "5 of 5", evening: "33 %" },
      ...{ dwell: "31 seconds", categoryEntropy: "as if of 2 categories alike", priceLevel: "50 %" },
      ...{ scrollDepth: "42 %", onPhone: "yes", onTablet: "no", onDesktop: "device not known" },
      ...{ ageBand: "25-34", tier: "3" },
      ...{ weekend: "no visit yet", searching: "no visit yet" },
    });
  });

  test("of categories the first few, with what was bought of them", () => {
    const category = (name: string, share: number, orders = 0) => ({
      ...{
        category: name,
        share,
        orders,
        daysSinceOrder: orders === 0 ? null : 3,
        spent: orders === 0 ? null : 7,
      },
    });
    const categories = [category("Mugs", 0.6, 2), category("Party", 0.3, 1), category("Tins", 0.1)];
    expect(categoriesInWords({ features: [], categories }, 3)).toEqual([
      "Mugs: 60 %, 2 orders of £7.00",
      "Party: 30 %, 1 order of £7.00",
      "Tins: 10 %",
    ]);
    expect(categoriesInWords({ features: [], categories }, 1)).toHaveLength(1);
  });
});

describe("the drawer says what does not count", () => {
  test("in a sentence with every reason, and nothing where all counts", () => {
    expect(cleanedInWords({ duplicate: 0, rate: 0, time: 0, isAutomated: false })).toBe("");
    expect(cleanedInWords({ duplicate: 2, rate: 300, time: 1, isAutomated: true })).toBe(
      "Not counted, neither here nor for the crowd: 2 came again at once, 300 came faster than any person. 1 at a time that cannot be: counted as if three months old. A program seems to be at work in this browser: nothing of it is added up.",
    );
  });

  test("line by line: an act that counts and one that does not are never one line", () => {
    const view = (id: string, leftOut?: "duplicate") => ({
      ...{ id, kind: "view" as const, item: "1", atMs: 1_000 },
      ...(leftOut === undefined ? {} : { leftOut }),
    });
    const events = [view("c", "duplicate"), view("b", "duplicate"), view("a")];
    const lines = historyInWords(events, () => "Red Mug");
    expect(lines.map(({ times, leftOut }) => [times, leftOut])).toEqual([
      [2, "duplicate"],
      [1, undefined],
    ]);
  });
});

describe("the drawer says which stages of the ranking are on", () => {
  const stage = { diversity: { before: 0.9, after: 0.91 }, coverage: { before: 0.4, after: 0.5 } };
  test("and what they gained, or why not", () => {
    const ranker = { ...stage, stage: "ranker", isOn: true, ndcg: { before: 0.1, after: 0.126 } } as const;
    const variety = {
      ...{ stage: "variety" as const, isOn: false, diversity: stage.diversity },
      ...{ ndcg: { before: 0.126, after: 0.115 }, coverage: { before: 0.4, after: 0.4 } },
    } as const;
    expect(stagesInWords([ranker, variety])).toEqual([
      "A second look at what is proposed (how long ago you bought it, how new it is, how many want it) is on: for people that it was tried on, what they then wanted stood 26 % higher, and 25 % more of the catalogue was shown.",
      "Variety is off: for people that it was tried on, what they then wanted stood 9 % lower, and no more of the catalogue was shown.",
    ]);
    expect(stagesInWords([])).toEqual([]);
  });

  test("of how many lists two places were swapped, and nothing where none was", () => {
    expect([0, 1, 5].map(trialsInWords)).toEqual([
      "",
      "One list of the last 30 days had two places swapped, to learn how much the place counts.",
      "5 lists of the last 30 days had two places swapped, to learn how much the place counts.",
    ]);
  });
});

describe("the drawer says which group the person is nearest to", () => {
  test("with how many are in it, where it comes from and what sets it apart", () => {
    const lines = segmentInWords({
      ...{ state: "known", name: "many orders, in the evening", share: 0.234, of: 5, people: 31_200 },
      ...{ origin: "crowd" },
      differs: [
        { feature: "orders", title: "Orders", deviation: 1.2 },
        { feature: "morning", title: "In the morning", deviation: -0.6 },
      ],
    });
    expect(lines).toEqual([
      "Of 5 groups of customers you are nearest to “many orders, in the evening”, about 23 % of all. The groups come of sums over 31,200 browsers; which is yours, only this browser knows.",
      "What sets that group apart: orders: more, in the morning: less.",
    ]);
  });

  test("and honestly where there is none: a shop without groups says nothing of them", () => {
    expect(segmentInWords({ state: "unknown", why: "no-segments" })).toEqual([]);
    expect(segmentInWords({ state: "unknown", why: "too-few-acts" })).toEqual([
      "Which group of customers you are nearest to: none yet, too little is known of you here.",
    ]);
    expect(segmentInWords({ state: "unknown", why: "other-features" })).toHaveLength(1);
  });
});
