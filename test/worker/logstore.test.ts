import "fake-indexeddb/auto";
import { describe, expect, onTestFinished, test } from "vitest";
import { Database } from "../../worker/store/database.ts";
import { MemoryStore } from "../../worker/store/memory.ts";
import { nothingKept, type Store } from "../../worker/store/store.ts";
import { freshDatabase } from "./device.ts";

const head = (size: number, digit: string) => ({ size, hash: digit.repeat(64) });
const [one, other] = ["ab".repeat(32), "cd".repeat(32)];

async function database(name = freshDatabase()): Promise<Database> {
  const store = new Database(name, () => {});
  await store.open();
  onTestFinished(() => store.close());
  return store;
}

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ["IndexedDB", () => database()],
  ["memory", async () => new MemoryStore()],
];

describe.each(stores)("heads of logs in %s", (_, open) => {
  test("only grow, one for each helper, and the first of a size stays", async () => {
    const { logs } = await open();
    expect(await logs.seenLog(one)).toBe(null);
    await logs.rememberLog(one, head(4, "a"));
    for (const not of [head(3, "b"), head(0, "c"), head(4, "d")]) {
      await logs.rememberLog(one, not);
      expect(await logs.seenLog(one)).toEqual(head(4, "a"));
    }
    expect(await logs.seenLog(other)).toBe(null);
    await logs.rememberLog(other, head(1, "e"));
    await logs.rememberLog(one, head(5, "f"));
    expect([await logs.seenLog(one), await logs.seenLog(other)]).toEqual([head(5, "f"), head(1, "e")]);
  });

  test("are erased with all the rest", async () => {
    const store = await open();
    await store.logs.rememberLog(one, head(4, "a"));
    await store.eraseAll((kept) => kept ?? nothingKept);
    expect(await store.logs.seenLog(one)).toBe(null);
  });
});

test("of two tabs that write at once the longer head stays, in whichever order, and is there at the next visit", async () => {
  for (const sizes of [
    [7, 9],
    [9, 7],
  ]) {
    const name = freshDatabase();
    const tabs = [await database(name), await database(name)];
    await Promise.all(tabs.map(({ logs }, k) => logs.rememberLog(one, head(sizes[k], `${sizes[k]}`))));
    expect(await (await database(name)).logs.seenLog(one)).toEqual(head(9, "9"));
  }
});
