/** What a shop dates later than today, a pre-order or a slip, is not the newest thing that there is. */
import { describe, expect, test } from "vitest";
import { headOf } from "../../server/publishing/head.ts";
import { readCatalogue } from "../../server/publishing/import/readcatalogue.ts";
import { inputOfBytes } from "../../server/publishing/input/input.ts";
import { Model } from "../../worker/rank/model.ts";
import { trending } from "../../worker/rank/recommend.ts";
import { CommandShop } from "./commandshop.ts";
import { inForceOf, openServer, temporaryDirectory, testConfig } from "./harness.ts";
import { importInto } from "./trainedserver.ts";

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 5, 1, 12);
const at = (days: number) => new Date(nowMs + days * dayMs).toISOString();

/** A shop without a crowd that has these dates, read as a file of the shop is; the last items have none. */
async function newShop(dates: readonly (string | undefined)[]) {
  const rows = dates.map((publishedAt, k) => ({ id: `i${k}`, title: `Thing ${"abcdefgh"[k]}`, publishedAt }));
  const read = await readCatalogue(inputOfBytes("c.json", new TextEncoder().encode(JSON.stringify(rows))));
  if (!read.ok) throw new Error(read.faults[0]);
  const server = await openServer(testConfig(temporaryDirectory()), { nowMs: () => nowMs });
  await importInto(server, read.items);
  const { id, sequence, model } = inForceOf(server);
  return new Model({ edition: { id, sequence }, joined: model, factors: null, isWhole: true });
}

describe("an item dated later than now, in a shop without a crowd", () => {
  test.each([
    ["2099", "2099-12-31"],
    ["the last year there is", "9999-12-31"],
    ["next week", at(7).slice(0, 10)],
    ["tomorrow", at(1).slice(0, 10)],
    ["in a minute", at(1 / 1440)],
    ["today, in a zone where it is not so late yet", "2026-06-01T11:30:00-01:00"],
    ["a leap day to come", "2028-02-29T00:00:00Z"],
  ])("%s, comes after those that are here, and is told to be new by no reason", async (_what, date) => {
    const model = await newShop([at(-400), date, at(-2), undefined, date, at(-0.01)]);
    const list = trending(model, { count: 6, nowMs });
    expect(list.map(({ item }) => item)).toEqual(["i5", "i2", "i0", "i1", "i3", "i4"]);
    expect(list.map(({ reasons }) => reasons[0].why)).toEqual([
      "new",
      "new",
      "new",
      "catalogue",
      "catalogue",
      "catalogue",
    ]);
    // Its day comes, and nothing has to be published for it.
    const later = trending(model, { count: 6, nowMs: Date.parse(date) });
    expect(later.slice(0, 2).map(({ item }) => item)).toEqual(["i1", "i4"]);
  });

  test.each(["2099-12-31", "9999-12-31", at(7), at(1 / 1440)])(
    "%s, has no place of the newest in a head",
    async (date) => {
      const server = await openServer(testConfig(temporaryDirectory()));
      const many = Array.from({ length: 4000 }, (_, k) => ({
        item: `i${k}`,
        title: `thing ${k % 40}`,
        categories: [],
        publishedAt: k === 3999 ? date : k === 3998 ? at(-1) : at(-400 - (k % 300)),
      }));
      await importInto(server, many);
      const items = headOf(inForceOf(server).model, "s", nowMs).cards.map(({ item }) => item);
      expect(items.length).toBeLessThan(many.length);
      expect(items[0]).toBe("i3998");
      expect(items).not.toContain("i3999");
      expect(headOf(inForceOf(server).model, "s", Date.parse(date)).cards[0].item).toBe("i3999");
    },
  );
});

describe("a line of a log that is dated later than now", () => {
  const rows = Array.from({ length: 12 }, (_, k) => ({ id: `sku${k}`, title: `Thing ${"abcdefghijkl"[k]}` }));
  const msAgo = (days: number) => Date.now() - days * dayMs;
  test.each([
    ["2099", "2099-12-31"],
    ["9999", "9999-12-31T00:00:00Z"],
    ["next month", new Date(msAgo(-30)).toISOString()],
    ["milliseconds of 2099", String(Date.UTC(2099, 0))],
    ["seconds with a digit too many", `${Math.floor(msAgo(0) / 1000)}0`],
  ])("%s, by a slip, moves an item that thirty bought no more than a line of then", async (_what, date) => {
    const shop = new CommandShop();
    await shop.import(rows);
    // The log is four years old: its ages are told from its own newest line.
    const bought = Array.from(
      { length: 30 },
      (_, u) => `u${u},${new Date(msAgo(4 * 365 + u)).toISOString()},sku1,1`,
    );
    const few = Array.from(
      { length: 10 },
      (_, u) => `v${u},${new Date(msAgo(4 * 365 + u)).toISOString()},sku2,1`,
    );
    expect(
      (await shop.train([...bought, ...few, `w,${date},sku3,1`], "customer,at,item,quantity")).status,
    ).toBe(0);
    const list = trending(await shop.model(), { count: 3, nowMs: Date.now() });
    expect(list.slice(0, 2).map(({ item }) => item)).toEqual(["sku1", "sku2"]);
  });
});
