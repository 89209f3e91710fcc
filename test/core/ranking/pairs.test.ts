/** What pairs, and what is wanted lately, add to a person's scores and reasons. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chosenRow } from "../../../core/choosing/decide.ts";
import { deviceRows } from "../../../core/choosing/matrix.ts";
import { eventKinds, type TacitEvent } from "../../../core/events/event.ts";
import { foldIn, type TasteRows } from "../../../core/foldin.ts";
import { type JoinedModel, joinParts } from "../../../core/model/join.ts";
import { jointRows } from "../../../core/model/joint.ts";
import { patternOfPairs } from "../../../core/model/pairlist.ts";
import type { PairsPart } from "../../../core/model/pairs.ts";
import { bestRows } from "../../../core/ranking/best.ts";
import { rankingModelOf } from "../../../core/ranking/fromjoined.ts";
import { JournalProfile } from "../../../core/ranking/journalprofile.ts";
import { type RankingModel, rankingModel } from "../../../core/ranking/model.ts";
import { rank } from "../../../core/ranking/pipeline.ts";
import { type Profile, profileOfTastes } from "../../../core/ranking/profile.ts";
import { denseRows } from "../../../core/rows.ts";
import { dayMs } from "../../../core/time.ts";
import { randomModel, settingsOf } from "../../model.ts";
import { numbersOf } from "../numbers.ts";
import { type PairList, pairsPartOf, saidBy } from "../pairparts.ts";

const count = 24;
const base = randomModel({ items: count, contentDim: 5, factorDim: 3 });
const names = base.catalogue.map(({ item }) => item);

/** The same model, in its parts, with pairs and what is wanted lately beside it or without. */
function joinedWith(
  pairs: PairsPart | null,
  pairWeight: number,
  recentWeight = 0,
  recentTrend = 0,
): JoinedModel {
  const { catalogue: cards, content, factors, popularity: shares } = base;
  return joinParts(
    {
      catalogue: { cards },
      content: [{ items: names, dim: base.contentDim, space: "s", rows: content }],
      factors: { items: names, dim: base.factorDim, round: base.round, rows: factors },
      ...{ popularity: { items: names, shares }, predicted: null, pairs },
    },
    { ...settingsOf(base), pairWeight, recentWeight, recentTrend },
  );
}

/** Pairs of half of the catalogue and some items that have left it, in any order, about every third one listed. */
const parts: fc.Arbitrary<PairsPart> = fc
  .shuffledSubarray([...names.slice(0, 16), "gone-1", "gone-2", "gone-3"], { minLength: 4 })
  .chain((items) => {
    const all = Array.from({ length: items.length }, (_, a) =>
      Array.from({ length: a }, (_, b) => [b, a] as const),
    ).flat();
    return fc
      .shuffledSubarray(all, { maxLength: Math.ceil(all.length / 3) })
      .chain((pairs) => pairsPartOf({ count: items.length, pairs } satisfies PairList, items));
  })
  .map((part) => ({ ...part, round: part.round + 1 }));

const weights = fc.integer({ min: 1, max: 100 }).map((hundredths) => hundredths / 100);
/** Parts of a score by pairs and by what is wanted lately. */
const mixes = fc
  .tuple(weights, fc.integer({ min: 0, max: 100 }))
  .map(([pairs, percent]) => ({ pairs, recent: (1 - pairs) * (percent / 100) }));
/** Liked and disliked, by thousandths. */
const taste = fc.integer({ min: -2000, max: 3000 }).map((thousandths) => thousandths / 1000);
const tastesOf = (rows: readonly number[]): fc.Arbitrary<TasteRows> =>
  fc
    .shuffledSubarray([...rows], { minLength: 1, maxLength: Math.min(rows.length, 12) })
    .chain((items) =>
      fc.record({
        items: fc.constant(items),
        weights: fc.array(taste, { minLength: items.length, maxLength: items.length }),
      }),
    )
    .filter(({ weights }) => weights.some((weight) => weight > 0));
