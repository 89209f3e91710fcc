/**
 * What comes between an erasure and its end: other tabs, writes under way, databases that are slow or ours no
 * more.
 */
import "fake-indexeddb/auto";
import { afterEach, expect, test, vi } from "vitest";
import { allSpent } from "../../core/sum/spending.ts";
import { Consent } from "../../sdk/consent.ts";
import type { Edges } from "../../sdk/edges.ts";
import { emptyDatabase } from "../../sdk/emptydatabase.ts";
import { Erasure } from "../../sdk/erasure.ts";
import { KeptCopy } from "../../sdk/kept.ts";
import type { WorkerLink } from "../../sdk/link.ts";
import { memoryStore, type Page } from "../../sdk/page.ts";
import type { KeptErased } from "../../worker/api.ts";
import { Database } from "../../worker/store/database.ts";
import { FallbackStore } from "../../worker/store/fallback.ts";
import { isSince, withoutLedger } from "../../worker/store/kept.ts";
import { Records } from "../../worker/store/records.ts";
import { nothingKept } from "../../worker/store/store.ts";
import { TimedOut } from "../../worker/store/within.ts";
import { closeDevices, device, eventOf, freshDatabase, until } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { noonMs, shopModel } from "./shop.ts";

const before = eventOf("view", 1, noonMs - 5);
let nowMs = noonMs;
let opened: FallbackStore[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  nowMs = noonMs;
  for (const store of opened) store.close();
  opened = [];
  await closeDevices();
});

async function tabOn(name: string, retryMs = 100): Promise<FallbackStore> {
  const store = new FallbackStore({
    name,
    onDenied: () => undefined,
    onLost: () => undefined,
    limits: { openLimitMs: 60, limitMs: 60 },
    retryMs,
    nowMs: () => nowMs,
  });
  opened.push(store);
  await store.open();
  return store;
}

async function idsIn(name: string): Promise<readonly string[]> {
  const database = new Database(name, () => undefined);
  const events = await database.events();
  database.close();
  return events.map(({ id }) => id);
}

/** A promise, and what resolves it. */
function promised(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** Every transaction fails until it is restored. */
const failing = () =>
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
    throw new DOMException("by the test", "UnknownError");
  });

/** A page that erases, with a worker that does as told. */
function erasing(
  change: Partial<Page & Edges> = {},
  byWorker: () => Promise<void> = () => Promise.resolve(),
  store = memoryStore(),
) {
  const emptied: KeptErased[] = [];
  const empty: Edges["emptyDatabase"] = async (_name, known) => void emptied.push(known);
  const page = { store, hasDatabase: async () => true, emptyDatabase: empty, ...change };
  const kept = new KeptCopy(store, new Consent({ store, privacyControl: false }));
  const link = { call: byWorker } as unknown as WorkerLink;
  const erasure = new Erasure({ ...page, due: store, edges: page, kept });
  return { erasure, emptied, run: (atMs = Date.now()) => erasure.run(link, () => undefined, atMs) };
}

test("an erasure that is done after two minutes leaves what another tab tracked meanwhile", async () => {
  const name = freshDatabase();
  const [here, there] = [await tabOn(name), await tabOn(name)];
  const faults = failing();
  const records = new Records(here, { nowMs: () => nowMs });
  await records.eraseAll(nowMs).catch(() => undefined);
  faults.mockRestore();
  expect(here.storage).toBe("memory");
  nowMs += 120_000;
  const since = eventOf("view", 1, nowMs);
  await there.addEvents([since]);
  expect(there.storage).toBe("device");
  await until(() => here.storage === "device");
  expect(await idsIn(name)).toEqual([since.id]);
});

test("a read under way while the journal is erased brings nothing back", async () => {
  const name = freshDatabase();
  const store = await tabOn(name);
  await store.addEvents([before]);
  await Promise.all([store.events(), store.eraseEvents()]);
  const faults = failing();
  await store.kept();
  faults.mockRestore();
  await until(() => store.storage === "device");
  expect(await idsIn(name)).toEqual([]);
});

