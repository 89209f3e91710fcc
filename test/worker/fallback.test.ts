/** Storage that fails: at any operation, under any name, by not answering, or by being somebody else's. */
import "fake-indexeddb/auto";
import { forceCloseDatabase } from "fake-indexeddb";
import { openDB } from "idb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { isFact, type Recorded } from "../../core/events/fact.ts";
import type { SentReport } from "../../worker/api.ts";
import { Database } from "../../worker/store/database.ts";
import { FallbackStore } from "../../worker/store/fallback.ts";
import { withoutLedger } from "../../worker/store/kept.ts";
import { nothingKept } from "../../worker/store/store.ts";
import { upgradeSteps } from "../../worker/store/upgrades.ts";
import { eventOf, freshDatabase, until } from "./device.ts";
import { noonMs } from "./shop.ts";

const opened: { close(): void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
  vi.restoreAllMocks();
});

const limits = { openLimitMs: 60, limitMs: 60 };

async function storeOn(name = freshDatabase()) {
  const onDenied = vi.fn((_denied: Error): void => undefined);
  const onLost = vi.fn((): void => undefined);
  const store = new FallbackStore({ name, onDenied, onLost, limits, retryMs: 150, nowMs: () => noonMs });
  opened.push(store);
  await store.open();
  const isBack = () => until(() => store.storage === "device");
  return { name, store, onDenied, onLost, isBack, why: () => onDenied.mock.calls.at(-1)?.[0].message };
}

/** What the database itself holds. */
async function eventsIn(name: string): Promise<readonly Recorded[]> {
  const database = new Database(name, () => undefined);
  const events = await database.events();
  database.close();
  return events;
}

const idsOf = (events: readonly Recorded[]) => events.map(({ id }) => id);
const entry: SentReport = {
  ...{ id: "r", atMs: noonMs, bytes: 5, sha256: "ab" },
  sums: [{ task: "t", kind: "item-factors", round: 2, block: 1, rho: 0.1, state: "sending" }],
};

/** Transactions fail from now on, `times` times. */
function failing(name: string, times: number): void {
  const real = IDBDatabase.prototype.transaction;
  let left = times;
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function (this: IDBDatabase, ...args) {
    // The stand-in for IndexedDB asks itself for the transactions of an upgrade in this way.
    const isAsked = (args[1] as string) !== "versionchange";
    if (isAsked && left-- > 0) throw new DOMException("by the test", name);
    return real.apply(this, args);
  });
}

/** Every connection that is opened from now on. */
function connectionsOpened(): IDBDatabase[] {
  const connections: IDBDatabase[] = [];
  const open = IDBFactory.prototype.open;
  vi.spyOn(IDBFactory.prototype, "open").mockImplementation(function (this: IDBFactory, ...args) {
    const request = open.apply(this, args);
    request.addEventListener("success", () => connections.push(request.result));
    return request;
  });
  return connections;
}

describe("an operation that fails", () => {
  const names = [
    "AbortError",
    "ConstraintError",
    "DataError",
    "InvalidAccessError",
    "InvalidStateError",
    "NotFoundError",
    "NotReadableError",
    "QuotaExceededError",
    "ReadOnlyError",
    "TimeoutError",
    "TransactionInactiveError",
    "UnknownError",
    "VersionError",
  ];

  test.each(names)("once, with %s, is done on a new connection", async (name) => {
    const { store, onDenied } = await storeOn();
    const [first, second] = [eventOf("view", 1), eventOf("view", 2)];
    await store.addEvents([first]);
    failing(name, 1);
    expect(await store.addEvents([second])).toEqual([second]);
    expect(idsOf(await store.events())).toEqual([first.id, second.id]);
    expect([store.storage, onDenied.mock.calls.length]).toEqual(["device", 0]);
  });

  test.each(names)(
    "again and again, with %s, is done in memory, with what was known, until it works",
    async (name) => {
      const { store, name: database, why, isBack, onLost } = await storeOn();
      const [first, second, third] = [1, 2, 3].map((row) => eventOf("view", row));
      await store.addEvents([first]);
      await store.events();
      failing(name, 5);
      expect(await store.addEvents([second])).toEqual([second]);
      expect(store.storage).toBe("memory");
      expect(why()).toBe(
        `storage: expected IndexedDB, got ${name}: by the test; events are kept until the tab closes`,
      );
      expect(await store.addEvents([second, third])).toEqual([third]);
      expect(idsOf(await store.events())).toEqual([first.id, second.id, third.id]);
      await isBack();
      expect(onLost).toHaveBeenCalled();
      expect(idsOf(await eventsIn(database))).toEqual([first.id, second.id, third.id]);
      expect(idsOf(await store.events())).toEqual([first.id, second.id, third.id]);
    },
  );

  test("of several at once costs one failure to be told, and none of the events", async () => {
    const { store, onDenied, isBack, name } = await storeOn();
    failing("UnknownError", 30);
    const events = Array.from({ length: 12 }, (_, row) => eventOf("view", row));
    await Promise.all(events.map((event) => store.addEvents([event])));
    expect(onDenied).toHaveBeenCalledTimes(1);
    expect(await store.events()).toHaveLength(12);
    vi.restoreAllMocks();
    await isBack();
    expect(await eventsIn(name)).toHaveLength(12);
  });

  test("is none of a refusal: what an admission throws is passed on, and the database stays in use", async () => {
    const { store } = await storeOn();
    const event = eventOf("view", 1);
    await store.addEvents([event]);
    const refused = () => {
      throw new RangeError("budget: spent");
    };
    await expect(
      store.addReport({ admit: refused, body: new Uint8Array(1), basedOn: [event.id] }),
    ).rejects.toThrow(new RangeError("budget: spent"));
    expect(store.storage).toBe("device");
  });
});

