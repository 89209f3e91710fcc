/** Lists on trial on a device: who is, what is kept of it, and what is told of it. */
import { openDB } from "idb";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Served } from "../../core/lists/servings.ts";
import { placeBuckets } from "../../core/lists/trial.ts";
import type { SitePolicy } from "../../core/model/policy.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { seededRandom } from "../../core/seeded.ts";
import { placesLayout } from "../../core/tasks/places/contribution.ts";
import { places } from "../../core/tasks/places/kind.ts";
import { dayMs } from "../../core/time.ts";
import { parseReport } from "../../core/wire/report.ts";
import type { ForYouOptions, Kept, Recommendation, WorkerNotice } from "../../worker/api.ts";
import { trialsOf } from "../../worker/contribute/trials.ts";
import type { ServeOn } from "../../worker/store/kepttrials.ts";
import { nothingKept } from "../../worker/store/store.ts";
import {
  closeDevices,
  type Device,
  type DeviceOptions,
  device,
  eventOf,
  freshDatabase,
  strongFill,
  troublesOf,
  wholeDevice,
} from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { aggregators, production } from "./parties.ts";
import { anyPlan, noonMs, shopModel, taskOf } from "./shop.ts";

afterEach(closeDevices);

const policy: SitePolicy = { trials: { share: 0.2, lists: ["shelf"] } };
const server = fakeServer(shopModel({ items: 40, change: { policy } }));
const idsOf = (list: readonly Recommendation[]): readonly string[] => list.map(({ item }) => item);

/** The same numbers on each run. */
function seededFill(seed: number) {
  const random = seededRandom(seed);
  return (bytes: Uint8Array) => bytes.set(Array.from(bytes, () => Math.floor(random() * 256)));
}

async function shopper(options: DeviceOptions = {}): Promise<Device> {
  const own = await wholeDevice(server, { fill: seededFill(7), ...options });
  await own.worker.append([eventOf("view", 1), eventOf("purchase", 4)]);
  return own;
}

/** A list on each of so many days, and the same without a name. */
async function days(own: Device, count: number, options: ForYouOptions = { name: "shelf" }) {
  const { name: _, ...unnamed } = options;
  const lists: { readonly shown: readonly Recommendation[]; readonly plain: readonly Recommendation[] }[] =
    [];
  for (let day = 0; day < count; day++) {
    own.clock.nowMs += dayMs;
    const shown = await own.worker.forYou({ count: 8, ...options });
    lists.push({ shown, plain: await own.worker.forYou({ count: 8, ...unnamed }) });
  }
  return lists;
}

/** Lets days pass until two places are swapped. */
async function swappedDay(own: Device): Promise<readonly Recommendation[]> {
  for (;;) {
    const [{ shown }] = await days(own, 1);
    if (shown.some((one) => one.swapped === true)) return shown;
  }
}

const trialsIn = async ({ worker }: Device) => (await worker.exportData()).trials;

