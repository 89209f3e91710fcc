/**
 * From logs the operator owns to factors: wherever that is done, for the items that a server has in force.
 */
import { OperatorError } from "../../base/operatorerror.ts";
import type { LearnedItems } from "../../kinds/itemfactors/knowledge.ts";
import type { Reading } from "../feeds/reading.ts";
import type { Input } from "../input/input.ts";
import type { AlsParameters } from "./als.ts";
import { learnCentrally } from "./central.ts";
import { type LogOptions, readLog } from "./log.ts";
import { leftOutText, requireMatched } from "./matched.ts";

/**
 * More recall no more: 0.271 and 0.288 after 8 (two seeds, people set aside), 0.270 and 0.286 after 16
 * (0027).
 */
export const sweeps = 8;

export interface Learning extends AlsParameters {
  /** Items in the order of their rows. */
  readonly items: readonly string[];
  /** People who must not be learned from. */
  readonly without: ReadonlySet<string>;
  /** How the log is written, where it has not this project's own columns. */
  readonly reading: Reading;
  /** Part of its lines that may be left out for a fault. */
  readonly mostFaulty: number | undefined;
  /** Hears what was wrong with those. */
  readonly onFaults: (faults: readonly string[]) => void;
  /** Whether lines that say nothing about a person are left out (cleaning.ts), or all count. */
  readonly cleaning: "rules" | "none";
  /** Learn from little of the log, too. */
  readonly isForced: boolean;
  readonly nowMs: number;
  /** Hears the lines that count. */
  readonly onLines?: LogOptions["onLines"];
  /** Hears how far it is. */
  readonly say: (line: string) => void;
  /** Hears from whom it learned, and what was left out. */
  readonly tell: (line: string) => void;
}

/** @throws {OperatorError} for logs that say nothing about these items, or nothing at all. */
export async function learnFrom(orders: Input, learning: Learning): Promise<LearnedItems> {
  const {
    items,
    without,
    reading,
    mostFaulty,
    onFaults,
    cleaning,
    isForced,
    nowMs,
    onLines,
    say,
    tell,
    ...parameters
  } = learning;
  const rowOf = new Map(items.map((item, row) => [item, row]));
  const log = await readLog(orders, {
    ...{ rowOf, without, nowMs, reading, mostFaulty, cleaning, onLines },
  });
  onFaults(log.faults);
  requireMatched(log, items, isForced ? 0 : undefined);
  const people = log.tastes.interactions.starts.length - 1;
  if (people === 0) {
    throw new OperatorError(
      `train: expected somebody who has something, got nobody of ${log.matched} lines${leftOutText(log)} (--as-is learns from lines as they are)`,
    );
  }
  const onSweep = (sweep: number) => say(`sweep ${sweep}/${sweeps}`);
  const learned = learnCentrally(log.tastes, items, { ...parameters, sweeps, onSweep });
  tell(`learned from ${people} people${leftOutText(log)}`);
  // An objection under a name that this log does not have is one that was not heard.
  const { all, unmet } = log.peopleLeftOut;
  if (unmet > 0) tell(`of ${all} people to be left out, ${unmet} have no line in this log`);
  return learned;
}
