/** Experiments on a device: who is in one, what is kept of it, and how it ends. */
import { openDB } from "idb";
import { afterEach, describe, expect, test } from "vitest";
import { assign } from "../../../core/experiments/assignment.ts";
import type { Experiment } from "../../../core/experiments/experiment.ts";
import { encodeExperiments } from "../../../core/model/experiments.ts";
import { dayMs } from "../../../core/time.ts";
import type { PageArms, WorkerNotice } from "../../../worker/api.ts";
import { type KeptExperiments, keptExperimentsIn } from "../../../worker/experiments/kept.ts";
import { nothingKept } from "../../../worker/store/store.ts";
import { anybody, experimentOf } from "../../core/experiments/experiments.ts";
import { named, publish, refOf } from "../../model.ts";
import {
  closeDevice,
  closeDevices,
  type Device,
  type DeviceOptions,
  eventOf,
  freshDatabase,
  troublesOf,
  turns,
  until,
  wholeDevice,
} from "../device.ts";
import { type FakeServer, fakeServer } from "../fakeserver.ts";
import { production } from "../parties.ts";
import { noonMs, shopModel } from "../shop.ts";

afterEach(closeDevices);

const minuteMs = 60_000;
const banner = experimentOf({
  arms: [
    { name: "control", weight: 0.5 },
    { name: "big", weight: 0.5, value: { size: 3 } },
  ],
  ...{ fromMs: noonMs - dayMs, toMs: noonMs + 20 * dayMs },
});
const serverOf = (...experiments: readonly Experiment[]): FakeServer => {
  const made = fakeServer(null);
  publishAs(made, 1, experiments);
  return made;
};

/** Publishes an edition that lists these, or no such part. */
function publishAs(at: FakeServer, sequence: number, experiments: readonly Experiment[] | null): void {
  const { edition, parts } = publish(shopModel({ items: 20 }), { sequence });
  if (experiments === null) {
    at.serve({ edition, parts });
    return;
  }
  const part = named(encodeExperiments(experiments));
  at.serve({
    edition: { ...edition, parts: [...edition.parts, refOf("experiments", part)] },
    parts: new Map([...parts, [part.id, part.bytes]]),
  });
}
const server = serverOf(banner);

/** What the page was told last; null: nothing. */
const armsOf = ({ notices }: Device): PageArms | null =>
  notices.flatMap((notice) => (notice.type === "arms" ? [notice.arms] : [])).at(-1) ?? null;

/** @param sequence of the edition that it is to have. */
async function visitor(options: DeviceOptions = {}, at = server, sequence = 1): Promise<Device> {
  const own = await wholeDevice(at, options);
  await until(() => own.notices.some((one) => one.type === "edition" && one.sequence === sequence));
  await until(() => armsOf(own) !== null);
  await turns(20);
  return own;
}

const exposuresOf = ({ notices }: Device): readonly WorkerNotice[] =>
  notices.filter(({ type }) => type === "exposure");

async function onDisk(database: string): Promise<unknown> {
  const db = await openDB(database);
  const found = await db.get("refills", "experiments");
  db.close();
  return found;
}

async function keptIn(database: string): Promise<KeptExperiments> {
  const kept = keptExperimentsIn(await onDisk(database));
  if (kept === null) throw new Error("keptIn: expected something kept, got nothing");
  return kept;
}

const shown = (own: Device, atMs = own.clock.nowMs, experiment = "banner"): Promise<void> =>
  own.worker.experiment({ step: "shown", experiment, atMs });

