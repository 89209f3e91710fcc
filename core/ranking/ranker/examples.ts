/**
 * A person's examples for the ranker: what it would have looked at for them at a moment, and which of it they
 * wanted afterwards.
 */

import type { Question } from "../question.ts";
import { barredBy } from "../rules.ts";
import { scored } from "../score.ts";
import { rankerFeatures } from "./features.ts";
import { lookedAt } from "./ranker.ts";
import { addedStatistics, type ListStatistics, listStatistics, type UnitRows } from "./statistics.ts";
import { type PlacedUnit, unitValue } from "./units.ts";

type Person = Omit<Extract<Question, { readonly by: "person" }>, "by" | "includeSeen">;

export interface Example {
  /** The question that a list would have answered at the moment. */
  readonly person: Person;
  /** Rows wanted afterwards. */
  readonly wanted: ReadonlySet<number>;
  /** What a wanted row counts for beside others, above 0; 1 for those that are absent. */
  readonly weights?: ReadonlyMap<number, number>;
}

/** Null where nothing that was wanted was looked at. */
export function statisticsOf(example: Example, units: readonly PlacedUnit[]): ListStatistics | null {
  const { person } = example;
  const whole = unitRows(example, units);
  if (whole === null) return null;
  const { rows, list } = whole;
  const unseen = rows.flatMap((row, at) => (person.profile.seen[row] === 0 ? [at] : []));
  return addedStatistics([listStatistics(list), listStatistics(chosenRows(list, unseen))]);
}

/** Candidates of a list in which also stands what was dealt with, with the values of their units. */
export function unitRows(
  { person, wanted, weights: weightOf }: Example,
  units: readonly PlacedUnit[],
): { readonly rows: readonly number[]; readonly list: UnitRows } | null {
  const question = { ...person, by: "person", includeSeen: true } as const;
  const looked = lookedAt(scored(question), { question, barred: barredBy(question) });
  if (looked === null) return null;
  const rows = [...looked.proposals.keys()];
  const values = new Float64Array(rows.length * units.length);
  const x = new Float64Array(rankerFeatures.length);
  for (const [at, row] of rows.entries()) {
    looked.inputs.into(row, x);
    for (const [k, unit] of units.entries()) values[at * units.length + k] = unitValue(unit, x);
  }
  const marks = Uint8Array.from(rows, (row) => (wanted.has(row) ? 1 : 0));
  const weights = weightOf && Float64Array.from(rows, (row) => weightOf.get(row) ?? 1);
  return { rows, list: { values, units: units.length, wanted: marks, weights } };
}

function chosenRows({ values, units, wanted, weights }: UnitRows, chosen: readonly number[]): UnitRows {
  const kept = new Float64Array(chosen.length * units);
  for (const [at, row] of chosen.entries())
    kept.set(values.subarray(row * units, (row + 1) * units), at * units);
  return {
    ...{ values: kept, units },
    wanted: Uint8Array.from(chosen, (row) => wanted[row]),
    weights: weights && Float64Array.from(chosen, (row) => weights[row]),
  };
}
