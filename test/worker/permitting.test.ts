/** Permission comes before storing: until it is there, or an answer, a worker makes no database. */
import { afterEach, expect, test, vi } from "vitest";
import type { Kept } from "../../worker/api.ts";
import { Database } from "../../worker/store/database.ts";
import { FallbackStore } from "../../worker/store/fallback.ts";
import {
  closeDevices,
  type Device,
  device,
  endDevice,
  eventOf,
  freshDatabase,
  pageOf,
  until,
} from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);

const { keys } = await aggregators();
const none = { personalise: false, contribute: false };
const published = shopModel();
const stranger = (database: string, page = pageOf()): Promise<Device> =>
  device(fakeServer(published, keys), {
    database,
    consent: none,
    config: { storage: "memory" },
    keepCopy: page.keepCopy,
  });
const names = async () => (await indexedDB.databases()).map(({ name }) => name);
const keptIn = async (name: string): Promise<Kept | null> => {
  const database = new Database(name, () => undefined);
  const kept = await database.kept();
  database.close();
  return kept;
};

test.each([true, false])(
  "whoever has not been asked yet has lists, and no database, whatever the page calls (a browser that lists them: %s)",
  async (lists) => {
    const database = freshDatabase();
    const listing = vi.spyOn(IDBFactory.prototype, "databases");
    if (!lists) listing.mockRejectedValue(new TypeError("not a function"));
    const { worker } = await stranger(database);
    expect(await worker.forYou({ count: 3 })).toHaveLength(3);
    expect(await worker.append([eventOf("purchase", 1)])).toBe("memory");
    await worker.contribute();
    await worker.forget(["none"]);
    await worker.erase();
    await worker.setConsent(none);
    listing.mockRestore();
    expect([(await worker.panel()).events, await names()]).toEqual([
      [],
      expect.not.arrayContaining([database]),
    ]);
  },
);

test("a yes makes the database, and what comes after it is there; what came before is nowhere", async () => {
  const database = freshDatabase();
  const own = await stranger(database);
  const { worker } = own;
  await worker.append([eventOf("purchase", 1)]);
  await worker.setConsent({ ...none, personalise: true }, { personalise: true, revision: 1 });
  const after = eventOf("purchase", 2);
  await worker.append([after]);
  await until(async () => (await worker.append([])) === "device");
  endDevice(own);
  const kept = new Database(database, () => undefined);
  const events = await kept.events();
  kept.close();
  expect(events.map(({ id }) => id)).toEqual([after.id]);
});

test("a no is an answer, and is kept", async () => {
  const database = freshDatabase();
  const own = await stranger(database);
  const { worker } = own;
  const choices = { personalise: false, contribute: false, revision: 1 };
  await worker.setConsent(none, choices);
  await until(async () => (await worker.append([])) === "device");
  endDevice(own);
  expect((await keptIn(database))?.choices).toEqual(choices);
});

test("a database of before is read, so that a no in it holds", async () => {
  const database = freshDatabase();
  const before = await device(fakeServer(published, keys), { database });
  await before.worker.setConsent(none, { personalise: false, revision: 1 });
  endDevice(before);
  const page = pageOf();
  const { worker } = await stranger(database, page);
  expect([page.kept().choices.personalise, await worker.append([])]).toEqual([false, "device"]);
});

test("where a database cannot be made once it may be, that is told once, and it is tried again", async () => {
  const told = vi.fn();
  const name = freshDatabase();
  const store = new FallbackStore({
    ...{ name, mayCreate: false, nowMs: () => noonMs, retryMs: 50 },
    ...{ onDenied: told, onLost: () => undefined },
  });
  await store.open();
  expect([store.storage, told.mock.calls]).toEqual(["memory", []]);
  const event = eventOf("purchase", 1);
  await store.addEvents([event]);
  const open = vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
    throw new DOMException("by the test", "SecurityError");
  });
  store.permit();
  store.permit();
  await until(() => told.mock.calls.length > 0 && open.mock.calls.length > 3);
  open.mockRestore();
  await until(() => store.storage === "device");
  expect([told.mock.calls.length, (await store.events()).map(({ id }) => id)]).toEqual([1, [event.id]]);
  store.close();
});
