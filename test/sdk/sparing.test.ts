import { beforeEach, expect, test, vi } from "vitest";
import type { SparingNavigator } from "../../sdk/browseredges.ts";

/** As another page has it: asked anew. */
let asksToBeSpared: (browser: SparingNavigator) => boolean;
beforeEach(async () => {
  vi.resetModules();
  ({ asksToBeSpared } = await import("../../sdk/browseredges.ts"));
});

// As much of one as is asked here.
const navigatorWith = (said: object) => said as SparingNavigator;
const answered = () => new Promise((resolve) => setTimeout(resolve));

test("who asked for few bytes is spared, and who says nothing of either is not", () => {
  expect(asksToBeSpared(navigatorWith({ connection: { saveData: true } }))).toBe(true);
  expect(asksToBeSpared(navigatorWith({}))).toBe(false);
});

test.each([
  [{ charging: false, level: 0.2 }, true],
  [{ charging: false, level: 0.21 }, false],
  [{ charging: true, level: 0.05 }, false],
])("a battery of %j: spared until it has answered, and then %s", async (battery, isSpared) => {
  const browser = navigatorWith({ getBattery: async () => battery });
  expect(asksToBeSpared(browser)).toBe(true);
  await answered();
  expect(asksToBeSpared(browser)).toBe(isSpared);
});

test("a browser that refuses to say is taken at its word", async () => {
  const browser = navigatorWith({ getBattery: () => Promise.reject(new Error("refused")) });
  asksToBeSpared(browser);
  await answered();
  expect(asksToBeSpared(browser)).toBe(false);
});
