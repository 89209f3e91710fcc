import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventKinds, type TacitEvent } from "../../../core/events/event.ts";
import { oldestFirst } from "../../../core/events/order.ts";
import { bestRows } from "../../../core/ranking/best.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { rankingModel } from "../../../core/ranking/model.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { profileOfTastes } from "../../../core/ranking/profile.ts";
import { denseRows } from "../../../core/rows.ts";
import { seededRandom } from "../../../core/seeded.ts";
import { dayMs, hourMs } from "../../../core/time.ts";
import { plainProfile } from "./plainprofile.ts";

const startMs = 1_700_000_000_000;
const count = 12;
const dim = 5;
const random = seededRandom(3);
const rows = Float64Array.from({ length: count * dim }, () => random() - 0.5);
const model = rankingModel({
  cards: Array.from({ length: count }, (_, row) => ({ item: `item-${row}` })),
  shares: new Float64Array(count).fill(0.1),
  jointRows: () => denseRows(rows, count, dim),
  alpha0: 0.3,
  lambda: 0.01,
  waiting: Uint8Array.from({ length: count }, (_, row) => Number(row === 6)),
});

/** As a journal may hold it: of any kind, any amount, any time. */
const stored = (kind: string, row: number, rest: Partial<TacitEvent> = {}): TacitEvent => ({
  id: `${kind}-${row}`,
  kind: kind as TacitEvent["kind"],
  item: `item-${row}`,
  atMs: startMs - 1000,
  ...rest,
});

/** The same as the plain profile of these events, at a moment. */
function expectPlain(profile: JournalProfile, events: readonly TacitEvent[], nowMs: number): void {
  const { leanings } = profile;
  const plain = plainProfile(model, { events: events.toSorted(oldestFirst), leanings, nowMs });
  const { tastes, acts } = profile;
  const items = Array.from(tastes.items, (row) => model.cards[row].item);
  expect(new Set(items)).toEqual(new Set(plain.tastes.keys()));
  for (const [taste, item] of items.entries()) {
    expect(tastes.weights[taste]).toBeCloseTo(plain.tastes.get(item) ?? Number.NaN, 12);
    const wanted = plain.acts.get(item) ?? [];
    expect(acts[taste].weights.map((_, act) => profile.eventOf(taste, act).id)).toEqual(
      wanted.map(([id]) => id),
    );
    for (const [act, [, weight]] of wanted.entries()) {
      expect(acts[taste].weights[act]).toBeCloseTo(weight, 12);
    }
    expect([acts[taste].least, acts[taste].most]).toEqual([
      Math.min(...acts[taste].weights),
      Math.max(...acts[taste].weights),
    ]);
    const above = acts[taste].weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
    expect(acts[taste].above).toBe(above);
  }
  expect(profile.seen).toEqual(plain.seen);
  expect(profile.bought).toEqual(plain.bought);
  expect(profile.disliked).toEqual(plain.disliked);
  expect(profile.solved === null).toBe(plain.userVector === null);
  expect(profile.likes).toBe(plain.userVector !== null);
  for (const [k, wanted] of plain.userVector?.entries() ?? []) {
    expect(profile.solved?.userVector[k]).toBeCloseTo(wanted, 9);
  }
}

/** What happens to a journal: events come and go in any order, time passes, the clock is set back. */
const happenings = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom<string>(...eventKinds, "zoom", "__proto__"),
        row: fc.integer({ min: 0, max: count + 2 }),
        ageMs: fc.oneof(
          fc.integer({ min: -40 * dayMs, max: 400 * dayMs }),
          fc.constantFrom(0, hourMs, Number.NaN, Infinity, -Infinity),
        ),
        amount: fc.constantFrom(undefined, 0, 40, -3, Number.NaN),
      }),
    },
    // Each item once, and one of them over and over: more than is usual.
    {
      weight: 1,
      arbitrary: fc.record({
        often: fc.integer({ min: 0, max: count - 1 }),
        /** Of all but the first dozen. */
        timed: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ drop: fc.nat() }) },
    {
      weight: 1,
      arbitrary: fc.record({
        lean: fc.array(fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1 }), {
          maxLength: 2,
        }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        passedMs: fc.oneof(
          fc.integer({ min: -2 * hourMs, max: 3 * hourMs }),
          fc.integer({ min: -500 * dayMs, max: 500 * dayMs }),
          fc.constantFrom(9000 * dayMs, -9000 * dayMs),
        ),
      }),
    },
    { weight: 3, arbitrary: fc.constant({ ask: true } as const) },
  ),
  { maxLength: 60, size: "max" },
);

