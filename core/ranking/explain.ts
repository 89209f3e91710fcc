/**
 * Reasons: what adds up to a score, exactly.
 *
 * For a person they are the acts behind the tastes, because the score is linear in the weights of the tastes
 * once the matrix A of the fold-in is fixed:
 *
 *   x · v_i = sum over tastes s of unit_s * c_s,  unit_s = v_s^T A^-1 v_i
 *
 * One product a taste and row; an act's contribution is its weight times the unit of its taste. What a taste
 * says by pairs, or because things are bought again (mix.ts), is not linear in its weight: it is given to the
 * acts that speak for the item, by their weights. So acts that nearly cancel each other do not come out
 * larger than they are. That an item is wanted speaks for it beside them.
 */
import type { FoldIn } from "../foldin.ts";
import { pairProductsInto, solveFactoredSidesInPlace } from "../linear.ts";
import type { Rows } from "../rows.ts";
import type { Leaning } from "./leaning.ts";
import type { Mixed } from "./mix.ts";
import { sayersBy } from "./pairs.ts";
import type { Profile } from "./profile.ts";
import type { RowReason } from "./reason.ts";
import { topK } from "./topk.ts";

export interface Explained {
  readonly rows: Rows;
  readonly solved: FoldIn;
  readonly profile: Pick<Profile, "tastes" | "acts" | "leanings">;
  /** Which rows' scores are explained. */
  readonly of: readonly number[];
  /** Which will be, of the same profile, those among them; absent: no others. */
  readonly all?: readonly number[];
  /**
   * At most so many reasons a row: the acts beyond are then one. At least one more than what else speaks for it:
   * what was said, and what has been mixed in.
   */
  readonly most: number;
  /** What has been mixed in beside joint rows; null or absent: nothing. */
  readonly mixed?: Mixed | null;
}

/** Rows of tastes that are in floating point at a time. */
const tastesAtOnce = 64;

/** For each row what speaks for it first, then what speaks against it, each by size. */
export function actReasons(explained: Explained): readonly (readonly RowReason[])[] {
  const { profile, of, most, mixed = null } = explained;
  const { tastes, acts, leanings = [] } = profile;
  const said = leanings.map((leaning) => saidFor(explained, leaning, mixed?.jointFactor ?? 1));
  const unitsFor = unitsKept(explained);
  const above = mixed === null ? null : Float64Array.from(acts, (one) => one.above);
  const sayers = sayersBy(mixed?.pairs ?? null, tastes);
  const count = acts.reduce((sum, { weights }) => sum + weights.length, 0);
  return of.map((row, at) => {
    const beside: RowReason[] = said.map((by, leaning) => ({ why: "said", leaning, contribution: by[at] }));
    beside.push(...(mixed?.beside(row) ?? []));
    const against = unitsFor(row);
    let favour = against;
    if (mixed !== null && above !== null) {
      for (let taste = 0; taste < against.length; taste++) against[taste] *= mixed.jointFactor;
      favour = against.slice();
      for (const taste of sayers(row)) {
        const added = mixed.byTaste(taste, row);
        if (added !== 0) favour[taste] += added / above[taste];
      }
      const rest = shareOut(favour, above, mixed.rest?.(row) ?? 0);
      if (rest !== 0) beside.push({ why: "feature", feature: "taste", contribution: rest });
    }
    if (most <= beside.length) {
      throw new RangeError(`actReasons: most must be at least ${beside.length + 1}, got ${most}`);
    }
    const named = count <= most - beside.length ? count : most - beside.length - 1;
    return withReasons(reasonsOf({ tastes, acts, count, named }, { favour, against, above }), beside);
  });
}

/**
 * Reasons with more among them: those that speak for the row first, then those that speak against it, each by size,
 * of equals who came first; what the others add up to stays last.
 */
