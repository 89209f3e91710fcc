import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { type EventKind, eventKinds, type TacitEvent } from "../../core/events/event.ts";
import { weightOf } from "../../core/events/tastes.ts";
import { dayMs } from "../../core/time.ts";
import { explain, forYou, goesWith, similar, trending } from "../../worker/rank/recommend.ts";
import { numbersOf } from "../core/numbers.ts";
import { modelOf } from "../model.ts";
import { closeDevice, closeDevices, device, eventOf, freshDatabase, until } from "./device.ts";
import { fakeServer } from "./fakeserver.ts";
import { profileOf } from "./profileof.ts";
import { itemId, noonMs, shopModel } from "./shop.ts";

afterEach(closeDevices);

const published = shopModel();
const model = modelOf(published);

const people = fc.array(
  fc.record({
    kind: fc.constantFrom(...eventKinds),
    // Some items are unknown to the model.
    row: fc.integer({ min: 0, max: published.items + 5 }),
    age: fc.integer({ min: 0, max: 400 }),
  }),
  { maxLength: 30 },
);

interface Act {
  readonly kind: EventKind;
  readonly row: number;
  readonly age: number;
}

function journalOf(acts: readonly Act[]): readonly TacitEvent[] {
  return acts
    .map(({ kind, row, age }) => eventOf(kind, row, noonMs - age * dayMs))
    .sort((a, b) => a.atMs - b.atMs);
}

const profileFor = (events: readonly TacitEvent[]) => profileOf({ model, events, nowMs: noonMs });
const sumOf = (reasons: readonly { readonly contribution: number }[]) =>
  reasons.reduce((sum, { contribution }) => sum + contribution, 0);
const magnitudeOf = (reasons: readonly { readonly contribution: number }[]) =>
  reasons.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0);

/** The same but for the last digits of numbers: what grew step by step is rounded in another order. */
function expectSame(got: unknown, wanted: unknown): void {
  const cut = (_: string, value: unknown) => (typeof value === "number" ? value.toPrecision(10) : value);
  expect(JSON.parse(JSON.stringify(got, cut))).toEqual(JSON.parse(JSON.stringify(wanted, cut)));
}

describe("reasons", () => {
  test("sum to the score, for every item of every person, recommended or not", () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 0, max: published.items - 1 }), (acts, row) => {
        const profile = profileFor(journalOf(acts));
        for (const { score, reasons } of [
          ...forYou(model, profile, { count: 5 }),
          explain(model, profile, itemId(row)),
        ]) {
          expect(Math.abs(sumOf(reasons) - score)).toBeLessThanOrEqual(1e-9 * magnitudeOf(reasons));
        }
      }),
      { numRuns: 300 },
    );
  });

  test("beyond nineteen are one in a list, all of them in an explanation, and the sum is the same", () => {
    const events = Array.from({ length: 45 }, (_, k) =>
      eventOf("view", k % 12, noonMs - (k + 1) * 3_600_000),
    );
    const profile = profileFor(events);
    const [best] = forYou(model, profile, { count: 1 });
    expect(best.reasons).toHaveLength(20);
    expect(best.reasons.at(-1)).toMatchObject({ why: "others", events: 26 });
    const whole = explain(model, profile, best.item);
    expect(whole.reasons).toHaveLength(45);
    expect(best.reasons.slice(0, 19)).toEqual(whole.reasons.slice(0, 19));
    expect(sumOf(best.reasons)).toBeCloseTo(whole.score, 12);
  });

  test("name events of the journal, what speaks for the item first", () => {
    fc.assert(
      fc.property(people, (acts) => {
        const events = journalOf(acts);
        const ids = new Set(events.map(({ id }) => id));
        for (const { reasons } of forYou(model, profileFor(events), { count: 3 })) {
          for (const reason of reasons) expect(reason.why !== "event" || ids.has(reason.event)).toBe(true);
          const weights = reasons
            .filter(({ why }) => why === "event")
            .map(({ contribution }) => contribution);
          const sides = [weights.filter((weight) => weight > 0), weights.filter((weight) => weight <= 0)];
          expect(weights).toEqual([
            ...sides[0].toSorted((a, b) => b - a),
            ...sides[1].toSorted((a, b) => a - b),
          ]);
        }
      }),
    );
  });
});

