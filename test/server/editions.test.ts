/**
 * Learning survives the catalogue: what an import, a training and a roll back publish, and what they leave as
 * it is.
 */
import { createHash } from "node:crypto";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { applyDelta } from "../../core/model/delta.ts";
import { type Edition, parseEdition } from "../../core/model/edition.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import type { Verdict } from "../../server/publishing/gate.ts";
import type { InForce } from "../../server/publishing/inforce.ts";
import { judged } from "../../server/publishing/judged.ts";
import { candidatesOf, withWaitingItems } from "../../server/publishing/learn.ts";
import { openParts } from "../../server/roles/leader.ts";
import { replacePart } from "../../server/store/parts.ts";
import {
  admin,
  catalogueOf,
  inForceOf,
  openServer,
  personsValues,
  post,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "./harness.ts";
import { importInto, items, knownOf, openTrained, refsOf, settings, trained } from "./trainedserver.ts";

/** What a gate says of people who were held out. */
const measured = { variant: 0, people: 9, k: 20, candidate: 0.5, inForce: 0.5, popularity: null };
test("the same file twice changes nothing at all", async () => {
  const { server, before } = await openTrained();
  const { isNew } = await importInto(server, items);
  expect(isNew).toBe(false);
  expect(inForceOf(server)).toBe(before);
  expect(await server.parts.editions.list()).toHaveLength(2);
});

test("a price changes the catalogue and the head that shows it, and nothing else", async () => {
  const { server, before } = await openTrained();
  await importInto(
    server,
    items.map((one, k) => (k === 4 ? { ...one, price: 12.5 } : one)),
  );
  const after = inForceOf(server);
  const { catalogue, head, ...others } = refsOf(after);
  const { catalogue: oldCatalogue, head: oldHead, ...oldOthers } = refsOf(before);
  expect(others).toEqual(oldOthers);
  expect(catalogue).not.toEqual(oldCatalogue);
  expect(head).not.toEqual(oldHead);
  expect(after.edition.model).toEqual(before.edition.model);
});

test("who has one of the last catalogues gets to the one in force by a delta, byte for byte", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const shop = catalogueOf(300);
  const bodyOf = async (id: string) =>
    new Uint8Array(await (await server.app.request(`/v1/parts/${id}`)).arrayBuffer());
  const older: { readonly id: string; readonly bytes: Uint8Array }[] = [];
  for (let day = 0; day < 8; day++) {
    await importInto(
      server,
      shop.slice(2 * day).map((one) => ({ ...one, price: day % 3 })),
    );
    const { id } = inForceOf(server).parts.catalogue.ref;
    older.unshift({ id, bytes: await bodyOf(id) });
    if (day % 4 !== 3) continue;
    const { deltas } = inForceOf(server).edition;
    // All prices change: no delta would be smaller than half. Where they are as they were three days ago it
    // is.
    expect(deltas.map(({ from }) => from)).toEqual([older[3].id]);
    for (const { from, to, part } of deltas) {
      const known = older.find((one) => one.id === from);
      if (known === undefined) throw new Error("expected a catalogue of before");
      const applied = applyDelta(await bodyOf(part.id), known);
      expect([applied.to, to]).toEqual([id, id]);
      expect(Buffer.compare(applied.bytes, older[0].bytes)).toBe(0);
    }
  }
});

test("the same catalogue in another order, with an item inserted: what is known stays with its item, byte for byte", async () => {
  const { server, before } = await openTrained();
  const inserted = { item: "zzz", title: "a retro bird clock", categories: [] };
  await importInto(server, [inserted, ...items.toReversed()]);
  const after = inForceOf(server);
  expect(refsOf(after)).toMatchObject({
    factors: refsOf(before).factors,
    popularity: refsOf(before).popularity,
  });
  for (const { item } of items) expect(knownOf(after, item)).toEqual(knownOf(before, item));
  expect(after.parts.predicted?.part.items).toEqual(["zzz"]);
  expect(knownOf(after, "zzz").share).toBeGreaterThan(0);
});

