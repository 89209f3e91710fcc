import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { english } from "../../../sdk/reasons/english.ts";
import { reasonInWords, reasonsInWords } from "../../../sdk/reasons/reasons.ts";
import type { Words } from "../../../sdk/reasons/words.ts";
import type { Reason } from "../../../worker/api.ts";
import { everyReason, languages, nowMs } from "./every.ts";

afterEach(() => vi.unstubAllGlobals());

const against = {
  en: "against it: ",
  de: "dagegen spricht, dass ",
  fr: "en sa défaveur\u00a0: ",
  es: "en su contra: ",
  zh: "不利之处：",
  ar: "في المقابل: ",
};
const because = { en: "Because ", de: "Weil ", fr: "Parce que ", es: "Porque ", zh: "因为", ar: "السبب: " };

describe.each(languages)("in %s", (language) => {
  const line = (reason: Reason) => reasonInWords(reason, { language, nowMs });
  const sentence = (reasons: readonly Reason[]) =>
    reasonsInWords(reasons, { language, nowMs, most: 9, against: 9 });

  test("every reason of either sign has words, alone and in a sentence", () => {
    for (const { name, reason } of everyReason) {
      for (const text of [line(reason), sentence([reason]), reasonInWords(reason, { language })]) {
        expect(text, name).toMatch(/\p{L}{2}/u);
        expect(text, name).not.toMatch(/undefined|null|NaN|Infinity|object|[{}<>[\]\n]| {2}|^\s|\s$/);
      }
    }
  });

  test("what speaks against an item says so, and what speaks for it never does", () => {
    for (const { name, reason } of everyReason) {
      const isAgainst = reason.contribution < 0;
      expect(line(reason).startsWith(against[language]), name).toBe(isAgainst);
      const start = isAgainst ? against[language] : because[language];
      expect(sentence([reason]).toLowerCase().startsWith(start.toLowerCase()), name).toBe(true);
      expect(reasonsInWords([reason], { language }) === "", name).toBe(isAgainst);
    }
  });

  test("titles are text as they are, between quotation marks, whatever is in them", () => {
    const marks = { en: /^because you viewed “(.*)”$/, de: /^weil Sie „(.*)“ angesehen haben$/ };
    const others = { fr: /^parce que vous avez consulté «\u00a0(.*)\u00a0»$/, es: /^porque viste «(.*)»$/ };
    const more = { zh: /^因为您看过“(.*)”$/, ar: /^السبب: شاهدت «\u2068(.*)\u2069»$/ };
    const titles = fc
      .string({ minLength: 1, maxLength: 40 })
      .map((text) => text.replaceAll(/\s+/g, " ").trim())
      .filter((text) => text !== "");
    fc.assert(
      fc.property(fc.oneof(titles, fc.constantFrom("<b>x</b>", "$&", "{0}", "&amp;", "»")), (title) => {
        const viewed = {
          why: "event",
          event: "a",
          kind: "view",
          item: "1",
          title,
          atMs: 0,
          contribution: 1,
        } as const;
        expect(
          { ...marks, ...others, ...more }[language].exec(reasonInWords(viewed, { language }))?.[1],
        ).toBe(title);
      }),
    );
  });
});

