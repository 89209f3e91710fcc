/**
 * The report on an experiment as JSON: what `tacit experiment report --json` prints and the admin API
 * answers.
 */
import * as v from "valibot";
import { issueText } from "../../core/wire/issues.ts";

const interval = { value: v.number(), low: v.number(), high: v.number() };
const estimate = v.object(interval);
/** JSON has no infinity: null is a normal distribution. */
const effect = v.object({
  ...interval,
  standardError: v.number(),
  df: v.nullable(v.number()),
  p: v.number(),
});

const comparison = v.object({
  /** The treatment; the control is the first arm. */
  arm: v.string(),
  /** Treatment less control, in the metric's unit; valid at the look that was planned as the last. */
  difference: effect,
  /** Treatment / control - 1; null: the control may be 0. */
  lift: v.nullable(estimate),
  /**
   * p of `difference`, adjusted for how many were asked: Holm for the first metric, Benjamini-Hochberg
   * beyond.
   */
  adjustedP: v.number(),
  /** The same difference, valid at whichever look one stops; all treatments of the metric share alpha. */
  sequential: v.object({ ...interval, p: v.number() }),
  /**
   * Chance that the treatment has more, and how much less, or more, it has on average over what is believed,
   * the other way counting 0. No prior knowledge. Null before the planned end, and where the arms are filled
   * otherwise than dealt.
   */
  belief: v.nullable(
    v.object({ chanceToBeat: v.number(), lossOfTreatment: v.number(), lossOfControl: v.number() }),
  ),
  /** By stratum, in the order of their names; null: too few people. */
  strata: v.array(v.nullable(effect)),
});

const metric = v.object({
  name: v.string(),
  cap: v.number(),
  /** Of each arm: the mean of a person, or the ratio of sums; null: too few people. */
  arms: v.array(v.object({ arm: v.string(), mean: v.nullable(estimate) })),
  /** Of the treatments that have enough people; null where none has, or the control has too few. */
  comparisons: v.nullable(v.array(comparison)),
});

export const reportSchema = v.object({
  name: v.string(),
  state: v.picklist(["draft", "running", "closing", "ended"]),
  /** Chance that an interval of a sound experiment does not hold the true value. */
  alpha: v.number(),
  /** Whether an operator let nobody new in before the days were over. */
  isStopped: v.boolean(),
  looks: v.number(),
  /** As many as the experiment was planned with; there may be less of them, where it was stopped, or more. */
  plannedLooks: v.number(),
  /**
   * Looks that were held and are in nothing here: they asked otherwise than the newest, as other software
   * may.
   */
  looksLeftOut: v.number(),
  /** Whether noise was added: without, nothing is private. */
  isNoisy: v.boolean(),
  /** Names of the kinds of visitors; of one alone where there are no kinds. */
  strata: v.array(v.string()),
  arms: v.array(v.object({ arm: v.string(), weight: v.number(), people: estimate })),
  /** Whether people are spread over arms as they were dealt; null before a look. */
  mismatch: v.nullable(
    v.object({
      p: v.number(),
      isOff: v.boolean(),
      strataOff: v.array(v.number()),
      /**
       * The smallest share of an arm's people whose absence is noticed 80 times out of 100; null: not even of
       * all.
       */
      leastSeen: v.nullable(v.number()),
    }),
  ),
  metrics: v.array(metric),
});

export type ExperimentReport = v.InferOutput<typeof reportSchema>;
export type ReportedMetric = v.InferOutput<typeof metric>;
export type ReportedComparison = v.InferOutput<typeof comparison>;

/** @throws {TypeError} for what no server answers. */
export function parseExperimentReport(json: unknown): ExperimentReport {
  const parsed = v.safeParse(reportSchema, json);
  if (parsed.success) return parsed.output;
  throw new TypeError(issueText("parseExperimentReport", parsed.issues[0]));
}
