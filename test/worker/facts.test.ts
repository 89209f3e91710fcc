/** What a person says of themselves: kept on the device, shown, taken along, and gone when it is taken back. */
import { afterEach, expect, test } from "vitest";
import type { FactEvent, FactValue } from "../../core/events/fact.ts";
import { factLimits } from "../../core/facts/table.ts";
import { dayMs } from "../../core/time.ts";
import { Database } from "../../worker/store/database.ts";
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
import { noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);
const server = fakeServer(shopModel());

let ids = 0;
const said = (fact: string, value: FactValue | null, atMs = noonMs): FactEvent => {
  return { id: `fact-${ids++}`, kind: "fact", fact, value, atMs };
};
const factsOf = async ({ worker }: Device) =>
  Object.fromEntries((await worker.panel()).facts.map(({ fact, value }) => [fact, value]));

/** A device whose database has a name, to be looked into. */
async function visit(
  database = freshDatabase(),
): Promise<{ readonly own: Device; readonly database: string }> {
  return { own: await device(server, { database }), database };
}

async function nextVisit(own: Device, database: string): Promise<Device> {
  await closeDevice(own);
  return (await visit(database)).own;
}

async function recordedIn(name: string) {
  const database = new Database(name, () => undefined);
  const recorded = await database.events();
  database.close();
  return recorded;
}

test("a fact is in panel and export, outlives the visit, and is no event", async () => {
  const { own, database } = await visit();
  await own.worker.append([said("tier", 2), said("own", "x"), eventOf("view", 3)]);
  const next = await nextVisit(own, database);
  expect(await factsOf(next)).toEqual({ tier: 2, own: "x" });
  const { facts, events } = await next.worker.exportData();
  expect(facts.map(({ title, value }) => [title, value])).toEqual([
    ["Your level as a customer", 2],
    ["own", "x"],
  ]);
  expect(events.map(({ kind }) => kind)).toEqual(["view"]);
  expect((await next.worker.panel()).events.map(({ kind }) => kind)).toEqual(["view"]);
});

test("of a fact the last word holds, and the device keeps no other", async () => {
  const { own, database } = await visit();
  await own.worker.append([said("tier", 1), said("tier", 2, noonMs + 1)]);
  await own.worker.append([said("tier", 3, noonMs + 2)]);
  await own.worker.append([said("tier", 0, noonMs - 1)]);
  expect(await factsOf(own)).toEqual({ tier: 3 });
  expect(await recordedIn(database)).toMatchObject([{ fact: "tier", value: 3 }]);
});

test("a fact that is taken back is gone from the device at once, and its name after a week", async () => {
  const { own, database } = await visit();
  await own.worker.append([said("condition", "rare")]);
  await own.worker.append([said("condition", null, noonMs + 1)]);
  expect(await factsOf(own)).toEqual({});
  expect(JSON.stringify(await recordedIn(database))).not.toContain("rare");
  await own.worker.append([eventOf("view", 1, noonMs + 8 * dayMs)]);
  const next = await nextVisit(own, database);
  expect(await factsOf(next)).toEqual({});
  expect(JSON.stringify(await recordedIn(database))).not.toContain("condition");
});

test("other tabs learn of what is said and taken back", async () => {
  const { own: here, database } = await visit();
  const { own: there } = await visit(database);
  expect(await factsOf(there)).toEqual({});
  await here.worker.append([said("tier", 1)]);
  await expect.poll(() => factsOf(there)).toEqual({ tier: 1 });
  await here.worker.append([said("tier", null, noonMs + 1)]);
  await expect.poll(() => factsOf(there)).toEqual({});
});

test("an erasure and a 'no' take facts with them, and nothing is taken from whoever said no", async () => {
  const own = await device(server);
  await own.worker.append([said("tier", 1)]);
  await own.worker.erase(noonMs + 1);
  expect(await factsOf(own)).toEqual({});
  await own.worker.append([said("tier", 1)]);
  expect(await factsOf(own)).toEqual({});
  await own.worker.append([said("tier", 2, noonMs + 2)]);
  await own.worker.setConsent({ personalise: false, contribute: false });
  await own.worker.append([said("tier", 3, noonMs + 3)]);
  await own.worker.setConsent({ personalise: true, contribute: false });
  expect(await factsOf(own)).toEqual({});
});

test("what cannot be is refused in words, and the rest is taken", async () => {
  const own = await device(server);
  await own.worker.append([said("ageBand", "old"), said("place", "DE"), eventOf("view", 1)]);
  expect(troublesOf(own)).toEqual([
    expect.stringContaining("declare: ageBand must be one of under-18, 18-24"),
  ]);
  expect(await factsOf(own)).toEqual({ place: "DE" });
  const many = Array.from({ length: factLimits.facts }, (_, k) => said(`own${k}`, k));
  await own.worker.append(many);
  expect(troublesOf(own).slice(1)).toEqual(["declare: a person may have at most 50 facts, got another"]);
  await own.worker.append([said("place", null, noonMs + 1)]);
  await own.worker.append([said("last", 1)]);
  expect(Object.keys(await factsOf(own))).toHaveLength(factLimits.facts);
});

test("what was said while the clock ran ahead gives way to what is said now", async () => {
  const own = await device(server);
  await own.worker.append([said("tier", 1, noonMs + 400 * dayMs)]);
  await own.worker.append([said("tier", 2)]);
  expect(await factsOf(own)).toEqual({ tier: 2 });
  await own.worker.append([said("tier", null)]);
  expect(await factsOf(own)).toEqual({});
});

test("a full journal drops no fact", async () => {
  const own = await device(server);
  await own.worker.append([said("tier", 1, noonMs - dayMs)]);
  await own.worker.append(Array.from({ length: 51_000 }, (_, k) => eventOf("view", k % 40, noonMs - k)));
  expect(await factsOf(own)).toEqual({ tier: 1 });
});

test("categories that a person named make the first shelf, which says so, until they are taken back", async () => {
  const own = await wholeDevice(server);
  const categoriesOf = async () =>
    (await own.worker.forYou({ count: 6 })).map(({ categories }) => categories[0]);
  const before = await categoriesOf();
  expect(new Set(before).size).toBe(2);
  expect((await own.worker.forYou({ count: 1 }))[0].from).toBe("popular");
  await own.worker.append([said("categories", [" garden", "no such thing"])]);
  const shelf = await own.worker.forYou({ count: 6 });
  const gardens = shelf.filter(({ categories }) => categories[0] === "Garden");
  expect(gardens.length).toBeGreaterThan(before.filter((category) => category === "Garden").length);
  expect(shelf.map(({ from }) => from)).toEqual(shelf.map(() => "said"));
  for (const { score, reasons } of shelf) {
    expect(reasons[0]).toMatchObject({ why: "said", fact: "categories", said: " garden" });
    expect(reasons.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 12);
  }
  await own.worker.append([eventOf("purchase", 2)]);
  expect((await own.worker.explain("item-4", {})).reasons.map(({ why }) => why).toSorted()).toEqual([
    "event",
    "popular",
    "said",
  ]);
  await own.worker.append([said("categories", null, noonMs + 1)]);
  const whys = (await own.worker.explain("item-4", {})).reasons.map(({ why }) => why);
  expect(whys.toSorted()).toEqual(["event", "popular"]);
});