const everyRow = names.map((_, row) => row);
const tastes = tastesOf(everyRow);
const candidateBits = fc.option(fc.array(fc.boolean(), { minLength: count, maxLength: count }), {
  nil: null,
});

/** One over the standard deviation over the whole catalogue; 0 where there is none. */
function overDeviationPlainly(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return variance === 0 ? 0 : 1 / Math.sqrt(variance);
}

/** What pairs say for each row, with a matrix of what each item says for each, by item id. */
function plainPairs(part: PairsPart, { items, weights }: TasteRows): readonly number[] {
  const matrix = names.map((source) =>
    names.map((item) => {
      const [a, b] = [part.items.indexOf(source), part.items.indexOf(item)];
      return a < 0 || b < 0 ? 0 : saidBy(part, a, b);
    }),
  );
  return everyRow.map((row) => {
    const terms = Array.from(items, (source, s) => {
      return weights[s] > 0 ? Math.sqrt(weights[s]) * matrix[source][row] : 0;
    });
    return terms.reduce((sum, term) => sum + term, 0);
  });
}

/** Before the crowd has said what it always wants. */
const unwanted = <Joined extends Pick<JoinedModel, "popularity">>(joined: Joined): Joined => ({
  ...joined,
  popularity: new Float32Array(count),
});

/** The formula of core/ranking/mix.ts. */
function plainScores(
  joined: JoinedModel,
  part: PairsPart,
  weight: number,
  { items, weights }: TasteRows,
  recentWeight = 0,
) {
  const rows = numbersOf(jointRows(joined));
  const dim = joined.contentDim + joined.factorDim;
  const { gram, alpha0, lambda } = rankingModelOf(joined).joint;
  const { userVector } = foldIn({ rows, count, dim, gram, alpha0, lambda }, { items, weights });
  const joint = everyRow.map((row) => userVector.reduce((sum, x, k) => sum + x * rows[row * dim + k], 0));
  const said = plainPairs(part, { items, weights });
  const { recent } = part;
  const lately = names.map((item, row) => {
    if (recent === null) return 0;
    const at = part.items.indexOf(item);
    const [share, always, floor] = [
      at < 0 ? base.popularity[row] : recent.shares[at],
      base.popularity[row],
      recent.floor,
    ];
    const rise = Math.log((share + 4 * floor) / (always + 4 * floor));
    return Math.max(0, Math.log(1 + share / floor) + (joined.recentTrend ?? 0) * rise);
  });
  const mean = base.popularity.reduce((sum, share) => sum + share, 0) / count;
  const ever = everyRow.map((row) => Math.log(1 + base.popularity[row] / mean));
  const liked = Array.from(items).filter((_, at) => weights[at] > 0);
  const { choice } = chosenRow(deviceRows, { liked: liked.length, onLearned: 1, onPairs: 1, facts: 0 });
  const recentPart = recent === null ? 0 : recentWeight;
  const pairPart = liked.some((row) => part.items.includes(names[row])) ? weight : 0;
  const everPart = recentPart > 0 ? choice.alwaysBesideLately : choice.always;
  const all = Math.max(1, recentPart + pairPart + everPart);
  const terms = [
    { part: pairPart / all, scores: said },
    { part: recentPart / all, scores: lately },
    { part: everPart / all, scores: ever },
    { part: Math.max(0, 1 - (recentPart + pairPart + everPart) / all), scores: joint },
  ].map(({ part, scores }) => {
    // What is always wanted is not stretched beyond twice.
    const most = scores === ever ? 2 : Number.POSITIVE_INFINITY;
    return { scores, unit: part * Math.min(most, overDeviationPlainly(scores)) };
  });
  // Where only what is always wanted is mixed in: in units of joint scores of what has no taste.
  if (pairPart + recentPart === 0) {
    const others = joint.filter((_, row) => !Array.from(items).includes(row));
    const unit = overDeviationPlainly(others);
    const factor = unit === 0 ? 0 : terms[2].unit / (1 - everPart) / unit;
    return everyRow.map((row) => joint[row] + factor * ever[row]);
  }
  return everyRow.map((row) => terms.reduce((sum, { unit, scores }) => sum + unit * scores[row], 0));
}

