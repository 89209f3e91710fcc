/** The report on an experiment in lines, and what may be concluded of it. */
import type { ExperimentReport, ReportedComparison, ReportedMetric } from "./reportschema.ts";

export function reportLines(report: ExperimentReport): readonly string[] {
  const { name, state, looks, plannedLooks, isNoisy, arms, mismatch, metrics } = report;
  const heading = `${name}: ${state}, ${looks} of ${plannedLooks} looks`;
  if (mismatch === null) return [heading, "nothing is told before the first look"];
  const people = arms.map(({ arm, people: { low, high } }) => `${arm} ${rangeOf(low, high, whole)}`);
  return [
    heading,
    `people          ${people.join(", ")}${isNoisy ? "" : " (no noise: nothing of this is private)"}`,
    ...(mismatch.isOff ? mismatchLines(mismatch) : []),
    ...metrics.flatMap((metric, at) => ["", ...metricLines(metric, { isFirst: at === 0, report })]),
  ];
}

function mismatchLines({ p, strataOff }: NonNullable<ExperimentReport["mismatch"]>): readonly string[] {
  const where = strataOff.length === 0 ? "" : `, in strata ${strataOff.join(", ")}`;
  return [
    `!! people are not spread over the arms as their weights say (p ${significant(p)}${where}):`,
    "   something but chance decided who is counted where, and nothing below can be believed",
  ];
}

function metricLines(
  { name, arms, comparisons }: ReportedMetric,
  { isFirst, report }: { readonly isFirst: boolean; readonly report: ExperimentReport },
): readonly string[] {
  const means = arms.map(({ arm, mean }) =>
    mean === null
      ? `${arm} –`
      : `${arm} ${significant(mean.value)} (${rangeOf(mean.low, mean.high, significant)})`,
  );
  const title = `${name}${isFirst ? " (what it was planned for)" : ""}`;
  if (comparisons === null)
    return [title, "  too few people yet, or too few who did anything, beside the noise, to tell of it"];
  const lines = arms.slice(1).flatMap(({ arm }) => {
    const comparison = comparisons.find((one) => one.arm === arm);
    return comparison === undefined
      ? [`  ${arm}: too few people, or all did the same: nothing to tell`]
      : comparisonLines(comparison, report);
  });
  return [title, `  ${means.join(", ")}`, ...lines];
}

function comparisonLines(comparison: ReportedComparison, report: ExperimentReport): readonly string[] {
  const { arm, difference, lift, adjustedP, sequential, belief } = comparison;
  const confidence = `${Math.round(100 * (1 - report.alpha))} %`;
  const lifted =
    lift === null ? "" : `; lift ${percent(lift.value)} (${rangeOf(lift.low, lift.high, percent)})`;
  return [
    `  ${arm}: ${signed(difference.value)}${lifted}`,
    `    at any look   ${confidence} ${rangeOf(sequential.low, sequential.high, signed)}, p ${significant(sequential.p)}`,
    `    at the last   ${confidence} ${rangeOf(difference.low, difference.high, signed)}, p ${significant(difference.p)}, of all that was asked ${significant(adjustedP)}`,
    `    better with a chance of ${percent(belief.chanceToBeat)}; to take it and be wrong costs ${significant(belief.lossOfTreatment)} on average`,
    `    ${verdictOf(comparison, report)}`,
  ];
}

/** What may be concluded: of an experiment that is not over the sequential interval alone counts. */
export function verdictOf(
  { arm, difference, adjustedP, sequential }: ReportedComparison,
  { state, looks, plannedLooks, alpha, mismatch }: ExperimentReport,
): string {
  if (mismatch?.isOff === true) return "nothing can be concluded: see the mismatch above";
  if (sequential.low > 0) return `${arm} is better, at whichever look one stops`;
  if (sequential.high < 0) return `${arm} is worse, at whichever look one stops`;
  if (state !== "ended" && looks < plannedLooks) return "nothing can be concluded yet";
  if (adjustedP >= alpha) return "no difference was found; there may be one within the interval";
  return `${arm} is ${difference.value > 0 ? "better" : "worse"}, if this was the look that was planned as the last`;
}

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
