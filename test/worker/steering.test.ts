/**
 * A person steers what a device lists: at once, in every list and tab, for as long as it is wished; and the
 * site, by its edition.
 */
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { pauseMs } from "../../core/facts/steering.ts";
import { type WishInput, wishFact } from "../../core/policy/wish.ts";
import type { ListRequest, Recommendation } from "../../worker/api.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  device,
  eventOf,
  freshDatabase,
  troublesOf,
  wholeDevice,
} from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { itemId, noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);
const model = shopModel({ items: 60 });
const server = fakeServer(model);

let ids = 0;
const steered = (wish: WishInput["wish"], of: WishInput["of"], value: string, atMs = noonMs + ids) => {
  return { ...wishFact({ wish, of, value }), id: `wish-${ids++}`, atMs };
};
const idsOf = (list: readonly Recommendation[]): readonly string[] => list.map(({ item }) => item);
const categoriesOf = (list: readonly Recommendation[]): ReadonlySet<string> =>
  new Set(list.flatMap(({ categories }) => categories));

/** Every kind of list that needs no text. */
const all: readonly ListRequest[] = [
  { list: "recommend", count: 30 },
  { list: "recommend", count: 30, includeSeen: true },
  { list: "recommend", count: 30, again: true },
  { list: "similar", item: itemId(1), count: 30 },
  { list: "goesWith", items: [itemId(1)], count: 30 },
  { list: "trending", count: 30 },
  { list: "trending", by: "new", count: 30 },
];
async function everyList({ worker }: Device): Promise<readonly Recommendation[]> {
  const lists = await Promise.all(all.map((request) => worker.lists([request])));
  return lists.flat(2);
}

test("what is muted is in no list of any kind, in the next visit and in another tab, until it is taken back", async () => {
  const database = freshDatabase();
  const here = await wholeDevice(server, { database });
  await here.worker.append([eventOf("purchase", 1), eventOf("purchase", 2), eventOf("view", 4)]);
  const there = await wholeDevice(server, { database });
  expect(categoriesOf(await everyList(there))).toEqual(new Set(["Kitchen", "Garden"]));
  await here.worker.append([steered("mute", "category", "kitchen"), steered("mute", "item", itemId(3))]);
  for (const one of [here, there]) {
    await expect.poll(async () => categoriesOf(await everyList(one))).toEqual(new Set(["Garden"]));
    expect(idsOf(await everyList(one))).not.toContain(itemId(3));
  }
  await closeDevice(here);
  const next = await wholeDevice(server, { database });
  expect(categoriesOf(await everyList(next))).toEqual(new Set(["Garden"]));
  await next.worker.append([steered(null, "category", "kitchen")]);
  expect(categoriesOf(await everyList(next))).toEqual(new Set(["Kitchen", "Garden"]));
  expect((await next.worker.panel()).wishes).toMatchObject([{ wish: "mute", of: "item", value: itemId(3) }]);
});

