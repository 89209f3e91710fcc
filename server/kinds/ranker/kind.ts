/**
 * The kind `ranker` on the server: asks everybody once how what they wanted in some days stands among what
 * would have been proposed when those began, and learns the weights from the one sum.
 *
 * A question is about the parts in force when it is asked, which were learned from reports before that. Where
 * rounds on pairs put others in force, each of their parts is asked about until it taught something, and then
 * no more, so that the days of the next question begin with the next parts, and are over before those after
 * them come.
 */
import { mostPlaces, type PlaceCurve } from "../../../core/lists/placecurve.ts";
import { askedUnits } from "../../../core/ranking/ranker/learnedunits.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { sensitivityOf } from "../../../core/tasks/itemfactors/contribution.ts";
import { ranker as shape } from "../../../core/tasks/ranker/kind.ts";
import { rhoOf, settingsOf } from "../../../core/tasks/task.ts";
import type { Config } from "../../base/config.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import { newestFinding, storeFinding } from "../../store/findings.ts";
import type { LeaderStore } from "../../store/leaderstore.ts";
import type { Consumed, Question, ServerKind, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { lanesTogether } from "../lanes.ts";
import { paceOfDays, questionFor } from "../question.ts";
import { describeRanker, parseRankerFinding, type RankerFinding } from "./finding.ts";
import { rankerPartOf, rankerScales } from "./learned.ts";
import type { ProposingParts, RankerModel } from "./rankermodel.ts";

/** Rounding stays far below noise, and no sum of a batch wraps around. */
const fractionBits = 15;

/** No task is longer than one with it. */
const longestCurve: PlaceCurve = Array.from({ length: mostPlaces }, (_, at) => ({
  upTo: at + 1,
  chance: 1 / (at + 1),
}));

export const ranker: KindSetup = {
  name: shape.name,
  planned: (config) => {
    const { ranker: asked } = config;
    const rho = rhoOf({ sensitivity: sensitivityOf(rankerScales), sigma: sigmaOf(asked) });
    return asked.on
      ? {
          kind: shape.name,
          rho: nullIfUnbounded(rho),
          // A round begins when the one before has ended, and none ends sooner but by the operator's hand.
          reportsPer30Days: Math.floor(30 / daysOf(config)) + 1,
        }
      : null;
  },
  section: "ranker",
  largest: (config, atMs) => {
    const anyPart = "0".repeat(64);
    return questionOn({ factors: anyPart, pairs: anyPart }, { config, atMs, examined: longestCurve });
  },
  open: ({ config, store, ranker: model, nowMs }) => new Rounds({ config, store, model, nowMs }),
  describe: describeRanker,
};

interface RoundsParts {
  readonly config: Config;
  readonly store: LeaderStore;
  readonly model: RankerModel;
  readonly nowMs: () => number;
}

class Rounds implements ServerKind {
  readonly name = shape.name;
  readonly pace: ServerKind["pace"];
  readonly #parts: RoundsParts;
  /** Of the last round that taught something; undefined until it was read. */
  #last: RankerFinding | null | undefined;
  /** What is known of places when the next question is asked. */
  #examined: PlaceCurve | null = null;

  constructor(parts: RoundsParts) {
    this.#parts = parts;
    this.pace = paceOfDays(daysOf(parts.config));
  }

  async prepare(): Promise<void> {
    this.#last ??= await lastFinding(this.#parts.store);
    this.#examined = await this.#parts.model.examined();
  }

  next(atMs: number): Question | null {
    const { config, model } = this.#parts;
    const inForce = model.inForce();
    if (this.#last === undefined || inForce === null) return null;
    // The next parts come before another such round would be over.
    if (config.pairs.on && this.#last !== null && isSame(this.#last, inForce)) return null;
    return questionOn(inForce, { config, atMs, examined: this.#examined });
  }

  async consume(summed: Summed): Promise<Consumed> {
    const { model, nowMs } = this.#parts;
    const { task, record } = summed;
    const { units, factors, pairs, clipL2, curvatureScale, weightScale } = settingsOf(task, shape);
    const { values, reports, deviation, leftOut } = summedUp(summed);
    if (reports === 0) return { outcome: "nothing learned: no lane was within bounds", leftOut };
    try {
      const part = rankerPartOf(
        { values, people: reports, deviation },
        { units, scales: { clipL2, curvatureScale, weightScale }, origin: "crowd" },
      );
      const { judged, ...decided } = await model.decide(part);
      const finding: RankerFinding = { factors, pairs, people: reports, judged };
      return {
        ...decided,
        leftOut,
        store: async (transaction) => {
          await decided.store?.(transaction);
          await storeFinding(transaction, {
            ...{ kind: shape.name, round: record.round, atMs: nowMs() },
            finding: JSON.stringify(finding),
          });
        },
        stored: async () => {
          await decided.stored?.();
          this.#last = finding;
        },
      };
    } catch (error) {
      // Sums are what strangers sent: should they have no solution, the next round must still come.
      if (!(error instanceof RangeError)) throw error;
      return { outcome: `nothing learned: ${error.message}`, leftOut };
    }
  }
}

async function lastFinding(store: LeaderStore): Promise<RankerFinding | null> {
  const newest = await newestFinding(store, shape.name);
  if (newest === undefined) return null;
  try {
    return parseRankerFinding(newest.finding);
  } catch (error) {
    // What another version wrote in another form is as none.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

interface Asking {
  readonly config: Config;
  readonly atMs: number;
  readonly examined: PlaceCurve | null;
}

function questionOn(parts: ProposingParts, { config, atMs, examined }: Asking): Question {
  const { ranker: asked, round } = config;
  const { factors, pairs } = parts;
  const { minBatch, maxBatch } = round;
  const { labelDays, lanes } = asked;
  const units = askedUnits.map((unit) => ({ ...unit }));
  return questionFor(
    shape,
    {
      ...{ units, ...rankerScales, factors, pairs, sinceMs: Math.floor(atMs), labelDays },
      ...(examined === null ? {} : { examined: examined.map((step) => ({ ...step })) }),
    },
    {
      ...{ sigma: sigmaOf(asked), fractionBits, minBatch, maxBatch, lanes },
      taskDays: taskDaysOf(config, "ranker"),
    },
  );
}

function daysOf({ ranker: { labelDays, answerDays } }: Pick<Config, "ranker">): number {
  return labelDays + answerDays;
}

/** Standard deviation (not variance) of each aggregator's noise, in the units of the vector. */
function sigmaOf({ noiseMultiplier }: Pick<Config["ranker"], "noiseMultiplier">): number {
  return sensitivityOf(rankerScales) * noiseMultiplier;
}

function isSame(one: ProposingParts, other: ProposingParts): boolean {
  return one.factors === other.factors && one.pairs === other.pairs;
}

/** What a round's lanes say together. */
function summedUp(summed: Summed) {
  const { values, reports, sums, leftOut } = lanesTogether(summed);
  return { values, reports, deviation: Math.sqrt(2 * sums) * summed.task.sigma, leftOut };
}
