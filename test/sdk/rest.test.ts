/** The core before the file of the rest has come, when it comes late, and when it never comes. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Recorded } from "../../core/events/fact.ts";
import { Loader } from "../../sdk/loader/loader.ts";
import { memoryStore, type TextStore } from "../../sdk/page.ts";
import type { RestModule } from "../../sdk/parts.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import type { TacitConfig } from "../../sdk/types.ts";
import { WriteAhead } from "../../sdk/writeahead.ts";
import { FakeApi, FakePage, FakeWorker, files, recommendation } from "./fakes.ts";

afterEach(() => vi.useRealTimers());

const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

/** A page whose file comes when it is told to. */
function waiting(config: TacitConfig = {}, store: TextStore = memoryStore()) {
  const api = new FakeApi();
  const page = new FakePage({ makeWorker: () => new FakeWorker(api), store });
  page.has = false;
  const there = page.atOnce();
  let come = (): void => undefined;
  let fail = (): void => undefined;
  page.loads = new Promise<RestModule>((resolve, reject) => {
    come = () => resolve(there);
    fail = () => reject(new TypeError("Failed to fetch"));
  });
  const errors: string[] = [];
  const tacit = surfaceOf(new Loader({ page, files }));
  tacit.init({ onError: ({ message }) => void errors.push(message), ...config });
  return { api, page, tacit, errors, come: () => come(), fail: () => fail() };
}

/** What is written ahead, as the next page reads it. */
const aheadIn = (store: TextStore): readonly Recorded[] => {
  const databases = new Set(store.keys("tacit.event.").map((key) => key.split(".")[2]));
  return [...databases].flatMap((name) => new WriteAhead(store, name).find());
};
const appended = (api: FakeApi): readonly Recorded[] =>
  api.argsOf("append").flatMap(([events]) => events as readonly Recorded[]);

