/**
 * Measures the private side where it runs: in a browser's worker, over its IndexedDB, without a network. Handed
 * the `TacitWorker` of any commit, so that two can be compared; it asks nothing of it but `start`, `append`,
 * `forYou`, `panel` and `close`.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import { seededRandom } from "../../core/seeded.ts";
import type { WorkerApi } from "../../worker/api.ts";
import type { Edges } from "../../worker/edges.ts";

export interface Measured {
  /** Which files hold the shop: /NAME.json and /parts/ID. */
  readonly shop: string;
  readonly database: string;
  readonly events: number;
  /** Whether the person wishes for something: a few categories, words and items. */
  readonly hasWishes: boolean;
  /** How many events are appended, each followed by a shelf. */
  readonly turns: number;
  /** No more turns are begun after this long. */
  readonly mostMs: number;
}

/** A visit to measure, what earlier ones kept to put there before, what reading takes, a database to delete. */
export type Question =
  | Measured
  | { readonly seed: Measured }
  | { readonly read: Measured }
  | { readonly drop: string };

export interface Times {
  /** From the start of a visit to its first shelf. */
  readonly firstMs: number;
  /** The longest the worker answered nobody in that time. */
  readonly blockedMs: number;
  /** From an event to the shelf after it, in order of length. */
  readonly shelfMs: readonly number[];
  readonly panelMs: number;
  readonly shelf: readonly { readonly item: string; readonly score: number }[];
}

type Device = WorkerApi & { close(): Promise<void> };
type MakeDevice = new (edges: Edges) => Device;

const dayMs = 86_400_000;

/** Answers each `Question`. */
export function answerWith(TacitWorker: MakeDevice, loadFile?: NonNullable<Edges["loadFile"]>): void {
  const open = async ({ database }: Measured): Promise<Device> => {
    const device = new TacitWorker({
      nowMs: () => Date.now(),
      fill: (bytes) => bytes.set(crypto.getRandomValues(new Uint8Array(bytes.length))),
      fetch: () => Promise.reject(new TypeError("offline")),
      ...(loadFile === undefined ? {} : { loadFile }),
    });
    const consent = { personalise: true, contribute: false };
    const config = { server: "http://127.0.0.1:9", database, consent, answeredTasks: [] };
    await device.start(config, () => undefined);
    return device;
  };
  const answer = async (data: Question): Promise<void> => {
    try {
      if ("drop" in data) {
        await done(indexedDB.deleteDatabase(data.drop));
        postMessage({ ok: true });
        return;
      }
      if ("seed" in data) {
        const device = await open(data.seed);
        await device.close();
        await seed(data.seed);
        postMessage({ ok: true });
        return;
      }
      if ("read" in data) {
        postMessage({ ok: true, readMs: await readAll(data.read.database) });
        return;
      }
      postMessage({ ok: true, times: await timesOf(data, () => open(data)) });
    } catch (cause) {
      postMessage({ ok: false, why: String(cause) });
    }
  };
  addEventListener("message", ({ data }: MessageEvent) => void answer(data));
}

async function timesOf({ shop, turns, mostMs }: Measured, open: () => Promise<Device>): Promise<Times> {
  const { ids } = await (await fetch(`/${shop}.json`)).json();
  const beat = heartbeat();
  const startedMs = performance.now();
  const device = await open();
  await device.forYou({ count: 12 });
  const firstMs = performance.now() - startedMs;
  const blockedMs = beat.end();
  const random = seededRandom(11);
  const shelfMs: number[] = [];
  const endMs = performance.now() + mostMs;
  for (let turn = 0; turn < turns && performance.now() < endMs; turn++) {
    const event = eventOf(ids, random, `turn-${turn}`, Date.now());
    const beforeMs = performance.now();
    await device.append([event]);
    await device.forYou({ count: 12 });
    shelfMs.push(performance.now() - beforeMs);
  }
  const panelFromMs = performance.now();
  await device.panel();
  const panelMs = performance.now() - panelFromMs;
  const shelf = (await device.forYou({ count: 12 })).map(({ item, score }) => ({ item, score }));
  // What a visit keeps for the next may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await device.close();
  shelfMs.sort((a, b) => a - b);
  return { firstMs, blockedMs, shelfMs, panelMs, shelf };
}

/** Of a third of the catalogue, some much more often: mostly views, a few purchases. */
function eventOf(ids: readonly string[], random: () => number, id: string, atMs: number): TacitEvent {
  const third = Math.max(1, Math.floor(ids.length / 3));
  const item = ids[(Math.floor(third * random() ** 2) * 3) % ids.length];
  const drawn = random();
  const kind = drawn < 0.7 ? "view" : drawn < 0.85 ? "click" : drawn < 0.95 ? "cart_add" : "purchase";
  return { id, kind, item, atMs };
}

/** Puts what earlier visits kept into the database, which is there and empty. */
async function seed({ shop, database, events, hasWishes }: Measured): Promise<void> {
  const { document, parts, ids } = await (await fetch(`/${shop}.json`)).json();
  const db = await done(indexedDB.open(database));
  for (const { id } of parts) {
    const bytes = new Uint8Array(await (await fetch(`/parts/${id}`)).arrayBuffer());
    await done(db.transaction("parts", "readwrite").objectStore("parts").put(bytes, id));
  }
  const edition = { sequence: 1, document: { document, signature: "00".repeat(64) } };
  await done(db.transaction("kv", "readwrite").objectStore("kv").put(edition, "edition"));
  const random = seededRandom(3);
  const nowMs = Date.now();
  const transaction = db.transaction("events", "readwrite");
  const store = transaction.objectStore("events");
  for (let k = 0; k < events; k++) {
    store.put(eventOf(ids, random, `event-${k}`, Math.floor(nowMs - 365 * dayMs * random())));
  }
  for (const [name, value] of hasWishes ? wishesOn(ids) : []) {
    store.put({ id: name, kind: "fact", fact: name, value, atMs: nowMs });
  }
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    // Without room for them: a shorter journal would be measured.
    transaction.onabort = () => reject(transaction.error);
  });
  db.close();
}

function wishesOn(ids: readonly string[]): readonly (readonly [fact: string, value: string])[] {
  return [
    ["steer:category:Garden", "mute"],
    ["steer:word:christmas", "less"],
    ["steer:word:heart", "boost"],
    ...ids.slice(100, 120).map((id, at) => [`steer:item:${id}`, at % 2 === 0 ? "less" : "boost"] as const),
  ];
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** How long it takes to open a database and read all that is in it, ms: what no worker does faster. */
async function readAll(database: string): Promise<number> {
  const startedMs = performance.now();
  const db = await done(indexedDB.open(database));
  const names = [...db.objectStoreNames];
  const transaction = db.transaction(names);
  await Promise.all(names.map((name) => done(transaction.objectStore(name).getAll())));
  const readMs = performance.now() - startedMs;
  db.close();
  return readMs;
}

/** Counts the longest time in which the worker took no message. */
function heartbeat(): { end(): number } {
  const { port1, port2 } = new MessageChannel();
  let longestMs = 0;
  let lastMs = performance.now();
  port1.onmessage = () => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs);
    lastMs = nowMs;
    setTimeout(() => port2.postMessage(null), 1);
  };
  port2.postMessage(null);
  return {
    end: () => {
      port1.close();
      return Math.max(longestMs, performance.now() - lastMs);
    },
  };
}
