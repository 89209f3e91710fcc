/**
 * The kind `experiments` on the server: a look every so many days at all experiments that anybody may be in.
 * What it found is kept as its sum; the statistics of an experiment are of all its looks
 * (server/experiments/report.ts).
 *
 * A look asks about outcomes whose window was closed by the day that it begins. Experiments that are over are
 * asked about for two looks' time more, for those who come back late (server/experiments/draft.ts).
 */
import { totalNoiseOf } from "../../../core/sum/estimate.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { experiments as shape } from "../../../core/tasks/experiments/kind.ts";
import { rhoOf, settingsOf, type Task } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import type { Config } from "../../base/config.ts";
import { experimentOf, type KeptExperiment, keptExperimentOf, stateOf } from "../../experiments/draft.ts";
import { describeLook, type LookFinding } from "../../experiments/looks.ts";
import { listExperiments } from "../../store/experiments.ts";
import { storeFinding } from "../../store/findings.ts";
import type { LeaderStore } from "../../store/leaderstore.ts";
import type { Consumed, Question, ServerKind, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { lanesTogether } from "../lanes.ts";
import { paceOfDays } from "../question.ts";
import { questionAbout } from "./question.ts";

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
  /** What is over leaves the edition, asked about or not; what another edition that came back had, too. */
  heed: async ({ store, experiments: model, nowMs }) => {
    const inForce = (await keptIn(store)).filter((kept) => stateOf(kept, nowMs()) !== "ended");
    await model.publish(inForce.flatMap((kept) => experimentOf(kept) ?? []));
  },
  open: ({ config, store, nowMs }) => new Looks({ config, store, nowMs }),
  describe: describeLook,
};

interface LooksParts {
  readonly config: Config;
  readonly store: LeaderStore;
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

  async prepare(): Promise<void> {
    this.#kept = await keptIn(this.#parts.store);
  }

  next(atMs: number): Question | null {
    const due = this.#kept.filter((kept) => isDue(kept, { atMs, toMs: dayStartOf(atMs) }));
    return questionAbout(
      due.flatMap((kept) => experimentOf(kept) ?? []),
      this.#parts.config,
      atMs,
    );
  }

  async consume({ record, task, aggregates }: Summed): Promise<Consumed> {
    const { values, reports, sums, leftOut } = lanesTogether({ task, aggregates });
    if (reports === 0) return { outcome: "nothing learned: no lane was within bounds", leftOut };
    const noise = totalNoiseOf(task, { sums, reports });
    const { settings, sigma } = task;
    const finding: LookFinding = { settings, values: [...values], noise, sigma, reports };
    const atMs = this.#parts.nowMs();
    const missing = await this.#leftOutOf(task, record.openedAtMs);
    const without = missing.length === 0 ? "" : `; one task had no room for ${missing.join(", ")}`;
    return {
      outcome: `looked: ${reports} people answered; tacit experiment report NAME tells what came of each${without}`,
      leftOut,
      store: (transaction) =>
        storeFinding(transaction, {
          ...{ kind: shape.name, round: record.round, atMs },
          finding: JSON.stringify(finding),
        }),
    };
  }

  /** Those that were due when a task was made and did not fit into it. */
  async #leftOutOf(task: Task, openedAtMs: number): Promise<readonly string[]> {
    const { toMs, experiments: asked } = settingsOf(task, shape);
    const names = new Set(asked.map(({ name }) => name));
    const due = (await keptIn(this.#parts.store)).filter((kept) => isDue(kept, { atMs: openedAtMs, toMs }));
    return due.map(({ draft }) => draft.name).filter((name) => !names.has(name));
  }
}

/** Whether a window of it can be closed, and somebody is waited for. */
function isDue(
  kept: KeptExperiment,
  { atMs, toMs }: { readonly atMs: number; readonly toMs: number },
): boolean {
  const { draft, started } = kept;
  return (
    started !== null && stateOf(kept, atMs) !== "ended" && started.fromMs + draft.windowDays * dayMs <= toMs
  );
}

async function keptIn(store: LeaderStore): Promise<readonly KeptExperiment[]> {
  return (await listExperiments(store)).flatMap((row) => keptExperimentOf(row) ?? []);
}

function dayStartOf(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}
