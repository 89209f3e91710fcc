/**
 * What the next catalogue of a shop leaves with its items: out of stock and back, in any other order, and the same
 * catalogues in turns, with roll backs and restarts between them.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CatalogueItem } from "../../server/publishing/import/itemvalues.ts";
import type { InForce } from "../../server/publishing/inforce.ts";
import { admin, catalogueOf, inForceOf, openServer, temporaryDirectory, testConfig } from "./harness.ts";
import { importInto, items, knownOf, openTrained, refsOf, trained } from "./trainedserver.ts";

const brandNew = (item: string): CatalogueItem => ({ item, title: "a retro bird clock", categories: [] });
const without = (...rows: readonly number[]) => items.filter((_, row) => !rows.includes(row));
const renamed = (item: CatalogueItem): CatalogueItem => ({ ...item, title: "blue tin lamp", price: 9 });

/** Whatever happened between. Rows of content are the same, in whichever parts they stand now. */
function expectAsBefore(now: InForce, before: InForce): void {
  const { content: _now, ...refs } = refsOf(now);
  const { content: _before, ...expected } = refsOf(before);
  expect(refs).toEqual(expected);
  for (const { item } of items) expect(knownOf(now, item)).toEqual(knownOf(before, item));
}

describe("out of stock and back: what ranks an item comes back with it", () => {
  test.each<[string, readonly (readonly CatalogueItem[])[]]>([
    ["out of two imports after each other", [without(4), without(4, 5)]],
    ["half a catalogue out", [items.slice(0, 15)]],
    ["the other half out the next day", [items.slice(0, 15), items.slice(15)]],
    ["all but one out", [items.slice(29)]],
    ["each out for a day", items.map((_, row) => without(row))],
    [
      "out while others come",
      [
        [...without(0, 1), brandNew("x")],
        [...without(0), brandNew("y")],
      ],
    ],
    ["all out, and a season of others in", [catalogueOf(60).slice(30)]],
    ["there, but not to be had", [items.map((item) => ({ ...item, available: false }))]],
  ])("%s", async (_what, feeds) => {
    const { server, before } = await openTrained();
    for (const feed of feeds) {
      await importInto(server, feed);
      // Who stays keeps what it has, while the others are away.
      for (const { item } of feed.filter(({ item }) => before.learned.items.includes(item)))
        expect(knownOf(inForceOf(server), item)).toEqual(knownOf(before, item));
    }
    await importInto(server, items);
    expectAsBefore(inForceOf(server), before);
  });

  test("back under another title and price: learned factors and share are those of the id", async () => {
    const { server, before } = await openTrained();
    await importInto(server, without(2, 3));
    await importInto(
      server,
      items.map((item, row) => (row === 2 ? renamed(item) : item)),
    );
    const after = inForceOf(server);
    const { content, ...learned } = knownOf(after, "item-2");
    expect(content).not.toEqual(knownOf(before, "item-2").content);
    expect(learned).toEqual({
      factors: knownOf(before, "item-2").factors,
      share: knownOf(before, "item-2").share,
    });
    expect(knownOf(after, "item-3")).toEqual(knownOf(before, "item-3"));
    expect(after.parts.predicted).toBeNull();
  });

  test("out while the shop trains again on the same logs: back with what these say, predicted in no part", async () => {
    const { server, before } = await openTrained();
    await importInto(server, without(0, 7));
    await trained(server);
    await importInto(server, items);
    const after = inForceOf(server);
    expect(after.parts.predicted).toBeNull();
    expect(after.learned.items).toEqual(before.learned.items);
    for (const { item } of items) expect(knownOf(after, item)).toEqual(knownOf(before, item));
  });

  test("out and in as it comes, for as many days as a seed says", async () => {
    const { server, before } = await openTrained();
    const day = fc.subarray([...items], { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 4 }), async (feeds) => {
        for (const feed of feeds) await importInto(server, feed);
        await importInto(server, items);
        expectAsBefore(inForceOf(server), before);
      }),
      { seed: 41, numRuns: 12 },
    );
  });
});

