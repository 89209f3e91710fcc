import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventKinds, type TacitEvent } from "../../../core/events/event.ts";
import { besideFeatures, nothingBeside } from "../../../core/profile/beside.ts";
import { catalogueFacts } from "../../../core/profile/catalogue.ts";
import { ProfileFeatures } from "../../../core/profile/features.ts";
import { rfmScores } from "../../../core/profile/rfm.ts";
import { features, type JournalFeature, scaled } from "../../../core/profile/table.ts";
import { plainFeatures } from "./plainfeatures.ts";

const nowMs = Date.parse("2026-03-14T12:00:00Z");
const minute = 60_000;
const day = 24 * 60 * minute;
const localTimeOf = (atMs: number) => {
  const date = new Date(atMs);
  return { hour: date.getUTCHours(), weekday: (date.getUTCDay() + 6) % 7 };
};
const cards = Array.from({ length: 9 }, (_, k) => ({
  item: `item-${k}`,
  title: `Thing ${k}`,
  categories: ["Mugs", "Party", "Garden"].slice(0, k % 4),
  ...(k === 5 ? {} : { price: 1 + 3 * (k % 4) }),
}));
const catalogue = catalogueFacts(cards);
const options = { catalogue, localTimeOf, nowMs };

const someEvents = fc.uniqueArray(
  fc.record({
    id: fc.uuid(),
    kind: fc.constantFrom<TacitEvent["kind"]>(...eventKinds, "zoom" as TacitEvent["kind"]),
    item: fc.constantFrom(...cards.map(({ item }) => item), "gone"),
    atMs: fc.oneof(
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 * day }).map((ms) => nowMs - ms) },
      { weight: 6, arbitrary: fc.integer({ min: 0, max: 12 }).map((k) => nowMs - 3 * day + k * 15 * minute) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(nowMs + day, nowMs + day + 1, nowMs + 40 * day, 0, Number.NaN),
      },
    ),
    amount: fc.constantFrom(1, 2, 3, 40),
    depth: fc.constantFrom(0, 0.07, 0.35, 1),
  }),
  { selector: ({ id }) => id, maxLength: 50, size: "max" },
);

/** Medians of a histogram are within its steps; all else is the same but for rounding. */
function expectPlain(profile: ProfileFeatures, events: readonly TacitEvent[], at: number): void {
  const plain = plainFeatures(events, { ...options, nowMs: at });
  const values = profile.values(at);
  for (const name of Object.keys(plain) as JournalFeature[]) {
    const [value, wanted] = [values[name], plain[name]];
    if (value === null || wanted === null) expect([name, value]).toEqual([name, wanted]);
    else if (name === "dwell") expect(Math.abs(Math.log(value / wanted))).toBeLessThan(Math.log(1.08));
    else expect(Math.abs(value - wanted), name).toBeLessThan(1e-9 * Math.max(1, Math.abs(wanted)));
  }
}

test("whatever comes and goes while time passes, features are what the events give all at once", () => {
  fc.assert(
    fc.property(someEvents, fc.infiniteStream(fc.nat()), (events, chances) => {
      let at = nowMs;
      const profile = new ProfileFeatures(options);
      const there: TacitEvent[] = [];
      for (const event of events) {
        profile.add(event);
        there.push(event);
        const chance = chances.next().value ?? 0;
        if (chance % 3 === 0) profile.remove(there.splice(chance % there.length, 1)[0]);
        if (chance % 5 === 0) {
          at += (chance % 60) * day;
          profile.ageTo(at);
        }
        expectPlain(profile, there, at);
      }
      for (const event of there) profile.remove(event);
      expectPlain(profile, [], at);
    }),
    { numRuns: 300 },
  );
});

test("shares of categories sum to 1, whatever is liked, and every one says what was bought of it", () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const profile = new ProfileFeatures(options);
      for (const event of events) profile.add(event);
      const categories = profile.categories(nowMs);
      const total = categories.reduce((sum, { share }) => sum + share, 0);
      expect(Math.abs(total - (categories.some(({ share }) => share > 0) ? 1 : 0))).toBeLessThan(1e-9);
      for (const { category, orders, daysSinceOrder, spent } of categories) {
        const own = events.filter(({ item }) => catalogue.factsOf(item)?.categories.includes(category));
        const plain = plainFeatures(own, options);
        expect([orders, daysSinceOrder]).toEqual([plain.orders ?? 0, plain.daysSinceOrder]);
        expect(spent).toBeCloseTo(plain.spent ?? 0, 6);
      }
    }),
  );
});