test("a read under way while everything is erased is nothing that memory shows", async () => {
  const store = await tabOn(freshDatabase());
  await store.addEvents([before]);
  const all = store.eraseAll(withoutLedger(nowMs, nowMs), (event) => isSince(event, nowMs, nowMs));
  await Promise.all([store.events(), all]);
  failing();
  expect(await store.events()).toEqual([]);
});

test("a 'no' in another tab while this one writes what was in memory leaves nothing", async () => {
  const name = freshDatabase();
  const [here, there] = [await tabOn(name), await tabOn(name)];
  const faults = failing();
  await there.addEvents([before]);
  faults.mockRestore();
  expect(there.storage).toBe("memory");
  const write = Database.prototype.addEvents;
  let isMet = false;
  vi.spyOn(Database.prototype, "addEvents").mockImplementation(async function (this: Database, ...args) {
    if (!isMet && args[0].length > 0) {
      isMet = true;
      await here.eraseEvents();
      there.erasedElsewhere();
    }
    return write.apply(this, args);
  });
  await until(() => there.storage === "device");
  expect(isMet).toBe(true);
  expect(await idsIn(name)).toEqual([]);
});

test("of two ways back to the database the slower ends no later time in memory", async () => {
  const name = freshDatabase();
  vi.spyOn(Database.prototype, "open").mockRejectedValueOnce(new TimedOut("by the test"));
  const [opening, slow] = [promised(), promised()];
  vi.spyOn(Database.prototype, "opened").mockImplementationOnce(() => opening.promise);
  const write = Database.prototype.addEvents;
  let writes = 0;
  vi.spyOn(Database.prototype, "addEvents").mockImplementation(async function (this: Database, ...args) {
    writes += 1;
    const isFirst = writes === 1;
    const added = await write.apply(this, args);
    if (isFirst) await slow.promise;
    return added;
  });
  const store = await tabOn(name, 50);
  await store.addEvents([before]);
  await until(() => writes === 1);
  opening.resolve();
  await until(() => store.storage === "device");
  const faults = failing();
  const later = eventOf("view", 2, noonMs - 4);
  await store.addEvents([later]);
  faults.mockRestore();
  expect(store.storage).toBe("memory");
  slow.resolve();
  await until(() => store.storage === "device");
  expect(await idsIn(name)).toContain(later.id);
});

test("a 'no' takes an event that is being written, too, where the journal was known to be empty", async () => {
  const { worker } = await device(fakeServer(shopModel()));
  await worker.panel();
  const no = { personalise: false, contribute: false };
  await Promise.all([
    worker.append([eventOf("purchase", 3)]),
    worker.setConsent(no, { revision: 1, personalise: false }),
  ]);
  await worker.setConsent({ ...no, personalise: true }, { revision: 2, personalise: true });
  expect((await worker.panel()).events).toEqual([]);
});

test("what is tracked after a 'yes' stays, though the 'no' before it is still being done", async () => {
  const { worker } = await device(fakeServer(shopModel()));
  const no = { personalise: false, contribute: false };
  const taken = [
    worker.setConsent(no, { revision: 1, personalise: false }),
    worker.setConsent({ ...no, personalise: true }, { revision: 2, personalise: true }),
    worker.append([eventOf("purchase", 3)]),
  ];
  expect((await Promise.all(taken)).at(-1)).toBe("device");
  expect((await worker.panel()).events.map(({ item }) => item)).toEqual(["item-3"]);
});

test("of two erasures that the database refuses the first takes nothing that came after the second", async () => {
  const name = freshDatabase();
  const store = await tabOn(name);
  const faults = failing();
  const later = eventOf("view", 2, noonMs);
  await Promise.all([store.eraseEvents(), store.eraseEvents(), store.addEvents([later])]);
  expect(await store.events()).toEqual([later]);
  faults.mockRestore();
  await until(() => store.storage === "device");
  expect(await idsIn(name)).toEqual([later.id]);
});

