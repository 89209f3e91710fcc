/** What of the panel is pure: likings, history, reasons as lines, numbers, and the words of six languages. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EventKind } from "../../../core/events/event.ts";
import { features } from "../../../core/profile/table.ts";
import type { ConsentState, Panel, Reason } from "../../../sdk/index.ts";
import { counted, languageOf } from "../../../sdk/widgets/language.ts";
import { featuresIn } from "../../../sdk/widgets/panel/features.ts";
import { hexLines } from "../../../sdk/widgets/panel/hex.ts";
import { historyOf } from "../../../sdk/widgets/panel/history.ts";
import { likingsOf } from "../../../sdk/widgets/panel/likings.ts";
import { percentIn, whenIn } from "../../../sdk/widgets/panel/numbers.ts";
import { isContributor } from "../../../sdk/widgets/panel/part.ts";
import { percentages, wholeParts } from "../../../sdk/widgets/panel/wholeparts.ts";
import { linesOf } from "../../../sdk/widgets/panel/whylines.ts";
import * as ar from "../../../sdk/widgets/panel/words/ar.ts";
import * as de from "../../../sdk/widgets/panel/words/de.ts";
import * as en from "../../../sdk/widgets/panel/words/en.ts";
import * as es from "../../../sdk/widgets/panel/words/es.ts";
import * as fr from "../../../sdk/widgets/panel/words/fr.ts";
import { panelWordsOf } from "../../../sdk/widgets/panel/words/load.ts";
import type { PanelWords } from "../../../sdk/widgets/panel/words/words.ts";
import * as zh from "../../../sdk/widgets/panel/words/zh.ts";

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe("parts that add up as printed", () => {
  const values = fc.array(fc.double({ min: -900, max: 900, noNaN: true }), { minLength: 1, maxLength: 40 });

  test("whole parts sum to the rounded sum, and each is off by less than one", () => {
    fc.assert(
      fc.property(values, (parts) => {
        const total = Math.round(sumOf(parts)) + 0;
        const whole = wholeParts(parts, total);
        expect(sumOf(whole)).toBe(total);
        whole.forEach((part, place) => {
          expect(Number.isInteger(part)).toBe(true);
          // The sum itself is rounded, which one part more may bear.
          expect(Math.abs(part - parts[place])).toBeLessThanOrEqual(1);
        });
      }),
    );
    expect(wholeParts([33.4, 33.3, 33.3], 100)).toEqual([34, 33, 33]);
  });

  test("percentages of anything sum to 100, larger amounts have no smaller ones", () => {
    const amounts = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(amounts, (given) => {
        const percents = percentages(given.toSorted((a, b) => b - a));
        expect(sumOf(percents)).toBe(100);
        expect(percents).toEqual(percents.toSorted((a, b) => b - a));
      }),
    );
    expect(percentages([])).toEqual([]);
  });

  test("lines of reasons sum to what the reasons do, and what was done twice to one item is one line", () => {
    const reason: fc.Arbitrary<Reason> = fc.record({
      why: fc.constant("event" as const),
      event: fc.string(),
      kind: fc.constantFrom("view" as const, "purchase" as const),
      item: fc.constant("1"),
      title: fc.constantFrom("Red Mug", "Tin", "Bird", "Bag", "Lamp", "Card", "Clock"),
      atMs: fc.nat(),
      contribution: fc.double({ min: -3, max: 3, noNaN: true }),
    });
    const words = {
      textOf: (one: Reason) => ("title" in one ? `${one.title} ${"kind" in one ? one.kind : ""}` : ""),
      timesOf: (times: number) => ` × ${times}`,
      restOf: (count: number) => `${count} more`,
    };
    fc.assert(
      fc.property(fc.array(reason, { maxLength: 40 }), (reasons) => {
        const lines = linesOf(reasons, words);
        expect(new Set(lines.map(({ text }) => text)).size).toBe(lines.length);
        expect(lines.length).toBeLessThanOrEqual(9);
        const told = sumOf(lines.map(({ contribution }) => contribution));
        // What would be printed as 0.000 may be left out.
        expect(Math.abs(told - sumOf(reasons.map(({ contribution }) => contribution)))).toBeLessThan(0.0005);
      }),
    );
  });

  test("a reason below 0.005 is no line beside larger ones: what such add up to is one, unless that is 0.000", () => {
    const words = {
      textOf: ({ why }: Reason) => why,
      timesOf: () => "",
      restOf: (count: number) => `${count} more`,
    };
    const told = (...contributions: readonly [number, number, number]) =>
      linesOf(
        (["trending", "popular", "catalogue"] as const).map((why, nth) => ({
          why,
          contribution: contributions[nth],
        })),
        words,
      ).map(({ text }) => text);
    expect(told(0.5, 0.0049, -0.003)).toEqual(["trending", "2 more"]);
    expect(told(0.5, 0.0031, -0.003)).toEqual(["trending"]);
    expect(told(0.5, -0.0051, 0.001)).toEqual(["trending", "popular", "1 more"]);
    expect(told(0.004, 0.003, 0.0001)).toEqual(["trending", "popular", "catalogue"]);
  });
});

describe("what somebody likes", () => {
  const taste = fc.record({
    item: fc.stringMatching(/^[0-9]{1,3}$/),
    weight: fc.double({ min: -5, max: 5, noNaN: true }),
    categories: fc.array(fc.constantFrom("Garden", "Party", "Bags"), { maxLength: 2 }),
  });

  test("is told by category, once each, in shares that sum to 100; what is not wanted has none and comes last", () => {
    fc.assert(
      fc.property(fc.uniqueArray(taste, { selector: ({ item }) => item, maxLength: 30 }), (tastes) => {
        const likings = likingsOf(tastes);
        const percents = likings.flatMap(({ percent }) => percent ?? []);
        expect(sumOf(percents)).toBe(percents.length === 0 ? 0 : 100);
        expect(likings.slice(percents.length).every(({ percent }) => percent === null)).toBe(true);
        expect(new Set(likings.map(({ category }) => category)).size).toBe(likings.length);
        const firsts = tastes.flatMap(({ categories: [first], weight }) =>
          weight === 0 ? [] : (first ?? []),
        );
        for (const { category, from } of likings) {
          expect(from).toHaveLength(firsts.filter((each) => each === category).length);
        }
      }),
    );
  });

  test("of which none is wanted has no share and keeps its place; the shares of the others sum to 100", () => {
    const of = (item: string, weight: number, category: string) => ({ item, weight, categories: [category] });
    const tastes = [of("a", 3, "Garden"), of("b", 2, "Party"), of("c", 1, "Bags")];
    const told = (...unwanted: readonly string[]) =>
      likingsOf(tastes, new Set(unwanted)).map(({ category, percent }) => [category, percent]);
    expect(told("garden")).toEqual([
      ["Garden", null],
      ["Party", 67],
      ["Bags", 33],
    ]);
    expect(told("garden", "party", "bags").map(([, percent]) => percent)).toEqual([null, null, null]);
  });

  test("comes from what says most for it, and what is not wanted from what says most against it", () => {
    const of = (item: string, weight: number, categories: readonly string[]) => ({
      item,
      weight,
      categories,
    });
    const tastes = [
      of("a", 1, ["Garden"]),
      { ...of("b", 3, ["Garden", "Party"]), title: "Red Mug" },
      of("c", -1, ["Bags"]),
      of("d", -2, ["Bags"]),
      of("e", 9, []),
    ];
    expect(likingsOf(tastes)).toEqual([
      {
        ...{ category: "Garden", percent: 100 },
        from: [
          { item: "b", title: "Red Mug" },
          { item: "a", title: "a" },
        ],
      },
      {
        ...{ category: "Bags", percent: null },
        from: [
          { item: "d", title: "d" },
          { item: "c", title: "c" },
        ],
      },
    ]);
  });
});

describe("what was done", () => {
  test("has neighbours that are alike in one line with a count, and loses none", () => {
    const events = [
      { id: "c", kind: "view", item: "1", title: "Red Mug", atMs: 30 },
      { id: "b", kind: "view", item: "1", title: "Red Mug", atMs: 20 },
      { id: "a", kind: "search", query: "tin", atMs: 10 },
      { id: "0", kind: "view", item: "gone", atMs: 5 },
    ] as const;
    const lines = historyOf(events);
    expect(lines).toMatchObject([
      { ids: ["c", "b"], kind: "view", what: "Red Mug", times: 2, atMs: 30 },
      { ids: ["a"], kind: "search", what: "tin", times: 1, atMs: 10 },
      { ids: ["0"], kind: "view", what: "gone", times: 1, atMs: 5 },
    ]);
    expect(lines.flatMap(({ ids }) => ids)).toEqual(events.map(({ id }) => id));
  });

  test("has what was seen side by side in one line, and anything between begins another", () => {
    const saw = (id: string) => ({ id, kind: "impression", item: id, atMs: Number(id) }) as const;
    const view = { id: "6", kind: "view", item: "7", atMs: 6 } as const;
    expect(historyOf([saw("9"), saw("8"), saw("7"), view, saw("5")])).toMatchObject([
      { ids: ["9", "8", "7"], what: "", times: 3, atMs: 9, isSeen: true },
      { ids: ["6"], what: "7", isSeen: false },
      { ids: ["5"], what: "5", isSeen: false },
    ]);
  });

  test("has an act that counts and one that does not never in one line, and one of a later SDK as it is", () => {
    const view = (id: string, leftOut?: "duplicate") => ({
      ...{ id, kind: "view" as const, item: "1", atMs: 1_000 },
      ...(leftOut === undefined ? {} : { leftOut }),
    });
    const lines = historyOf([view("c", "duplicate"), view("b", "duplicate"), view("a")]);
    expect(lines.map(({ times, leftOut }) => [times, leftOut])).toEqual([
      [2, "duplicate"],
      [1, undefined],
    ]);
    for (const kind of ["wishlist_add", "toString"]) {
      expect(historyOf([{ id: "a", kind: kind as EventKind, item: "1", atMs: 10 }])).toMatchObject([
        { kind },
      ]);
    }
  });
});

describe("numbers", () => {
  test("time is told in its largest whole unit, before and after now, by the language", () => {
    const [english, german] = [languageOf("en"), languageOf("de")];
    const at = (ms: number) => whenIn(english, 1e12 - ms, 1e12);
    expect(at(59_999)).toBe("now");
    expect(at(119_999)).toBe("1 minute ago");
    expect(at(3 * 3_600_000)).toBe("3 hours ago");
    expect(at(25 * 3_600_000)).toBe("yesterday");
    expect(at(-5 * 3_600_000)).toBe("in 5 hours");
    expect(whenIn(german, 0, 3 * 60_000)).toBe("vor 3 Minuten");
    expect(percentIn(german, 0.42)).toBe("42\u00a0%");
  });

  test("hexadecimal lines give back the bytes they show", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.integer({ min: 0, max: 80 }), (bytes, count) => {
        const cells = hexLines(bytes, count).flatMap((line) => line.slice(6).split(" "));
        expect(cells.map((cell) => Number.parseInt(cell, 16))).toEqual([...bytes.subarray(0, count)]);
      }),
    );
  });

  test("features have units of people, and what there was nothing to work out of is left out", () => {
    const values: Readonly<Record<string, number>> = {
      ...{ visits: 3, daysSinceVisit: 0.4, minutesPerVisit: 12.4, actsPerVisit: 4.25, orders: 1 },
      ...{ daysSinceOrder: 1.9, spent: 25.5, recencyScore: 5, evening: 0.333, dwell: 31.2 },
      ...{ categoryEntropy: 1, scrollDepth: 0.42, onPhone: 1, onTablet: 0, ageBand: 2, tier: 3 },
    };
    const shown = features.map((feature) => ({ ...feature, value: values[feature.name] ?? null }));
    const lines = featuresIn(
      { features: shown, categories: [] },
      { words: en.more, language: languageOf("en-GB") },
    );
    expect(lines).toHaveLength(Object.keys(values).length);
    const titleOf = new Map<string, string>(features.map(({ name, title }) => [name, title]));
    const texts = new Map(lines.map(({ title, text }) => [title, text]));
    const expected = {
      ...{ visits: "3", daysSinceVisit: "less than a day", minutesPerVisit: "12 minutes" },
      ...{
        actsPerVisit: "4.3",
        orders: "1",
        daysSinceOrder: "1 day",
        spent: "25.50",
        recencyScore: "5 of 5",
      },
      ...{ evening: "33%", dwell: "31 seconds", categoryEntropy: "as if of 2 categories alike" },
      ...{ scrollDepth: "42%", onPhone: "yes", onTablet: "no", ageBand: "\u206825-34\u2069", tier: "3" },
    };
    for (const [name, text] of Object.entries(expected)) {
      expect(texts.get(titleOf.get(name) ?? ""), name).toBe(text);
    }
  });
});

test("each language has a name of its own for each feature, and its own numbers", () => {
  const shown = features.map((feature) => ({ ...feature, value: 0.42 }));
  const linesIn = (tag: string, { more }: PanelWords) =>
    featuresIn({ features: shown, categories: [] }, { words: more, language: languageOf(tag) });
  const english = linesIn("en", en);
  expect(english.map(({ title }) => title)).toEqual(features.map(({ title }) => title));
  for (const [tag, words] of Object.entries({ ar, de, es, fr, zh })) {
    const lines = linesIn(tag, words);
    expect(new Set(lines.map(({ title }) => title)).size, tag).toBe(features.length);
    for (const [k, { title }] of lines.entries()) expect(title, tag).not.toBe(english[k].title);
  }
  const german = new Map(linesIn("de", de).map(({ title, text }) => [title, text]));
  expect([
    german.get("Seit dem letzten Besuch"),
    german.get("Anteil am Abend"),
    german.get("Ausgegeben"),
  ]).toEqual(["weniger als ein Tag", "42\u00a0%", "0,42"]);
});

test("of what contributing costs it is told who contributes, has, or cannot be read", () => {
  // Of either only what is looked at.
  const off = { personalise: true, contribute: false } as ConsentState;
  const panel = (rho: number | null, reports: number) =>
    ({ budget: { lifetime: { rho } }, reports: Array(reports).fill({}) }) as unknown as Panel;
  expect(isContributor({ panel: panel(0, 0), consent: off })).toBe(false);
  expect(isContributor({ panel: panel(0, 0), consent: { ...off, contribute: true } })).toBe(true);
  for (const known of [panel(0.01, 0), panel(null, 0), panel(0, 1), null]) {
    expect(isContributor({ panel: known, consent: off })).toBe(true);
  }
});

describe("words", () => {
  const languages: Readonly<Record<string, PanelWords>> = { en, de, fr, es, zh, ar };
  const leaves = (value: unknown, path: string): readonly (readonly [string, unknown])[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([name, each]) => leaves(each, `${path}.${name}`))
      : [[path, value]];

  test.each(Object.keys(languages))(
    "of %s leave out nothing that they are given, and none is empty",
    async (tag) => {
      const words = languages[tag];
      for (const [path, text] of leaves({ ...words }, tag)) {
        const given = ["⟨a⟩", "⟨b⟩", "⟨c⟩"].slice(0, typeof text === "function" ? text.length : 0);
        const said = typeof text === "function" ? text(...given) : text;
        expect(said, path).toMatch(/\S/);
        for (const each of given) expect(said, path).toContain(each);
      }
      expect(await panelWordsOf(languageOf(tag), "core", en.core)).toEqual(words.core);
    },
  );

  test("of no language are those of another", () => {
    for (const part of ["core", "why", "more", "along"] as const) {
      const own = Object.values(languages).map((words) => JSON.stringify(words[part]));
      expect(new Set(own).size).toBe(own.length);
    }
    expect(de.core.history).not.toBe(en.core.history);
  });

  test("say each number in the plural of its language", () => {
    for (const [tag, words] of Object.entries(languages)) {
      for (const count of [0, 1, 2, 3, 11, 100]) {
        const said = counted(words.along.came, count, tag);
        const isNamed = tag === "ar" && (count === 1 || count === 2);
        expect(isNamed || said.includes(new Intl.NumberFormat(tag).format(count)), `${tag} ${count}`).toBe(
          true,
        );
      }
    }
    expect(counted(en.along.came, 1, "en")).toBe("1 entry came here.");
    expect(counted(ar.core.seen, 2, "ar")).toBe("منتجان ظهرا في القوائم");
  });
});
