import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, test } from "vitest";
import { earlyNames, isStub, replay, type Stub } from "../../sdk/early.ts";

const stubSource = readFileSync(new URL("../../sdk/stub.js", import.meta.url), "utf8");

/** Like a browser's: texts are its own properties, methods are not. */
function storageOf(texts: Record<string, string>): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const methods = {
    getItem(this: Record<string, string>, key: string) {
      return Object.hasOwn(this, key) ? this[key] : null;
    },
    setItem(this: Record<string, string>, key: string, text: string) {
      this[key] = text;
    },
    removeItem(this: Record<string, string>, key: string) {
      delete this[key];
    },
  };
  return Object.assign(Object.create(methods), texts);
}

describe("the stub", () => {
  let deleted: string[] = [];
  /** How a deletion ends, and when. */
  let end: (asked: Record<string, () => void>) => void;
  beforeEach(() => {
    deleted = [];
    end = ({ onsuccess }) => onsuccess();
  });

  /** @param element what a page may have under that name already: an element with the id. */
  const load = (nowMs: () => number, localStorage: object = storageOf({}), element?: object) => {
    const window: { tacit?: unknown } = { tacit: element };
    const timers: (() => void)[] = [];
    const setTimeout = (run: () => void) => timers.push(run);
    const indexedDB = {
      deleteDatabase(name: string) {
        deleted.push(name);
        const asked = {};
        queueMicrotask(() => end(asked));
        return asked;
      },
    };
    runInNewContext(stubSource, { window, localStorage, indexedDB, setTimeout, Date: { now: nowMs } });
    if (!isStub(window.tacit)) throw new Error("stub.js left no stub");
    return {
      window,
      timers,
      stub: window.tacit as Stub & Record<string, (...args: unknown[]) => Promise<unknown>>,
    };
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
    const tacit = { version: "1.2.3", track: () => undefined };
    const window = { tacit };
    runInNewContext(stubSource, { window });
    expect(window.tacit).toBe(tacit);
  });

  test("takes the place of an element whose id is its name", () => {
    const { stub } = load(() => 7, storageOf({}), { id: "tacit" });
    stub.track("view", { item: "a" });
    expect(stub.calls).toHaveLength(1);
  });

  test("whose script does not come answers every question plainly, once, in its time", async () => {
    const { stub, timers } = load(() => 7);
    const names = ["recommend", "similar", "goesWith", "trending", "explain", "panel", "exportData"];
    const answers = names.map((name) => stub[name]());
    for (const run of timers) run();
    expect(await Promise.all(answers)).toEqual([[], [], [], [], null, null, null]);
    expect(deleted).toEqual([]);
  });

  test("leaves to the script what it took over in time", async () => {
    const { stub, timers } = load(() => 7);
    const answer = stub.optOut();
    replay(stub, (call) => setTimeout(() => call.answer("done"), 5));
    for (const run of timers) run();
    expect(await answer).toBe("done");
    expect(deleted).toEqual([]);
  });

  test.each(["optOut", "erase"])(
    "writes down at once that %s was asked, and erases when no script comes",
    async (name) => {
      const storage = storageOf({
        "tacit.event.shop.a": "{}",
        "tacit.spent": "{}",
        "tacit.databases": '["tacit","shop"]',
        cart: "tacit.event.",
      });
      const { stub, timers } = load(() => 7, storage);
      const asked = stub[name]();
      expect(storage.getItem(`tacit.${name}`)).toBe("1");
      for (const run of timers) run();
      await asked;
      expect(deleted).toEqual(["tacit", "shop"]);
      expect(Object.keys(storage).sort()).toEqual(
        ["cart", "tacit.databases", `tacit.${name}`, "tacit.spent"].sort(),
      );
    },
  );

  test("an erasure is answered when it is done, and not before", async () => {
    const ends: (() => void)[] = [];
    end = ({ onsuccess }) => ends.push(onsuccess);
    const { stub, timers } = load(() => 7);
    let isAnswered = false;
    const asked = stub.erase().then(() => {
      isAnswered = true;
    });
    for (const run of timers) run();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect({ isAnswered, begun: ends.length }).toEqual({ isAnswered: false, begun: 1 });
    for (const run of ends) run();
    await asked;
  });

  test.each(["onblocked", "onerror"])("an erasure that ends with %s is answered", async (how) => {
    end = (asked) => asked[how]();
    const { stub, timers } = load(() => 7);
    const asked = stub.optOut();
    for (const run of timers) run();
    expect(await asked).toBeNull();
  });

  test("where site data are blocked a no is answered all the same", async () => {
    const { stub, timers } = load(() => 7, {
      getItem() {
        throw new DOMException("denied", "SecurityError");
      },
    });
    const asked = stub.optOut();
    for (const run of timers) run();
    expect(await asked).toBeNull();
  });

  test("holds 5,000 calls, and purchases beyond", () => {
    const { stub } = load(() => 7);
    for (let nth = 0; nth < 5_100; nth++) stub.track("click", { item: "a" });
    stub.track("purchase", { item: "a" });
    expect(stub.calls).toHaveLength(5_001);
    expect(stub.calls.at(-1)).toMatchObject({ args: ["purchase", { item: "a" }] });
  });
});
