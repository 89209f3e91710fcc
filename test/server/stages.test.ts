/** Stages that do not beat the one before on people held out are in no edition. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { TacitEvent } from "../../core/events/event.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { JudgedStages, RankerPart } from "../../core/model/ranker.ts";
import { dayMs } from "../../core/time.ts";
import { standardVariety } from "../../server/kinds/ranker/learned.ts";
import { namedRanker } from "../../server/publishing/draft.ts";
import {
  type FoundStages,
  fewestForStages,
  Gate,
  isVarietyWorth,
  mostLostToVariety,
  type Staged,
  type Verdict,
} from "../../server/publishing/gate.ts";
import { judged } from "../../server/publishing/judged.ts";
import { judgedRanker } from "../../server/publishing/rankerdrafts.ts";
import { servedRanker, stagedBy, withStages } from "../../server/publishing/stages.ts";
import type { HeldOutPerson } from "../../server/publishing/train/holdout.ts";
import { randomModel } from "../model.ts";
import { inForceOf, openServer, temporaryDirectory, testConfig } from "./harness.ts";

const nowMs = Date.UTC(2026, 3, 1);
const count = 40;
const itemOf = (row: number) => `item-${row}`;
/** Two categories. */
const model: JoinedModel = randomModel({
  ...{ items: count, contentDim: 4, factorDim: 3, seed: 7 },
  card: (row) => ({ item: itemOf(row), title: `Thing ${row}`, categories: [row % 2 === 0 ? "a" : "b"] }),
});

const act = (row: number, daysAgo: number): TacitEvent => ({
  ...{ id: `${row}-${daysAgo}`, kind: "purchase", item: itemOf(row), atMs: nowMs - daysAgo * dayMs },
});

/** They bought of one category long ago, of the other lately, and go on with that. */
const dated = Array.from({ length: 24 }, (_, person) => {
  const lately = person % 2;
  const events = [
    act(4 + (1 - lately), 400),
    act(8 + (1 - lately), 390),
    act(2 + lately, 6),
    act(6 + lately, 5),
  ];
  return {
    known: new Map(events.map(({ item = "" }) => [item, 1])),
    targets: new Set([10 + lately, 12 + lately, 14 + lately].map(itemOf)),
    journal: { events, nowMs },
  };
});
const undated = dated.map(({ known, targets }) => ({ known, targets }));

function partOf(weight: number): RankerPart {
  const units = [{ shape: "linear" as const, of: "sinceCategory" }];
  return { units, weights: [weight], ...standardVariety, people: 100, origin: "crowd" };
}

const gateOf = (heldOut: readonly HeldOutPerson[] | null, margin = 1) => new Gate({ heldOut, k: 10, margin });

/** @throws {Error} where nothing was measured. */
async function judgedBy(gate: Gate, by: Staged): Promise<JudgedStages> {
  const found = await gate.stages(by);
  if (found.state !== "measured") throw new Error(`expected stages measured, got ${found.people} people`);
  return found.judged;
}

describe("a ranker", () => {
  test("is on where it ranks better than without it, off where it ranks worse or alike, by what people did and when", async () => {
    const gate = gateOf(dated);
    const good = await judgedBy(gate, stagedBy(model, partOf(-5)));
    const bad = await judgedBy(gate, stagedBy(model, partOf(5)));
    expect(good).toMatchObject({ people: dated.length, k: 10 });
    expect(good.stages[0]).toMatchObject({ stage: "ranker", isOn: true });
    expect(bad.stages).toMatchObject([{ stage: "ranker", isOn: false }]);
    expect(bad.stages[0].ndcg.before).toBe(good.stages[0].ndcg.before);
    // Without times nobody knows what was bought lately: what the ranker says is the same for every row.
    const blind = await judgedBy(gateOf(undated), stagedBy(model, partOf(-5)));
    expect(blind.stages[0].ndcg.after).toBeLessThan(good.stages[0].ndcg.after);
    const same = { without: model, ranked: model, varied: model };
    expect((await judgedBy(gateOf(dated, 0), same)).stages).toMatchObject([{ isOn: false }]);
  });

  test("is judged on people as of the last days of their file, where it says when", async () => {
    const late = dated.slice(0, fewestForStages);
    const misleading = dated.map(({ known, targets, journal }, at) => ({
      ...{ known, targets: new Set([itemOf(39 - (at % 2))]), journal },
      ...(at < late.length ? { lately: { known, targets, journal } } : {}),
    }));
    const found = await judgedBy(gateOf(misleading), stagedBy(model, partOf(-5)));
    expect(found).toEqual(await judgedBy(gateOf(late), stagedBy(model, partOf(-5))));
    expect(found.people).toBe(late.length);
  });

  test("is not measured on fewer people than a standard error needs, whoever else there is and however much it gains", async () => {
    const by = stagedBy(model, partOf(-5));
    for (const count of [0, 1, 2, fewestForStages - 1]) {
      const late = dated.map(({ known, targets, journal }, at) => ({
        ...{ known, targets, journal },
        ...(at < count ? { lately: { known, targets, journal } } : {}),
      }));
      const some = count === 0 ? [] : late;
      expect(await gateOf(some, 0).stages(by)).toEqual({ state: "not measured", people: count });
    }
    expect(await gateOf(null).stages(by)).toEqual({ state: "not measured", people: 0 });
    expect(await gateOf(dated.slice(0, fewestForStages), 0).stages(by)).toMatchObject({ state: "measured" });
  });

  test("must beat the one before by more than the margin of noise", async () => {
    const found = await judgedBy(gateOf(dated, 1000), stagedBy(model, partOf(-5)));
    expect(found.stages).toMatchObject([{ stage: "ranker", isOn: false }]);
  });
});

