import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { openDB } from "idb";
import { afterEach, describe, expect, test, vi } from "vitest";
import { cleaned } from "../../core/events/cleaning/cleaning.ts";
import { type EventKind, eventKinds, isEventKind, type TacitEvent } from "../../core/events/event.ts";
import { oldestFirst } from "../../core/events/order.ts";
import { productionLimits } from "../../core/sum/limits.ts";
import type { Kept, SentReport } from "../../worker/api.ts";
import { Ledger } from "../../worker/contribute/ledger.ts";
import { EventLog, type JournalLimits } from "../../worker/events/eventlog.ts";
import { Journal } from "../../worker/events/journal.ts";
import { Database } from "../../worker/store/database.ts";
import { openStore } from "../../worker/store/fallback.ts";
import { withoutLedger } from "../../worker/store/kept.ts";
import { MemoryStore } from "../../worker/store/memory.ts";
import { type KeptUpdate, nothingKept } from "../../worker/store/store.ts";
import { type TacitSchema, upgradeSteps } from "../../worker/store/upgrades.ts";
import { closeDevice, closeDevices, device, eventOf, freshDatabase, until } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);
afterEach(() => vi.unstubAllGlobals());

const ignore = (): void => undefined;
/** Writes the entry, whatever the ledger holds. */
const admitting = (entry: SentReport) => () => ({ entry, kept: nothingKept });
const keepAll: KeptUpdate = (kept) => kept ?? nothingKept;
const bytes = (...values: readonly number[]) => Uint8Array.from(values);

function entryOf(id: string, atMs = noonMs): SentReport {
  const sum = { task: `task of ${id}`, kind: "item-factors", round: 2, block: 1, rho: 0.1 } as const;
  return { id, atMs, bytes: 5, sha256: "ab", sums: [{ ...sum, state: "sending" }] };
}

