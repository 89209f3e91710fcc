import { openDB } from "idb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { emptyDatabase } from "../../sdk/emptydatabase.ts";
import { Database } from "../../worker/store/database.ts";
import { nothingKept } from "../../worker/store/store.ts";
import {
  closeDevice,
  closeDevices,
  device,
  eventOf,
  freshDatabase,
  pageOf,
  strongFill,
  until,
  wholeDevice,
} from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { noonMs, shopModel, taskOn } from "./shop.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await closeDevices();
});

const published = shopModel();

/** Of every store but that which outlives an erasure. */
async function rowsPerStore(database: string): Promise<readonly number[]> {
  const db = await openDB(database);
  const names = [...db.objectStoreNames].filter((name) => name !== "kept");
  const counts = await Promise.all(names.map((name) => db.count(name)));
  db.close();
  return counts;
}

async function contributingPair() {
  const { keys } = await aggregators();
  const server = fakeServer(published, keys);
  server.tasks = [taskOn(published)];
  const database = freshDatabase();
  // The model is there from an earlier visit: no tab still writes parts of it.
  await closeDevice(await wholeDevice(server, { database }));
  const here = await device(server, { database });
  const there = await device(server, { database });
  return { server, database, here, there };
}

const changes = ({ notices }: { readonly notices: readonly { readonly type: string }[] }) =>
  notices.filter(({ type }) => type === "change").length;

describe("two tabs of one site", () => {
  test("see each other's events", async () => {
    const { here, there } = await contributingPair();
    expect((await there.worker.forYou({}))[0].reasons[0].why).toBe("popular");
    await here.worker.append([eventOf("purchase", 3)]);
    await until(() => changes(there) === 1);
    const [{ reasons }] = await there.worker.forYou({});
    expect(reasons).toContainEqual(expect.objectContaining({ why: "event", item: "item-3" }));
    await there.worker.append([eventOf("purchase", 4)]);
    await until(() => changes(here) === 2);
    expect((await here.worker.panel()).events).toHaveLength(2);
  });

  test("forget together: after an erasure in one, every store is empty and the other knows nothing", async () => {
    const { database, here, there } = await contributingPair();
    await here.worker.append([eventOf("purchase", 3), eventOf("like", 4)]);
    await until(() => changes(there) === 1);
    await there.worker.forYou({});
    await here.worker.contribute();
    const store = new Database(database, () => undefined);
    await store.tokens.add("ab", [new Uint8Array(3)]);
    await store.tokens.keepRefillPlan({ nextAtMs: 5, failingSinceMs: null });
    await store.parts.keepChunk("ab", { offset: 0, bytes: new Uint8Array(3) });
    await store.exchange(({ kept, moving }) => ({ kept: kept ?? nothingKept, moving }));
    store.close();
    const before = await rowsPerStore(database);
    expect(before).toHaveLength(10);
    expect(before.every((count) => count > 0)).toBe(true);
    await here.worker.erase();
    expect(await rowsPerStore(database)).toEqual(before.map(() => 0));
    await until(() => changes(there) === 2);
    for (const { worker } of [here, there]) {
      expect((await worker.forYou({}))[0].reasons[0].why).toBe("popular");
      expect(await worker.panel()).toMatchObject({ events: [], interests: [], reports: [] });
    }
  });

  test("answer a task once between them, also after one of them erased the ledger", async () => {
    const { server, database, here, there } = await contributingPair();
    const events = [eventOf("purchase", 3), eventOf("like", 4)];
    await here.worker.append(events);
    await until(() => changes(there) === 1);
    await Promise.all([here.worker.contribute(), there.worker.contribute()]);
    expect(server.bodies).toHaveLength(1);
    // Before all events of these tests, which are then taken again.
    await here.worker.erase(0);
    await until(() => changes(there) === 2);
    await there.worker.append(events);
    await there.worker.contribute();
    await here.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    await closeDevice(here);
    await closeDevice(there);
    const page = pageOf();
    const next = await device(server, { database, keepCopy: page.keepCopy });
    await next.worker.append(events);
    await next.worker.contribute();
    expect(server.bodies).toHaveLength(1);
    expect(page.kept().remains.answeredTasks).toHaveLength(1);
  });

  test("send nothing of what the other erased while the report was made", async () => {
    const { keys } = await aggregators();
    const server = fakeServer(published, keys);
    server.tasks = [taskOn(published)];
    const database = freshDatabase();
    const there = await device(server, { database });
    let erasing: Promise<unknown> | null = null;
    const here = await device(server, {
      database,
      // Chance is first asked after the journal was read, and before the ledger is written.
      fill: (bytes) => {
        strongFill(bytes);
        erasing ??= there.worker.erase();
      },
    });
    await here.worker.append([eventOf("purchase", 3), eventOf("like", 4)]);
    await here.worker.contribute();
    expect(erasing).not.toBeNull();
    await erasing;
    expect(server.bodies).toEqual([]);
    expect((await rowsPerStore(database)).every((count) => count === 0)).toBe(true);
  });
});

