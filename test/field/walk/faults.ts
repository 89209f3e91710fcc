/**
 * Steps that take something away from the device: its databases, its localStorage, answers of either, room.
 *
 * What the model expects of each: an event that was in what is taken may be gone (`storageTaken`). Anything
 * tracked later has its bound, whatever does not work then; without localStorage nothing outlives a page
 * before it is in the journal, and the page itself knows whether it had any (`hasRoom`). Everything else is
 * as it was: no fault is a reason to lose, to double, to forget a "no" or to spend, unless both storages were taken
 * from one page and it goes without a localStorage to write to (choice.ts).
 */
import { sleep, type Tab } from "../engines/engine.ts";
import type { Step } from "./steps.ts";

/** Two seconds is how long the SDK waits for its database: some of the times are longer. */
const mostFaultMs = 4_000;
/** A busy tab closes its connection late. */
const hearsWithinMs = 3_000;

/** What worker.js, with this before it, does to its own storage when the walk says so (`tell`). */
export type WorkerFault =
  | { readonly fault: "close" }
  | { readonly fault: "no channel" }
  | { readonly fault: "abort"; readonly count: number }
  | { readonly fault: "silent"; readonly forMs: number };

/** Runs in the worker, before anything else. */
export function faultsOnRequest(): void {
  const connections: IDBDatabase[] = [];
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const request = open.apply(this, given);
    request.addEventListener("success", () => connections.push(request.result));
    return request;
  };
  let toAbort = 0;
  const transaction = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...given) {
    const begun = transaction.apply(this, given);
    if (toAbort > 0) {
      toAbort -= 1;
      begun.abort();
    }
    return begun;
  };
  let isSilent = false;
  for (const { prototype } of [IDBRequest, IDBTransaction]) {
    prototype.addEventListener = function (
      this: EventTarget,
      ...given: Parameters<EventTarget["addEventListener"]>
    ) {
      if (!isSilent) EventTarget.prototype.addEventListener.apply(this, given);
    };
  }
  new BroadcastChannel("fault").onmessage = ({ data }: MessageEvent<WorkerFault>) => {
    if (data.fault === "close") for (const connection of connections.splice(0)) connection.close();
    else if (data.fault === "no channel") Reflect.deleteProperty(globalThis, "BroadcastChannel");
    else if (data.fault === "abort") toAbort = data.count;
    else {
      isSilent = true;
      setTimeout(() => {
        isSilent = false;
      }, data.forMs);
    }
  };
}

function tell(tab: Tab, fault: WorkerFault): Promise<void> {
  return tab.run((fault) => {
    const channel = new BroadcastChannel("fault");
    channel.postMessage(fault);
    channel.close();
  }, fault);
}

/** Runs in the page: deletes all databases, and waits until they are gone. */
async function deleteDatabases(): Promise<void> {
  for (const { name = "" } of await indexedDB.databases()) {
    await new Promise<void>((resolve) => {
      const gone = indexedDB.deleteDatabase(name);
      gone.onsuccess = gone.onerror = () => resolve();
      setTimeout(resolve, 3_000);
    });
  }
}

/** Runs in the page: its connection lets nobody delete or upgrade the database before it ends. */
function holdConnection({ forMs, isDeleting }: { readonly forMs: number; readonly isDeleting: boolean }) {
  const opening = indexedDB.open("tacit");
  // There was none: nothing is held, and none comes into being.
  opening.onupgradeneeded = () => opening.transaction?.abort();
  return new Promise<void>((resolve) => {
    opening.onerror = () => resolve();
    opening.onsuccess = () => {
      setTimeout(() => opening.result.close(), forMs);
      if (isDeleting) indexedDB.deleteDatabase("tacit");
      resolve();
    };
    setTimeout(resolve, 500);
  });
}