describe.each([
  { name: "IndexedDB", open: () => new Database(freshDatabase(), ignore) },
  { name: "memory", open: () => new MemoryStore() },
])("a store in $name", ({ open }) => {
  test("returns events oldest first, each id once, the first of an id winning", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            fc.record({
              id: fc.constantFrom("a", "b", "c", "d", "e", "f"),
              atMs: fc.integer({ min: 1, max: 1000 }),
              kind: fc.constantFrom(...eventKinds),
            }),
            { maxLength: 6 },
          ),
          { maxLength: 4 },
        ),
        async (batches) => {
          const store = open();
          const oracle = new Map<string, TacitEvent>();
          for (const batch of batches) {
            const fresh = batch.filter(
              ({ id }, k) => !oracle.has(id) && batch.findIndex((event) => event.id === id) === k,
            );
            expect(await store.addEvents(batch)).toEqual(fresh);
            for (const event of fresh) oracle.set(event.id, event);
          }
          const events = await store.events();
          expect(new Set(events)).toEqual(new Set(oracle.values()));
          expect(events.map(({ atMs }) => atMs)).toEqual(
            events.map(({ atMs }) => atMs).sort((a, b) => a - b),
          );
          store.close();
        },
      ),
      { numRuns: 50 },
    );
  });

  test("writes a report and its body together, and neither once an event that it is based on is gone", async () => {
    const store = open();
    const event = eventOf("purchase", 1);
    await store.addEvents([event]);
    const first = { admit: admitting(entryOf("r1")), body: bytes(1, 2), basedOn: [event.id] };
    expect(await store.addReport(first)).toEqual(entryOf("r1"));
    expect(await store.reports()).toEqual([entryOf("r1")]);
    expect(await store.reportBody("r1")).toEqual(bytes(1, 2));
    const other = eventOf("purchase", 2);
    await store.addEvents([other]);
    const late = { admit: admitting(entryOf("r2")), body: bytes(3), basedOn: [event.id, other.id] };
    await store.removeEvents([other.id]);
    expect(await store.addReport(late)).toBeNull();
    await store.eraseEvents();
    expect(await store.addReport({ ...late, basedOn: [event.id] })).toBeNull();
    expect(await store.reports()).toEqual([entryOf("r1")]);
    expect(await store.reportBody("r2")).toBeNull();
    store.close();
  });

  test("writes nothing that the ledger, as it stands at that moment, does not admit", async () => {
    const store = open();
    const event = eventOf("purchase", 1);
    await store.addEvents([event]);
    const upTo = (most: number, id: string) => ({
      admit: (_kept: Kept | null, ledger: readonly SentReport[]) =>
        ledger.length < most ? admitting(entryOf(id))() : null,
      body: bytes(1),
      basedOn: [event.id],
    });
    // All at once: each looks at what the one before has written.
    const written = await Promise.all(["a", "b", "c", "d", "e"].map((id) => store.addReport(upTo(2, id))));
    expect(written.filter((entry) => entry !== null)).toHaveLength(2);
    expect(await store.reports()).toHaveLength(2);
    const refusing = () => {
      throw new RangeError("budget: spent");
    };
    await expect(store.addReport({ ...upTo(9, "f"), admit: refusing })).rejects.toThrow("budget: spent");
    expect(await store.addReport(upTo(9, "g"))).toMatchObject({ id: "g" });
    expect((await store.reports()).map(({ id }) => id).sort()).toEqual(["a", "b", "g"]);
    store.close();
  });

  test("replaces an entry that is there, and brings none back", async () => {
    const store = open();
    const event = eventOf("purchase", 1);
    await store.addEvents([event]);
    await store.addReport({ admit: admitting(entryOf("r1")), body: bytes(1), basedOn: [event.id] });
    const [sum] = entryOf("r1").sums;
    const accepted: SentReport = { ...entryOf("r1"), sums: [{ ...sum, state: "accepted" }] };
    expect(await store.updateReport(accepted)).toBe(true);
    expect(await store.reports()).toEqual([accepted]);
    // Of two who both found it without an answer one alone writes.
    const isSending = ({ sums: [one] }: SentReport) => one.state === "sending";
    expect(await store.updateReport(entryOf("r1"))).toBe(true);
    const both = [accepted, { ...accepted, atMs: 5 }].map((entry) => store.updateReport(entry, isSending));
    expect((await Promise.all(both)).toSorted()).toEqual([false, true]);
    await store.eraseAll(keepAll);
    expect(await store.updateReport(entryOf("r1"))).toBe(false);
    expect(await store.reports()).toEqual([]);
    store.close();
  });

  test("keeps what is due when beside the wallet's plan, each under its own name", async () => {
    const store = open();
    const resting = { state: "resting", untilMs: 9, why: "round" } as const;
    expect([await store.schedule.schedule(), await store.schedule.tasks()]).toEqual([null, null]);
    await store.tokens.keepRefillPlan({ nextAtMs: 8, failingSinceMs: 3 });
    await store.schedule.keepSchedule(resting);
    expect(await store.schedule.schedule()).toEqual(resting);
    expect(await store.schedule.tasks()).toBeNull();
    await store.schedule.keepSchedule({ ...resting, untilMs: 10 });
    expect(await store.schedule.schedule()).toEqual({ ...resting, untilMs: 10 });
    expect(await store.tokens.refillPlan()).toEqual({ nextAtMs: 8, failingSinceMs: 3 });
    await store.eraseAll(keepAll);
    expect(await store.schedule.schedule()).toBeNull();
    store.close();
  });

  test("gives each token once, however many take at a time, and only those of the key asked for", async () => {
    const store = open();
    const { tokens } = store;
    expect(await tokens.refillPlan()).toBeNull();
    await tokens.keepRefillPlan({ nextAtMs: 8, failingSinceMs: 3 });
    expect(await tokens.refillPlan()).toEqual({ nextAtMs: 8, failingSinceMs: 3 });
    await tokens.add("a", [bytes(1), bytes(2)]);
    await tokens.add("a", [bytes(3)]);
    expect([await tokens.count("a"), await tokens.count("b")]).toEqual([3, 0]);
    expect(await tokens.take("b")).toBeNull();
    const taken = await Promise.all(Array.from({ length: 5 }, () => tokens.take("a")));
    const given = taken.flatMap((token) => (token === null ? [] : [token[0]]));
    expect(given.sort()).toEqual([1, 2, 3]);
    // A key that has been rotated away takes its tokens along.
    await tokens.add("a", [bytes(4)]);
    await tokens.add("b", [bytes(5)]);
    await tokens.add("c", [bytes(6), bytes(7)]);
    await tokens.keepOnly(["b", "c", "d"]);
    const counts = await Promise.all(["a", "b", "c"].map((key) => tokens.count(key)));
    expect(counts).toEqual([0, 1, 2]);
    store.close();
  });

  test("keeps parts and their chunks by name, and with an edition those alone that it lists", async () => {
    const store = open();
    const { parts } = store;
    const edition = (sequence: number) => ({
      sequence,
      document: { document: `${sequence}`, signature: "" },
    });
    expect([await parts.edition(), (await parts.ids()).size, await parts.part("a")]).toEqual([null, 0, null]);
    await parts.keepChunk("a", { offset: 2, bytes: bytes(3) });
    await parts.keepChunk("a", { offset: 0, bytes: bytes(1, 2) });
    await parts.keepChunk("a2", { offset: 0, bytes: bytes(9) });
    expect(await parts.chunks("a")).toEqual([
      { offset: 0, bytes: bytes(1, 2) },
      { offset: 2, bytes: bytes(3) },
    ]);
    await parts.keepPart("a", bytes(1, 2, 3));
    expect([await parts.part("a"), await parts.chunks("a")]).toEqual([bytes(1, 2, 3), []]);
    await parts.keepPart("b", bytes(4));
    await parts.keepPart("c", bytes(5));
    // What is not there whole is no edition.
    const early = { edition: edition(1), parts: ["a", "missing"], before: null };
    expect(await parts.keepEdition(early)).toBe(false);
    expect([await parts.edition(), (await parts.ids()).size]).toEqual([null, 3]);
    expect(await parts.keepEdition({ edition: edition(2), parts: ["a", "b"], before: null })).toBe(true);
    expect([await parts.edition(), await parts.ids()]).toEqual([edition(2), new Set(["a", "b"])]);
    expect(await parts.chunks("a2")).toEqual([]);
    // A tab that began before the newer edition was kept leaves it; one that saw it may go back.
    expect(await parts.keepEdition({ edition: edition(1), parts: ["a"], before: null })).toBe(false);
    expect(await parts.ids()).toEqual(new Set(["a", "b"]));
    expect(await parts.keepEdition({ edition: edition(1), parts: ["a"], before: edition(2) })).toBe(true);
    expect([await parts.edition(), await parts.ids()]).toEqual([edition(1), new Set(["a"])]);
    await parts.keepChunk("a", { offset: 0, bytes: bytes(1) });
    await parts.removePart("a");
    expect([await parts.part("a"), await parts.chunks("a")]).toEqual([null, []]);
    store.close();
  });

  test("is empty after everything was erased but what is kept, which knows of the ledger", async () => {
    const store = open();
    const event = eventOf("purchase", 1);
    await store.addEvents([event]);
    await store.parts.keepPart("b", bytes(9));
    await store.parts.keepChunk("c", { offset: 0, bytes: bytes(1) });
    await store.tokens.add("k", [bytes(1)]);
    await store.tokens.keepRefillPlan({ nextAtMs: 8, failingSinceMs: null });
    await store.addReport({ admit: admitting(entryOf("late", 20)), body: bytes(1), basedOn: [event.id] });
    await store.addReport({ admit: admitting(entryOf("early", 10)), body: bytes(1), basedOn: [event.id] });
    expect(await store.parts.part("b")).toEqual(bytes(9));
    const kept = await store.eraseAll(withoutLedger(noonMs, noonMs));
    expect(kept.remains.answeredTasks).toEqual(["task of early", "task of late"]);
    expect(kept.remains.spent.lifetime).toBeCloseTo(0.2, 12);
    expect(await store.kept()).toEqual(kept);
    expect(await store.events()).toEqual([]);
    expect(await store.reports()).toEqual([]);
    expect([await store.parts.part("b"), await store.parts.chunks("c")]).toEqual([null, []]);
    expect(await store.reportBody("late")).toBeNull();
    expect([await store.tokens.count("k"), await store.tokens.refillPlan()]).toEqual([0, null]);
    store.close();
  });
});

