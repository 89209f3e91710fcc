/** The widgets' words, in each language. */
import { expect, test } from "vitest";
import { counted, languageOf } from "../../../sdk/widgets/language.ts";
import * as ar from "../../../sdk/widgets/words/ar.ts";
import * as de from "../../../sdk/widgets/words/de.ts";
import * as en from "../../../sdk/widgets/words/en.ts";
import * as es from "../../../sdk/widgets/words/es.ts";
import * as fr from "../../../sdk/widgets/words/fr.ts";
import { wordsOf } from "../../../sdk/widgets/words/load.ts";
import * as zh from "../../../sdk/widgets/words/zh.ts";

const all = { ar, de, en, es, fr, zh };

/** Every text, by where it stands; those about a thing, about `Thing`. */
function textsOf(words: object, at = ""): readonly (readonly [string, string])[] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
    if (typeof value === "function") return [[`${at}${name}`, String(value("Thing"))] as const];
    return typeof value === "string"
      ? [[`${at}${name}`, value] as const]
      : textsOf(Object(value), `${at}${name}.`);
  });
}

test.each(Object.entries(all))(
  "%s says every text of its own, and names what it is about once",
  (name, words) => {
    const english = new Map(textsOf(en));
    for (const [at, text] of textsOf(words)) {
      expect(text.trim(), at).toBe(text);
      expect(text, at).toMatch(/\p{L}{2}/u);
      // "Options" is a word of three languages, and what comes after it is not.
      if (name !== "en" && !at.includes("chosen")) expect(text, at).not.toBe(english.get(at));
      const isAbout = /options|nothingFrom|muted|boosted/.test(at);
      expect(text.split("Thing").length - 1, at).toBe(isAbout ? 1 : 0);
    }
  },
);

test("a tag is of its language with its region; of one without words, English in the page's direction", () => {
  expect(languageOf("de-AT")).toEqual({ locale: "de-AT", words: "de", direction: "ltr" });
  expect(languageOf("ar_EG.UTF-8")).toEqual({ locale: "ar-EG", words: "ar", direction: "rtl" });
  expect(languageOf("zh-Hans-CN")).toMatchObject({ words: "zh", direction: "ltr" });
  expect(languageOf("en-GB")).toEqual({ locale: "en-GB", words: "en", direction: "ltr" });
  for (const tag of ["he", "", "constructor", "§"])
    expect(languageOf(tag)).toEqual({ locale: "en", words: "en", direction: null });
});

test("words come from their file", async () => {
  for (const [tag, words] of Object.entries(all))
    expect(await wordsOf(languageOf(tag), "shelf", en.shelf)).toEqual(words.shelf);
});

test("a number has the form of its plural, and its digits", () => {
  const arabic = [0, 1, 2, 3, 11, 100].map((count) => counted(ar.onboarding.chosen, count, "ar-EG"));
  expect(arabic).toEqual([
    "لم يُختر شيء",
    "اختيار واحد",
    "اختياران",
    "٣ اختيارات",
    "١١ اختيارًا",
    "١٠٠ اختيار",
  ]);
  expect([1, 2].map((count) => counted(fr.onboarding.chosen, count, "fr"))).toEqual([
    "1 choisie",
    "2 choisies",
  ]);
});
