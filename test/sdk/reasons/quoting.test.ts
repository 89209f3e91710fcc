/** Titles and texts as they stand in a reason, whatever a site or a person has written in them. */
import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { reasonInWords, reasonsInWords } from "../../../sdk/reasons/reasons.ts";
import type { Reason } from "../../../worker/api.ts";
import { everyReason, languages, nowMs } from "./every.ts";

afterEach(() => vi.unstubAllGlobals());

const like = (title: string, item = "84879"): Reason => ({ why: "similar", item, title, contribution: 1 });
/** As it stands between the quotation marks. */
const quoted = (title: string): string | undefined =>
  /^similar to “(.*)”$/s.exec(reasonInWords(like(title), { language: "en" }))?.[1];

const [isolate, end] = ["\u2068", "\u2069"];
const rightToLeft = ["כוס אדומה", "كوب", "ޖޯޑު", "𞤀𞤣", "Mug כוס"];
const controls = [..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"];

describe("direction", () => {
  test("a title from right to left is isolated, within the quotation marks of the language", () => {
    for (const title of rightToLeft) expect(quoted(title)).toBe(`${isolate}${title}${end}`);
    expect(reasonInWords(like("כוס"), { language: "de" })).toBe(`ähnlich wie „${isolate}כוס${end}“`);
  });

  test("a title with controls of direction is isolated, and they are gone", () => {
    for (const control of controls) {
      expect(quoted(`Red ${control}Mug`)).toBe(`${isolate}Red Mug${end}`);
      expect(quoted(`${control}כוס`)).toBe(`${isolate}כוס${end}`);
    }
  });

  test("isolates begin and end within each quotation, in every reason and language, however long the text", () => {
    const text = fc
      .array(fc.constantFrom("a", " ", "א", "ب", "🐦", "\n", "\u200f", ...controls), { maxLength: 120 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, fc.constantFrom(...languages), (written, language) => {
        for (const { reason } of everyReason) {
          const filled = JSON.parse(
            JSON.stringify(reason).replaceAll(/Red Mug|mug|Birds|a gift for a baby/g, () =>
              JSON.stringify(written).slice(1, -1),
            ),
          );
          const text = reasonInWords(filled, { language, nowMs });
          expect(text).not.toMatch(/[\u202a-\u202e\u2066\u2067\n]/);
          const outside = text.replaceAll(/\u2068[^\u2068\u2069]+\u2069/g, "");
          // Arabic has that letter of its own.
          const own = language === "ar" ? outside.replaceAll("\u0628", "") : outside;
          expect(own).not.toMatch(/[\u2068\u2069\u05d0\u0628\u200f]/);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("a title of letters from left to right is as it was, byte for byte", () => {
    for (const title of [
      "Red Mug",
      "Tasse « à café »",
      "赤いマグ",
      "кружка",
      "👩‍👩‍👧 mug",
      "a\u200eb",
      "ກາເຟ",
    ])
      expect(quoted(title)).toBe(title);
  });
});

describe("characters", () => {
  test("controls are gone, lines are one, and half a character is the one for what is none", () => {
    expect(quoted("Red\u0000 \u0007Mug\u001b\u007f\u009f")).toBe("Red Mug");
    expect(quoted("Red \u0000 Mug")).toBe("Red Mug");
    expect(quoted("\u0000 Red\r\n\tMug\u2028by\u0085us \u0000")).toBe("Red Mug by us");
    expect(quoted("Red \ud83d Mug \udc26")).toBe("Red \ufffd Mug \ufffd");
    expect(quoted("🐦")).toBe("🐦");
  });

  test("no text is other than well-formed, or on more than one line", () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 });
    fc.assert(
      fc.property(units, (codes) => {
        const text = reasonInWords(like(String.fromCharCode(...codes)), { language: "fr" });
        expect(text).not.toMatch(/\p{Cs}|\p{Cc}|[\u2028\u2029]/u);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a long text", () => {
  const clusters = ["👩‍👩‍👧‍👦", "🇩🇪", "e\u0301", "👍🏽", "नि", "🐦", "x"];

  test("is cut after 79 characters as a reader counts them, and never within one", () => {
    for (const cluster of clusters) {
      expect(quoted(cluster.repeat(80))).toBe(cluster.repeat(80));
      expect(quoted(cluster.repeat(81))).toBe(`${cluster.repeat(79)}…`);
    }
    expect(quoted(`${"a".repeat(78)} ${"b".repeat(9)}`)).toBe(`${"a".repeat(78)}…`);
  });

  test("is cut between code points where the browser has no segmenter", () => {
    vi.stubGlobal("Intl", { ...intl(), Segmenter: undefined });
    expect(quoted("🐦".repeat(81))).toBe(`${"🐦".repeat(79)}…`);
    expect(quoted("🇩🇪".repeat(40))).toBe("🇩🇪".repeat(40));
    expect(quoted("🇩🇪".repeat(41))).toBe(`${"🇩🇪".repeat(39)}🇩…`);
  });

  test("from right to left is cut within its isolate", () => {
    expect(quoted("א".repeat(90))).toBe(`${isolate}${"א".repeat(79)}…${end}`);
  });
});

/** What of `Intl` is used: its properties cannot be listed. */
function intl() {
  const { DateTimeFormat, ListFormat, NumberFormat, PluralRules, RelativeTimeFormat } = Intl;
  const { getCanonicalLocales } = Intl;
  return { DateTimeFormat, ListFormat, NumberFormat, PluralRules, RelativeTimeFormat, getCanonicalLocales };
}

describe("a title in which there is nothing", () => {
  const blank = ["", " ", "\n\t", "\u0000", "\u200b", "\u202e", "\u00ad\ufeff", "\u3164"];

  test("of the site's is the catalogue's, and of both the item's id, in each language", () => {
    for (const language of languages) {
      for (const title of blank) {
        const named = reasonInWords(like("Red Mug"), { language });
        expect(reasonInWords(like("Red Mug"), { language, titleOf: () => title })).toBe(named);
        const byId = reasonInWords(like("84879"), { language });
        expect(reasonInWords(like(title), { language, titleOf: () => title })).toBe(byId);
      }
    }
  });

  test("is never between quotation marks: of a text that is empty nothing is said", () => {
    const empty = (reason: Reason): Reason =>
      JSON.parse(
        JSON.stringify(reason).replaceAll(/("(?:title|item|value|asked|found|said)":)"[^"]*"/g, '$1"\u200b"'),
      );
    for (const language of languages) {
      for (const { name, reason } of everyReason) {
        for (const text of [
          reasonInWords(empty(reason), { language, nowMs }),
          reasonsInWords([empty(reason)], { language, nowMs, against: 1 }),
        ]) {
          expect(text, name).not.toMatch(/[“”„«»\u200b]/);
          const names = JSON.stringify(reason) !== JSON.stringify(empty(reason));
          expect(text === "", name).toBe(names && !name.includes("checkout"));
        }
      }
    }
  });

  test("of items of one title is said once", () => {
    const both = [like("Mug", "1"), like("Mug", "2"), like("Cup", "3")];
    expect(reasonsInWords(both, { language: "en" })).toBe("Because it is similar to “Mug” and “Cup”.");
  });
});