describe("before the file of the rest has come", () => {
  test("what is tracked, declared, wished, paused and clicked is on disk when its task ends, and arrives once it comes", async () => {
    const { api, page, tacit, come } = waiting();
    await settled();
    tacit.track("view", { item: "a" });
    expect(aheadIn(page.store)).toEqual([]);
    // What weighs is there within the call: its window may close itself next.
    tacit.track("purchase", { item: 7, amount: "2" } as never);
    expect(aheadIn(page.store)).toHaveLength(2);
    tacit.declare({ size: "XL" });
    const undo = tacit.steer({ wish: "mute", of: "category", value: "Garden" });
    page.captured("click", { item: "b", position: 2 });
    tacit.pause();
    tacit.track("view", { item: "c" });
    await Promise.resolve();
    const ahead = aheadIn(page.store);
    const said = ahead.map(({ id: _id, atMs: _atMs, ...said }) => said);
    expect(said).toHaveLength(7);
    expect(said).toEqual(
      expect.arrayContaining([
        { kind: "view", item: "a" },
        { kind: "purchase", item: "7", amount: 2 },
        { kind: "fact", fact: "size", value: "XL" },
        { kind: "fact", fact: "steer:category:garden", value: "mute:Garden" },
        { kind: "click", item: "b", position: 2 },
        { kind: "fact", fact: "pause", value: true },
        { kind: "view", item: "c" },
      ]),
    );
    expect(page.store.keys("tacit.event.")).toHaveLength(5);
    come();
    (await undo)();
    await tacit.recommend();
    const byId = (events: readonly Recorded[]) => events.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(appended(api).slice(0, -1))).toEqual(byId(ahead));
    expect(appended(api).at(-1)).toMatchObject({ fact: "steer:category:garden", value: null });
    expect(aheadIn(page.store)).toEqual([]);
  });

  test("the worker and the model are on their way, and the worker that came first is the one that is used", async () => {
    const { page, tacit, come } = waiting();
    expect([page.urls, page.loaded]).toEqual([
      ["https://shop.example/tacit/worker.js"],
      ["https://shop.example/tacit/page.js"],
    ]);
    come();
    expect(await tacit.recommend()).toEqual([recommendation]);
    expect(page.workers).toHaveLength(1);
  });

  test("a worker that fails before it is used is another when it is wanted again", async () => {
    const { page, tacit, errors, come } = waiting();
    page.workers[0].die();
    come();
    expect(await tacit.recommend()).toEqual([]);
    expect(errors.join()).toContain("worker: expected to start");
    expect(await tacit.recommend()).toEqual([recommendation]);
  });

  test("what is asked waits, knows what was tracked before it, and what it was about then", async () => {
    const { api, tacit, come } = waiting();
    tacit.track("view", { item: "a" });
    const basket = new Set(["a", "b"]);
    const lists = [
      tacit.goesWith(basket.values()),
      tacit.goesWith(basket),
      tacit.recommend({ exclude: basket } as never),
    ];
    basket.add("c");
    come();
    expect(await Promise.all(lists)).toEqual([[recommendation], [recommendation], [recommendation]]);
    expect(api.argsOf("goesWith").map(([items]) => items)).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(api.argsOf("forYou")).toEqual([[{ exclude: ["a", "b"] }]]);
    expect(appended(api)).toHaveLength(1);
  });

  test.each(["optOut", "consent", "erase"] as const)(
    "%s forgets at once what waits, and is carried out by the worker when the file comes",
    async (name) => {
      const { api, page, tacit, come } = waiting();
      await settled();
      tacit.track("view", { item: "before" });
      await Promise.resolve();
      tacit.track("view", { item: "in the same task" });
      const done = name === "consent" ? tacit.consent({ personalise: false }) : tacit[name]();
      tacit.track("view", { item: "after" });
      await Promise.resolve();
      const left = name === "erase" ? ["after"] : [];
      const itemsIn = (events: readonly Recorded[]) => events.map((one) => ("item" in one ? one.item : null));
      expect(itemsIn(aheadIn(page.store))).toEqual(left);
      expect(page.store.read("tacit.erase") !== null).toBe(name !== "consent");
      come();
      await done;
      await tacit.recommend();
      expect(api.argsOf("erase")).toHaveLength(name === "consent" ? 0 : 1);
      expect(api.config?.consent.personalise).toBe(name === "erase");
      expect(itemsIn(appended(api))).toEqual(left);
      expect(page.store.read("tacit.erase")).toBeNull();
    },
  );

  test.each(["the next page", "a page that is open"])(
    "a no, and a yes, of a page that ended before it came hold on %s",
    async (where) => {
      const store = memoryStore();
      const open = waiting({}, store);
      if (where !== "the next page") open.come();
      await settled();
      for (const personalise of [false, true]) {
        const ended = waiting({}, store);
        ended.tacit.consent({ personalise });
        const other = where === "the next page" ? waiting({}, store) : open;
        for (const run of other.page.storeChanged) run("tacit.choice", store.read("tacit.choice"));
        expect(other.tacit.consent()).toMatchObject({ personalise, because: { personalise: "person" } });
        other.come();
        await settled();
        expect(other.tacit.consent()).toMatchObject({ personalise, because: { personalise: "person" } });
        expect(store.read("tacit.consent")?.[6]).toBe(personalise ? "+" : "-");
        expect(store.read("tacit.choice")).toBeNull();
      }
    },
  );

  test("a record that it cannot read counts as a no until it comes", async () => {
    const store = memoryStore();
    store.write("tacit.consent", "something else");
    const { page, tacit } = waiting({}, store);
    tacit.track("purchase", { item: "a" });
    await settled();
    expect(tacit.consent().personalise).toBe(false);
    expect(aheadIn(page.store)).toEqual([]);
  });

  test("a no of an earlier page holds from the first call on", async () => {
    const store = memoryStore();
    store.write("tacit.consent", "000001-?");
    const { page, tacit } = waiting({}, store);
    tacit.track("view", { item: "a" });
    await settled();
    expect(aheadIn(page.store)).toEqual([]);
    expect(tacit.consent().personalise).toBe(false);
  });

  test("a yes, or a no, holds for what is said after it in the same task, and for nothing before", async () => {
    const { page, tacit } = waiting({ consent: { personalise: false } });
    await settled();
    for (const [before, personalise] of [
      ["refused", true],
      ["taken back", false],
      ["refused again", true],
    ] as const) {
      tacit.track("view", { item: before });
      tacit.consent({ personalise });
    }
    tacit.track("view", { item: "allowed" });
    await Promise.resolve();
    expect(aheadIn(page.store)).toMatchObject([{ item: "allowed" }]);
  });

  test("what means nothing is told when it comes, as it was then", async () => {
    const { tacit, errors, come } = waiting();
    const form = { item: "a", positon: 2 } as Record<string, unknown>;
    tacit.track("view", form as never);
    form.other = 1;
    tacit.track("veiw" as never);
    tacit.declare({ size: {} } as never);
    tacit.consent({ personalize: true } as never);
    expect(errors).toEqual([]);
    come();
    await settled();
    expect(errors).toEqual([
      "track: properties must be among item, amount, query, position, list, depth, once, got positon: position is meant?",
      expect.stringContaining("track: kind must be one of impression, click"),
      expect.stringContaining("declare: size must be text"),
      "consent: consent must name personalise or contribute, got personalize: personalise is meant?",
    ]);
  });

  test("of a configuration that is refused nothing was begun, asked for or written", async () => {
    const { page, errors, tacit, come } = waiting({ realy: "https://relay.example" } as TacitConfig);
    const ask = vi.spyOn(page, "ask");
    tacit.track("view", { item: "a" });
    await settled();
    come();
    await settled();
    expect([page.workers, aheadIn(page.store), ask.mock.calls]).toEqual([[], [], []]);
    expect(errors).toEqual([expect.stringContaining("got realy: relay is meant?")]);
  });

  test("10,000 calls in one loop hold 5,000, write 1,000, and say what went", async () => {
    const { api, page, tacit, errors, come } = waiting();
    await settled();
    for (let nth = 0; nth < 10_000; nth++) tacit.track("click", { item: String(nth) });
    await Promise.resolve();
    expect(aheadIn(page.store)).toHaveLength(1_000);
    come();
    await tacit.recommend();
    expect(appended(api)).toHaveLength(5_000);
    expect(errors).toEqual([
      "track: at most 5000 events may wait, got 5000 more; the least telling were dropped",
    ]);
  });
});