/** Acts of any sign behind each taste, which sum to it. */
const splits = fc.array(fc.array(taste, { maxLength: 3 }), { minLength: 12, maxLength: 12 });

/** Each taste's weight as several acts: those of the split, and what is left of it. */
function withActs(profile: Profile, split: readonly (readonly number[])[]): Profile {
  const acts = Array.from(profile.tastes.weights, (whole, at) => {
    const weights = [...split[at], split[at].reduce((rest, weight) => rest - weight, whole)];
    const above = weights.reduce((sum, weight) => sum + Math.max(0, weight), 0);
    return { weights, least: Math.min(...weights), most: Math.max(...weights), above };
  });
  return { ...profile, acts };
}

describe("a score with pairs", () => {
  test("is the plain formula's, deviations being over the whole catalogue whatever the candidates are", () => {
    const trends = fc.constantFrom(0, 0.5, 2);
    fc.assert(
      fc.property(parts, mixes, trends, tastes, candidateBits, (part, mix, trend, given, bits) => {
        const joined = joinedWith(part, mix.pairs, mix.recent, trend);
        const model = rankingModelOf(joined);
        const wanted = plainScores(joined, part, mix.pairs, given, mix.recent);
        const profile = profileOfTastes(model, given);
        const candidates = bits === null ? {} : { candidates: Uint8Array.from(bits, Number) };
        const { scores } = rank({ model, by: "person", profile, ...candidates });
        for (const [row, score] of scores.entries()) {
          if (bits?.[row] === false) expect(score).toBeNaN();
          else expect(Math.abs(score - wanted[row])).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(wanted[row])));
        }
      }),
    );
  });

  test("means the same whatever units pairs are in", () => {
    fc.assert(
      fc.property(parts, weights, tastes, (part, weight, given) => {
        const [one, other] = [part.scales, part.scales.map((scale) => 8 * scale)].map((scales) => {
          const model = rankingModelOf(joinedWith({ ...part, scales }, weight));
          return rank({ model, by: "person", profile: profileOfTastes(model, given) }).scores;
        });
        for (const [row, score] of one.entries()) expect(other[row]).toBeCloseTo(score, 9);
      }),
    );
  });

  test("and its reasons are to the bit as without pairs where there are none, they have no weight, or no round", () => {
    fc.assert(
      fc.property(parts, tastes, candidateBits, (part, given, bits) => {
        const { pairs: _, pairWeight: __, ...plain } = unwanted(joinedWith(null, 0));
        const candidates = bits === null ? {} : { candidates: Uint8Array.from(bits, Number) };
        const answers = [
          plain,
          joinedWith(part, 0),
          joinedWith(null, 0.4),
          joinedWith({ ...part, round: 0 }, 0.4),
          base,
        ].map((joined) => {
          const model = rankingModelOf(unwanted(joined));
          const profile = profileOfTastes(model, given);
          const { scores, reasonsOf } = rank({ model, by: "person", profile, ...candidates });
          return { pairs: model.pairs, scores, reasons: reasonsOf(everyRow), few: reasonsOf(everyRow, 3) };
        });
        for (const answer of answers) expect(answer).toEqual(answers[0]);
        const { joint } = rankingModelOf(plain);
        const products = new Float64Array(count);
        const { solved } = profileOfTastes(rankingModelOf(plain), given);
        if (solved !== null) joint.rows.productsInto(solved.userVector, products);
        expect(
          answers[1].scores.every((score, row) => bits?.[row] === false || score === products[row]),
        ).toBe(true);
      }),
    );
  });

  test("of a person none of whose items are listed ranks as the joint rows do, and so does one who likes none of them", () => {
    const unlisted = tastesOf(everyRow.slice(16));
    const dislikes = fc.dictionary(
      fc.integer({ min: 0, max: 15 }).map(String),
      fc.integer({ min: -2000, max: -1 }),
    );
    const below1 = fc.integer({ min: 1, max: 99 }).map((hundredths) => hundredths / 100);
    fc.assert(
      fc.property(parts, below1, unlisted, dislikes, (part, weight, liked, disliked) => {
        const given = {
          items: [...Array.from(liked.items), ...Object.keys(disliked).map(Number)],
          weights: [...Array.from(liked.weights), ...Object.values(disliked).map((by) => by / 1000)],
        };
        const lists = [joinedWith(part, weight), joinedWith(null, 0)].map((joined) => {
          const model = rankingModelOf(joined);
          const profile = profileOfTastes(model, given);
          const { scores } = rank({ model, by: "person", profile });
          return [...bestRows({ scores, barred: new Uint8Array(count) }, count)];
        });
        expect(lists[0]).toEqual(lists[1]);
      }),
    );
  });

  test("is by pairs alone where the joint rows say the same of each item", () => {
    const numbers = fc.integer({ min: 1, max: 1000 }).map((thousandths) => thousandths / 1000);
    fc.assert(
      fc.property(parts, weights, tastes, numbers, (part, weight, given, number) => {
        const { pairs } = joinedWith(part, weight);
        if (pairs === undefined) throw new Error("expected pairs");
        const model = rankingModel({
          ...{ cards: base.catalogue, shares: new Float64Array(count), alpha0: 0.3, lambda: 0.01 },
          jointRows: () => denseRows(new Float64Array(count * 3).fill(number), count, 3),
          pairs: { ...pairs, weight },
        });
        const { scores } = rank({ model, by: "person", profile: profileOfTastes(model, given) });
        const said = plainPairs(part, given);
        const unit = weight * overDeviationPlainly(said);
        for (const [row, score] of scores.entries()) {
          expect(score - scores[0]).toBeCloseTo(unit * (said[row] - said[0]), 9);
        }
      }),
    );
  });
});