describe("grammar", () => {
  const clauses = (language: string) =>
    everyReason.map(({ reason }) => reasonsInWords([reason], { language, nowMs, against: 1 }));

  test("a French clause begins with what takes a whole “que” before it", () => {
    for (const text of clauses("fr")) expect(text).not.toMatch(/^Parce que [aeiouyhàâéèêîôœ«]/i);
  });

  test("a German clause has no comma of its own, and ends with its verb", () => {
    const verbs =
      /(haben|hat|hatten|sind|ist|war|stehe?n?|steht|möchten|sprechen|spricht|ähnelt|passt|liegt|hervorhebt|zurückstellt|zurückfällt|gehört|bringt)\.$/;
    for (const text of clauses("de")) {
      expect(text.replace("Dagegen spricht, dass", "")).not.toContain(",");
      expect(text).toMatch(verbs);
    }
  });

  test("an Arabic number of reasons has the form of its plural", () => {
    const others = (events: number) =>
      reasonInWords({ why: "others", events, contribution: 1 }, { language: "ar" });
    expect([1, 2, 3, 11, 100].map(others)).toEqual([
      ...["هناك سبب آخر يرجّحه", "هناك سببان آخران يرجّحانه", "هناك 3 أسباب أخرى ترجّحه"],
      ...["هناك 11 سببًا آخر يرجّحه", "هناك 100 سبب آخر يرجّحه"],
    ]);
  });

  test("an Arabic quotation is isolated once, whichever way it runs", () => {
    const similar = (title: string) =>
      reasonInWords({ why: "similar", item: "1", title, contribution: 1 }, { language: "ar" });
    expect([similar("Mug"), similar("كوب")]).toEqual(["يشبه «\u2068Mug\u2069»", "يشبه «\u2068كوب\u2069»"]);
  });

  test("a list of Spanish clauses has “e” before what sounds like it", () => {
    const said: Reason = { why: "said", fact: "hasDog", said: "sí", contribution: 0.1 };
    expect(reasonsInWords([{ why: "trending", contribution: 1 }, said], { language: "es" })).toBe(
      "Porque gusta mucho últimamente e indicaste «sí».",
    );
  });
});

describe("a sentence", () => {
  const kinds = fc.constantFrom(...everyReason.map(({ reason }) => reason));
  const many = fc.array(
    fc
      .tuple(kinds, fc.double({ min: -1, max: 1, noNaN: true }), fc.nat(3))
      .map(
        ([reason, contribution, item]): Reason =>
          "item" in reason
            ? { ...reason, contribution, item: `${item}`, title: `Thing ${item}` }
            : { ...reason, contribution },
      ),
    { maxLength: 12 },
  );

  test("names an item once at most, in any order of the reasons the same, and is empty where nothing speaks", () => {
    fc.assert(
      fc.property(many, fc.constantFrom(...languages), (reasons, language) => {
        const text = reasonsInWords(reasons, { language, most: 12 });
        for (const title of ["Thing 0", "Thing 1", "Thing 2", "Thing 3"])
          expect(text.split(title).length).toBeLessThanOrEqual(2);
        const distinct =
          new Set(reasons.map(({ contribution }) => Math.abs(contribution))).size === reasons.length;
        if (distinct) expect(reasonsInWords(reasons.toReversed(), { language, most: 12 })).toBe(text);
        expect(text === "").toBe(reasons.every(({ contribution }) => contribution <= 0));
      }),
    );
  });

  test("says the strongest, as many as wanted, and of reasons without a name at the end", () => {
    const reasons: readonly Reason[] = [
      { why: "trending", contribution: 0.1 },
      { why: "others", events: 4, contribution: 2 },
      { why: "feature", feature: "price", contribution: 1 },
      { why: "feature", feature: "moment", contribution: 0.5 },
    ];
    const said = (most?: number) =>
      reasonsInWords(reasons, { language: "en-GB", ...(most === undefined ? {} : { most }) });
    expect(said()).toBe("Because its price suits you, it suits this moment and 4 more reasons speak for it.");
    expect(said(2)).toBe("Because its price suits you and 4 more reasons speak for it.");
    expect(said(0)).toBe("");
  });
});

describe("what differs by its item alone", () => {
  const viewed = (item: string, atMs: number, contribution: number): Reason => {
    return { why: "event", event: item, kind: "view", item, title: `Mug ${item}`, atMs, contribution };
  };
  const yesterdayMs = nowMs - 86_400_000;

  test("is said once, with a list of items; acts of other days are said apart", () => {
    const reasons = [
      viewed("1", nowMs, 0.9),
      viewed("2", yesterdayMs, 0.8),
      viewed("3", yesterdayMs - 1000, 0.7),
    ];
    expect(reasonsInWords(reasons, { language: "en", nowMs })).toBe(
      "Because you viewed “Mug 1” just now and you viewed “Mug 2” and “Mug 3” yesterday.",
    );
    expect(reasonsInWords(reasons, { language: "fr" })).toBe(
      "Parce que vous avez consulté «\u00a0Mug 1\u00a0», «\u00a0Mug 2\u00a0» et «\u00a0Mug 3\u00a0».",
    );
  });

  test("is said of one sign at a time", () => {
    const reasons = [viewed("1", nowMs, 0.9), viewed("2", nowMs, -0.8)];
    expect(reasonsInWords(reasons, { language: "de", against: 1 })).toBe(
      "Weil Sie „Mug 1“ angesehen haben. Dagegen spricht, dass Sie „Mug 2“ angesehen haben.",
    );
  });
});