/** Entries as they were written up to version 4 of the database. */
const entriesOfVersion4 = [
  {
    ...{ id: "r1", task: "a1", taskKind: "item-factors", round: 2, block: 1, atMs: noonMs - 3, bytes: 5 },
    ...{ sha256: "ab", rho: 0.1, state: "accepted" },
  },
  {
    ...{ id: "r2", task: "a2", taskKind: "item-factors", round: 3, block: 0, atMs: noonMs - 2, bytes: 6 },
    ...{ sha256: "cd", rho: 0.05, state: "refused", why: "batch-full" },
  },
  {
    ...{ id: "r3", task: "a3", taskKind: "item-factors", round: 4, block: 3, atMs: noonMs - 1, bytes: 7 },
    ...{ sha256: "ef", rho: 0.07, state: "sending" },
  },
] as const;

const upgradedEntries: readonly SentReport[] = [
  {
    ...{ id: "r1", atMs: noonMs - 3, bytes: 5, sha256: "ab" },
    sums: [{ task: "a1", kind: "item-factors", round: 2, block: 1, rho: 0.1, state: "accepted" }],
  },
  {
    ...{ id: "r2", atMs: noonMs - 2, bytes: 6, sha256: "cd" },
    sums: [
      {
        task: "a2",
        kind: "item-factors",
        round: 3,
        block: 0,
        rho: 0.05,
        state: "refused",
        why: "batch-full",
      },
    ],
  },
  {
    ...{ id: "r3", atMs: noonMs - 1, bytes: 7, sha256: "ef" },
    sums: [
      { task: "a3", kind: "item-factors", round: 4, block: 3, rho: 0.07, state: "refused", why: "outdated" },
    ],
  },
];

