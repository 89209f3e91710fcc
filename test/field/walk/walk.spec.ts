/** A short random walk in each engine; `npm run field:walk` goes further. */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Engine } from "../engines/engine.ts";
import { engines, wantedEngines } from "../engines/registry.ts";
import { walk } from "./walk.ts";

const count = 100;

describe.each(wantedEngines())("%s", (name) => {
  let engine: Engine | undefined;
  beforeAll(async () => {
    engine = await engines[name].start();
  }, 60_000);
  afterAll(() => engine?.stop());

  test(`in ${count} steps of chance nothing is lost or doubled, no "no" forgotten, no budget bought`, async () => {
    if (engine === undefined) throw new Error(`${name}: expected it to have started, got none`);
    const { contradictions } = await walk({ engine, target: inject("tacitServer"), count, seed: 7 });
    expect(contradictions).toEqual([]);
  }, 240_000);
});
