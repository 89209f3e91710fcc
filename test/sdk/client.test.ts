import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { noChoices } from "../../core/consent.ts";
import type { TacitEvent } from "../../core/events/event.ts";
import { allSpent, nothingSpent } from "../../core/sum/spending.ts";
import { Consent } from "../../sdk/consent.ts";
import { Loader } from "../../sdk/loader/loader.ts";
import type { Note } from "../../sdk/notes.ts";
import { memoryStore } from "../../sdk/page.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import type { TacitConfig } from "../../sdk/types.ts";
import { WriteAhead } from "../../sdk/writeahead.ts";
import type { Kept } from "../../worker/api.ts";
import { FakeApi, FakePage, FakeWorker, files, fullStore, recommendation } from "./fakes.ts";

/** What a task tracked is written down when it ends. */
const taskEnds = () => Promise.resolve();
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

function sdkOn(
  page: FakePage,
  config: TacitConfig = {},
): { tacit: ReturnType<typeof surfaceOf>; errors: Error[]; start: () => void } {
  const errors: Error[] = [];
  const tacit = surfaceOf(new Loader({ page, files }));
  const start = (): void => tacit.init({ onError: (error) => void errors.push(error), ...config });
  return { tacit, errors, start };
}

function running(
  config: TacitConfig = {},
  options: { store?: ReturnType<typeof memoryStore>; gpc?: boolean } = {},
) {
  const api = new FakeApi();
  const page = new FakePage({
    makeWorker: () => new FakeWorker(api),
    store: options.store ?? memoryStore(),
    privacyControl: options.gpc ?? false,
  });
  const sdk = sdkOn(page, config);
  sdk.start();
  return { api, page, ...sdk };
}

const appended = (api: FakeApi): readonly TacitEvent[] =>
  api.argsOf("append").flatMap(([events]) => events as readonly TacitEvent[]);

const keptOf = (remains: Partial<Kept["remains"]>, choices: Kept["choices"] = noChoices): Kept => ({
  choices,
  remains: { answeredTasks: [], spent: nothingSpent, ...remains },
});

const pins = {
  siteKey: "ab".repeat(32),
  helper: "https://helper.example",
  helperKey: "cd".repeat(32),
};

afterEach(() => vi.restoreAllMocks());