describe("a list on trial", () => {
  test("has two places swapped, which say so, and is otherwise what it would be: items, scores and reasons", async () => {
    const own = await shopper();
    const lists = await days(own, 60);
    const swaps = lists.filter(({ shown }) => shown.some((one) => one.swapped === true));
    // A tenth of 60 days, and five standard deviations.
    expect(swaps.length).toBeGreaterThan(0);
    expect(swaps.length).toBeLessThan(18);
    for (const { shown, plain } of lists) {
      const moved = [...shown.keys()].filter((at) => shown[at].item !== plain[at].item);
      expect([0, 2]).toContain(moved.length);
      const expected = [...plain];
      const [first, place] = moved;
      if (moved.length === 2) {
        expect(first).toBe(0);
        [expected[0], expected[place]] = [expected[place], expected[0]].map((one) => ({
          ...one,
          swapped: true,
        }));
      }
      expect(shown).toEqual(expected);
    }
    const { trials } = await own.worker.panel();
    const lastMonth = lists.slice(-30).filter(({ shown }) => shown[0].swapped === true);
    expect(trials).toBe(lastMonth.length);
  }, 30_000);

  test("is kept before it is shown: the export has each serving, with what stood at the two places", async () => {
    const own = await shopper();
    for (let k = 0; k < 3; k++) {
      const shown = await swappedDay(own);
      const kept = (await trialsIn(own)).at(-1);
      const place = shown.findLastIndex((one) => one.swapped === true) + 1;
      expect(kept).toEqual({
        ...{
          list: "shelf",
          day: new Date(own.clock.nowMs).toISOString().slice(0, 10),
          place,
          isSwapped: true,
        },
        servings: [{ atMs: own.clock.nowMs, items: [shown[0].item, shown[place - 1].item] }],
      });
    }
    const all = await trialsIn(own);
    const today = new Date(own.clock.nowMs).toISOString().slice(0, 10);
    expect(all.every(({ place, day }) => place !== null || day === today)).toBe(true);
  }, 30_000);

  test("stays as it is for the day, in each tab and for whoever asks at the same time", async () => {
    const database = freshDatabase();
    const here = await shopper({ database });
    const there = await wholeDevice(server, { database, fill: seededFill(99) });
    const swaps: boolean[] = [];
    for (let day = 0; day < 40; day++) {
      for (const one of [here, there]) one.clock.nowMs += dayMs;
      const asked = [here, there, here, there].map(({ worker }) =>
        worker.forYou({ count: 8, name: "shelf" }),
      );
      const [list, ...others] = (await Promise.all(asked)).map(idsOf);
      for (const other of others) expect(other).toEqual(list);
      here.clock.nowMs += 1;
      expect(idsOf(await here.worker.forYou({ count: 8, name: "shelf" }))).toEqual(list);
      swaps.push((await trialsIn(there)).at(-1)?.isSwapped === true);
    }
    expect(new Set(swaps)).toEqual(new Set([true, false]));
  }, 30_000);

  test("is named in `lists` too", async () => {
    const own = await shopper();
    const shown = await swappedDay(own);
    const [again] = await own.worker.lists([{ list: "recommend", name: "shelf", count: 8 }]);
    expect(idsOf(again)).toEqual(idsOf(shown));
  }, 30_000);
});

describe("no list is on trial", () => {
  const pinned = (place: number) => ({ name: "shelf", pin: [{ item: "item-9", place }] });
  test.each<[string, DeviceOptions, ForYouOptions]>([
    [
      "the person does not contribute",
      { consent: { personalise: true, contribute: false } },
      { name: "shelf" },
    ],
    ["nobody may be known", { consent: { personalise: false, contribute: false } }, { name: "shelf" }],
    [
      "the site names nobody who sums",
      { config: { server: "https://shop.example/base/" } },
      { name: "shelf" },
    ],
    ["it has no name", {}, {}],
    ["the policy does not have its name", {}, { name: "other" }],
    ["it is of what was bought", {}, { name: "shelf", again: true }],
    ["it is what would be without an act", {}, { name: "shelf", without: ["none"] }],
    ["the first place is pinned", {}, pinned(1)],
    ["it has one place", {}, { name: "shelf", count: 1 }],
  ])(
    "where %s",
    async (_, options, asked) => {
      const own = await shopper(options);
      for (const { shown, plain } of await days(own, 40, asked)) expect(shown).toEqual(plain);
      expect((await own.worker.panel()).trials).toBe(0);
      // Of a pinned place it is kept that nothing is told.
      const items = (await trialsIn(own)).flatMap(({ servings }) => servings.map((one) => one.items));
      expect(items.every((one) => one === null)).toBe(true);
    },
    30_000,
  );

  test.each([
    ["where a program drives the browser", "driven", false],
    ["unless the site says that programs count", "counts", true],
  ] as const)(
    "beyond this machine %s",
    async (_, automation, isOnTrial) => {
      const { server: address, pins } = production;
      const own = await shopper({ config: { server: address, pins, automation } });
      const lists = await days(own, 40);
      expect(lists.some(({ shown }) => shown.some((one) => one.swapped === true))).toBe(isOnTrial);
      expect((await trialsIn(own)).length > 0).toBe(isOnTrial);
    },
    30_000,
  );

  test("where the person's other device contributes what is here", async () => {
    const loadFile = () => import("../../worker/moving/main.ts");
    const [old, fresh] = [await shopper({ edges: { loadFile } }), await shopper({ edges: { loadFile } })];
    await swappedDay(old);
    const asked = await fresh.worker.move({ step: "ask" });
    if (asked.state !== "asked") throw new Error(`expected a code, got ${asked.state}`);
    const given = await old.worker.move({ step: "give", to: asked.code });
    if (given.state !== "given") throw new Error(`expected a file, got ${given.state}`);
    await fresh.worker.move({ step: "take", file: given.file });
    expect((await old.worker.panel()).waiting.why).toBe("elsewhere");
    const kept = await trialsIn(old);
    for (const { shown, plain } of await days(old, 40)) expect(shown).toEqual(plain);
    expect((await trialsIn(old)).filter((one) => !kept.some(({ day }) => day === one.day))).toEqual([]);
    // The one that took it over goes on.
    fresh.clock.nowMs = old.clock.nowMs;
    await swappedDay(fresh);
  }, 60_000);

  test("where the policy asks for none", async () => {
    for (const none of [{ trials: { share: 0, lists: ["shelf"] } }, {}]) {
      const own = await wholeDevice(fakeServer(shopModel({ items: 40, change: { policy: none } })));
      for (const { shown, plain } of await days(own, 20)) expect(shown).toEqual(plain);
      expect(await trialsIn(own)).toEqual([]);
    }
  });

  test("at a place that is pinned, while other places of the list are", async () => {
    const own = await shopper();
    let swaps = 0;
    for (const { shown, plain } of await days(own, 80, pinned(3))) {
      expect(shown[2]).toEqual(plain[2]);
      if (shown[0].swapped === true) swaps++;
    }
    expect(swaps).toBeGreaterThan(0);
  }, 30_000);
});