describe("of a journal", () => {
  test("whatever comes, goes and passes, it is what the events give all at once, as of an hour ago at most", () => {
    fc.assert(
      fc.property(happenings, (all) => {
        let nowMs = startMs;
        let asOfMs = nowMs;
        let events: TacitEvent[] = [];
        const profile = new JournalProfile(model, { events, nowMs });
        for (const [number, happening] of all.entries()) {
          if ("passedMs" in happening) {
            nowMs += happening.passedMs;
            if (Math.abs(nowMs - asOfMs) >= hourMs) asOfMs = nowMs;
            profile.ageTo(nowMs);
          } else if ("drop" in happening) {
            if (events.length === 0) continue;
            const dropped = events[happening.drop % events.length];
            events = events.filter((event) => event !== dropped);
            profile.remove(dropped);
          } else if ("lean" in happening) {
            profile.lean(
              happening.lean.map((items) => {
                return { fact: "a", said: "b", tastes: { items, weights: items.map(() => 0.2) } };
              }),
            );
          } else if ("often" in happening) {
            const all = Array.from({ length: count + 30 }, (_, k) => (k < count ? k : happening.often));
            for (const [k, row] of all.entries()) {
              const event = stored("view", row, {
                id: `event-${number}-${k}`,
                atMs: k < count || happening.timed ? nowMs - k : Number.NaN,
              });
              events.push(event);
              profile.add(event);
            }
          } else if ("ask" in happening) {
            expectPlain(profile, events, asOfMs);
          } else {
            const { kind, row, ageMs, amount } = happening;
            const rest = amount === undefined ? {} : { amount };
            const event = stored(kind, row, { id: `event-${number}`, atMs: nowMs - ageMs, ...rest });
            events.push(event);
            profile.add(event);
          }
        }
        expectPlain(profile, events, asOfMs);
      }),
      { numRuns: 400 },
    );
  });

  const known = [
    stored("purchase", 2),
    stored("view", 5),
    stored("dwell", 5, { amount: 30 }),
    stored("dislike", 7),
  ];

  test.each(["zoom", "wishlist_add", "toString", "constructor", "__proto__", ""])(
    "an event of the kind %j, which this version does not know, changes nothing and breaks nothing",
    (kind) => {
      const events = [...known, stored(kind, 2), stored(kind, 9), stored(kind, 5, { amount: 4 })];
      expectPlain(new JournalProfile(model, { events, nowMs: startMs }), known, startMs);
    },
  );

  test.each([Number.NaN, Infinity, -Infinity, -2])("an amount of %d counts as none given", (amount) => {
    const as = (rest: Partial<TacitEvent>) =>
      new JournalProfile(model, { events: [...known, stored("dwell", 3, rest)], nowMs: startMs });
    const { tastes, solved } = as({ amount });
    expect(tastes).toEqual(as({}).tastes);
    expect(solved?.userVector.every(Number.isFinite)).toBe(true);
  });

  test("an event that came and went leaves what there was before, but for rounding", () => {
    const profile = new JournalProfile(model, { events: known, nowMs: startMs });
    const before = profile.solved?.userVector;
    const extra = stored("view", 9);
    profile.add(extra);
    expect(profile.solved?.userVector).not.toEqual(before);
    profile.remove(extra);
    for (const [k, value] of before?.entries() ?? []) {
      expect(profile.solved?.userVector[k]).toBeCloseTo(value, 12);
    }
  });
});

describe("of given tastes", () => {
  const profile = new JournalProfile(model, {
    events: [stored("purchase", 2), stored("view", 5), stored("dwell", 5), stored("dislike", 7)],
    nowMs: startMs,
  });

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
