/**
 * What cannot be said, as of a later version of the SDK or not as its type has it: it is left out, and
 * nothing throws.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reasonInWords, reasonsInWords } from "../../../sdk/reasons/reasons.ts";
import type { Reason } from "../../../worker/api.ts";
import { everyReason, languages, nowMs } from "./every.ts";

const view = (contribution: number): Reason => ({
  ...{ why: "event", event: "a", kind: "view", item: "1", title: "Mug", atMs: nowMs },
  contribution,
});
const unknown = (contribution: number): Reason =>
  // A later worker has more features than these words.
  ({ why: "feature", feature: "weather", contribution }) as unknown as Reason;
/** As plain scripts call it, whatever the types say. */
const line = reasonInWords as (reason: unknown, options?: unknown) => string;
const sentence = reasonsInWords as (reasons: unknown, options?: unknown) => string;
const en = { language: "en" };

describe("what has no words", () => {
  test("takes no place", () => {
    const reasons = [unknown(10), unknown(10), unknown(10), view(5)];
    expect(reasonsInWords(reasons, { ...en, most: 3 })).toBe("Because you viewed “Mug”.");
    const against = [unknown(-10), unknown(-10), view(-5)];
    expect(reasonsInWords(against, { ...en, against: 1 })).toBe("Against it: you viewed “Mug”.");
  });

  test("makes nothing small", () => {
    expect(reasonsInWords([unknown(1_000), view(5)], en)).toBe("Because you viewed “Mug”.");
    expect(reasonsInWords([unknown(1_000), view(-5)], { ...en, against: 1 })).toBe(
      "Against it: you viewed “Mug”.",
    );
  });

  test("does not stand for its item", () => {
    const later = { ...view(10), kind: "worn" } as unknown as Reason;
    expect(reasonsInWords([later, view(5)], en)).toBe("Because you viewed “Mug”.");
  });

  test("changes no sentence of other reasons, in whatever number and order", () => {
    const others = fc.array(
      fc
        .tuple(fc.constantFrom(...everyReason), fc.double({ min: -1, max: 1, noNaN: true }))
        .map(([{ reason }, contribution]): Reason => ({ ...reason, contribution })),
      { maxLength: 8 },
    );
    const added = fc.array(fc.tuple(fc.nat(8), fc.double()), { maxLength: 8 });
    fc.assert(
      fc.property(others, added, fc.constantFrom(...languages), (reasons, places, language) => {
        const options = { language, nowMs, most: 3, against: 2 };
        const more = [...reasons];
        for (const [place, contribution] of places) more.splice(place, 0, unknown(contribution));
        expect(reasonsInWords(more, options)).toBe(reasonsInWords(reasons, options));
      }),
    );
  });
});