test("out of stock and back: an item comes back with what it had, after a round too", async () => {
  const { server, before } = await openTrained();
  await importInto(server, items.slice(1));
  await importInto(server, items);
  expect(inForceOf(server).edition).toMatchObject({ parts: before.edition.parts, head: before.edition.head });
  // While it is away the others learn on.
  await importInto(server, items.slice(1));
  const draft = await candidatesOf(inForceOf(server), server.parts.editions, {
    ...{ learned: { ...before.learned, factors: before.learned.factors.map((value) => 1.5 * value) } },
    ...{ round: 2, origin: "round" },
  })[0].draft();
  await server.parts.editions.publish(draft, "learned");
  expect(inForceOf(server).learned.items).toEqual(before.learned.items);
  await importInto(server, items);
  expect(knownOf(inForceOf(server), "item-0")).toEqual({
    ...knownOf(before, "item-0"),
    factors: knownOf(inForceOf(server), "item-0").factors,
  });
  expect(inForceOf(server).parts.predicted).toBeNull();
});

test("what was learned about an item that left is forgotten after keepItemDays, and not a day sooner", async () => {
  const clock = { nowMs: Date.now() };
  const config = testConfig(temporaryDirectory(), { catalogue: { contentDim: 8, keepItemDays: 7 } });
  const server = await openServer(config, { nowMs: () => clock.nowMs });
  await trained(server);
  await importInto(server, items.slice(1));
  const learnedItems = async () => {
    const draft = await withWaitingItems(inForceOf(server), server.parts.editions);
    return draft === null ? "all" : draft.learned.items;
  };
  clock.nowMs += 7 * 86_400_000 - 1;
  expect(await learnedItems()).toBe("all");
  clock.nowMs += 1;
  expect(await learnedItems()).toEqual(items.slice(1).map(({ item }) => item));
  // Back in time: it never left.
  await importInto(server, items);
  expect(await learnedItems()).toBe("all");
  // And when it goes again its days begin again.
  await importInto(server, items.slice(1));
  expect(await learnedItems()).toBe("all");
});

test("new items join at the next round with what content predicts; until then they rank by the same", async () => {
  const { server } = await openTrained();
  const fresh = catalogueOf(34).slice(30);
  await importInto(server, [...items, ...fresh]);
  const waiting = inForceOf(server);
  expect(waiting.parts.factors.part.items).toHaveLength(30);
  const draft = await withWaitingItems(waiting, server.parts.editions);
  if (draft === null) throw new Error("expected items that wait");
  await server.parts.editions.publish(draft, "nothing learned");
  const joined = inForceOf(server);
  expect(joined.parts.factors.part.items).toEqual([...items, ...fresh].map(({ item }) => item));
  expect(joined.parts.predicted).toBeNull();
  for (const { item } of [...items, ...fresh]) {
    expect(knownOf(joined, item).factors).toEqual(knownOf(waiting, item).factors);
    expect(knownOf(joined, item).share).toBeCloseTo(knownOf(waiting, item).share, 3);
  }
});

test("a training leaves catalogue and content as they are; an item that waits and is in no log goes on being predicted", async () => {
  const { server } = await openTrained();
  await importInto(server, [...items, { item: "late", title: "red mug clock", categories: [] }]);
  const before = inForceOf(server);
  const after = await trained(server, 1);
  const { catalogue, content, factors } = refsOf(after);
  expect({ catalogue, content }).toEqual({
    catalogue: refsOf(before).catalogue,
    content: refsOf(before).content,
  });
  expect(factors).not.toEqual(refsOf(before).factors);
  expect(knownOf(after, "late").share).toBeGreaterThan(0);
  expect(knownOf(after, "late").factors.some((value) => value !== 0)).toBe(true);
});

test("what part of an expected share new items have is what ranks best for people held out, and imports go on with it", async () => {
  const { server } = await openTrained();
  const { editions } = server.parts;
  const late = { item: "late", title: "red mug clock", categories: [] };
  const expectedShare = async () => {
    await importInto(server, [...items, late]);
    const { share } = knownOf(inForceOf(server), "late");
    await importInto(server, items);
    return share;
  };
  const half = await expectedShare();
  expect(half).toBeGreaterThan(0);
  const rounds = [
    { best: "none", wanted: 0 },
    { best: "half", wanted: half },
    { best: "none", wanted: 0 },
    { best: "not measured", wanted: 0 },
  ];
  for (const [round, { best, wanted }] of rounds.entries()) {
    const asIfNew: number[] = [];
    const gate = {
      judge: async (models: readonly JoinedModel[]): Promise<Verdict> => ({
        ...measured,
        verdict: "better or equal",
        variants: models.map(() => 0.5),
      }),
      preferred: async (models: readonly JoinedModel[]) => {
        for (const [at, { waiting = new Uint8Array(), popularity }] of models.entries()) {
          const rows = [...waiting.keys()].filter((row) => waiting[row] === 1);
          asIfNew.push(rows.length);
          // First with some of what content lets expect, then with none.
          for (const row of rows) expect(popularity[row] > 0).toBe(at === 0);
        }
        return best === "not measured" ? null : best === "half" ? 0 : 1;
      },
      stages: async () => ({ state: "not measured", people: 0 }) as const,
    };
    const inForce = inForceOf(server);
    const { draft } = await judged(
      { inForce, editions, gate },
      { learned: inForce.learned, round: round + 2, origin: "round" },
    );
    await editions.publish(await draft(), "learned");
    expect(asIfNew).toHaveLength(2);
    expect(asIfNew[0]).toBeGreaterThan(0);
    expect(await expectedShare()).toBeCloseTo(wanted, 6);
  }
});

