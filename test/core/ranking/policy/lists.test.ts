/**
 * Lists under rules of a site and wishes of a person, in any combination: what is ruled out is in none, pins
 * hold their places, quotas hold. Held to a plain list that looks at every row and every rule anew.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TextAnswer } from "../../../../core/encoder/answer.ts";
import type { Condition } from "../../../../core/policy/condition.ts";
import type { ListPolicy } from "../../../../core/policy/listpolicy.ts";
import type { Wish } from "../../../../core/policy/wish.ts";
import { bestRows } from "../../../../core/ranking/best.ts";
import { rankingModelOf } from "../../../../core/ranking/fromjoined.ts";
import { JournalProfile } from "../../../../core/ranking/journalprofile.ts";
import type { RankingCard, RankingModel } from "../../../../core/ranking/model.ts";
import { rank } from "../../../../core/ranking/pipeline.ts";
import type { Question } from "../../../../core/ranking/question.ts";
import { dayMs } from "../../../../core/time.ts";
import { randomModel } from "../../../model.ts";
import { rankerPart } from "../../../rankerpart.ts";
import { journalOf, nowMs, worldOf } from "../ranker/rankers.ts";

const items = 40;
const item = fc.integer({ min: 0, max: items + 2 }).map((row) => `item-${row}`);
const range = fc.record(
  { from: fc.integer({ max: 60, min: 0 }), to: fc.integer({ min: 20, max: 95 }) },
  { requiredKeys: [] },
);
const flat: fc.Arbitrary<Condition> = fc.record(
  {
    item: fc.array(item, { maxLength: 6 }),
    category: fc.constantFrom("a", "B", ["c", "nowhere"]),
    word: fc.constantFrom("thing 7", "THINGS", "absent"),
    group: fc.constantFrom("group-1", ["group-2", "group-3"]),
    price: range,
    ageDays: range.map(({ from, to }) => ({
      ...(from === undefined ? {} : { from: from * 8 }),
      ...(to === undefined ? {} : { to: to * 8 }),
    })),
    attributes: fc.record(
      {
        brand: fc.constantFrom("acme", ["Bolt", "Core"]),
        size: fc.constantFrom(1, "2", { from: 2 }),
        organic: fc.boolean(),
        tags: fc.constantFrom("X", "y"),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  flat,
  flat.map((not) => ({ not })),
  fc.tuple(flat, flat).map(([one, other]) => ({ any: [one, other] })),
);
const boosts = fc.array(fc.record({ where: condition, by: fc.constantFrom(0, 0.5, 3) }), { maxLength: 2 });
const policy: fc.Arbitrary<ListPolicy> = fc.record(
  {
    filter: condition,
    pin: fc.array(fc.record({ item, place: fc.integer({ min: 1, max: 9 }) }), { maxLength: 4 }),
    boost: boosts,
    bury: boosts,
    quota: fc.array(
      fc.record({
        of: fc.constantFrom("category", "brand", "tags", "size"),
        most: fc.integer({ min: 1, max: 4 }),
      }),
      { maxLength: 2 },
    ),
    exposure: fc.array(fc.record({ where: condition, least: fc.constantFrom(0, 0.1, 0.25, 1 / 3, 0.5, 1) }), {
      maxLength: 2,
    }),
    ignored: fc.record({ shown: fc.integer({ min: 1, max: 2 }), days: fc.constantFrom(30, 365) }),
  },
  { requiredKeys: [] },
);
const wish: fc.Arbitrary<Wish> = fc.record({
  wish: fc.constantFrom("mute", "boost", "less"),
  of: fc.constantFrom("item"),
  value: item,
});
const wishes = fc.array(
  fc.oneof(
    wish,
    fc.record({
      wish: fc.constantFrom("mute" as const, "boost" as const),
      of: fc.constant("category" as const),
      value: fc.constantFrom("A", "c"),
    }),
    fc.record({
      wish: fc.constantFrom("mute" as const, "less" as const),
      of: fc.constant("brand" as const),
      value: fc.constantFrom("ACME", "Bolt"),
    }),
    fc.record({
      wish: fc.constant("mute" as const),
      of: fc.constant("word" as const),
      value: fc.constantFrom("thing 11", "nothing"),
    }),
  ),
  { maxLength: 4 },
);

const cases = fc.record({
  seed: fc.integer({ min: 1, max: 5000 }),
  by: fc.constantFrom(
    "person" as const,
    "again" as const,
    "similar" as const,
    "together" as const,
    "text" as const,
    "popular" as const,
    "trending" as const,
    "new" as const,
  ),
  site: fc.record(
    {
      all: policy,
      recommend: policy,
      similar: policy,
      goesWith: policy,
      search: policy,
      trending: policy,
    },
    { requiredKeys: [] },
  ),
  policy: fc.option(policy, { nil: undefined }),
  wishes,
  exclude: fc.array(fc.nat(items - 1), { maxLength: 4 }),
  beside: fc.array(fc.nat(items - 1), { maxLength: 3 }),
  includeSeen: fc.boolean(),
  hasRanker: fc.boolean(),
});

test("under any rules and wishes a list is what a plain walk makes, and any shorter one its beginning", () => {
  let [pinned, full] = [0, 0];
  fc.assert(
    fc.property(cases, ({ seed, by, site, hasRanker, ...asked }) => {
      const model = worldOf({
        seed,
        items,
        policy: site,
        ...(hasRanker ? { ranker: rankerPart({ seed, diversity: 0.5 }) } : {}),
      });
      const profile = new JournalProfile(model, { events: journalOf(seed, { items, most: 60 }), nowMs });
      const question = questionBy(by, { model, nowMs, profile, ...asked });
      const ranked = rank(question);
      const list = [...bestRows(ranked, 25)];
      for (const count of [1, 4, 9]) expect([...bestRows(ranked, count)]).toEqual(list.slice(0, count));

      const policies = policiesOf(question);
      const may = (row: number): boolean => mayBeListed(row, question, policies);
      expect(list.filter((row) => !may(row))).toEqual([]);
      expect(list).toEqual(plainList(ranked.scores, question, policies).slice(0, 25));
      pinned += policies
        .flatMap(({ pin = [] }) => pin)
        .filter(({ item: id, place }) => model.cards[list[place - 1]]?.item === id).length;
      full += Number(policies.some(({ quota = [] }) => quota.length > 0) && list.length > 5);
    }),
    { numRuns: 1500 },
  );
  // That pins and quotas were at work at all.
  expect(pinned).toBeGreaterThan(60);
  expect(full).toBeGreaterThan(60);
}, 120_000);

test("what is filtered out, muted or not to be had is in no list, whatever is pinned and boosted", () => {
  fc.assert(
    fc.property(
      cases,
      fc.nat(items - 1),
      fc.constantFrom("filter", "mute", "exclude"),
      ({ seed, by, site, ...asked }, row, how) => {
        const model = worldOf({ seed, items, policy: site });
        const profile = new JournalProfile(model, { events: journalOf(seed, { items }), nowMs });
        const id = model.cards[row].item;
        const pinnedAndBoosted: ListPolicy = {
          ...asked.policy,
          pin: [{ item: id, place: 1 }],
          boost: [{ where: { item: id }, by: 20 }],
        };
        const out =
          how === "filter"
            ? { policy: { ...pinnedAndBoosted, filter: { not: { item: id } } } }
            : { policy: pinnedAndBoosted };
        const muted: readonly Wish[] = how === "mute" ? [{ wish: "mute", of: "item", value: id }] : [];
        const question = questionBy(by, {
          ...{ model, nowMs, profile, ...asked, ...out },
          wishes: [...asked.wishes, ...muted],
          exclude: how === "exclude" ? [row] : [],
        });
        const list = bestRows(rank(question), items);
        expect([...list]).not.toContain(row);
        expect(Array.from(list).filter((listed) => model.cards[listed].available === false)).toEqual([]);
      },
    ),
    { numRuns: 800 },
  );
}, 120_000);

test("a pin that may stand there stands at its place, whether or not the person knows the item", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.nat(items - 1),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      (seed, row, place, isSeen) => {
        const model = worldOf({ seed, items });
        const { item: id, available } = model.cards[row];
        const bought = { id: "b", kind: "purchase" as const, item: id, atMs: nowMs };
        const events = [
          ...journalOf(seed, { items, most: 8 }).filter(
            ({ kind }) => kind !== "dislike" && kind !== "refund" && kind !== "cart_remove",
          ),
          ...(isSeen ? [bought] : []),
        ];
        const profile = new JournalProfile(model, { events, nowMs });
        const ranked = rank({ model, by: "person", profile, nowMs, policy: { pin: [{ item: id, place }] } });
        const list = [...bestRows(ranked, 12)];
        if (available === false) expect(list).not.toContain(row);
        else if (list.length >= place) expect(list[place - 1]).toBe(row);
        else expect(list.at(-1)).toBe(row);
      },
    ),
    { numRuns: 400 },
  );
});

test("in any beginning of a list each kind has its least part of the places, where enough of it may be listed", () => {
  let cost = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom(0.1, 0.25, 1 / 3, 0.5, 0.7),
      fc.constantFrom<Condition>({ category: "b" }, { attributes: { brand: "acme" } }, { price: { to: 40 } }),
      (seed, least, where) => {
        const model = worldOf({ seed, items });
        const asked = { by: "popular", model, nowMs } as const;
        const isOf = (row: number): boolean => holds(where, model.cards[row]);
        const plain = [...bestRows(rank(asked), items)];
        const list = [...bestRows(rank({ ...asked, policy: { exposure: [{ where, least }] } }), 12)];
        // One group has one row: of as many as all could be listed, the list has no fewer than it can.
        const there = plain.filter(isOf).length;
        for (const k of list.keys()) {
          const owed = Math.min(there, Math.floor(least * (k + 1) + 1e-9));
          expect(list.slice(0, k + 1).filter(isOf).length).toBeGreaterThanOrEqual(owed);
        }
        const [listed, best] = [list, plain.slice(0, 12)];
        if (listed.some((row, at) => row !== best[at])) cost += 1;
      },
    ),
    { numRuns: 600 },
  );
  // That it was at work at all.
  expect(cost).toBeGreaterThan(60);
});

test("of equal scores a small boost comes first, and of two the larger one", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 0.9, noNaN: true }),
      fc.integer({ min: 3, max: 60 }),
      (share, count) => {
        const joined = randomModel({ items: count, contentDim: 3, factorDim: 2, seed: 1 });
        const model = rankingModelOf({ ...joined, popularity: new Float32Array(count).fill(share) });
        const where = (row: number) => ({ item: model.cards[row].item });
        const boost = [
          { where: where(count - 1), by: 0.2 },
          { where: where(count - 2), by: 0.1 },
        ];
        const ranked = rank({ by: "popular", model, policy: { boost } });
        expect([...bestRows(ranked, 3)]).toEqual([count - 1, count - 2, 0]);
      },
    ),
  );
});

test("a quota and a condition of what every object has of itself are about nothing", () => {
  const model = worldOf({ seed: 4, items });
  const plain = [...bestRows(rank({ by: "popular", model }), 12)];
  for (const of of ["constructor", "__proto__", "toString"]) {
    expect([...bestRows(rank({ by: "popular", model, policy: { quota: [{ of, most: 1 }] } }), 12)]).toEqual(
      plain,
    );
  }
});

interface Given {
  readonly model: RankingModel;
  readonly nowMs: number;
  readonly profile: JournalProfile;
  readonly policy?: ListPolicy | undefined;
  readonly wishes: readonly Wish[];
  readonly exclude: readonly number[];
  readonly beside: readonly number[];
  readonly includeSeen: boolean;
}

function questionBy(by: Question["by"], { profile, includeSeen, ...common }: Given): Question {
  switch (by) {
    case "person":
      return { ...common, by, profile, includeSeen };
    case "again":
      return { ...common, by, profile };
    case "similar":
      return { ...common, by, row: 3 };
    case "together":
      return { ...common, by, rows: [1, 2] };
    case "text":
      return { ...common, by, answer: someAnswer(common.model) };
    case "popular":
    case "trending":
    case "new":
      return { ...common, by };
  }
}

/** A text that three of four items answer, of which some do so equally well. */
function someAnswer({ cards }: RankingModel): TextAnswer {
  const scores = Float64Array.from(cards, (_, row) => (row % 4 === 1 ? Number.NaN : ((row * 7) % 5) / 5));
  return {
    scores,
    matchesOf: (row) => [{ asked: "thing", found: cards[row].item, contribution: scores[row] }],
  };
}