describe("what is kept of trials", () => {
  test("is gone after an erasure, and after a no to contributing, here and for another tab", async () => {
    const database = freshDatabase();
    const own = await shopper({ database });
    const other = await wholeDevice(server, { database });
    await swappedDay(own);
    await own.worker.erase();
    expect(await trialsIn(own)).toEqual([]);
    await own.worker.append([eventOf("view", 2, own.clock.nowMs)]);
    await swappedDay(own);
    await own.worker.setConsent(
      { personalise: true, contribute: false },
      {
        ...nothingKept.choices,
        contribute: false,
        revision: 1,
      },
    );
    expect(await trialsIn(own)).toEqual([]);
    // A tab that has not heard of it yet.
    other.clock.nowMs = own.clock.nowMs;
    for (const { shown, plain } of await days(other, 30)) expect(shown).toEqual(plain);
    expect(await trialsIn(other)).toEqual([]);
  }, 30_000);

  test("does not go along to another device", async () => {
    const loadFile = () => import("../../worker/moving/main.ts");
    const old = await shopper({ edges: { loadFile } });
    await swappedDay(old);
    const fresh = await wholeDevice(server, { edges: { loadFile } });
    const copied = await old.worker.move({ step: "copy" });
    if (copied.state !== "copied") throw new Error(`expected a copy, got ${copied.state}`);
    await fresh.worker.move({ step: "take", file: copied.file, code: copied.code });
    expect((await fresh.worker.panel()).events.length).toBeGreaterThan(0);
    expect(await trialsIn(fresh)).toEqual([]);
  }, 30_000);
});

