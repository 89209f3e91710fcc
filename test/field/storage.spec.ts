/**
 * Kind: storage may fail at any moment, in any way; the shelf follows what the person does within the visit,
 * and the panel says where the journal lives.
 */
import { expect } from "vitest";
import { sleep, type Tab } from "./engines/engine.ts";
import { inEveryEngine } from "./laws.ts";
import { before, html, inline } from "./site.ts";
import { bag, loaded, mug, ready, type Shelf, shelf, tin, track, visit } from "./visit.ts";

/** Two seconds to give the database up, the rest for the first load of a page on a busy machine. */
const followsWithinMs = 6_000;
const worker = "/tacit/worker.js";

/** Every name that a browser has been seen to give to a failing database. */
const errorNames = [
  "UnknownError",
  "InvalidStateError",
  "AbortError",
  "QuotaExceededError",
  "VersionError",
  "SecurityError",
  "TransactionInactiveError",
  "NotFoundError",
  "TimeoutError",
  "DataError",
];

interface Fault {
  /** What is put before the worker's file. */
  readonly worker: string;
  /** What is put before the page's scripts. */
  readonly page?: string;
  readonly storage: readonly string[];
}

const everywhere = (work: () => void): Pick<Fault, "worker" | "page"> => ({
  worker: before(work),
  page: inline(work),
});

/** As text, because a worker's prefix sees nothing of this file: `fail` throws under each name in turn. */
const failing = (names: readonly string[], work: string): string =>
  `{ const names = ${JSON.stringify(names)}; let turn = 0;
const fail = () => { throw new DOMException("as a test wants it", names[turn++ % names.length]); }; ${work} }`;

const both = ["memory", "device"];

