/** The gram matrix from one visit to the next. */
import { afterEach, expect, test, vi } from "vitest";
import { GramSum } from "../../core/ranking/gram.ts";
import { Database } from "../../worker/store/database.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  eventOf,
  freshDatabase,
  until,
  wholeDevice,
} from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { shopModel } from "./shop.ts";

afterEach(closeDevices);
afterEach(() => vi.restoreAllMocks());

const published = shopModel({ items: 300 });
const ignore = (): void => undefined;

async function keptGrams(database: string): Promise<readonly string[]> {
  const store = new Database(database, ignore);
  const names = [...(await store.parts.ids())].filter((name) => name.startsWith("gram-"));
  store.close();
  return names;
}

/** A visit in which someone likes something and asks for a list. */
async function visit(server: ReturnType<typeof fakeServer>, database: string): Promise<Device> {
  const own = await wholeDevice(server, { database });
  await own.worker.append([eventOf("purchase", 3)]);
  await own.worker.forYou({});
  return own;
}

test("is made once an edition, and the next visit ranks the same by it", async () => {
  const server = fakeServer(published);
  const database = freshDatabase();
  const first = await visit(server, database);
  const wanted = await first.worker.forYou({});
  await closeDevice(first);
  const step = vi.spyOn(GramSum.prototype, "step");
  const second = await wholeDevice(server, { database });
  expect(await second.worker.forYou({})).toEqual(wanted);
  expect(step).not.toHaveBeenCalled();
});

test("is not made for who asks for nothing of their own", async () => {
  const step = vi.spyOn(GramSum.prototype, "step");
  const { worker } = await wholeDevice(fakeServer(published));
  await worker.forYou({});
  await worker.trending({});
  await worker.append([eventOf("dislike", 3)]);
  await worker.forYou({});
  await worker.similar("item-4", {});
  expect(step).not.toHaveBeenCalled();
});

test.each([
  { what: "with a number changed", damage: (bytes: Uint8Array) => bytes.with(60, bytes[60] ^ 1) },
  { what: "cut short", damage: (bytes: Uint8Array) => bytes.slice(0, 99) },
  { what: "empty", damage: () => new Uint8Array(0) },
])("$what it is made anew", async ({ damage }) => {
  const server = fakeServer(published);
  const database = freshDatabase();
  const first = await visit(server, database);
  const wanted = await first.worker.forYou({});
  await closeDevice(first);
  const store = new Database(database, ignore);
  const names = await keptGrams(database);
  expect(names).toHaveLength(1);
  const [name] = names;
  const kept = (await store.parts.part(name)) ?? new Uint8Array(0);
  await store.parts.keepPart(name, damage(kept));
  const second = await wholeDevice(server, { database });
  expect(await second.worker.forYou({})).toEqual(wanted);
  await closeDevice(second);
  expect(await store.parts.part(name)).toEqual(kept);
  store.close();
});

test("of the edition before goes with it, and the one before ranks until that of the new one is made", async () => {
  const server = fakeServer(published);
  const database = freshDatabase();
  await closeDevice(await visit(server, database));
  const [before] = await keptGrams(database);
  server.publish(shopModel({ items: 300, seed: 12 }));
  const own = await wholeDevice(server, { database });
  // Asked at once, and again until the new edition is in force: there is an answer each time.
  while (own.notices.filter(({ type }) => type === "edition").length < 2) {
    expect(await own.worker.forYou({})).toHaveLength(12);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const step = vi.spyOn(GramSum.prototype, "step");
  await own.worker.forYou({});
  expect(step).not.toHaveBeenCalled();
  await until(async () => !(await keptGrams(database)).includes(before));
  await until(async () => (await keptGrams(database)).length === 1);
});

test("is not written once everything was erased", async () => {
  const server = fakeServer(published);
  const database = freshDatabase();
  const own = await wholeDevice(server, { database });
  await own.worker.append([eventOf("purchase", 3)]);
  const asked = own.worker.forYou({});
  await own.worker.erase();
  await asked;
  await closeDevice(own);
  expect(await keptGrams(database)).toEqual([]);
});
