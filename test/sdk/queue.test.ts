import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type EventInput, type EventKind, eventKinds, type TacitEvent } from "../../core/events/event.ts";
import { isFact, type Recorded } from "../../core/events/fact.ts";
import { Backlog } from "../../sdk/backlog.ts";
import { eraseAhead, lastErasure } from "../../sdk/leftahead.ts";
import { WorkerLost } from "../../sdk/lost.ts";
import { memoryStore, type TextStore } from "../../sdk/page.ts";
import { Outbox } from "../../sdk/queue.ts";
import { Recorder } from "../../sdk/recorder.ts";
import { WriteAhead } from "../../sdk/writeahead.ts";
import type { StoredIn } from "../../worker/api.ts";
import { fullStore } from "./fakes.ts";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** What becomes of a batch: kept by the worker, somewhere; lost with it; or refused. */
type Fate = StoredIn | "lost" | "refused";

/** An outbox on a page of this store; `fates` of its batches in turn, kept on the device beyond them. */
function pageOn(store: TextStore, fates: readonly Fate[] = []) {
  const received: TacitEvent[] = [];
  const errors: unknown[] = [];
  const batches: number[] = [];
  const recorder = new Recorder({ lastErasure: () => lastErasure(store), isPermitted: () => true });
  const sender = new Outbox({
    recorder,
    send: async (taken) => {
      const events = taken();
      const fate = fates[batches.length] ?? "device";
      batches.push(events.length);
      if (fate === "lost") throw new WorkerLost("worker: gone");
      if (fate === "refused") throw new TypeError("append: no such kind");
      received.push(...actsIn(events));
      return fate;
    },
    onError: (error) => errors.push(error),
  });
  // As the page has them: what is recorded, and what sends it.
  const outbox = {
    add: (event: EventInput, atMs: number) => recorder.add(event, atMs),
    writeAhead: (ahead: WriteAhead) => recorder.writeAhead(ahead),
    takeOver: () => recorder.takeOver(),
    clear: () => {
      recorder.clear();
      sender.forget();
    },
    open: () => sender.open(),
    flush: () => sender.flush(),
    hidden: () => sender.hidden(),
    sendAgain: () => sender.sendAgain(),
    get waiting() {
      return sender.waiting;
    },
  };
  return { outbox, received, errors, batches, ahead: new WriteAhead(store, "shop") };
}

const actsIn = (recorded: readonly Recorded[]) => recorded.flatMap((one) => (isFact(one) ? [] : one));
const itemsOf = (recorded: readonly Recorded[]) => actsIn(recorded).map(({ item }) => item);
const aheadIn = (store: TextStore) =>
  store.keys("tacit.event.").flatMap((key) => JSON.parse(store.read(key) ?? "[]")).length;
/** What a task recorded is written ahead when it ends. */
const taskEnds = () => Promise.resolve();