describe("a page and its worker", () => {
  test("the worker is told the whole configuration, in absolute addresses", async () => {
    const { api, page, tacit } = running({ server: "/tacit/", database: "shop", worker: "../worker.js" });
    await tacit.recommend();
    expect(page.urls).toEqual(["https://shop.example/worker.js"]);
    expect(api.config).toEqual({
      lifeLock: expect.stringMatching(/^tacit:life:/),
      server: "https://shop.example/tacit",
      database: "shop",
      files: {
        "ranking.js": "https://shop.example/ranking.js",
        "contributing.js": "https://shop.example/contributing.js",
        "shown.js": "https://shop.example/shown.js",
        "tokens.js": "https://shop.example/tokens.js",
        "moving.js": "https://shop.example/moving.js",
        "parquet.js": "https://shop.example/parquet.js",
        "words.js": "https://shop.example/words.js",
        "encoder.js": "https://shop.example/encoder.js",
        "encoder.wasm": "https://shop.example/encoder.wasm",
        "experiments.js": "https://shop.example/experiments.js",
      },
      consent: { personalise: true, contribute: false },
    });
  });

  test("the worker is told what device is in hand, where the page knows", async () => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(api), device: "phone" });
    const api = new FakeApi();
    const { start, tacit } = sdkOn(page, {});
    start();
    await tacit.recommend();
    expect(api.config?.device).toBe("phone");
  });

  test("the worker is told the pins, keys in small letters and the helper by its origin, and the relay", async () => {
    const { api, tacit } = running({
      pins: {
        siteKey: pins.siteKey.toUpperCase(),
        helper: "https://helper.example/path",
        helperKey: pins.helperKey,
      },
      relay: "https://relay.example/tacit/",
    });
    await tacit.recommend();
    expect(api.config).toMatchObject({ pins, relay: "https://relay.example/tacit" });
  });

  test("a panel has the events that it was handed part by part, in their order, since they came anew", async () => {
    const { api, tacit } = running();
    const seen = (id: string) => ({ id, kind: "view" as const, item: "a", atMs: 5 });
    api.handed = [[seen("gone")], null, [seen("c"), seen("b")], [seen("a")]];
    expect((await tacit.panel())?.events.map(({ id }) => id)).toEqual(["c", "b", "a"]);
    expect((await tacit.panel())?.events).toHaveLength(3);
  });

  test("every question is answered by the worker, with the arguments of the page", async () => {
    const { api, tacit, errors } = running();
    expect(await tacit.recommend({ count: 5 })).toEqual([recommendation]);
    expect(await tacit.similar("84879", { exclude: ["b"] })).toEqual([recommendation]);
    expect(await tacit.goesWith(["a", "b"], { count: 3 })).toEqual([recommendation]);
    expect(await tacit.search("an infant", { count: 2 })).toEqual([recommendation]);
    expect(await tacit.trending({ count: 7 })).toEqual([recommendation]);
    expect(await tacit.explain("84879")).toMatchObject({ rank: 7, of: 3623 });
    expect(await tacit.reportBytes("r")).toEqual(new Uint8Array([2, 3]));
    expect(await tacit.exportData()).toMatchObject({ format: "tacit-export" });
    expect(await tacit.panel()).toMatchObject({ storage: "memory" });
    expect(api.argsOf("forYou")).toEqual([[{ count: 5 }]]);
    expect(api.argsOf("similar")).toEqual([["84879", { exclude: ["b"] }]]);
    expect(api.argsOf("goesWith")).toEqual([[["a", "b"], { count: 3 }]]);
    expect(api.argsOf("search")).toEqual([["an infant", { count: 2 }]]);
    expect(api.argsOf("trending")).toEqual([[{ count: 7 }]]);
    expect(errors).toEqual([]);
  });

  test("a recommendation knows every event tracked before it", async () => {
    const { api, tacit } = running();
    tacit.track("view", { item: "a" });
    tacit.track("search", { query: "mug" });
    await tacit.recommend();
    const order = api.calls.map(({ method }) => method);
    expect(order.indexOf("append")).toBeLessThan(order.indexOf("forYou"));
    expect(appended(api)).toMatchObject([
      { kind: "view", item: "a" },
      { kind: "search", query: "mug" },
    ]);
  });

  test("what was tracked before init arrives after it, with the time it happened", async () => {
    const api = new FakeApi();
    const { tacit, start } = sdkOn(new FakePage({ makeWorker: () => new FakeWorker(api) }));
    const now = vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_123);
    tacit.track("view", { item: "a" });
    const early = tacit.recommend();
    now.mockReturnValue(1_700_000_009_000);
    start();
    expect(await early).toEqual([recommendation]);
    expect(appended(api)).toMatchObject([{ item: "a", atMs: 1_700_000_000_123 }]);
  });

  test("what is captured arrives with its place in the list", async () => {
    const { api, page, tacit, errors } = running();
    page.captured("impression", { item: "a", position: 3, list: "for-you" });
    page.captured("click", { item: "a", position: 3 });
    await tacit.recommend();
    expect(appended(api)).toMatchObject([
      { kind: "impression", item: "a", position: 3, list: "for-you" },
      { kind: "click", item: "a", position: 3 },
    ]);
    expect(errors).toEqual([]);
  });

  test("a hidden page sends at once what would not outlive it", async () => {
    const { api, page, tacit } = running({}, { store: fullStore(null).store });
    await tacit.recommend();
    tacit.track("click", { item: "a" });
    for (const run of page.hidden) run();
    await settled();
    expect(appended(api)).toHaveLength(1);
  });

  test("a page that is left ends its worker, tells nobody, and has another when it comes back", async () => {
    const { api, page, tacit, errors } = running();
    await tacit.recommend();
    await api.keepCopy(keptOf({}), true);
    tacit.track("purchase", { item: "a" });
    const waiting = tacit.panel();
    for (const run of page.left) run();
    expect(page.workers[0].terminated).toBe(true);
    expect(await waiting).toBeNull();
    expect(page.store.keys("tacit.event.")).toHaveLength(1);
    for (const run of page.back) run();
    await settled();
    expect(page.workers).toHaveLength(2);
    expect(appended(api)).toMatchObject([{ kind: "purchase", item: "a" }]);
    expect(errors).toEqual([]);
  });

  test("what a page wrote ahead that has gone is taken over by one that is open, once", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const store = memoryStore();
    const { api, page, tacit } = running({}, { store });
    void tacit.recommend();
    await vi.advanceTimersByTimeAsync(100);
    await api.keepCopy(keptOf({}), true);
    const gone = { id: "gone", kind: "purchase", item: "a", atMs: 5 } as const;
    new WriteAhead(store, "tacit").write([gone]);
    new WriteAhead(store, "other").write([gone]);
    for (const run of page.storeChanged) run("tacit.event.tacit.gone", null);
    await vi.advanceTimersByTimeAsync(1_900);
    expect(appended(api)).toEqual([]);
    for (const run of page.storeChanged) run("tacit.event.tacit.gone", null);
    await vi.advanceTimersByTimeAsync(3_000);
    vi.useRealTimers();
    await settled();
    expect(appended(api)).toEqual([gone]);
    expect(store.keys("tacit.event.")).toEqual(["tacit.event.other.gone"]);
  });

  test.each([
    { which: "written ahead", store: memoryStore() },
    { which: "without localStorage", store: fullStore(null).store },
  ])(
    "a worker that starts is handed what the one before it had in memory alone, $which",
    async ({ store }) => {
      const { api, page, tacit } = running({}, { store });
      api.storedIn = "memory";
      tacit.track("purchase", { item: "a" });
      await tacit.recommend();
      expect(appended(api)).toHaveLength(1);
      page.workers[0].die();
      api.storedIn = "device";
      await tacit.recommend();
      await vi.waitFor(() => expect(appended(api)).toHaveLength(2));
      expect(appended(api)[1]).toEqual(appended(api)[0]);
      expect(page.workers).toHaveLength(2);
      await vi.waitFor(() => expect(store.keys("tacit.event.")).toEqual([]));
    },
  );

  test("a page that is left writes down again what the site cleared of what is kept", async () => {
    const { api, page, tacit } = running();
    await tacit.recommend();
    await api.keepCopy(keptOf({ answeredTasks: ["t"] }, { revision: 1, personalise: true }), true);
    for (const key of page.store.keys("")) page.store.remove(key);
    for (const run of page.left) run();
    expect(page.store.read("tacit.answered")).toBe('["t"]');
    expect(page.store.read("tacit.consent")).toBe("000001+?");
  });

  test("a prerendered page starts nothing until it is shown", async () => {
    const api = new FakeApi();
    const page = new FakePage({ makeWorker: () => new FakeWorker(api) });
    page.shown = [];
    const { tacit, start } = sdkOn(page);
    start();
    tacit.track("view", { item: "a" });
    const list = tacit.recommend();
    await settled();
    expect(page.workers).toHaveLength(0);
    for (const run of page.shown) run();
    expect(await list).toEqual([recommendation]);
    expect(appended(api)).toHaveLength(1);
  });

  test("notices become events, and ready is told once, to late listeners too", async () => {
    const { api, tacit, errors } = running();
    const seen: unknown[] = [];
    const head = { id: "e7", sequence: 7, round: 3, items: 40, isWhole: false };
    const whole = { ...head, items: 3000, isWhole: true };
    tacit.on("ready", () => seen.push("ready"));
    tacit.on("edition", (edition) => seen.push(edition));
    const stop = tacit.on("change", () => seen.push("change"));
    await tacit.recommend();
    api.notify({ type: "edition", ...head });
    api.notify({ type: "edition", ...whole });
    api.notify({ type: "change" });
    api.notify({ type: "trouble", message: "edition: offline" });
    await settled();
    stop();
    api.notify({ type: "change" });
    tacit.on("ready", () => seen.push("ready, late"));
    await settled();
    expect(seen).toEqual(["ready", head, whole, "change", "ready, late"]);
    expect(errors.map(({ message }) => message)).toEqual(["edition: offline"]);
  });
});