test.each([
  ["stays where a later 'yes' was said there", { revision: 2, personalise: true }, 1],
  ["goes where nobody there had heard of it", { revision: 0 }, 0],
  ["goes where a 'yes' was said there that counts no more than it", { revision: 1, personalise: true }, 0],
])("what another tab tracked since a 'no' that is done late %s", async (_what, choices, staying) => {
  const name = freshDatabase();
  const other = new Database(name, () => undefined);
  await other.addEvents([before]);
  const store = await tabOn(name);
  let isDenied = true;
  const erase = Database.prototype.eraseEvents;
  vi.spyOn(Database.prototype, "eraseEvents").mockImplementation(function (this: Database, since) {
    return isDenied
      ? Promise.reject(new DOMException("by the test", "UnknownError"))
      : erase.call(this, since);
  });
  await store.keep(() => ({ ...nothingKept, choices: { revision: 1, personalise: false } }));
  await store.eraseEvents();
  const since = eventOf("view", 2, noonMs + 1);
  await other.keep(() => ({ ...nothingKept, choices }));
  await other.addEvents([since]);
  nowMs = noonMs + 1_000;
  isDenied = false;
  await until(() => store.storage === "device");
  expect(await idsIn(name)).toEqual([since.id].slice(0, staying));
  other.close();
});

test("a transaction that ends with its operation is told to whoever awaits that, and to nobody else", async () => {
  const unheard = vi.fn();
  process.on("unhandledRejection", unheard);
  const store = await tabOn(freshDatabase());
  const get = IDBObjectStore.prototype.get;
  vi.spyOn(IDBObjectStore.prototype, "get").mockImplementation(function (this: IDBObjectStore, key) {
    const request = get.call(this, key);
    queueMicrotask(() => this.transaction.abort());
    return request;
  });
  const look = [
    store.kept(),
    store.keep(() => nothingKept),
    store.addEvents([before]),
    store.reportBody("r"),
  ];
  await Promise.all(look);
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off("unhandledRejection", unheard);
  expect(unheard).not.toHaveBeenCalled();
});

test("a database that says no takes nothing of a tab that could not read it", async () => {
  const name = freshDatabase();
  const store = await tabOn(name);
  const database = new Database(name, () => undefined);
  await database.keep(() => ({ ...nothingKept, choices: { revision: 1, personalise: false } }));
  database.close();
  expect(await store.addEvents([eventOf("view", 1)])).toEqual([]);
  expect(await idsIn(name)).toEqual([]);
});

test("a page that erases alone leaves what another tab tracked since, and takes no later erasure back", async () => {
  const name = freshDatabase();
  const erasedAtMs = Date.now() - 10_000;
  const database = new Database(name, () => undefined);
  await database.keep(withoutLedger(erasedAtMs, erasedAtMs + 5_000));
  const [old, since] = [eventOf("view", 1, erasedAtMs), eventOf("view", 2, erasedAtMs + 1)];
  await database.addEvents([old, since, eventOf("view", 3, Date.now() + 600_000)]);
  await emptyDatabase(name, { ...nothingKept, erasedAtMs });
  expect(await idsIn(name)).toEqual([since.id]);
  expect((await database.kept())?.erasedAtMs).toBe(erasedAtMs + 5_000);
  database.close();
});

test("somebody else's database of our usual name is left alone", async () => {
  const opening = indexedDB.open("tacit", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("theirs").put(1, "x");
  await until(() => opening.readyState === "done");
  opening.result.close();
  const { erasure, run } = erasing({ emptyDatabase });
  erasure.begin("shop");
  await run();
  const again = indexedDB.open("tacit");
  await until(() => again.readyState === "done");
  const reading = again.result.transaction("theirs").objectStore("theirs").get("x");
  await until(() => reading.readyState === "done");
  again.result.close();
  expect(reading.result).toBe(1);
});

test("of several databases one that is not there says nothing of what was spent from the others", async () => {
  const { erasure, emptied, run } = erasing({ hasDatabase: async (name) => name === "shop" }, () =>
    Promise.reject(new Error("worker: gone")),
  );
  erasure.begin("shop");
  await run();
  expect(emptied.map(({ remains }) => remains.spent)).toEqual([allSpent, allSpent]);
});

test("an erasure that ends does not forget that another is due", async () => {
  const first = promised();
  const ends = [first.promise, new Promise<never>(() => undefined)];
  const { erasure, run } = erasing(
    { hasDatabase: async () => false },
    () => ends.shift() ?? Promise.resolve(),
  );
  const done = run(2e12);
  void run(2e12 + 5_000);
  first.resolve();
  await done;
  expect(erasure.dueMs).toBe(2e12 + 5_000);
});