describe("events on their way to the worker", () => {
  test("all arrive once, in order and with the time they happened, however often the worker is lost", async () => {
    const step = fc.record({ pauseMs: fc.nat(2), flush: fc.boolean(), ahead: fc.boolean() });
    const fates = fc.array(fc.constantFrom<Fate>("device", "lost"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fates, async (steps, fate) => {
        const { outbox, received, ahead } = pageOn(memoryStore(), fate);
        const openAt = Math.floor(steps.length / 3);
        let atMs = 1_700_000_000_000;
        let isAhead = false;
        const happened = steps.map(({ pauseMs, flush, ahead: from }, nth) => {
          atMs += pauseMs;
          outbox.add({ kind: "view", item: `item ${nth}` }, atMs);
          if (nth === openAt) outbox.open();
          if (from && !isAhead) outbox.writeAhead(ahead);
          isAhead ||= from;
          if (flush) void outbox.flush();
          return { item: `item ${nth}`, atMs };
        });
        outbox.open();
        // Tried again by itself: each loss costs a minute at most.
        await vi.advanceTimersByTimeAsync(60_000 * (fate.length + 1));
        if (!fate.includes("lost"))
          expect(received.map(({ item, atMs }) => ({ item, atMs }))).toEqual(happened);
        expect(new Set(received.map(({ id }) => id)).size).toBe(received.length);
        const byTime = received.toSorted((a, b) => a.atMs - b.atMs);
        expect(byTime.map(({ atMs }) => atMs)).toEqual(happened.map(({ atMs }) => atMs));
        expect(new Set(itemsOf(received))).toEqual(new Set(happened.map(({ item }) => item)));
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test("clicks that wait leave room to write a purchase ahead, as far as there is room at all", async () => {
    const store = memoryStore();
    const { outbox, ahead } = pageOn(store);
    outbox.writeAhead(ahead);
    for (let nth = 0; nth < 1_200; nth++) outbox.add({ kind: "click", item: "a" }, nth);
    await taskEnds();
    expect(aheadIn(store)).toBe(1_000);
    for (let nth = 0; nth < 1_200; nth++) outbox.add({ kind: "purchase", item: "b" }, 2_000 + nth);
    await taskEnds();
    expect(aheadIn(store)).toBe(2_000);
    outbox.add({ kind: "click", item: "a" }, 9_000);
    await taskEnds();
    expect(aheadIn(store)).toBe(2_000);
  });

  test("nothing leaves before it is opened", async () => {
    const { outbox, received } = pageOn(memoryStore());
    outbox.add({ kind: "click", item: "a" }, 2);
    await outbox.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(received).toEqual([]);
    outbox.open();
    await outbox.flush();
    expect(itemsOf(received)).toEqual(["a"]);
  });

  test("an event leaves by itself 100 ms after it was written ahead, and after 10 ms when it was not", async () => {
    const { outbox, received, ahead } = pageOn(memoryStore());
    outbox.open();
    outbox.add({ kind: "click", item: "a" }, 2);
    await vi.advanceTimersByTimeAsync(9);
    expect(received).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(itemsOf(received)).toEqual(["a"]);
    outbox.writeAhead(ahead);
    await vi.advanceTimersByTimeAsync(10);
    outbox.add({ kind: "click", item: "b" }, 3);
    outbox.add({ kind: "click", item: "c" }, 4);
    await vi.advanceTimersByTimeAsync(99);
    expect(itemsOf(received)).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(1);
    expect(itemsOf(received)).toEqual(["a", "b", "c"]);
  });

  test("events that keep coming do not put off those that wait", async () => {
    const { outbox, batches, ahead } = pageOn(memoryStore());
    outbox.open();
    outbox.writeAhead(ahead);
    await vi.advanceTimersByTimeAsync(10);
    for (let nth = 0; nth < 8; nth++) {
      outbox.add({ kind: "click", item: "a" }, nth);
      await vi.advanceTimersByTimeAsync(30);
    }
    expect(batches).toEqual([4, 4]);
  });

  test("what was to leave before the worker was lost waits for the next one, and is not written ahead again", async () => {
    const store = memoryStore();
    const write = vi.spyOn(store, "write");
    const { outbox, batches, ahead } = pageOn(store, ["lost"]);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "click", item: "a" }, 2);
    await outbox.flush();
    await vi.advanceTimersByTimeAsync(999);
    expect(batches).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(batches).toEqual([1, 1]);
    expect(write).toHaveBeenCalledTimes(1);
  });

  test("where nothing waits nothing leaves, and there is nothing to take over before events may be written ahead", async () => {
    const { outbox, batches, errors, ahead } = pageOn(memoryStore());
    outbox.takeOver();
    outbox.open();
    outbox.hidden();
    outbox.writeAhead(ahead);
    await outbox.flush();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([batches, errors]).toEqual([[], []]);
  });

  test("what waits is told, oldest first, and waits on", async () => {
    const { outbox, received } = pageOn(memoryStore());
    for (const [item, atMs] of [
      ["b", 3],
      ["a", 2],
    ] as const)
      outbox.add({ kind: "click", item }, atMs);
    expect(itemsOf(outbox.waiting.map(({ event }) => event))).toEqual(["a", "b"]);
    outbox.open();
    await outbox.flush();
    expect(itemsOf(received)).toEqual(["a", "b"]);
    expect(outbox.waiting).toEqual([]);
  });

  test("what a site has cleared away does not outlive the page, and leaves when it is hidden", async () => {
    const store = memoryStore();
    const { outbox, ahead, received } = pageOn(store);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "purchase", item: "a" }, 1);
    await taskEnds();
    for (const key of store.keys("")) store.remove(key);
    outbox.hidden();
    expect(itemsOf(received)).toEqual(["a"]);
  });

  test("what is in memory alone stays written ahead until it was handed over to a database that answers again", async () => {
    const store = memoryStore();
    const { outbox, ahead, received } = pageOn(store, ["memory", "memory"]);
    outbox.open();
    outbox.writeAhead(ahead);
    for (const item of ["a", "b"]) {
      outbox.add({ kind: "click", item }, 1);
      await outbox.flush();
    }
    expect(aheadIn(store)).toBe(2);
    outbox.sendAgain();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([aheadIn(store), itemsOf(received)]).toEqual([0, ["a", "b", "a", "b"]]);
    outbox.sendAgain();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(received).toHaveLength(4);
  });

  test("what was in memory alone and erased is not handed over again", async () => {
    const store = memoryStore();
    const { outbox, ahead, received } = pageOn(store, ["memory"]);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "click", item: "a" }, 1);
    await outbox.flush();
    eraseAhead(store);
    outbox.sendAgain();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(received).toHaveLength(1);
  });

  test("what could not be written ahead and is in memory alone is handed over again, too", async () => {
    const { outbox, ahead, received } = pageOn(fullStore(null).store, ["memory", "memory"]);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "click", item: "a" }, 1);
    for (const times of [1, 2, 3, 3]) {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(itemsOf(received)).toEqual(Array(times).fill("a"));
      outbox.sendAgain();
    }
  });

  test.each<Fate>(["memory", "lost"])(
    "what was cleared on its way to a worker that was %s stays forgotten, also where no store says so",
    async (fate) => {
      const { outbox, received } = pageOn(fullStore(null).store, [fate]);
      outbox.open();
      outbox.add({ kind: "click", item: "before" }, 1);
      void outbox.flush();
      outbox.clear();
      outbox.add({ kind: "click", item: "after" }, 2);
      await vi.advanceTimersByTimeAsync(500);
      outbox.sendAgain();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(itemsOf(received.slice(fate === "memory" ? 1 : 0))).toEqual(["after"]);
    },
  );

  test("a hidden page sends at once what would not outlive it, and nothing else", async () => {
    const store = memoryStore();
    const { outbox, batches, ahead } = pageOn(store);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "click", item: "a" }, 2);
    await taskEnds();
    outbox.hidden();
    expect(batches).toEqual([]);
    const denied = pageOn(fullStore(null).store);
    denied.outbox.open();
    denied.outbox.writeAhead(denied.ahead);
    denied.outbox.add({ kind: "click", item: "a" }, 2);
    await taskEnds();
    denied.outbox.hidden();
    expect(denied.batches).toEqual([1]);
    denied.outbox.hidden();
    expect(denied.batches).toEqual([1]);
  });

  test("a refusal settles a batch: it is told once and not tried again, by this page or the next", async () => {
    const store = memoryStore();
    const { outbox, errors, batches, ahead } = pageOn(store, ["refused"]);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "view", item: "a" }, 2);
    await outbox.flush();
    await vi.advanceTimersByTimeAsync(200_000);
    expect([batches, errors.length, aheadIn(store)]).toEqual([[1], 1, 0]);
  });

  test("a lost worker is tried again after 1, 5, 5 and then every 30 s, from the start once one answered", async () => {
    const fates: readonly Fate[] = ["lost", "lost", "lost", "lost", "lost", "device", "lost"];
    const { outbox, batches } = pageOn(memoryStore(), fates);
    outbox.open();
    outbox.add({ kind: "view", item: "a" }, 2);
    const after: number[] = [];
    const startedMs = Date.now();
    let seen = 0;
    const step = async (): Promise<void> => {
      await vi.advanceTimersByTimeAsync(10);
      if (batches.length > seen) after.push(Date.now() - startedMs);
      seen = batches.length;
    };
    while (seen < 6) await step();
    expect(after.map((atMs) => Math.round(atMs / 1_000))).toEqual([0, 1, 6, 11, 41, 71]);
    outbox.add({ kind: "view", item: "b" }, 3);
    const againMs = Date.now();
    while (seen < 8) await step();
    expect(Math.round((Date.now() - againMs) / 1_000)).toBe(1);
  });

  test("what was cleared never arrives, and is not written ahead any more", async () => {
    const store = memoryStore();
    const { outbox, received, ahead } = pageOn(store, ["lost"]);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "view", item: "a" }, 2);
    await outbox.flush();
    expect(aheadIn(store)).toBe(1);
    outbox.clear();
    expect(aheadIn(store)).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(received).toEqual([]);
  });

  test("more than 5,000 at once: what says least goes first, and that is told once", async () => {
    const { outbox, received, errors } = pageOn(memoryStore());
    outbox.add({ kind: "purchase", item: "bought" }, 1);
    for (let nth = 0; nth < 10_000; nth++) outbox.add({ kind: "click", item: String(nth) }, 2 + nth);
    outbox.open();
    await outbox.flush();
    expect(received).toHaveLength(5_000);
    expect(itemsOf(received).slice(0, 2)).toEqual(["bought", "5001"]);
    expect(errors).toEqual([
      new RangeError("track: at most 5000 events may wait, got 5001 more; the least telling were dropped"),
    ]);
  });
});

