/**
 * The kind `segments` on the server: asks the rounds (rounds.ts) one after another, each for so many days,
 * and publishes what comes of the last. Then it rests, and begins again with the centroids in force: two
 * rounds that refine them. Every fourth run, and where features or the number of segments are others, it
 * begins with nothing.
 *
 * What is known is stored with the end of each round (stored.ts). A round of too few people teaches
 * nothing and is asked again: what it asks follows from what is known, which is the same still.
 */
import { canonicalJson } from "../../../core/json.ts";
import { featureCount, featureKeys } from "../../../core/profile/featurevector.ts";
import { nullIfUnbounded } from "../../../core/sum/spending.ts";
import { type SegmentsSettings, segments as shape } from "../../../core/tasks/segments/kind.ts";
import { rhoOf, settingsOf } from "../../../core/tasks/task.ts";
import { dayMs } from "../../../core/time.ts";
import type { Config } from "../../base/config.ts";
import { taskDaysOf } from "../../base/tasklives.ts";
import { newestFinding, storeFinding } from "../../store/findings.ts";
import type { LeaderStore } from "../../store/leaderstore.ts";
import type { Consumed, Question, ServerKind, Summed } from "../../tasks/kind.ts";
import type { KindSetup } from "../kind.ts";
import { lanesTogether } from "../lanes.ts";
import { paceOfDays, questionFor } from "../question.ts";
import { segmentPlan } from "./plan.ts";
import { learningFrom, partOfPlaced } from "./published.ts";
import {
  askedNext,
  type Learned,
  type Learning,
  nothingLearned,
  type SegmentPlan,
  type Stage,
  settingsFor,
} from "./rounds.ts";
import type { SegmentModel } from "./segmentmodel.ts";
import { fewestPeople } from "./step.ts";
import { describeKnown, encodeKnown, type KnownSegments, parseKnown } from "./stored.ts";
import { type SegmentSums, segmentSumsOf } from "./sums.ts";

/** Rounding stays far below noise, and no sum of a batch wraps around. */
const fractionBits = 11;
/** Of a run that begins with nothing: the most that a device answers within 30 days. */
const mostRounds = 6;
/** Most segments that the criterion chooses of. */
const mostSegments = 12;
/** Every so many runs the crowd is looked at anew. */
const runsAnew = 4;

type Asked = Config["segments"];

export const segments: KindSetup = {
  name: shape.name,
  planned: ({ segments: asked }) =>
    asked.on
      ? {
          kind: shape.name,
          rho: nullIfUnbounded(mostRhoOf(asked)),
          reportsPer30Days: Math.min(mostRounds, Math.floor(30 / asked.days) + 1),
        }
      : null,
  section: "segments",
  largest: (config) => {
    const spread = { stage: "spread", done: 0, center: new Float64Array(featureCount) } as const;
    return questionOn(spread, planFor(config, { people: 1 }), config);
  },
  open: ({ config, store, segments: model, nowMs }) => new Rounds({ config, store, model, nowMs }),
  describe: describeKnown,
};

interface RoundsParts {
  readonly config: Config;
  readonly store: LeaderStore;
  readonly model: SegmentModel;
  readonly nowMs: () => number;
}

/** What is known of the segments, and since when; null before a first round. */
type Known = (KnownSegments & { readonly atMs: number }) | null;

/** What is to be asked next. */
interface Next {
  readonly run: number;
  readonly learning: Exclude<Learning, Learned>;
}

class Rounds implements ServerKind {
  readonly name = shape.name;
  readonly pace: ServerKind["pace"];
  readonly #parts: RoundsParts;
  /** Undefined until it was read. */
  #known: Known | undefined;

  constructor(parts: RoundsParts) {
    this.#parts = parts;
    this.pace = paceOfDays(parts.config.segments.days);
  }

  async prepare(): Promise<void> {
    this.#known ??= await readKnown(this.#parts.store);
  }