describe("the table", () => {
  test("names each feature once, and the device computes just these", () => {
    const names = features.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const computed = { ...new ProfileFeatures(options).values(nowMs), ...besideFeatures(nothingBeside) };
    expect(Object.keys(computed)).toEqual(names);
  });

  test("puts every value between 0 and 1, in its order, the ends of a range at the ends", () => {
    for (const feature of features) {
      const [least, most] = feature.range;
      expect([scaled(feature, least), scaled(feature, most)]).toEqual([0, 1]);
      const values = [-1e9, least, least + (most - least) / 100, (least + most) / 2, most, 1e9];
      const places = values.map((value) => scaled(feature, value));
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
    }
  });

  test("has a word for every feature that is missing before anything was done", () => {
    const journal = new ProfileFeatures({ ...options, catalogue: catalogueFacts([]) }).values(nowMs);
    const values = { ...journal, ...besideFeatures(nothingBeside) };
    for (const { name, missing } of features) {
      expect(values[name]).toBe(null);
      expect(missing).not.toBe("");
    }
  });
});

test("a price level is the part of the catalogue that is cheaper, and half of what costs the same", () => {
  const priced = catalogueFacts([1, 2, 2, 5].map((price, k) => ({ ...cards[0], item: String(k), price })));
  expect(["0", "1", "2", "3"].map((item) => priced.factsOf(item)?.priceLevel)).toEqual([
    0.125, 0.5, 0.5, 0.875,
  ]);
  expect(priced.medianPrice).toBe(2);
});

describe("features", () => {
  const event = (kind: TacitEvent["kind"], item: string, atMs: number, amount?: number): TacitEvent => ({
    ...{ id: `${kind} ${item} ${atMs} ${amount}`, kind, item, atMs },
    ...(amount === undefined ? {} : { amount }),
  });

  test("of a traveller count an act at the hour it had, whatever the zone is when it goes", () => {
    let offsetMs = 0;
    const profile = new ProfileFeatures({ ...options, localTimeOf: (atMs) => localTimeOf(atMs + offsetMs) });
    const [first, second] = [event("view", "item-1", nowMs - 60 * minute), event("view", "item-1", nowMs)];
    profile.add(first);
    profile.add(second);
    offsetMs = 9 * 60 * minute;
    profile.remove(first);
    expect(profile.values(nowMs)).toMatchObject({ morning: 0, afternoon: 1, evening: 0, weekend: 1 });
  });

  test("keep what is old to the last digit when something new comes and goes, however far apart they are", () => {
    for (const years of [1, 8, 12, 25]) {
      const old = event("view", "item-1", nowMs - years * 365 * day);
      const profile = new ProfileFeatures(options);
      profile.add(old);
      const wanted = profile.values(nowMs);
      const burst = Array.from({ length: 121 }, (_, k) => event("view", "item-2", nowMs - k));
      for (const each of burst) profile.add(each);
      for (const each of burst) profile.remove(each);
      expect(profile.values(nowMs)).toEqual(wanted);
    }
  });

  test("of amounts that are no numbers of pieces stay numbers, and leave nothing behind", () => {
    const profile = new ProfileFeatures(options);
    const odd = [1e306, 1e14, 0.333, Number.NaN].map((amount) => event("purchase", "item-1", nowMs, amount));
    for (const each of odd) profile.add(each);
    profile.add(event("purchase", "item-2", nowMs - day, 2));
    for (const each of odd) profile.remove(each);
    expect(profile.values(nowMs).spent).toBe(2 * (catalogue.factsOf("item-2")?.price ?? Number.NaN));
  });

  test("end a visit after half an hour without an act, and not before", () => {
    const visits = (apartMs: number) => {
      const profile = new ProfileFeatures(options);
      for (const atMs of [nowMs - day, nowMs - day + apartMs]) profile.add(event("view", "item-1", atMs));
      return profile.values(nowMs).visits;
    };
    expect([visits(30 * minute), visits(30 * minute + 1)]).toEqual([1, 2]);
  });

  test("list categories by what is liked, those alike by name", () => {
    const profile = new ProfileFeatures(options);
    profile.add(event("like", "item-1", nowMs));
    profile.add(event("view", "item-3", nowMs));
    expect(profile.categories(nowMs).map(({ category }) => category)).toEqual(["Mugs", "Garden", "Party"]);
  });

  test("never take time back: what was there is there, whatever the clock says next", () => {
    const profile = new ProfileFeatures(options);
    profile.ageTo(nowMs - 400 * day);
    expect(profile.asOfMs).toBe(nowMs);
    profile.ageTo(nowMs + day);
    expect(profile.asOfMs).toBe(nowMs + day);
  });
});

test("scores of recency, frequency and money are by these bounds", () => {
  const score = (daysSinceOrder: number, orders: number, medianPrices: number | null) =>
    Object.values(rfmScores({ daysSinceOrder, orders, medianPrices }));
  expect(score(14, 1, 2.9)).toEqual([5, 1, 1]);
  expect(score(14.1, 2, 3)).toEqual([4, 2, 2]);
  expect(score(45.1, 3, 10)).toEqual([3, 3, 3]);
  expect(score(120.1, 6, 30)).toEqual([2, 4, 4]);
  expect(score(270.1, 12, 100)).toEqual([1, 5, 5]);
  expect(score(0, 1, null)).toEqual([5, 1, null]);
});