test("more of a word is seen at once, with what it adds among the reasons; less of it, likewise", async () => {
  const own = await wholeDevice(server);
  await own.worker.append([eventOf("purchase", 1), eventOf("view", 7)]);
  const clocks = async () =>
    (await own.worker.forYou({ count: 10 })).filter(({ title }) => title.includes("Clock")).length;
  const before = await clocks();
  await own.worker.append([steered("boost", "word", "clocks")]);
  expect(await clocks()).toBeGreaterThan(before);
  const [first] = (await own.worker.forYou({ count: 1 })) ?? [];
  const wished = first.reasons.filter(({ why }) => why === "wish");
  expect(wished).toMatchObject([{ wish: "boost", of: "word", value: "clocks" }]);
  expect(first.reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(first.score, 9);
  await own.worker.append([steered("less", "word", "clocks")]);
  expect(await clocks()).toBe(0);
});

test("less like an item puts back what is like it, in the order of likeness", async () => {
  const own = await wholeDevice(server);
  await own.worker.append([eventOf("purchase", 1)]);
  const scoreOf = async (item: string) => (await own.worker.explain(item, {})).score;
  const like = await own.worker.similar(itemId(8), { count: 3 });
  const before = await Promise.all(idsOf(like).map(scoreOf));
  await own.worker.append([steered("less", "item", itemId(8))]);
  const losses = await Promise.all(idsOf(like).map(async (item, at) => before[at] - (await scoreOf(item))));
  expect(losses).toEqual(losses.toSorted((a, b) => b - a));
  expect(losses[2]).toBeGreaterThan(0);
});

test("what would be without an act is what is once it is gone: score, place, reasons and list", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.nat(59),
          fc.constantFrom("purchase" as const, "view" as const, "like" as const, "dislike" as const),
        ),
        { minLength: 1, maxLength: 12 },
      ),
      fc.nat(11),
      fc.nat(59),
      async (acts, at, about) => {
        const own = await wholeDevice(server);
        const events = acts.map(([row, kind], k) => eventOf(kind, row, noonMs - k * 86_400_000));
        await own.worker.append(events);
        const without = [events[at % events.length].id];
        const told = await own.worker.explain(itemId(about), { without });
        const listed = await own.worker.forYou({ count: 12, without });
        await own.worker.forget(without);
        expect((await own.worker.panel()).events.map(({ id }) => id)).not.toContain(without[0]);
        const after = await own.worker.explain(itemId(about), {});
        expect({ ...after, score: told.score, reasons: [] }).toEqual({ ...told, reasons: [] });
        expect(after.score).toBeCloseTo(told.score, 9);
        const plain = (reasons: typeof told.reasons) =>
          reasons.map(({ contribution, ...reason }) => ({
            ...reason,
            contribution: expect.closeTo(contribution, 9),
          }));
        expect(after.reasons).toEqual(plain(told.reasons));
        expect(idsOf(await own.worker.forYou({ count: 12 }))).toEqual(idsOf(listed));
        await closeDevice(own);
      },
    ),
    { numRuns: 15 },
  );
}, 60_000);

test("an act that was taken out is gone from other tabs and from the next visit", async () => {
  const database = freshDatabase();
  const [here, there] = [await device(server, { database }), await device(server, { database })];
  const [kept, gone] = [eventOf("view", 3), eventOf("purchase", 4)];
  await here.worker.append([kept, gone]);
  await expect.poll(async () => (await there.worker.panel()).events.length).toBe(2);
  await here.worker.forget([gone.id]);
  await expect.poll(async () => (await there.worker.panel()).events.map(({ id }) => id)).toEqual([kept.id]);
  await closeDevice(here);
  const next = await device(server, { database });
  expect((await next.worker.panel()).events.map(({ id }) => id)).toEqual([kept.id]);
});

const pausing = (value: true | null, atMs: number) => {
  return { kind: "fact" as const, id: `pause-${ids++}`, fact: "pause", value, atMs };
};
const itemsIn = async ({ worker }: Device) =>
  (await worker.panel()).events.map(({ item }) => item).toReversed();
const minuteMs = 60_000;

test("while learning is paused nothing of what is done is kept, in any tab, until half an hour after the last act", async () => {
  const database = freshDatabase();
  const own = await device(server, { database });
  const other = await device(server, { database });
  await own.worker.append([
    eventOf("view", 1, noonMs),
    pausing(true, noonMs + 1),
    eventOf("view", 2, noonMs + 2),
  ]);
  for (const minutes of [5, 20, 45, 70]) {
    for (const one of [own, other]) one.clock.nowMs = noonMs + minutes * minuteMs;
    await own.worker.append([eventOf("purchase", minutes % 60, own.clock.nowMs)]);
    await expect.poll(async () => (await other.worker.panel()).pausedUntilMs).not.toBeNull();
    await other.worker.append([eventOf("purchase", (minutes + 1) % 60, own.clock.nowMs)]);
    expect(await itemsIn(own)).toEqual([itemId(1)]);
  }
  // A minute less than half an hour after the last act it may end, and after half an hour it has.
  own.clock.nowMs = noonMs + 98 * minuteMs;
  expect((await own.worker.panel()).pausedUntilMs).not.toBeNull();
  own.clock.nowMs = noonMs + 101 * minuteMs;
  expect((await own.worker.panel()).pausedUntilMs).toBeNull();
  await own.worker.append([eventOf("purchase", 9, own.clock.nowMs)]);
  expect(await itemsIn(own)).toEqual([itemId(1), itemId(9)]);
});

