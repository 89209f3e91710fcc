/**
 * Wishes as facts: one name a thing, the last word on it, however it is written; and what is none is refused
 * in words.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { faultOf } from "../../../core/facts/table.ts";
import {
  parseWishes,
  type WishInput,
  wishesIn,
  wishFact,
  wishKinds,
  wishTargets,
} from "../../../core/policy/wish.ts";

const wishes: fc.Arbitrary<WishInput> = fc.record({
  wish: fc.constantFrom(...wishKinds),
  of: fc.constantFrom(...wishTargets),
  value: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ""),
});

test("what is wished is read back as it was written, and is a fact that may be said", () => {
  fc.assert(
    fc.property(wishes, (wish) => {
      const [fact] = parseWishes(wish);
      expect(fact).toEqual(wishFact(wish));
      expect(faultOf(fact.fact, fact.value)).toBeNull();
      expect(wishesIn([fact])).toEqual([wish]);
    }),
  );
});

test("of one thing there is one wish, whatever its case; items are told apart by every letter", () => {
  fc.assert(
    fc.property(wishes, ({ wish, of, value }) => {
      const other = value.toUpperCase();
      const same = wishFact({ wish, of, value }).fact === wishFact({ wish: null, of, value: other }).fact;
      expect(same).toBe(
        of === "item" ? value === other : value.trim().toLowerCase() === other.trim().toLowerCase(),
      );
    }),
  );
});

test.each([
  [7, "steer: expected { wish, of, value }, got 7"],
  [
    { wish: "mute", of: "colour", value: "red" },
    'steer: of must be one of item, category, brand, word, got "colour"',
  ],
  [
    { wish: "hide", of: "word", value: "red" },
    'steer: wish must be one of mute, boost, less, or null, got "hide"',
  ],
  [{ of: "word", value: "red" }, "steer: wish must be one of mute, boost, less, or null, got nothing"],
  [{ wish: "mute", of: "word", value: "" }, "steer: value must be text of at most 256 characters, got 0"],
  [
    { wish: "mute", of: "word", value: "x".repeat(300) },
    "steer: value must be text of at most 256 characters, got 300",
  ],
  [{ wish: "mute", of: "word" }, "steer: value must be text, got nothing"],
])("%j is refused with what was expected", (given, fault) => {
  expect(() => parseWishes(given)).toThrow(new TypeError(fault));
});