/**
 * A database as an older release had it, by its steps alone. Its entries were of another form than today's
 * schema says.
 */
async function openedAt(name: string, version: number) {
  const db = await openDB<TacitSchema>(name, version, {
    upgrade: async (upgrading, _from, _to, transaction) => {
      for (const step of upgradeSteps.slice(0, version)) {
        const work = step(upgrading, transaction);
        if (work !== undefined) await work;
      }
    },
  });
  return { db, putReport: (entry: object) => db.put("reports", entry as SentReport) };
}

describe("the database", () => {
  test("of version 1 keeps its events through the upgrade, and gains a ledger", async () => {
    const name = freshDatabase();
    const event = eventOf("like", 4);
    const { db: old } = await openedAt(name, 1);
    expect([...old.objectStoreNames]).toEqual(["events", "kv"]);
    await old.put("events", event);
    old.close();
    const store = new Database(name, ignore);
    expect(await store.events()).toEqual([event]);
    const report = { admit: admitting(entryOf("r")), body: bytes(2), basedOn: [event.id] };
    expect(await store.addReport(report)).toEqual(entryOf("r"));
    store.close();
  });

  test("of version 2 keeps its ledger, whose reports cost nobody knows how much", async () => {
    const name = freshDatabase();
    // Version 2 wrote entries without a cost.
    const { rho: _, ...before } = entriesOfVersion4[0];
    const { db, putReport } = await openedAt(name, 2);
    await putReport(before);
    db.close();
    const store = new Database(name, ignore);
    expect(await store.reports()).toEqual([
      { ...upgradedEntries[0], sums: [{ ...upgradedEntries[0].sums[0], rho: null }] },
    ]);
    store.close();
  });

  test("of version 4 keeps its ledger: each report is one of one sum, and what no server reads any more is settled", async () => {
    const name = freshDatabase();
    const { db: old, putReport } = await openedAt(name, 4);
    for (const entry of entriesOfVersion4) {
      await putReport(entry);
      await old.put("reportBodies", bytes(1), entry.id);
    }
    await old.put("tokens", { keyId: "k", token: bytes(2) });
    old.close();
    const store = new Database(name, ignore);
    expect(await store.reports()).toEqual(upgradedEntries);
    expect(await Promise.all(["r1", "r2", "r3"].map((id) => store.reportBody(id)))).toEqual([
      bytes(1),
      bytes(1),
      null,
    ]);
    expect(await store.tokens.take("k")).toEqual(bytes(2));
    const ledger = new Ledger(store, { limits: productionLimits });
    expect([...(await ledger.answeredTasks())]).toEqual(["a1", "a2", "a3"]);
    expect(await ledger.blockHistory("item-factors")).toEqual([1, 0, 3]);
    expect((await ledger.budget(noonMs)).last30Days.rho).toBeCloseTo(0.1 + 0.05 + 0.07, 12);
    expect(await ledger.pending()).toEqual([]);
    store.close();
  });

  test("of version 4 keeps journal, ledger and tokens; of the model of protocol 2 nothing is left, and parts have room", async () => {
    const name = freshDatabase();
    const [event, [report], [upgraded]] = [eventOf("like", 4), entriesOfVersion4, upgradedEntries];
    // As protocol 2 made it, written down here so that no change of the steps changes it.
    const old = await openDB(name, 4, {
      upgrade: (db) => {
        db.createObjectStore("events", { keyPath: "id" }).createIndex("atMs", "atMs");
        db.createObjectStore("kv");
        db.createObjectStore("reports", { keyPath: "id" }).createIndex("atMs", "atMs");
        db.createObjectStore("reportBodies");
        db.createObjectStore("tokens", { autoIncrement: true }).createIndex("keyId", "keyId");
        db.createObjectStore("refills");
      },
    });
    await old.put("events", event);
    await old.put("kv", { id: "ab".repeat(32), bytes: bytes(1, 2, 3) }, "bundle");
    await old.put("reports", report);
    await old.put("reportBodies", bytes(5), report.id);
    await old.put("tokens", { keyId: "k", token: bytes(6) });
    await old.put("refills", { nextAtMs: 8, failingSinceMs: null }, "plan");
    old.close();
    const server = fakeServer(shopModel());
    const own = await device(server, { database: name });
    expect(own.notices.filter(({ type }) => type === "trouble")).toEqual([]);
    expect(await own.worker.panel()).toMatchObject({ events: [event], reports: [upgraded], edition: null });
    expect(await own.worker.reportBytes(report.id)).toEqual(bytes(5));
    await until(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
    await closeDevice(own);
    const store = new Database(name, ignore);
    expect(await store.tokens.take("k")).toEqual(bytes(6));
    expect(await store.tokens.refillPlan()).toEqual({ nextAtMs: 8, failingSinceMs: null });
    expect((await store.parts.ids()).size).toBe(5);
    expect(await store.parts.edition()).toMatchObject({ sequence: 1 });
    store.close();
    const now = await openDB(name);
    expect(await now.getAllKeys("kv")).toEqual(["edition"]);
    now.close();
  });

  test("gives way to a newer version or a deletion, says so, and opens again", async () => {
    const name = freshDatabase();
    const lost = vi.fn();
    const store = new Database(name, lost);
    await store.addEvents([eventOf("like", 4)]);
    await new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase(name);
      request.onsuccess = resolve;
      request.onerror = reject;
    });
    expect(lost).toHaveBeenCalledTimes(1);
    expect(await store.events()).toEqual([]);
    const event = eventOf("like", 5);
    expect(await store.addEvents([event])).toEqual([event]);
    store.close();
  });

  test("takes a connection that died for what it is, and does the work on a new one", async () => {
    const { databases, open } = recordingFactory();
    vi.stubGlobal("indexedDB", open);
    const store = new Database(freshDatabase(), ignore);
    const events = [eventOf("like", 4), eventOf("like", 5)];
    await store.addEvents([events[0]]);
    databases[0].close();
    expect(await store.addEvents([events[1]])).toEqual([events[1]]);
    expect(databases).toHaveLength(2);
    expect(new Set(await store.events())).toEqual(new Set(events));
    store.close();
  });

  test("once closed refuses instead of opening again", async () => {
    const store = new Database(freshDatabase(), ignore);
    await store.open();
    store.close();
    await expect(store.events()).rejects.toThrow("database: expected to be open, got closed");
  });
});

