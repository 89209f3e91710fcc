/** The report on an experiment in lines, and what may be concluded of it. */
import type { ExperimentReport, ReportedComparison, ReportedMetric } from "./reportschema.ts";

export function reportLines(report: ExperimentReport): readonly string[] {
  const { name, state, isNoisy, arms, mismatch, metrics } = report;
  const heading = [`${name}: ${state}, ${looksText(report)}`, ...leftOutLines(report)];
  if (mismatch === null) return [...heading, "nothing is told before the first look"];
  const people = arms.map(({ arm, people: { low, high } }) => `${arm} ${rangeOf(low, high, whole)}`);
  return [
    ...heading,
    `people          ${people.join(", ")}${isNoisy ? "" : " (no noise: nothing of this is private)"}`,
    ...(mismatch.isOff ? mismatchLines(mismatch, report.strata) : [unseenLine(mismatch)]),
    ...metrics.flatMap((metric, at) => ["", ...metricLines(metric, { isFirst: at === 0, report })]),
  ];
}

function looksText({ looks, plannedLooks }: ExperimentReport): string {
  return looks > plannedLooks
    ? `${looks} looks, ${plannedLooks} were planned`
    : `${looks} of ${plannedLooks} looks`;
}

function leftOutLines({ looksLeftOut }: ExperimentReport): readonly string[] {
  if (looksLeftOut === 0) return [];
  const looks = looksLeftOut === 1 ? "1 look more is" : `${looksLeftOut} looks more are`;
  return [`!! ${looks} in nothing below: they asked otherwise than the newest, as another version does`];
}

function mismatchLines(
  { p, strataOff }: NonNullable<ExperimentReport["mismatch"]>,
  names: readonly string[],
): readonly string[] {
  const where = strataOff.length === 0 ? "" : `, among ${strataOff.map((at) => names[at]).join(", ")}`;
  return [
    `!! people are not spread over the arms as their weights say (p ${significant(p)}${where}):`,
    "   something but chance decided who is counted where, and nothing below can be believed",
  ];
}

/** What would not be noticed may be in all that is below. */
function unseenLine({ leastSeen }: NonNullable<ExperimentReport["mismatch"]>): string {
  return leastSeen === null
    ? "spread          noise hides whether the people of an arm answer at all"
    : `spread          as dealt; noticed if ${percent(leastSeen)} or more of an arm's people did not answer, 80 times out of 100`;
}

interface MetricContext {
  /** Whether it is the metric that the experiment was planned for. */
  readonly isFirst: boolean;
  readonly report: ExperimentReport;
}

function metricLines({ name, arms, comparisons }: ReportedMetric, context: MetricContext): readonly string[] {
  const means = arms.map(({ arm, mean }) =>
    mean === null
      ? `${arm} –`
      : `${arm} ${significant(mean.value)} (${rangeOf(mean.low, mean.high, significant)})`,
  );
  const title = `${name}${context.isFirst ? " (what it was planned for)" : ""}`;
  if (comparisons === null)
    return [title, "  too few people yet, or too few who did anything, beside the noise, to tell of it"];
  const lines = arms.slice(1).flatMap(({ arm }) => {
    const comparison = comparisons.find((one) => one.arm === arm);
    return comparison === undefined
      ? [`  ${arm}: too few people, or all did the same: nothing to tell`]
      : comparisonLines(comparison, context);
  });
  return [title, `  ${means.join(", ")}`, ...lines];
}