describe("a database that does not open", () => {
  test("because an older tab holds it: memory within the limit, and the database once the tab lets go", async () => {
    const name = freshDatabase();
    const older = await openDB(name, 1, {
      upgrade: (db, _from, _to, transaction) => void upgradeSteps[0](db as never, transaction as never),
    });
    opened.push(older);
    const startedMs = Date.now();
    const { store, why, isBack } = await storeOn(name);
    expect(Date.now() - startedMs).toBeLessThan(1_000);
    expect([store.storage, why()]).toEqual([
      "memory",
      expect.stringContaining("expected to open within 60 ms"),
    ]);
    const event = eventOf("view", 1);
    await store.addEvents([event]);
    older.close();
    await isBack();
    expect(await eventsIn(name)).toEqual([event]);
  });

  test("because opening never answers: memory within the limit", async () => {
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => new EventTarget() as IDBOpenDBRequest);
    const { store } = await storeOn();
    await store.addEvents([eventOf("view", 1)]);
    expect([store.storage, (await store.events()).length]).toEqual(["memory", 1]);
  });

  test("for a moment, as while the browser clears the site's data, is opened again", async () => {
    const real = IDBFactory.prototype.open;
    let failures = 2;
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(function (this: IDBFactory, ...args) {
      if (failures-- > 0) throw new DOMException("The connection was closed.", "AbortError");
      return real.apply(this, args);
    });
    const onDenied = vi.fn();
    const name = freshDatabase();
    const store = new FallbackStore({ name, onDenied, onLost: () => undefined, nowMs: () => noonMs });
    opened.push(store);
    await store.open();
    expect([store.storage, onDenied.mock.calls.length]).toEqual(["device", 0]);
  });

  test.each([
    ["of a version that is still to come", upgradeSteps.length + 3, ["events"], "VersionError"],
    ["of the same version without its stores", upgradeSteps.length, ["carts"], "somebody else's"],
    ["of an older version without its stores", 1, ["carts"], "somebody else's"],
    ["of the same version with some of its stores", upgradeSteps.length, ["events", "kv"], "somebody else's"],
  ])(
    "because it is somebody else's, %s: memory, and what is theirs stays",
    async (_what, version, stores, said) => {
      const name = freshDatabase();
      const theirs = await openDB(name, version, {
        upgrade: (db) => {
          for (const store of stores) db.createObjectStore(store);
        },
      });
      await theirs.put(stores[0], "theirs", "key");
      theirs.close();
      const { store, why } = await storeOn(name);
      expect(why()).toContain(said);
      await store.addEvents([eventOf("view", 1)]);
      expect([store.storage, (await store.events()).length]).toEqual(["memory", 1]);
      const after = await openDB(name);
      expect([after.version, [...after.objectStoreNames]]).toEqual([version, stores]);
      expect(await after.get(stores[0], "key")).toBe("theirs");
      after.close();
    },
  );
});

