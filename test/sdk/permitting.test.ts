/**
 * Permission comes before storing, on the page: whose word lets it write, and what a choice before page.js is
 * to a later one.
 */
import { describe, expect, test } from "vitest";
import { eventKinds } from "../../core/events/event.ts";
import { saysMuch } from "../../sdk/backlog.ts";
import { weighs } from "../../sdk/loader/call.ts";
import { Loader } from "../../sdk/loader/loader.ts";
import { memoryStore, type TextStore } from "../../sdk/page.ts";
import type { RestModule } from "../../sdk/parts.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import type { TacitConfig } from "../../sdk/types.ts";
import type { WorkerConfig } from "../../worker/api.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";

/** A page of a browser that has no database; `come` lets its file come. */
function pageOf(config: TacitConfig, store: TextStore = memoryStore()) {
  const api = new FakeApi();
  const page = new FakePage({ makeWorker: () => new FakeWorker(api), store });
  page.has = false;
  const there = page.atOnce();
  let come = (): void => undefined;
  page.loads = new Promise<RestModule>((resolve) => {
    come = () => resolve(there);
  });
  const tacit = surfaceOf(new Loader({ page, files }));
  tacit.init({ onError: () => undefined, ...config });
  const startedWith = () => api.argsOf("start")[0]?.[0] as WorkerConfig | undefined;
  return { page, tacit, startedWith, come: () => come() };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
const keysIn = (store: TextStore) => [...store.keys("tacit.")].sort();
const asksFirst: TacitConfig = { consent: { personalise: false } };
const inMemory: TacitConfig = { storage: "memory" };

describe.each([
  ["where the site asks first", asksFirst],
  ["in memory", inMemory],
])("%s", (_where, config) => {
  test.each(["before page.js", "after it"])(
    "%s a word about contributing alone is kept, and nothing else",
    async (when) => {
      const { page, tacit, startedWith, come } = pageOf(config);
      if (when === "after it") come();
      await settled();
      tacit.consent({ contribute: false });
      tacit.track("purchase", { item: "a" });
      come();
      await settled();
      tacit.track("purchase", { item: "b" });
      await settled();
      expect([keysIn(page.store), startedWith()?.storage]).toEqual([["tacit.consent"], "memory"]);
      const next = pageOf(config, page.store);
      next.come();
      await settled();
      next.tacit.track("purchase", { item: "c" });
      await settled();
      expect([keysIn(page.store), next.startedWith()?.storage]).toEqual([["tacit.consent"], "memory"]);
    },
  );

  test.each(["tacit.tool.cmp", "tacit.erased", "tacit.ours"])(
    "a key that no permission wrote, %s, is none",
    async (key) => {
      const store = memoryStore();
      store.write(key, "1");
      const { page, tacit, startedWith, come } = pageOf(config, store);
      tacit.track("purchase", { item: "a" });
      come();
      await settled();
      tacit.track("purchase", { item: "b" });
      await settled();
      expect([keysIn(page.store), startedWith()?.storage]).toEqual([[key], "memory"]);
    },
  );

  test.each(["before page.js", "after it"])("what is erased %s leaves nothing", async (when) => {
    const { page, tacit, startedWith, come } = pageOf(config);
    if (when === "after it") {
      come();
      await settled();
    }
    const erased = tacit.erase();
    come();
    await erased;
    await settled();
    expect([keysIn(page.store), startedWith()?.storage]).toEqual([[], "memory"]);
  });

  test("a yes lets the page write from then on, and so does a no", async () => {
    for (const personalise of [true, false]) {
      const { page, tacit, come } = pageOf(config);
      come();
      await settled();
      expect(keysIn(page.store)).toEqual([]);
      tacit.consent({ personalise });
      await settled();
      expect(keysIn(page.store)).toContain("tacit.databases");
    }
  });
});

test("a yes of a page whose file does not come is nothing to a later no of another tab", async () => {
  const store = memoryStore();
  const waiting = pageOf(asksFirst, store);
  waiting.tacit.optIn();
  const other = pageOf(asksFirst, store);
  other.come();
  await settled();
  expect(other.tacit.consent().personalise).toBe(true);
  other.tacit.consent({ personalise: false });
  await settled();
  waiting.tacit.track("purchase", { item: "a" });
  expect([waiting.tacit.consent().personalise, store.keys("tacit.event.")]).toEqual([false, []]);
  // Nor when it comes.
  waiting.come();
  await settled();
  expect([waiting.tacit.consent().personalise, other.tacit.consent().personalise]).toEqual([false, false]);
});

test("of two pages whose file has not come the later word holds, and stays when the first says something else", async () => {
  const store = memoryStore();
  const [one, two] = [pageOf({}, store), pageOf({}, store)];
  one.tacit.optIn();
  two.tacit.consent({ personalise: false });
  one.tacit.consent({ contribute: true });
  expect(one.tacit.consent()).toMatchObject({ personalise: false, contribute: true });
  two.come();
  await settled();
  expect(two.tacit.consent()).toMatchObject({ personalise: false, contribute: true });
});

test("a wish that a no takes away is answered at once", async () => {
  const { tacit } = pageOf({});
  await settled();
  const undo = tacit.steer({ wish: "mute", of: "category", value: "Garden" });
  tacit.consent({ personalise: false });
  expect(await Promise.race([undo.then(() => "answered"), settled()])).toBe("answered");
});

test("what weighs before page.js is what says much after it, of every kind", () => {
  for (const kind of eventKinds) {
    const call = { id: "id", name: "track", args: [kind], atMs: 0 };
    expect([kind, weighs(call)]).toEqual([kind, saysMuch({ kind })]);
  }
});