describe("forYou", () => {
  test("follows what the person likes: before the crowd has spoken, by joint rows times the solved vector", () => {
    const model = modelOf({ ...published, popularity: new Float32Array(published.items) });
    const profile = profileOf({ model, events: [eventOf("share", 3), eventOf("like", 8)], nowMs: noonMs });
    const list = forYou(model, profile, { count: published.items, includeSeen: true });
    const { dim } = model.ranking.joint.rows;
    const rows = numbersOf(model.ranking.joint.rows);
    const vector = profile.solved?.userVector ?? new Float64Array(dim);
    const oracle = published.catalogue
      .map(({ item }, row) => ({
        item,
        score: vector.reduce((sum, value, k) => sum + value * rows[row * dim + k], 0),
      }))
      .sort((a, b) => b.score - a.score);
    expect(list.map(({ item }) => item)).toEqual(oracle.map(({ item }) => item));
    expect(new Set(list.slice(0, 2).map(({ item }) => item))).toEqual(new Set([itemId(3), itemId(8)]));
  });

  test("leaves out what was dealt with, unless asked; never returns what is disliked or excluded", () => {
    fc.assert(
      fc.property(people, fc.boolean(), fc.integer({ min: 0, max: 59 }), (acts, includeSeen, excluded) => {
        const events = journalOf(acts);
        const profile = profileFor(events);
        const exclude = [itemId(excluded), "unknown"];
        const list = forYou(model, profile, { count: published.items, includeSeen, exclude });
        const items = new Set(list.map(({ item }) => item));
        expect(items.has(itemId(excluded))).toBe(false);
        for (const { kind, item } of events) {
          if (includeSeen || kind === "impression" || kind === "hover" || kind === "click") continue;
          expect(items.has(item ?? "")).toBe(false);
        }
        for (const [row, item] of published.catalogue.map((card) => card.item).entries()) {
          if (profile.disliked[row] === 1) expect(items.has(item)).toBe(false);
          if (row === excluded || profile.disliked[row] === 1) continue;
          expect(items.has(item)).toBe(includeSeen || profile.seen[row] === 0);
        }
      }),
    );
  });

  test("once nothing else is left is of what was dealt with, marked so; never where that is refused", () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 1, max: published.items }), (acts, count) => {
        const profile = profileFor(journalOf(acts));
        const fresh = forYou(model, profile, { count: published.items, includeSeen: false });
        const few = fresh.slice(0, 2).map(({ item }) => item);
        const list = forYou(model, profile, { count, exclude: few });
        const others = forYou(model, profile, { count, exclude: few, includeSeen: false });
        expect(list).toEqual(others);
        const all = fresh.map(({ item }) => item);
        const nothingElse = { count, exclude: all };
        expect(forYou(model, profile, { ...nothingElse, includeSeen: false })).toEqual([]);
        const seen = forYou(model, profile, { ...nothingElse, includeSeen: true });
        expect(forYou(model, profile, nothingElse)).toEqual(seen.map((one) => ({ ...one, again: true })));
      }),
    );
  });

  test("asked for what is bought again is of what was bought alone, by its taste, with the acts behind it", () => {
    fc.assert(
      fc.property(people, fc.integer({ min: 0, max: 59 }), (acts, excluded) => {
        const events = journalOf(acts);
        const profile = profileFor(events);
        const exclude = [itemId(excluded)];
        const list = forYou(model, profile, { count: published.items, exclude, again: true });
        const count = (wanted: EventKind, of: string) =>
          events.filter(({ kind, item }) => kind === wanted && item === of).length;
        const tasteOf = new Map(
          Array.from(
            profile.tastes.items,
            (row, at) => [published.catalogue[row].item, profile.tastes.weights[at]] as const,
          ),
        );
        const wanted = published.catalogue
          .map(({ item }, row) => ({ item, row, taste: tasteOf.get(item) ?? 0 }))
          .filter(
            ({ item, row, taste }) =>
              count("purchase", item) > count("refund", item) && taste > 0 && profile.disliked[row] === 0,
          )
          .filter(({ item }) => !exclude.includes(item))
          .sort((a, b) => b.taste - a.taste || a.row - b.row);
        expect(list.map(({ item, score, again }) => ({ item, score, again }))).toEqual(
          wanted.map(({ item, taste }) => ({ item, score: taste, again: true })),
        );
        for (const { item, reasons } of list) {
          expect(reasons.every((reason) => reason.why === "event" && reason.item === item)).toBe(true);
          expect(reasons.length).toBe(
            events.filter((event) => event.item === item && weightOf(event, { nowMs: noonMs }) !== null)
              .length,
          );
        }
      }),
    );
  });

  test("of an item that was dealt with more often than a list names acts has the others as one", () => {
    const events = Array.from({ length: 30 }, (_, k) => ({ ...eventOf("purchase", 3), id: `p${k}` }));
    const [one] = forYou(model, profileFor(events), { again: true });
    expect(one.reasons).toHaveLength(20);
    expect(one.reasons.at(-1)).toMatchObject({ why: "others", events: 11 });
    const sum = one.reasons.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum).toBeCloseTo(one.score, 9);
  });

  test("an item is disliked as long as the latest opinion is against it, or it weighs below zero", () => {
    const marks = (...kinds: readonly EventKind[]) =>
      profileFor(kinds.map((kind, k) => eventOf(kind, 4, noonMs - dayMs + k))).disliked[4];
    expect(marks("purchase", "purchase", "dislike")).toBe(1);
    expect(marks("like", "dislike")).toBe(1);
    expect(marks("cart_add", "refund")).toBe(1);
    expect(marks("dislike", "like", "purchase")).toBe(0);
    expect(marks("view", "cart_add")).toBe(0);
  });

  test("is the trending list while nothing is liked", () => {
    const nothing = forYou(model, profileFor([eventOf("impression", 2), eventOf("view", "unknown")]), {});
    expect(nothing).toEqual(trending(model, {}));
    expect(nothing).toHaveLength(12);
    const disliking = forYou(model, profileFor([eventOf("dislike", 2)]), { count: 59 });
    expect(disliking).toEqual(trending(model, { count: 60, exclude: [itemId(2)] }));
  });

  test("refuses a count that is none", () => {
    for (const count of [0, -1, 1.5, Number.NaN]) {
      expect(() => forYou(model, profileFor([]), { count })).toThrow(
        `recommend: count must be a positive integer, got ${count}`,
      );
    }
  });
});