describe("what is kept of lists on trial", () => {
  const read = async (database: string): Promise<unknown> => {
    const db = await openDB(database);
    const found = await db.get("refills", "trials");
    db.close();
    return found;
  };
  const put = async (database: string, value: unknown): Promise<void> => {
    const db = await openDB(database);
    await db.put("refills", value, "trials");
    db.close();
  };
  const transaction = IDBDatabase.prototype.transaction;
  afterEach(() => {
    IDBDatabase.prototype.transaction = transaction;
  });

  test.each([
    { personalise: false, contribute: false },
    { personalise: true, contribute: false },
  ])(
    "is gone after a no ($personalise, $contribute) that came while the database was away",
    async (no) => {
      const database = freshDatabase();
      const own = await shopper({ database });
      await days(own, 30);
      expect((await trialsIn(own)).length).toBeGreaterThan(0);
      IDBDatabase.prototype.transaction = () => {
        throw new DOMException("disk", "UnknownError");
      };
      await own.worker.setConsent(no, { ...nothingKept.choices, ...no, revision: 1 });
      IDBDatabase.prototype.transaction = transaction;
      await vi.waitFor(async () => expect((await own.worker.panel()).storage).toBe("device"), 10_000);
      expect(await read(database)).toBeUndefined();
    },
    30_000,
  );

  test("of more days than are asked about, and of days to come, is not told, and let go of", async () => {
    const database = freshDatabase();
    const own = await shopper({ database });
    await days(own, 40);
    const told = await trialsIn(own);
    expect(told.length).toBeGreaterThan(0);
    own.clock.nowMs -= 90 * dayMs;
    expect(await trialsIn(own)).toEqual([]);
    expect(await read(database)).toEqual([]);
    own.clock.nowMs += 90 * dayMs;
    await days(own, 40);
    own.clock.nowMs += 400 * dayMs;
    expect((await own.worker.panel()).trials).toBe(0);
    expect(await read(database)).toEqual([]);
  }, 30_000);

  test.each([{}, "x", [null], [{ list: "shelf", day: 1, trial: null, servings: null }], [[1]]])(
    "in another form is as none: %j",
    async (found) => {
      const database = freshDatabase();
      const own = await shopper({ database });
      await put(database, found);
      await own.worker.forYou({ count: 8, name: "shelf" });
      const { storage, trials } = await own.worker.panel();
      expect({ storage, trials: trials > 1 }).toEqual({ storage: "device", trials: false });
      expect(troublesOf(own)).toEqual([]);
    },
  );
});

describe("a list is shown as it would be", () => {
  const list = ["a", "b", "c"].map((item) => ({ item, title: item, categories: [], score: 1, reasons: [] }));
  const shown = list as unknown as readonly Recommendation[];
  // Of a model its policy alone is asked for.
  const model = {
    ranking: { policy: { trials: { share: 0.2, lists: ["shelf"] } } } as unknown as RankingModel,
  };
  const trial: Served = { kept: [], trial: { place: 3, isSwapped: true } };

  function asked(
    serve: (on: ServeOn) => Promise<Served | null>,
    allowed = () => true,
    isPaused = false,
    { rows = shown, options = {} }: { rows?: readonly Recommendation[]; options?: ForYouOptions } = {},
  ) {
    const notices: WorkerNotice[] = [];
    const trials = { all: async () => [], clear: async () => {}, serve };
    const edges = { nowMs: () => noonMs, fill: strongFill };
    const notify = (notice: WorkerNotice) => void notices.push(notice);
    const onTrial = trialsOf({
      ...{ store: { trials }, edges, notify },
      allowed: () => allowed,
      isPaused: async () => isPaused,
    });
    return { notices, answer: onTrial(rows, { name: "shelf", ...options }, model) };
  }

  test("where the device cannot keep that it is swapped, of which the page is told", async () => {
    const { answer, notices } = asked(() => Promise.reject(new Error("disk")));
    expect(await answer).toEqual(shown);
    expect(notices).toEqual([{ type: "trouble", message: "trials: disk" }]);
    expect(idsOf(await asked(async () => trial).answer)).toEqual(["c", "b", "a"]);
    expect(await asked(async () => null).answer).toEqual(shown);
  });

  test("while learning is paused, as nothing that is done in it would be known", async () => {
    let asks = 0;
    const counted = async () => {
      asks += 1;
      return trial;
    };
    expect(await asked(counted, () => true, true).answer).toEqual(shown);
    expect(asks).toBe(0);
    const own = await shopper();
    const { nowMs } = own.clock;
    await own.worker.append([{ id: "p", kind: "fact", fact: "pause", value: true, atMs: nowMs }]);
    expect((await own.worker.panel()).pausedUntilMs).not.toBeNull();
    await own.worker.forYou({ count: 8, name: "shelf" });
    expect(await trialsIn(own)).toEqual([]);
  });

  test("and nothing is drawn for it, where it is of what was bought or of what would be without an act", async () => {
    const asks = async (options: ForYouOptions) => {
      let count = 0;
      const counted = async () => {
        count += 1;
        return trial;
      };
      const list = await asked(counted, () => true, false, { options }).answer;
      return { count, isAsItWouldBe: list === shown };
    };
    expect(await asks({})).toEqual({ count: 1, isAsItWouldBe: false });
    expect(await asks({ again: false, without: [] })).toEqual({ count: 1, isAsItWouldBe: false });
    expect(await asks({ again: true })).toEqual({ count: 0, isAsItWouldBe: true });
    expect(await asks({ without: ["a"] })).toEqual({ count: 0, isAsItWouldBe: true });
  });

  test.each(["again", "pinned"] as const)(
    "where one of the two places is %s, which says so itself: of that serving nothing is told",
    async (why) => {
      const servings: boolean[] = [];
      for (const at of [0, 1, null]) {
        const rows = shown.slice(0, 2).map((row, k) => (k === at ? { ...row, [why]: true } : row));
        // Drawn until the two are on trial.
        for (let draw = 0; ; draw++) {
          let served: Served | null = null;
          await asked(async (on) => (served = on([], nothingKept)), undefined, undefined, { rows }).answer;
          const [kept] = (served as Served | null)?.kept ?? [];
          if (kept?.trial == null) {
            expect(draw).toBeLessThan(1000);
            continue;
          }
          servings.push(kept.servings.every(({ items }) => items !== null));
          break;
        }
      }
      expect(servings).toEqual([false, false, true]);
    },
  );

  test("where a no or an erasure came while it was asked for", async () => {
    const writing = async (kept: Partial<Kept>, allowed?: () => boolean) => {
      let served: Served | null = trial;
      await asked(async (on) => {
        served = on([], { ...nothingKept, ...kept });
        return served;
      }, allowed).answer;
      return served;
    };
    expect(await writing({})).not.toBeNull();
    expect(await writing({ erasedAtMs: noonMs - 1 })).not.toBeNull();
    expect(await writing({ erasedAtMs: noonMs })).toBeNull();
    for (const no of ["personalise", "contribute"] as const)
      expect(await writing({ choices: { ...nothingKept.choices, [no]: false } })).toBeNull();
    let asks = 0;
    expect(await writing({}, () => ++asks === 1)).toBeNull();
  });
});

