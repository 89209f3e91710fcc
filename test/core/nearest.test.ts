import { expect, test } from "vitest";
import { nearestName } from "../../core/nearest.ts";

test.each([
  ["exlude", ["count", "exclude", "includeSeen"], "exclude"],
  ["includeseen", ["count", "exclude", "includeSeen"], "includeSeen"],
  ["cuont", ["count", "exclude"], "count"],
  ["itm", ["amount", "item"], "item"],
  ["2072S", ["84879", "20725", "20728"], "20725"],
])("%s among %j is %s", (name, known, meant) => {
  expect(nearestName(name, known)).toBe(meant);
});

test.each([
  ["limit", ["count", "exclude", "includeSeen"]],
  ["x", ["ab", "cd"]],
  ["count", []],
])("%s among %j is nobody's misspelling", (name, known) => {
  expect(nearestName(name, known)).toBeNull();
});

test("of two at the same distance the first is meant", () => {
  expect(nearestName("20726", ["20725", "20727"])).toBe("20725");
});
