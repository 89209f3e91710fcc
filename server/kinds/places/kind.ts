/**
 * The kind `places` on the server: asks about whole days that are over, and keeps the curve that came of it
 * as a finding, from which training corrects what is clicked because of where it stood (finding.ts).
 */
import { placeBuckets } from "../../../core/lists/trial.ts";
import { totalNoiseOf } from "../../../core/sum/estimate.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { placesSensitivity } from "../../../core/tasks/places/contribution.ts";
import { placesEstimate } from "../../../core/tasks/places/estimate.ts";
import { places as shape } from "../../../core/tasks/places/kind.ts";
import { rhoOf, settingsOf } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import type { Config } from "../../base/config.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import { storeFinding } from "../../store/findings.ts";
import type { LeaderStore } from "../../store/leaderstore.ts";
import type { Consumed, Question, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { lanesTogether } from "../lanes.ts";
import { paceOfDays, questionFor } from "../question.ts";
import { describePlaces, earlierSums, type PlacesFinding, type RoundSum } from "./finding.ts";

/** Clicks are small numbers: so many binary places leave rounding far below any noise. */
const fractionBits = 15;

export const places: KindSetup = {
  name: shape.name,
  planned: ({ places: asked }) =>
    asked.on
      ? {
          kind: shape.name,
          rho: nullIfUnbounded(rhoOf({ sensitivity: placesSensitivity, sigma: sigmaOf(asked) })),
          // A round begins when the one before has ended, and none ends sooner but by the operator's hand.
          reportsPer30Days: Math.floor(30 / asked.days) + 1,
        }
      : null,
  section: "places",
  largest: (config, atMs) => questionAt(atMs, config),
  open: ({ config, store, nowMs }) => ({
    name: shape.name,
    pace: paceOfDays(config.places.days),
    next: (atMs) => questionAt(atMs, config),
    consume: (summed) => consume(summed, { store, atMs: nowMs() }),
  }),
  describe: describePlaces,
};

/** About the days before today, so that everybody reports on the same ones. */
function questionAt(atMs: number, config: Config): Question {
  const { places: asked, round } = config;
  const { days, mostClicks, lanes } = asked;
  const toMs = Math.floor(atMs / dayMs) * dayMs;
  const { minBatch, maxBatch } = round;
  return questionFor(
    shape,
    { fromMs: toMs - days * dayMs, toMs, ends: [...placeBuckets], mostClicks },
    {
      ...{ sigma: sigmaOf(asked), fractionBits, minBatch, maxBatch, lanes },
      taskDays: taskDaysOf(config, "places"),
    },
  );
}

/** Standard deviation (not variance) of each aggregator's noise, in the units of the vector. */
function sigmaOf({ noiseMultiplier }: Pick<Config["places"], "noiseMultiplier">): number {
  return placesSensitivity * noiseMultiplier;
}

async function consume(
  { record, task, aggregates }: Summed,
  { store, atMs }: { readonly store: LeaderStore; readonly atMs: number },
): Promise<Consumed> {
  const settings = settingsOf(task, shape);
  const { values, reports, sums, leftOut } = lanesTogether({ task, aggregates });
  if (reports === 0) return { outcome: "nothing learned: no lane was within bounds", leftOut };
  const { fromMs, toMs, ends, mostClicks } = settings;
  const noise = totalNoiseOf(task, { sums, reports });
  const sum: RoundSum = { ends, mostClicks, values: [...values], noise };
  const rounds = [sum, ...(await earlierSums(store, settings))];
  const total = values.map((_, at) => rounds.reduce((all, one) => all + one.values[at], 0));
  const estimate = placesEstimate(settings, total, Math.hypot(...rounds.map((one) => one.noise)));
  const finding: PlacesFinding = { fromMs, toMs, sum, rounds: rounds.length, estimate };
  const { buckets, curve } = finding.estimate;
  const told = buckets.filter(({ isTold }) => isTold).length;
  return {
    outcome:
      curve === null
        ? `nothing learned: too few clicks of ${reports} people`
        : `learned: ${told} of ${buckets.length} groups of places, from ${reports} people`,
    leftOut,
    store: (transaction) =>
      storeFinding(transaction, {
        ...{ kind: shape.name, round: record.round, atMs },
        finding: JSON.stringify(finding),
      }),
  };
}