describe("a task on places", () => {
  const settings = {
    fromMs: noonMs - 90 * dayMs,
    toMs: noonMs,
    ends: placeBuckets,
    mostClicks: 4,
  };
  const layout = placesLayout(settings);
  const task = taskOf(places, settings);

  async function world() {
    const { keys, opened } = await aggregators();
    const asking = fakeServer(shopModel({ items: 40, change: { policy } }), keys);
    asking.tasks = [task];
    asking.plan = { ...anyPlan, kinds: [{ kind: "places", rho: null, reportsPer30Days: 9 }] };
    const own = await device(asking, { fill: seededFill(7) });
    await own.worker.append([eventOf("view", 1), eventOf("purchase", 4)]);
    const values = () => opened(parseReport(asking.bodies[0]), task, 0);
    return { asking, own, values };
  }

  test("is answered once its days are over, by a click at a place on trial", async () => {
    const { asking, own, values } = await world();
    own.clock.nowMs = noonMs - 60 * dayMs;
    const shown = await swappedDay(own);
    const place = shown.findLastIndex((one) => one.swapped === true) + 1;
    const clicked = { ...eventOf("click", shown[place - 1].item, own.clock.nowMs), position: place };
    own.clock.nowMs = settings.toMs - 1;
    await own.worker.append([{ ...clicked, list: "shelf" }]);
    await own.worker.contribute();
    expect(asking.bodies).toEqual([]);
    own.clock.nowMs = settings.toMs;
    await own.worker.contribute();
    expect(troublesOf(own)).toEqual([]);
    expect(asking.bodies).toHaveLength(1);
    const told = await values();
    const bucket = placeBuckets.findIndex((end) => place <= end);
    const expected = new Float64Array(layout.length);
    expected[0] = 1;
    expected[layout.other + bucket] = 1 / 4;
    for (const [k, value] of told.entries()) expect(value).toBeCloseTo(expected[k], 3);
    expect(troublesOf(own)).toEqual([]);
  }, 30_000);

  test("is answered alike by whoever had no list on trial, or clicked nowhere", async () => {
    const { asking, own, values } = await world();
    await own.worker.contribute();
    expect(asking.bodies).toHaveLength(1);
    for (const [k, value] of (await values()).entries()) expect(value).toBeCloseTo(k === 0 ? 1 : 0, 3);
  });
});
