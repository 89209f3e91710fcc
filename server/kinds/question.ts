/** Questions in the form that browsers will read, and what of the settings could never be asked. */

import { messageOf } from "../../core/errors.ts";
import { productionLimits } from "../../core/sum/limits.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { parseSettings } from "../../core/tasks/task.ts";
import { dayMs } from "../../core/time.ts";
import { reportBytes } from "../../core/wire/report.ts";
import type { Config } from "../base/config.ts";
import { OperatorError } from "../base/operatorerror.ts";
import type { Pace, Question, SumSettings } from "../tasks/kind.ts";
import { longestTaskOf } from "../tasks/taskof.ts";
import type { KindSetup } from "./kind.ts";

/** @throws {TypeError} for settings that no browser would take, naming the field. */
export function questionFor<Settings extends object>(
  shape: TaskKind<Settings>,
  settings: Settings,
  sums: SumSettings,
): Question {
  const parsed = parseSettings(shape, settings);
  return { settings: Object.fromEntries(Object.entries(parsed)), layout: shape.layoutOf(parsed), sums };
}

/**
 * @throws {TypeError | RangeError} for a question that makes a task that no browser takes, or of which none
 * would send the report: it takes a task alone where it must.
 */
export function requireTakeable(kind: string, question: Question, atMs: number): void {
  const { layout } = question;
  longestTaskOf({ kind, question, atMs });
  const bytes = reportBytes([layout.length], { token: true });
  const most = productionLimits.reportBytes;
  if (bytes > most) throw new RangeError(`a report must have at most ${most} bytes, got ${bytes}`);
}

/** @throws {OperatorError} for settings of which a kind that is asked for can make no task. */
export function requireAskable(setups: readonly KindSetup[], config: Config, atMs: number): void {
  for (const { name, section, planned, largest } of setups) {
    if (largest === undefined || planned(config) === null) continue;
    try {
      requireTakeable(name, largest(config, atMs), atMs);
    } catch (error) {
      throw new OperatorError(
        `config: ${section ?? name} must make a task that browsers take, got ${messageOf(error)}`,
      );
    }
  }
}

/** Of a round that nothing ends but its days, or the operator. */
export function paceOfDays(days: number): Pace {
  return {
    batchSize: Number.POSITIVE_INFINITY,
    quietSeconds: Number.POSITIVE_INFINITY,
    roundSeconds: (days * dayMs) / 1000,
  };
}
