import { expect, test } from "vitest";
import { privacyPlot } from "../../bench/privacyplot.ts";
import { delta, pairSettingsFor, settingsFor } from "../../bench/privacysettings.ts";
import { epsilonOf } from "../../core/sum/budget.ts";
import { productionLimits } from "../../core/sum/limits.ts";
import { contributionLayout, sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rhoOf } from "../../core/tasks/task.ts";
import { reportBytes } from "../../core/wire/report.ts";

/** Cost of one report under the settings. */
const costOf = (settings: ReturnType<typeof settingsFor>) =>
  rhoOf({ sensitivity: sensitivityOf(settings), sigma: settings.noiseMultiplier * settings.clipL2 });

test.each([1, 2, 4, 8])(
  "at epsilon %d all rounds together cost that and no more, in any crowd",
  (epsilon) => {
    for (const people of [3669, 10_000, 30_000, 100_000]) {
      const settings = settingsFor({ people, epsilon });
      const spent = epsilonOf({ rho: settings.rounds * costOf(settings), delta });
      expect(spent).toBeLessThanOrEqual(epsilon + 1e-9);
      expect(spent).toBeGreaterThan(0.999 * epsilon);
    }
  },
);

test.each([1, 2, 4, 8])("the one report on pairs costs epsilon %d and no more, in any crowd", (epsilon) => {
  for (const people of [3669, 10_000, 30_000, 100_000]) {
    const { settings } = pairSettingsFor({ people, epsilon });
    const sigma = settings.noiseMultiplier * settings.clipL2;
    const spent = epsilonOf({ rho: rhoOf({ sensitivity: sensitivityOf(settings), sigma }), delta });
    expect(spent).toBeLessThanOrEqual(epsilon + 1e-9);
    expect(spent).toBeGreaterThan(0.999 * epsilon);
  }
});

test("up to epsilon 4, browsers in production accept what these settings ask for", () => {
  for (const people of [3669, 10_000, 30_000, 100_000]) {
    const settings = settingsFor({ people, epsilon: 4 });
    const { length } = contributionLayout({ dim: settings.dim, blockSize: 3659 });
    expect(reportBytes([length], { token: true })).toBeLessThanOrEqual(productionLimits.reportBytes);
    expect(costOf(settings)).toBeLessThanOrEqual(productionLimits.rhoPerSum);
  }
});

test("the plot names every crowd and every epsilon, and its lines go up where recall does", () => {
  const settings = settingsFor({ people: 3669, epsilon: 4 });
  const row = (people: number, epsilon: number | null, mean: number) => {
    const of = { mean, sd: 0.004 };
    const pairSettings = pairSettingsFor({ people, epsilon });
    return { people, epsilon, settings, factors: of, hybrid: of, pairSettings, pairs: of, beside: of };
  };
  const svg = privacyPlot({
    delta,
    seeds: [1, 2, 3],
    items: 60,
    realPeople: 3669,
    judged: 24,
    content: 0.25,
    contentUncounted: 0.2,
    references: { popularity: 0.1, ease: 0.35, knn: 0.3 },
    rows: [
      row(3669, 1, 0.21),
      row(3669, 4, 0.27),
      row(30_000, 1, 0.24),
      row(30_000, 4, 0.3),
      row(3669, null, 0.33),
    ],
    seconds: 1,
  });
  for (const text of [
    "3,669 people",
    "30,000 people",
    "ε = 1",
    "ε = 4",
    "no noise 0.330",
    "content alone 0.250",
    "EASE on the logs 0.350",
  ]) {
    expect(svg).toContain(text);
  }
  const heights = [...svg.matchAll(/<polyline class="line c\d" points="([^"]*)"/g)].map(([, points]) =>
    points.split(" ").map((point) => Number(point.split(",")[1])),
  );
  expect(heights).toHaveLength(4);
  for (const [first, last] of heights) expect(last).toBeLessThan(first);
  expect(svg).not.toContain("NaN");
});