function comparisonLines(comparison: ReportedComparison, context: MetricContext): readonly string[] {
  const { alpha, arms } = context.report;
  const { arm, difference, lift, adjustedP, sequential } = comparison;
  const confidence = confidenceOf(alpha);
  const together = arms.length > 2 ? ` of all ${arms.length - 1} treatments together` : "";
  const lifted =
    lift === null ? "" : `; lift ${percent(lift.value)} (${rangeOf(lift.low, lift.high, percent)})`;
  return [
    `  ${arm}: ${signed(difference.value)}${lifted}`,
    `    at any look   ${confidence}${together} ${rangeOf(sequential.low, sequential.high, signed)}, p ${significant(sequential.p)}`,
    `    at the last   ${confidence} ${rangeOf(difference.low, difference.high, signed)}, p ${significant(difference.p)}, of all that was asked ${significant(adjustedP)}`,
    ...beliefLines(comparison),
    ...strataLines(comparison, context.report),
    `    ${verdictOf(comparison, context)}`,
  ];
}

function beliefLines({ belief }: ReportedComparison): readonly string[] {
  if (belief === null) return [];
  const { chanceToBeat, lossOfTreatment, lossOfControl } = belief;
  const [rise, fall] = [lossOfControl, lossOfTreatment].map(significant);
  return [
    `    more with a chance of ${chanceText(chanceToBeat)}: ${rise} more on average, and ${fall} less where that is wrong`,
  ];
}

function confidenceOf(alpha: number): string {
  return `${Math.round(100 * (1 - alpha))} %`;
}

/** No chance is told as certain. */
function chanceText(chance: number): string {
  if (chance > 0.999) return "over 99.9 %";
  return chance < 0.001 ? "under 0.1 %" : percent(chance);
}

/** Each by itself, and none adjusted for how many they are. */
function strataLines(
  { strata: found }: ReportedComparison,
  { strata, alpha }: ExperimentReport,
): readonly string[] {
  if (found.length < 2) return [];
  return found.map((one, at) => {
    const range =
      one === null ? "too few people" : `${confidenceOf(alpha)} ${rangeOf(one.low, one.high, signed)}`;
    return `      ${strata[at]}: ${range}`;
  });
}

/**
 * What may be concluded. Until the planned end the sequential interval alone counts. It is of one metric, so
 * of what was asked beyond the first it says that it was one of many.
 */
export function verdictOf(
  { arm, difference, adjustedP, sequential }: ReportedComparison,
  { isFirst, report }: MetricContext,
): string {
  const { state, alpha, mismatch, arms, metrics } = report;
  if (mismatch?.isOff === true) return "nothing can be concluded: see the mismatch above";
  const isAtAnyLook = sequential.low > 0 || sequential.high < 0;
  const direction = difference.value > 0 ? "more" : "less";
  const asked = metrics.length * (arms.length - 1);
  const amongMany = `${direction} with ${arm}, one of ${asked} things that were asked: of so many some differ by chance`;
  if (isAtAnyLook) return isFirst ? `${direction} with ${arm}, at whichever look one stops` : amongMany;
  if (state !== "ended") return "nothing can be concluded yet";
  if (!isPlannedEnd(report))
    return "nothing can be concluded: it ended before the look that was planned as the last";
  if (adjustedP >= alpha) return "no difference was found; there may be one within the interval";
  return isFirst
    ? `${direction} with ${arm}, if this was the look that was planned as the last`
    : `${amongMany}; if this was the look that was planned as the last`;
}

/**
 * Whether the experiment came to the end that it was planned with, so that the interval of the last look counts.
 * Looks begin at hours of their own: an end as planned may have one look less than was planned.
 */
export function isPlannedEnd({ state, isStopped, looks, plannedLooks }: EndOf): boolean {
  return state === "ended" && !isStopped && looks >= plannedLooks - 1;
}

type EndOf = Pick<ExperimentReport, "state" | "isStopped" | "looks" | "plannedLooks">;

function rangeOf(low: number, high: number, written: (value: number) => string): string {
  const [from, to] = [written(low), written(high)];
  return from === to ? from : `${from} to ${to}`;
}

function whole(value: number): string {
  return Math.max(0, value).toFixed(0);
}

function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function signed(value: number): string {
  return value > 0 ? `+${significant(value)}` : significant(value);
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