describe("what is written ahead", () => {
  test("is there when the task ends, and is handed over by the next page when this one went", async () => {
    const store = memoryStore();
    const gone = pageOn(store);
    gone.outbox.writeAhead(gone.ahead);
    gone.outbox.add({ kind: "purchase", item: "a", amount: 3 }, 2);
    // A purchase within the call, a click when the task ends.
    expect(aheadIn(store)).toBe(1);
    gone.outbox.add({ kind: "click", item: "b" }, 1);
    expect(aheadIn(store)).toBe(1);
    await taskEnds();
    expect(aheadIn(store)).toBe(2);
    const next = pageOn(store);
    next.outbox.open();
    next.outbox.writeAhead(next.ahead);
    await vi.advanceTimersByTimeAsync(10);
    expect(next.received).toMatchObject([
      { kind: "click", item: "b", atMs: 1 },
      { kind: "purchase", item: "a", amount: 3, atMs: 2 },
    ]);
    expect(aheadIn(store)).toBe(0);
  });

  test("stays until the worker has it on the device: memory ends with the page", async () => {
    const store = memoryStore();
    const { outbox, ahead } = pageOn(store, ["memory", "lost", "device"]);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "click", item: "a" }, 1);
    await outbox.flush();
    expect(aheadIn(store)).toBe(1);
    outbox.add({ kind: "click", item: "b" }, 2);
    await outbox.flush();
    expect(aheadIn(store)).toBe(2);
    await vi.advanceTimersByTimeAsync(1_000);
    // The first is in memory still: the next page hands it over.
    expect(aheadIn(store)).toBe(1);
  });

  test("what waited before it was allowed to be written is written then", async () => {
    const store = memoryStore();
    const { outbox, ahead } = pageOn(store);
    outbox.add({ kind: "click", item: "a" }, 1);
    await taskEnds();
    expect(aheadIn(store)).toBe(0);
    outbox.writeAhead(ahead);
    await taskEnds();
    expect(aheadIn(store)).toBe(1);
  });

  test("an erasure in another tab forgets what waits here, and nothing that is tracked after it", async () => {
    const store = memoryStore();
    const here = pageOn(store, ["lost"]);
    here.outbox.open();
    here.outbox.writeAhead(here.ahead);
    here.outbox.add({ kind: "click", item: "on its way" }, 1);
    await here.outbox.flush();
    here.outbox.add({ kind: "click", item: "waiting" }, 2);
    // Another tab is heard between tasks.
    await taskEnds();
    eraseAhead(store);
    here.outbox.add({ kind: "click", item: "after" }, 3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(itemsOf(here.received)).toEqual(["after"]);
    expect(aheadIn(store)).toBe(0);
  });

  test("a store that the site clears is no erasure: what waits arrives", async () => {
    const store = memoryStore();
    eraseAhead(store);
    const { outbox, received, ahead } = pageOn(store);
    outbox.open();
    outbox.writeAhead(ahead);
    outbox.add({ kind: "click", item: "a" }, 1);
    for (const key of store.keys("")) store.remove(key);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(itemsOf(received)).toEqual(["a"]);
  });

  test("is at most 1,000 events, of this database alone, and what is no event is dropped", () => {
    const store = memoryStore();
    store.write("tacit.event.shop.x", "{");
    store.write("tacit.event.shop.y", '{"id":"z","kind":"click","item":"a","atMs":1}');
    store.write("tacit.event.other.z", '{"id":"z","kind":"click","item":"a","atMs":1}');
    const ahead = new WriteAhead(store, "shop");
    expect(ahead.find()).toEqual([]);
    expect(store.keys("tacit.event.")).toEqual(["tacit.event.other.z"]);
    const click = (id: string) => ({ id, kind: "click", item: "a", atMs: 2 }) as const;
    for (let nth = 0; nth < 7; nth++) ahead.write([click(String(nth))]);
    ahead.write(Array.from({ length: 1_000 }, (_, nth) => click(String(7 + nth))));
    const written = Array.from({ length: 1_007 }, (_, nth) => ahead.has(String(nth)));
    expect(written.filter(Boolean)).toHaveLength(1_000);
    expect(written.indexOf(false)).toBe(1_000);
    expect(store.keys("tacit.event.shop.")).toHaveLength(8);
    ahead.remove("0");
    ahead.write([click("late")]);
    expect(ahead.has("late")).toBe(true);
    ahead.forget();
    expect(ahead.has("late")).toBe(false);
  });
});