test("what adds less than a tenth of what adds most is not said, unless all of its sign is that small", () => {
  const trending = (contribution: number): Reason => ({ why: "trending", contribution });
  const price = (contribution: number): Reason => ({ why: "feature", feature: "price", contribution });
  const said = (...reasons: Reason[]) => reasonsInWords(reasons, { language: "en", against: 1 });
  expect(said(trending(5), price(0.49))).toBe("Because it is in demand at the moment.");
  expect(said(trending(5), price(0.51))).toBe(
    "Because it is in demand at the moment and its price suits you.",
  );
  expect(said(trending(5), price(-0.49))).toBe("Because it is in demand at the moment.");
  expect(said(trending(-5), price(0.49))).toBe(
    "Because its price suits you. Against it: it is less in demand at the moment.",
  );
});

describe("the language", () => {
  const many: Reason = { why: "others", events: 12_345, contribution: 1 };
  const january: Reason = { why: "new", publishedAt: "2026-01-05", contribution: 1 };
  const words = (reason: Reason, language?: string) =>
    reasonInWords(reason, { nowMs, ...(language === undefined ? {} : { language }) });

  test("of a region is its language, with numbers and dates as they are written there", () => {
    expect(words(january, "de-AT")).toBe("neu seit dem 5. Jänner 2026");
    expect(words(january, "de_DE")).toBe("neu seit dem 5. Januar 2026");
    // As systems other than the web write them.
    for (const tag of ["de_DE.UTF-8", "de_DE@euro", "de_DE.UTF-8@euro", "de@posix", " de-DE "])
      expect(words(january, tag)).toBe("neu seit dem 5. Januar 2026");
    expect(words(january, "en-GB")).toBe("new since 5 January 2026");
    expect(words(many, "de-CH")).toMatch(/^12['’]345 weitere Gründe sprechen dafür$/);
    expect(words(many, "es-419")).toBe("12,345 razones más le suman puntos");
    expect(words(many, "FR-ca")).toMatch(/^12.345 autres raisons/);
  });

  test("is English where it is none of the six, or no language at all", () => {
    for (const tag of ["it", "pt-BR", "ja-JP", "den", "x", "!", "de-", "en-!", "constructor", "C.UTF-8", ""])
      expect(words(many, tag)).toBe("12,345 more reasons speak for it");
  });

  test("is the page's, else the browser's, unless it is said; on a server English", () => {
    vi.stubGlobal("navigator", { language: "fr-FR" });
    expect(words(january)).toBe("nouveauté depuis le 5 janvier 2026");
    vi.stubGlobal("document", { documentElement: { lang: "es" } });
    expect(words(january)).toBe("novedad desde el 5 de enero de 2026");
    expect(words(january, "de")).toBe("neu seit dem 5. Januar 2026");
    vi.stubGlobal("document", { documentElement: { lang: "" } });
    expect(words(january)).toBe("nouveauté depuis le 5 janvier 2026");
    // A page that is no HTML has no `lang`, and one that is being made no root.
    for (const root of [{}, { lang: " " }, null]) {
      vi.stubGlobal("document", { documentElement: root });
      expect(words(january)).toBe("nouveauté depuis le 5 janvier 2026");
    }
    vi.stubGlobal("document", undefined);
    vi.stubGlobal("navigator", undefined);
    expect(words(january)).toBe("new since January 5, 2026");
    vi.stubGlobal("navigator", { language: "" });
    expect(words(january)).toBe("new since January 5, 2026");
  });

  test("is written by what every browser that the SDK is built for has", () => {
    // Chrome 72, Firefox 78, Safari 14.1 and later: the build is for Chrome 111, Firefox 114, Safari 16.4.
    const used = [
      "DateTimeFormat",
      "ListFormat",
      "NumberFormat",
      "PluralRules",
      "RelativeTimeFormat",
      // From Firefox 125 on: where it is not, code points are counted.
      "Segmenter",
      "getCanonicalLocales",
    ];
    const folder = new URL("../../../sdk/reasons/", import.meta.url);
    const sources = readdirSync(folder)
      .map((file) => readFileSync(new URL(file, folder), "utf8"))
      .join("\n");
    expect([...new Set([...sources.matchAll(/Intl\.(\w+)/g)].map(([, name]) => name))].sort()).toEqual(used);
  });

  test("without words for a feature does not compile", () => {
    const { later, ...features } = english.features;
    // @ts-expect-error: `later` has no words.
    const lacking: Words = { ...english, features };
    expect([lacking.features.later, later.line]).toEqual([undefined, "there was room for it"]);
  });
});

describe("how long ago", () => {
  const at = (...time: [number, number, number, number, number]) => new Date(...time).getTime();
  const now = at(2026, 9, 20, 0, 30);
  const viewed = (atMs: number) =>
    reasonInWords(
      { why: "event", event: "a", kind: "view", item: "1", title: "Mug", atMs, contribution: 1 },
      { language: "en", nowMs: now },
    ).replace("because you viewed “Mug”", "");

  test("is told by the calendar where the page is", () => {
    expect(viewed(now - 59_000)).toBe(" just now");
    expect(viewed(now - 60_000)).toBe(" 1 minute ago");
    expect(viewed(at(2026, 9, 19, 23, 31))).toBe(" 59 minutes ago");
    expect(viewed(at(2026, 9, 19, 22, 0))).toBe(" yesterday");
    expect(viewed(at(2026, 9, 19, 0, 10))).toBe(" yesterday");
    expect(viewed(at(2026, 9, 18, 23, 50))).toBe(" 2 days ago");
    expect(viewed(at(2026, 9, 7, 12, 0))).toBe(" 13 days ago");
    expect(viewed(at(2026, 9, 6, 12, 0))).toBe(" 2 weeks ago");
    expect(viewed(at(2026, 7, 19, 12, 0))).toBe(" 2 months ago");
    expect(viewed(at(2024, 9, 22, 12, 0))).toBe(" 23 months ago");
    expect(viewed(at(2024, 9, 1, 12, 0))).toBe(" 2 years ago");
  });

  test("is left out of what has no time, and what is of the future was a moment ago", () => {
    expect(viewed(Number.NaN)).toBe("");
    expect(viewed(1e18)).toBe("");
    expect(viewed(now + 3_600_000)).toBe(" just now");
  });
});

test("a site's own titles go before those of the catalogue", () => {
  const titleOf = (item: string) => (item === "84879" ? "Rote Tasse" : undefined);
  const titled = everyReason.filter(
    ({ reason }) => JSON.stringify(reason).includes("84879") && !("event" in reason),
  );
  expect(titled.length).toBeGreaterThan(5);
  for (const { name, reason } of titled)
    expect(reasonInWords(reason, { language: "de", titleOf }), name).toContain("„Rote Tasse“");
  expect(
    reasonInWords({ why: "similar", item: "2", title: "Tin", contribution: 1 }, { language: "en", titleOf }),
  ).toBe("similar to “Tin”");
});

test("a text that is long is cut between characters, and stands on one line", () => {
  const asked = `${"🐦\n".repeat(90)}`;
  const text = reasonInWords({ why: "meaning", asked, contribution: 1 }, { language: "en" });
  expect(text).toBe(`close in meaning to “${"🐦 ".repeat(39)}🐦…”`);
});

test("what a later version of the SDK gives as a reason has no words, and breaks nothing", () => {
  const later = [
    { why: "weather", contribution: 1 },
    { why: "feature", feature: "weather", contribution: 1 },
    { why: "event", event: "a", kind: "toString", item: "1", title: "Mug", atMs: 0, contribution: 1 },
    { why: "wish", wish: "never", of: "colour", value: "red", contribution: 1 },
  ] as unknown as readonly Reason[];
  for (const reason of later) expect(reasonInWords(reason, { language: "en" })).toBe("");
  expect(
    reasonsInWords([...later, { why: "trending", contribution: 0.1 }], { language: "en", most: 5 }),
  ).toBe("Because it is in demand at the moment.");
});
