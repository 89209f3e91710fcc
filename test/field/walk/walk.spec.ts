/**
 * Two short random walks: one that is always the same, and one by a seed that is drawn. The seed stands in the
 * title: `npm run field:walk -- --steps 60 --seed N` takes the same steps again, and goes further.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../engines/engine.ts";
import { engines, wantedEngines } from "../engines/registry.ts";
import { startShop } from "./shop.ts";
import { walk } from "./walk.ts";

const count = 60;
const title = `in ${count} steps of chance nothing is lost or doubled, no "no" forgotten, no budget bought`;
const drawn = 1 + Math.floor(Math.random() * 1_000_000);

describe.each(wantedEngines())("%s", (name) => {
  if (name !== "chromium") {
    test.skip(`${title} (not yet: the walk's faults were tried in Chromium alone)`, () => undefined);
    return;
  }
  let engine: Engine;
  let shop: Awaited<ReturnType<typeof startShop>>;
  beforeAll(async () => {
    shop = await startShop();
    engine = await engines[name].start();
  }, 180_000);
  afterAll(async () => {
    await engine?.stop();
    await shop?.stop();
  });

  test.each([7, drawn])(
    `${title} (seed %i)`,
    async (seed) => {
      const { contradictions, looks, steps } = await walk({ engine, target: shop.address, count, seed });
      expect(contradictions).toEqual([]);
      expect(steps).toBe(count);
      // Every fifth step and each fault is compared: else nothing would be found.
      expect(looks.device + looks.memory).toBeGreaterThanOrEqual(count / 5);
      expect(looks.device).toBeGreaterThan(0);
    },
    240_000,
  );
});