const faults: Readonly<Record<string, Fault>> = {
  "there is no IndexedDB": {
    ...everywhere(() =>
      Object.defineProperty(globalThis, "indexedDB", { value: undefined, configurable: true }),
    ),
    storage: ["memory"],
  },
  "reading indexedDB throws": {
    ...everywhere(() =>
      Object.defineProperty(globalThis, "indexedDB", {
        get() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        },
      }),
    ),
    storage: ["memory"],
  },
  "an open never answers": {
    ...everywhere(() => {
      IDBFactory.prototype.open = () => new EventTarget() as IDBOpenDBRequest;
    }),
    storage: ["memory"],
  },
  "an open fails later with an error": {
    ...everywhere(() => {
      IDBFactory.prototype.open = () => {
        const request = new EventTarget();
        Object.defineProperty(request, "error", {
          value: new DOMException("Internal error", "UnknownError"),
        });
        setTimeout(() => request.dispatchEvent(new Event("error")), 50);
        return request as IDBOpenDBRequest;
      };
    }),
    storage: ["memory"],
  },
  "every transaction aborts by itself": {
    worker: before(() => {
      const own = IDBDatabase.prototype.transaction;
      IDBDatabase.prototype.transaction = function (...given) {
        const transaction = own.apply(this, given);
        queueMicrotask(() => {
          try {
            transaction.abort();
          } catch {
            // It had ended.
          }
        });
        return transaction;
      };
    }),
    storage: both,
  },
  "no transaction ever ends": {
    worker: before(() => {
      const own = IDBDatabase.prototype.transaction;
      let opened = 0;
      IDBDatabase.prototype.transaction = function (...given) {
        const transaction = own.apply(this, given);
        if (++opened > 3) {
          const [store] = transaction.objectStoreNames;
          const spin = () => {
            try {
              transaction.objectStore(store).count().onsuccess = spin;
            } catch {
              // It ended all the same.
            }
          };
          spin();
        }
        return transaction;
      };
    }),
    storage: both,
  },
  "the connection is closed under way": {
    worker: before(() => {
      const own = IDBFactory.prototype.open;
      let isFirst = true;
      IDBFactory.prototype.open = function (...given) {
        const request = own.apply(this, given);
        request.addEventListener("success", () => {
          if (isFirst) setTimeout(() => request.result.close(), 400);
          isFirst = false;
        });
        return request;
      };
    }),
    storage: ["device"],
  },
  "BroadcastChannel throws": {
    worker: before(() => {
      globalThis.BroadcastChannel = class {
        constructor() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        }
      } as unknown as typeof BroadcastChannel;
    }),
    storage: ["device"],
  },
  "BroadcastChannel and IndexedDB throw": {
    worker: before(() => {
      const refuse = (): never => {
        throw new DOMException("The operation is insecure.", "SecurityError");
      };
      IDBFactory.prototype.open = refuse;
      globalThis.BroadcastChannel = class {
        constructor() {
          refuse();
        }
      } as unknown as typeof BroadcastChannel;
    }),
    storage: ["memory"],
  },
  "there is no BroadcastChannel": { worker: "delete self.BroadcastChannel;", storage: ["device"] },
  "posting to other tabs throws": {
    worker: before(() => {
      BroadcastChannel.prototype.postMessage = () => {
        throw new DOMException("closed", "InvalidStateError");
      };
    }),
    storage: ["device"],
  },
  "Web Locks throw": {
    ...everywhere(() =>
      Object.defineProperty(Navigator.prototype, "locks", {
        get() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        },
      }),
    ),
    worker:
      "Object.defineProperty(Object.getPrototypeOf(navigator), 'locks', { get() { throw new DOMException('no', 'SecurityError'); } });",
    storage: ["device"],
  },
  "localStorage throws": {
    worker: "",
    page: inline(() =>
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        },
      }),
    ),
    storage: ["device"],
  },
  "localStorage takes nothing": {
    worker: "",
    page: inline(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    }),
    storage: ["device"],
  },
  "opening throws": { worker: failing(errorNames, "IDBFactory.prototype.open = fail;"), storage: ["memory"] },
  "every transaction throws": {
    worker: failing(errorNames, "IDBDatabase.prototype.transaction = fail;"),
    storage: both,
  },
  "every write throws": {
    worker: failing(errorNames, "IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = fail;"),
    storage: both,
  },
  "every read throws": {
    worker: failing(
      errorNames,
      "for (const kind of [IDBObjectStore, IDBIndex]) kind.prototype.get = kind.prototype.getAll = kind.prototype.getKey = fail;",
    ),
    storage: both,
  },
  "every transaction throws after the first second": {
    worker: failing(errorNames, "setTimeout(() => { IDBDatabase.prototype.transaction = fail; }, 600);"),
    storage: both,
  },
};

/** One name alone. */
const faultsByName: Readonly<Record<string, Fault>> = Object.fromEntries(
  errorNames.map((name): readonly [string, Fault] => [
    `every transaction throws ${name}`,
    { worker: failing([name], "IDBDatabase.prototype.transaction = fail;"), storage: both },
  ]),
);

/** The storage that the panel names once the list follows the person, or what came instead. */
async function following(tab: Tab): Promise<string> {
  const begun = performance.now();
  let found: Shelf | undefined;
  for (const item of [mug, bag, tin]) await track(tab, item);
  while (performance.now() - begun < followsWithinMs) {
    found = await shelf(tab, followsWithinMs);
    if (found.follow > 0) return found.storage;
    await sleep(200);
  }
  return `a list that does not follow: ${JSON.stringify(found)}`;
}

