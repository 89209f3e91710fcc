/**
 * What of the ranker a person may have of their own: forms of fine-tuning (finetuning/finetune.ts). Each is a
 * few directions in the space of the weights, but for a vector of the person's own on the factors of items,
 * which adds to a score what it says of the item's.
 */
import type { RankingModel } from "../../core/ranking/model.ts";
import { rankerFeatures } from "../../core/ranking/ranker/features.ts";
import type { PlacedUnit } from "../../core/ranking/ranker/units.ts";
import type { TuningList } from "../finetuning/finetune.ts";
import type { OwnList } from "../finetuning/ownlists.ts";

export interface Form {
  readonly name: string;
  readonly pull: number;
  readonly temperature: number;
  /** Whether lists of what is new to the person are learned from too, beside those of everything. */
  readonly withNew: boolean;
  /** What moves: null is a vector on the factors of items. */
  readonly directions: ((shared: SharedRanker) => readonly Float64Array[]) | null;
}

export interface SharedRanker {
  readonly units: readonly PlacedUnit[];
  readonly weights: Float64Array;
}

/** Pulls and temperatures are chosen on September (docs/decisions/0045-fine-tuning.md). */
export const tuningForms: readonly Form[] = [
  {
    ...{ name: "all weights", pull: 300, temperature: 0.2, withNew: true },
    directions: ({ units }) => units.map((_, at) => unitVector(units.length, at)),
  },
  {
    ...{ name: "weights of the features themselves", pull: 100, temperature: 0.2, withNew: true },
    directions: (shared) => unitsWhere(shared, ({ unit }) => unit.shape === "linear"),
  },
  {
    ...{ name: "a multiplier for each group of features", pull: 30, temperature: 1, withNew: true },
    directions: groupMultipliers,
  },
  {
    ...{ name: "weights of `bought` and `joint`", pull: 10, temperature: 1, withNew: true },
    directions: (shared) =>
      unitsWhere(shared, ({ unit }) => unit.shape === "linear" && ["bought", "joint"].includes(unit.of)),
  },
  {
    ...{ name: "a vector on the factors of items", pull: 30, temperature: 0.2, withNew: true },
    directions: null,
  },
  {
    ...{ name: "weights of what is bought again", pull: 100, temperature: 0.2, withNew: false },
    directions: (shared) => unitsWhere(shared, isOfAgain),
  },
];

/** Whether a unit reads what was bought again. */
export function isOfAgain({ of, by }: Pick<PlacedUnit, "of" | "by">): boolean {
  return [of, by].some((place) => place >= 0 && rankerFeatures[place].group === "again");
}

/** Of those that help on September the one that takes nothing from new products. */
export const chosenForm = tuningForms[tuningForms.length - 1];

/** Factors of each row of a model, the last numbers of its joint rows, at length 1. */
export interface FactorRows {
  readonly values: Float64Array;
  readonly dim: number;
}

export function factorRows({ joint, count }: RankingModel, dim: number): FactorRows {
  const values = new Float64Array(count * dim);
  const whole = new Float64Array(joint.rows.dim);
  for (let row = 0; row < count; row++) {
    joint.rows.rowInto(row, whole);
    const factors = whole.subarray(whole.length - dim);
    const length = Math.sqrt(factors.reduce((sum, value) => sum + value * value, 0));
    for (let k = 0; k < dim; k++) values[row * dim + k] = length > 0 ? factors[k] / length : 0;
  }
  return { values, dim };
}

export interface Tuning {
  readonly form: Form;
  readonly shared: SharedRanker;
  readonly factors: FactorRows;
}

/** Of each past list the lists to learn from, oldest first; of one that says nothing, none. */
export function tuningLists(lists: readonly OwnList[], tuning: Tuning): readonly TuningList[] {
  return lists.flatMap((own) => {
    const whole = tuningList(own, tuning);
    const unseen = [...own.seen.keys()].filter((at) => own.seen[at] === 0);
    return (tuning.form.withNew ? [whole, chosen(whole, unseen)] : [whole]).filter(saysSomething);
  });
}

/** What theta adds to the shared weights, or to the score of a row. */
export function addedBy(theta: Float64Array, { form, shared, factors }: Tuning): Added {
  if (form.directions === null) {
    const { values, dim } = factors;
    return { weights: shared.weights, beside: (row) => product(values, row * dim, theta) / form.temperature };
  }
  const weights = shared.weights.slice();
  for (const [at, direction] of form.directions(shared).entries()) {
    for (let k = 0; k < weights.length; k++) weights[k] += (theta[at] * direction[k]) / form.temperature;
  }
  return { weights, beside: null };
}

export interface Added {
  readonly weights: Float64Array;
  readonly beside: ((row: number) => number) | null;
}

function tuningList({ rows, list }: OwnList, { form, shared, factors }: Tuning): TuningList {
  const { values, units, wanted } = list;
  const scores = Float64Array.from(wanted, (_, at) => product(values, at * units, shared.weights));
  const directions = form.directions?.(shared) ?? null;
  const width = directions?.length ?? factors.dim;
  const columns = new Float64Array(wanted.length * width);
  for (let at = 0; at < wanted.length; at++) {
    if (directions === null) {
      const row = rows[at];
      columns.set(factors.values.subarray(row * width, (row + 1) * width), at * width);
      continue;
    }
    for (let k = 0; k < width; k++) columns[at * width + k] = product(values, at * units, directions[k]);
  }
  return { columns, width, shared: scores.map((score) => form.temperature * score), wanted };
}

function chosen({ columns, width, shared, wanted }: TuningList, places: readonly number[]): TuningList {
  const kept = new Float64Array(places.length * width);
  for (const [at, place] of places.entries()) {
    kept.set(columns.subarray(place * width, (place + 1) * width), at * width);
  }
  return {
    ...{ columns: kept, width },
    shared: Float64Array.from(places, (place) => shared[place]),
    wanted: Uint8Array.from(places, (place) => wanted[place]),
  };
}

function saysSomething({ wanted }: TuningList): boolean {
  return wanted.includes(1) && wanted.includes(0);
}

function product(values: Float64Array, start: number, by: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < by.length; k++) if (by[k] !== 0) sum += by[k] * values[start + k];
  return sum;
}

function unitVector(length: number, at: number): Float64Array {
  const vector = new Float64Array(length);
  vector[at] = 1;
  return vector;
}

function unitsWhere({ units }: SharedRanker, moves: (unit: PlacedUnit) => boolean): readonly Float64Array[] {
  return units.flatMap((unit, at) => (moves(unit) ? [unitVector(units.length, at)] : []));
}

/** What each group adds to a score, as its Shapley value has it (core/ranking/ranker/shapley.ts). */
function groupMultipliers({ units, weights }: SharedRanker): readonly Float64Array[] {
  const groups = [...new Set(rankerFeatures.map(({ group }) => group))];
  return groups.map((group) =>
    weights.map((weight, at) => {
      const { of, by } = units[at];
      const places = by < 0 ? [of] : [of, by];
      const own = places.filter((place) => rankerFeatures[place].group === group);
      return (weight * own.length) / places.length;
    }),
  );
}
