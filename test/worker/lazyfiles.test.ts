/** The worker's files beside itself: what is asked for when, and what becomes of a visit whose file does not come. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { LazyFile } from "../../worker/edges.ts";
import { fileFromSource } from "../../worker/fromsource.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  type DeviceOptions,
  device,
  endDevice,
  eventOf,
  freshDatabase,
  turns,
  until,
  wholeDevice,
} from "./device.ts";
import { askedBesideModel, askedOf, type FakeServer, fakeServer } from "./fakeserver.ts";
import { aggregators } from "./parties.ts";
import { shopModel, taskOn } from "./shop.ts";

afterEach(closeDevices);

const model = shopModel();
const { keys } = await aggregators();
const liking = () => [eventOf("purchase", 3), eventOf("like", 31), eventOf("dislike", 7)];
const away = new TypeError("ranking.js: expected it from https://shop.example/ranking.js, got none");

function serverWithTasks(): FakeServer {
  const server = fakeServer(model, keys);
  server.tasks = [taskOn(model)];
  return server;
}

/** Files that come when the test says so, or do not. */
function files(held: readonly LazyFile[] = []) {
  const asked: LazyFile[] = [];
  const released = new Map<LazyFile, () => void>();
  const missing = new Set<LazyFile>();
  const loadPart = async (name: LazyFile): Promise<unknown> => {
    asked.push(name);
    if (missing.has(name)) throw away;
    if (held.includes(name)) await new Promise<void>((resolve) => released.set(name, resolve));
    return fileFromSource(name);
  };
  const release = async (name: LazyFile): Promise<void> => {
    await until(() => released.has(name));
    released.get(name)?.();
  };
  return { asked, missing, loadPart, release };
}

const saysWhy = async ({ worker }: Device): Promise<readonly string[]> =>
  (await worker.forYou({ count: 12, includeSeen: true })).flatMap(({ reasons }) =>
    reasons.map(({ why }) => why),
  );

describe("each file is asked for when it is first needed, and only then:", () => {
  test("ranking.js at once, contributing.js once what ranks is there, shown.js for who looks", async () => {
    const { asked, loadPart } = files();
    const own = await wholeDevice(serverWithTasks(), { loadPart });
    expect(asked).toEqual(["ranking.js"]);
    await own.worker.forYou({});
    await own.worker.append(liking());
    await own.worker.contribute();
    expect(asked).toEqual(["ranking.js", "contributing.js"]);
    await own.worker.panel();
    await own.worker.panel();
    await own.worker.exportData();
    await own.worker.contribute();
    expect([...new Set(asked)]).toEqual(["ranking.js", "contributing.js", "shown.js"]);
  });

  test("ranking.js before the device's store is open", async () => {
    const { asked, loadPart } = files();
    const starting = device(serverWithTasks(), { loadPart });
    expect(asked).toEqual(["ranking.js"]);
    await starting;
  });

  test.each([
    ["without consent to it", { consent: { personalise: true, contribute: false } }],
    ["where nothing is known of the person", { consent: { personalise: false, contribute: true } }],
    [
      "where a program drives the browser",
      { config: { automation: "driven", server: "https://shop.example" } },
    ],
  ] as const)(
    "contributing.js never %s",
    async (_where, options: Pick<DeviceOptions, "consent" | "config">) => {
      const { asked, loadPart } = files();
      const own = await device(serverWithTasks(), { loadPart, ...options });
      await own.worker.append(liking());
      await own.worker.contribute();
      await own.worker.forYou({}).catch(() => undefined);
      expect(asked).toEqual(["ranking.js"]);
    },
  );
});