/** An IndexedDB whose connections the test can close from outside. */
function recordingFactory() {
  const factory = new IDBFactory();
  const databases: IDBDatabase[] = [];
  const open = new Proxy(factory, {
    get: (target, key) =>
      key !== "open"
        ? Reflect.get(target, key)
        : (name: string, version: number) => {
            const request = target.open(name, version);
            request.addEventListener("success", () => databases.push(request.result));
            return request;
          },
  });
  return { databases, open };
}

describe("without IndexedDB", () => {
  test.each([
    { name: "it is missing", factory: undefined },
    {
      name: "it is denied",
      factory: {
        open: () => {
          throw new DOMException("denied", "SecurityError");
        },
      },
    },
  ])("when $name, everything works until the tab closes, and the page is told", async ({ factory }) => {
    vi.stubGlobal("indexedDB", factory);
    const onDenied = vi.fn();
    const store = await openStore({ name: "any", onLost: ignore, onDenied, nowMs: () => noonMs });
    expect(onDenied.mock.calls).toMatchObject([
      [{ message: expect.stringMatching(/^storage: expected IndexedDB, got /) }],
    ]);
    store.close();
    const first = await device(fakeServer(shopModel()), { database: "denied" });
    expect(first.notices[0]).toMatchObject({
      type: "trouble",
      message: expect.stringMatching(/^start: storage/),
    });
    await first.worker.append([eventOf("purchase", 3)]);
    const [best] = await first.worker.forYou({ count: 1 });
    expect(best.reasons).toContainEqual(expect.objectContaining({ why: "event", item: "item-3" }));
    expect(await first.worker.panel()).toMatchObject({ storage: "memory", events: [{ item: "item-3" }] });
    await closeDevice(first);
    const second = await device(fakeServer(shopModel()), { database: "denied" });
    expect((await second.worker.panel()).events).toEqual([]);
  });
});

