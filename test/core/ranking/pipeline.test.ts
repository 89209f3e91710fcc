import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TextAnswer } from "../../../core/encoder/answer.ts";
import { patternOfPairs } from "../../../core/model/pairlist.ts";
import { bestRows } from "../../../core/ranking/best.ts";
import { type RankingCard, type RankingModel, rankingModel } from "../../../core/ranking/model.ts";
import type { WeighedPairs } from "../../../core/ranking/pairs.ts";
import { placeAmongAll, placeInList, rank } from "../../../core/ranking/pipeline.ts";
import { profileOfTastes } from "../../../core/ranking/profile.ts";
import type { Question } from "../../../core/ranking/question.ts";
import { sourceOf } from "../../../core/ranking/source.ts";
import type { Source } from "../../../core/ranking/sources.ts";
import type { Stage } from "../../../core/ranking/stage.ts";
import { denseRows } from "../../../core/rows.ts";
import { seededRandom } from "../../../core/seeded.ts";

const count = 40;
const dim = 6;

function modelOf(
  change: (row: number) => Partial<RankingCard> = () => ({}),
  pairs?: WeighedPairs,
): RankingModel {
  const random = seededRandom(12);
  const rows = Float64Array.from({ length: count * dim }, () => random() - 0.5);
  return rankingModel({
    cards: Array.from({ length: count }, (_, row) => ({ item: `item-${row}`, ...change(row) })),
    // Few distinct shares, so that places are often shared.
    shares: Float64Array.from({ length: count }, (_, row) => (row % 5) / 10),
    jointRows: () => denseRows(rows, count, dim),
    alpha0: 0.3,
    lambda: 0.01,
    pairs,
  });
}

const model = modelOf();
/** The same with pairs beside it: each item with the next ones, every fifth being in no list. */
const paired = modelOf(() => ({}), pairsAtRandom());

function pairsAtRandom(): WeighedPairs {
  const random = seededRandom(5);
  const items = Array.from({ length: count }, (_, row) => row).filter((row) => row % 5 !== 0);
  const pattern = patternOfPairs(
    items.slice(3).flatMap((_, at) => [1, 2, 3].map((step) => [at, at + step] as const)),
    items.length,
  );
  return {
    pattern,
    values: Int8Array.from(pattern.neighbours, () => Math.floor(255 * random()) - 127),
    scales: Float32Array.from(items, () => random()),
    listed: Int32Array.from({ length: count }, (_, row) => items.indexOf(row)),
    rows: Int32Array.from(items),
    weight: 0.3,
  };
}
/** Below it Float64 rounds to a step, not to a part of the number (IEEE 754, 2^-1022). */
const smallestNormal = 2 ** -1022;
const rowNumbers = fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { maxLength: 12 });
const tastes = fc
  .tuple(rowNumbers, fc.array(fc.double({ min: -2, max: 3, noNaN: true }), { minLength: 12, maxLength: 12 }))
  .map(([items, weights]) => ({ items, weights: weights.slice(0, items.length) }));

const leanings = fc.array(
  fc.tuple(rowNumbers, fc.double({ min: 0.01, max: 2, noNaN: true })).map(([items, weight]) => ({
    fact: "a",
    said: "b",
    tastes: { items, weights: items.map(() => weight) },
  })),
  { maxLength: 3 },
);

/** Any question about the model, with pairs or without. */
const questions: fc.Arbitrary<Question> = fc
  .record({
    model: fc.constantFrom(model, paired),
    by: fc.constantFrom("person", "again", "similar", "text", "together", "trending", "popular", "new"),
    tastes,
    leanings,
    exclude: rowNumbers,
    includeSeen: fc.boolean(),
    rows: rowNumbers,
    row: fc.integer({ min: 0, max: count - 1 }),
    bits: fc.option(fc.array(fc.boolean(), { minLength: count, maxLength: count })),
  })
  .map(({ model, by, tastes, leanings, exclude, includeSeen, rows, row, bits }): Question => {
    const common = {
      model,
      exclude,
      ...(bits === null ? {} : { candidates: Uint8Array.from(bits, Number) }),
    };
    if (by === "person") {
      return { ...common, by, profile: profileOfTastes(model, tastes, leanings), includeSeen };
    }
    if (by === "again") return { ...common, by, profile: profileOfTastes(model, tastes, leanings) };
    if (by === "text") return { ...common, by, answer: answerOf(rows) };
    if (by === "together") return { ...common, by, rows };
    return by === "similar" ? { ...common, by, row } : { ...common, by };
  });

/** A text that is near to these rows, each the nearer the later it comes, and to no other. */
function answerOf(rows: readonly number[]): TextAnswer {
  const scores = new Float64Array(count).fill(Number.NaN);
  for (const [place, row] of rows.entries()) scores[row] = (place + 1) / rows.length;
  return {
    scores,
    matchesOf: (row) => [
      { asked: "gift", found: "present", contribution: 0.75 * scores[row] },
      { asked: "for", found: "four", contribution: 0.25 * scores[row] },
    ],
  };
}