describe("permissions", () => {
  test("without personalise nothing tracked reaches the worker, from before init or after", async () => {
    const api = new FakeApi();
    const { tacit, start } = sdkOn(new FakePage({ makeWorker: () => new FakeWorker(api) }), {
      consent: { personalise: false },
    });
    tacit.track("view", { item: "early" });
    start();
    tacit.track("view", { item: "late" });
    await tacit.recommend();
    await settled();
    expect(appended(api)).toEqual([]);
    expect(api.config?.consent.personalise).toBe(false);
  });

  test("a choice is told to the worker and to listeners, once", async () => {
    const { api, tacit } = running();
    const seen: unknown[] = [];
    tacit.on("consent", (state) => seen.push(state));
    await tacit.recommend();
    tacit.consent({ contribute: true });
    tacit.consent({ contribute: true });
    await settled();
    expect(api.argsOf("setConsent")).toEqual([
      [
        { personalise: true, contribute: true },
        { revision: expect.any(Number), contribute: true },
      ],
    ]);
    expect(seen).toEqual([tacit.consent()]);
    expect(tacit.consent().because).toEqual({ personalise: "default", contribute: "person" });
  });

  test.each([
    { says: "a yes", site: { personalise: true }, choice: { personalise: true } },
    { says: "a no", site: { personalise: false }, choice: { personalise: false } },
    { says: "a no", site: { contribute: false }, choice: { contribute: false } },
  ])(
    "$says where the site says the same is told to the worker: it may be all that keeps it",
    async (given) => {
      const { api, tacit } = running({ consent: given.site });
      await tacit.recommend();
      tacit.consent(given.choice);
      await settled();
      expect(api.argsOf("setConsent").map(([, choices]) => choices)).toEqual([
        { revision: expect.any(Number), ...given.choice },
      ]);
    },
  );

  test("a choice made in another tab holds here", async () => {
    const store = memoryStore();
    const { api, page, tacit } = running({}, { store });
    await tacit.recommend();
    store.write("tacit.consent", "000001-?");
    for (const run of page.storeChanged) run("tacit.consent", page.store.read("tacit.consent"));
    await settled();
    expect(api.argsOf("setConsent")).toEqual([
      [
        { personalise: false, contribute: false },
        { revision: 1, personalise: false },
      ],
    ]);
    tacit.track("view", { item: "a" });
    await tacit.recommend();
    expect(appended(api)).toEqual([]);
  });

  test("contributing is asked for only when it is on, also when it was turned off while waiting", async () => {
    const { api, page, tacit } = running({ consent: { contribute: true } });
    await tacit.recommend();
    tacit.consent({ contribute: false });
    for (const run of page.idle.splice(0)) run();
    await settled();
    expect(api.argsOf("contribute")).toEqual([]);
    tacit.consent({ contribute: true });
    for (const run of page.idle.splice(0)) run();
    await settled();
    expect(api.argsOf("contribute")).toHaveLength(1);
  });

  test("Global Privacy Control stops contributions that the site asks for", async () => {
    const { api, page, tacit } = running({ consent: { contribute: true } }, { gpc: true });
    await tacit.recommend();
    expect(page.idle).toEqual([]);
    expect(api.config?.consent).toEqual({ personalise: true, contribute: false });
  });

  test("opting out turns both off for the person and erases; opting in leaves contribute to be asked for", async () => {
    const { api, tacit } = running({ consent: { contribute: true } });
    tacit.track("view", { item: "a" });
    await tacit.optOut();
    expect(api.argsOf("erase")).toHaveLength(1);
    expect(appended(api)).toEqual([]);
    expect(tacit.consent()).toEqual({
      personalise: false,
      contribute: false,
      because: { personalise: "person", contribute: "person" },
    });
    tacit.optIn();
    expect(tacit.consent()).toMatchObject({ personalise: true, contribute: false });
  });

  test("of answered tasks the last 50 are kept, of what was spent the larger, and the next worker is given them", async () => {
    const store = memoryStore();
    const first = running({}, { store });
    await first.tacit.recommend();
    const tasksFrom = (start: number) => Array.from({ length: 40 }, (_, nth) => `task ${start + nth}`);
    const spentOn = (day: number, rho: number) => ({ days: [{ day, rho }], lifetime: rho, sinceDay: day });
    await first.api.keepCopy(keptOf({ answeredTasks: tasksFrom(0), spent: spentOn(20_000, 0.2) }), true);
    await first.api.keepCopy(keptOf({ answeredTasks: tasksFrom(20), spent: spentOn(20_001, 0.1) }), true);
    const next = running({}, { store });
    await next.tacit.recommend();
    expect((await next.api.keepCopy(keptOf({}), true)).remains).toEqual({
      answeredTasks: Array.from({ length: 50 }, (_, nth) => `task ${nth + 10}`),
      spent: {
        days: [
          { day: 20_000, rho: 0.2 },
          { day: 20_001, rho: 0.1 },
        ],
        lifetime: 0.2,
        sinceDay: 20_000,
      },
    });
  });

  test("what is written down as spent and cannot be read was spent all the same, and counts as all", async () => {
    const store = memoryStore();
    store.write("tacit.spent", '{"days":');
    const { api, tacit } = running({}, { store });
    await tacit.recommend();
    expect((await api.keepCopy(keptOf({}), true)).remains.spent).toEqual(allSpent);
  });

  test("a no that only the worker still knows of holds, and is written down here again", async () => {
    const store = memoryStore();
    const { api, tacit } = running({}, { store });
    tacit.track("view", { item: "a" });
    await tacit.recommend();
    await api.keepCopy(keptOf({}, { revision: 3, personalise: false }), true);
    await settled();
    expect(tacit.consent()).toMatchObject({ personalise: false, because: { personalise: "person" } });
    expect(api.argsOf("setConsent").at(-1)).toEqual([
      { personalise: false, contribute: false },
      { revision: 3, personalise: false },
    ]);
    expect(store.read("tacit.consent")).toBe("000003-?");
    expect(running({}, { store }).tacit.consent().personalise).toBe(false);
  });

  test("until it is known what was chosen before, nothing tracked is written down; then what waits is", async () => {
    const store = memoryStore();
    const { api, tacit } = running({}, { store });
    tacit.track("view", { item: "a" });
    expect(store.keys("tacit.event.")).toEqual([]);
    await tacit.recommend();
    await api.keepCopy(keptOf({}), true);
    tacit.track("view", { item: "b" });
    await taskEnds();
    expect(store.keys("tacit.event.")).toHaveLength(1);
    await tacit.recommend();
    expect(store.keys("tacit.event.")).toEqual([]);
    expect(appended(api).map(({ item }) => item)).toEqual(["a", "b"]);
  });

  test("what another page says that the person chose is known here: from then on events are written down", async () => {
    const store = memoryStore();
    const { tacit } = running({}, { store });
    tacit.track("view", { item: "a" });
    await taskEnds();
    expect(store.keys("tacit.event.")).toEqual([]);
    new Consent({ store, privacyControl: false }).choose({ contribute: false });
    tacit.track("view", { item: "b" });
    await taskEnds();
    const written = store.keys("tacit.event.").map((key) => JSON.parse(store.read(key) ?? ""));
    expect(written.flat()).toMatchObject([{ item: "a" }, { item: "b" }]);
  });

  test("what waits when another page says no is not written down", async () => {
    const store = memoryStore();
    const { tacit } = running({}, { store });
    tacit.track("view", { item: "a" });
    new Consent({ store, privacyControl: false }).choose({ personalise: false });
    tacit.track("view", { item: "b" });
    await taskEnds();
    expect(store.keys("tacit.event.")).toEqual([]);
  });

  test("a worker that could not read what it keeps says nothing that is certain, but what the person chose", async () => {
    const store = memoryStore();
    const { api, tacit } = running({}, { store });
    await tacit.recommend();
    const all = await api.keepCopy(
      keptOf({ answeredTasks: ["t"] }, { revision: 2, personalise: true }),
      false,
    );
    expect(all.remains).toEqual({ answeredTasks: [], spent: nothingSpent });
    tacit.track("view", { item: "a" });
    expect(["tacit.consent", "tacit.spent"].map((key) => store.read(key))).toEqual([null, null]);
    expect([tacit.consent().because.personalise, store.keys("tacit.event.")]).toEqual(["person", []]);
  });

  test("on a first visit nothing was chosen: events are written down before the worker runs", async () => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(null) });
    page.has = false;
    const { tacit, start } = sdkOn(page);
    start();
    await settled();
    tacit.track("purchase", { item: "a" });
    await taskEnds();
    expect(page.store.keys("tacit.event.tacit.")).toHaveLength(1);
  });

  test("a broken worker does not stop an erase: the page empties every database that was used", async () => {
    const broken = () => {
      throw new DOMException("refused", "SecurityError");
    };
    const page = new FakePage({ makeWorker: broken });
    page.store.write("tacit.databases", '["old"]');
    const { tacit, start, errors } = sdkOn(page, { database: "shop" });
    start();
    await tacit.optOut();
    const choices = { revision: expect.any(Number), personalise: false, contribute: false };
    const erasedAtMs = expect.toSatisfy((atMs: number) => Math.abs(Date.now() - atMs) < 60_000);
    const remains = { answeredTasks: [], spent: allSpent };
    expect(page.emptied).toEqual(
      ["tacit", "old", "shop"].map((name) => [name, { choices, remains, erasedAtMs }]),
    );
    expect(errors).toHaveLength(1);
    expect(page.store.read("tacit.erase")).toBeNull();
    // What was spent went with it, and nobody else knows: the next worker takes it as all.
    const next = running({}, { store: page.store });
    await next.tacit.recommend();
    expect((await next.api.keepCopy(keptOf({}), true)).remains.spent).toEqual(allSpent);
  });

  test.each(["broken", "silent", "well"] as const)(
    "who shows something is told when an erasure is over, also where the worker is %s",
    async (worker) => {
      const api = new FakeApi();
      const page = new FakePage({
        makeWorker: () => {
          if (worker === "broken") throw new DOMException("refused", "SecurityError");
          return new FakeWorker(worker === "silent" ? null : api);
        },
      });
      const { tacit, start } = sdkOn(page);
      start();
      const emptied: number[] = [];
      tacit.on("change", () => void emptied.push(page.emptied.length));
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const done = tacit.erase();
      if (worker === "silent") await vi.advanceTimersByTimeAsync(60_000);
      else vi.useRealTimers();
      await done;
      // This worker tells nothing: what is heard is the page's word, and after the last database.
      expect(emptied).toEqual([page.emptied.length]);
      expect(page.emptied.length > 0).toBe(worker !== "well");
    },
  );

  test("of an erasure that failed who shows something is told, too: what is left may be less", async () => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    page.store.write("tacit.databases", '["old"]');
    page.refusesToEmpty = true;
    const { tacit, start } = sdkOn(page);
    start();
    const changed = vi.fn();
    tacit.on("change", changed);
    await tacit.erase();
    expect(changed).toHaveBeenCalledOnce();
  });

  test("what was spent is not lost with the database when the page knows of it", async () => {
    const store = memoryStore();
    const { api, tacit } = running({}, { store });
    await tacit.recommend();
    await api.keepCopy(keptOf({}), true);
    const page = new FakePage({ makeWorker: () => new FakeWorker(null), store });
    await sdkOn(page).tacit.erase();
    const next = running({}, { store });
    await next.tacit.recommend();
    expect((await next.api.keepCopy(keptOf({}), true)).remains.spent).toEqual(nothingSpent);
  });

  test("what was spent is not lost with a storage that the site clears before the worker runs", async () => {
    const store = memoryStore();
    const first = running({}, { store });
    await first.tacit.recommend();
    await first.api.keepCopy(keptOf({ answeredTasks: ["a"], spent: allSpent }), true);
    const { api, tacit } = running({}, { store });
    for (const key of store.keys("")) store.remove(key);
    await tacit.recommend();
    expect((await api.keepCopy(keptOf({}), true)).remains.spent).toEqual(allSpent);
  });

  test.each([
    ["before init", false],
    ["after a refused configuration", true],
  ])(
    "%s an opt-out holds: the page empties the database, and the next page knows",
    async (_when, isStarted) => {
      const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
      const { tacit, start } = sdkOn(page, { database: "" });
      if (isStarted) start();
      tacit.track("view", { item: "a" });
      await tacit.optOut();
      expect(page.workers).toEqual([]);
      expect(page.emptied.map(([name]) => name)).toEqual(["tacit"]);
      expect(running({}, { store: page.store }).tacit.consent().because.personalise).toBe("person");
    },
  );

  test("an erasure that failed is the first thing that the next page does", async () => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    page.refusesToEmpty = true;
    const { tacit, errors, start } = sdkOn(page, { database: "" });
    start();
    await tacit.erase();
    expect(errors.at(-1)?.message).toBe("erase: refused");
    const next = running({}, { store: page.store });
    await next.tacit.recommend();
    expect(next.api.calls.map(({ method }) => method).slice(0, 3)).toEqual(["start", "erase", "forYou"]);
    const later = running({}, { store: page.store });
    await later.tacit.recommend();
    expect(later.api.argsOf("erase")).toEqual([]);
  });

  test("a no said to a stub whose script did not come holds on the next page", async () => {
    const store = memoryStore();
    store.write("tacit.optOut", "1");
    const { api, tacit } = running({ consent: { personalise: true, contribute: true } }, { store });
    tacit.track("view", { item: "a" });
    await tacit.recommend();
    expect(tacit.consent()).toMatchObject({ personalise: false, contribute: false });
    expect(api.config?.consent).toEqual({ personalise: false, contribute: false });
    expect(api.argsOf("erase")).toHaveLength(1);
    expect(appended(api)).toEqual([]);
    expect(store.read("tacit.optOut")).toBeNull();
  });
});

