/** What reading an edition found out, from one visit to the next. */
import { afterEach, expect, test, vi } from "vitest";
import { Database } from "../../worker/store/database.ts";
import { DatabaseParts } from "../../worker/store/partstore.ts";
import { closeDevice, closeDevices, eventOf, freshDatabase, troublesOf, wholeDevice } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { shopModel } from "./shop.ts";

afterEach(closeDevices);
afterEach(() => vi.restoreAllMocks());

const ignore = (): void => undefined;

/** Somebody's list of a first visit, and the store that it leaves behind. */
async function firstVisit() {
  const server = fakeServer(shopModel({ items: 60 }));
  const database = freshDatabase();
  const first = await wholeDevice(server, { database });
  await first.worker.append([eventOf("purchase", 3), eventOf("like", 7)]);
  const wanted = await first.worker.forYou({});
  await closeDevice(first);
  const store = new Database(database, ignore);
  const names = [...(await store.parts.ids())];
  return { server, database, wanted, store, reading: names.filter((name) => name.startsWith("reading-")) };
}

test("is kept once, and the next visit shows the same by it, cards and all", async () => {
  const { server, database, wanted, store, reading } = await firstVisit();
  expect(reading).toHaveLength(1);
  server.online = false;
  const second = await wholeDevice(server, { database });
  expect(await second.worker.forYou({})).toEqual(wanted);
  expect((await second.worker.panel()).events.map(({ title }) => title)).not.toContain(undefined);
  store.close();
});

test.each([
  { what: "with a byte changed", damage: (bytes: Uint8Array) => bytes.with(70, bytes[70] ^ 1) },
  { what: "cut short", damage: (bytes: Uint8Array) => bytes.slice(0, 40) },
  { what: "empty", damage: () => new Uint8Array(0) },
])("$what all is read in full, and it is kept again", async ({ damage }) => {
  const { server, database, wanted, store, reading } = await firstVisit();
  const [name] = reading;
  const kept = (await store.parts.part(name)) ?? new Uint8Array(0);
  await store.parts.keepPart(name, damage(kept));
  const second = await wholeDevice(server, { database });
  expect(await second.worker.forYou({})).toEqual(wanted);
  await closeDevice(second);
  expect(await store.parts.part(name)).toEqual(kept);
  store.close();
});

test("a store that gives the parts and nothing that was made of them costs no kept edition", async () => {
  const { server, database, wanted, store } = await firstVisit();
  store.close();
  server.online = false;
  const part = DatabaseParts.prototype.part;
  vi.spyOn(DatabaseParts.prototype, "part").mockImplementation(function (this: DatabaseParts, id: string) {
    return /^(?:gram|reading)-/.test(id) ? Promise.reject(new Error("no answer")) : part.call(this, id);
  });
  const second = await wholeDevice(server, { database });
  expect(await second.worker.forYou({})).toEqual(wanted);
  expect(troublesOf(second).filter((trouble) => trouble.startsWith("kept edition"))).toEqual([]);
});