describe("variety", () => {
  const change = fc.record({
    before: fc.double({ min: 0.01, max: 1, noNaN: true }),
    after: fc.double({ min: 0.01, max: 1, noNaN: true }),
  });
  test("is on where it costs no more than is allowed and lists have more of the catalogue and are more unlike", () => {
    fc.assert(
      fc.property(change, change, change, (ndcg, coverage, diversity) => {
        const lost = (ndcg.before - ndcg.after) / ndcg.before;
        const gains = coverage.after > coverage.before && diversity.after > diversity.before;
        if (Math.abs(lost - mostLostToVariety) < 1e-9) return;
        expect(isVarietyWorth({ ndcg, coverage, diversity })).toBe(gains && lost < mostLostToVariety);
      }),
    );
  });

  test("is in the part at the strengths that were judged, or not at all, and no part is served without its ranker", () => {
    const figures = {
      ndcg: { before: 0.1, after: 0.2 },
      coverage: { before: 0.1, after: 0.2 },
      diversity: { before: 0.1, after: 0.2 },
    };
    const judgedAs = (ranker: boolean, variety: boolean): JudgedStages => ({
      ...{ people: 9, k: 10 },
      stages: [
        { stage: "ranker", isOn: ranker, ...figures },
        { stage: "variety", isOn: variety, ...figures },
      ],
    });
    const part = { ...partOf(1), novelty: 0.5, diversity: 3 };
    expect(servedRanker(part, judgedAs(true, true))).toMatchObject({
      ...standardVariety,
      judged: judgedAs(true, true),
    });
    expect(servedRanker(part, judgedAs(true, false))).toMatchObject({ novelty: 0, diversity: 0 });
    expect(servedRanker(part, judgedAs(false, true))).toBeNull();
  });
});