describe("what a page hands over", () => {
  test("options behind proxies, ids as numbers, sets and cards reach the worker as plain data", async () => {
    const { api, tacit, errors } = running();
    const reactive = <T extends object>(value: T): T => new Proxy(value, {});
    const asAny = tacit as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    await asAny.recommend(reactive({ count: 6, exclude: reactive(["a", 7]), includeSeen: true }));
    await asAny.recommend({ count: "6", exclude: new Set([20725n, "b"]), includeSeen: undefined, again: 1 });
    await asAny.recommend({ exclude: [recommendation], count: null });
    await asAny.recommend(Object.freeze({ exclude: "84879" }));
    await asAny.recommend(null);
    await asAny.similar(84879, { exclude: [1] });
    await asAny.goesWith(reactive(["a", 7, recommendation]), { exclude: 1 });
    await asAny.goesWith(new Map([[1, 2]]).keys());
    await asAny.goesWith(20725n);
    await asAny.goesWith([]);
    await asAny.trending(reactive({ count: 3 }));
    await asAny.explain(84879);
    await asAny.explain(recommendation.item, { includeSeen: 1 });
    await asAny.goesWith(recommendation);
    expect(api.argsOf("forYou")).toEqual([
      [{ count: 6, exclude: ["a", "7"], includeSeen: true }],
      [{ count: 6, exclude: ["20725", "b"], again: true }],
      [{ exclude: ["84879"] }],
      [{ exclude: ["84879"] }],
      [{}],
    ]);
    expect(api.argsOf("similar")).toEqual([["84879", { exclude: ["1"] }]]);
    expect(api.argsOf("goesWith")).toEqual([
      [["a", "7", "84879"], { exclude: ["1"] }],
      [["1"], {}],
      [["20725"], {}],
      [[], {}],
      [["84879"], {}],
    ]);
    expect(api.argsOf("trending")).toEqual([[{ count: 3 }]]);
    expect(api.argsOf("explain")).toEqual([
      ["84879", {}],
      ["84879", { includeSeen: true }],
    ]);
    expect(errors).toEqual([]);
  });

  test("what a list is about is read once, when it is asked for, however many workers are asked", async () => {
    const waits = new (class extends FakeApi {
      override goesWith(): Promise<never> {
        return new Promise(() => undefined);
      }
    })();
    const api = new FakeApi();
    const apis = [waits, api];
    const page = new FakePage({ makeWorker: () => new FakeWorker(apis.shift() ?? api) });
    page.held = true;
    const { tacit, errors, start } = sdkOn(page);
    start();
    const basket = new Set(["a", "b"]);
    const [once, grown] = [tacit.goesWith(basket.values()), tacit.goesWith(basket)];
    basket.add("c");
    await new Promise((resolve) => setTimeout(resolve, 1_700));
    page.held = false;
    expect(await Promise.all([once, grown])).toEqual([[recommendation], [recommendation]]);
    expect(api.argsOf("goesWith")).toEqual([
      [["a", "b"], {}],
      [["a", "b"], {}],
    ]);
    expect(errors).toEqual([]);
  });

  test("an event's ids may be numbers, its numbers text, and null is nothing", async () => {
    const { api, tacit, errors } = running();
    const track = tacit.track as (kind: string, properties: unknown) => void;
    track("view", new Proxy({ item: 20725, amount: undefined, list: null }, {}));
    track("purchase", Object.freeze({ item: 7n, amount: "3", position: "2" }));
    await tacit.recommend();
    expect(appended(api)).toMatchObject([
      { kind: "view", item: "20725" },
      { kind: "purchase", item: "7", amount: 3, position: 2 },
    ]);
    expect(Object.keys(appended(api)[0]).sort()).toEqual(["atMs", "id", "item", "kind"]);
    expect(errors).toEqual([]);
  });

  test("what means nothing is told once, with the name that is nearest", async () => {
    const { tacit, errors } = running();
    const options = { cuont: 3, limit: 4 } as object;
    await tacit.recommend(options);
    await tacit.recommend(options);
    tacit.track("view", { item: "a", positon: 2 } as object);
    tacit.track("view", { item: "a", positon: 3 } as object);
    expect(errors.map(({ message }) => message)).toEqual([
      "recommend: options must be among count, exclude, filter, pin, boost, bury, quota, exposure, ignored, includeSeen, again, without, name, got cuont: count is meant?",
      "recommend: options must be among count, exclude, filter, pin, boost, bury, quota, exposure, ignored, includeSeen, again, without, name, got limit",
      "track: properties must be among item, amount, query, position, list, depth, once, got positon: position is meant?",
    ]);
  });

  test("a property that is mistyped is told before the one that is missing for it", () => {
    const { tacit, errors } = running();
    tacit.track("view", { itme: "a" } as object);
    expect(errors.map(({ message }) => message)).toEqual([
      "track: properties must be among item, amount, query, position, list, depth, once, got itme: item is meant?",
      expect.stringContaining("item must be given"),
    ]);
  });

  test("a permission that is mistyped is told with the one that is meant", () => {
    const { tacit, errors } = running();
    tacit.consent({ personalize: true } as object);
    expect(errors.map(({ message }) => message)).toEqual([
      "consent: consent must name personalise or contribute, got personalize: personalise is meant?",
    ]);
  });

  test("what is noted for the overlay includes each change of the permissions", async () => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    const notes: Note[] = [];
    page.isDebugged = true;
    page.overlay = async () => ({ open: (inside) => void notes.push(...inside.notes.splice(0)) });
    const { tacit, start } = sdkOn(page);
    tacit.consent({ contribute: true });
    start();
    await settled();
    expect(notes.filter(({ what }) => what === "consent")).toMatchObject([{ detail: { contribute: true } }]);
  });

  test.each([
    ["recommend", [7], "recommend: options must be an object, got number"],
    ["similar", [{}], "similar: item must be an id, got object"],
    ["goesWith", [], "goesWith: items must be a list of ids, got undefined"],
    ["goesWith", [{ a: 1 }], "goesWith: items must be a list of ids, got object"],
    ["goesWith", [["a", null]], "goesWith: item must be an id, got object"],
    ["goesWith", ["a", 7], "goesWith: options must be an object, got number"],
    ["search", [7], "search: text must be a string, got number"],
    ["explain", [""], "explain: item must be an id, got string"],
    ["reportBytes", [], "reportBytes: id must be an id, got undefined"],
    ["reportBytes", [{}], "reportBytes: id must be an id, got object"],
    ["trending", [{ count: "x" }], 'trending: count must be a positive integer, got "x"'],
    ["trending", [{ exclude: 4.5 }], null],
    ["trending", [{ exclude: true }], "trending: exclude must be a list of ids, got boolean"],
    ["trending", [{ exclude: [null] }], "trending: item must be an id, got object"],
  ] as const)("%s(%j) is answered plainly, with who, expected, got", async (method, args, message) => {
    const { tacit, errors } = running();
    await Reflect.apply(tacit[method] as (...all: unknown[]) => unknown, undefined, args);
    expect(errors.map((error) => error.message)).toEqual(message === null ? [] : [message]);
  });
});