inEveryEngine((law) => {
  for (const [fault, { worker: prefix, page = "", storage }] of Object.entries({
    ...faults,
    ...faultsByName,
  })) {
    law(
      `the shelf follows the visit though ${fault}`,
      {
        site: { pages: { "/case": html({ head: page }) }, prefixes: { [worker]: prefix } },
      },
      async ({ tab, site }) => {
        await tab.goto(`${site.url}/case`);
        await loaded(tab);
        expect(storage).toContain(await following(tab));
      },
    );
  }

  /** Databases of the SDK's name that are not as it made them. */
  const databases: Readonly<
    Record<string, { readonly make: () => Promise<void>; readonly storage: readonly string[] }>
  > = {
    "is at a version higher than any, made by somebody else": {
      make: () =>
        new Promise((resolve) => {
          const open = indexedDB.open("tacit", 5_000);
          open.onupgradeneeded = () => open.result.createObjectStore("other");
          open.onsuccess = () => resolve(open.result.close());
        }),
      storage: both,
    },
    "has none of its stores, at version 1": {
      make: () =>
        new Promise((resolve) => {
          const open = indexedDB.open("tacit", 1);
          open.onupgradeneeded = () => open.result.createObjectStore("events");
          open.onsuccess = () => resolve(open.result.close());
        }),
      storage: both,
    },
    "is held by another tab at an older version": {
      make: () =>
        new Promise((resolve) => {
          const open = indexedDB.open("tacit", 1);
          open.onupgradeneeded = () => {
            open.result.createObjectStore("events", { keyPath: "id" }).createIndex("atMs", "atMs");
            open.result.createObjectStore("kv");
          };
          open.onsuccess = () => {
            Reflect.set(window, "held", open.result);
            resolve();
          };
        }),
      storage: both,
    },
  };
  for (const [state, { make, storage }] of Object.entries(databases)) {
    law(
      `the shelf follows the visit though the database ${state}`,
      { site: { pages: { "/case": html(), "/old": "<!doctype html>old" } } },
      async ({ tab, session, site }) => {
        await tab.goto(`${site.url}/old`);
        await tab.run(make);
        const second = await session.tab();
        await second.goto(`${site.url}/case`);
        await loaded(second);
        expect(storage).toContain(await following(second));
      },
    );
  }

  law(
    "the shelf follows the visit though the database has our version and none of our stores",
    { site: { pages: { "/case": html(), "/old": "<!doctype html>old" } } },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      const version = await tab.run(
        async () => (await indexedDB.databases()).find(({ name }) => name === "tacit")?.version ?? 0,
      );
      await tab.goto(`${site.url}/old`);
      await tab.run(
        (version) =>
          new Promise<void>((resolve, reject) => {
            const gone = indexedDB.deleteDatabase("tacit");
            gone.onerror = gone.onblocked = () => reject(new Error("the old database is held"));
            gone.onsuccess = () => {
              const open = indexedDB.open("tacit", version);
              open.onupgradeneeded = () => open.result.createObjectStore("other");
              open.onsuccess = () => resolve(open.result.close());
            };
          }),
        version,
      );
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      expect(both).toContain(await following(tab));
    },
  );

  law(
    "what comes after the database was deleted in mid-visit is kept and ranked by",
    { site: { pages: { "/case": html() } } },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await track(tab, mug);
      await tab.run(async () => {
        await window.tacit?.panel();
        await new Promise<void>((resolve) => {
          const gone = indexedDB.deleteDatabase("tacit");
          gone.onsuccess = gone.onerror = () => resolve();
          setTimeout(resolve, 5_000);
        });
      });
      expect(await following(tab)).toBe("device");
      await visit(tab, `${site.url}/case`);
      expect((await shelf(tab)).follow).toBeGreaterThan(0);
    },
  );

  law(
    "on a full disk the shelf follows the visit",
    { site: { pages: { "/case": html(), "/old": "<!doctype html>old" } }, needs: ["quota"] },
    async ({ tab, site }) => {
      await tab.goto(`${site.url}/old`);
      await tab.limitStorage(1);
      await tab.goto(`${site.url}/case`);
      await loaded(tab);
      expect(both).toContain(await following(tab));
    },
  );

  law(
    "a disk that fills in mid-visit does not stop the shelf",
    { site: { pages: { "/case": html() } }, needs: ["quota"] },
    async ({ tab, site }) => {
      await visit(tab, `${site.url}/case`);
      await ready(tab);
      await tab.limitStorage(1);
      expect(both).toContain(await following(tab));
    },
  );
});