describe("a file that never comes", () => {
  test("is told once with its addresses; every method has its plain answer; the next page hands over", async () => {
    const store = memoryStore();
    const { page, tacit, errors, fail } = waiting({ worker: "/static/worker.js" }, store);
    await settled();
    tacit.track("purchase", { item: "a" });
    const asked = [
      tacit.recommend(),
      tacit.lists({}),
      tacit.panel(),
      tacit.forget("x"),
      tacit.steer({} as never),
    ];
    fail();
    const answers = await Promise.all(asked);
    expect(answers.slice(0, 4)).toEqual([[], {}, null, undefined]);
    expect(await tacit.similar("a")).toEqual([]);
    expect(page.loaded).toEqual([
      "https://shop.example/tacit/page.js",
      "https://shop.example/static/page.js",
    ]);
    expect(errors).toEqual([
      "page.js: expected https://shop.example/tacit/page.js or https://shop.example/static/page.js, got TypeError: Failed to fetch",
    ]);
    const next = waiting({}, store);
    next.come();
    await next.tacit.recommend();
    await vi.waitFor(() => expect(appended(next.api)).toMatchObject([{ kind: "purchase", item: "a" }]));
    await vi.waitFor(() => expect(aheadIn(store)).toEqual([]));
  });

  test("a no takes away what was written down and deletes no database", async () => {
    const store = memoryStore();
    store.write("tacit.databases", '["shop"]');
    const { page, tacit, fail } = waiting({ database: "shop" }, store);
    page.has = true;
    tacit.track("view", { item: "a" });
    await settled();
    expect(aheadIn(store)).toHaveLength(1);
    tacit.consent({ personalise: false, contribute: false });
    fail();
    await settled();
    expect(aheadIn(store)).toEqual([]);
    expect([page.deleted, page.emptied]).toEqual([[], []]);
  });

  test.each(["refused", "silent"] as const)(
    "%s: an opt-out deletes every database that is known, stays due, and nobody gets a new budget by it",
    async (fate) => {
      const store = memoryStore();
      store.write("tacit.databases", '["shop","old"]');
      const { page, tacit, fail } = waiting({ database: "shop" }, store);
      page.has = true;
      const deleted: number[] = [];
      tacit.on("change", () => void deleted.push(page.deleted.length));
      vi.useFakeTimers();
      const done = tacit.optOut();
      if (fate === "refused") fail();
      await vi.advanceTimersByTimeAsync(10_000);
      await done;
      vi.useRealTimers();
      expect(page.deleted).toEqual(["shop", "old"]);
      // Whoever shows what is gone now hears of it.
      expect(deleted).toEqual([2]);
      expect(tacit.consent()).toMatchObject({ personalise: false, contribute: false });
      expect(JSON.parse(store.read("tacit.spent") ?? "{}").lifetime).toBeNull();
      const next = waiting({ database: "shop" }, store);
      next.come();
      await next.tacit.recommend();
      expect(next.api.argsOf("erase")).toHaveLength(1);
    },
  );

  test("silent: a question is answered plainly after 10 s, and told with the address", async () => {
    const { tacit, errors } = waiting();
    vi.useFakeTimers();
    let answer: unknown = "pending";
    void tacit.recommend().then((list) => {
      answer = list;
    });
    await vi.advanceTimersByTimeAsync(9_999);
    expect(answer).toBe("pending");
    await vi.advanceTimersByTimeAsync(1);
    expect([answer, errors]).toEqual([
      [],
      ["recommend: expected https://shop.example/tacit/page.js within 10000 ms, got nothing"],
    ]);
  });
});
