/** What a page shows of experiments, and that nothing of it is there without permission. */
import { describe, expect, test } from "vitest";
import { Loader } from "../../sdk/loader/loader.ts";
import { memoryStore, type TextStore } from "../../sdk/page.ts";
import { surfaceOf } from "../../sdk/surface.ts";
import type { TacitConfig } from "../../sdk/types.ts";
import type { PageArms } from "../../worker/api.ts";
import { FakeApi, FakePage, FakeWorker, files } from "./fakes.ts";

const config: TacitConfig = {
  server: "https://shop.example/tacit",
  consent: { personalise: true, contribute: true },
};
const arms: PageArms = {
  banner: { arm: "big", value: { size: 3 } },
  colour: { arm: "control" },
  gifts: { arm: "bow", value: "bow", pages: ["/gifts/"] },
};
const key = "tacit.arms";

function visit(store: TextStore = memoryStore(), asked: TacitConfig = config) {
  const api = new FakeApi();
  const page = new FakePage({ makeWorker: () => new FakeWorker(api), store });
  const tacit = surfaceOf(new Loader({ page, files }));
  const begin = (): void => tacit.init(asked);
  return { api, page, tacit, store, begin, shown: () => api.argsOf("experiment").map(([step]) => step) };
}

/** Lets messages through. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 30));

async function told(): Promise<ReturnType<typeof visit>> {
  const own = visit();
  own.begin();
  await own.tacit.recommend();
  own.api.notify({ type: "arms", arms });
  await settled();
  return own;
}

describe("variant", () => {
  test("is the fallback, the very one, until arms are known, and then what the arm has", async () => {
    const own = visit();
    const fallback = { size: 1 };
    expect(own.tacit.variant("banner", fallback)).toBe(fallback);
    own.begin();
    expect(own.tacit.variant("banner", fallback)).toBe(fallback);
    await own.tacit.recommend();
    own.api.notify({ type: "arms", arms });
    await settled();
    expect(own.tacit.variant("banner", fallback)).toEqual({ size: 3 });
    expect(own.tacit.variant("colour", "red")).toBe("red");
    for (const other of ["other", "toString", "__proto__"]) expect(own.tacit.variant(other, 7)).toBe(7);
  });

  test("is known at once on the next page, before page.js has come and after", async () => {
    const { store } = await told();
    const next = visit(store);
    const { atOnce } = next.page;
    let come = (): void => undefined;
    next.page.loads = new Promise((resolve) => {
      come = () => void Promise.resolve(atOnce.call(next.page)).then(resolve);
    });
    next.begin();
    expect(next.tacit.variant("banner", { size: 1 })).toEqual({ size: 3 });
    expect(next.tacit.variant("colour", "red")).toBe("red");
    come();
    await next.tacit.recommend();
    expect(next.tacit.variant("banner", { size: 1 })).toEqual({ size: 3 });
    await settled();
    // What was shown before page.js came was shown.
    expect(next.shown()).toMatchObject([
      { step: "shown", experiment: "banner" },
      { step: "shown", experiment: "colour" },
    ]);
  });

  test("asked for is shown: the worker is told once, of arms that the device is in, where they are tried", async () => {
    const own = await told();
    for (let k = 0; k < 3; k++) for (const name of ["banner", "other", "gifts"]) own.tacit.variant(name, 0);
    await settled();
    expect(own.shown()).toEqual([{ step: "shown", experiment: "banner", atMs: expect.any(Number) }]);
    own.page.here = "/gifts/for-her";
    own.tacit.variant("gifts", "none");
    await settled();
    expect(own.shown()).toHaveLength(2);
  });

  test("of what something else wrote there is the fallback", () => {
    for (const text of ["no JSON", "7", "[]", '{"banner":null}', '{"banner":"big"}']) {
      const store = memoryStore();
      store.write(key, text);
      const own = visit(store);
      own.begin();
      expect(own.tacit.variant("banner", 5), text).toBe(5);
    }
  });

  test("is the fallback on a server", () => {
    const tacit = surfaceOf(new Loader({ page: null, files }));
    expect(tacit.variant("banner", "plain")).toBe("plain");
  });
});

describe("without permission", () => {
  test.each([
    ["the site asks for none", { personalise: true, contribute: false }],
    ["nobody may be known", { personalise: false, contribute: true }],
  ])("it is the fallback, and the copy goes, where %s", async (_, consent) => {
    const { store } = await told();
    const next = visit(store, { ...config, consent });
    expect(store.read(key)).not.toBeNull();
    next.begin();
    expect(next.tacit.variant("banner", 1)).toBe(1);
    await next.tacit.recommend();
    expect(next.tacit.variant("banner", 1)).toBe(1);
    next.api.notify({ type: "arms", arms });
    await settled();
    expect(store.read(key)).toBeNull();
    expect(next.shown()).toEqual([]);
  });

  test("a no, and an erasure, take the copy away at once", async () => {
    for (const end of ["no", "erase", "optOut"] as const) {
      const own = await told();
      expect(own.store.read(key)).not.toBeNull();
      if (end === "no") own.tacit.consent({ contribute: false });
      else void own.tacit[end]();
      expect(own.store.read(key)).toBeNull();
      expect(own.tacit.variant("banner", 1)).toBe(1);
    }
  });

  test("nothing is written where nothing may be stored", async () => {
    const own = visit(memoryStore(), { ...config, storage: "memory" });
    own.begin();
    await own.tacit.recommend();
    own.api.notify({ type: "arms", arms });
    await settled();
    expect(own.store.read(key)).toBeNull();
  });
});

describe("a page hears of an experiment", () => {
  test("when an arm was shown for the first time in a session", async () => {
    const own = await told();
    const heard: unknown[] = [];
    own.tacit.on("exposure", (detail) => heard.push(detail));
    own.api.notify({ type: "exposure", experiment: "banner", arm: "big" });
    await settled();
    expect(heard).toEqual([{ experiment: "banner", arm: "big" }]);
  });

  test("and leaves one through the worker", async () => {
    const own = await told();
    await own.tacit.leave("banner");
    expect(own.shown()).toEqual([{ step: "leave", experiment: "banner" }]);
  });
});