/** The oracle of rules: what the question says must not be listed. */
function mayBeListed(question: Question, row: number): boolean {
  if (question.candidates?.[row] === 0 || [...(question.exclude ?? [])].includes(row)) return false;
  if (question.by === "similar") return row !== question.row;
  if (question.by === "together") return !question.rows.includes(row);
  if (question.by === "text") return !Number.isNaN(question.answer.scores[row]);
  if (question.by === "again") return question.profile.bought[row] === 1;
  if (question.by !== "person") return true;
  const { profile, includeSeen } = question;
  return profile.disliked[row] === 0 && (includeSeen === true || profile.seen[row] === 0);
}

describe("a list", () => {
  test("holds exactly the candidates that no rule bars, best first, equal scores in catalogue order", () => {
    fc.assert(
      fc.property(questions, (question) => {
        const ranked = rank(question);
        const oracle = Array.from({ length: count }, (_, row) => row)
          .filter((row) => mayBeListed(question, row))
          .sort((a, b) => ranked.scores[b] - ranked.scores[a] || a - b);
        expect([...bestRows(ranked, count)]).toEqual(oracle);
      }),
      { numRuns: 300 },
    );
  });

  test("of some candidates is the list of all, without the others", () => {
    fc.assert(
      fc.property(questions, (question) => {
        const { candidates, ...rest } = question;
        const whole = bestRows(rank({ ...rest }), count);
        const wanted = [...whole].filter((row) => candidates === undefined || candidates[row] !== 0);
        expect([...bestRows(rank(question), count)]).toEqual(wanted);
      }),
    );
  });

  test("holds of the variants of a product the best one alone, and none beside the items that it is about", () => {
    const groups = fc.array(fc.option(fc.constantFrom("shirt", "sock", "hat"), { nil: undefined }), {
      ...{ minLength: count, maxLength: count },
    });
    const asked = fc.tuple(
      groups,
      fc.constantFrom("similar", "together", "trending"),
      fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: count }),
    );
    fc.assert(
      fc.property(asked, ([groupOf, by, rows, most]) => {
        const model = modelOf((at) => ({ group: groupOf[at] }));
        const question: Question =
          by === "similar"
            ? { model, by, row: rows[0] }
            : by === "together"
              ? { model, by, rows }
              : { model, by: "trending" };
        const ranked = rank(question);
        const about = by === "similar" ? [rows[0]] : by === "together" ? rows : [];
        const listed = new Set(about.map((row) => groupOf[row]));
        const oracle = [...bestRows({ scores: ranked.scores, barred: ranked.barred }, count)].filter((at) => {
          const group = groupOf[at];
          if (group === undefined) return true;
          const isFirst = !listed.has(group);
          listed.add(group);
          return isFirst;
        });
        expect([...bestRows(ranked, most)]).toEqual(oracle.slice(0, most));
      }),
    );
  });

  test("never holds what cannot be had, which is ranked and explained all the same", () => {
    const closed = modelOf((row) =>
      row % 4 === 1 ? { available: false } : row % 4 === 2 ? { available: true } : {},
    );
    const profile = profileOfTastes(closed, { items: [5, 8], weights: [1, 1] });
    const asked: readonly Question[] = [
      { model: closed, by: "person", profile, includeSeen: true },
      { model: closed, by: "similar", row: 3 },
      { model: closed, by: "trending" },
    ];
    for (const question of asked) {
      const ranked = rank(question);
      const list = [...bestRows(ranked, count)];
      expect(list.filter((row) => row % 4 === 1)).toEqual([]);
      expect(list).toHaveLength(question.by === "similar" ? 29 : 30);
      expect(ranked.scores.some(Number.isNaN)).toBe(false);
      expect(ranked.reasonsOf([5])[0].length).toBeGreaterThan(0);
    }
  });
});

test("where nothing tells items apart a person sees what the crowd wants, without what was dealt with", () => {
  const shares = Float64Array.from({ length: count }, (_, row) => ((row * 7) % count) / count);
  const bare = rankingModel({
    cards: model.cards,
    ...{
      shares,
      jointRows: () => denseRows(new Float64Array(count * dim), count, dim),
      alpha0: 0.3,
      lambda: 0.01,
    },
  });
  const profile = profileOfTastes(bare, { items: [3, 17], weights: [1, 2] });
  const ranked = rank({ model: bare, by: "person", profile });
  const wanted = [...bestRows(rank({ model: bare, by: "trending", exclude: [3, 17] }), count)];
  expect([...bestRows(ranked, count)]).toEqual(wanted);
  expect(ranked.reasonsOf([5])).toEqual([[{ why: "popular", contribution: shares[5] }]]);
});

