/**
 * What a site decides about a list, whatever the person's scores: which items may stand in it, which stand
 * where, what is lifted or put back, and how many of a kind there are at most. In a call, or in the edition
 * for all calls (core/model/policy.ts).
 */
import type { Condition } from "./condition.ts";

/** At a place of the list, 1 the first. */
export interface Pin {
  readonly item: string;
  readonly place: number;
}

/**
 * Adds to, or takes from, the scores of what matches.
 *
 * `by` is in standard deviations of the scores of the best 200 that may be listed: 1 is seen.
 */
export interface Boost {
  readonly where: Condition;
  readonly by: number;
}

/** At most so many items with one value of `of`: "category", or the name of an attribute. */
export interface Quota {
  readonly of: string;
  readonly most: number;
}

/**
 * Of the first k places at least a part `least` (0..1) of k, whole places, have what matches, for every k; as
 * far as there is as much that may be listed.
 */
export interface Exposure {
  readonly where: Condition;
  readonly least: number;
}

/** What was shown so often within so many days, and not dealt with since, is not listed for that person. */
export interface Ignored {
  readonly shown: number;
  readonly days: number;
}

export interface ListPolicy {
  /** Only what matches is listed. */
  readonly filter?: Condition | undefined;
  /** Of two for one place the second comes next. What may not be listed is not, pinned or not. */
  readonly pin?: readonly Pin[] | undefined;
  readonly boost?: readonly Boost[] | undefined;
  readonly bury?: readonly Boost[] | undefined;
  readonly quota?: readonly Quota[] | undefined;
  readonly exposure?: readonly Exposure[] | undefined;
  readonly ignored?: Ignored | undefined;
}