describe("what is not as its type has it", () => {
  test("a contribution that is no finite number is none, alone as in a sentence", () => {
    for (const contribution of [Number.NaN, Infinity, -Infinity, undefined, null, "1", 1n]) {
      const reason = { ...view(1), contribution };
      expect(line(reason, en)).toBe("");
      expect(sentence([reason], { ...en, against: 1 })).toBe("");
      expect(sentence([reason, view(0.5)], en)).toBe("Because you viewed “Mug”.");
    }
  });

  test("a title of the site's that fails or is no text is the catalogue's", () => {
    const fails = () => {
      throw new Error("no titles");
    };
    for (const titleOf of [fails, () => 42, () => undefined, () => null, () => ({}), null, "title", 7]) {
      expect(line(view(1), { ...en, titleOf })).toBe("because you viewed “Mug”");
      expect(sentence([view(1)], { ...en, titleOf })).toBe("Because you viewed “Mug”.");
    }
  });

  test("a reason without a title has the item's id, and without that no words", () => {
    const { title, ...untitled } = { title: "Mug", item: "84879", why: "similar", contribution: 1 };
    expect(line(untitled, en)).toBe("similar to “84879”");
    for (const none of [undefined, null, 5, {}])
      expect(line({ ...untitled, title: none }, en)).toBe("similar to “84879”");
    expect(line({ ...untitled, item: undefined, title }, en)).toBe("similar to “Mug”");
    expect(line({ ...untitled, item: undefined }, en)).toBe("");
    const nameless = ["Cup", "Mug"].map((name) => ({ ...untitled, item: undefined, title: name }));
    expect(sentence(nameless, en)).toBe("Because it is similar to “Cup” and “Mug”.");
  });

  test("a number of reasons that is none is not said", () => {
    for (const events of [Number.NaN, Infinity, 0, -1, 1.5, undefined, null, "2"])
      expect(line({ why: "others", events, contribution: 1 }, en)).toBe("");
  });

  test("a time that is none is not said, nor a day that is to come", () => {
    for (const atMs of [Number.NaN, Infinity, undefined, null, "1", 1n])
      expect(line({ ...view(1), atMs }, { ...en, nowMs })).toBe("because you viewed “Mug”");
    const arrived = { why: "new", publishedAt: "2026-11-01", contribution: 1 };
    for (const time of [Number.NaN, null, undefined, "soon"]) {
      expect(line(view(1), { ...en, nowMs: time })).toBe("because you viewed “Mug”");
      expect(line(arrived, { ...en, nowMs: time })).toBe("new in the shop");
    }
    expect(line({ ...arrived, publishedAt: "2026-12-01" }, { ...en, nowMs })).toBe("new in the shop");
    for (const publishedAt of [null, undefined, {}, Number.NaN])
      expect(line({ ...arrived, publishedAt }, { ...en, nowMs })).toBe("new in the shop");
  });

  test("no list, no reason and no options are an empty text, or the words without them", () => {
    for (const nothing of [null, undefined, 5, "reasons", {}, Symbol("a")]) {
      expect(line(nothing, en)).toBe("");
      expect(sentence(nothing, en)).toBe("");
      expect(sentence([nothing, view(1), nothing], en)).toBe("Because you viewed “Mug”.");
      expect(line(view(1), nothing)).toContain("“Mug”");
      expect(sentence([view(1)], nothing)).toContain("“Mug”");
    }
    expect(line(view(1), { language: null })).toBe(line(view(1)));
    expect(sentence([view(1), view(-1)], { ...en, most: null, against: null })).toBe(
      "Because you viewed “Mug”.",
    );
    expect(sentence([view(1)], { ...en, most: Number.NaN })).toBe("");
  });

  test("nothing throws, whatever a field or an option is", () => {
    const throwing = {
      get why() {
        throw new Error("no reason");
      },
    };
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withSparseArray: true }),
      fc.constantFrom(Symbol("a"), throwing, () => throwing),
    );
    const fields = fc.constantFrom(
      "why",
      "kind",
      "item",
      "title",
      "atMs",
      "events",
      "asked",
      "found",
      "said",
    );
    const more = fc.constantFrom("fact", "publishedAt", "of", "value", "wish", "feature", "contribution");
    const options = fc.constantFrom("language", "nowMs", "titleOf", "most", "against");
    fc.assert(
      fc.property(
        fc.constantFrom(...everyReason),
        fc.tuple(fc.oneof(fields, more), anything),
        fc.tuple(options, anything),
        ({ reason }, [field, value], [option, chosen]) => {
          const odd = { ...reason, [field]: value };
          for (const how of [{ ...en, nowMs, against: 3 }, { [option]: chosen }, chosen]) {
            expect(typeof line(odd, how)).toBe("string");
            expect(typeof sentence([odd, reason, value], how)).toBe("string");
            expect(typeof sentence(value, how)).toBe("string");
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect([line(throwing), sentence([throwing]), sentence(throwing)]).toEqual(["", "", ""]);
  });
});

test("an item that a wish names is not named again", () => {
  const wish: Reason = { why: "wish", wish: "boost", of: "item", value: "1", title: "Mug", contribution: 2 };
  expect(reasonsInWords([view(1), wish], en)).toBe("Because you asked for more like “Mug”.");
  const brand: Reason = { why: "wish", wish: "boost", of: "brand", value: "1", contribution: 2 };
  expect(reasonsInWords([view(1), brand], en)).toBe(
    "Because you asked for more from the brand “1” and you viewed “Mug”.",
  );
});