test("reasons sum to the score, whatever is asked and whichever row it is", () => {
  fc.assert(
    fc.property(questions, fc.integer({ min: 0, max: count - 1 }), (question, row) => {
      const { scores, reasonsOf } = rank(question);
      if (Number.isNaN(scores[row])) return;
      const [reasons] = reasonsOf([row]);
      const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
      const size = reasons.reduce((total, { contribution }) => total + Math.abs(contribution), 0);
      expect(Math.abs(sum - scores[row])).toBeLessThanOrEqual(1e-9 * size + smallestNormal);
    }),
    { numRuns: 300 },
  );
});

test("what a person said moves the list and bars nothing of it, has a reason of its own each, and is no act", () => {
  const said = (row: number) => ({ fact: "a", said: "b", tastes: { items: [row], weights: [1] } });
  const unsaid = profileOfTastes(model, { items: [5], weights: [1] });
  const profile = profileOfTastes(model, { items: [5], weights: [1] }, [said(17), said(3)]);
  const ranked = rank({ model, by: "person", profile });
  expect(placeInList(ranked, 17)).toBeLessThan(
    placeInList(rank({ model, by: "person", profile: unsaid }), 17),
  );
  expect(ranked.barred[17]).toBe(0);
  const [reasons] = ranked.reasonsOf([17]);
  expect(reasons.map(({ why }) => why).toSorted()).toEqual(["act", "popular", "said", "said"]);
  expect(sourceOf(reasons)).toBe("said");
  expect(() => ranked.reasonsOf([17], 2)).toThrow("most must be at least 4");
  const again = { model, by: "again" } as const;
  expect(rank({ ...again, profile }).scores).toEqual(rank({ ...again, profile: unsaid }).scores);
  const onlySaid = profileOfTastes(model, { items: [], weights: [] }, [said(17)]);
  expect([...bestRows(rank({ model, by: "person", profile: onlySaid }), 1)]).toEqual([17]);
});

test("a recommendation comes from what adds most to its score", () => {
  const reason = fc.record({
    why: fc.constantFrom("act", "others", "said", "similar", "trending", "popular", "new", "catalogue"),
    contribution: fc.double({ min: -2, max: 2, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(reason, { minLength: 1 }), (reasons) => {
      const partOf = (source: Source) =>
        reasons
          .filter(({ why }) => sourceOf([{ why, contribution: 1 }]) === source)
          .reduce((sum, { contribution }) => sum + contribution, 0);
      const source = sourceOf(reasons);
      for (const { why } of reasons) {
        const other = sourceOf([{ why, contribution: 1 }]);
        expect(partOf(source)).toBeGreaterThanOrEqual(partOf(other));
      }
    }),
  );
  expect(sourceOf([])).toBe("catalogue");
});

test("places count from 1: among all rows, and among those that may be listed", () => {
  fc.assert(
    fc.property(questions, (question) => {
      const ranked = rank(question);
      const list = [...bestRows(ranked, count)];
      expect(list.map((row) => placeInList(ranked, row))).toEqual(list.map((_, at) => at + 1));
      const all = [...bestRows({ scores: ranked.scores, barred: new Uint8Array(count) }, count)];
      expect(all.map((row) => placeAmongAll(ranked, row))).toEqual(
        all.map((_, at) => ({ place: at + 1, of: count })),
      );
    }),
  );
});

describe("stages", () => {
  const identity: Stage = { name: "identity", apply: (ranking) => ranking };
  const shifted = (by: number): Stage => ({
    name: `shifted by ${by}`,
    apply: ({ scores, reasonsOf }) => ({
      scores: scores.map((score, row) => 2 * score + scores[(row + by) % scores.length]),
      reasonsOf,
    }),
  });

  test("one that changes nothing changes nothing", () => {
    fc.assert(
      fc.property(questions, (question) => {
        const [plain, through] = [rank(question), rank(question, [identity, identity])];
        expect(through.scores).toEqual(plain.scores);
        expect(bestRows(through, 10)).toEqual(bestRows(plain, 10));
        const row = bestRows(plain, 1)[0];
        if (row !== undefined) expect(through.reasonsOf([row])).toEqual(plain.reasonsOf([row]));
      }),
    );
  });

  test("are applied in their order, each to what the one before it made", () => {
    const question: Question = { model, by: "trending" };
    const [a, b] = [shifted(1), shifted(7)];
    const before = rank(question, []);
    const input = { question, barred: before.barred };
    expect(rank(question, [a, b]).scores).toEqual(b.apply(a.apply(before, input), input).scores);
    expect(rank(question, [a, b]).scores).not.toEqual(rank(question, [a]).scores);
  });

  test("know what will not be listed, and cannot bring it back", () => {
    const pushing: Stage = {
      name: "pushing",
      apply: ({ scores, reasonsOf }, { barred }) => ({
        scores: scores.map((score, row) => (barred[row] === 1 ? 1e6 : score)),
        reasonsOf,
      }),
    };
    fc.assert(
      fc.property(questions, (question) => {
        expect(bestRows(rank(question, [pushing]), count).every((row) => mayBeListed(question, row))).toBe(
          true,
        );
      }),
    );
  });
});
