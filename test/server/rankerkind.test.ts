/**
 * A ranker from the question to the list that it orders, over a whole server and real workers: in force where
 * it is measured to gain something, and nowhere else.
 */
import "fake-indexeddb/auto";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { PlaceCurve } from "../../core/lists/placecurve.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import { askedUnits } from "../../core/ranking/ranker/learnedunits.ts";
import { seededRandom } from "../../core/seeded.ts";
import { sensitivityOf } from "../../core/tasks/itemfactors/contribution.ts";
import { rankerLength } from "../../core/tasks/ranker/contribution.ts";
import { ranker } from "../../core/tasks/ranker/kind.ts";
import { rhoOf, settingsOf, type Task } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { parseConfig } from "../../server/base/config.ts";
import type { KindSetup } from "../../server/kinds/kind.ts";
import { ranker as kind } from "../../server/kinds/ranker/kind.ts";
import { rankerScales } from "../../server/kinds/ranker/learned.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import { rankerOfPeople } from "../../server/publishing/train/ranker.ts";
import { publishTrained } from "../../server/publishing/trained.ts";
import { listFindings } from "../../server/store/findings.ts";
import { platformFill } from "../../worker/edges.ts";
import { fileFromSource } from "../../worker/fromsource.ts";
import { TacitWorker } from "../../worker/tacit.ts";
import {
  admin,
  inForceOf,
  openServer,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const baseMs = Date.UTC(2026, 3, 1, 10);
const labelDays = 5;
const answerDays = 2;
const itemCount = 40;
const words = ["red", "blue", "mug", "lamp", "bag", "clock", "tin", "retro", "heart", "bird"];
const isYoung = (k: number) => k % 2 === 1;
const dateOf = (atMs: number) => new Date(atMs).toISOString();

/** Every second item came a month ago, the others long before. */
const catalogue: readonly CatalogueItem[] = Array.from({ length: itemCount }, (_, k) => ({
  item: `item-${k}`,
  title: `${words[k % 10]} ${words[(k * 3 + 1) % 10]} ${words[(k * 7 + 2) % 10]} no ${k}`,
  categories: [words[k % 4]],
  publishedAt: dateOf(baseMs - (isYoung(k) ? 30 : 900) * dayMs),
}));

interface Act {
  readonly item: number;
  readonly atMs: number;
}

/** What somebody bought long ago, of what is old; then they buy `next`. */
function bought(
  seed: number,
  next: (random: () => number) => number,
): { readonly before: Act[]; readonly after: Act[] } {
  const random = seededRandom(seed);
  const drawn = (count: number, draw: () => number, but: readonly number[] = []) => {
    const items = new Set<number>();
    while (items.size < count) {
      const item = draw();
      if (!but.includes(item)) items.add(item);
    }
    return [...items];
  };
  const before = drawn(6, () => 2 * Math.floor((random() * itemCount) / 2));
  const after = drawn(2, () => next(random), before);
  return {
    before: before.map((item, at) => ({ item, atMs: baseMs - (80 - at) * dayMs })),
    after: after.map((item) => ({ item, atMs: baseMs + 2 * dayMs })),
  };
}

const young = (random: () => number) => 1 + 2 * Math.floor((random() * itemCount) / 2);
const old = (random: () => number) => 2 * Math.floor((random() * itemCount) / 2);

/** People held out, with times: they bought what is old, then what is young. */
function heldOut(data: string): string {
  const lines = Array.from({ length: 40 }, (_, person) => {
    const { before, after } = bought(1000 + person, young);
    return [
      ...before.map(({ item, atMs }) => `h${person},item-${item},${dateOf(atMs)}`),
      ...after.slice(0, 1).map(({ item }) => `h${person},item-${item},${dateOf(baseMs - dayMs)}`),
    ];
  });
  const file = join(data, "gate.csv");
  writeFileSync(file, ["user,item,at", ...lines.flat()].join("\n"));
  return file;
}

const clock = { nowMs: baseMs };

interface Opening {
  readonly isMeasured?: boolean;
  readonly more?: Readonly<Record<string, unknown>>;
  /** How likely places of lists are looked at. */
  readonly examined?: PlaceCurve;
}

async function openShop({ isMeasured = true, more = {}, examined }: Opening = {}): Promise<TestServer> {
  clock.nowMs = baseMs;
  const data = temporaryDirectory();
  const config = testConfig(data, {
    training: { on: false, dim: 3, blockLimit: 10 },
    ranker: { on: true, labelDays, answerDays },
    gate: { k: 10, ...(isMeasured ? { holdout: heldOut(data) } : {}) },
    round: { minBatch: 12, maxBatch: 500 },
    ...more,
  });
  const setup: KindSetup = {
    ...kind,
    open: (parts) =>
      kind.open({ ...parts, ranker: { ...parts.ranker, examined: async () => examined ?? null } }),
  };
  const kinds = examined === undefined ? {} : { kinds: [setup] };
  const server = await openServer(config, { nowMs: () => clock.nowMs, ...kinds });
  await publishCatalogue(server.parts.editions, catalogue, { contentDim: 8, dim: 3 });
  await server.parts.cycle.openNext();
  return server;
}

async function openTaskOf({ app }: TestServer): Promise<Task | undefined> {
  return (await tasksOf(app)).tasks.find((task) => task.kind === ranker.name);
}

/** A browser over the server's own routes. */
async function browser({ app }: TestServer): Promise<TacitWorker> {
  const worker = new TacitWorker({
    nowMs: () => clock.nowMs,
    fill: platformFill,
    fetch: async (url, init) => app.request(url, init),
    loadFile: fileFromSource,
  });
  const trouble: string[] = [];
  // The clock stands until what was asked for at the start is judged.
  await new Promise<void>((resolve, reject) => {
    const consent = { personalise: true, contribute: true };
    const config = { server: "http://localhost", database: `ranker-${randomUUID()}`, consent };
    worker
      .start(config, (notice) => {
        if (notice.type === "trouble") trouble.push(notice.message);
        if (notice.type === "edition" && notice.isWhole) resolve();
      })
      .catch(reject);
  });
  onTestFinished(async () => {
    expect(trouble).toEqual([]);
    worker.end();
  });
  return worker;
}

const eventsOf = (acts: readonly Act[]) =>
  acts.map(({ item, atMs }) => ({
    id: randomUUID(),
    kind: "purchase" as const,
    item: `item-${item}`,
    amount: 1,
    atMs,
  }));

const people = 24;

/** Everybody comes when the days begin and once they are over. */
async function crowdReports(
  server: TestServer,
  next: (random: () => number) => number,
): Promise<readonly TacitWorker[]> {
  const browsers = await Promise.all(Array.from({ length: people }, () => browser(server)));
  const acts = browsers.map((_, person) => bought(person, next));
  clock.nowMs = baseMs + 3 * dayMs;
  for (const [person, worker] of browsers.entries()) {
    await worker.append(eventsOf([...acts[person].before, ...acts[person].after]));
    await worker.contribute();
    expect((await worker.panel()).reports).toEqual([]);
  }
  clock.nowMs = baseMs + (labelDays + 1) * dayMs;
  for (const worker of browsers) {
    await worker.contribute();
    const { reports } = await worker.panel();
    expect(reports.flatMap(({ sums }) => sums)).toMatchObject([{ kind: ranker.name, state: "accepted" }]);
  }
  return browsers;
}

async function outcomeOf({ app }: TestServer, of = ranker.name): Promise<string | null> {
  const { rounds } = await (await admin(app, "GET", "/status")).json();
  const finished = rounds.filter(
    ({ kind: name, outcome }: { kind: string; outcome: string | null }) => name === of && outcome !== null,
  );
  return finished[0]?.outcome ?? null;
}

async function endOfRound(server: TestServer): Promise<void> {
  clock.nowMs = baseMs + (labelDays + answerDays) * dayMs + 1;
  await server.parts.cycle.runIfDue();
}

test("a crowd's lists teach a ranker that people held out gain by; browsers read it and rank by it", async () => {
  const server = await openShop();
  const task = await openTaskOf(server);
  if (task === undefined) throw new Error("expected an open task on the ranker, got none");
  const { factors, pairs } = inForceOf(server).parts;
  expect(settingsOf(task, ranker)).toMatchObject({
    ...{ factors: factors.ref.id, pairs: pairs?.ref.id ?? null, sinceMs: baseMs, labelDays },
  });
  const browsers = await crowdReports(server, young);
  const [worker] = browsers;
  const before = await worker.forYou({ count: 10 });
  expect((await worker.panel()).stages).toEqual([]);
  await endOfRound(server);
  const named = inForceOf(server).parts.ranker;
  expect(named?.part).toMatchObject({ people, origin: "crowd" });
  const [stage] = named?.part.judged?.stages ?? [];
  expect(stage).toMatchObject({ stage: "ranker", isOn: true });
  expect(stage.ndcg.after).toBeGreaterThan(stage.ndcg.before);
  const outcome = await outcomeOf(server);
  expect(outcome).toMatch(
    /^published: recall@10 .*; ranker: on: NDCG@10 0\.\d+ -> 0\.\d+, .* people held out/,
  );
  const [finding] = await listFindings(server.parts.leaderStore, 1);
  const lines = kind.describe?.(JSON.parse(finding.finding)) ?? [];
  expect(lines[0]).toBe(`learned from ${people} people`);
  expect(lines[1]).toMatch(/^ranker: on: NDCG@10 /);
  const { edition } = await (await admin(server.app, "GET", "/status")).json();
  expect(edition.ranker).toEqual({ people, origin: "crowd", judged: named?.part.judged });
  // Another visit reads the edition of today.
  const later = await browser(server);
  await later.append(eventsOf(bought(0, young).before));
  // Whoever contributes waits for what is downloaded.
  await later.contribute();
  expect((await later.panel()).stages).toEqual(named?.part.judged?.stages);
  const after = await later.forYou({ count: 10 });
  const youngIn = (list: readonly { readonly item: string }[]) =>
    list.filter(({ item }) => isYoung(Number(item.slice(5)))).length;
  expect(youngIn(after)).toBeGreaterThan(youngIn(before));
  expect(youngIn(after)).toBeGreaterThanOrEqual(9);
}, 60_000);

const examined: PlaceCurve = [
  { upTo: 1, chance: 1 },
  { upTo: 5, chance: 0.3 },
];

test.each([
  { name: "", opening: {} },
  { name: ", also where places are corrected for, of whoever clicks in no list", opening: { examined } },
])(
  "without noise a crowd teaches what the same people's logs do$name",
  async ({ opening }) => {
    const server = await openShop(opening);
    const task = await openTaskOf(server);
    expect(task?.settings.examined).toEqual(opening.examined);
    expect(task?.length).toBe(rankerLength(askedUnits.length) + (opening.examined === undefined ? 0 : 1));
    const model = rankingModelOf(inForceOf(server).model);
    await crowdReports(server, young);
    await endOfRound(server);
    const crowd = inForceOf(server).parts.ranker?.part;
    const journals = Array.from({ length: people }, (_, person) => {
      const { before, after } = bought(person, young);
      return eventsOf([...before, ...after]);
    });
    const split = { sinceMs: baseMs, nowMs: baseMs + (labelDays + 1) * dayMs };
    const logs = rankerOfPeople(journals, model, split);
    expect(crowd?.units).toEqual(logs.units);
    expect([crowd?.people, logs.people]).toEqual([people, people]);
    const size = Math.hypot(...logs.weights);
    const apart = Math.hypot(...logs.weights.map((weight, at) => weight - (crowd?.weights[at] ?? 0)));
    // Reports are rounded by chance to one part in 32,768, which a ridge of a thousandth of 24 people makes
    // more of.
    expect(size).toBeGreaterThan(0.1);
    expect(apart / size).toBeLessThan(0.05);
  },
  60_000,
);

test("what a crowd teaches that people held out gain nothing by is kept for the operator, and served to nobody", async () => {
  const server = await openShop();
  const { id } = inForceOf(server);
  // They buy again of what is old: held-out people do not.
  await crowdReports(server, old);
  await endOfRound(server);
  expect(inForceOf(server).id).toBe(id);
  expect(inForceOf(server).parts.ranker).toBeNull();
  expect(await outcomeOf(server)).toMatch(
    /^refused, (no-better-than-without-ranker|worse-than-in-force): .*ranker: off/,
  );
  const [newest] = await server.parts.editions.list();
  expect(newest).toMatchObject({ state: "refused", origin: "round" });
  expect(await openTaskOf(server)).toMatchObject({ settings: { sinceMs: clock.nowMs } });
}, 60_000);

test("without people held out nothing says that a ranker gains, and none is served", async () => {
  const server = await openShop({ isMeasured: false });
  await crowdReports(server, young);
  await endOfRound(server);
  expect(inForceOf(server).parts.ranker).toBeNull();
  expect(await outcomeOf(server)).toBe("not served: nobody is held out to measure it on (gate.holdout)");
}, 60_000);

test("where rounds put other pairs in force, each of their parts is asked about once, and no task outlives their days", async () => {
  const pairs = { on: true, days: 8, mostItems: 20 };
  const server = await openShop({ more: { pairs } });
  const pairsInForce = () => inForceOf(server).parts.pairs?.ref.id;
  const task = await openTaskOf(server);
  expect(task?.settings).toMatchObject({ pairs: pairsInForce() });
  expect((task?.expiresAtMs ?? 0) - baseMs).toBeLessThanOrEqual(pairs.days * dayMs);
  const browsers = await Promise.all(Array.from({ length: people }, () => browser(server)));
  clock.nowMs = baseMs + (labelDays + 1) * dayMs;
  for (const [person, worker] of browsers.entries()) {
    const { before, after } = bought(person, young);
    await worker.append(eventsOf([...before, ...after]));
    await worker.contribute();
    await worker.contribute();
  }
  expect(await server.parts.cycle.closeNow(ranker.name)).toBe(true);
  expect(await outcomeOf(server)).toMatch(/^(published|refused)/);
  expect(await openTaskOf(server)).toBeUndefined();
  const asked = pairsInForce();
  expect(await server.parts.cycle.closeNow("item-pairs")).toBe(true);
  expect(pairsInForce()).not.toBe(asked);
  await server.parts.cycle.runIfDue();
  expect(await openTaskOf(server)).toMatchObject({ settings: { pairs: pairsInForce() } });
}, 60_000);

test("a question about pairs ends in the commit of the round that puts others in force, and the next one is about those", async () => {
  const server = await openShop({ more: { pairs: { on: true, days: 8, mostItems: 20 } } });
  const asked = await openTaskOf(server);
  const pairsInForce = () => inForceOf(server).parts.pairs?.ref.id;
  const before = pairsInForce();
  expect(asked?.settings).toMatchObject({ pairs: before, sinceMs: baseMs });
  const browsers = await Promise.all(Array.from({ length: people }, () => browser(server)));
  clock.nowMs = baseMs + 3 * dayMs;
  for (const [person, worker] of browsers.entries()) {
    const acts = bought(person, young);
    await worker.append(eventsOf([...acts.before, ...acts.after]));
    await worker.contribute();
  }
  expect(await server.parts.cycle.closeNow("item-pairs")).toBe(true);
  expect(pairsInForce()).not.toBe(before);
  expect(await outcomeOf(server)).toBe("superseded: a round put other pairs in force");
  // The round's own end says what came of it.
  expect(await outcomeOf(server, "item-pairs")).toMatch(/^published/);
  await server.parts.cycle.runIfDue();
  expect((await openTaskOf(server))?.settings).toMatchObject({ pairs: pairsInForce(), sinceMs: clock.nowMs });
}, 60_000);

test("a question about parts ends when training puts others in force, and the next one is about those", async () => {
  const server = await openShop({ isMeasured: false });
  const asked = await openTaskOf(server);
  clock.nowMs = baseMs + dayMs;
  const inForce = inForceOf(server);
  const { learned } = inForce;
  const taught = {
    ...learned,
    counts: learned.counts.map((_, row) => 1 + (row % 3)),
    people: learned.people.map(() => 9),
    factors: learned.factors.map((_, at) => ((at % 7) - 3) / 9),
  };
  expect((await publishTrained(server.parts.editions, inForce, taught, false)).isPublished).toBe(true);
  const { factors } = inForceOf(server).parts;
  expect(factors.ref.id).not.toBe(asked?.settings.factors);
  await server.parts.cycle.runIfDue();
  expect(await openTaskOf(server)).toMatchObject({
    settings: { factors: factors.ref.id, sinceMs: clock.nowMs },
  });
  expect(await outcomeOf(server)).toBe("superseded: trained on logs");
});

test("settings under which nobody could answer are refused by name", () => {
  const on = { ranker: { on: true } };
  expect(() => parseConfig(on)).toThrow(
    "config: training.on must be false where ranker.on is true, got true: each round on factors puts others in force",
  );
  const training = { on: false };
  expect(() => parseConfig({ ...on, training, pairs: { on: true } })).toThrow(
    "config: pairs.days must be more than ranker.labelDays and ranker.answerDays together, 18, got 7",
  );
  const lasting = { pairs: { on: true, days: 30 }, keys: { overlapDays: 40 } };
  expect(parseConfig({ ...on, training, ...lasting }).ranker).toMatchObject({ labelDays: 14, answerDays: 4 });
});

test("a plan promises what a report costs, and it is asked for by nobody unless settings say so", () => {
  expect(kind.planned(parseConfig({}))).toBeNull();
  const config = parseConfig({ training: { on: false }, ranker: { on: true, noiseMultiplier: 5.5 } });
  const sensitivity = sensitivityOf(rankerScales);
  expect(kind.planned(config)).toEqual({
    ...{ kind: "ranker", reportsPer30Days: 2 },
    rho: rhoOf({ sensitivity, sigma: 5.5 * sensitivity }),
  });
});
