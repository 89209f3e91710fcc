/**
 * The kind `experiments` on the server: a look every so many days at all experiments that anybody may be in.
 * What it found is kept as its sum; the statistics of an experiment are of all its looks
 * (server/experiments/report.ts).
 *
 * A look asks about outcomes whose window was closed by the day that it begins. Experiments that are over are
 * asked about until those who come back late have been heard, too (server/experiments/draft.ts).
 */
import { totalNoiseOf } from "../../../core/sum/estimate.ts";
import { fromField } from "../../../core/sum/field.ts";
import { decodeFixed } from "../../../core/sum/fixedpoint.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import {
  askedOf,
  type ExperimentsSettings,
  experiments as shape,
} from "../../../core/tasks/experiments/kind.ts";
import { type AskedExperiment, experimentsLayout } from "../../../core/tasks/experiments/layout.ts";
import { rhoOf } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import type { Config } from "../../base/config.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import { experimentOf, type KeptExperiment, keptExperimentOf, stateOf } from "../../experiments/draft.ts";
import { describeLook, type LookFinding } from "../../experiments/looks.ts";
import { listExperiments } from "../../store/experiments.ts";
import { storeFinding } from "../../store/findings.ts";
import type { LeaderStore } from "../../store/leaderstore.ts";
import type { Consumed, Question, ServerKind, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { paceOfDays, questionFor } from "../question.ts";
import { robustSum } from "../robust.ts";
import type { ExperimentModel } from "./experimentmodel.ts";

/** Of many layers at once a batch of `maxBatch` wraps around nowhere; rounding stays far below any noise. */
const fractionBits = 14;

export const experiments: KindSetup = {
  name: shape.name,
  planned: ({ experiments: asked }) =>
    asked.on
      ? {
          kind: shape.name,
          rho: nullIfUnbounded(rhoOf({ sensitivity: 1, sigma: asked.noiseMultiplier })),
          // A look begins when the one before has ended, and none ends sooner but by the operator's hand.
          reportsPer30Days: Math.floor(30 / asked.days) + 1,
        }
      : null,
  section: "experiments",
  open: ({ config, store, experiments: model, nowMs }) => new Looks({ config, store, model, nowMs }),
  describe: describeLook,
};

interface LooksParts {
  readonly config: Config;
  readonly store: LeaderStore;
  readonly model: ExperimentModel;
  readonly nowMs: () => number;
}

class Looks implements ServerKind {
  readonly name = shape.name;
  readonly pace: ServerKind["pace"];
  readonly #parts: LooksParts;
  /** As they were when a look was last thought of. */
  #kept: readonly KeptExperiment[] = [];

  constructor(parts: LooksParts) {
    this.#parts = parts;
    this.pace = paceOfDays(parts.config.experiments.days);
  }

  /** What is over leaves the edition; what another edition that came back had, too. */
  async heed(): Promise<void> {
    const { store, model, nowMs } = this.#parts;
    this.#kept = (await listExperiments(store)).map(keptExperimentOf);
    const inForce = this.#kept.filter((kept) => stateOf(kept, nowMs(), this.#days) !== "ended");
    await model.publish(inForce.flatMap((kept) => experimentOf(kept) ?? []));
  }

  next(atMs: number): Question | null {
    const { config } = this.#parts;
    const toMs = Math.floor(atMs / dayMs) * dayMs;
    const asked = this.#kept.flatMap((kept) => askedAt(kept, { atMs, toMs, lookDays: this.#days }));
    return asked.length === 0 ? null : questionOn({ toMs, experiments: asked }, config);
  }

  async consume({ record, task, aggregates }: Summed): Promise<Consumed> {
    const lanes = aggregates.map(({ batch, sum }) => ({
      reports: batch.counted,
      values: decodeFixed(fromField(sum), task),
    }));
    const { sensitivity, sigma } = task;
    // Both aggregators add their noise to every lane.
    const { values, reports, dropped } = robustSum(lanes, { sensitivity, sigma: Math.SQRT2 * sigma });
    const leftOut = dropped.map(({ lane, reports: lost, why }) => ({
      batch: aggregates[lane].batch,
      leftOut: { [`lane ${why}`]: lost },
    }));
    if (reports === 0) return { outcome: "nothing learned: no lane was within bounds", leftOut };
    const noise = totalNoiseOf(task, { sums: lanes.length - dropped.length, reports });
    const finding: LookFinding = { settings: task.settings, values: [...values], noise, sigma, reports };
    const atMs = this.#parts.nowMs();
    return {
      outcome: `looked: ${reports} people answered; tacit experiment report NAME tells what came of each`,
      leftOut,
      store: (transaction) =>
        storeFinding(transaction, {
          ...{ kind: shape.name, round: record.round, atMs },
          finding: JSON.stringify(finding),
        }),
    };
  }

  get #days(): number {
    return this.#parts.config.experiments.days;
  }
}

/** Empty while no window of it can be closed, and once nobody is waited for. */
function askedAt(
  kept: KeptExperiment,
  { atMs, toMs, lookDays }: { readonly atMs: number; readonly toMs: number; readonly lookDays: number },
): readonly AskedExperiment[] {
  const experiment = experimentOf(kept);
  if (experiment === null || stateOf(kept, atMs, lookDays) === "ended") return [];
  return experiment.fromMs + experiment.windowDays * dayMs <= toMs ? [askedOf(experiment)] : [];
}

function questionOn(settings: ExperimentsSettings, config: Config): Question {
  const { experiments: asked, round } = config;
  const { sensitivity } = experimentsLayout(settings.experiments);
  const { minBatch, maxBatch } = round;
  return questionFor(shape, settings, {
    sigma: sensitivity * asked.noiseMultiplier,
    ...{ fractionBits, minBatch, maxBatch, lanes: asked.lanes },
    taskDays: taskDaysOf(config, "experiments"),
  });
}
