/**
 * What a look asks: all experiments whose first window can be closed, in one task. A task has bounds (its
 * text, its vector, its sums), so not all experiments go together; those that do not are refused when they are
 * started. Where the settings of the server are others since then, a look leaves out the last that were
 * started rather than asking nothing of anybody.
 */
import { messageOf } from "../../../core/errors.ts";
import type { Experiment } from "../../../core/experiments/experiment.ts";
import {
  askedOf,
  type ExperimentsSettings,
  experiments as shape,
} from "../../../core/tasks/experiments/kind.ts";
import { experimentsLayout } from "../../../core/tasks/experiments/layout.ts";
import { dayMs } from "../../../core/time.ts";
import type { Config } from "../../base/config.ts";
import { OperatorError } from "../../base/operatorerror.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import type { Question } from "../../tasks/kind.ts";
import { questionFor, requireTakeable } from "../question.ts";

/** Of many layers at once a batch of `maxBatch` wraps around nowhere; rounding stays far below any noise. */
const fractionBits = 14;

/**
 * About as many of them as one task takes, the first that were started before the others; null: of none.
 *
 * @throws {TypeError | RangeError} where no task can be made of any.
 */
export function questionAbout(
  experiments: readonly Experiment[],
  config: Config,
  atMs: number,
): Question | null {
  let taken: readonly Experiment[] = [];
  let question: Question | null = null;
  let fault: unknown = null;
  for (const one of experiments.toSorted((a, b) => a.fromMs - b.fromMs)) {
    try {
      question = takeableQuestion([...taken, one], config, atMs);
      taken = [...taken, one];
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
      fault ??= error;
    }
  }
  if (question === null && fault !== null) throw fault;
  return question;
}

/** @throws {OperatorError} where no browser would take a task about all of them. */
export function requireAskedTogether(experiments: readonly Experiment[], config: Config, atMs: number): void {
  try {
    takeableQuestion(experiments, config, atMs);
  } catch (error) {
    const names = experiments.map(({ name }) => name).join(", ");
    throw new OperatorError(
      `experiment: what runs together must make a task that browsers take, got ${messageOf(error)} (${names})`,
    );
  }
}

function takeableQuestion(experiments: readonly Experiment[], config: Config, atMs: number): Question {
  const toMs = Math.floor(atMs / dayMs) * dayMs;
  const question = questionOn({ toMs, experiments: experiments.map(askedOf) }, config);
  requireTakeable(shape.name, question, atMs);
  return question;
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