describe("trending", () => {
  test("is by popularity, with the share as its reason", () => {
    const shares = trending(model, { count: published.items }).map(({ score }) => score);
    expect(shares).toEqual(Array.from(published.popularity).sort((a, b) => b - a));
    expect(trending(model, { count: 1 })[0].reasons).toEqual([{ why: "popular", contribution: shares[0] }]);
  });

  test("is newest first without a crowd, catalogue order where there is no date", () => {
    const dates = [undefined, "2011-03-01", "2011-05-01T10:00:00Z", "soon", "2010-01-01"];
    const catalogue = dates.map((publishedAt, row) => ({
      item: itemId(row),
      title: "Thing",
      categories: [],
      ...(publishedAt === undefined ? {} : { publishedAt }),
    }));
    const popularity = new Float32Array(dates.length);
    const young = modelOf(shopModel({ items: 5, change: { catalogue, popularity } }));
    const list = trending(young, {});
    expect(list.map(({ item }) => item)).toEqual([2, 1, 4, 0, 3].map(itemId));
    expect(list.map(({ reasons }) => reasons[0].why)).toEqual([
      "new",
      "new",
      "new",
      "catalogue",
      "catalogue",
    ]);
    for (const { score, reasons } of list) expect(sumOf(reasons)).toBe(score);
    // What is dated later than now is not new yet, for whoever asks.
    const nowMs = Date.UTC(2011, 3);
    const early = trending(young, { nowMs });
    expect(early.map(({ item }) => item)).toEqual([1, 4, 0, 2, 3].map(itemId));
    expect(early.map(({ reasons }) => reasons[0].why).slice(2)).toEqual(Array(3).fill("catalogue"));
    expect(forYou(young, profileOf({ model: young, events: [], nowMs }), { nowMs })).toEqual(early);
  });
});

describe("similar", () => {
  test("is the cosine of the joint rows, without the item itself", () => {
    const list = similar(model, itemId(5), { count: published.items });
    const { dim } = model.ranking.joint.rows;
    const rows = numbersOf(model.ranking.joint.rows);
    const row = (i: number) => Array.from(rows).slice(i * dim, (i + 1) * dim);
    const inner = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, k) => sum + x * b[k], 0);
    const cosine = (i: number) =>
      inner(row(5), row(i)) / Math.sqrt(inner(row(5), row(5)) * inner(row(i), row(i)));
    const oracle = published.catalogue
      .map(({ item }, i) => ({ item, score: cosine(i) }))
      .filter(({ item }) => item !== itemId(5))
      .sort((a, b) => b.score - a.score);
    expect(list.map(({ item }) => item)).toEqual(oracle.map(({ item }) => item));
    for (const [k, { score, reasons }] of list.entries()) {
      expect(score).toBeCloseTo(oracle[k].score, 12);
      expect(reasons).toEqual([
        { why: "similar", item: itemId(5), title: published.catalogue[5].title, contribution: score },
      ]);
    }
  });
});

