import { expect, test } from "vitest";
import { parseEventInput } from "../../../core/events/event.ts";

test("what a page tracks is taken as it is, and what it says besides is left out", () => {
  const properties = { item: "a", amount: 3, query: "mug", position: 4, list: "for-you", depth: 0.5 };
  expect(parseEventInput("click", { ...properties, colour: "red" })).toEqual({
    kind: "click",
    ...properties,
  });
  expect(parseEventInput("checkout", undefined)).toEqual({ kind: "checkout" });
});

test("ids may be numbers, numbers may be text, and null is nothing", () => {
  expect(parseEventInput("purchase", { item: 20725, amount: "3", position: " 2 " })).toEqual({
    kind: "purchase",
    item: "20725",
    amount: 3,
    position: 2,
  });
  expect(parseEventInput("view", { item: 0, amount: null, query: null, position: null, list: null })).toEqual(
    {
      kind: "view",
      item: "0",
    },
  );
  expect(parseEventInput("search", null)).toEqual({ kind: "search" });
});

test.each([
  ["dance", { item: "a" }, "track: kind must be one of impression, click,"],
  ["veiw", { item: "a" }, 'got "veiw": view is meant?'],
  ["view", undefined, 'track: item must be given for "view", got nothing'],
  ["view", { item: "" }, 'track: item must be a non-empty string, got ""'],
  ["dwell", { item: "a", amount: -1 }, "track: amount must be a finite number of at least 0, got -1"],
  ["view", { item: "a", depth: 1.01 }, "track: depth must be a number from 0 to 1, got 1.01"],
  ["view", { item: "a", depth: -1 }, "track: depth must be a number from 0 to 1, got -1"],
  ["view", { item: "a", depth: "half" }, 'track: depth must be a number from 0 to 1, got "half"'],
  ["click", { item: "a", position: 0 }, "track: position must be an integer of at least 1, got 0"],
  ["click", { item: "a", position: 1.5 }, "track: position must be an integer of at least 1, got 1.5"],
  ["click", { item: "a", position: "2nd" }, 'track: position must be an integer of at least 1, got "2nd"'],
  ["click", { item: "a", position: "" }, 'track: position must be an integer of at least 1, got ""'],
  ["dwell", { item: "a", amount: true }, "track: amount must be a finite number of at least 0, got true"],
  ["dwell", { item: "a", amount: "many" }, 'track: amount must be a finite number of at least 0, got "many"'],
  ["view", { item: Number.NaN }, "track: item must be a non-empty string, got null"],
  ["view", { item: {} }, "track: item must be a non-empty string, got {}"],
  ["click", { item: "a", position: Infinity }, "track: position must be an integer of at least 1, got null"],
  ["click", { item: "a", list: "" }, 'track: list must be a non-empty string, got ""'],
  ["click", { item: "a", list: 7 }, "track: list must be a non-empty string, got 7"],
  ["purchase", { item: "a", once: "" }, "track: once must be a text of 1 to 200 characters, got text of 0"],
  [
    "purchase",
    { item: "a", once: "7".repeat(201) },
    "track: once must be a text of 1 to 200 characters, got text of 201",
  ],
  ["click", 5, "track: properties must be an object, got 5"],
])("%s %j is refused by name", (kind, properties, message) => {
  expect(() => parseEventInput(kind, properties)).toThrow(message);
});

test("what cannot be written is refused in words all the same: a circle, depths, lengths", () => {
  const circle: Record<string, unknown> = {};
  circle.of = circle;
  const deep: unknown = JSON.parse("[".repeat(20_000) + "]".repeat(20_000));
  for (const query of [circle, deep]) {
    expect(() => parseEventInput("search", { query })).toThrow("track: query must be a string, got object");
  }
  expect(() => parseEventInput("search", { query: ["x".repeat(5_000)] })).toThrow(
    /^track: query must be a string, got .{120}$/,
  );
});