describe("an operation that never answers", () => {
  test("is not waited for beyond its limit, and what comes of it later is not done twice", async () => {
    const { store, isBack, name, why } = await storeOn();
    const first = eventOf("view", 1);
    await store.addEvents([first]);
    await store.events();
    // Another connection holds the stores: whoever comes after waits for it.
    const other = await openDB(name);
    const holding = other.transaction("events", "readwrite");
    let held = true;
    const hold = async (): Promise<void> => {
      while (held) await holding.objectStore("events").count();
    };
    const holds = hold();
    const second = eventOf("view", 2);
    expect(await store.addEvents([second])).toEqual([second]);
    expect([store.storage, why()]).toEqual(["memory", expect.stringContaining("expected to answer within")]);
    expect(idsOf(await store.events())).toEqual([first.id, second.id]);
    held = false;
    await holds;
    other.close();
    await isBack();
    expect(idsOf(await eventsIn(name))).toEqual([first.id, second.id]);
  });
});

describe("while there is nothing but memory", () => {
  const inMemory = async () => {
    const it = await storeOn();
    const event = eventOf("view", 1);
    await it.store.addEvents([event]);
    await it.store.events();
    failing("UnknownError", 2);
    await it.store.addEvents([eventOf("view", 2)]);
    expect(it.store.storage).toBe("memory");
    return { ...it, event };
  };

  test("no report is written: one that is forgotten would be made again", async () => {
    const { store, event } = await inMemory();
    const admit = () => ({ entry, kept: nothingKept });
    await expect(store.addReport({ admit, body: new Uint8Array(1), basedOn: [event.id] })).rejects.toThrow(
      "ledger: must be kept on this device",
    );
  });

  test("an erased journal is erased in the database as soon as it answers, and what came after stays", async () => {
    const { store, isBack, name } = await inMemory();
    await store.eraseEvents();
    const later = eventOf("view", 3);
    await store.addEvents([later]);
    expect(await store.events()).toEqual([later]);
    await isBack();
    expect(await eventsIn(name)).toEqual([later]);
  });

  test("what was taken out is gone from the database as soon as it answers, and does not come back by what was read before", async () => {
    const { name, store, isBack } = await storeOn();
    const [kept, before, during, late] = [1, 2, 3, 4].map((row) => eventOf("view", row));
    await store.addEvents([kept, before, during]);
    await store.events();
    await store.removeEvents([before.id]);
    failing("AbortError", 4);
    expect(idsOf(await store.events())).toEqual([kept.id, during.id]);
    expect(store.storage).toBe("memory");
    await store.removeEvents([during.id]);
    await store.addEvents([late]);
    expect(idsOf(await store.events())).toEqual([kept.id, late.id]);
    await isBack();
    expect(idsOf(await eventsIn(name)).sort()).toEqual([kept.id, late.id].sort());
  });

  test.each<[string, (store: FallbackStore) => Promise<unknown>, readonly number[]]>([
    ["tracked", (store) => store.addEvents([eventOf("view", 3)]), [1, 2, 3]],
    ["erased", (store) => store.eraseEvents(), []],
    [
      "erased and tracked",
      async (store) => {
        await store.eraseEvents();
        await store.addEvents([eventOf("view", 3)]);
      },
      [3],
    ],
  ])(
    "what is %s while all of it is being written to the database is done there, too",
    async (_what, act, wanted) => {
      const { store, isBack, name } = await inMemory();
      const write = Database.prototype.addEvents;
      const isDone: boolean[] = [];
      vi.spyOn(Database.prototype, "addEvents").mockImplementation(async function (this: Database, ...args) {
        const added = await write.apply(this, args);
        if (isDone.length === 0) {
          isDone.push(true);
          await act(store);
        }
        return added;
      });
      await isBack();
      expect(isDone).toEqual([true]);
      const items = (await eventsIn(name)).map((event) => !isFact(event) && event.item);
      expect(items).toEqual(wanted.map((row) => `item-${row}`));
    },
  );

  test("an erasure says that it is not done, and is done as soon as the database answers", async () => {
    const { store, isBack, name } = await inMemory();
    await expect(store.eraseAll(withoutLedger(noonMs, noonMs))).rejects.toThrow("memory alone was emptied");
    expect(await store.events()).toEqual([]);
    await isBack();
    expect(await eventsIn(name)).toEqual([]);
  });

  test("what somebody takes from the database does not come back from there; what came meanwhile stays", async () => {
    const { store, isBack, name } = await inMemory();
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = resolve;
    });
    await isBack();
    expect((await eventsIn(name)).map((event) => !isFact(event) && event.item)).toEqual(["item-2"]);
    expect(await store.events()).toEqual(await eventsIn(name));
  });

  test("a choice made meanwhile is kept by the database as soon as it answers", async () => {
    const { store, isBack, name } = await inMemory();
    await store.keep(() => ({ ...nothingKept, choices: { revision: 2, personalise: false } }));
    await isBack();
    const database = new Database(name, () => undefined);
    expect((await database.kept())?.choices).toEqual({ revision: 2, personalise: false });
    database.close();
  });

  test("what is asked of parts, tokens and logs is asked of memory", async () => {
    const { store, isBack } = await inMemory();
    await store.parts.keepPart("p", new Uint8Array([4]));
    expect(await store.parts.part("p")).toEqual(new Uint8Array([4]));
    await store.tokens.add("k", [new Uint8Array([5])]);
    expect(await store.tokens.count("k")).toBe(1);
    await isBack();
    expect([await store.parts.part("p"), await store.tokens.count("k")]).toEqual([null, 0]);
  });
});