describe("what was bought, listed beside the rest", () => {
  /** Some of what is liked was bought, some only looked at, and something disliked was bought. */
  const bits = fc.array(fc.boolean(), { minLength: count, maxLength: count });
  const someBought = (model: RankingModel, given: TasteRows, bits: readonly boolean[]): Profile => ({
    ...profileOfTastes(model, given),
    bought: Uint8Array.from(bits, Number),
  });
  const mixesOrNone = fc.oneof(mixes, fc.constantFrom({ pairs: 0, recent: 0 }, { pairs: 0, recent: 0.4 }));

  test("counts 6 sqrt(c) deviations more, of joint scores alone in their units; where it is not listed, nothing", () => {
    fc.assert(
      fc.property(parts, mixesOrNone, tastes, bits, (part, mix, given, bits) => {
        const model = rankingModelOf(joinedWith(part, mix.pairs, mix.recent));
        const profile = someBought(model, given, bits);
        const plain = rank({ model, by: "person", profile }).scores;
        const beside = rank({ model, by: "person", profile, includeSeen: true }).scores;
        const { pairs: byPairs, lately } = profile.chosen.parts;
        const scores = new Float64Array(count);
        profile.chosen.joint.rows.productsInto(profile.solved?.userVector ?? new Float64Array(), scores);
        const unit = byPairs + lately === 0 ? 1 / overDeviationPlainly([...scores]) : 1;
        for (const row of everyRow) {
          const weight = given.weights[Array.from(given.items).indexOf(row)] ?? 0;
          const more = bits[row] && weight > 0 ? 6 * Math.sqrt(weight) * unit : 0;
          expect(beside[row]).toBeCloseTo(plain[row] + more, 9);
        }
      }),
    );
  });

  test("leaves reasons that sum to the score, whatever else is in it and however many acts are behind a taste", () => {
    fc.assert(
      fc.property(parts, mixesOrNone, tastes, splits, bits, (part, mix, given, split, bits) => {
        const model = rankingModelOf(joinedWith(part, mix.pairs, mix.recent));
        const profile = withActs(someBought(model, given, bits), split);
        const { scores, reasonsOf } = rank({ model, by: "person", profile, includeSeen: true });
        for (const [row, reasons] of reasonsOf(everyRow).entries()) {
          const contributions = reasons.map(({ contribution }) => contribution);
          const sum = contributions.reduce((total, contribution) => total + contribution, 0);
          const size = contributions.reduce((total, contribution) => total + Math.abs(contribution), 0);
          expect(Math.abs(sum - scores[row])).toBeLessThanOrEqual(1e-9 * size);
        }
      }),
    );
  });

  test("counts nothing where joint scores are all there is, and all the same", () => {
    const model = rankingModel({
      cards: names.map((item) => ({ item })),
      shares: new Float64Array(count),
      jointRows: () => denseRows(new Float64Array(count * 2).fill(0.25), count, 2),
      ...{ alpha0: 0.3, lambda: 0.01 },
    });
    const profile = profileOfTastes(model, { items: [2, 5], weights: [3, 0.5] });
    const [plain, beside] = [false, true].map((includeSeen) => {
      const { scores, reasonsOf } = rank({ model, by: "person", profile, includeSeen });
      return { scores, reasons: reasonsOf(everyRow) };
    });
    expect(plain.scores[0]).toBeGreaterThan(0);
    expect(beside).toEqual(plain);
  });

  test("has its own acts that speak for it as the reason, by their weights", () => {
    const model = rankingModelOf(unwanted(joinedWith(null, 0)));
    const given = { items: [5], weights: [2.25] };
    const profile = withActs(
      someBought(
        model,
        given,
        everyRow.map(() => true),
      ),
      [[0.25, -0.5]],
    );
    const [plain, beside] = [false, true].map((includeSeen) => {
      const [reasons] = rank({ model, by: "person", profile, includeSeen }).reasonsOf([5]);
      return [0, 1, 2].map(
        (act) =>
          reasons.find((reason) => reason.why === "act" && reason.act === act)?.contribution ?? Number.NaN,
      );
    });
    const { scores } = rank({ model, by: "person", profile });
    const more = (6 * 1.5) / overDeviationPlainly([...scores]);
    expect(beside[0] - plain[0]).toBeCloseTo((more * 0.25) / 2.75, 9);
    expect(beside[1] - plain[1]).toBe(0);
    expect(beside[2] - plain[2]).toBeCloseTo((more * 2.5) / 2.75, 9);
  });
});