describe("a device", () => {
  test("is in the arm that its own number says, on each visit and in each tab", async () => {
    const seen = new Set<string>();
    for (let nth = 0; nth < 8; nth++) {
      const database = freshDatabase();
      const tabs = await Promise.all([visitor({ database }), visitor({ database })]);
      const arms = armsOf(tabs[0]);
      expect(armsOf(tabs[1])).toEqual(arms);
      const { number } = await keptIn(database);
      const { arm } = assign(banner, number, anybody) ?? { arm: -1 };
      const { name, value } = banner.arms[arm];
      expect(arms).toEqual({ banner: { arm: name, ...(value === undefined ? {} : { value }) } });
      await Promise.all(tabs.map(closeDevice));
      expect(armsOf(await visitor({ database }))).toEqual(arms);
      expect((await keptIn(database)).number).toBe(number);
      seen.add(name);
    }
    expect(seen).toEqual(new Set(["control", "big"]));
  });

  test("stays in its arm when weights change, and is in none once the edition lists the experiment no more", async () => {
    const database = freshDatabase();
    const at = serverOf(banner);
    const first = await visitor({ database }, at);
    const before = armsOf(first);
    await closeDevice(first);
    const [control, big] = banner.arms;
    const isControl = before?.banner.arm === "control";
    const arms = [
      { ...control, weight: isControl ? 0 : 1 },
      { ...big, weight: isControl ? 1 : 0 },
    ];
    publishAs(at, 2, [{ ...banner, arms }]);
    const changed = await visitor({ database }, at, 2);
    expect(armsOf(changed)).toEqual(before);
    await closeDevice(changed);
    publishAs(at, 3, null);
    expect(armsOf(await visitor({ database }, at, 3))).toEqual({});
  });

  test("keeps its number though it is in no arm: no visit is another chance", async () => {
    const database = freshDatabase();
    const none = serverOf({ ...banner, coverage: 0 });
    const first = await visitor({ database }, none);
    const { number } = await keptIn(database);
    expect(armsOf(first)).toEqual({});
    await closeDevice(first);
    await visitor({ database }, none);
    expect((await keptIn(database)).number).toBe(number);
  });

  test("tells the page on which pages it is an exposure", async () => {
    const pages = ["/gifts/", "/toys"];
    const arms = armsOf(await visitor({}, serverOf({ ...banner, audience: { pages } })));
    expect(arms).toMatchObject({ banner: { pages } });
  });

  test.each<[string, Partial<Experiment["audience"]>, boolean]>([
    ["of its class", { devices: ["phone"] }, true],
    ["of another class", { devices: ["tablet", "desktop"] }, false],
    ["that returns", { returning: true }, true],
    ["that is new", { returning: false }, false],
    ["of its language", { languages: ["de"] }, true],
    ["of another language", { languages: ["fr"] }, false],
    ["with its fact", { facts: { tier: "3" } }, true],
    ["with another fact", { facts: { tier: "4" } }, false],
  ])("is in an experiment on devices %s as the audience says", async (_, audience, isIn) => {
    const database = freshDatabase();
    const about = { config: { device: "phone" }, edges: { language: () => "de-AT" } } as const;
    const at = fakeServer(shopModel({ items: 20 }));
    const before = await wholeDevice(at, { database, ...about });
    await before.worker.append([
      eventOf("view", 1),
      { id: "fact-1", kind: "fact", fact: "tier", value: 3, atMs: noonMs - dayMs },
    ]);
    await closeDevice(before);
    publishAs(at, 2, [{ ...banner, audience }]);
    const own = await visitor({ database, ...about }, at, 2);
    expect(Object.keys(armsOf(own) ?? {}).length > 0).toBe(isIn);
  });
});

describe("nobody is in an experiment, and nothing is kept", () => {
  test.each<[string, DeviceOptions]>([
    ["who does not contribute", { consent: { personalise: true, contribute: false } }],
    ["who may not be known", { consent: { personalise: false, contribute: false } }],
    ["where the site names nobody who sums", { config: { server: "https://shop.example/base/" } }],
    [
      "where a program drives the browser",
      { config: { server: production.server, pins: production.pins, automation: "driven" } },
    ],
  ])("%s", async (_, options) => {
    const database = freshDatabase();
    const own = await visitor({ database, ...options });
    await shown(own);
    await turns(5);
    expect(armsOf(own)).toEqual({});
    expect(exposuresOf(own)).toEqual([]);
    expect(await onDisk(database)).toBeUndefined();
  });

  test("where nothing may be stored", async () => {
    const own = await visitor({ config: { storage: "memory" } });
    await shown(own);
    expect(armsOf(own)).toEqual({});
    expect(exposuresOf(own)).toEqual([]);
  });

  test("where an arm would rank otherwise, which no device here carries out", async () => {
    const [control, big] = banner.arms;
    const ranked = { ...banner, arms: [control, { ...big, ranking: { ranker: false } }] };
    expect(armsOf(await visitor({}, serverOf(ranked)))).toEqual({});
  });

  test("before it begins, and after its end no more", async () => {
    for (const [fromMs, toMs] of [
      [noonMs + 1, noonMs + dayMs],
      [noonMs - dayMs, noonMs],
    ]) {
      expect(armsOf(await visitor({}, serverOf({ ...banner, fromMs, toMs })))).toEqual({});
    }
  });
});

