/**
 * Real customers on the demo's catalogue: a profile that grew order line by order line, over days, ranks as the
 * plain fold-in of everything at once does.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readShop } from "../../../bench/shop.ts";
import { shopOf } from "../../../bench/speed/shops.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import { parseContent } from "../../../core/model/content.ts";
import { jointDefaults } from "../../../core/model/joint.ts";
import { dequantizeRows } from "../../../core/model/quantize.ts";
import { bestRows } from "../../../core/ranking/best.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { rankingModel } from "../../../core/ranking/model.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { denseRows } from "../../../core/rows.ts";
import { dayMs } from "../../../core/time.ts";
import { plainProfile } from "./plainprofile.ts";

const dim = 40;
const { parts, ids } = await shopOf({ items: 3659, contentDim: dim, factorDim: 4 });
const content = parts.find(({ kind }) => kind === "content")?.bytes ?? new Uint8Array(0);
const values = dequantizeRows(parseContent(content).rows, dim);
const model = rankingModel({
  cards: ids.map((item) => ({ item })),
  shares: new Float64Array(ids.length).fill(0.1),
  jointRows: () => denseRows(values, ids.length, dim),
  ...jointDefaults.joint,
});
const { customers } = readShop(fileURLToPath(new URL("../../../demo/data", import.meta.url)));
const longest = customers.toSorted((a, b) => b.length - a.length).slice(0, 3);
const others = customers.filter((_, at) => at % 400 === 7);

describe.each([...longest, ...others].map((lines, at) => ({ lines, at })))("customer $at", ({ lines }) => {
  test(`of ${lines.length} lines is shown the same list, with scores equal to nine digits`, () => {
    const events = lines.map(
      ({ item, atMs, quantity }, k): TacitEvent => ({
        ...{ id: `line-${String(k).padStart(6, "0")}`, kind: "purchase", item, atMs, amount: quantity },
      }),
    );
    const profile = new JournalProfile(model, { events: [], nowMs: events[0].atMs });
    for (const [k, event] of events.entries()) {
      profile.ageTo(event.atMs);
      profile.add(event);
      // Lists are asked for now and then, so that what is solved is kept through all of it.
      if (k % 50 === 0) expect(profile.solved).not.toBeNull();
    }
    const nowMs = events[events.length - 1].atMs + 3 * dayMs;
    profile.ageTo(nowMs);
    const plain = plainProfile(model, { events, nowMs });
    const vector = plain.userVector ?? new Float64Array(dim);
    const scores = new Float64Array(model.count);
    for (let row = 0; row < model.count; row++) {
      for (let k = 0; k < dim; k++) scores[row] += values[row * dim + k] * vector[k];
    }
    const ranked = rank({ model, by: "person", profile });
    for (const [row, score] of scores.entries()) {
      expect(Math.abs(ranked.scores[row] - score)).toBeLessThan(1e-9);
    }
    const wanted = bestRows({ scores, barred: plain.seen }, 100);
    expect([...bestRows(ranked, 100)]).toEqual([...wanted]);
  });
});