/** Runs in the page: a transaction over everything, which nobody gets past. */
function holdTransaction(forMs: number): Promise<void> {
  const opening = indexedDB.open("tacit");
  opening.onupgradeneeded = () => opening.transaction?.abort();
  return new Promise<void>((resolve) => {
    opening.onerror = () => resolve();
    opening.onsuccess = () => {
      const { result } = opening;
      result.onversionchange = () => result.close();
      const end = Date.now() + forMs;
      const names = [...result.objectStoreNames];
      if (names.length > 0) {
        const store = result.transaction(names, "readwrite").objectStore(names[0]);
        const spin = () => {
          if (Date.now() < end) store.count().onsuccess = spin;
          else result.close();
        };
        spin();
      }
      resolve();
    };
    setTimeout(resolve, 500);
  });
}

/** Runs in the page: localStorage is full, to the last character. A page that has none fills none. */
function fillLocalStorage(): void {
  let size = 2 ** 22;
  for (let nth = Date.now(); size >= 1; nth++) {
    try {
      localStorage.setItem(`filler.${nth}`, "x".repeat(size));
    } catch {
      size = Math.floor(size / 2);
    }
  }
}

export const faults: Readonly<Record<string, Step>> = {
  "close the connection": {
    weight: 2,
    isCompared: true,
    run: ({ place: { tab } }) => tell(tab, { fault: "close" }),
  },
  "take BroadcastChannel": {
    weight: 2,
    run: ({ place: { tab } }) => tell(tab, { fault: "no channel" }),
  },
  "transactions abort": {
    weight: 2,
    run: (walker) => tell(walker.place.tab, { fault: "abort", count: 1 + walker.someMs(4) }),
  },
  "IndexedDB does not answer": {
    weight: 1,
    run: (walker) => tell(walker.place.tab, { fault: "silent", forMs: walker.someMs(mostFaultMs) }),
  },
  "a transaction in the way": {
    weight: 1,
    run: (walker) => walker.place.tab.run(holdTransaction, walker.someMs(mostFaultMs)),
  },
  "an older tab in the way": {
    weight: 1,
    async run(walker, name) {
      const isDeleting = walker.random() < 0.5;
      const forMs = walker.someMs(mostFaultMs);
      await walker.place.tab.run(holdConnection, { forMs, isDeleting });
      // Whoever has a connection may write to it until they hear of the deletion, which waits for all of them.
      if (isDeleting) {
        const byMs = Date.now() + forMs + hearsWithinMs;
        walker.model.storageTaken(name, { storage: "database", page: walker.place.page, byMs });
      }
    },
  },
  "delete the databases": {
    weight: 2,
    isCompared: true,
    async run({ place: { tab, page }, model }, name) {
      await tab.run(deleteDatabases);
      model.storageTaken(name, { storage: "database", page, byMs: 0 });
      // Whoever holds what was read before hears of it now.
      await sleep(50);
    },
  },
  "clear localStorage": {
    weight: 2,
    isCompared: true,
    async run({ place: { tab, page }, model }, name) {
      await tab.run(() => {
        try {
          localStorage.clear();
        } catch {
          // This page has none.
        }
      });
      model.storageTaken(name, { storage: "localStorage", page, byMs: 0 });
    },
  },
  "fill localStorage": {
    weight: 1,
    run: ({ place: { tab } }) => tab.run(fillLocalStorage),
  },
  "localStorage throws": {
    weight: 1,
    run: ({ place: { tab } }) =>
      tab.run(() => {
        const get = (): never => {
          throw new DOMException("The operation is insecure.", "SecurityError");
        };
        Object.defineProperty(window, "localStorage", { get, configurable: true });
      }),
  },
  "no room on the disk": {
    weight: 1,
    needs: "quota",
    async run(walker) {
      await walker.place.tab.limitStorage(1);
      walker.hasRoom = false;
    },
  },
  "room again": {
    weight: 4,
    async run(walker) {
      const { tab } = walker.place;
      if (walker.can("quota")) await tab.limitStorage(null);
      walker.hasRoom = true;
      await tab.run(() => {
        try {
          const fillers = Object.keys(localStorage).filter((key) => key.startsWith("filler."));
          for (const key of fillers) localStorage.removeItem(key);
        } catch {
          // This page has none.
        }
      });
    },
  },
};
