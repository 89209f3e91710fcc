import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import { WorkerLost } from "../../sdk/link.ts";
import { earlyNames, isStub, Outbox, replay, type Stub } from "../../sdk/queue.ts";

const stubSource = readFileSync(new URL("../../sdk/stub.js", import.meta.url), "utf8");
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An outbox whose worker takes a batch (true) or is lost before it answers (false). */
function outboxOver(taken: readonly boolean[]) {
  const received: TacitEvent[] = [];
  const errors: unknown[] = [];
  let batches = 0;
  const outbox = new Outbox({
    send: async (events) => {
      const nth = batches++;
      if (taken[nth] === false) throw new WorkerLost("worker: gone");
      received.push(...events);
    },
    onError: (error) => errors.push(error),
  });
  return { outbox, received, errors };
}

describe("events on their way to the worker", () => {
  test("all arrive once, in order and with the time they happened, however often the worker is lost", async () => {
    const step = fc.record({ pauseMs: fc.nat(2), flush: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.array(fc.boolean()), async (steps, taken) => {
        const { outbox, received } = outboxOver(taken);
        const openAt = Math.floor(steps.length / 3);
        let atMs = 1_700_000_000_000;
        const happened = steps.map(({ pauseMs, flush }, nth) => {
          atMs += pauseMs;
          outbox.add({ kind: "view", item: `item ${nth}` }, atMs);
          if (nth === openAt) outbox.open();
          if (flush) void outbox.flush();
          return { item: `item ${nth}`, atMs };
        });
        outbox.open();
        // Each flush takes back what the lost worker did not, so there are at most as many as losses.
        for (let nth = 0; nth <= taken.length; nth++) await outbox.flush();
        const byTime = [...received].sort((a, b) => a.atMs - b.atMs);
        if (taken.every(Boolean))
          expect(received.map(({ item, atMs }) => ({ item, atMs }))).toEqual(happened);
        expect(new Set(received.map(({ id }) => id)).size).toBe(happened.length);
        expect(byTime.map(({ atMs }) => atMs)).toEqual(happened.map(({ atMs }) => atMs));
      }),
      { seed: 11, numRuns: 200 },
    );
  });

  test("nothing leaves before it is opened", async () => {
    const { outbox, received } = outboxOver([]);
    outbox.add({ kind: "click", item: "a" }, 2);
    await outbox.flush();
    await after(150);
    expect(received).toEqual([]);
    outbox.open();
    await outbox.flush();
    expect(received).toHaveLength(1);
  });

  test("an event leaves by itself within 200 ms", async () => {
    const { outbox, received } = outboxOver([]);
    outbox.open();
    outbox.add({ kind: "click", item: "a" }, 2);
    outbox.add({ kind: "click", item: "b" }, 3);
    expect(received).toEqual([]);
    await after(200);
    expect(received.map(({ item }) => item)).toEqual(["a", "b"]);
  });

  test("a refusal settles a batch: it is told once and not tried again", async () => {
    const errors: unknown[] = [];
    let tries = 0;
    const outbox = new Outbox({
      send: async () => {
        tries += 1;
        throw new TypeError("append: no such kind");
      },
      onError: (error) => errors.push(error),
    });
    outbox.open();
    outbox.add({ kind: "view", item: "a" }, 2);
    await outbox.flush();
    await outbox.flush();
    expect([tries, errors.length]).toEqual([1, 1]);
  });

  test("holds 500 events and lets the oldest go", async () => {
    const { outbox, received } = outboxOver([]);
    for (let nth = 0; nth < 507; nth++) outbox.add({ kind: "view", item: String(nth) }, nth);
    outbox.open();
    await outbox.flush();
    expect([received.length, received[0].item, received.at(-1)?.item]).toEqual([500, "7", "506"]);
  });

  test("what was cleared never arrives", async () => {
    const { outbox, received } = outboxOver([false]);
    outbox.open();
    outbox.add({ kind: "view", item: "a" }, 2);
    await outbox.flush();
    outbox.clear();
    await outbox.flush();
    expect(received).toEqual([]);
  });
});

describe("the stub", () => {
  const load = (nowMs: () => number) => {
    const window: { tacit?: unknown } = {};
    runInNewContext(stubSource, { window, Date: { now: nowMs }, Promise });
    if (!isStub(window.tacit)) throw new Error("stub.js left no stub");
    return { window, stub: window.tacit as Stub & Record<string, (...args: unknown[]) => Promise<unknown>> };
  };

  test("knows exactly the methods that can be called early", () => {
    const { stub } = load(() => 7);
    expect(Object.keys(stub).filter((name) => name !== "calls")).toEqual([...earlyNames]);
  });

  test("keeps calls in order with their time, and answers them when they are replayed", async () => {
    let nowMs = 1000;
    const { stub } = load(() => nowMs);
    stub.track("view", { item: "a" });
    nowMs += 250;
    const answer = stub.recommend({ count: 3 });
    const seen: unknown[] = [];
    replay(stub, ({ name, args, atMs, answer }) => {
      seen.push([name, [...args], atMs]);
      answer(["best"]);
    });
    expect(seen).toEqual([
      ["track", ["view", { item: "a" }], 1000],
      ["recommend", [{ count: 3 }], 1250],
    ]);
    expect(await answer).toEqual(["best"]);
  });

  test("still works for who kept a reference to it", () => {
    const { stub } = load(() => 7);
    const seen: string[] = [];
    replay(stub, ({ name }) => seen.push(name));
    stub.track("view", { item: "a" });
    expect(seen).toEqual(["track"]);
  });

  test("leaves an SDK that is already there alone", () => {
    const window = { tacit: { version: "1.2.3" } };
    runInNewContext(stubSource, { window });
    expect(window.tacit).toEqual({ version: "1.2.3" });
  });
});