describe("an edition", () => {
  const off: JudgedStages = {
    ...{ people: 9, k: 10 },
    stages: [
      {
        ...{ stage: "ranker", isOn: false, ndcg: { before: 0.2, after: 0.2 } },
        ...{ coverage: { before: 0.5, after: 0.5 }, diversity: { before: 0.5, after: 0.5 } },
      },
    ],
  };
  const measured = {
    variant: 0,
    people: 9,
    k: 10,
    variants: [0.3],
    candidate: 0.3,
    inForce: 0.3,
    popularity: null,
  };

  const on: JudgedStages = { ...off, stages: [{ ...off.stages[0], isOn: true }] };
  const passing = { ...measured, verdict: "better or equal" } as const;
  const worse = { ...measured, verdict: "refused", why: "worse-than-in-force" } as const;
  const blind = { verdict: "not measured", variant: 0 } as const;
  const foundAs = (judged: JudgedStages) => ({ state: "measured", judged }) as const;
  const nobody = { state: "not measured", people: 3 } as const;

  async function openWithRanker() {
    const server = await openServer(testConfig(temporaryDirectory()));
    const before = inForceOf(server);
    const inForce = { ...before, parts: { ...before.parts, ranker: await namedRanker(partOf(1)) } };
    return { server, inForce };
  }

  test("of other factors lets go of a ranker that gains nothing beside them, and says so in its verdict", async () => {
    const { server, inForce } = await openWithRanker();
    const gate = {
      judge: async () => passing,
      preferred: async () => null,
      stages: async () => foundAs(off),
    };
    const learning = { learned: inForce.learned, round: 1, origin: "round" } as const;
    const { verdict, draft } = await judged({ inForce, editions: server.parts.editions, gate }, learning);
    expect(verdict).toMatchObject({ verdict: "better or equal", stages: off });
    const { parts, verdict: text } = await draft();
    expect(parts.ranker).toBeNull();
    expect(JSON.parse(text)).toMatchObject({ stages: off });
  });

  test("that loses its ranker is judged as what is left, beside what is in force, and refused where that is worse", async () => {
    const { inForce } = await openWithRanker();
    const { parts, edition, learned } = inForce;
    const space = { id: inForce.space, bytes: null };
    const draft = { parts, settings: edition.model, learned, space, origin: "round", verdict: "" } as const;
    const ranked = { ...inForce.model, ranker: partOf(1) };
    const asked: (readonly [readonly JoinedModel[], JoinedModel | null])[] = [];
    const by = (left: Verdict) =>
      withStages(
        {
          judge: async (models, beside) => {
            asked.push([models, beside]);
            return left;
          },
          stages: async () => foundAs(off),
        },
        { verdict: { ...passing, variant: 1, variants: [0.2, 0.3] }, model: ranked, draft, inForce },
      );
    const lower = { ...worse, candidate: 0.1, variants: [0.1] };
    const refused = await by(lower);
    expect(refused.verdict).toMatchObject({
      ...{ verdict: "refused", why: "worse-than-in-force", candidate: 0.1, stages: off },
      ...{ variant: 1, variants: [0.2, 0.1] },
    });
    expect(refused.draft.parts.ranker).toBeNull();
    expect(JSON.parse(refused.draft.verdict)).toEqual(refused.verdict);
    expect(asked).toHaveLength(1);
    const [[[left], beside]] = asked;
    expect(left.ranker).toBeUndefined();
    expect(beside).toBe(inForce.model);
    expect((await by({ ...passing, candidate: 0.4 })).verdict).toMatchObject({
      ...{ verdict: "better or equal", candidate: 0.4, stages: off },
    });
  });

  test("has no ranker that nobody was asked about, but for one that is in force beside the very same parts", async () => {
    const { server, inForce } = await openWithRanker();
    const learning = { learned: inForce.learned, round: 1, origin: "round" } as const;
    const astray = { verdict: "refused", why: "too-long", detail: "item item-1" } as const;
    for (const verdict of [passing, blind, worse, astray]) {
      const gate = {
        judge: async () => verdict,
        preferred: async () => null,
        stages: async () => nobody,
      };
      const made = await judged({ inForce, editions: server.parts.editions, gate }, learning);
      const { parts, verdict: text } = await made.draft();
      expect(parts.ranker, verdict.verdict).toBeNull();
      expect(JSON.parse(text)).toEqual(made.verdict);
      expect(made.verdict).toMatchObject(verdict);
      if (verdict === astray) continue;
      const people = verdict === blind ? 0 : nobody.people;
      expect(made.verdict).toMatchObject({ unmeasured: { people, became: "left out" } });
    }
    const { parts, edition, learned } = inForce;
    const space = { id: inForce.space, bytes: null };
    const draft = { parts, settings: edition.model, learned, space, origin: "round", verdict: "" } as const;
    const same = await withStages(
      { judge: async () => blind, stages: async () => nobody },
      { verdict: blind, model: { ...inForce.model, ranker: partOf(1) }, draft, inForce },
    );
    expect(same.draft.parts.ranker).toBe(parts.ranker);
    expect(same.verdict).toEqual({ ...blind, unmeasured: { people: 0, became: "kept" } });
  });

  test("with a ranker is served once it was measured to gain, and is refused where another is in force that ranks better", async () => {
    const server = await openServer(testConfig(temporaryDirectory()));
    const inForce = inForceOf(server);
    const by = (verdict: typeof passing | typeof worse | typeof blind, found: FoundStages) =>
      judgedRanker(
        { inForce, gate: { judge: async () => verdict, stages: async () => found } },
        partOf(1),
        "round",
      );
    expect(await by(passing, foundAs(on))).toMatchObject({
      isServed: true,
      draft: { parts: { ranker: { part: { judged: on } } } },
    });
    expect(await by(passing, foundAs(off))).toMatchObject({
      isServed: false,
      verdict: { why: "no-better-than-without-ranker" },
    });
    expect(await by(worse, foundAs(on))).toMatchObject({
      isServed: false,
      verdict: { why: "worse-than-in-force" },
    });
    expect(await by(blind, foundAs(on))).toMatchObject({ isServed: false, verdict: blind });
    expect(await by(passing, nobody)).toMatchObject({
      isServed: false,
      verdict: { why: "ranker-not-measured", unmeasured: { people: nobody.people, became: "refused" } },
    });
    // What it says of itself is no measurement, and how strong variety is is not its to say.
    const boasting = { ...partOf(1), novelty: 0.9, diversity: 7, judged: { ...on, people: 1_000_000 } };
    const gate = { judge: async () => blind, stages: async () => nobody };
    const { draft: alone } = await judgedRanker({ inForce, gate }, boasting, "train");
    expect(alone.parts.ranker?.part).toEqual(partOf(1));
    const beside: (JoinedModel | null)[] = [];
    const judge = async (_models: readonly JoinedModel[], other: JoinedModel | null) => {
      beside.push(other);
      return passing;
    };
    const ranked = { ...inForce, parts: { ...inForce.parts, ranker: await namedRanker(partOf(1)) } };
    for (const before of [inForce, ranked]) {
      await judgedRanker(
        { inForce: before, gate: { judge, stages: async () => foundAs(on) } },
        partOf(2),
        "round",
      );
    }
    expect(beside).toEqual([null, inForce.model]);
  });
});
