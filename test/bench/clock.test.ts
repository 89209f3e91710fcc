/** The attack on a report's time, small: it names nobody by a drawn time, and nearly all by a fixed one. */
import { describe, expect, test } from "vitest";
import { attack } from "../../bench/clock/attack.ts";
import {
  fixedDelay,
  keptSchedule,
  type Mechanism,
  manyPages,
  onePage,
  type Style,
  visitMs,
  worldOf,
} from "../../bench/clock/world.ts";
import { seededRandom } from "../../core/seeded.ts";
import { unhurried } from "../../worker/contribute/pace.ts";

function attacked(style: Style, mechanism: Mechanism, widthMs: number, loadsPerSecond: number) {
  const found = [1, 2].map((seed) => {
    const world = worldOf({ visits: 80, loadsPerSecond, style, mechanism, draw: seededRandom(seed) });
    const draw = seededRandom(50 + seed);
    return attack(world, { style, mechanism, visitMs, plays: 300, widthMs, draw });
  });
  const mean = (of: (one: (typeof found)[number]) => number) =>
    found.reduce((sum, one) => sum + of(one), 0) / found.length;
  return { named: mean(({ named }) => named), chance: mean(({ chance }) => chance) };
}

describe.each([
  [onePage, 0.3],
  [onePage, 1],
  [manyPages, 1],
])("$name, %d page loads a second", (style, loadsPerSecond) => {
  test("a drawn time names no more than chance and 5 %", () => {
    const { named, chance } = attacked(style, keptSchedule({ pace: unhurried }), 2000, loadsPerSecond);
    // The standard deviation of a share of some 140 reports is 1.5 % at 3 %.
    expect(named - chance).toBeLessThan(0.05 + 2 * 0.015);
  });

  test("a fixed delay names most, and so does a time drawn from a second", () => {
    expect(attacked(style, fixedDelay(4950), 50, loadsPerSecond).named).toBeGreaterThan(0.8);
    const hasty = {
      ...unhurried,
      ask: { leastMs: 0, mostMs: 10 },
      token: { leastMs: 0, mostMs: 10 },
      report: { leastMs: 4_000, mostMs: 5_000 },
    };
    expect(attacked(style, keptSchedule({ pace: hasty }), 200, loadsPerSecond).named).toBeGreaterThan(0.4);
  });
});

test("nine of ten visits of three minutes report in time, whatever their pages", () => {
  for (const style of [onePage, manyPages]) {
    const draw = seededRandom(9);
    const mechanism = keptSchedule({ pace: unhurried });
    let sent = 0;
    for (let k = 0; k < 500; k++) {
      const pages: { fromMs: number; toMs: number }[] = [];
      for (let atMs = 0; atMs < 180_000; ) {
        const toMs = Math.min(180_000, atMs + style.pageMs(draw));
        pages.push({ fromMs: atMs, toMs });
        atMs = toMs + 800;
      }
      if (mechanism(pages, draw) !== null) sent += 1;
    }
    expect(sent / 500).toBeGreaterThanOrEqual(0.9);
  }
});
