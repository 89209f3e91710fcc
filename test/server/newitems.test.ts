/**
 * Items that an import adds to a shop that learned from logs: like those of their kind, shown to who buys the
 * kind, and no disturbance to what is there.
 */
import { describe, expect, test } from "vitest";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import type { Model } from "../../worker/rank/model.ts";
import { forYou, similar, trending } from "../../worker/rank/recommend.ts";
import { CommandShop } from "./commandshop.ts";

interface Product {
  readonly id: string;
  readonly title: string;
}

const kinds = ["mug", "lamp", "clock", "vase", "scarf", "kettle", "basket", "candle"];
const styles = ["retro", "heart", "bird", "moon", "star"];
const letters = "abcdefghijklmnopqrstuvwxyz";

/** The k-th product: of kind k mod 8, under an id that says nothing. */
function productOf(k: number): Product {
  const id = `${letters[(k * 7) % 26]}${letters[(k * 5) % 19]}${k}`;
  return { id, title: `${kinds[k % 8]} ${styles[(k * 3) % 5]}` };
}
const productsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, k) => productOf(first + k));

const old = productsFrom(0, 160);
/** 240 people, each with eight things of one kind. */
const log = Array.from({ length: 240 * 8 }, (_, line) => {
  const person = Math.floor(line / 8);
  return `u${person},${old[(person % 8) + 8 * ((person * 7 + (line % 8) * 3) % 20)].id},1`;
});

async function learnedShop(): Promise<CommandShop> {
  const shop = new CommandShop();
  await shop.import(old);
  expect((await shop.train(log)).status).toBe(0);
  return shop;
}

/** What somebody is shown who bought three old things of a kind: as many places as the kind has others. */
function shelfOf(model: Model, kind: number, places: number) {
  const nowMs = Date.now();
  const events = [0, 3, 6].map((j) => {
    const { id } = old[kind + 8 * j];
    return { id: `e${j}`, kind: "purchase" as const, item: id, atMs: nowMs - 1000 };
  });
  return forYou(model, new JournalProfile(model.ranking, { events, nowMs }), { count: places, nowMs });
}

const middle = (fresh: readonly Product[]) => [...old.slice(0, 77), ...fresh, ...old.slice(77)];

describe("new items of known kinds", () => {
  test.each<[string, number, (fresh: readonly Product[]) => readonly (readonly Product[])[]]>([
    ["one of each kind, first in the file", 8, (fresh) => [[...fresh, ...old]]],
    ["five of each kind, in the middle", 40, (fresh) => [middle(fresh)]],
    ["as many as there were", 160, (fresh) => [[...old, ...fresh]]],
    [
      "over three imports, the last in another order",
      48,
      (fresh) => [
        [...old, ...fresh.slice(0, 16)],
        [...fresh.slice(0, 32), ...old],
        [...fresh, ...old.toReversed()],
      ],
    ],
    [
      "while half of the old ones are out of stock",
      40,
      (fresh) => [[...old.filter((_, k) => k % 16 < 8 || k < 56), ...fresh]],
    ],
  ])("%s, are like their kind and shown to who buys it", async (_what, count, feedsOf) => {
    const shop = await learnedShop();
    const fresh = productsFrom(500 * 8, count);
    const feeds = feedsOf(fresh);
    for (const feed of feeds) expect((await shop.import(feed)).status).toBe(0);
    const model = await shop.model();
    const kindOf = new Map([...old, ...fresh].map(({ id, title }) => [id, title.split(" ")[0]]));
    const near = fresh.flatMap(({ id }) =>
      similar(model, id, { count: 8 }).map(({ item }) => kindOf.get(item) === kindOf.get(id)),
    );
    expect(near.length).toBe(8 * count);
    expect(near.filter((isSame) => isSame).length).toBeGreaterThanOrEqual(0.75 * near.length);

    const isNew = new Set(fresh.map(({ id }) => id));
    let shown = 0;
    for (const [kind, name] of kinds.entries()) {
      const last = feeds[feeds.length - 1];
      const places = last.filter(({ title }) => title.startsWith(name)).length - 3;
      shown += shelfOf(model, kind, places).filter(
        ({ item }) => isNew.has(item) && kindOf.get(item) === name,
      ).length;
    }
    expect(shown).toBeGreaterThanOrEqual(0.75 * count);
    // Some of what their like have, and never the most.
    const wanted = trending(model, { count: 400 });
    const scores = wanted.filter(({ item }) => isNew.has(item)).map(({ score }) => score);
    expect(scores.length).toBe(count);
    expect(Math.min(...scores)).toBeGreaterThan(0);
    expect(Math.max(...scores)).toBeLessThan(wanted[0].score);
  });
});

describe("new items that nothing is known of", () => {
  test.each([
    ["in words that no other item has", (k: number) => `quux${k} zork${k}`],
    ["in another script", (k: number) => `陶瓷 ${"一二三四五六七八九十"[k % 10]}号`],
    ["by a number alone", (k: number) => String(90_000 + k)],
    ["by the same words all of them", () => "new arrival"],
  ])(
    "%s, leave the others where they are, on lists of like items and on a buyer's shelf",
    async (_what, titleOf) => {
      const shop = await learnedShop();
      const before = await shop.model();
      const fresh = Array.from({ length: 40 }, (_, k) => ({ id: `new${k}`, title: titleOf(k) }));
      await shop.import(middle(fresh));
      const after = await shop.model();
      const isNew = new Set(fresh.map(({ id }) => id));
      /** Every old item's score, on the lists of similar ones and on the shelf of a buyer. */
      const scoresIn = (list: readonly { readonly item: string; readonly score: number }[]) =>
        new Map(list.flatMap(({ item, score }) => (isNew.has(item) ? [] : [[item, score] as const])));
      const lists = (model: Model) => [
        ...old.slice(0, 16).map(({ id }) => similar(model, id, { count: 200 })),
        ...kinds.map((_, kind) => shelfOf(model, kind, 200)),
      ];
      const now = lists(after).map(scoresIn);
      for (const [at, expected] of lists(before).map(scoresIn).entries()) {
        expect([...now[at].keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [item, score] of expected) expect(now[at].get(item)).toBeCloseTo(score, 1);
      }
      for (const kind of kinds.keys())
        expect(shelfOf(after, kind, 12).some(({ item }) => isNew.has(item))).toBe(false);
    },
  );
});