test("a candidate that passes is not lost when it would not pass with what new items are to have", async () => {
  const { server } = await openTrained();
  const { editions } = server.parts;
  const inForce = inForceOf(server);
  const verdicts: Verdict[] = [
    { ...measured, verdict: "better or equal", variant: 1, variants: [0.4, 0.5, 0.3] },
    { ...measured, verdict: "refused", why: "worse-than-in-force", variants: [0.2] },
  ];
  const asked = { learned: inForce.learned, round: 2, origin: "round" } as const;
  const judgedBy = (answers: readonly Verdict[]) => {
    const left = [...answers];
    const judge = async () => left.shift() ?? { verdict: "not measured" as const, variant: 0 };
    return judged(
      {
        inForce,
        editions,
        gate: {
          judge,
          preferred: async () => 1,
          stages: async () => ({ state: "not measured", people: 0 }) as const,
        },
      },
      asked,
    );
  };
  const kept = await judgedBy(verdicts);
  expect(kept.verdict).toEqual(verdicts[0]);
  expect((await kept.draft()).settings.newItemWeight).toBe(0.5);
  const better = { ...measured, verdict: "better or equal", candidate: 0.45, variants: [0.45] } as const;
  const taken = await judgedBy([verdicts[0], better]);
  expect(taken.verdict).toMatchObject({ variant: 1, candidate: 0.45, variants: [0.4, 0.45, 0.3] });
  expect((await taken.draft()).settings.newItemWeight).toBe(0);
});

test("before anything is learned, a catalogue of other items begins anew; one that grows a little does not", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const first = refsOf(inForceOf(server)).factors;
  await importInto(server, catalogueOf(40));
  expect(refsOf(inForceOf(server)).factors).toEqual(first);
  await importInto(server, catalogueOf(100).slice(40));
  expect(inForceOf(server).learned.items).toHaveLength(60);
});

test("factors of another length begin anew, with the counts that are known", async () => {
  const { server, before } = await openTrained();
  await importInto(server, items, { dim: 5 });
  const after = inForceOf(server);
  expect(after.parts.factors.part).toMatchObject({ dim: 5, round: 0, items: before.learned.items });
  expect(after.learned.counts).toEqual(before.learned.counts);
  expect(after.edition.model.factorScale).toBe(0);
  await server.parts.cycle.openNext();
  const [task] = (await tasksOf(server.app)).tasks;
  expect(task.settings).toMatchObject({ dim: 5, factors: after.parts.factors.ref.id });
});

test("content is fitted anew on request, in another space, and then what content predicts follows", async () => {
  const { server } = await openTrained();
  const late = { item: "late", title: "tin heart bird", categories: [] };
  await importInto(server, [...items, late]);
  const before = inForceOf(server);
  const { isNew } = await importInto(server, [...items, late], { refit: true });
  const after = inForceOf(server);
  expect(isNew).toBe(true);
  expect(after.space).not.toBe(before.space);
  expect(after.parts.content).toHaveLength(1);
  expect(refsOf(after)).toMatchObject({
    factors: refsOf(before).factors,
    catalogue: refsOf(before).catalogue,
  });
  // Fitted to the same items again it is the same space.
  expect((await importInto(server, [...items, late], { refit: true })).isNew).toBe(false);
});