describe("every question is answered in its time", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  const settles = async (asked: Promise<unknown>, withinMs: number): Promise<unknown> => {
    let answer: unknown = "pending";
    void asked.then((value) => {
      answer = value;
    });
    await vi.advanceTimersByTimeAsync(withinMs);
    return answer;
  };

  test("when init is never called: after 10 s", async () => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    const { tacit } = sdkOn(page);
    const told = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const asked = tacit.recommend();
    expect(await settles(asked, 9_999)).toBe("pending");
    expect(await settles(asked, 1)).toEqual([]);
    expect(told.mock.calls).toEqual([
      [
        "tacit:",
        "recommend: expected init to be called and the page to be shown within 10000 ms, got nothing",
        "(tacit-sdk/docs/errors.md)",
      ],
    ]);
  });

  test("after a refused configuration: at once, and a right one starts the SDK", async () => {
    const api = new FakeApi();
    const page = new FakePage({ makeWorker: () => new FakeWorker(api) });
    const { tacit, start, errors } = sdkOn(page, { database: "" });
    const before = tacit.panel();
    start();
    expect(await settles(before, 0)).toBeNull();
    expect(await settles(tacit.recommend(), 0)).toEqual([]);
    expect(errors.map(({ message }) => message).slice(1)).toEqual([
      "expected the SDK to be started, got a configuration that was refused",
      "expected the SDK to be started, got a configuration that was refused",
    ]);
    vi.useRealTimers();
    tacit.init({ database: "shop" });
    expect(await tacit.recommend()).toEqual([recommendation]);
  });

  test("when the worker says nothing: within 12 s, though events wait for it, too", async () => {
    const { tacit, start } = sdkOn(new FakePage({ makeWorker: () => new FakeWorker(null) }));
    start();
    tacit.track("view", { item: "a" });
    await vi.advanceTimersByTimeAsync(9_000);
    tacit.track("view", { item: "b" });
    expect(await settles(tacit.recommend(), 12_000)).toEqual([]);
    expect(await settles(tacit.optOut(), 14_000)).toBeUndefined();
  });
});

