import { expect, test } from "vitest";
import { parseDraft } from "../../../server/experiments/draft.ts";
import { foreseen, foreseenLines } from "../../../server/experiments/foresight.ts";

const draft = parseDraft({
  name: "banner",
  arms: [{ name: "as-now" }, { name: "large" }],
  metrics: [
    { name: "conversion", of: { any: "purchase" }, cap: 1, expected: 0.03 },
    { name: "clicks", of: { count: "click" }, cap: 10, expected: 0.2 },
    { name: "ratio", of: { count: "click" }, cap: 10, per: { of: { count: "impression" }, cap: 50 } },
  ],
});
const silent = { days: 7, noiseMultiplier: 0, lanes: 1 } as const;
const noisy = { ...silent, noiseMultiplier: 5 } as const;

test("without noise a proportion's smallest lift is that of the textbook's two proportions", () => {
  const [conversion] = foreseen(draft, 30_000, silent);
  const lift = Number(conversion.withNoise.lift);
  const [p0, p1] = [0.03, 0.03 * (1 + lift)];
  const error = Math.sqrt((p0 * (1 - p0) + p1 * (1 - p1)) / 15_000);
  expect((p1 - p0) / error).toBeCloseTo(1.959964 + 0.841621, 3);
});

test("noise makes the smallest lift larger, more looks and lanes more so, and more people make it smaller", () => {
  const lift = (people: number, settings: Parameters<typeof foreseen>[2]): number =>
    Number(foreseen(draft, people, settings)[0].withNoise.lift);
  expect(lift(30_000, noisy)).toBeGreaterThan(lift(30_000, silent));
  expect(lift(30_000, { ...noisy, days: 1 })).toBeGreaterThan(lift(30_000, noisy));
  expect(lift(30_000, { ...noisy, lanes: 4 })).toBeGreaterThan(lift(30_000, noisy));
  expect(lift(60_000, noisy)).toBeLessThan(lift(30_000, noisy));
});

test("a question that no crowd of that size answers is said to have no answer; of ratios nothing is foretold", () => {
  const lines = foreseenLines(foreseen(draft, 30, noisy), 30);
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain("no lift, however great: this cannot be answered");
});