export function withReasons(reasons: readonly RowReason[], more: readonly RowReason[]): readonly RowReason[] {
  const all = reasons.slice();
  for (const reason of more) {
    const matters = importance(reason.contribution);
    let at = 0;
    for (; at < all.length; at++) {
      if (all[at].why === "others" || importance(all[at].contribution) < matters) break;
    }
    all.splice(at, 0, reason);
  }
  return all;
}

/** What a leaning adds to the scores of the rows `of`. */
function saidFor(
  { rows, solved, of }: Explained,
  { tastes: { items, weights } }: Leaning,
  jointFactor: number,
): readonly number[] {
  return unitsOf(rows, solved, items, of).map((units) => {
    let sum = 0;
    for (let s = 0; s < items.length; s++) sum += weights[s] * units[s];
    return jointFactor * sum;
  });
}

/** The first of some reasons, and what the others add up to as one. */
export function atMost(reasons: readonly RowReason[], most: number): readonly RowReason[] {
  if (reasons.length <= most) return reasons;
  const [named, others] = [reasons.slice(0, Math.max(0, most - 1)), reasons.slice(Math.max(0, most - 1))];
  const contribution = others.reduce((sum, reason) => sum + reason.contribution, 0);
  return [...named, { why: "others", acts: others.length, contribution }];
}

/** What a taste is made of: its acts, those that speak for it first, each by size. */
export function ownReasons(
  weights: readonly number[],
  { taste, row, most }: { readonly taste: number; readonly row: number; readonly most: number },
): readonly RowReason[] {
  const named = weights.length <= most ? weights.length : Math.max(0, most - 1);
  const scores = Float64Array.from(weights, importance);
  const reasons = Array.from(topK({ scores, k: named }), (act): RowReason => {
    return { why: "act", taste, act, row, contribution: weights[act] };
  });
  if (named === weights.length) return reasons;
  const rest = weights.reduce((sum, weight) => sum + weight, 0);
  const contribution = reasons.reduce((left, reason) => left - reason.contribution, rest);
  return [...reasons, { why: "others", acts: weights.length - named, contribution }];
}

/** By taste: what a unit of an act's weight adds to a score, of acts above 0 and of the others. */
interface Units {
  readonly favour: Float64Array;
  readonly against: Float64Array;
  /** Sum of the weights above 0; null where it is the same which sign an act has. */
  readonly above: Float64Array | null;
}

/**
 * Adds to the units in favour of a row what more its tastes add, by what each of them speaks for it; returns what is
 * left where none does.
 */
function shareOut(favour: Float64Array, above: Float64Array, more: number): number {
  if (more === 0) return 0;
  let spoken = 0;
  for (let taste = 0; taste < above.length; taste++) spoken += Math.max(0, favour[taste] * above[taste]);
  // What would make acts that speak for the row speak against it is told apart from them.
  if (spoken === 0 || spoken + more <= 0) return more;
  for (let taste = 0; taste < above.length; taste++) {
    favour[taste] += (more * Math.max(0, favour[taste])) / spoken;
  }
  return 0;
}

function contributionOf(
  { favour, against }: Pick<Units, "favour" | "against">,
  taste: number,
  weight: number,
): number {
  return weight * (weight > 0 ? favour[taste] : against[taste]);
}

/** Of those that were asked for last. */
const kept = new WeakMap<FoldIn, ReadonlyMap<number, Float64Array>>();

/** unit_s for a row and each taste of the profile, a copy; all that will be asked for are made together. */
function unitsKept({ rows, solved, profile, of, all = of }: Explained): (row: number) => Float64Array {
  let known = kept.get(solved) ?? new Map<number, Float64Array>();
  if (!of.every((row) => known.has(row))) {
    const units = unitsOf(rows, solved, profile.tastes.items, all);
    known = new Map(units.map((one, at) => [all[at], one]));
    kept.set(solved, known);
  }
  return (row) => new Float64Array(known.get(row) ?? []);
}