test("what was done in a pause is not kept however late it comes, and what was done before or after is, in one batch too", async () => {
  const own = await device(server);
  const [startMs, endMs] = [noonMs + 10 * minuteMs, noonMs + 20 * minuteMs];
  await own.worker.append([
    ...[eventOf("view", 1, startMs - 1), pausing(true, startMs), eventOf("view", 2, startMs + 5)],
    ...[pausing(null, endMs), eventOf("view", 3, endMs + 5)],
  ]);
  expect(await itemsIn(own)).toEqual([itemId(1), itemId(3)]);
  own.clock.nowMs = noonMs + 3 * 60 * minuteMs;
  await own.worker.append([
    eventOf("view", 4, startMs + 9),
    eventOf("view", 5, startMs - 9),
    eventOf("view", 6, endMs + 9),
  ]);
  expect(await itemsIn(own)).toEqual([itemId(5), itemId(1), itemId(3), itemId(6)]);
});

test("a pause within a pause goes on with it; one that a clock that ran ahead has ended holds all the same", async () => {
  const own = await device(server);
  const at = (minutes: number): number => noonMs + minutes * minuteMs;
  await own.worker.append([pausing(true, at(0)), pausing(true, at(10)), eventOf("view", 1, at(5))]);
  expect(await itemsIn(own)).toEqual([]);
  // Said a day ahead of the time that it is.
  await own.worker.append([pausing(null, at(24 * 60))]);
  own.clock.nowMs = at(60);
  await own.worker.append([pausing(true, at(60)), eventOf("view", 2, at(61))]);
  expect(await itemsIn(own)).toEqual([]);
  expect((await own.worker.panel()).pausedUntilMs).toBe(at(61) + pauseMs);
});

test("what is asked to be recorded before a no is not there after a yes", async () => {
  const own = await device(server);
  const recorded = own.worker.append([eventOf("purchase", 1)]);
  await own.worker.setConsent({ personalise: false, contribute: false });
  await own.worker.setConsent({ personalise: true, contribute: false });
  await recorded;
  expect(await itemsIn(own)).toEqual([]);
});

test("lists of one page share no item, and those asked for first choose first", async () => {
  const own = await wholeDevice(server);
  await own.worker.append([eventOf("purchase", 1), eventOf("view", 7)]);
  const requests: readonly ListRequest[] = [
    { list: "recommend", count: 8 },
    { list: "trending", count: 8 },
    { list: "similar", item: itemId(1), count: 8 },
    { list: "recommend", count: 8, pin: [{ item: itemId(20), place: 1 }] },
  ];
  const lists = await own.worker.lists(requests);
  expect(lists.map(({ length }) => length)).toEqual([8, 8, 8, 8]);
  const items = lists.flatMap(idsOf);
  expect(new Set(items).size).toBe(32);
  expect(lists[0]).toEqual(await own.worker.forYou({ count: 8 }));
});

test("a request that cannot be answered leaves the other lists of a page theirs, and is told", async () => {
  const own = await wholeDevice(server);
  const [forYou, alike, wanted] = await own.worker.lists([
    { list: "recommend", count: 4 },
    { list: "similar", item: "gone" },
    { list: "trending", filter: { prize: 3 } as never },
  ]);
  expect([forYou.length, alike.length, wanted.length]).toEqual([4, 0, 0]);
  expect(troublesOf(own)).toEqual([
    expect.stringContaining('similar: item must be in the catalogue, got "gone"'),
    expect.stringContaining("trending: filter.prize is not a known key"),
  ]);
});