const siteListOf = {
  person: "recommend",
  again: "recommend",
  similar: "similar",
  together: "goesWith",
  text: "search",
  trending: "trending",
  popular: "trending",
  new: "trending",
} as const satisfies Record<Question["by"], string>;

function policiesOf({ by, policy: own, model }: Question): readonly ListPolicy[] {
  const list = siteListOf[by];
  return [own, model.policy?.[list], model.policy?.all].flatMap((one) => one ?? []);
}

/** The plain way: each condition read anew for each row. */
function holds(wanted: Condition, card: RankingCard): boolean {
  const any = (value: string | readonly string[] | undefined): readonly string[] | null =>
    value === undefined ? null : [value].flat();
  const low = (text: string): string => text.trim().toLowerCase();
  const within = (
    value: number | undefined,
    {
      from = -Infinity,
      to = Infinity,
    }: { readonly from?: number | undefined; readonly to?: number | undefined },
  ) => value !== undefined && from <= value && value <= to;
  const words = `${card.title} ${(card.categories ?? []).join(" ")}`
    .toLowerCase()
    .split(/\s+/)
    .map((word) => word.replace(/s$/, ""));
  const { attributes = {} } = wanted;
  return (
    (any(wanted.item)?.includes(card.item) ?? true) &&
    (any(wanted.category)?.some((name) => (card.categories ?? []).map(low).includes(low(name))) ?? true) &&
    (any(wanted.group)?.includes(card.group ?? "") ?? true) &&
    (any(wanted.word)?.some((text) =>
      text
        .toLowerCase()
        .split(" ")
        .every((word) => words.includes(word.replace(/s$/, ""))),
    ) ??
      true) &&
    (wanted.price === undefined || within(card.price, wanted.price)) &&
    (wanted.ageDays === undefined ||
      within(
        card.publishedAt === undefined ? undefined : (nowMs - Date.parse(card.publishedAt)) / dayMs,
        wanted.ageDays,
      )) &&
    Object.entries(attributes).every(([name, value]) => {
      const own = [card.attributes?.[name] ?? []].flat();
      if (value === undefined) return true;
      if (typeof value === "object" && !Array.isArray(value))
        return own.some((one) => typeof one === "number" && within(one, value as { from?: number }));
      if (typeof value === "boolean") return own.includes(value);
      return own.some((one) =>
        [value]
          .flat()
          .map((text) => low(String(text)))
          .includes(low(String(one))),
      );
    }) &&
    (wanted.not === undefined || !holds(wanted.not, card)) &&
    (wanted.any === undefined || wanted.any.some((one) => holds(one, card)))
  );
}