  next(atMs: number): Question | null {
    const { config, model } = this.#parts;
    if (this.#known === undefined || !model.isOpen()) return null;
    const next = nextOf(this.#known, { part: model.inForce(), asked: config.segments, atMs });
    return next === null ? null : questionOn(next.learning, planFor(config, { people: 1 }), config);
  }

  async consume(summed: Summed): Promise<Consumed> {
    const { config, model, nowMs, store } = this.#parts;
    await this.prepare();
    const settings = settingsOf(summed.task, shape);
    const part = model.inForce();
    // It was asked when it was opened: since then the rest is over.
    const next = nextOf(this.#known ?? null, {
      part,
      asked: config.segments,
      atMs: Number.POSITIVE_INFINITY,
    });
    if (next === null || !isSame(settings, askedBy(next, config))) {
      return { outcome: "nothing learned: other centroids are asked about by now" };
    }
    const { sums, reports, leftOut } = summedUp(summed, settings);
    if (reports === 0) return { outcome: "nothing learned: no lane was within bounds", leftOut };
    const fewest = fewestPeople(sums);
    if (reports < fewest) {
      const outcome = `nothing learned: ${reports} people, where noise hides ${Math.ceil(fewest)}; asked again`;
      return { outcome, leftOut };
    }
    const plan = planFor(config, { people: reports });
    const { learning: before, run } = next;
    const learning = await model.step({ learning: before, sums, plan });
    const known: KnownSegments = {
      ...{ features: [...featureKeys], run, asked: before.stage, reports, learning },
      peopleSd: Math.sqrt(sums.peopleVariance),
    };
    const published =
      learning.stage === "learned"
        ? await model.publish(partOfPlaced(learning, { reports, origin: "crowd", before: part }))
        : { outcome: `learned from ${reports} people: ${before.stage}; next: ${learning.stage}` };
    const atMs = nowMs();
    const { round } = summed.record;
    return {
      ...published,
      leftOut,
      store: async (transaction) => {
        await published.store?.(transaction);
        await storeFinding(transaction, { kind: shape.name, round, atMs, finding: encodeKnown(known) });
      },
      stored: async () => {
        await published.stored?.();
        this.#known = await readKnown(store);
      },
    };
  }
}

async function readKnown(store: LeaderStore): Promise<Known> {
  const newest = await newestFinding(store, shape.name);
  if (newest === undefined) return null;
  try {
    return { ...parseKnown(newest.finding), atMs: newest.atMs };
  } catch (error) {
    // What another version wrote in another form is begun again.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Null while it rests. */
function nextOf(
  known: Known,
  {
    part,
    asked: { repeatDays, count },
    atMs,
  }: {
    readonly part: Parameters<typeof learningFrom>[0] | null;
    readonly asked: Asked;
    readonly atMs: number;
  },
): Next | null {
  const isOfThisTable = known !== null && canonicalJson(known.features) === canonicalJson(featureKeys);
  if (isOfThisTable && known.learning.stage !== "learned")
    return { run: known.run, learning: known.learning };
  if (known !== null && isOfThisTable && atMs < known.atMs + repeatDays * dayMs) return null;
  const run = (known?.run ?? 0) + 1;
  const fromPart = part === null ? null : learningFrom(part);
  const isGoingOn =
    fromPart !== null &&
    (count === 0 || count === fromPart.choice.k) &&
    (known === null || run % runsAnew !== 1);
  return { run, learning: isGoingOn ? fromPart : nothingLearned(segmentPlan(anyCrowd)) };
}

const anyCrowd = { choice: { by: "criterion", least: 1, most: mostSegments }, people: 1, rho: 1 } as const;

/** By how many report: how many axes and centroids is decided once that is known. */
function planFor({ segments: asked }: Config, { people }: { readonly people: number }): SegmentPlan {
  const { count } = asked;
  const choice = count === 0 ? anyCrowd.choice : ({ by: "operator", k: count } as const);
  const { rounds, shares } = segmentPlan({ ...anyCrowd, choice });
  const stages = Object.keys(rounds) as Stage[];
  const all = stages.reduce((sum, stage) => sum + rounds[stage] * shares[stage], 0);
  return segmentPlan({ choice, people, rho: (mostRhoOf(asked) * all) / mostShareOf({ shares }) });
}

function askedBy({ learning }: Next, config: Config): SegmentsSettings {
  return settingsFor(askedNext(learning, planFor(config, { people: 1 })));
}

function questionOn(learning: Next["learning"], plan: SegmentPlan, config: Config): Question {
  const { segments: asked, round } = config;
  const settings = settingsFor(askedNext(learning, plan));
  const { sensitivity } = shape.layoutOf(settings);
  const { minBatch, maxBatch } = round;
  return questionFor(shape, settings, {
    sigma: sensitivity * multiplierOf(asked, learning.stage, plan),
    ...{ fractionBits, minBatch, maxBatch, lanes: asked.lanes },
    taskDays: taskDaysOf(config, "segments"),
  });
}

/** Rounds have parts of the budget: the setting is that of those with the largest, others have more noise. */
function multiplierOf({ noiseMultiplier }: Asked, stage: Stage, { shares }: SegmentPlan): number {
  return noiseMultiplier * Math.sqrt(mostShareOf({ shares }) / shares[stage]);
}

function mostShareOf({ shares }: Pick<SegmentPlan, "shares">): number {
  return Math.max(...Object.values(shares));
}

/** Of a round with the largest part. */
function mostRhoOf({ noiseMultiplier }: Asked): number {
  return rhoOf({ sensitivity: 1, sigma: noiseMultiplier });
}

function isSame(a: SegmentsSettings, b: SegmentsSettings): boolean {
  return canonicalJson({ ...a }) === canonicalJson({ ...b });
}

/** What a round's lanes say together. */
function summedUp(summed: Summed, settings: SegmentsSettings) {
  const { values, reports, sums: lanes, leftOut } = lanesTogether(summed);
  const variance = 2 * lanes * summed.task.sigma ** 2;
  const sums: SegmentSums = segmentSumsOf(values, { centroids: settings, scales: settings, variance });
  return { sums, reports, leftOut };
}