describe("goesWith", () => {
  test("is about all of the items, none of which is listed; reasons name each and sum to the score", () => {
    const asked = [5, 9].map(itemId);
    const list = goesWith(model, asked, { count: published.items, exclude: [itemId(3)] });
    expect(list.map(({ item }) => item)).not.toEqual(expect.arrayContaining([itemId(5)]));
    expect(list).toHaveLength(published.items - 3);
    for (const { score, reasons } of list) {
      expect(reasons.map((reason) => (reason.why === "together" ? reason.item : ""))).toEqual(
        expect.arrayContaining(asked),
      );
      expect(sumOf(reasons)).toBeCloseTo(score, 9);
    }
    expect(goesWith(model, asked.toReversed(), { count: 3 }).map(({ item }) => item)).toEqual(
      goesWith(model, asked, { count: 3 }).map(({ item }) => item),
    );
  });

  test("an item twice counts once, one that the catalogue does not have has no say, and of none is none listed", () => {
    const [a, b] = [itemId(5), itemId(9)];
    expect(goesWith(model, [a, "gone", b, a], {})).toEqual(goesWith(model, [a, b], {}));
    expect(goesWith(model, [], {})).toEqual([]);
    expect(() => goesWith(model, [a], { count: 0 })).toThrow(
      new RangeError("goesWith: count must be a positive integer, got 0"),
    );
    expect(() => goesWith(model, ["gone", "too"], {})).toThrow(
      new RangeError('goesWith: item must be in the catalogue, got "gone"'),
    );
  });
});

describe("explain", () => {
  test("of lists with what was bought has the score, place and reasons that such a list has", () => {
    const profile = profileFor([eventOf("purchase", 3), eventOf("view", 9), eventOf("like", 8)]);
    for (const includeSeen of [true, false]) {
      const list = forYou(model, profile, { count: published.items, includeSeen });
      const [first] = list;
      const { score, rank, reasons } = explain(model, profile, first.item, { includeSeen });
      expect([score, reasons]).toEqual([first.score, first.reasons]);
      if (includeSeen) expect([first.item, rank]).toEqual([itemId(3), 1]);
    }
    const [own, beside] = [false, true].map((includeSeen) =>
      explain(model, profile, itemId(3), { includeSeen }),
    );
    expect(beside.score).toBeGreaterThan(own.score);
    expect(explain(model, profile, itemId(3))).toEqual(own);
  });

  test("ranks every item once, in the order of the full list", () => {
    const profile = profileFor([eventOf("purchase", 3), eventOf("view", 9), eventOf("cart_remove", 10)]);
    const { solved } = profile;
    expect(solved).not.toBeNull();
    const all = published.catalogue.map(({ item }) => explain(model, profile, item));
    const ranks = all.map(({ rank }) => rank);
    expect(ranks.toSorted((a, b) => a - b)).toEqual(all.map((_, k) => k + 1));
    const byRank = all.toSorted((a, b) => a.rank - b.rank).map(({ score }) => score);
    expect(byRank).toEqual(byRank.toSorted((a, b) => b - a));
    expect(all[0].of).toBe(published.items);
  });

  test("an item that is not in the catalogue is refused by name", async () => {
    const { worker } = await device(fakeServer(published));
    await expect(worker.explain("x", {})).rejects.toThrow(
      new RangeError('explain: item must be in the catalogue, got "x"'),
    );
    await expect(worker.similar("x", {})).rejects.toThrow(
      new RangeError('similar: item must be in the catalogue, got "x"'),
    );
    await expect(worker.goesWith(["x"], {})).rejects.toThrow(
      new RangeError('goesWith: item must be in the catalogue, got "x"'),
    );
  });
});

test("without leave to personalise the list is the trending one, and nothing is kept", async () => {
  const { worker } = await device(fakeServer(published), {
    consent: { personalise: false, contribute: false },
  });
  await worker.append([eventOf("purchase", 3)]);
  expect(await worker.forYou({})).toEqual(trending(model, {}));
  expect((await worker.panel()).events).toEqual([]);
});