/** unit_s for each of the rows `of` and each taste. */
function unitsOf(
  rows: Rows,
  { factor }: FoldIn,
  tastes: ArrayLike<number>,
  of: readonly number[],
): readonly Float64Array[] {
  const { dim } = rows;
  const count = of.length;
  const directions = new Float64Array(count * dim);
  for (let at = 0; at < count; at++) rows.rowInto(of[at], directions.subarray(at * dim, (at + 1) * dim));
  solveFactoredSidesInPlace(factor, dim, directions, count);
  const units = of.map(() => new Float64Array(tastes.length));
  const block = new Float64Array(Math.min(tastesAtOnce, tastes.length) * dim);
  const products = new Float64Array(count * tastesAtOnce);
  for (let from = 0; from < tastes.length; from += tastesAtOnce) {
    const width = Math.min(tastesAtOnce, tastes.length - from);
    for (let at = 0; at < width; at++) {
      rows.rowInto(tastes[from + at], block.subarray(at * dim, (at + 1) * dim));
    }
    pairProductsInto({ values: directions, count, dim }, { values: block, count: width, dim }, products);
    for (let at = 0; at < count; at++) {
      units[at].set(products.subarray(at * width, (at + 1) * width), from);
    }
  }
  return units;
}

interface Named extends Pick<Profile, "tastes" | "acts"> {
  /** How many acts there are, and how many of them are reasons of their own: the others are one. */
  readonly count: number;
  readonly named: number;
}

function reasonsOf({ tastes, acts, count, named }: Named, units: Units): readonly RowReason[] {
  const reasons = bestActs({ acts, units, named }).map(
    ({ taste, act }): RowReason => ({
      why: "act",
      ...{ taste, act, row: tastes.items[taste] },
      contribution: contributionOf(units, taste, acts[taste].weights[act]),
    }),
  );
  if (named === count) return reasons;
  const { favour, against, above } = units;
  let contribution = 0;
  for (let taste = 0; taste < against.length; taste++) {
    contribution += against[taste] * tastes.weights[taste];
    if (above !== null) contribution += (favour[taste] - against[taste]) * above[taste];
  }
  for (const reason of reasons) contribution -= reason.contribution;
  return [...reasons, { why: "others", acts: count - named, contribution }];
}

interface ActPlace {
  readonly taste: number;
  readonly act: number;
}

interface BestActs {
  readonly acts: Profile["acts"];
  readonly units: Units;
  readonly named: number;
}

/**
 * The `named` most important acts: none can be behind a taste whose best act is not among the best acts of so
 * many tastes, so only those tastes' acts are looked at.
 */
function bestActs({ acts, units, named }: BestActs): readonly ActPlace[] {
  if (named === 0) return [];
  const bestOfEach = new Float64Array(acts.length);
  for (let taste = 0; taste < acts.length; taste++) {
    const { least, most } = acts[taste];
    bestOfEach[taste] = importance(contributionOf(units, taste, most));
    if (least === most) continue;
    bestOfEach[taste] = Math.max(importance(contributionOf(units, taste, least)), bestOfEach[taste]);
  }
  const tastes = topK({ scores: bestOfEach, k: named }).sort();
  // Where the acts of each of them begin, one after the other.
  const begins = new Uint32Array(tastes.length + 1);
  for (let at = 0; at < tastes.length; at++) begins[at + 1] = begins[at] + acts[tastes[at]].weights.length;
  const scores = new Float64Array(begins[tastes.length]);
  for (let at = 0; at < tastes.length; at++) {
    const { weights } = acts[tastes[at]];
    for (let act = 0; act < weights.length; act++) {
      scores[begins[at] + act] = importance(contributionOf(units, tastes[at], weights[act]));
    }
  }
  return Array.from(topK({ scores, k: named }), (place) => {
    const at = begins.findLastIndex((begin) => begin <= place);
    return { taste: tastes[at], act: place - begins[at] };
  });
}

/** Grows with the importance of a contribution: what speaks for a row, then what speaks against it, by size. */
function importance(contribution: number): number {
  return contribution > 0 ? contribution : -1 / Math.abs(contribution);
}