describe("what goes wrong", () => {
  test("without workers every question has its plain answer and the error is told once", async () => {
    const page = new FakePage({
      makeWorker: () => {
        throw new ReferenceError("Worker is not defined");
      },
    });
    const { tacit, start, errors } = sdkOn(page);
    start();
    tacit.track("view", { item: "a" });
    expect(await tacit.recommend()).toEqual([]);
    expect(await tacit.similar("a")).toEqual([]);
    expect(await tacit.trending()).toEqual([]);
    expect(await tacit.explain("a")).toBeNull();
    expect(await tacit.panel()).toBeNull();
    expect(await tacit.exportData()).toBeNull();
    expect(await tacit.reportBytes("a")).toBeNull();
    expect(errors.map(({ message }) => message)).toEqual([
      "worker: expected to start, got Error: as a worker: ReferenceError: Worker is not defined",
    ]);
  });

  test("an unknown item explains as null, with the reason for the developer", async () => {
    const { tacit, errors } = running();
    expect(await tacit.explain("nothing")).toBeNull();
    expect(errors.map(({ message }) => message)).toEqual(["explain: item must be known, got nothing"]);
  });

  test("events tracked while the worker was dead arrive with the next one", async () => {
    const api = new FakeApi();
    let made = 0;
    const page = new FakePage({ makeWorker: () => new FakeWorker(made++ === 0 ? null : api) });
    const { tacit, start } = sdkOn(page);
    start();
    tacit.track("view", { item: "a" });
    await settled();
    page.workers[0].die();
    await settled();
    await tacit.recommend();
    expect(appended(api)).toMatchObject([{ item: "a" }]);
  });

  test("a second init is refused and changes nothing", async () => {
    const { api, tacit, errors } = running({ database: "first" });
    tacit.init({ database: "second" });
    await tacit.recommend();
    expect(api.config?.database).toBe("first");
    expect(errors.map(({ message }) => message)).toEqual(["init: expected one call per page, got another"]);
  });

  test.each([
    [
      { servr: "/" },
      "init: keys must be among server, worker, consent, storage, database, pins, relay, automation, defaults, onError, got servr: server is meant?",
    ],
    [{ server: "ftp://shop.example" }, 'init: server must be an http(s) address, got "ftp://shop.example"'],
    [{ database: "" }, 'init: database must be a non-empty string, got ""'],
    [{ consent: { contribute: 1 } }, "init: contribute must be true or false, got number"],
    [{ relay: "wss://relay.example" }, 'init: relay must be an http(s) address, got "wss://relay.example"'],
    [{ pins: "none" }, 'init: pins must be an object, got "none"'],
    [{ pins: { ...pins, key: "a" } }, "init: keys of pins must be among siteKey, helper, helperKey, got key"],
    [
      { pins: { ...pins, siteKey: "ab" } },
      'init: pins.siteKey must be an Ed25519 key of 64 hex digits, got "ab"',
    ],
    [
      { pins: { siteKey: pins.siteKey, helper: pins.helper } },
      "init: pins.helperKey must be an Ed25519 key of 64 hex digits, got nothing",
    ],
    // A party is named in full: what is relative would be the page's own origin.
    [{ pins: { ...pins, helper: "/helper" } }, 'init: pins.helper must be an http(s) address, got "/helper"'],
  ])("the configuration %j is refused with who, expected, got", (config, message) => {
    const page = new FakePage({ makeWorker: () => new FakeWorker(new FakeApi()) });
    const { start, errors } = sdkOn(page, config as TacitConfig);
    start();
    expect(errors.map((error) => error.message)).toEqual([message]);
    expect(page.workers).toHaveLength(0);
  });

  test("a listener that throws harms neither the page nor the next listener", async () => {
    const { api, tacit, errors } = running();
    const seen: string[] = [];
    tacit.on("change", () => {
      throw new Error("mine");
    });
    tacit.on("change", () => seen.push("second"));
    await tacit.recommend();
    api.notify({ type: "change" });
    await settled();
    expect(seen).toEqual(["second"]);
    expect(errors.map(({ message }) => message)).toEqual(["mine"]);
  });

  describe("nothing thrown at it comes back", () => {
    beforeEach(() => {
      // Errors about errors end in the console; these cases make many on purpose.
      vi.spyOn(console, "warn").mockImplementation(() => undefined);
      vi.spyOn(console, "error").mockImplementation(() => undefined);
    });

    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    // Made at the call: fast-check itself trips over such values.
    const hostile: readonly unknown[] = [
      revoked.proxy,
      Symbol("item"),
      () => undefined,
      10n,
      Object.create(null),
      new Proxy(
        {},
        {
          get() {
            throw new Error("get");
          },
          ownKeys() {
            throw new Error("ownKeys");
          },
          has() {
            throw new Error("has");
          },
        },
      ),
      {
        toString() {
          throw new Error("toString");
        },
        toJSON() {
          throw new Error("toJSON");
        },
      },
    ];
    const garbage = fc.oneof(
      fc.nat(hostile.length - 1).map((nth) => ({ make: () => hostile[nth] })),
      fc.anything({ withBigInt: true, withNullPrototype: true }).map((value) => ({ make: () => value })),
    );
    const methods = [
      "init",
      "track",
      "recommend",
      "similar",
      "goesWith",
      "trending",
      "explain",
      "consent",
      "optIn",
      "optOut",
      "panel",
      "reportBytes",
      "exportData",
      "erase",
      "on",
    ] as const;
    const calls = fc.array(fc.tuple(fc.constantFrom(...methods), fc.array(garbage, { maxLength: 3 })), {
      maxLength: 6,
    });

    test.each([
      ["a worker", () => new FakeWorker(new FakeApi())],
      [
        "no worker",
        () => {
          throw new ReferenceError("Worker is not defined");
        },
      ],
    ])("with %s no call throws and no promise rejects, whatever the arguments", async (_name, makeWorker) => {
      await fc.assert(
        fc.asyncProperty(calls, async (calls) => {
          const page = new FakePage({ makeWorker });
          const { tacit, start } = sdkOn(page);
          start();
          const results = calls.map(([name, args]): unknown =>
            Reflect.apply(
              tacit[name],
              undefined,
              args.map(({ make }) => make()),
            ),
          );
          await Promise.all(results);
          for (const worker of page.workers) worker.terminate();
        }),
        { seed: 5, numRuns: 150 },
      );
    });

    test("nor when garbage is its configuration", () => {
      fc.assert(
        fc.property(garbage, (config) => {
          const page = new FakePage({ makeWorker: () => new FakeWorker(null) });
          const { tacit } = sdkOn(page);
          tacit.init(config.make() as TacitConfig);
          for (const worker of page.workers) worker.terminate();
        }),
        { seed: 5, numRuns: 300 },
      );
    });
  });
});
