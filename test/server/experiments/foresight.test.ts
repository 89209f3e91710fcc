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
  const lift = Number(conversion.answers?.lift);
  const [p0, p1] = [0.03, 0.03 * (1 + lift)];
  const error = Math.sqrt((p0 * (1 - p0) + p1 * (1 - p1)) / 15_000);
  expect((p1 - p0) / error).toBeCloseTo(1.959964 + 0.841621, 3);
});

test("noise makes the smallest lift larger, more looks and lanes more so, and more people make it smaller", () => {
  const lift = (people: number, settings: Parameters<typeof foreseen>[2]): number =>
    Number(foreseen(draft, people, settings)[0].answers?.lift);
  expect(lift(30_000, noisy)).toBeGreaterThan(lift(30_000, silent));
  expect(lift(30_000, { ...noisy, days: 1 })).toBeGreaterThan(lift(30_000, noisy));
  expect(lift(30_000, { ...noisy, lanes: 4 })).toBeGreaterThan(lift(30_000, noisy));
  expect(lift(60_000, noisy)).toBeLessThan(lift(30_000, noisy));
});

test("a question that no crowd of that size answers is said to have no answer, and up to which lift it was asked", () => {
  const lines = foreseenLines(foreseen(draft, 30, noisy), 30);
  expect(lines[1]).toContain("not even a lift of 100 %: this cannot be answered");
  const often = { ...draft, metrics: [{ ...draft.metrics[0], expected: 0.8 }] };
  expect(foreseenLines(foreseen(often, 30, noisy), 30)[1]).toContain("not even a lift of 25 %");
});

test("each metric has its line: of ratios that nothing is foretold, of others what was taken for known", () => {
  const metrics = [
    ...draft.metrics,
    { name: "unsaid", of: { count: "click" }, cap: 10, isAdjusted: true } as const,
  ];
  const lines = foreseenLines(foreseen({ ...draft, metrics }, 30_000, noisy), 30_000);
  for (const { name } of metrics)
    expect(lines.filter((line) => line.startsWith(`  ${name}: `))).toHaveLength(1);
  expect(lines.find((line) => line.startsWith("  ratio: "))).toContain("nothing is foretold");
  expect(lines.slice(-2).map((line) => line.slice(0, 11))).toEqual(["    taken: ", "    taken: "]);
  expect(lines.filter((line) => line.includes("taken: "))).toHaveLength(2);
});

test("arms of a small coverage are foreseen by the buckets that they are dealt", () => {
  const liftAt = (coverage: number): number => {
    const arms = [
      { name: "a", weight: 0.99 },
      { name: "b", weight: 0.01 },
    ];
    return foreseen({ ...draft, arms, coverage }, 3_000_000, silent)[0].answers?.lift ?? Number.NaN;
  };
  // Of 150 buckets the second arm has 2, not one and a half.
  expect(liftAt(0.015)).toBeLessThan(0.95 * liftAt(1));
  expect(liftAt(0.5)).toBeCloseTo(liftAt(1), 9);
});