test("daily imports during a round: it ends with all its reports, and learned items keep their factors until then", async () => {
  const days = 10;
  const shop = catalogueOf(60);
  const server = await openServer(
    testConfig(temporaryDirectory(), { round: { minBatch: 4, maxBatch: 400 } }),
  );
  await importInto(server, shop.slice(0, 50));
  await trained(server);
  await server.parts.cycle.openNext();
  const tasks = await tasksOf(server.app);
  const { factors } = refsOf(inForceOf(server));
  for (let day = 0; day < days; day++) {
    const feed = shop.slice(day, 50 + day).map((one) => ({ ...one, price: day + 1 }));
    await importInto(server, feed);
    expect(refsOf(inForceOf(server)).factors).toEqual(factors);
    for (let k = 0; k < 20; k++) {
      const report = await reportOf({ tasks, block: k % 5, values: personsValues(tasks, k % 5) });
      expect((await post(server.app, report)).state).toBe("accepted");
    }
  }
  expect((await tasksOf(server.app)).answer.tasks).toEqual(tasks.answer.tasks);
  await server.parts.cycle.closeNow();
  const { counted } = await server.parts.leaderStore
    .selectFrom("batches")
    .select(({ fn }) => fn.sum<number>("counted").as("counted"))
    .executeTakeFirstOrThrow();
  expect(counted).toBe(20 * days);
  // The next round is about all items of now, and those that left lately.
  expect(new Set(inForceOf(server).learned.items)).toEqual(
    new Set(shop.slice(0, 50 + days - 1).map(({ item }) => item)),
  );
});

const forms = ["bytes", "brotli", "gzip"] as const;

/** Where a bit of the medium turns: how far in a form, and which bit there. */
const turned = fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), bit: fc.nat(7) });
type Turned = typeof turned extends fc.Arbitrary<infer Value> ? Value : never;

/** A bit that turned in each form named. */
function turnBits(server: TestServer, id: string, damaged: readonly string[], { share, bit }: Turned) {
  return changeForms(server, id, damaged, (bytes) => {
    bytes[Math.min(bytes.length - 1, Math.floor(share * bytes.length))] ^= 1 << bit;
  });
}

/** Nothing of it is left: not every bit of a compressed form carries something. */
function ruin(server: TestServer, id: string) {
  return changeForms(server, id, forms, (bytes) => void bytes.fill(0));
}

async function changeForms(
  { parts: { leaderStore } }: TestServer,
  id: string,
  damaged: readonly string[],
  changeInPlace: (bytes: Uint8Array) => void,
) {
  const part = await leaderStore
    .selectFrom("parts")
    .select(forms)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  for (const form of forms.filter((one) => damaged.includes(one))) {
    const bytes = Uint8Array.from(part[form]);
    changeInPlace(bytes);
    await leaderStore
      .updateTable("parts")
      .set({ [form]: bytes })
      .where("id", "=", id)
      .execute();
  }
}

/** A part in all three codings, as it is served. */
async function servedForms({ app }: TestServer, id: string) {
  const codings = { bytes: "identity", brotli: "br", gzip: "gzip" } as const;
  return Promise.all(
    forms.map(async (form) => {
      const headers = { "accept-encoding": codings[form] };
      const body = Buffer.from(await (await app.request(`/v1/parts/${id}`, { headers })).arrayBuffer());
      const open = { bytes: (same: Buffer) => same, brotli: brotliDecompressSync, gzip: gunzipSync };
      return open[form](body);
    }),
  );
}

test("whichever bit turns in a stored part, at the start or later, no other bytes are served than its name says", async () => {
  const config = testConfig(temporaryDirectory());
  const server = { now: await openServer(config) };
  const old = inForceOf(server.now).parts.catalogue.ref.id;
  await importInto(server.now, catalogueOf(31));
  const { sequence, parts } = inForceOf(server.now);
  const ids = [old, parts.catalogue.ref.id];
  const stored = server.now.parts.leaderStore.selectFrom("parts").selectAll().where("id", "in", ids);
  const whole = await stored.execute();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ids),
      fc.subarray([...forms], { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      turned,
      async (part, damaged, again, where) => {
        for (const one of whole) await replacePart(server.now.parts.leaderStore, one);
        // What is in force is served from memory: read again only at a start.
        const isBefore = again || part !== old;
        if (isBefore) await turnBits(server.now, part, damaged, where);
        await server.now.parts.close();
        server.now = await openServer(config);
        if (!isBefore) await turnBits(server.now, part, damaged, where);
        for (const body of await servedForms(server.now, part)) {
          expect(createHash("sha256").update(body).digest("hex")).toBe(part);
        }
        // Nothing had to be put in force for it.
        expect(inForceOf(server.now).sequence).toBe(sequence);
      },
    ),
    { numRuns: 25 },
  );
  // Where nothing of it is left it is not there.
  await server.now.parts.close();
  server.now = await openServer(config);
  await ruin(server.now, old);
  const gone = await server.now.app.request(`/v1/parts/${old}`);
  expect(gone.status).toBe(404);
});

