import { describe, expect, test } from "vitest";
import type { TacitEvent } from "../../../core/events/event.ts";
import { rankingModel } from "../../../core/ranking/model.ts";
import { bestRows, rank } from "../../../core/ranking/pipeline.ts";
import { profileOfEvents, profileOfTastes } from "../../../core/ranking/profile.ts";
import { seededRandom } from "../../../core/seeded.ts";

const nowMs = 1_700_000_000_000;
const count = 12;
const random = seededRandom(3);
const rows = Float64Array.from({ length: count * 4 }, () => random() - 0.5);
const model = rankingModel({
  cards: Array.from({ length: count }, (_, row) => ({ item: `item-${row}` })),
  shares: new Float64Array(count).fill(0.1),
  jointRows: () => ({ rows, count, dim: 4 }),
  alpha0: 0.3,
  lambda: 0.01,
});

/** As a journal may hold it: of any kind, any amount, any time. */
const stored = (kind: string, row: number, rest: Partial<TacitEvent> = {}): TacitEvent => ({
  id: `${kind}-${row}`,
  kind: kind as TacitEvent["kind"],
  item: `item-${row}`,
  atMs: nowMs - 1000,
  ...rest,
});
const known = [
  stored("purchase", 2),
  stored("view", 5),
  stored("dwell", 5, { amount: 30 }),
  stored("dislike", 7),
];
const profile = profileOfEvents(model, { events: known, nowMs });

describe("of a journal", () => {
  test.each(["hover", "wishlist_add", "toString", "constructor", "__proto__", ""])(
    "an event of the kind %j, which this version does not know, changes nothing and breaks nothing",
    (kind) => {
      const events = [...known, stored(kind, 2), stored(kind, 9), stored(kind, 5, { amount: 4 })];
      expect(profileOfEvents(model, { events, nowMs })).toEqual(profile);
    },
  );

  test.each([Number.NaN, Infinity, -Infinity, -2])("an amount of %d counts as none given", (amount) => {
    const as = (rest: Partial<TacitEvent>) =>
      profileOfEvents(model, { events: [...known, stored("dwell", 3, rest)], nowMs });
    const { tastes, solved } = as({ amount });
    expect(tastes).toEqual(as({}).tastes);
    expect(solved?.userVector.every(Number.isFinite)).toBe(true);
  });

  test.each([Number.NaN, Infinity, -Infinity])("an event at the time %d weighs nothing", (atMs) => {
    const events = [...known, stored("purchase", 3, { atMs })];
    expect(profileOfEvents(model, { events, nowMs }).tastes).toEqual(profile.tastes);
  });

  test("sources of a row sum to its taste, in the order of the events behind them", () => {
    const { events, sources, tastes } = profile;
    expect(events.map(({ event }) => event.id)).toEqual(known.map(({ id }) => id));
    expect(sources.map(({ row }) => row)).toEqual([2, 5, 5, 7]);
    for (const [k, row] of Array.from(tastes.items).entries()) {
      const sum = sources
        .filter((source) => source.row === row)
        .reduce((total, { weight }) => total + weight, 0);
      expect(tastes.weights[k]).toBeCloseTo(sum, 12);
    }
  });
});

describe("of given tastes", () => {
  test("ranks as the journal that has these tastes does", () => {
    const given = profileOfTastes(model, profile.tastes);
    expect({ seen: given.seen, disliked: given.disliked }).toEqual({
      seen: profile.seen,
      disliked: profile.disliked,
    });
    const [ofJournal, ofTastes] = [profile, given].map((whose) =>
      rank({ model, by: "person", profile: whose }),
    );
    expect(ofTastes.scores).toEqual(ofJournal.scores);
    expect(bestRows(ofTastes, count)).toEqual(bestRows(ofJournal, count));
    expect([...bestRows(ofTastes, count)].toSorted((a, b) => a - b)).toEqual([0, 1, 3, 4, 6, 8, 9, 10, 11]);
  });

  test("with nothing liked is ranked as the crowd wants", () => {
    const none = profileOfTastes(model, { items: [4], weights: [-1] });
    expect(none.solved).toBeNull();
    const wanted = bestRows(rank({ model, by: "trending", exclude: [4] }), count);
    expect(bestRows(rank({ model, by: "person", profile: none }), count)).toEqual(wanted);
  });

  test("a row that is not there is refused by number", () => {
    expect(() => profileOfTastes(model, { items: [12], weights: [1] })).toThrow(
      "foldIn: an item must be a row of 0..11, got 12",
    );
  });
});
