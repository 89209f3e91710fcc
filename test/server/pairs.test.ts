/**
 * Pairs from the list to the shelf: what is asked about, what a round of reports teaches, and what imports, a restart
 * and a roll back do to it.
 */
import { describe, expect, test } from "vitest";
import { placeOf } from "../../core/model/pairlist.ts";
import { type PairsPart, parsePairs } from "../../core/model/pairs.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { sharesAsRead } from "../../core/model/sections.ts";
import { bestRows } from "../../core/ranking/best.ts";
import { rankingModelOf } from "../../core/ranking/fromjoined.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { profileOfTastes } from "../../core/ranking/profile.ts";
import { seededRandom } from "../../core/seeded.ts";
import { encodeFixed } from "../../core/sum/fixedpoint.ts";
import { pairContributionOf } from "../../core/tasks/itempairs/contribution.ts";
import { itemPairs } from "../../core/tasks/itempairs/kind.ts";
import { settingsOf, type Task } from "../../core/tasks/task.ts";
import { publicSideFor } from "../../server/kinds/itemfactors/knowledge.ts";
import { standardPairDefences } from "../../server/kinds/itempairs/defences.ts";
import { learnedFrom, publicPairsOf } from "../../server/kinds/itempairs/learned.ts";
import { listedItems, pairsPartOf, publishedWeights } from "../../server/kinds/itempairs/part.ts";
import { importFrom } from "../../server/publishing/catalogue.ts";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import { alikeBy, mixesFor, noiseMultiplierOf, pairWeightFor } from "../../server/publishing/pairdrafts.ts";
import {
  admin,
  catalogueOf,
  inForceOf,
  openServer,
  postWhole,
  reportOfSums,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";

const configIn = (data: string, more: object = {}) =>
  testConfig(data, { training: { dim: 3, blockLimit: 10 }, pairs: { on: true, nearest: 4, ...more } });

function pairsIn({ tasks }: { readonly tasks: readonly Task[] }): Task {
  const task = tasks.find(({ kind }) => kind === itemPairs.name);
  if (task === undefined) throw new Error("expected an open task on pairs, got none");
  return task;
}

function partOf(server: TestServer) {
  const { pairs } = inForceOf(server).parts;
  if (pairs === null) throw new Error("expected a pairs part, got none");
  return pairs;
}

/** People who have an item with one of its listed neighbours, and a third thing. */
function peopleOf(server: TestServer, count: number): readonly (readonly number[])[] {
  const { pattern, items } = partOf(server).part;
  const random = seededRandom(7);
  const among = (from: number, to: number) => from + Math.floor(random() * (to - from));
  return Array.from({ length: count }, () => {
    const item = among(0, items.length);
    const [from, to] = [pattern.starts[item], pattern.starts[item + 1]];
    const other = to > from ? pattern.neighbours[among(from, to)] : (item + 1) % items.length;
    return [...new Set([item, other, among(0, items.length)])];
  });
}

async function contribute(server: TestServer, people: readonly (readonly number[])[]): Promise<Float64Array> {
  const tasks = await tasksOf(server.app);
  const task = pairsIn(tasks);
  const settings = settingsOf(task, itemPairs);
  const total = new Float64Array(task.length);
  for (const items of people) {
    const { places, values } = pairContributionOf(
      partOf(server).part.pattern,
      { items, recent: items.slice(0, 1) },
      settings,
    );
    const whole = new Float64Array(task.length);
    for (const [at, place] of places.entries()) whole[place] = values[at];
    const encoded = encodeFixed(whole, task, (bytes) => bytes.fill(0));
    for (let k = 0; k < total.length; k++) total[k] += encoded[k] / 2 ** task.fractionBits;
    const report = await reportOfSums({ tasks, sums: [{ task, block: 0, values: encoded }] });
    expect(await postWhole(server.app, report)).toMatchObject({
      state: "answered",
      sums: [{ state: "accepted" }],
    });
  }
  return total;
}

async function outcomesOf({ app }: TestServer): Promise<readonly string[]> {
  const { rounds } = await (await admin(app, "GET", "/status")).json();
  return rounds
    .filter(({ kind }: { readonly kind: string }) => kind === itemPairs.name)
    .map(({ outcome }: { readonly outcome: string }) => outcome);
}

const importOf = (server: TestServer, items: readonly CatalogueItem[]) =>
  importFrom(server.parts.editions, { from: "items", items }, { contentDim: 8, dim: 3 });

describe("a site that asks about pairs", () => {
  test("publishes a list of its items' nearest by content, and asks about that list and no other", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    const { model } = inForceOf(server);
    const { ref, part } = partOf(server);
    const items = model.catalogue.map(({ item }) => item);
    const plain = pairsPartOf(items, model, null, { nearest: 4, mostPairs: 1e6 });
    expect(part).toEqual(plain);
    expect(part.round).toBe(0);
    expect(part.values.every((value) => value === 0)).toBe(true);
    const tasks = await tasksOf(server.app);
    const settings = settingsOf(pairsIn(tasks), itemPairs);
    expect(settings).toMatchObject({ pairs: ref.id, items: 30, pairCount: part.pattern.pairCount });
    expect(tasks.plan.kinds.map(({ kind }) => kind)).toContain(itemPairs.name);
    // Before anybody has reported nothing ranks by it.
    expect(model.pairs).toBeUndefined();
    const served = await server.app.request(`/v1/parts/${ref.id}`);
    expect(parsePairs(new Uint8Array(await served.arrayBuffer()))).toEqual(part);
  });

  test("publishes no list, and plans nothing, unless it asks for it", async () => {
    const server = await openServer(testConfig(temporaryDirectory()));
    expect(inForceOf(server).parts.pairs).toBeNull();
    const { tasks, plan } = await tasksOf(server.app);
    expect([...tasks, ...plan.kinds].filter(({ kind }) => kind === itemPairs.name)).toEqual([]);
  });

  test("learns in one round what the sums say, and its shelves follow", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    const before = partOf(server).part;
    const people = peopleOf(server, 40);
    const values = await contribute(server, people);
    expect(await server.parts.cycle.closeNow()).toBe(true);
    expect(await outcomesOf(server)).toEqual([null, expect.stringMatching(/^published/)]);
    const { model, edition } = inForceOf(server);
    const { part } = partOf(server);
    const known = publicPairsOf(before.pattern, publicSideFor(before.items, model));
    const { pairs } = server.parts.config;
    const plain = learnedFrom(known, { reports: 40, values, variance: 0 }, pairs, standardPairDefences);
    expect(part).toEqual({
      ...before,
      round: 1,
      reports: 40,
      asked: 1,
      recent: { floor: plain.recent?.floor, shares: sharesAsRead(plain.recent?.shares ?? []) },
      ...publishedWeights(before.pattern, plain.weights),
    });
    expect(part.values.some((value) => value !== 0)).toBe(true);
    expect(edition.model).toMatchObject(mixesFor(40, 0)[0]);
    // Whoever has one of two things that people had together is shown the other one further up than by content alone.
    const ranking = rankingModelOf(model);
    const { pairs: _pairs, recent: _recent, ...withoutPairs } = model;
    const alone = rankingModelOf(withoutPairs);
    const placesIn = (by: typeof ranking) =>
      people.map(([item, companion]) => {
        const row = ranking.rowOf.get(before.items[item]) ?? -1;
        const profile = profileOfTastes(by, { items: [row], weights: [1] });
        const list = bestRows(rank({ by: "person", model: by, profile }), 29);
        return list.indexOf(ranking.rowOf.get(before.items[companion]) ?? -1);
      });
    const mean = (places: readonly number[]) => places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(mean(placesIn(ranking))).toBeLessThan(mean(placesIn(alone)) - 0.5);
  });

  test("asks on about the same list over an import, then about one with the new items that keeps what was learned", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    await contribute(server, peopleOf(server, 40));
    await server.parts.cycle.closeNow();
    const before = partOf(server);
    const task = pairsIn(await tasksOf(server.app));
    await importOf(server, catalogueOf(33).slice(1));
    expect(partOf(server).ref.id).toBe(before.ref.id);
    expect(pairsIn(await tasksOf(server.app))).toEqual(task);
    await contribute(server, peopleOf(server, 20));
    await server.parts.cycle.closeNow();
    const after = partOf(server).part;
    expect(after.items).toEqual(
      catalogueOf(33)
        .slice(1)
        .map(({ item }) => item),
    );
    expect(after.round).toBe(2);
    expect(settingsOf(pairsIn(await tasksOf(server.app)), itemPairs)).toMatchObject({ items: 32 });
    expect(after.values.some((value) => value !== 0)).toBe(true);
  });

  test("knows from the same round how many have an item, and forgets it with a roll back", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    const { id, learned } = inForceOf(server);
    const people = peopleOf(server, 40);
    await contribute(server, people);
    await server.parts.cycle.closeNow();
    const { model, learned: after } = inForceOf(server);
    const having = (item: string) =>
      people.filter((row) => row.some((at) => learned.items[at] === item)).length;
    const counts = learned.items.map(having);
    const most = learned.items[counts.indexOf(Math.max(...counts))];
    const share = (item: string) => model.popularity[model.catalogue.findIndex((card) => card.item === item)];
    // Weighted people: nobody's report may weigh more than its clip, so that shares are near the plain ones.
    for (const [row, item] of learned.items.entries()) {
      expect(Math.abs(share(item) - counts[row] / people.length)).toBeLessThan(0.05);
    }
    expect(share(most)).toBeGreaterThan(0.05);
    await server.parts.editions.rollBack(id);
    expect(inForceOf(server).learned).toEqual(learned);
    expect(after).not.toEqual(learned);
  });

  test("may ask about pairs alone", async () => {
    const config = testConfig(temporaryDirectory(), {
      training: { on: false, dim: 3, blockLimit: 10 },
      pairs: { on: true, nearest: 4 },
    });
    const server = await openServer(config);
    const { tasks, plan } = await tasksOf(server.app);
    expect([...tasks, ...plan.kinds].map(({ kind }) => kind)).toEqual([itemPairs.name, itemPairs.name]);
    await contribute(server, peopleOf(server, 20));
    await server.parts.cycle.closeNow();
    expect(partOf(server).part.round).toBe(1);
    expect(inForceOf(server).model.popularity.some((share) => share > 0)).toBe(true);
    // What comes later is counted like the others from the next list on.
    await importOf(server, catalogueOf(34));
    await server.parts.cycle.closeNow();
    await contribute(server, peopleOf(server, 5));
    await server.parts.cycle.closeNow();
    const { learned } = inForceOf(server);
    expect(learned.items).toContain("item-33");
    await contribute(server, [
      [0, 33],
      [1, 33],
      [2, 33],
      [3, 33],
      [4, 5],
    ]);
    await server.parts.cycle.closeNow();
    const { model } = inForceOf(server);
    const share = model.popularity[model.catalogue.findIndex(({ item }) => item === "item-33")];
    expect(share).toBeCloseTo(0.8, 1);
  });

  test("keeps what many taught when few report, and hears a crowd that stays smaller", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    const round = async (count: number) => {
      await contribute(server, peopleOf(server, count));
      await server.parts.cycle.closeNow();
      return partOf(server);
    };
    const first = await round(40);
    expect(first.part).toMatchObject({ round: 1, reports: 40, asked: 1 });
    const { popularity } = inForceOf(server).model;
    expect((await round(9)).ref).toEqual(first.ref);
    expect(await outcomesOf(server)).toContain(
      "nothing learned: 9 reports, where 40 taught what is in force",
    );
    expect(inForceOf(server).model.popularity).toEqual(popularity);
    // A quarter is enough a round later.
    expect((await round(10)).part).toMatchObject({ round: 2, reports: 10, asked: 3 });
    const { edition } = await (await admin(server.app, "GET", "/status")).json();
    expect(edition.pairs).toMatchObject({ round: 2, reports: 10, items: 30, weight: 0.2, recentWeight: 0.3 });
  });

  test("makes a list anew that says of each pair of the old one what that said, and nothing of the others", async () => {
    const { model } = inForceOf(await openServer(configIn(temporaryDirectory())));
    const all = model.catalogue.map(({ item }) => item);
    const settings = { nearest: 5, mostPairs: 1e6 };
    const empty = pairsPartOf(all.slice(4), model, null, settings);
    const random = seededRandom(3);
    const values = empty.values.map(() => Math.floor(255 * random()) - 127);
    const scales = empty.scales.map(() => Math.fround(0.5 + random()));
    const shares = empty.items.map(() => random());
    const old = { ...empty, round: 7, values, scales, recent: { shares, floor: 0.01 } };
    const next = pairsPartOf(all.slice(0, 26).reverse(), model, old, { ...settings, nearest: 4 });
    const saidIn = ({ items, pattern, values: said, scales }: PairsPart, a: string, b: string) => {
      const place = placeOf(pattern, items.indexOf(a), items.indexOf(b));
      return items.includes(a) && place >= 0 ? said[place] * scales[items.indexOf(a)] : null;
    };
    let [kept, fresh] = [0, 0];
    for (const a of next.items) {
      const scale = next.scales[next.items.indexOf(a)];
      for (const b of next.items) {
        const said = saidIn(next, a, b);
        if (said === null) continue;
        const before = saidIn(old, a, b);
        if (before === null) fresh += 1;
        else kept += 1;
        expect(Math.abs(said - (before ?? 0))).toBeLessThanOrEqual(scale / 2 + 1e-9);
      }
    }
    expect(next.round).toBe(7);
    // What is new to the list is wanted lately as it always is.
    const lately = next.items.map((item) => {
      const at = old.items.indexOf(item);
      return at < 0 ? model.popularity[all.indexOf(item)] : shares[at];
    });
    expect(next.recent).toEqual({ shares: sharesAsRead(lately), floor: 0.01 });
    expect([kept > 30, fresh > 5]).toEqual([true, true]);
    // The same list again is the old part itself.
    expect(pairsPartOf(old.items, model, old, settings)).toBe(old);
  });

  test("is the same after a restart", async () => {
    const data = temporaryDirectory();
    const first = await openServer(configIn(data));
    await contribute(first, peopleOf(first, 20));
    await first.parts.cycle.closeNow();
    const { ref, part } = partOf(first);
    const tasks = (await tasksOf(first.app)).tasks;
    await first.parts.close();
    const second = await openServer(configIn(data));
    expect(partOf(second)).toEqual({ ref, part, bytes: null });
    expect((await tasksOf(second.app)).tasks).toEqual(tasks);
    const [before, after] = [inForceOf(first), inForceOf(second)];
    expect(after.model.pairs).toEqual(before.model.pairs);
    expect(after.learned).toEqual(before.learned);
  });

  test("ends what is asked about a list that a roll back replaces, and nothing else", async () => {
    const server = await openServer(configIn(temporaryDirectory()));
    const older = inForceOf(server);
    await contribute(server, peopleOf(server, 20));
    await server.parts.cycle.closeNow();
    const { tasks } = await tasksOf(server.app);
    expect(await server.parts.editions.rollBack(older.id)).toBe(true);
    await server.parts.cycle.openNext();
    expect(partOf(server).ref.id).toBe(older.parts.pairs?.ref.id);
    const now = (await tasksOf(server.app)).tasks;
    const factors = (list: readonly Task[]) => list.find(({ kind }) => kind === "item-factors");
    expect(factors(now)).toEqual(factors(tasks));
    expect(settingsOf(pairsIn({ tasks: now }), itemPairs).pairs).toBe(older.parts.pairs?.ref.id);
    expect((await outcomesOf(server)).filter((outcome) => outcome?.startsWith("superseded"))).toHaveLength(1);
  });

  test("lists the most wanted items, of equals the first, in the catalogue's order", () => {
    const catalogue = ["a", "b", "c", "d", "e"].map((item) => ({ item, title: item, categories: [] }));
    const popularity = [0.1, 0.3, 0.1, 0.4, 0.1];
    const listed = (mostItems: number) => listedItems({ catalogue, popularity }, { mostItems });
    expect(listed(3)).toEqual(["a", "b", "d"]);
    expect(listed(4)).toEqual(["a", "b", "c", "d"]);
    expect(listed(9)).toEqual(["a", "b", "c", "d", "e"]);
  });

  test("weighs pairs alone at three tenths where people / noise multiplier is below 3,000, else at half, and may leave them out", () => {
    expect([pairWeightFor(3899, 1.3), pairWeightFor(3901, 1.3)]).toEqual([0.3, 0.5]);
    // Of fewer than 200 for each unit of noise they would be noise: content ranks, unless something is measured.
    expect([pairWeightFor(259, 1.3), pairWeightFor(260, 1.3), pairWeightFor(2, 0)]).toEqual([0, 0.3, 0.3]);
    // Four lanes are twice as loud as one.
    expect(noiseMultiplierOf(4, { sigma: 2.6, clipL2: 2 })).toBe(2.6);
    const mix = (pairWeight: number, recentWeight = 0, recentTrend = 0) => ({
      ...{ pairWeight, recentWeight, recentTrend },
    });
    expect(mixesFor(259, 1.3)).toEqual([mix(0), mix(0.3), mix(0.2, 0.3)]);
    expect(mixesFor(3899, 1.3)).toEqual([mix(0.2, 0.3), mix(0.3), mix(0.5), mix(0)]);
    expect(mixesFor(3901, 1.3)).toEqual([mix(0.2, 0.3), mix(0.5), mix(0.3), mix(0)]);
    // From 7,000 for each unit on the trend says more than noise.
    expect(mixesFor(9099, 1.3)[0]).toEqual(mix(0.2, 0.3));
    expect(mixesFor(9101, 1.3)).toEqual([mix(0.2, 0.3, 2), mix(0.2, 0.3), mix(0.5), mix(0)]);
    // Without noise it is still a ratio of few people.
    expect([mixesFor(6999, 0)[0], mixesFor(7000, 0)[0]]).toEqual([mix(0.2, 0.3), mix(0.2, 0.3, 2)]);
  });

  test("has room for so many items, and for no more pairs than it may ask about", async () => {
    const most = { mostItems: 20, mostPairs: 30 };
    const server = await openServer(configIn(temporaryDirectory(), most));
    const { part } = partOf(server);
    expect(part.items).toHaveLength(20);
    expect(part.pattern.pairCount).toBeLessThanOrEqual(30);
    expect(part.pattern.pairCount).toBeGreaterThan(0);
  });

  test("asks about what is alike by learned factors where no item has content, and nobody before there are any", async () => {
    const { model } = inForceOf(await openServer(configIn(temporaryDirectory())));
    const bare = { ...model, content: { ...model.content, scales: new Float32Array(model.items) } };
    const settings = { nearest: 3, mostPairs: 1e6 };
    const items = model.catalogue.map(({ item }) => item);
    expect(pairsPartOf(items, { ...bare, ...alikeBy(bare) }, null, settings).pattern.pairCount).toBe(0);
    const learned = { ...bare, round: 1 };
    const { pattern } = pairsPartOf(items, { ...learned, ...alikeBy(learned) }, null, settings);
    const rows = dequantizeRows(model.factors, model.factorDim);
    const cosine = (a: number, b: number) => {
      const product = (x: number, y: number) =>
        Array.from(
          { length: model.factorDim },
          (_, k) => rows[x * model.factorDim + k] * rows[y * model.factorDim + k],
        ).reduce((sum, one) => sum + one, 0);
      return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
    };
    // Nobody who is not listed is clearly more alike than the least of the three nearest.
    for (const a of items.keys()) {
      const others = [...items.keys()].filter((b) => b !== a).sort((x, y) => cosine(a, y) - cosine(a, x));
      const third = cosine(a, others[2]);
      for (const b of others)
        if (cosine(a, b) > third + 0.02) expect(placeOf(pattern, a, b)).toBeGreaterThanOrEqual(0);
    }
    // With content, factors have no say.
    expect(alikeBy({ ...model, round: 1 })).toMatchObject({ contentDim: model.contentDim });
  });

  test("whose items have nothing in common asks nobody", async () => {
    const config = configIn(temporaryDirectory());
    const server = await openServer(config);
    const bare = Array.from({ length: 12 }, (_, k) => ({
      item: `n${k}`,
      title: `${"abcdefghijkl"[k]}${k}`,
      categories: [],
    }));
    await contribute(server, peopleOf(server, 20));
    await importOf(server, bare);
    await server.parts.cycle.closeNow();
    await server.parts.cycle.openNext();
    const { tasks } = await tasksOf(server.app);
    expect(partOf(server).part.pattern.pairCount).toBe(0);
    expect(tasks.filter(({ kind }) => kind === itemPairs.name)).toEqual([]);
  });
});

describe("settings of pairs", () => {
  test.each([{ mostPairs: 100_000 }, { mostItems: 65_536 }])(
    "with which a report would be longer than browsers send are refused at the start: %o",
    async (pairs) => {
      const config = configIn(temporaryDirectory(), pairs);
      await expect(openServer(config)).rejects.toThrow(
        /^config: pairs must make a task that browsers take, got a report must have at most 327680 bytes, got \d+$/,
      );
    },
  );

  test("let no task outlive the keys that its reports are sealed to", () => {
    const keys = { rotateDays: 30, overlapDays: 20 };
    expect(() => testConfig("data", { keys, pairs: { on: true, days: 13 } })).toThrow(
      "config: keys.overlapDays must be more than the days that tasks live, 20, got 20",
    );
    expect(() => testConfig("data", { keys, activity: { on: true, days: 10 } })).toThrow(
      /tasks live, 20, got 20$/,
    );
    expect(testConfig("data", { keys, pairs: { on: true, days: 12 } }).pairs.days).toBe(12);
    expect(testConfig("data", { keys, pairs: { on: false, days: 30 } }).pairs.days).toBe(30);
  });
});