describe("trending", () => {
  test("is by what is wanted lately where it is known, of equals by popularity, with or without weight", () => {
    // As parts are read: shares differ by one part in 4,096 at least.
    const shares = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: count, maxLength: count });
    fc.assert(
      fc.property(shares, fc.constantFrom(0, 0.3), (steps, recentWeight) => {
        const recent = { shares: steps.map((step) => 2 ** -9 * (1 + step / 2048)), floor: 0.01 };
        const pattern = patternOfPairs([], count);
        const part: PairsPart = {
          ...{ items: names, round: 1, reports: 50, asked: 1, recent, pattern },
          ...{ values: new Int8Array(0), scales: new Float32Array(count) },
        };
        const model = rankingModelOf(joinedWith(part, 0, recentWeight));
        const list = [...bestRows(rank({ model, by: "trending" }), count)];
        const wanted = everyRow.toSorted(
          (a, b) => steps[b] - steps[a] || base.popularity[b] - base.popularity[a] || a - b,
        );
        expect(list).toEqual(wanted);
      }),
    );
  });
});

describe("reasons with pairs", () => {
  test("of each listed row sum to its score, whatever was disliked and however many acts are behind a taste", () => {
    const most = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 2, max: 8 }));
    fc.assert(
      fc.property(
        parts,
        mixes,
        tastes,
        splits,
        candidateBits,
        most,
        (part, mix, given, split, bits, most) => {
          const model = rankingModelOf(joinedWith(part, mix.pairs, mix.recent));
          const profile = withActs(profileOfTastes(model, given), split);
          const candidates = bits === null ? {} : { candidates: Uint8Array.from(bits, Number) };
          const ranked = rank({ model, by: "person", profile, ...candidates });
          const listed = bestRows(ranked, count);
          const acts = profile.acts.reduce((sum, { weights }) => sum + weights.length, 0);
          const whole = ranked.reasonsOf(listed);
          for (const [at, reasons] of ranked.reasonsOf(listed, most).entries()) {
            const contributions = reasons.map(({ contribution }) => contribution);
            const sum = contributions.reduce((total, contribution) => total + contribution, 0);
            const size = whole[at].reduce((total, { contribution }) => total + Math.abs(contribution), 0);
            expect(Math.abs(sum - ranked.scores[listed[at]])).toBeLessThanOrEqual(1e-9 * size);
            // That it is wanted lately is named beside acts, in its place.
            const isWanted = (why: string) => why === "trending" || why === "popular";
            const lately = reasons.filter(({ why }) => isWanted(why));
            expect(whole[at].filter(({ why }) => isWanted(why))).toEqual(lately);
            expect(lately.every(({ contribution }) => contribution > 0)).toBe(true);
            const ofActs = (list: typeof reasons) => list.filter(({ why }) => !isWanted(why));
            const room = most - lately.length;
            const named = acts <= room ? acts : Math.max(0, room - 1);
            expect(ofActs(reasons)).toHaveLength(named < acts ? named + 1 : acts);
            expect(reasons.length).toBeLessThanOrEqual(Math.max(most, 1 + lately.length));
            // Those named are the first of all, and the others are counted.
            expect(ofActs(reasons).slice(0, named)).toEqual(ofActs(whole[at]).slice(0, named));
            if (named < acts) expect(reasons.at(-1)).toMatchObject({ why: "others", acts: acts - named });
            const inOrder = reasons
              .filter(({ why }) => why !== "others")
              .map((reason) => reason.contribution);
            const above = inOrder.filter((contribution) => contribution > 0);
            expect(inOrder.slice(0, above.length)).toEqual(above);
            for (const [k, contribution] of above.slice(1).entries()) {
              expect(contribution).toBeLessThanOrEqual(above[k]);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test("of acts that nearly cancel each other are no larger than what pairs say by them", () => {
    fc.assert(
      fc.property(parts, tastes, fc.integer({ min: 1, max: 12 }), (part, given, digits) => {
        // Where pairs know nothing of what is liked, joint rows rank, and their acts do cancel.
        fc.pre(Array.from(given.items).some((row) => part.items.includes(names[row])));
        const model = rankingModelOf(unwanted(joinedWith(part, 1)));
        const near = { ...given, weights: Array.from(given.weights, () => 10 ** -digits) };
        const whole = rank({ model, by: "person", profile: profileOfTastes(model, near) });
        const profile = withActs(
          profileOfTastes(model, near),
          near.weights.map(() => [-1]),
        );
        const { reasonsOf } = rank({ model, by: "person", profile });
        const sizesOf = (reasons: ReturnType<typeof reasonsOf>) =>
          reasons.map((list) => list.reduce((sum, { contribution }) => sum + Math.abs(contribution), 0));
        const sizes = sizesOf(reasonsOf(everyRow));
        for (const [row, size] of sizesOf(whole.reasonsOf(everyRow)).entries()) {
          expect(sizes[row]).toBeCloseTo(size, 9);
        }
      }),
    );
  });

  test("have in them what a liked item says by pairs, in the measure of its acts, and nothing by a disliked one", () => {
    const part: PairsPart = {
      items: [names[3], names[5], names[8]],
      round: 1,
      reports: 50,
      asked: 1,
      recent: null,
      pattern: patternOfPairs(
        [
          [0, 1],
          [1, 2],
        ],
        3,
      ),
      // Of 3 for 5, of 5 for 3 and for 8, of 8 for 5.
      values: Int8Array.of(100, 50, 20, 90),
      scales: Float32Array.of(0.5, 0.25, 0.125),
    };
    const given = { items: [3, 8], weights: [2.25, -1] };
    const split = [[0.25], [0.5]];
    const [mixed, joint] = [1, 0].map((weight) => {
      const model = rankingModelOf(unwanted(joinedWith(part, weight)));
      const profile = withActs(profileOfTastes(model, given), split);
      const [reasons] = rank({ model, by: "person", profile, includeSeen: true }).reasonsOf([5]);
      return reasons.flatMap((reason) => (reason.why === "act" ? [reason] : []));
    });
    // One row of 24 has a score: x - x / 24 above the mean, over the deviation x sqrt(23) / 24.
    const score = 24 / Math.sqrt(23);
    const by = (taste: number, act: number) =>
      mixed.find((reason) => reason.taste === taste && reason.act === act)?.contribution;
    expect(by(0, 0)).toBeCloseTo((score * 0.25) / 2.25, 9);
    expect(by(0, 1)).toBeCloseTo((score * 2) / 2.25, 9);
    expect([by(1, 0), by(1, 1)].map((contribution) => Math.abs(contribution ?? 1))).toEqual([0, 0]);
    expect(joint.every(({ contribution }) => contribution !== 0)).toBe(true);
  });
});

describe("a journal with pairs beside it", () => {
  const startMs = 1_700_000_000_000;
  const events = fc
    .array(
      fc.record({
        kind: fc.constantFrom(...eventKinds),
        row: fc.integer({ min: 0, max: count - 1 }),
        ageMs: fc.integer({ min: 0, max: 200 * dayMs }),
      }),
      { maxLength: 25 },
    )
    .map((all) =>
      all.map(
        ({ kind, row, ageMs }, number): TacitEvent => ({
          ...{ id: `event-${number}`, kind, item: names[row], atMs: startMs - ageMs },
        }),
      ),
    );
  const answer = (model: RankingModel, profile: Profile) => {
    const ranked = rank({ model, by: "person", profile });
    return { ranked, list: bestRows(ranked, count) };
  };

  test("that came and went event by event is ranked, and explained, as its tastes are that are given at once", () => {
    fc.assert(
      fc.property(parts, weights, events, fc.nat({ max: 12 }), (part, weight, all, dropped) => {
        const model = rankingModelOf(joinedWith(part, weight));
        const journal = new JournalProfile(model, { events: all.slice(0, 10), nowMs: startMs });
        // Solved now and then, so that later events change what was solved.
        for (const event of all.slice(10)) {
          answer(model, journal);
          journal.add(event);
        }
        for (const event of all.slice(0, dropped)) journal.remove(event);
        const given = profileOfTastes(model, journal.tastes);
        const [kept, atOnce] = [journal, given].map((profile) => answer(model, profile));
        for (const [row, score] of kept.ranked.scores.entries()) {
          const wanted = atOnce.ranked.scores[row];
          expect(Math.abs(score - wanted)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(wanted)));
        }
        const rows = kept.list;
        for (const [at, reasons] of kept.ranked.reasonsOf(rows).entries()) {
          const sum = reasons.reduce((total, { contribution }) => total + contribution, 0);
          const size = reasons.reduce((total, { contribution }) => total + Math.abs(contribution), 0);
          expect(Math.abs(sum - kept.ranked.scores[rows[at]])).toBeLessThanOrEqual(1e-9 * size);
        }
      }),
    );
  });
});