describe("a backlog", () => {
  const rankOf = (kind: EventKind): number =>
    [
      ["impression", "hover"],
      ["search", "dwell", "click", "view"],
      ["checkout", "share", "cart_add", "cart_remove", "like", "dislike"],
      ["purchase", "refund"],
    ].findIndex((kinds) => kinds.includes(kind));

  test("keeps what says most, of the same the newest, in their order (oracle: sort all and cut)", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...eventKinds), { maxLength: 60 }),
        fc.integer({ min: 1, max: 12 }),
        (kinds, most) => {
          const backlog = new Backlog(most);
          const all = kinds.map((kind, nth) => ({
            event: { id: String(nth), kind, item: "a", atMs: nth },
            erasure: null,
          }));
          const gone = all.flatMap((entry) => backlog.add(entry) ?? []);
          const kept = backlog.takeAll();
          expect(kept.length + gone.length).toBe(all.length);
          expect(kept.length).toBe(Math.min(most, all.length));
          // One at a time: what is dropped is the oldest of the least rank among those held and the new one.
          const oracle: typeof all = [];
          for (const entry of all) {
            oracle.push(entry);
            if (oracle.length <= most) continue;
            const least = Math.min(...oracle.map(({ event }) => rankOf(event.kind)));
            oracle.splice(
              oracle.findIndex(({ event }) => rankOf(event.kind) === least),
              1,
            );
          }
          expect(kept).toEqual(oracle);
          expect(backlog.size).toBe(0);
          expect(backlog.takeAll()).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });

  test("takes an event in the time of one, however many wait", () => {
    vi.useRealTimers();
    const timed = (waiting: number): number => {
      const backlog = new Backlog(1_000_000);
      const entry = { event: { id: "a", kind: "click", item: "a", atMs: 1 } as const, erasure: null };
      for (let nth = 0; nth < waiting; nth++) backlog.add(entry);
      const startedMs = performance.now();
      for (let nth = 0; nth < 2_000; nth++) backlog.add(entry);
      return performance.now() - startedMs;
    };
    timed(10);
    const best = (waiting: number) => Math.min(...Array.from({ length: 5 }, () => timed(waiting)));
    // A copy of all that wait, for each, would be some thousand times as slow.
    expect(best(100_000)).toBeLessThan(20 * best(10) + 5);
  });
});

test("what is erased while a batch waits for the worker is not handed over, and what came after it is", async () => {
  const store = memoryStore();
  const taken: (string | undefined)[] = [];
  let ready = (): void => undefined;
  const worker = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const recorder = new Recorder({ lastErasure: () => lastErasure(store), isPermitted: () => true });
  const outbox = new Outbox({
    recorder,
    send: async (events) => {
      await worker;
      taken.push(...itemsOf(events()));
      return "device";
    },
    onError: () => undefined,
  });
  outbox.open();
  recorder.add({ kind: "view", item: "before" }, 1);
  const first = outbox.flush();
  await taskEnds();
  eraseAhead(store);
  recorder.add({ kind: "view", item: "after" }, 1);
  const second = outbox.flush();
  ready();
  await Promise.all([first, second]);
  expect(taken).toEqual(["after"]);
});