describe("a catalogue in another order: what is known stays with its item, byte for byte", () => {
  const someOrder = fc.shuffledSubarray([...items], { minLength: items.length });
  const inserted = fc.array(fc.nat(items.length), { maxLength: 5 });

  test("shuffled, with items inserted first, last and between, the table's own part alone is another", async () => {
    const { server, before } = await openTrained();
    const { factors, popularity } = refsOf(before);
    await fc.assert(
      fc.asyncProperty(someOrder, inserted, async (order, places) => {
        const feed = [...order];
        for (const [k, place] of places.entries()) feed.splice(place, 0, brandNew(`new-${k}`));
        await importInto(server, feed);
        const after = inForceOf(server);
        expect(after.model.catalogue.map(({ item }) => item)).toEqual(feed.map(({ item }) => item));
        expect(refsOf(after)).toMatchObject({ factors, popularity });
        for (const { item } of items) expect(knownOf(after, item)).toEqual(knownOf(before, item));
        // What is new is known by its id, too, wherever it stands.
        const fresh = places.map((_, k) => knownOf(after, `new-${k}`));
        for (const one of fresh) expect(one).toEqual(fresh[0]);
      }),
      {
        seed: 42,
        numRuns: 20,
        examples: [
          [[...items], [0]],
          [[...items], [15]],
          [[...items], [30]],
          [items.toReversed(), [0, 15, 30]],
          [[...items.slice(1), items[0]], []],
        ],
      },
    );
  });
});

describe("catalogues in turns", () => {
  const shops = {
    A: items,
    B: without(0),
    C: [...items.toReversed(), brandNew("zzz")],
    D: items.map((item) => ({ ...item, price: 3 })),
  };
  type Name = keyof typeof shops;
  const json = (name: Name) =>
    JSON.stringify(shops[name].map(({ item, ...rest }) => ({ id: item, ...rest })));

  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        act: fc.constant("import" as const),
        name: fc.constantFrom(...(Object.keys(shops) as Name[])),
      }),
    },
    { weight: 2, arbitrary: fc.record({ act: fc.constant("roll back" as const), back: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("restart" as const) }) },
  );
  const imports = (names: string) =>
    [...names].map((name) => ({ act: "import" as const, name: name as Name }));
  const back = (by: number) => ({ act: "roll back" as const, back: by });
  const restart = { act: "restart" as const };

  test("each is answered, and the right one is in force, over roll backs and restarts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 9 }), async (steps) => {
        const config = testConfig(temporaryDirectory(), { catalogue: { contentDim: 8, keepEditions: 30 } });
        let server = await openServer(config);
        const shopOf = new Map<number, Name>();
        const publish = async (name: Name) => {
          const isSame = shopOf.get(inForceOf(server).sequence) === name;
          const answer = await admin(server.app, "POST", "/catalogue", json(name));
          expect([answer.status, (await answer.json()).isNew]).toEqual([200, !isSame]);
          return name;
        };
        const rollBack = async (by: number) => {
          const { editions } = await (await admin(server.app, "GET", "/editions")).json();
          const { id, sequence } = editions[by % shopOf.size];
          expect((await admin(server.app, "POST", `/editions/${id}/publish`)).status).toBe(200);
          return shopOf.get(sequence);
        };
        let name: Name | undefined = "D";
        await publish(name);
        shopOf.set(inForceOf(server).sequence, name);
        for (const one of steps) {
          if (one.act === "import") name = await publish(one.name);
          else if (one.act === "roll back") name = await rollBack(one.back);
          else {
            await server.parts.close();
            server = await openServer(config);
          }
          const now = inForceOf(server);
          if (name === undefined) throw new Error("expected an edition of one of the shops");
          shopOf.set(now.sequence, name);
          expect(now.model.catalogue.map(({ item, price }) => [item, price])).toEqual(
            shops[name].map(({ item, price }) => [item, price]),
          );
          const { edition } = await (await server.app.request("/v1/edition")).json();
          expect(edition).toEqual(now.signed);
        }
        await server.parts.close();
      }),
      {
        seed: 43,
        numRuns: 12,
        examples: [
          [imports("ABAB")],
          [[...imports("AB"), back(1), ...imports("B"), back(1), ...imports("AA")]],
          [[...imports("ABA"), restart, ...imports("A"), back(1), restart, ...imports("B")]],
          [[...imports("A"), back(0), back(0), restart, back(2), ...imports("DCD")]],
        ],
      },
    );
  });
});
