/**
 * A ranker of the people in a log, split in time: what is proposed is of parts learned from the lines before
 * a moment, as are people's features; what they wanted from then on is what is predicted
 * (core/tasks/ranker/). It is what a crowd of these people would teach without noise, and so the reference
 * for that.
 *
 * Pairs and what is wanted lately are of the crowd alone, and may know of the days that are predicted: they
 * are left out of what is learned from, so that units of them get weights near 0.
 */
import { isPossibleTime } from "../../../core/events/cleaning/times.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import type { JoinedModel } from "../../../core/model/join.ts";
import { jointDefaults } from "../../../core/model/joint.ts";
import type { RankerPart } from "../../../core/model/ranker.ts";
import { rankingModelOf } from "../../../core/ranking/fromjoined.ts";
import type { RankingModel } from "../../../core/ranking/model.ts";
import { statisticsOf } from "../../../core/ranking/ranker/examples.ts";
import { askedUnits } from "../../../core/ranking/ranker/learnedunits.ts";
import { placed } from "../../../core/ranking/ranker/units.ts";
import { rankerContributionOf, rankerLength } from "../../../core/tasks/ranker/contribution.ts";
import { exampleSince, type SplitAt } from "../../../core/tasks/ranker/example.ts";
import { dayMs } from "../../../core/time.ts";
import { OperatorError } from "../../base/operatorerror.ts";
import { rankerPartOf, rankerScales } from "../../kinds/ranker/learned.ts";
import { learnedParts, modelOf, settingsFor } from "../model.ts";
import { type CentralTraining, learnCentrally } from "./central.ts";
import type { Lines, LinesOfPeople } from "./lines.ts";
import { tastesBefore } from "./log.ts";
import { eventOfLine } from "./profiles.ts";

export interface RankerTraining extends CentralTraining {
  /** Items in the order of their rows. */
  readonly items: readonly string[];
  /** What is in force: catalogue and content are of it. */
  readonly model: JoinedModel;
  /** Days at the end of the log that are predicted. */
  readonly labelDays: number;
  /** Milliseconds since the Unix epoch: what is dated later does not count. */
  readonly nowMs: number;
  readonly repetition: "counts" | "bounded";
}

/** So few people teach nothing. */
const fewestPeople = 20;
const mostDays = 365;

/** @throws {OperatorError} for what are no days. */
export function labelDaysIn(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= mostDays) return days;
  throw new OperatorError(`train: --ranker must be days from 1 to ${mostDays}, got ${text}`);
}

/** @throws {OperatorError} for logs that tell too little. */
export function rankerFromLog(lines: Lines, byPerson: LinesOfPeople, training: RankerTraining): RankerPart {
  const { items, model, labelDays, nowMs, repetition } = training;
  let asOfMs = Number.NEGATIVE_INFINITY;
  for (const atMs of lines.times()) if (isPossibleTime(atMs, nowMs)) asOfMs = Math.max(asOfMs, atMs);
  const split = { sinceMs: asOfMs - labelDays * dayMs, nowMs: asOfMs };
  const tastes = tastesBefore(lines, byPerson, { items: items.length, untilMs: split.sinceMs, repetition });
  const learned = learnCentrally(tastes, items, training);
  const { pairs: _pairs, recent: _recent, ranker: _ranker, ...before } = model;
  const made = learnedParts(learned, 1, before);
  const settings = settingsFor(made.factors, jointDefaults.factorLength);
  const ranking = rankingModelOf(modelOf(before, made, settings));
  return rankerOfPeople(journalsOf(lines, byPerson, items), ranking, split);
}

/** @throws {OperatorError} where too few wanted something since. */
export function rankerOfPeople(
  journals: Iterable<readonly TacitEvent[]>,
  model: RankingModel,
  split: SplitAt,
): RankerPart {
  const units = askedUnits.flatMap((unit) => placed(unit) ?? []);
  const values = new Float64Array(rankerLength(units.length));
  let people = 0;
  for (const events of journals) {
    const example = exampleSince(model, events, split);
    const statistics = example === null ? null : statisticsOf(example, units);
    if (statistics === null) continue;
    people += 1;
    const told = rankerContributionOf(statistics, rankerScales);
    for (let k = 0; k < values.length; k++) values[k] += told[k];
  }
  if (people < fewestPeople) {
    throw new OperatorError(
      `train: a ranker needs at least ${fewestPeople} people who bought before the last days of the log and in them, got ${people}`,
    );
  }
  return rankerPartOf(
    { values, people, deviation: 0 },
    { units: askedUnits, scales: rankerScales, origin: "logs" },
  );
}

/** Each person's lines that have a time, as a device would have them. */
function* journalsOf(
  lines: Lines,
  { starts, places }: LinesOfPeople,
  items: readonly string[],
): Generator<readonly TacitEvent[]> {
  for (let person = 0; person < starts.length - 1; person++) {
    const events: TacitEvent[] = [];
    for (const place of places.subarray(starts[person], starts[person + 1])) {
      const line = lines.at(place);
      if (line.atMs === null) continue;
      const id = String(place).padStart(12, "0");
      events.push(eventOfLine(line, { atMs: line.atMs, id, item: items[line.row] }));
    }
    yield events.sort((one, two) => one.atMs - two.atMs);
  }
}
