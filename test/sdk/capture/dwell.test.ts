import fc from "fast-check";
import { expect, test } from "vitest";
import { Dwell } from "../../../sdk/capture/dwell.ts";

const second = 1_000;
// As much of one as is asked here.
const element = {} as Element;

function dwelling() {
  const world = { nowMs: 0, isLooking: true, depth: 0 };
  const dwell = new Dwell({
    nowMs: () => world.nowMs,
    isLooking: () => world.isLooking,
    depthOf: () => world.depth,
  });
  return { world, dwell };
}

test("the time is that from the view to the end, and how far is the furthest", () => {
  const { world, dwell } = dwelling();
  dwell.view("a", element);
  for (const [nowMs, depth] of [
    [8, 0.3],
    [16, 0.754],
    [20, 0.1],
  ]) {
    Object.assign(world, { nowMs: nowMs * second, depth });
    dwell.act();
  }
  world.nowMs = 24 * second;
  expect(dwell.end()).toEqual({ item: "a", amount: 24, depth: 0.75 });
  expect(dwell.end()).toBeNull();
});

test("who looks away, or does nothing for half a minute, is not reading", () => {
  const { world, dwell } = dwelling();
  dwell.view("a", element);
  world.nowMs = 10 * second;
  world.isLooking = false;
  dwell.act();
  world.nowMs = 100 * second;
  world.isLooking = true;
  dwell.act();
  // Lunch.
  world.nowMs = 4_000 * second;
  expect(dwell.end()?.amount).toBe(10 + 30);
});

test("what was told when the page was hidden is not told again; what was next to nothing is told with the rest", () => {
  const { world, dwell } = dwelling();
  dwell.view("a", element);
  world.nowMs = 9 * second;
  expect(dwell.pause()?.amount).toBe(9);
  dwell.act();
  world.nowMs += 4 * second;
  expect(dwell.pause()).toBeNull();
  dwell.act();
  world.nowMs += 6 * second;
  expect(dwell.end()?.amount).toBe(10);
});

test("of several products on a page the first is what it is about, until the page view ends", () => {
  const { world, dwell } = dwelling();
  dwell.view("a", element);
  dwell.view("b", element);
  world.nowMs = 7 * second;
  expect(dwell.end()?.item).toBe("a");
  dwell.view("b", element);
  world.nowMs += 7 * second;
  expect(dwell.end()?.item).toBe("b");
});

test("never more than has passed while somebody looked, whatever happens and however clocks jump", () => {
  const step = fc.record({
    ms: fc.integer({ min: -5_000, max: 60_000 }),
    isLooking: fc.boolean(),
    depth: fc.float(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const { world, dwell } = dwelling();
      dwell.view("a", element);
      let [told, lookedMs] = [0, 0];
      for (const { ms, isLooking, depth } of steps) {
        lookedMs += world.isLooking ? Math.max(0, ms) : 0;
        Object.assign(world, { nowMs: world.nowMs + ms, isLooking, depth });
        dwell.act();
        const dwelt = dwell.pause();
        dwell.act();
        told += dwelt?.amount ?? 0;
        const share = dwelt?.depth ?? 0;
        expect(share >= 0 && share <= 1).toBe(true);
      }
      expect(told).toBeLessThanOrEqual(lookedMs / second + steps.length / 2);
    }),
  );
});
