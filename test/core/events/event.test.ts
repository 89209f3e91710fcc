import { expect, test } from "vitest";
import { parseEventInput } from "../../../core/events/event.ts";

test("what a page tracks is taken as it is, and what it says besides is left out", () => {
  const properties = { item: "a", amount: 3, query: "mug", position: 4, list: "for-you" };
  expect(parseEventInput("click", { ...properties, colour: "red" })).toEqual({
    kind: "click",
    ...properties,
  });
  expect(parseEventInput("checkout", undefined)).toEqual({ kind: "checkout" });
});

test.each([
  ["dance", { item: "a" }, "track: kind must be one of impression, click,"],
  ["view", undefined, 'track: item must be given for "view", got nothing'],
  ["view", { item: "" }, 'track: item must be a non-empty string, got ""'],
  ["dwell", { item: "a", amount: -1 }, "track: amount must be a finite number of at least 0, got -1"],
  ["click", { item: "a", position: 0 }, "track: position must be an integer of at least 1, got 0"],
  ["click", { item: "a", position: 1.5 }, "track: position must be an integer of at least 1, got 1.5"],
  ["click", { item: "a", position: "2" }, 'track: position must be an integer of at least 1, got "2"'],
  ["click", { item: "a", position: Infinity }, "track: position must be an integer of at least 1, got null"],
  ["click", { item: "a", list: "" }, 'track: list must be a non-empty string, got ""'],
  ["click", { item: "a", list: 7 }, "track: list must be a non-empty string, got 7"],
  ["click", 5, "track: properties must be an object, got 5"],
])("%s %j is refused by name", (kind, properties, message) => {
  expect(() => parseEventInput(kind, properties)).toThrow(message);
});
