/**
 * The kind `activity` on the server: asks about whole days that are over, and keeps what came as a finding.
 */

import { eventKinds } from "../../../core/events/event.ts";
import { totalNoiseOf } from "../../../core/sum/estimate.ts";
import { addInto, fromField } from "../../../core/sum/field.ts";
import { decodeFixed } from "../../../core/sum/fixedpoint.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { activitySensitivity } from "../../../core/tasks/activity/contribution.ts";
import { activityEstimate } from "../../../core/tasks/activity/estimate.ts";
import { activity as shape } from "../../../core/tasks/activity/kind.ts";
import { rhoOf, settingsOf } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import type { Config } from "../../base/config.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import { storeFinding } from "../../store/findings.ts";
import type { Consumed, Question, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { paceOfDays, questionFor } from "../question.ts";
import { type ActivityFinding, describeFinding } from "./finding.ts";

/** Histograms are small numbers: so many binary places leave rounding far below any noise. */
const fractionBits = 15;

export const activity: KindSetup = {
  name: shape.name,
  planned: ({ activity: settings }) => {
    const rho = rhoOf({ sensitivity: activitySensitivity(settings), sigma: sigmaOf(settings) });
    return settings.on
      ? {
          kind: shape.name,
          rho: nullIfUnbounded(rho),
          // A round begins when the one before has ended, and none ends sooner but by the operator's hand.
          reportsPer30Days: Math.floor(30 / settings.days) + 1,
        }
      : null;
  },
  section: "activity",
  largest: (config, atMs) => questionAt(atMs, config),
  open: ({ config, nowMs }) => ({
    name: shape.name,
    pace: paceOfDays(config.activity.days),
    next: (atMs) => questionAt(atMs, config),
    consume: async (summed) => consume(summed, nowMs()),
  }),
  describe: describeFinding,
};

/** About the days before today, so that everybody reports on the same ones. */
function questionAt(atMs: number, config: Config): Question {
  const { activity: asked, round } = config;
  const { days, positions, mostEvents, mostPlaces, lanes } = asked;
  const toMs = Math.floor(atMs / dayMs) * dayMs;
  const kinds = [...eventKinds];
  const settings = { kinds, fromMs: toMs - days * dayMs, toMs, positions, mostEvents, mostPlaces };
  const { minBatch, maxBatch } = round;
  const sums = {
    sigma: sigmaOf(asked),
    fractionBits,
    minBatch,
    maxBatch,
    lanes,
    taskDays: taskDaysOf(config, "activity"),
  };
  return questionFor(shape, settings, sums);
}

/** Standard deviation (not variance) of each aggregator's noise, in the units of the vector. */
function sigmaOf({
  positions,
  noiseMultiplier,
}: Pick<Config["activity"], "positions" | "noiseMultiplier">): number {
  return activitySensitivity({ positions }) * noiseMultiplier;
}

function consume({ record, task, aggregates }: Summed, atMs: number): Consumed {
  const settings = settingsOf(task, shape);
  const total = new Uint32Array(task.length);
  for (const { sum } of aggregates) addInto(total, sum);
  const reports = aggregates.reduce((sum, { batch }) => sum + batch.counted, 0);
  const noise = totalNoiseOf(task, { sums: aggregates.length, reports });
  const { fromMs, toMs } = settings;
  const estimate = activityEstimate(settings, decodeFixed(fromField(total), task), noise);
  const finding: ActivityFinding = { fromMs, toMs, estimate };
  return {
    outcome: `counted: ${reports} people in ${aggregates.length} ${aggregates.length === 1 ? "sum" : "sums"}`,
    store: (transaction) =>
      storeFinding(transaction, {
        kind: shape.name,
        round: record.round,
        atMs,
        finding: JSON.stringify(finding),
      }),
  };
}