describe("the journal", () => {
  test("keeps the newest events, and of impressions fewer, in memory as in the store", async () => {
    const store = new MemoryStore();
    const journal = new Journal(store, { events: 20, impressions: 4 });
    const all: TacitEvent[] = [];
    for (let k = 0; k < 12; k++) {
      const batch = [eventOf("view", k, 1000 - k), eventOf("impression", k, k), eventOf("like", k, 500 + k)];
      all.push(...batch);
      await journal.append(batch);
    }
    const kept = await journal.events();
    expect(kept).toEqual(await store.events());
    expect(kept).toHaveLength(20);
    const impressions = all.filter(({ kind }) => kind === "impression").slice(-4);
    const rest = all.filter(({ kind }) => kind !== "impression");
    const newest = [...impressions, ...rest].sort((a, b) => b.atMs - a.atMs).slice(0, 20);
    expect(new Set(kept)).toEqual(new Set(newest));
  });

  test("holds what comes in any order as if it had come in its own, and drops what is over the limits", () => {
    const acts = fc.array(
      fc.record({
        kind: fc.constantFrom<string>(...eventKinds, "impression", "impression", "zoom", "nudge"),
        atMs: fc.integer({ min: 0, max: 30 }).map((second) => noonMs + second * 1_000),
        /** Which of the events so far comes again beside it. */
        again: fc.nat(),
        asked: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    const limit = fc.integer({ min: 0, max: 15 });
    fc.assert(
      fc.property(acts, limit, limit, fc.nat({ max: 8 }), (all, events, impressions, before) => {
        const limits = { events, impressions };
        const made = all.map(({ kind, atMs }, k) => eventOf(kind as EventKind, k % 4, atMs));
        const start = made.slice(0, before).sort(oldestFirst);
        const log = new EventLog(start, limits);
        let wanted: readonly TacitEvent[] = start;
        let seen = 0;
        const followed = new Set(log.clean());
        const check = (): void => {
          expect(log.all()).toEqual(wanted);
          expect(log.size).toBe(wanted.length);
          for (const { change, event } of log.changesFrom(seen)) {
            if (change === "added") followed.add(event);
            else followed.delete(event);
          }
          seen = log.changeCount;
          expect(followed).toEqual(new Set(cleaned(wanted)));
          expect(log.clean()).toEqual(cleaned(wanted));
        };
        for (const [k, { again, asked }] of all.entries()) {
          if (k < before) continue;
          // One that was dropped is new again: the store tells those apart that it still has.
          const twice = wanted[again % Math.max(1, wanted.length)];
          log.add(twice === undefined ? [made[k]] : [twice, made[k], made[k]]);
          const dropped = new Set(log.dropSurplus());
          const with1 = [...wanted, made[k]].sort(oldestFirst);
          expect(dropped).toEqual(surplusOf(with1, limits));
          wanted = with1.filter(({ id }) => !dropped.has(id));
          if (asked) check();
        }
        check();
      }),
      { numRuns: 300 },
    );
  });

  test("kinds that only another version knows wait within a limit of their own, as impressions do", () => {
    const kinds = ["impression", "zoom", "zoom", "view", "zoom", "impression", "like", "nudge"];
    const journal = kinds.map((kind, k) => eventOf(kind as EventKind, k, k));
    const kept = (limits: JournalLimits) => {
      const log = new EventLog(journal, limits);
      log.dropSurplus();
      return log.all().map(({ atMs }) => atMs);
    };
    expect(kept({ events: 100, impressions: 2 })).toEqual([0, 3, 4, 5, 6, 7]);
    expect(kept({ events: 100, impressions: 0 })).toEqual([3, 6]);
    expect(kept({ events: 3, impressions: 1 })).toEqual([5, 6, 7]);
  });

  test("a full one writes no more for an event than before: what is dropped leaves the store together", async () => {
    class Counting extends MemoryStore {
      readonly removed: number[] = [];
      override async removeEvents(ids: readonly string[]) {
        this.removed.push(ids.length);
        await super.removeEvents(ids);
      }
    }
    const store = new Counting();
    const limits = { events: 640, impressions: 64 };
    const journal = new Journal(store, limits);
    const events = Array.from({ length: 1000 }, (_, k) => eventOf("view", k, k));
    for (const event of events) await journal.append([event]);
    expect(await journal.events()).toEqual(events.slice(360));
    expect(store.removed).toEqual(store.removed.map(() => 11));
    expect(store.removed).toHaveLength(Math.floor(360 / 11));
    // Whoever reads the store anew sees the same.
    expect(await new Journal(store, limits).events()).toEqual(events.slice(360));
  });

  test("what another tab appended is taken from the store, and only as long as it is there", async () => {
    const store = new MemoryStore();
    const [here, there] = [new Journal(store), new Journal(store)];
    const [first, second, third] = [eventOf("view", 1, 3), eventOf("view", 2, 1), eventOf("view", 3, 2)];
    await here.append([first]);
    expect(await there.events()).toEqual([first]);
    await here.append([second, third]);
    const log = await there.log();
    await there.learn([second.id, third.id, "of a tab that crashed"]);
    expect(log.all()).toEqual([second, third, first]);
    await there.learn([second.id]);
    expect(log.all()).toHaveLength(3);
    // Erased while it was looked up.
    const learning = there.learn([third.id]);
    await there.erase();
    await learning;
    expect(await there.events()).toEqual([]);
    await there.learn([third.id]);
    expect(await there.events()).toEqual([]);
  });

  test("holds an event once though it was being read while the event was written", async () => {
    class Slow extends MemoryStore {
      override async events() {
        await new Promise((resolve) => setTimeout(resolve, 5));
        return super.events();
      }
    }
    const journal = new Journal(new Slow());
    const reading = journal.events();
    const event = eventOf("like", 1);
    await journal.append([event]);
    expect(await reading).toEqual([event]);
    expect(await journal.events()).toEqual([event]);
  });

  test("asks the store again after it failed", async () => {
    class Failing extends MemoryStore {
      broken = true;
      override async events() {
        if (this.broken) throw new Error("disk");
        return super.events();
      }
    }
    const store = new Failing();
    const journal = new Journal(store);
    await expect(journal.events()).rejects.toThrow("disk");
    store.broken = false;
    expect(await journal.events()).toEqual([]);
  });
});

describe("on one device", () => {
  test("what was appended is there on the next visit, once, whatever is sent twice", async () => {
    const database = freshDatabase();
    const server = fakeServer(shopModel());
    const first = await device(server, { database });
    const events = [eventOf("view", 1), eventOf("purchase", 2)];
    await first.worker.append(events);
    await first.worker.append(events);
    await closeDevice(first);
    const second = await device(server, { database });
    await second.worker.append(events.slice(1));
    const { events: kept } = await second.worker.panel();
    expect(new Set(kept.map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)));
    expect(kept).toHaveLength(2);
    expect(second.notices.filter(({ type }) => type === "change")).toEqual([]);
  });
});

/** Ids of the oldest events over the limits, found by looking at all of them: the oracle. */
function surplusOf(events: readonly TacitEvent[], limits: JournalLimits): ReadonlySet<string> {
  const surplus = new Set<string>();
  const addOldest = (among: readonly TacitEvent[], limit: number): void => {
    for (const { id } of among.slice(0, Math.max(0, among.length - limit))) surplus.add(id);
  };
  addOldest(
    events.filter(({ kind }) => ["impression", "hover"].includes(kind)),
    limits.impressions,
  );
  addOldest(
    events.filter(({ kind }) => !isEventKind(kind)),
    limits.impressions,
  );
  addOldest(
    events.filter(({ id }) => !surplus.has(id)),
    limits.events,
  );
  return surplus;
}