test("a shelf of pins alone is none that was seen before; where all was seen, what was pinned and new is not called so", async () => {
  const own = await wholeDevice(server);
  const pin = [{ item: itemId(5), place: 1 }];
  expect(await own.worker.forYou({ count: 1, pin })).toMatchObject([{ item: itemId(5), pinned: true }]);
  expect((await own.worker.forYou({ count: 1, pin }))[0].again).toBeUndefined();
  const filter = { item: [itemId(5), itemId(6), itemId(7)] };
  await own.worker.append([eventOf("purchase", 6), eventOf("purchase", 7)]);
  const list = await own.worker.forYou({
    filter,
    pin: [{ item: itemId(6), place: 2 }],
    exclude: [itemId(5)],
  });
  expect(list.map(({ item, again, pinned }) => [item, again, pinned])).toEqual([
    [itemId(7), true, undefined],
    [itemId(6), true, true],
  ]);
});

test("a wish is taken back however it is written, and shown as it was said", async () => {
  const own = await wholeDevice(server);
  await own.worker.append([steered("mute", "category", "Garden")]);
  expect((await own.worker.panel()).wishes).toMatchObject([{ wish: "mute", value: "Garden" }]);
  await own.worker.append([steered(null, "category", " gARDEN")]);
  expect((await own.worker.panel()).wishes).toEqual([]);
});

test("a policy of the edition holds in every list, from the head alone on; one of a call adds to it", async () => {
  const policy = {
    all: { filter: { category: "Kitchen" } },
    recommend: {
      pin: [
        { item: itemId(10), place: 1 },
        { item: itemId(11), place: 2 },
      ],
      quota: [{ of: "category", most: 6 }],
    },
  };
  const site = fakeServer({ ...model, policy });
  const own = await device(site);
  await expect.poll(async () => (await own.worker.trending({})).length).toBeGreaterThan(0);
  expect(categoriesOf(await everyList(own))).toEqual(new Set(["Kitchen"]));
  const list = await own.worker.forYou({ count: 12, filter: { price: { to: 40 } } });
  expect(list[0]).toMatchObject({ item: itemId(10), pinned: true });
  // Odd rows are of the garden: what is filtered out is not listed for being pinned.
  expect(idsOf(list)).not.toContain(itemId(11));
  expect(list.length).toBe(6);
  expect(list.every(({ price }) => price !== undefined && price <= 40)).toBe(true);
});

test("a rule that is none is refused with a word for the page, and no list is given without it", async () => {
  const own = await wholeDevice(server);
  await expect(own.worker.forYou({ filter: { prize: 3 } as never })).rejects.toThrow(
    /^recommend: filter\.prize is not a known key/,
  );
  await expect(own.worker.trending({ pin: [{ item: "a", place: 0 }] })).rejects.toThrow(
    /^trending: pin\.0\.place must be/,
  );
  await own.worker.append([{ kind: "fact", id: "x", fact: "steer:colour:red", value: "mute", atMs: noonMs }]);
  expect(troublesOf(own)).toEqual([
    expect.stringMatching(/^steer: of must be one of item, category, brand, word, got/),
  ]);
});

test("wishes are in the export, and go along to another device", async () => {
  const loadFile = () => import("../../worker/moving/main.ts");
  const [old, fresh] = [
    await wholeDevice(server, { edges: { loadFile } }),
    await wholeDevice(server, { edges: { loadFile } }),
  ];
  await old.worker.append([
    eventOf("view", 3),
    steered("mute", "category", "Garden"),
    steered("boost", "item", itemId(4)),
  ]);
  const { wishes, facts } = await old.worker.exportData();
  expect(wishes).toMatchObject([
    { wish: "mute", of: "category", value: "Garden" },
    { wish: "boost", of: "item", value: itemId(4), title: expect.any(String) },
  ]);
  expect(facts).toEqual([]);
  const copied = await old.worker.move({ step: "copy" });
  if (copied.state !== "copied") throw new Error(`expected a copy, got ${copied.state}`);
  await fresh.worker.move({ step: "take", file: copied.file, code: copied.code });
  expect((await fresh.worker.panel()).wishes).toEqual((await old.worker.panel()).wishes);
  expect(categoriesOf(await everyList(fresh))).toEqual(new Set(["Kitchen"]));
});