/** But for what the person knows. */
function mayStand(row: number, question: Question, policies: readonly ListPolicy[]): boolean {
  const { model, exclude = [], beside = [], wishes: asked = [] } = question;
  const { cards } = model;
  const card = cards[row];
  const isMuted = asked.some(({ wish: kind, of, value }) => {
    if (kind !== "mute") return false;
    if (of === "item")
      return (
        card.item === value ||
        (card.group !== undefined &&
          cards.some((other) => other.item === value && other.group === card.group))
      );
    return holds(of === "brand" ? { attributes: { brand: value } } : { [of]: value }, card);
  });
  const isAsked =
    question.by === "similar"
      ? question.row === row
      : question.by === "together" && question.rows.includes(row);
  const isDisliked = "profile" in question && question.profile.disliked[row] !== 0;
  const isFiltered = policies.some(({ filter }) => filter !== undefined && !holds(filter, card));
  return !(
    isMuted ||
    isAsked ||
    isDisliked ||
    isFiltered ||
    card.available === false ||
    [...exclude].includes(row) ||
    beside.includes(row)
  );
}

function isKnown(row: number, question: Question, policies: readonly ListPolicy[]): boolean {
  if (question.by !== "person") return false;
  const { profile, includeSeen = false } = question;
  const isSeen = !includeSeen && profile.seen[row] !== 0;
  return (
    isSeen ||
    policies.some(
      ({ ignored }) => ignored !== undefined && (profile.ignored?.(ignored, nowMs) ?? []).includes(row),
    )
  );
}

