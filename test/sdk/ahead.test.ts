/** Lists that are computed ahead: the same as asked afresh, whatever happens between. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { eraseAhead } from "../../sdk/leftahead.ts";
import { Loader } from "../../sdk/loader/loader.ts";
import { memoryStore } from "../../sdk/page.ts";
import { ListsAhead } from "../../sdk/rest/ahead.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import type { TacitConfig } from "../../sdk/types.ts";
import { FakeApi, FakePage, FakeWorker, files, recommendation } from "./fakes.ts";

const settled = (ms = 15) => new Promise((resolve) => setTimeout(resolve, ms));

/** A worker whose lists say what it knows: everything that was appended, and not erased. */
class KnowingApi extends FakeApi {
  state: string[] = [];
  asked = 0;
  override async append(events: Parameters<FakeApi["append"]>[0]) {
    const storedIn = await super.append(events);
    this.state.push(...events.map((one) => ("item" in one ? String(one.item) : "fact")));
    this.notify({ type: "change" });
    return storedIn;
  }
  override async erase(): Promise<void> {
    await settled(2);
    this.state = [];
    this.notify({ type: "change" });
  }
  override async forYou(options: Parameters<FakeApi["forYou"]>[0]) {
    this.asked += 1;
    await super.forYou(options);
    return [{ ...recommendation, title: this.state.join() }];
  }
}

function running(config: TacitConfig = { defaults: "2026-11-28" }) {
  const api = new KnowingApi();
  const page = new FakePage({ makeWorker: () => new FakeWorker(api), store: memoryStore() });
  const tacit = surfaceOf(new Loader({ page, files }));
  const errors: unknown[] = [];
  tacit.init({ onError: (error) => errors.push(error), ...config });
  const idle = async (): Promise<void> => {
    await settled();
    for (const run of page.idle.splice(0)) run();
    await settled();
  };
  return { api, page, tacit, idle, errors };
}

test("what was asked is answered again without the worker, until something happens; then it is computed in idle time", async () => {
  const { api, tacit, idle } = running();
  const first = await tacit.recommend({ count: 3 });
  await idle();
  const asked = api.asked;
  expect(await tacit.recommend({ count: 3 })).toEqual(first);
  expect(api.asked).toBe(asked);
  tacit.track("view", { item: "a" });
  expect((await tacit.recommend({ count: 3 }))[0].title).toBe("a");
  await idle();
  const computed = api.asked;
  expect((await tacit.recommend({ count: 3 }))[0].title).toBe("a");
  expect(api.asked).toBe(computed);
  await tacit.recommend({ count: 4 });
  expect(api.asked).toBe(computed + 1);
});

test("what a page does to a list that it was given is not in the next", async () => {
  const { tacit, idle } = running();
  await tacit.recommend();
  await idle();
  const given = (await tacit.recommend()) as unknown as { title: string }[];
  given[0].title = "changed";
  given.pop();
  expect(await tacit.recommend()).toHaveLength(1);
  expect((await tacit.recommend())[0].title).toBe("");
});

test.each([
  ["without a date of defaults", {}, {}],
  ["a named list, which may be on trial", { defaults: "2026-11-28" }, { name: "home" }],
] as const)("%s the worker answers each time", async (_what, config, options) => {
  const { api, tacit, idle } = running(config);
  for (let times = 1; times <= 3; times++) {
    await tacit.recommend(options);
    await idle();
    expect(api.asked).toBe(times);
  }
});

test("nothing is computed while the page is hidden or asks to be spared", async () => {
  const { api, page, tacit, idle } = running();
  await tacit.recommend();
  page.isVisible = false;
  tacit.track("view", { item: "a" });
  await settled(150);
  await idle();
  expect(api.asked).toBe(1);
});

test("intent computes what is similar to an item, where the page has asked for such", async () => {
  const { api, page, tacit, idle } = running();
  const turn = (item: string) => page.intents.forEach((run) => void run(item));
  turn("b");
  await idle();
  expect(api.argsOf("similar")).toEqual([]);
  await tacit.similar("a", { count: 2 });
  turn("b");
  turn("b");
  await idle();
  expect(api.argsOf("similar")).toEqual([
    ["a", { count: 2 }],
    ["b", { count: 2 }],
  ]);
  expect(await tacit.similar("b", { count: 2 })).toEqual([recommendation]);
  expect(api.argsOf("similar")).toHaveLength(2);
});

test("a failure ahead of time is told to nobody, and asked again by who wants the list", async () => {
  const { api, tacit, idle, errors } = running();
  await tacit.recommend();
  const forYou = api.forYou.bind(api);
  api.forYou = () => Promise.reject(new Error("busy"));
  api.notify({ type: "change" });
  await settled();
  await idle();
  expect(errors).toEqual([]);
  api.forYou = forYou;
  expect(await tacit.recommend()).toHaveLength(1);
});

test("whatever happens, and however it falls, a list is the one that the worker would give (oracle: asking afresh)", async () => {
  const step = fc.constantFrom(
    ...([
      "track",
      "said",
      "erase",
      "no",
      "yes",
      "other tab",
      "other tab erases",
      "edition",
      "idle",
      "ask",
    ] as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 9 }), async (steps) => {
      const { api, page, tacit, idle } = running();
      await tacit.recommend();
      let count = 0;
      for (const each of steps) {
        if (each === "track") tacit.track("view", { item: `item ${count++}` });
        else if (each === "said") tacit.declare({ size: `${count++}` });
        else if (each === "erase") await tacit.erase();
        else if (each === "no") tacit.consent({ personalise: false });
        else if (each === "yes") tacit.consent({ personalise: true });
        else if (each === "edition") api.state.push("edition");
        else if (each === "other tab") api.state.push(`other ${count++}`);
        else if (each === "other tab erases") {
          eraseAhead(page.store);
          api.state = [];
        } else if (each === "idle") await idle();
        // What another does the worker hears, and tells.
        if (each === "edition" || each.startsWith("other")) {
          api.notify({ type: "change" });
          await settled(4);
        }
        const [given] = await tacit.recommend();
        expect(given.title).toBe(api.state.join());
      }
      for (const worker of page.workers) worker.terminate();
    }),
    { seed: 9, numRuns: 25 },
  );
}, 60_000);

test("no list is kept that was asked before, or while, something is taken away; none is older than a minute", async () => {
  let nowMs = 0;
  let stamp = "a";
  let value = 0;
  const ahead = new ListsAhead({
    stamp: () => stamp,
    mayCompute: () => true,
    whenIdle: () => undefined,
    nowMs: () => nowMs,
  });
  const compute = async () => {
    value += 1;
    await Promise.resolve();
    return [{ ...recommendation, score: value }];
  };
  const ask = async () => (await ahead.answer("k", compute))[0].score;
  expect([await ask(), await ask()]).toEqual([1, 1]);
  const slow = ahead.answer("k2", async () => {
    await settled(5);
    return compute();
  });
  const taken = ahead.while(settled(10));
  expect(await ask()).toBe(2);
  await slow;
  await taken;
  expect(await ask()).toBe(4);
  nowMs += 59_999;
  expect(await ask()).toBe(4);
  nowMs += 1;
  expect(await ask()).toBe(5);
  stamp = "b";
  expect(await ask()).toBe(6);
});

test("after an erasure nothing that was asked before is asked again by itself", async () => {
  const { api, tacit, idle } = running();
  await tacit.recommend({ count: 3 });
  await idle();
  await tacit.erase();
  const asked = api.asked;
  await idle();
  await idle();
  expect(api.asked).toBe(asked);
});
