/**
 * What of the widgets that ask is pure: whom a consent banner asks and what a press means; facts of first
 * questions.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decide } from "../../../sdk/decide.ts";
import {
  choiceOf,
  hasChosen,
  isByPrivacyControl,
  mayHaveLearned,
  yesTo,
} from "../../../sdk/widgets/consent/state.ts";
import { categoriesIn, factsOf, isAnswered, undoing } from "../../../sdk/widgets/onboarding/facts.ts";

const flags = fc.record({ personalise: fc.boolean(), contribute: fc.boolean() }, { requiredKeys: [] });

test("one press contributes against Global Privacy Control never, and is a yes to what it names otherwise", () => {
  fc.assert(
    fc.property(flags, flags, fc.boolean(), (person, site, privacyControl) => {
      const state = decide({ person, site, privacyControl });
      expect(hasChosen(state)).toBe(person.personalise !== undefined);
      const isDecided = person.contribute !== undefined;
      expect(isByPrivacyControl(state)).toBe(privacyControl && !isDecided);
      expect(yesTo(state)).toEqual({ personalise: true, contribute: !privacyControl || isDecided });
    }),
  );
});

test("something may have been learned while it holds, and after, until the person's no has erased it", () => {
  fc.assert(
    fc.property(flags, flags, fc.boolean(), fc.boolean(), (person, site, privacyControl, hasHeld) => {
      const state = decide({ person, site, privacyControl });
      const isErased = person.personalise === false;
      expect(mayHaveLearned(state, hasHeld)).toBe(state.personalise || (hasHeld && !isErased));
    }),
  );
  expect(
    mayHaveLearned(decide({ person: {}, site: { personalise: false }, privacyControl: false }), false),
  ).toBe(false);
});

test("nothing is contributed of what is not kept", () => {
  const both = [true, false].flatMap((personalise) =>
    [true, false].map((contribute) => ({ personalise, contribute })),
  );
  expect(both.map(choiceOf)).toEqual([
    { personalise: true, contribute: true },
    { personalise: true, contribute: false },
    { personalise: false, contribute: false },
    { personalise: false, contribute: false },
  ]);
});

test("categories are named once, and what is said of nothing is that it was skipped", () => {
  expect(categoriesIn(" Garden,,Kitchen , Garden")).toEqual(["Garden", "Kitchen"]);
  expect(categoriesIn(null)).toEqual([]);
  expect(factsOf([], "  ")).toEqual({ categories: null, interests: null, onboarding: "skipped" });
  expect(factsOf(["Garden"], " mugs ")).toEqual({
    categories: ["Garden"],
    interests: "mugs",
    onboarding: null,
  });
  expect(
    factsOf(
      Array.from({ length: 30 }, (_, nth) => `${nth}`),
      "x".repeat(600),
    ),
  ).toMatchObject({
    categories: { length: 20 },
    interests: "x".repeat(500),
  });
});

test("undoing an answer says what was said before, whatever it was", () => {
  const said = fc.record(
    {
      categories: fc.array(fc.string()),
      interests: fc.string(),
      onboarding: fc.constant("skipped"),
      tier: fc.nat(),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(said, fc.array(fc.string()), fc.string(), (before, categories, interests) => {
      const now: Record<string, unknown> = { ...before };
      for (const facts of [factsOf(categories, interests), undoing(before)])
        for (const [name, value] of Object.entries(facts)) {
          if (value === null) delete now[name];
          else now[name] = value;
        }
      expect(now).toEqual(before);
      expect(isAnswered(before)).toBe(
        ["categories", "interests", "onboarding"].some((name) => name in before),
      );
    }),
  );
});