test("asking for a part writes nothing: what was mended or lost is put right with what is published next", async () => {
  const config = testConfig(temporaryDirectory());
  const first = await openServer(config);
  const ids = [inForceOf(first).parts.catalogue.ref.id];
  for (const count of [31, 32]) {
    await importInto(first, catalogueOf(count));
    ids.push(inForceOf(first).parts.catalogue.ref.id);
  }
  await first.parts.close();
  const server = await openServer(config);
  const stored = () =>
    server.parts.leaderStore.selectFrom("parts").selectAll().where("id", "in", ids).orderBy("id").execute();
  const whole = await stored();
  const [mendable, lost] = ids;
  await changeForms(server, mendable, ["brotli"], (bytes) => void bytes.fill(0));
  await ruin(server, lost);
  const before = await stored();
  for (const body of await servedForms(server, mendable)) {
    expect(createHash("sha256").update(body).digest("hex")).toBe(mendable);
  }
  expect((await server.app.request(`/v1/parts/${lost}`)).status).toBe(404);
  expect(await stored()).toEqual(before);
  await importInto(server, catalogueOf(33));
  const after = await stored();
  expect(after).toEqual(whole.filter(({ id }) => id !== lost));
});

test("the parts asked for last are read from the store once, and no part that is pruned is served", async () => {
  const config = testConfig(temporaryDirectory(), { catalogue: { keepEditions: 3 } });
  const first = await openServer(config);
  const old = inForceOf(first).parts.catalogue.ref.id;
  await importInto(first, catalogueOf(31));
  await first.parts.close();
  const server = await openServer(config);
  const ask = (range: string) => server.app.request(`/v1/parts/${old}`, { headers: { range } });
  const [whole] = await servedForms(server, old);
  // Nothing of it is left in the store, and nobody looks.
  await ruin(server, old);
  const some = await ask("bytes=0-3");
  expect(some.status).toBe(206);
  expect(Buffer.from(await some.arrayBuffer())).toEqual(whole.subarray(0, 4));
  for (const count of [32, 33, 34, 35]) await importInto(server, catalogueOf(count));
  expect((await ask("bytes=0-3")).status).toBe(404);
});

test("a catalogue that comes again is whole again, though what is stored of it is damaged", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const old = inForceOf(server).parts.catalogue.ref.id;
  await importInto(server, catalogueOf(31));
  await ruin(server, old);
  await importInto(server, catalogueOf(30));
  expect(inForceOf(server).parts.catalogue.ref.id).toBe(old);
  for (const body of await servedForms(server, old)) {
    expect(createHash("sha256").update(body).digest("hex")).toBe(old);
  }
});

interface Listed {
  readonly sequence: number;
  readonly edition: Edition;
}

const lists = ({ edition }: Listed, id: string) => edition.parts.some((part) => part.id === id);

/** Ways to damage an edition so that it cannot be mended, and whether they leave another as it was. */
const damages = {
  "a part": {
    damage: (server: TestServer, { parts }: InForce) => ruin(server, parts.catalogue.ref.id),
    left: (one: Listed, { parts }: InForce) => !lists(one, parts.catalogue.ref.id),
  },
  "what was learned": {
    damage: async ({ parts: { leaderStore } }: TestServer, { parts }: InForce) => {
      const state = Uint8Array.from({ length: 900 }, (_, k) => k % 7);
      const { id } = parts.factors.ref;
      await leaderStore.updateTable("learned").set({ state }).where("factors", "like", `${id}:%`).execute();
    },
    left: (one: Listed, { parts }: InForce) => !lists(one, parts.factors.ref.id),
  },
  "its document": {
    damage: async ({ parts: { leaderStore } }: TestServer, { sequence }: InForce) => {
      const document = "{}";
      await leaderStore.updateTable("editions").set({ document }).where("sequence", "=", sequence).execute();
    },
    left: (one: Listed, { sequence }: InForce) => one.sequence !== sequence,
  },
};