function isPinned(row: number, { model }: Question, policies: readonly ListPolicy[]): boolean {
  return policies.some(({ pin = [] }) => pin.some(({ item: id }) => model.cards[row].item === id));
}

function mayBeListed(row: number, question: Question, policies: readonly ListPolicy[]): boolean {
  return (
    mayStand(row, question, policies) &&
    (!isKnown(row, question, policies) || isPinned(row, question, policies))
  );
}

function plainList(
  scores: Float64Array,
  question: Question,
  policies: readonly ListPolicy[],
): readonly number[] {
  const { cards } = question.model;
  const quotas = policies.flatMap(({ quota = [] }) => quota);
  const low = (value: unknown): string => String(value).trim().toLowerCase();
  const valuesOf = (row: number, of: string) =>
    new Set(
      [of === "category" ? (cards[row].categories ?? []) : (cards[row].attributes?.[of] ?? [])]
        .flat()
        .map(low),
    );
  const about = question.by === "similar" ? [question.row] : question.by === "together" ? question.rows : [];
  const taken: number[] = [];
  const groups = new Set([...about, ...(question.beside ?? [])].flatMap((row) => cards[row].group ?? []));
  const fits = (row: number): boolean =>
    !taken.includes(row) &&
    !(cards[row].group !== undefined && groups.has(cards[row].group)) &&
    quotas.every(({ of, most }) =>
      [...valuesOf(row, of)].every(
        (value) => taken.filter((other) => valuesOf(other, of).has(value)).length < most,
      ),
    );
  const take = (row: number): void => {
    taken.push(row);
    const { group } = cards[row];
    if (group !== undefined) groups.add(group);
  };
  const pins: { row: number; place: number }[] = [];
  for (const { item: id, place } of policies.flatMap(({ pin = [] }) => pin)) {
    const row = cards.findIndex((card) => card.item === id);
    if (row < 0 || Number.isNaN(scores[row]) || !mayStand(row, question, policies) || !fits(row)) continue;
    take(row);
    pins.push({ row, place });
  }
  const places = new Map<number, number>();
  const late = pins.filter(({ row, place }) => {
    if (places.has(place)) return true;
    places.set(place, row);
    return false;
  });
  for (const { row, place } of late) {
    let free = place;
    while (places.has(free)) free++;
    places.set(free, row);
  }
  const others = [...scores.keys()]
    .filter(
      (row) =>
        !Number.isNaN(scores[row]) && mayStand(row, question, policies) && !isKnown(row, question, policies),
    )
    .sort((a, b) => scores[b] - scores[a] || a - b);
  const list: number[] = [];
  const owed = policies.flatMap(({ exposure = [] }) => exposure);
  for (;;) {
    const place = list.length + 1;
    const pin = places.get(place);
    if (pin !== undefined) {
      list.push(pin);
      places.delete(place);
      continue;
    }
    const short = owed.filter(
      ({ where, least }) =>
        list.filter((row) => holds(where, cards[row])).length < Math.floor(least * place + 1e-9),
    );
    const free = others.filter(fits);
    const next =
      free.find((row) => short.every(({ where }) => holds(where, cards[row]))) ??
      free.find((row) => short.some(({ where }) => holds(where, cards[row]))) ??
      free[0];
    if (next !== undefined) {
      take(next);
      list.push(next);
    } else if (places.size > 0) {
      const first = Math.min(...places.keys());
      list.push(places.get(first) ?? -1);
      places.delete(first);
    } else return list;
  }
}
