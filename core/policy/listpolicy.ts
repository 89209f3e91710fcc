/**
 * What a site decides about a list, whatever the person's scores: which items may stand in it, which stand where, what is
 * lifted or put back, and how many of a kind there are at most. In a call, or in the edition for all calls
 * (core/model/policy.ts).
 */
import * as v from "valibot";
import { modelLimits } from "../model/limits.ts";
import { issueText } from "../wire/issues.ts";
import { type Condition, conditionSchema } from "./condition.ts";

export const policyLimits = {
  pins: 100,
  boosts: 50,
  quotas: 20,
  place: 1000,
  by: 20,
  shown: 1000,
  days: 365,
} as const;

/** At a place of the list, 1 the first. */
export interface Pin {
  readonly item: string;
  readonly place: number;
}

/**
 * Adds to, or takes from, the scores of what matches.
 *
 * `by` is in standard deviations of the scores of the best 200 that may be listed: 1 is seen, 5 is above or below nearly
 * all others.
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
  readonly ignored?: Ignored | undefined;
}

function whole(most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));
}
const boosts = v.pipe(
  v.array(
    v.strictObject({
      where: conditionSchema,
      by: v.pipe(v.number(), v.minValue(0), v.maxValue(policyLimits.by)),
    }),
  ),
  v.maxLength(policyLimits.boosts),
);
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.itemId));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(modelLimits.attributeName));

const entries = {
  filter: v.optional(conditionSchema),
  pin: v.optional(
    v.pipe(
      v.array(v.strictObject({ item: id, place: whole(policyLimits.place) })),
      v.maxLength(policyLimits.pins),
    ),
  ),
  boost: v.optional(boosts),
  bury: v.optional(boosts),
  quota: v.optional(
    v.pipe(
      v.array(v.strictObject({ of: name, most: whole(policyLimits.place) })),
      v.maxLength(policyLimits.quotas),
    ),
  ),
  ignored: v.optional(v.strictObject({ shown: whole(policyLimits.shown), days: whole(policyLimits.days) })),
};

export const listPolicySchema: v.GenericSchema<ListPolicy> = v.strictObject(entries);

const policyKeys = Object.keys(entries) as readonly (keyof ListPolicy)[];

/**
 * The policy among a call's options; null where there is none.
 *
 * @throws {TypeError} `who: …` naming what is wrong with it.
 */
export function policyIn(options: ListPolicy, who: string): ListPolicy | null {
  const given = policyKeys.filter((key) => options[key] !== undefined);
  if (given.length === 0) return null;
  const parsed = v.safeParse(listPolicySchema, Object.fromEntries(given.map((key) => [key, options[key]])));
  if (!parsed.success) throw new TypeError(issueText(who, parsed.issues[0]));
  return parsed.output;
}