test("a database that another tab deletes takes with it what was known; one that closes does not", async () => {
  const { store, name, onLost } = await storeOn();
  await store.addEvents([eventOf("view", 1)]);
  await store.events();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(name).onsuccess = resolve;
  });
  expect(onLost).toHaveBeenCalledTimes(1);
  failing("UnknownError", 2);
  expect(await store.events()).toEqual([]);
  expect(store.storage).toBe("memory");
});

test("a database that is gone when an operation fails took what was known with it, whoever says so", async () => {
  const { store, name, onLost } = await storeOn();
  await store.addEvents([eventOf("view", 1)]);
  await store.events();
  // As Chromium clears a site's data: no event says that the connection ended.
  vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementationOnce(function (this: IDBDatabase) {
    this.close();
    indexedDB.deleteDatabase(name);
    throw new DOMException("The connection was closed.", "InvalidStateError");
  });
  const second = eventOf("view", 2);
  expect(await store.addEvents([second])).toEqual([second]);
  expect([onLost.mock.calls.length, await store.events()]).toEqual([1, [second]]);
});

test("a connection that was let go and then ends is not the one in use", async () => {
  const connections = connectionsOpened();
  const { store, name, onLost } = await storeOn();
  failing("UnknownError", 1);
  await store.addEvents([eventOf("view", 1)]);
  const [first, second] = connections;
  expect([connections.length, onLost.mock.calls.length]).toEqual([2, 0]);
  // Its declared parameter is the class where it takes a connection.
  forceCloseDatabase(first as never);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(onLost).not.toHaveBeenCalled();
  // The one in use lets others delete what it is open on.
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(name).onsuccess = resolve;
  });
  expect(() => second.transaction("events")).toThrow();
  expect(onLost).toHaveBeenCalledTimes(1);
});

test("of several operations on a connection that ended unheard each is done on the next one", async () => {
  const connections = connectionsOpened();
  const { store, onDenied } = await storeOn();
  for (const connection of connections) connection.close();
  const [added, events, kept] = await Promise.all([
    store.addEvents([eventOf("view", 1)]),
    store.events(),
    store.kept(),
  ]);
  expect([store.storage, onDenied.mock.calls.length, connections.length]).toEqual(["device", 0, 2]);
  expect([added.length, events.length <= 1, kept]).toEqual([1, true, null]);
});

test("an operation that fails once is no news of what was read", async () => {
  const { store, onLost } = await storeOn();
  await store.addEvents([eventOf("view", 1)]);
  for (let time = 0; time < 3; time++) {
    failing("DataError", 1);
    expect(await store.events()).toHaveLength(1);
    vi.restoreAllMocks();
  }
  expect(onLost).not.toHaveBeenCalled();
});

test("what is kept is known once it was read, or where the browser has no database", async () => {
  const { store } = await storeOn();
  expect(store.knowsKept).toBe(false);
  await store.kept();
  expect(store.knowsKept).toBe(true);
  for (const [name, isKnown] of [
    ["UnknownError", false],
    ["SecurityError", true],
  ] as const) {
    vi.spyOn(IDBFactory.prototype, "open").mockImplementation(() => {
      throw new DOMException("by the test", name);
    });
    const denied = await storeOn();
    await denied.store.kept();
    expect([denied.store.storage, denied.store.knowsKept]).toEqual(["memory", isKnown]);
    vi.restoreAllMocks();
  }
});

test("while there is nothing but memory, what another tab deletes is not shown any more", async () => {
  const { store, name } = await storeOn();
  await store.addEvents([eventOf("view", 1)]);
  await store.events();
  const other = await openDB(name);
  failing("UnknownError", 2);
  await store.addEvents([eventOf("view", 2)]);
  expect([store.storage, (await store.events()).length]).toEqual(["memory", 2]);
  other.close();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(name).onsuccess = resolve;
  });
  await until(() => store.storage === "device");
  expect((await store.events()).map((event) => !isFact(event) && event.item)).toEqual(["item-2"]);
});
