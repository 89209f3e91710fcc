/**
 * What `tacit train` makes of logs as they come from spreadsheets, other systems and robots, seen from the
 * shelf: a log about something else replaces nothing, one visitor moves nobody's list, what is bought now is
 * wanted now, and a catalogue that shrank is no fault.
 */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import { forYou, trending } from "../../worker/rank/recommend.ts";
import { CommandShop } from "./commandshop.ts";

const things = ["mug", "lamp", "clock", "vase"];
const rows = Array.from({ length: 40 }, (_, k) => ({
  id: `00${k}7`,
  title: `${["Red", "Blue"][k % 2]} ${things[k % 4]} no ${k}`,
}));
/** 60 people, each with five things of one kind. */
const bought = Array.from({ length: 300 }, (_, n) => {
  const person = Math.floor(n / 5);
  return { person: `u${person}`, item: rows[(person % 4) + 4 * ((person + (n % 5) * 3) % 10)].id };
});

const linesOf = (idOf: (id: string) => string) =>
  bought.map(({ person, item }) => `${person},${idOf(item)},1`);

describe("a log about something else", () => {
  test.each([
    ["of another system's ids", (id: string) => `shopify_US_${id}`, 0],
    ["that lost leading zeros in a spreadsheet", (id: string) => id.replace(/^0+/, ""), 0],
    ["whose ids became decimals", (id: string) => `${Number(id)}.0`, 0],
    ["with an apostrophe before each number", (id: string) => `'${id}`, 0],
    ["of which a few ids fit by chance", (id: string) => (id === "0007" ? id : `x${id}`), 8],
  ])("%s is refused in a line with ids of both sides, and replaces nothing", async (_kind, idOf, fitting) => {
    const shop = new CommandShop();
    await shop.import(rows);
    expect((await shop.train(linesOf((id) => id))).status).toBe(0);
    const before = await shop.inForce();
    const { status, err } = await shop.train(linesOf(idOf));
    expect([status, err.length]).toEqual([1, 1]);
    const matched = fitting === 0 ? "no line that can be learned from|0 of 300 lines" : "\\d of 300 lines";
    expect(err[0]).toMatch(
      new RegExp(`^train: at least half of the log must be about items of the catalogue, got (?:${matched})`),
    );
    expect(err[0]).toContain(
      `not there: "${idOf(bought.find(({ item }) => idOf(item) !== item)?.item ?? "")}"`,
    );
    expect(err[0]).toContain('in the catalogue: "0007"');
    expect(err[0]).not.toMatch(/\.ts:\d+|RangeError/);
    expect((await shop.inForce()).id).toBe(before.id);
  });

  test("is learned from by force where a line fits, and not by any force where none does", async () => {
    const shop = new CommandShop();
    await shop.import(rows);
    const few = linesOf((id) => (id === "0007" || id === "0047" ? id : `x${id}`));
    expect((await shop.train(few, undefined, ["--force"])).status).toBe(0);
    const none = await shop.train(
      linesOf((id) => `x${id}`),
      undefined,
      ["--force"],
    );
    expect([none.status, none.err.length]).toEqual([1, 1]);
  });
});

describe("one visitor who dealt with everything", () => {
  const each = (line: (id: string, n: number) => string, times: number) =>
    Array.from({ length: times * rows.length }, (_, n) => line(rows[n % rows.length].id, n));
  test.each([
    ["ten thousand times", each((id) => `bot,${id},1`, 250)],
    ["a million pieces at once", each((id) => `bot,${id},1000000`, 1)],
    ["and gave most of it back", each((id, n) => `bot,${id},${n < rows.length ? 5 : -4}`, 2)],
    ["under twenty names", each((id, n) => `bot${n % 20},${id},1`, 20)],
  ])("%s leaves a mug buyer's shelf as it is: mugs", async (_kind, lines) => {
    const shop = new CommandShop();
    await shop.import(rows);
    expect((await shop.train([...linesOf((id) => id), ...lines])).status).toBe(0);
    const model = await shop.model();
    const nowMs = Date.now();
    const events = [{ id: "e", kind: "purchase" as const, item: "0007", atMs: nowMs - 1000 }];
    const shelf = forYou(model, new JournalProfile(model.ranking, { events, nowMs }), { count: 5, nowMs });
    expect(shelf.filter(({ title }) => title.includes("mug")).length).toBeGreaterThanOrEqual(4);
  });
});

describe("what twenty bought yesterday", () => {
  const dayMs = 86_400_000;
  test.each([
    ["minutes", (ms: number) => String(Math.floor(ms / 60_000))],
    ["seconds", (ms: number) => String(Math.floor(ms / 1000))],
    ["milliseconds", (ms: number) => String(ms)],
    ["ISO 8601", (ms: number) => new Date(ms).toISOString()],
    ["days", (ms: number) => new Date(ms).toISOString().slice(0, 10)],
  ])("is wanted more than what thirty bought six years ago, with times in %s", async (_unit, written) => {
    const shop = new CommandShop();
    await shop.import(rows);
    const nowMs = Date.now();
    const old = Array.from({ length: 30 }, (_, u) => `old${u},${written(nowMs - 6 * 365 * dayMs)},0017,1`);
    const fresh = Array.from({ length: 20 }, (_, u) => `new${u},${written(nowMs - dayMs)},0027,1`);
    const lines = [...old, ...fresh];
    expect((await shop.train(lines, "customer,at,item,quantity")).status).toBe(0);
    expect(trending(await shop.model(), { count: 1, nowMs })[0].item).toBe("0027");
  });
});

test.each([39, 20, 3, 1])(
  "a catalogue cut to %d of 40 items is trained again on the same log",
  async (left) => {
    const shop = new CommandShop();
    await shop.import(rows);
    await shop.train(linesOf((id) => id));
    await shop.import(rows.slice(0, left));
    expect(await shop.train(linesOf((id) => id))).toMatchObject({ status: 0 });
    const model = await shop.model();
    expect(trending(model, { count: 40 }).length).toBe(left);
  },
);

test.each(["with space", "dä ta#1", "x?=%20&mode=ro", "a'b", "%41", ":memory:", "💡"])(
  "a data directory called %j is that directory, for import and train alike",
  async (name) => {
    const shop = new CommandShop(name);
    expect((await shop.import(rows)).status).toBe(0);
    expect((await shop.train(linesOf((id) => id))).status).toBe(0);
    expect((await shop.inForce()).model.items).toBe(40);
    expect(readdirSync(shop.data)).toContain("leader.sqlite");
  },
);
