import { expect, test } from "vitest";
import { readShopCatalogue } from "../../bench/shop.ts";
import { onboardingCases, searchCases } from "../../bench/words/cases.ts";
import { stemOf, wordsIn } from "../../core/events/words.ts";

/** What stands in any text whatever it is about. */
const functionWords = new Set("a and am for have i my or the to we".split(" "));

const catalogue = await readShopCatalogue();
const words = new Set(
  catalogue.flatMap(({ title, categories = [] }) => wordsIn([title, ...categories].join(" "))),
);
const stems = new Set([...words].map(stemOf));
const titleStems = new Set(catalogue.flatMap(({ title }) => wordsIn(title).map(stemOf)));
const cases = [...onboardingCases, ...searchCases];

test("there are twenty texts of a start and twenty of a search, no two alike", () => {
  expect([onboardingCases.length, searchCases.length]).toEqual([20, 20]);
  expect(new Set(cases.map(({ text }) => text)).size).toBe(40);
});

test.each(cases)("the catalogue has no content word of “$text”, in whatever form", ({ text }) => {
  const content = wordsIn(text).filter((word) => !functionWords.has(word));
  expect(content.length).toBeGreaterThan(0);
  expect(content.filter((word) => words.has(word) || stems.has(stemOf(word)))).toEqual([]);
});

test.each(cases)(
  "what is expected of “$text” stands in titles, and in fewer than one in eight of them",
  (given) => {
    const expected = new Set(given.expected.map(stemOf));
    expect([...expected].filter((stem) => !titleStems.has(stem))).toEqual([]);
    const carrying = catalogue.filter(({ title }) =>
      wordsIn(title).some((word) => expected.has(stemOf(word))),
    );
    expect(carrying.length / catalogue.length).toBeLessThan(1 / 8);
  },
);
