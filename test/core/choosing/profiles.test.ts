/** Profiles are what counting by hand gives. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { catalogueProfileOf } from "../../../core/choosing/catalogueprofile.ts";
import { deviceProfileOf } from "../../../core/choosing/deviceprofile.ts";
import { languagesOf, scriptsOf } from "../../../core/choosing/languages.ts";
import { nothingUsed, publishedProfileOf, useProfileOf } from "../../../core/choosing/siteprofile.ts";
import { dayMs } from "../../../core/time.ts";

describe("the profile of a catalogue", () => {
  test("counts words, what items say, and items that share a word with another", () => {
    const profile = catalogueProfileOf([
      { title: "Red Mug", categories: ["Kitchen"], price: 3, text: "" },
      { title: "Blue MUG 500", categories: [], price: 0, image: "/a.png" },
      { title: "X", categories: [], publishedAt: "2026-01-01" },
      { title: "Lamp", categories: [], url: "" },
    ]);
    expect(profile).toMatchObject({ items: 4, wordsPerTitle: 5 / 4, tellingItems: 1 / 2 });
    expect(profile.says).toEqual({
      ...{ categories: 1 / 4, text: 0, price: 1 / 2, image: 1 / 4, url: 0, publishedAt: 1 / 4, group: 0 },
    });
  });

  test("of nothing is nothing, and no division by it", () => {
    const { says, ...profile } = catalogueProfileOf([]);
    expect(profile).toEqual({ items: 0, wordsPerTitle: 0, tellingItems: 0, scripts: {}, languages: {} });
    expect(new Set(Object.values(says))).toEqual(new Set([0]));
  });

  test("knows scripts by their letters, shares summing to 1", () => {
    expect(scriptsOf(["Tasse 12", "ЧАШКА"])).toEqual({ Latin: 0.5, Cyrillic: 0.5 });
    expect(scriptsOf(["マグ", "茶碗", "머그"])).toMatchObject({ Han: 1 / 3, Kana: 1 / 3, Hangul: 1 / 3 });
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (texts) => {
        const shares = Object.values(scriptsOf(texts));
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(shares.length === 0 || Math.abs(sum - 1) < 1e-9).toBe(true);
      }),
    );
  });

  test.each([
    ["en", ["Set of 3 candles", "Box for the kitchen", "Cake stand with hearts"]],
    ["de", ["Kerze aus Wachs", "Tasse mit Herz", "Dose für die Küche"]],
    ["fr", ["Tasse avec des fleurs", "Boîte pour le thé", "Lot de bougies et une lampe"]],
    ["es", ["Taza con flores", "Caja para el té", "Juego de velas y una lámpara"]],
    ["nl", ["Mok met een hart", "Doos voor het huis", "Kaars van was"]],
  ])("tells %s by its small words", (language, titles) => {
    expect(Object.entries(languagesOf(titles))[0]).toEqual([language, expect.any(Number)]);
    expect(languagesOf(titles)[language as "en"]).toBeGreaterThan(0.6);
  });

  test("says nothing of titles without small words", () => {
    expect(languagesOf(["Mug", "Lamp 20W", ""])).toEqual({});
  });
});

describe("the profile of what people did", () => {
  test("is what counting gives", () => {
    const dayOf = (day: number) => Date.UTC(2026, 0, 1) + day * dayMs;
    // Of 20 items: one has six people, two have one; person 0 repeats item 0.
    const people = [0, 0, 1, 2, 3, 4, 5, 0, 0];
    const rows = [0, 0, 0, 0, 0, 0, 0, 1, 2];
    const times = [0, 40, 40, 41, 42, 43, 44, 70, 75].map(dayOf);
    expect(useProfileOf({ people, rows, times }, 20)).toEqual({
      people: 6,
      acts: 9,
      itemsPerPerson: { median: 1, mean: 8 / 6 },
      density: 8 / 120,
      thinItems: 19 / 20,
      repeats: expect.closeTo(1 / 9, 12),
      medianAgeDays: 33,
      // The two of the last 30 days are items 1 and 2, those before item 0.
      turnover: 1,
    });
  });

  test("without times says nothing of age and turnover; of nothing says nothing", () => {
    const columns = { people: [0, 1], rows: [0, 0], times: [Number.NaN, Number.NaN] };
    expect(useProfileOf(columns, 3)).toMatchObject({ medianAgeDays: null, turnover: null, people: 2 });
    const none = { people: [], rows: [], times: [] };
    expect(useProfileOf(none, 3)).toEqual({ ...nothingUsed, people: 0, acts: 0 });
  });

  test("keeps shares within 0 and 1 whatever the log", () => {
    const act = fc.tuple(fc.nat(5), fc.nat(7), fc.integer({ min: 0, max: 200 }));
    fc.assert(
      fc.property(fc.array(act, { minLength: 1 }), (acts) => {
        const columns = {
          people: acts.map(([person]) => person),
          rows: acts.map(([, row]) => row),
          times: acts.map(([, , day]) => day * dayMs),
        };
        const { density, thinItems, repeats, turnover, medianAgeDays } = useProfileOf(columns, 8);
        for (const share of [density, thinItems, repeats, turnover ?? 0]) {
          expect(share !== null && share >= 0 && share <= 1).toBe(true);
        }
        expect(medianAgeDays).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test("of what is published agrees with a log where both say something", () => {
    const people = [0, 0, 1, 2, 2];
    const rows = [0, 1, 0, 0, 3];
    const byLog = useProfileOf({ people, rows, times: rows.map(() => Number.NaN) }, 4);
    const shares = [3 / 3, 1 / 3, 0, 1 / 3];
    const published = publishedProfileOf({ shares, people: 3, lately: null });
    expect(published.density).toBeCloseTo(byLog.density ?? Number.NaN, 12);
    expect(published.itemsPerPerson.mean).toBeCloseTo(byLog.itemsPerPerson.mean ?? Number.NaN, 12);
    expect(published.thinItems).toBe(byLog.thinItems);
    expect(published).toMatchObject({ people: 3, acts: null, turnover: null });
    expect(publishedProfileOf({ shares: [0, 0], people: 9, lately: null })).toEqual(nothingUsed);
  });

  test("of what is published has the share of what is wanted lately and is not always, null where nothing is", () => {
    const shares = Array.from({ length: 20 }, (_, row) => (20 - row) / 40);
    const turnoverOf = (rows: readonly number[]) =>
      publishedProfileOf({
        shares,
        people: 9,
        lately: shares.map((_, row) => (rows.includes(row) ? 0.1 : 0)),
      }).turnover;
    expect([turnoverOf([0, 1]), turnoverOf([1, 7]), turnoverOf([7, 8])]).toEqual([0, 1 / 2, 1]);
    expect(turnoverOf([])).toBeNull();
  });
});

test("a device's profile counts what is liked, and which part of it is learned and paired", () => {
  const tastes = { items: [0, 1, 2, 3, 4], weights: [1, 0.2, -1, 0, 2] };
  const waiting = Uint8Array.of(0, 1, 0, 0, 0);
  const listed = Int32Array.of(5, -1, 2, 3, -1);
  const profile = { liked: 3, onLearned: 2 / 3, onPairs: 1 / 3, facts: 2 };
  expect(deviceProfileOf({ waiting, listed }, tastes, 2)).toEqual(profile);
  const none = { liked: 0, onLearned: 0, onPairs: 0, facts: 0 };
  const dislike = { items: [2], weights: [-1] };
  expect(deviceProfileOf({ waiting: null, listed: null }, dislike, 0)).toEqual(none);
});
