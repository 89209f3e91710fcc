/**
 * Exposure between groups of items, and constant boosts, one a group, that bring it to what is wanted:
 * multipliers of the constraint "each group has its part of the places" (as Singh and Joachims 2018 state
 * exposure constraints, here of the mean over people), found by dual ascent on lists of people who are not
 * judged.
 */
import type { Condition } from "../../core/policy/condition.ts";
import type { ListPolicy } from "../../core/policy/listpolicy.ts";

/**
 * Groups of equal size, from what the fewest dealt with to what the most did; of equals the earlier rows
 * first.
 */
export function popularityGroups(counts: ArrayLike<number>, groups: number): Int32Array {
  const groupOf = new Int32Array(counts.length);
  const rows = Array.from({ length: counts.length }, (_, row) => row).sort(
    (a, b) => counts[a] - counts[b] || a - b,
  );
  for (const [place, row] of rows.entries()) groupOf[row] = Math.floor((place * groups) / rows.length);
  return groupOf;
}

/** What part of all places each group has. */
export function exposureOf(
  lists: readonly ArrayLike<number>[],
  groupOf: ArrayLike<number>,
  groups: number,
): readonly number[] {
  const places = new Array<number>(groups).fill(0);
  for (const list of lists) for (const row of Array.from(list)) places[groupOf[row]] += 1;
  const all = places.reduce((sum, count) => sum + count, 0);
  return places.map((count) => count / all);
}

/** 0..1: the part of places of the group that has least, over an equal part. */
export function parityOf(exposure: readonly number[]): number {
  return Math.min(...exposure) * exposure.length;
}

export interface GroupPolicies {
  /** Boosts by group. */
  readonly boosted: (boosts: readonly number[]) => ListPolicy;
  /** Each group has at least that part of an equal part in each list. */
  readonly owed: (part: number) => ListPolicy;
}

/** The groups as conditions, and policies of a list about them. */
export function groupPolicies(
  ids: readonly string[],
  groupOf: ArrayLike<number>,
  groups: number,
): GroupPolicies {
  // The same conditions each time: whose rows they are is found once.
  const conditions = Array.from({ length: groups }, (_, group): Condition => {
    return { item: ids.filter((_, row) => groupOf[row] === group) };
  });
  const terms = (boosts: readonly number[], sign: 1 | -1) =>
    conditions.flatMap((where, group) =>
      sign * boosts[group] > 0 ? [{ where, by: sign * boosts[group] }] : [],
    );
  return {
    boosted: (boosts) => ({ boost: terms(boosts, 1), bury: terms(boosts, -1) }),
    owed: (part) => ({ exposure: conditions.map((where) => ({ where, least: part / groups })) }),
  };
}

const steps = 14;
/** Of a step, in units of a boost for each part of the wanted exposure that is missing. */
const stepSize = 0.6;

/** @param listsWith lists of people who are not judged, under boosts by group. */
export function boostsFor(
  wanted: readonly number[],
  listsWith: (boosts: readonly number[]) => readonly ArrayLike<number>[],
  groupOf: ArrayLike<number>,
): readonly number[] {
  let boosts: readonly number[] = wanted.map(() => 0);
  for (let step = 0; step < steps; step++) {
    const exposure = exposureOf(listsWith(boosts), groupOf, wanted.length);
    const size = stepSize / Math.sqrt(1 + step / 3);
    boosts = boosts.map((boost, group) => boost + size * ((wanted[group] - exposure[group]) / wanted[group]));
    // Only differences between groups order a list.
    const mean = boosts.reduce((sum, boost) => sum + boost, 0) / boosts.length;
    boosts = boosts.map((boost) => boost - mean);
  }
  return boosts;
}