describe("an exposure", () => {
  test("is told once a session, and the first one is kept", async () => {
    const database = freshDatabase();
    const own = await visitor({ database });
    const startMs = own.clock.nowMs;
    await shown(own);
    await shown(own);
    own.clock.nowMs += 20 * minuteMs;
    await own.worker.append([eventOf("view", 1, own.clock.nowMs)]);
    own.clock.nowMs += 20 * minuteMs;
    await shown(own);
    const { arm } = armsOf(own)?.banner ?? {};
    expect(exposuresOf(own)).toEqual([{ type: "exposure", experiment: "banner", arm }]);
    own.clock.nowMs += 31 * minuteMs;
    await shown(own);
    expect(exposuresOf(own)).toHaveLength(2);
    const { participations, assignments } = await keptIn(database);
    expect(participations).toEqual([
      {
        ...{ experiment: "banner", seed: "banner-1", arm, stratum: assignments[0].stratum, sessions: 2 },
        ...{ firstMs: startMs, lastMs: own.clock.nowMs },
      },
    ]);
  });

  test("is of the moment that it was shown, never before the arm was dealt nor yet to come", async () => {
    for (const [shownMs, keptMs] of [
      [noonMs - minuteMs, noonMs],
      [noonMs + 2 * minuteMs, noonMs + 2 * minuteMs],
      [noonMs + dayMs, noonMs + 5 * minuteMs],
    ]) {
      const database = freshDatabase();
      const own = await visitor({ database });
      own.clock.nowMs += 5 * minuteMs;
      await shown(own, shownMs);
      expect((await keptIn(database)).participations[0].firstMs).toBe(keptMs);
    }
  });

  test("is none of an experiment that one is not in, that is over, or while learning is paused", async () => {
    const own = await visitor();
    await shown(own, noonMs, "another");
    await own.worker.append([{ id: "pause-1", kind: "fact", fact: "pause", value: true, atMs: noonMs }]);
    await shown(own, noonMs + 1);
    await own.worker.append([{ id: "pause-2", kind: "fact", fact: "pause", value: null, atMs: noonMs + 2 }]);
    own.clock.nowMs = banner.toMs;
    await shown(own);
    expect(exposuresOf(own)).toEqual([]);
  });
});