test.each(Object.entries(damages))(
  "an edition of which %s is damaged beyond mending is found at the start: the one before comes into force, in a new one",
  async (_what, { damage, left }) => {
    const config = testConfig(temporaryDirectory());
    const first = await openServer(config);
    await importInto(first, catalogueOf(31));
    await trained(first);
    await importInto(first, catalogueOf(32));
    await trained(first, 1);
    const damaged = inForceOf(first);
    const rows = (await first.parts.editions.list()).toReversed();
    const published = rows
      .filter(({ state }) => state === "published")
      .map(({ sequence, signed }) => ({ sequence, edition: parseEdition(JSON.parse(signed.document)) }));
    await damage(first, damaged);
    await first.parts.close();
    const lines: string[] = [];
    const second = await openServer(config, { log: (event) => lines.push(event) });
    const now = inForceOf(second);
    expect(lines).toContain("edition damaged");
    expect(now.sequence).toBe(damaged.sequence + 1);
    const before = published.findLast((one) => left(one, damaged));
    expect(before?.sequence).toBeGreaterThan(1);
    expect(now.edition.parts).toEqual(before?.edition.parts);
    // The same catalogue again is whole again.
    await importInto(second, catalogueOf(32));
    const { id } = inForceOf(second).parts.catalogue.ref;
    expect(id).toBe(damaged.parts.catalogue.ref.id);
    expect((await second.app.request(`/v1/parts/${id}`)).status).toBe(200);
  },
);

test("an edition with a damaged part is not put in force again, and the operator is told which part it is", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const old = inForceOf(server);
  await importInto(server, catalogueOf(31));
  const { id } = old.parts.catalogue.ref;
  await ruin(server, id);
  const before = inForceOf(server);
  const response = await admin(server.app, "POST", `/editions/${old.id}/publish`);
  expect(response.status).toBe(409);
  const { type, detail } = await response.json();
  expect(type).toMatch(/damaged-edition$/);
  expect(detail).toContain(id.slice(0, 12));
  expect(inForceOf(server)).toBe(before);
});

test("additions to content stay few, and rows stay as they are, however often the catalogue changes", async () => {
  const server = await openServer(testConfig(temporaryDirectory()));
  const shop = catalogueOf(130);
  const rowsOf = new Map<string, unknown>();
  for (let day = 0; day < 40; day++) {
    const feed = shop.slice(2 * day, 2 * day + 50);
    await importInto(server, feed);
    const now = inForceOf(server);
    expect(now.parts.content.length).toBeLessThanOrEqual(5);
    const rows = now.parts.content.reduce((sum, { part }) => sum + part.items.length, 0);
    expect(rows).toBeLessThanOrEqual(100);
    for (const { item } of feed) {
      const { content } = knownOf(now, item);
      expect(content).toEqual(rowsOf.get(item) ?? content);
      rowsOf.set(item, content);
    }
  }
  expect(rowsOf.size).toBe(128);
});

test("what no reader would take is not published", async () => {
  const empty = await openParts(testConfig(temporaryDirectory()));
  onTestFinished(() => empty.close());
  await expect(publishCatalogue(empty.editions, items, { ...settings, dim: 1100 })).rejects.toThrow(
    /must be <=1024.*, got 1100/,
  );
  expect(empty.editions.inForce).toBe(null);
});

test("the edition that browsers with pins take is kept while the helper is away, whatever is imported", async () => {
  const config = testConfig(temporaryDirectory(), { catalogue: { contentDim: 8, keepEditions: 2 } });
  const way = { isCut: false };
  const server = await openServer(config, {
    throughHelper: (helper) => ({
      keys: () => helper.keys(),
      log: () => helper.log(),
      chunk: (request) => helper.chunk(request),
      close: (request) => helper.close(request),
      vouch: (request) => (way.isCut ? Promise.reject(new Error("away")) : helper.vouch(request)),
    }),
  });
  const vouched = inForceOf(server);
  const served = async () => (await (await server.app.request("/v1/edition")).json()).edition;
  expect(await served()).toEqual(vouched.signed);
  way.isCut = true;
  for (const price of [1, 2, 3])
    await importInto(
      server,
      items.map((item) => ({ ...item, price })),
    );
  expect(inForceOf(server).sequence).toBe(vouched.sequence + 3);
  expect(await served()).toEqual(vouched.signed);
  way.isCut = false;
  await server.parts.cycle.openNext();
  expect(await served()).toEqual(inForceOf(server).signed);
  await importInto(
    server,
    items.map((item) => ({ ...item, price: 4 })),
  );
  expect((await server.parts.editions.list()).map(({ id }) => id)).not.toContain(vouched.id);
});