test("a panel hands over its events in parts that hold up no page: all of them, in order, and none twice", async () => {
  const { worker } = await device(fakeServer(published), { database: "parts" });
  await worker.append(
    Array.from({ length: 2_345 }, (_, k) => eventOf("view", k % 40, noonMs - dayMs - k * 60_000)),
  );
  const parts: string[][] = [];
  const { events, ...rest } = await worker.panel((some) => void parts.push((some ?? []).map(({ id }) => id)));
  const whole = await worker.panel();
  expect(events).toEqual([]);
  expect({ ...rest, events: whole.events }).toEqual(whole);
  expect(parts.map((some) => some.length)).toEqual([1_000, 1_000, 345]);
  expect(parts.flat()).toEqual(whole.events.map(({ id }) => id));
});

test("the events of a short journal come with their panel, and none is handed over", async () => {
  const { worker } = await device(fakeServer(published), { database: "short" });
  await worker.append([eventOf("view", 1), eventOf("view", 2)]);
  let handed = 0;
  const { events } = await worker.panel(() => void handed++);
  expect([events.length, handed]).toEqual([2, 0]);
});

test("what is erased while a panel is handed over is not handed on, and what came of it is said to be gone", async () => {
  const { worker } = await device(fakeServer(published), { database: "parts-erased" });
  await worker.append(
    Array.from({ length: 2_345 }, (_, k) => eventOf("view", k % 40, noonMs - dayMs - k * 60_000)),
  );
  const parts: (number | null)[] = [];
  const panel = await worker.panel(async (some) => {
    parts.push(some?.length ?? null);
    if (parts.length === 2) await worker.erase();
  });
  expect(parts).toEqual([1_000, 1_000, null]);
  expect(panel.events).toEqual([]);
});

test("an event about an item the catalogue does not know is kept, and counts once it does", async () => {
  const server = fakeServer(published);
  const { worker } = await device(server, { database: "grows" });
  await worker.append([eventOf("purchase", "item-61")]);
  expect(await worker.forYou({})).toEqual(trending(model, {}));
  expect((await worker.panel()).events.map(({ item }) => item)).toEqual(["item-61"]);
  server.publish(shopModel({ items: 70 }));
  const later = await device(server, { database: "grows" });
  await closeDevice(later);
  const next = await device(server, { database: "grows" });
  const [first] = await next.worker.forYou({});
  const because = { why: "event", item: "item-61" };
  expect(first.reasons).toContainEqual(expect.objectContaining(because));
});

test("a journal that a later version wrote is ranked by what this one knows of it", async () => {
  const { worker } = await device(fakeServer(published));
  const { worker: other } = await device(fakeServer(published));
  const known = [eventOf("purchase", 3), eventOf("view", 9)];
  await worker.append(known);
  const before = await worker.forYou({ count: 5 });
  // A site that went back to this version: the journal keeps what the later one tracked.
  const later = [
    { ...eventOf("view", 3), kind: "wishlist_add" as EventKind },
    { ...eventOf("view", 12), kind: "toString" as EventKind, amount: 2 },
  ];
  await worker.append([...later, { ...eventOf("dwell", 9), amount: Number.NaN }]);
  const after = await worker.forYou({ count: 5 });
  await other.append([...known, eventOf("dwell", 9)]);
  const wanted = await other.forYou({ count: 5 });
  const ranked = (list: typeof after) => list.map(({ item, score }) => ({ item, score }));
  expectSame(ranked(after), ranked(wanted));
  expect(after).not.toEqual(before);
});

test("a new edition and a later hour are ranked by, with the profile solved on them", async () => {
  const server = fakeServer(published);
  const database = freshDatabase();
  const first = await device(server, { database });
  const events = [eventOf("view", 9, noonMs - 100 * dayMs), eventOf("purchase", 3)];
  await first.worker.append(events);
  await first.worker.forYou({});
  await closeDevice(first);
  const next = shopModel({ seed: 11 });
  server.publish(next);
  const second = await device(server, { database });
  const before = await second.worker.forYou({ count: 3 });
  await until(() => second.notices.filter(({ type }) => type === "edition").length === 2);
  const after = await second.worker.forYou({ count: 3 });
  expect(before).not.toEqual(after);
  const oracle = modelOf(next);
  expectSame(after, forYou(oracle, profileOf({ model: oracle, events, nowMs: noonMs }), { count: 3 }));
  second.clock.nowMs += 30 * dayMs;
  const { nowMs } = second.clock;
  const aged = profileOf({ model: oracle, events, nowMs });
  expectSame(await second.worker.forYou({ count: 3 }), forYou(oracle, aged, { count: 3 }));
});
