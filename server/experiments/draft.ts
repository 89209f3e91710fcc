/**
 * An experiment as an operator writes it down, before anybody is in it. What is left out has a default: equal
 * weights, everybody, one stratum, outcomes of seven days, two weeks of new people.
 */
import * as v from "valibot";
import type { Experiment } from "../../core/experiments/experiment.ts";
import { experimentSchema } from "../../core/experiments/experimentschema.ts";
import { jsonFromText } from "../../core/json.ts";
import { hasOwnedName } from "../../core/ownednames.ts";
import { dayMs } from "../../core/time.ts";
import { issueText } from "../../core/wire/issues.ts";
import type { ExperimentRow } from "../store/experiments.ts";

/** Everything of an experiment but who is dealt what, and when. */
export interface ExperimentDraft extends Omit<Experiment, "seed" | "fromMs" | "toMs"> {
  /** For so many days people come into it. */
  readonly days: number;
}

const longestDays = 365;

/** A loose object drops them, where what is not known must be refused. */
const asKeyed = v.check((given: unknown) => !hasOwnedName(given), "of known keys");

const givenArmSchema = v.pipe(v.unknown(), asKeyed, v.looseObject({ weight: v.optional(v.number()) }));

const givenObjectSchema = v.looseObject({
  name: v.string(),
  days: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(longestDays)), 14),
  arms: v.pipe(v.array(givenArmSchema), v.minLength(2)),
});
const givenSchema = v.pipe(v.unknown(), asKeyed, givenObjectSchema);

const usual = {
  ...{ layer: null, coverage: 1, audience: {}, strata: { by: "nothing" } },
  ...{ windowDays: 7, beforeDays: 28 },
} as const;

/** What starting gives an experiment: nobody writes it down. */
const givenAtStart = ["seed", "fromMs", "toMs"] as const;

/** @throws {TypeError} `experiment: …` naming what is wrong. */
export function parseDraft(given: unknown): ExperimentDraft {
  const parsed = v.safeParse(givenSchema, given);
  if (!parsed.success) throw new TypeError(issueText("experiment", parsed.issues[0]));
  const { days, arms, ...rest } = parsed.output;
  const early = givenAtStart.find((key) => Object.hasOwn(rest, key));
  if (early !== undefined) throw new TypeError(`experiment: ${early} is not a known key: a start gives it`);
  const share = 1 / arms.length;
  const isWeighted = arms.some(({ weight }) => weight !== undefined);
  const weighed = isWeighted ? arms : arms.map((arm) => ({ ...arm, weight: share }));
  const whole = { ...usual, ...rest, arms: weighed, seed: "draft", fromMs: 0, toMs: dayMs };
  const read = v.safeParse(experimentSchema, whole);
  if (!read.success) throw new TypeError(issueText("experiment", read.issues[0]));
  if (read.output.arms.some(({ ranking }) => ranking !== undefined)) {
    // Browsers leave such an experiment out: nobody would be in it.
    throw new TypeError("experiment: arms must have no ranking, which no browser carries out yet, got some");
  }
  const { seed: _seed, fromMs: _from, toMs: _to, ...draft } = read.output;
  return { ...draft, days };
}

/** draft: nobody is in it; running: new people come in; closing: it waits for outcomes; ended. */
export type ExperimentState = "draft" | "running" | "closing" | "ended";

/** An experiment from its draft to its end. */
export interface KeptExperiment {
  readonly draft: ExperimentDraft;
  readonly createdAtMs: number;
  readonly started: ExperimentRow["started"];
}

/** Null for what another version wrote in another form. */
export function keptExperimentOf({ draft, createdAtMs, started }: ExperimentRow): KeptExperiment | null {
  try {
    return { draft: parseDraft(jsonFromText(draft, "experiment")), createdAtMs, started };
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

export function rowOf({ draft, createdAtMs, started }: KeptExperiment): ExperimentRow {
  return { name: draft.name, draft: JSON.stringify(draft), createdAtMs, started };
}

/** As editions list it; null for a draft. */
export function experimentOf({ draft, started }: KeptExperiment): Experiment | null {
  if (started === null) return null;
  const { days: _days, ...rest } = draft;
  const { seed, fromMs, toMs } = started;
  return { ...rest, seed, fromMs, toMs };
}

export function stateOf(kept: KeptExperiment, nowMs: number): ExperimentState {
  const { started } = kept;
  if (started === null) return "draft";
  if (nowMs < started.toMs) return "running";
  return nowMs < endMsOf(kept) ? "closing" : "ended";
}

/**
 * When nobody is waited for any more; infinity for a draft. It is so long after the last window was closed as
 * two looks take. The first of them that asks about all windows begins within the first half of that: one whole
 * look is certain for who comes back late, and whoever comes later than that may be told of nowhere.
 */
function endMsOf({ draft, started }: KeptExperiment): number {
  if (started === null) return Number.POSITIVE_INFINITY;
  return started.toMs + (draft.windowDays + 2 * started.lookDays) * dayMs;
}

/**
 * How many looks are planned: one each so many days, from the first closed window to the end. Of one that was
 * started that does not change with the settings: intervals at any look hang on it.
 *
 * @param lookDays from a look to the next, by the settings of now.
 */
export function plannedLooks(
  { draft, started = null }: Pick<KeptExperiment, "draft"> & Partial<Pick<KeptExperiment, "started">>,
  lookDays: number,
): number {
  return Math.ceil(draft.days / (started?.lookDays ?? lookDays)) + 2;
}