test("taking back the leave to personalise empties the journal here and in other tabs", async () => {
  const { here, there } = await contributingPair();
  await here.worker.append([eventOf("purchase", 3)]);
  await until(() => changes(there) === 1);
  await here.worker.setConsent({ personalise: false, contribute: false });
  await until(() => changes(there) === 2);
  expect((await there.worker.panel()).events).toEqual([]);
});

test("the export holds everything the device knows", async () => {
  const { here } = await contributingPair();
  const atMs = Date.parse("2011-05-01T12:00:00Z");
  const events = [
    eventOf("purchase", 3, atMs),
    eventOf("dislike", 4, atMs + 1_000),
    eventOf("view", "unknown", atMs + 2_000),
    eventOf("view", "unknown", atMs + 2_500),
  ];
  await here.worker.append(events);
  await here.worker.forYou({});
  const data = await here.worker.exportData();
  expect(data).toMatchObject({
    format: "tacit-export",
    version: 3,
    exportedAt: "2011-06-01T12:00:00.000Z",
    consent: { personalise: true, contribute: true },
    events,
    leftOut: [{ event: events[3].id, why: "duplicate" }],
    reports: [],
  });
  expect(new Set(data.tastes.map(({ item }) => item))).toEqual(new Set(["item-3", "item-4", "unknown"]));
  expect(data.userVector).toHaveLength(published.contentDim + published.factorDim);
  expect(data.interests.length).toBeGreaterThan(0);
  expect(data.edition).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{64}$/),
    sequence: 1,
    isWhole: true,
  });
  expect(JSON.parse(JSON.stringify(data))).toEqual(data);
});

test("a choice is heard by a tab that cannot read what the other wrote: no storage is left to either", async () => {
  const server = fakeServer(published);
  const database = freshDatabase();
  const [page, other] = [pageOf(), pageOf()];
  vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
    throw new DOMException("by the test", "UnknownError");
  });
  const here = await device(server, { database, keepCopy: page.keepCopy });
  await device(server, { database, keepCopy: other.keepCopy });
  vi.restoreAllMocks();
  const no = { revision: 1, personalise: false, contribute: false };
  await here.worker.setConsent({ personalise: false, contribute: false }, no);
  await until(() => other.kept().choices.revision === 1);
  expect(other.kept().choices).toEqual(no);
});

test("a tab forgets what a page erased without its worker", async () => {
  const database = freshDatabase();
  const { worker } = await device(fakeServer(published), { database });
  await worker.append([eventOf("view", 1, noonMs - 10)]);
  await emptyDatabase(database, { ...nothingKept, erasedAtMs: noonMs - 5 });
  await until(async () => (await worker.panel()).events.length === 0);
});

test("a tab forgets what another could erase only later, though it read it in between", async () => {
  const database = freshDatabase();
  const server = fakeServer(published);
  const [here, other] = [await device(server, { database }), await device(server, { database })];
  await here.worker.append([eventOf("view", 1, noonMs - 10)]);
  const begin = IDBDatabase.prototype.transaction;
  let isDenied = true;
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...given) {
    if (isDenied && given[1] === "readwrite") throw new DOMException("by the test", "UnknownError");
    return begin.apply(this, given);
  });
  await expect(here.worker.erase()).rejects.toThrow("memory alone was emptied");
  await until(async () => (await other.worker.panel()).events.length === 1);
  isDenied = false;
  const isForgotten = async () => expect((await other.worker.panel()).events).toEqual([]);
  await vi.waitFor(isForgotten, { timeout: 9_000, interval: 100 });
}, 12_000);