describe("where ranking.js does not come", () => {
  test("what is tracked is kept, facts and wishes hold, and a later visit ranks by it", async () => {
    const database = freshDatabase();
    const server = serverWithTasks();
    const { missing, loadPart } = files();
    missing.add("ranking.js");
    const first = await device(server, { database, loadPart });
    expect(await first.worker.append(liking())).toBe("device");
    const wish = { id: "w", kind: "fact", fact: "wish:mute:item:item-5", value: 1, atMs: 1 } as const;
    await first.worker.append([wish]);
    await expect(first.worker.forYou({})).rejects.toBe(away);
    await expect(first.worker.panel()).rejects.toBe(away);
    await closeDevice(first);
    const second = await wholeDevice(server, { database });
    expect(await saysWhy(second)).toContain("event");
  });

  test("nothing is asked but for the edition, nor contributed", async () => {
    const server = serverWithTasks();
    const { asked, missing, loadPart } = files();
    missing.add("ranking.js");
    const own = await device(server, { loadPart });
    await own.worker.append(liking());
    await expect(own.worker.contribute()).rejects.toBe(away);
    expect(askedOf(server)).toEqual(["GET /v1/edition", "GET /v1/head"]);
    expect(asked).not.toContain("contributing.js");
  });

  test("the next question asks for it again, and is answered", async () => {
    const { asked, missing, loadPart } = files();
    missing.add("ranking.js");
    const own = await device(serverWithTasks(), { loadPart });
    await turns(2);
    missing.clear();
    expect(await own.worker.forYou({})).toHaveLength(12);
    await own.worker.forYou({});
    expect(asked).toEqual(["ranking.js", "ranking.js"]);
  });

  test("it is asked for again by itself; then the edition is told, and what was to be contributed is", async () => {
    const inRealTime = globalThis.setTimeout;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const server = serverWithTasks();
      const { asked, missing, loadPart } = files();
      missing.add("ranking.js");
      const own = await device(server, { loadPart });
      await own.worker.append(liking());
      await own.worker.contribute().catch(() => undefined);
      missing.clear();
      // Hashes and imports take real time; the store's own limits are of the other clock.
      const later = async (holds: () => boolean): Promise<void> => {
        for (let ms = 0; !holds() && ms < 2_000; ms++) {
          await vi.advanceTimersByTimeAsync(1);
          await new Promise((resolve) => inRealTime(resolve, 1));
        }
        expect(holds()).toBe(true);
      };
      await vi.advanceTimersByTimeAsync(4_000);
      expect(own.notices.filter(({ type }) => type === "edition")).toEqual([]);
      const before = asked.length;
      await later(() => asked.length > before);
      await later(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
      await later(() => server.bodies.length === 1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("where contributing.js does not come", () => {
  test("lists are answered, nothing is contributed, and it is once it comes", async () => {
    const server = serverWithTasks();
    const { missing, loadPart } = files();
    missing.add("contributing.js");
    const own = await wholeDevice(server, { loadPart });
    await own.worker.append(liking());
    await expect(own.worker.contribute()).rejects.toBe(away);
    expect(await own.worker.forYou({})).toHaveLength(12);
    expect(askedBesideModel(server)).toEqual([]);
    missing.clear();
    await own.worker.contribute();
    expect(server.bodies).toHaveLength(1);
  });

  test("the person may look all the same, and take along what is held", async () => {
    const { missing, loadPart } = files();
    missing.add("contributing.js");
    const own = await wholeDevice(serverWithTasks(), { loadPart });
    await own.worker.append(liking());
    expect((await own.worker.panel()).events).toHaveLength(3);
    expect((await own.worker.exportData()).events).toHaveLength(3);
  });
});

const no = { personalise: true, contribute: false };
const yes = { personalise: true, contribute: true };

describe("while contributing.js is on its way, after", () => {
  test.each<[string, (own: Device) => Promise<void>]>([
    ["a no", ({ worker }) => worker.setConsent(no)],
    [
      "a no and a yes",
      async ({ worker }) => {
        await worker.setConsent(no);
        await worker.setConsent(yes);
      },
    ],
    ["an erasure", ({ worker }) => worker.erase()],
    ["the end of the page", async (own) => endDevice(own)],
  ])("%s nothing of what was asked for before is contributed", async (_what, happens) => {
    const server = serverWithTasks();
    const { loadPart, release } = files(["contributing.js"]);
    const own = await wholeDevice(server, { loadPart });
    await own.worker.append(liking());
    const contributed = own.worker.contribute();
    await turns(3);
    await happens(own);
    await release("contributing.js");
    await contributed;
    await turns(20);
    expect(askedBesideModel(server)).toEqual([]);
    expect(server.bodies).toEqual([]);
  });

  test("a yes that comes then contributes what is asked for after it, once", async () => {
    const server = serverWithTasks();
    const { loadPart, release, asked } = files(["contributing.js"]);
    const own = await wholeDevice(server, { loadPart });
    await own.worker.append(liking());
    const before = own.worker.contribute();
    await own.worker.setConsent(no);
    await own.worker.setConsent(yes);
    const after = own.worker.contribute();
    await release("contributing.js");
    await Promise.all([before, after]);
    expect(server.bodies).toHaveLength(1);
    expect(asked.filter((name) => name === "contributing.js")).toHaveLength(1);
  });
});

describe("while ranking.js is on its way, after", () => {
  test.each<[string, (own: Device) => Promise<void>]>([
    ["a no", ({ worker }) => worker.setConsent({ personalise: false, contribute: false })],
    ["an erasure", ({ worker }) => worker.erase()],
    ["forgetting all of it", async ({ worker }) => worker.forget(["a", "b"])],
  ])("%s no list is by what was known before, and nothing is contributed", async (_what, happens) => {
    const server = serverWithTasks();
    const { loadPart, release } = files(["ranking.js"]);
    const own = await device(server, { loadPart });
    await own.worker.append([
      { ...eventOf("purchase", 3), id: "a" },
      { ...eventOf("like", 31), id: "b" },
    ]);
    const list = saysWhy(own);
    const contributed = own.worker.contribute();
    await happens(own);
    await release("ranking.js");
    expect(await list).not.toContain("event");
    await contributed;
    expect(server.bodies).toEqual([]);
  });

  test("the end of the page nothing more is asked of the server", async () => {
    const server = serverWithTasks();
    const { loadPart, release } = files(["ranking.js"]);
    const own = await device(server, { loadPart });
    const list = own.worker.forYou({}).catch((cause: unknown) => cause);
    endDevice(own);
    await release("ranking.js");
    expect(await list).toBeInstanceOf(Error);
    await turns(20);
    expect(askedOf(server)).toEqual(["GET /v1/edition", "GET /v1/head"]);
  });

  test.each(["here", "in another tab"])(
    "an erasure %s the download that began before leaves nothing in the store",
    async (where) => {
      const database = freshDatabase();
      const server = serverWithTasks();
      const { loadPart, release } = files(["ranking.js"]);
      const own = await device(server, { loadPart, database });
      const other = await device(server, { database, loadPart: () => Promise.reject(away) });
      await (where === "here" ? own : other).worker.erase();
      await turns(5);
      await release("ranking.js");
      await until(() => own.notices.some((notice) => notice.type === "edition" && notice.isWhole));
      await closeDevice(own);
      server.online = false;
      const next = await device(server, { database });
      await expect(next.worker.trending({})).rejects.toThrow();
    },
  );
});

describe("the edition is asked for while ranking.js is on its way", () => {
  test("once; a file that comes after a while asks anew", async () => {
    const server = serverWithTasks();
    const { loadPart, release } = files(["ranking.js"]);
    const own = await device(server, { loadPart });
    await until(() => askedOf(server).length === 2);
    await release("ranking.js");
    expect(await own.worker.trending({})).toHaveLength(12);
    expect(askedOf(server).filter((asked) => asked === "GET /v1/edition")).toHaveLength(1);
    const later = files();
    later.missing.add("ranking.js");
    const other = await device(server, { loadPart: later.loadPart });
    await turns(5);
    later.missing.clear();
    server.requests.length = 0;
    expect(await other.worker.trending({})).toHaveLength(12);
    expect(askedOf(server).slice(0, 2)).toEqual(["GET /v1/edition", "GET /v1/head"]);
  });
});
