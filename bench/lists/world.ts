/**
 * A shop whose people are served lists, on the log of the gift shop: who buys in a span of thirty days, as
 * they were when it began, with the lists that the ranking before a ranker would have served them, what they
 * really bought in the span, and what a ranker learns from of them.
 *
 * All of a person that does not hang on what is clicked is made once: rankers of many crowds are taught and
 * judged.
 */
import { bestRows } from "../../core/ranking/best.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { rank } from "../../core/ranking/pipeline.ts";
import { rankerFeatures } from "../../core/ranking/ranker/features.ts";
import { askedUnits } from "../../core/ranking/ranker/learnedunits.ts";
import { lookedAt } from "../../core/ranking/ranker/ranker.ts";
import { type ListMoments, listMoments } from "../../core/ranking/ranker/statistics.ts";
import { placed, unitValue } from "../../core/ranking/ranker/units.ts";
import { barredBy } from "../../core/ranking/rules.ts";
import { scored } from "../../core/ranking/score.ts";
import { dayMs } from "../../core/time.ts";
import { k, type ListsOf } from "../temporal/judging.ts";
import { type JudgedCustomer, type Month, monthFrom } from "../temporal/month.ts";
import { askedFor, deviceLists, type LearningParts, learnedMonth, modelOf } from "../temporal/ranked.ts";

export const units = askedUnits.flatMap((unit) => placed(unit) ?? []);

export interface ListsWanted {
  readonly month: Month;
  readonly fromMs: number;
  readonly learning: LearningParts;
  /** As of `monthFrom`. */
  readonly every: number;
  /** Places of a list that is served. */
  readonly places: number;
}

/** What a ranker looks at, of one of the two lists that a person counts with. */
export interface Looked {
  readonly moments: ListMoments;
  /** How many rows it has. */
  readonly candidates: number;
  /** Rows that may be wanted, by their place in `values`. */
  readonly placeOf: ReadonlyMap<number, number>;
  /** place x units, row-major. */
  readonly values: Float64Array;
}

/** A customer in a span. */
export interface Served {
  /** What they are served, best first: with what they have bought, and without. */
  readonly lists: readonly (readonly number[])[];
  /** What they really buy in the span. */
  readonly wants: ReadonlySet<number>;
  readonly looked: readonly Looked[];
}

export interface ListsWorld {
  readonly people: readonly Served[];
  /** Of whom is judged, what a ranker lists. */
  readonly listsBy: (weights: Float64Array) => ListsOf;
  /** As a device lists by it: slower, and the same. */
  readonly ofDevice: (weights: Float64Array) => ListsOf;
  /** Without a ranker. */
  readonly before: ListsOf;
}

const spans = [1, 2];

export async function listsWorld({
  month,
  fromMs,
  learning,
  every,
  places,
}: ListsWanted): Promise<ListsWorld> {
  const people: Served[] = [];
  for (const span of spans) {
    const startMs = fromMs - span * 30 * dayMs;
    const then = learnedMonth(await monthFrom({ fromMs: startMs, every }), startMs, learning);
    const model = modelOf(then);
    for (const customer of then.month.judged) {
      const served = servedTo(model, customer, startMs, places);
      if (served !== null) people.push(served);
    }
  }
  const today = learnedMonth(month, fromMs, learning);
  const model = modelOf(today, { variants: true });
  const ofDevice = (weights: Float64Array) =>
    deviceLists(modelOf(today, { variants: true, ranker: { units: askedUnits, weights } }), fromMs);
  return { people, before: deviceLists(model, fromMs), ...judgedBy(model, month.judged, fromMs), ofDevice };
}

/** Lists of many rankers: units of what each person's would order are worked out once. */
function judgedBy(
  model: RankingModel,
  judged: readonly JudgedCustomer[],
  nowMs: number,
): Pick<ListsWorld, "listsBy"> {
  const rowsOf = new Map(
    judged.map((customer) => {
      const asked = askedFor(model, customer, nowMs);
      return [customer, [true, false].map((includeSeen) => lookedRows(asked, includeSeen))] as const;
    }),
  );
  return {
    listsBy: (weights) => (customer) => {
      const [whole, fresh] = (rowsOf.get(customer) ?? []).map((looked) =>
        looked === null ? [] : bestOf(looked, weights),
      );
      return { whole, fresh };
    },
  };
}

function bestOf({ rows, values }: LookedRows, weights: Float64Array): readonly number[] {
  const scores = Float64Array.from(rows, (_, at) => {
    let score = 0;
    for (let unit = 0; unit < weights.length; unit++)
      score += weights[unit] * values[at * weights.length + unit];
    return score;
  });
  const best = bestRows({ scores, barred: new Uint8Array(rows.length) }, k);
  return Array.from(best, (at) => rows[at]);
}

/** Null where nothing is known of them. */
function servedTo(
  model: RankingModel,
  customer: JudgedCustomer,
  nowMs: number,
  places: number,
): Served | null {
  const asked = askedFor(model, customer, nowMs);
  const lists = [true, false].map((includeSeen) =>
    Array.from(bestRows(rank({ ...asked, by: "person", includeSeen }), places)),
  );
  const looked = lookedRows(asked, true);
  if (looked === null) return null;
  const mayBeWanted = new Set([...lists.flat(), ...customer.all]);
  const unseen = [...looked.rows.keys()].filter((at) => asked.profile.seen[looked.rows[at]] === 0);
  return {
    ...{ lists, wants: customer.all },
    looked: [[...looked.rows.keys()], unseen].map((ats) => {
      const chosen = ats.map((at) => ({ row: looked.rows[at], at }));
      const kept = chosen.filter(({ row }) => mayBeWanted.has(row));
      const valuesOf = (some: typeof chosen) => {
        const values = new Float64Array(some.length * units.length);
        for (const [place, { at }] of some.entries()) {
          values.set(
            looked.values.subarray(at * units.length, (at + 1) * units.length),
            place * units.length,
          );
        }
        return values;
      };
      return {
        moments: listMoments({ values: valuesOf(chosen), units: units.length }),
        candidates: chosen.length,
        placeOf: new Map(kept.map(({ row }, place) => [row, place])),
        values: valuesOf(kept),
      };
    }),
  };
}

interface LookedRows {
  readonly rows: readonly number[];
  /** rows x units, row-major; of four bytes, as they are many. */
  readonly values: Float32Array;
}

/** Rows that a ranker orders for a person, with the values of their units. */
function lookedRows(asked: ReturnType<typeof askedFor>, includeSeen: boolean): LookedRows | null {
  const question = { ...asked, by: "person", includeSeen } as const;
  const looked = lookedAt(scored(question), { question, barred: barredBy(question) });
  if (looked === null) return null;
  // Equal scores keep catalogue order.
  const rows = [...looked.proposals.keys()].sort((a, b) => a - b);
  const values = new Float32Array(rows.length * units.length);
  const x = new Float64Array(rankerFeatures.length);
  for (const [at, row] of rows.entries()) {
    looked.inputs.into(row, x);
    for (const [place, unit] of units.entries()) values[at * units.length + place] = unitValue(unit, x);
  }
  return { rows, values };
}