describe("what is kept of experiments", () => {
  test("is in the panel and the export, without the number, until it is left and after", async () => {
    const database = freshDatabase();
    const own = await visitor({ database });
    const { arm } = armsOf(own)?.banner ?? {};
    const before = { experiment: "banner", arm, atMs: noonMs, shownMs: null, hasLeft: false };
    expect((await own.worker.panel()).experiments).toEqual([before]);
    await shown(own);
    const { experiments } = await own.worker.exportData();
    expect(experiments).toEqual([{ ...before, shownMs: noonMs }]);
    const { number } = await keptIn(database);
    expect(JSON.stringify(await own.worker.exportData())).not.toContain(number);
    await own.worker.experiment({ step: "leave", experiment: "banner" });
    expect((await own.worker.panel()).experiments).toEqual([{ ...before, hasLeft: true }]);
  });

  test("does not go along to another device", async () => {
    const own = await visitor();
    await shown(own);
    const copied = await own.worker.move({ step: "copy" });
    if (copied.state !== "copied") throw new Error(`expected a copy, got ${copied.state}`);
    const fresh = await wholeDevice(fakeServer(shopModel({ items: 20 })));
    await fresh.worker.move({ step: "take", file: copied.file, code: copied.code });
    expect((await fresh.worker.panel()).experiments).toEqual([]);
  });

  test("stays where the edition's experiments cannot be had: this visit is in none, and the next as before", async () => {
    const database = freshDatabase();
    const at = serverOf(banner);
    const first = await visitor({ database }, at);
    const [before, kept] = [armsOf(first), await keptIn(database)];
    await closeDevice(first);
    publishAs(at, 2, [{ ...banner, toMs: banner.toMs + 1 }]);
    at.onPart = () => new Response("away", { status: 503 });
    const away = await wholeDevice(at, { database });
    await until(() => troublesOf(away).some((text) => text.startsWith("experiments: ")));
    expect(armsOf(away)).toEqual({});
    expect(await keptIn(database)).toEqual(kept);
    await closeDevice(away);
    at.onPart = () => undefined;
    expect(armsOf(await visitor({ database }, at, 2))).toEqual(before);
  });

  test("goes once the person leaves one: at once, in each tab, and for good", async () => {
    const database = freshDatabase();
    const at = serverOf(banner);
    const [own, other] = [await visitor({ database }, at), await visitor({ database }, at)];
    await shown(own);
    await own.worker.experiment({ step: "leave", experiment: "banner" });
    expect(armsOf(own)).toEqual({});
    await until(() => Object.keys(armsOf(other) ?? {}).length === 0);
    await shown(other);
    expect(exposuresOf(other)).toEqual([]);
    const kept = await keptIn(database);
    expect(kept.participations).toEqual([]);
    expect(kept.assignments).toMatchObject([{ experiment: "banner", hasLeft: true }]);
    await Promise.all([own, other].map(closeDevice));
    publishAs(at, 2, [{ ...banner, seed: "banner-2" }]);
    const again = await visitor({ database }, at, 2);
    expect(armsOf(again)).toEqual({});
  });

  test("is gone after an erasure, with the number, and until the next visit nobody is in an arm", async () => {
    const database = freshDatabase();
    const [own, other] = [await visitor({ database }), await visitor({ database })];
    await shown(own);
    const { number } = await keptIn(database);
    own.clock.nowMs += minuteMs;
    other.clock.nowMs += minuteMs;
    await own.worker.erase();
    await until(() => Object.keys(armsOf(other) ?? {}).length === 0);
    for (const one of [own, other]) {
      expect(armsOf(one)).toEqual({});
      await shown(one);
    }
    expect(await onDisk(database)).toBeUndefined();
    await Promise.all([own, other].map(closeDevice));
    const again = await wholeDevice(server, { database });
    again.clock.nowMs += 2 * minuteMs;
    // Its clock was behind the erasure when it began: the next look is after it.
    await again.worker.forget([]);
    await until(async () => (await onDisk(database)) !== undefined);
    expect((await keptIn(database)).number).not.toBe(number);
    expect((await keptIn(database)).participations).toEqual([]);
  });

  test("is gone after a no to contributing, here and for a tab that has not heard of it", async () => {
    const database = freshDatabase();
    const own = await visitor({ database });
    await shown(own);
    const no = { ...nothingKept.choices, contribute: false, revision: 1 };
    await own.worker.setConsent({ personalise: true, contribute: false }, no);
    await until(() => Object.keys(armsOf(own) ?? {}).length === 0);
    expect(await onDisk(database)).toBeUndefined();
    const deaf = await visitor({ database });
    expect(armsOf(deaf)).toEqual({});
    expect(await onDisk(database)).toBeUndefined();
  });

  test.each([
    ["text", "experiments"],
    ["another form", { number: 7, assignments: [], participations: [] }],
    ["a number that is none", { number: "../..", assignments: [], participations: [] }],
  ])("in another version's form is as none: %s", async (_, found) => {
    const database = freshDatabase();
    const at = fakeServer(shopModel({ items: 20 }));
    await closeDevice(await wholeDevice(at, { database }));
    const db = await openDB(database);
    await db.put("refills", found, "experiments");
    db.close();
    publishAs(at, 2, [banner]);
    const own = await visitor({ database }, at, 2);
    expect(Object.keys(armsOf(own) ?? {})).toEqual(["banner"]);
    expect((await keptIn(database)).number).toMatch(/^[0-9a-f]{32}$/);
  });

  test("in part in another form is without that part", () => {
    const good = { experiment: "a", seed: "s", arm: "x", firstMs: 1, lastMs: 2, sessions: 1 };
    const kept = keptExperimentsIn({
      number: "0f".repeat(16),
      assignments: [{ experiment: "a" }],
      participations: [good, { ...good, stratum: -1 }, { ...good, stratum: 2 }, null],
    });
    expect(kept?.assignments).toEqual([]);
    expect(kept?.participations).toEqual([{ ...good, stratum: 2 }]);
  });
});
