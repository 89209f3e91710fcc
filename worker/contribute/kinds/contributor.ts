/**
 * A kind of sum on the device: what this person adds to it. The values are the plaintext that never leaves;
 * report.ts makes of them what does. The kind's shape stands in core/tasks/<kind>/.
 */
import type { RandomFill } from "../../../core/bytes.ts";
import type { TacitEvent } from "../../../core/events/event.ts";
import type { PriceOf } from "../../../core/experiments/measure.ts";
import type { FoldInModel } from "../../../core/foldin.ts";
import type { KeptTrials } from "../../../core/lists/servings.ts";
import type { PairPattern } from "../../../core/model/pairlist.ts";
import type { FeatureValues } from "../../../core/profile/table.ts";
import type { TaskKind } from "../../../core/tasks/kind.ts";
import { settingsOf, type Task } from "../../../core/tasks/task.ts";
import type { LocalTimeOf } from "../../../core/time.ts";
import type { KeptParticipation } from "../../experiments/kept.ts";
import type { RankerSplit, RankerStatistics } from "../../rank/rankerstatistics.ts";

/** The factors part that this device holds: what the crowd has learned, as every browser reads it. */
export interface Factors extends Pick<FoldInModel, "rows" | "count" | "dim" | "gram"> {
  /** Hex SHA-256 of the part. */
  readonly id: string;
  /** Item id -> row. */
  readonly rowOf: ReadonlyMap<string, number>;
}

/** The list of pairs that this device holds: which the crowd is asked about. */
export interface ListedPairs {
  /** Hex SHA-256 of the part. */
  readonly id: string;
  /** Item id -> row of the list. */
  readonly rowOf: ReadonlyMap<string, number>;
  readonly pattern: PairPattern;
}

/** What this device ranks by: which parts it was put together from, and how a person's acts stand in it. */
export interface RankedBy {
  /** Hex SHA-256 of the factors part, and of the pairs part; null: there is none. */
  readonly factors: string | null;
  readonly pairs: string | null;
  /** Null where nothing was wanted since that had been proposed. Asked of ranking.js, which has what ranks. */
  readonly statisticsOf: (events: readonly TacitEvent[], asked: RankerSplit) => RankerStatistics | null;
}

/** What this device has shown of experiments, and what is needed to measure what came of it. */
export interface DeviceExperiments {
  readonly participations: readonly KeptParticipation[];
  /** Those that a report has told of (`tellingOf`). */
  readonly told: ReadonlySet<string>;
  /** Null before the whole catalogue has come. */
  readonly priceOf: PriceOf | null;
}

/** All that a contribution may be computed from. */
export interface Device {
  /** What counts of the journal, oldest first; nothing where a robot is at work. */
  readonly events: readonly TacitEvent[];
  /** Null while nothing was downloaded. */
  readonly factors: Factors | null;
  /** Null where there are none, or nothing was downloaded. */
  readonly pairs: ListedPairs | null;
  /**
   * Of the person, as of now, computed when they are asked for; null before the whole catalogue has come,
   * which prices and categories are of.
   */
  readonly features: () => FeatureValues | null;
  /** Null before the whole catalogue has come. */
  readonly ranking: () => RankedBy | null;
  /** What is kept of lists on trial. */
  readonly trials: KeptTrials;
  /** Null where a robot is at work. */
  readonly experiments: DeviceExperiments | null;
  readonly nowMs: number;
  readonly localTimeOf: LocalTimeOf;
  readonly fill: RandomFill;
}

export interface Contribution {
  /** Independent of what the person did. */
  readonly block: number;
  /** As long as the kind's layout says, of a norm of at most its sensitivity. */
  readonly values: Float64Array;
  /** Which participations in experiments it tells of (`tellingOf`): none may be told of again. */
  readonly tells?: readonly string[];
  /**
   * Id of the newest event behind it: once that is erased, nothing may be sent. Null: it may be of none; no erasure
   * may have come since the device was looked at, whatever it is based on.
   */
  readonly basedOn: string | null;
}

export interface Contributor<Settings> {
  readonly kind: TaskKind<Settings>;
  /** Whether people are ranked for in it, which the device must be ready for; false unless given. */
  readonly isOnRanking?: boolean;
  /** Before that nobody answers; at any time unless given. */
  readonly readyAtMs?: (settings: Settings) => number;
  /**
   * Null when there is too little to say, or not yet.
   *
   * @param history blocks that this device reported on before for this kind, oldest first.
   * @throws {RangeError} when the task does not fit what it names.
   */
  readonly contribute: (
    settings: Settings,
    device: Device,
    history: readonly number[],
  ) => Contribution | null;
}

/** A contributor whose settings nobody outside needs to know the type of. */
export interface AnyContributor {
  readonly kind: Pick<TaskKind, "name" | "words">;
  readonly isOnRanking: boolean;
  /**
   * @throws {TypeError | RangeError} when the task's settings are not of the kind, or do not cost what it
   * says.
   */
  readonly requireFit: (task: Task) => void;
  readonly contribute: (task: Task, device: Device, history: readonly number[]) => Contribution | null;
  /** Before that nobody answers. */
  readonly readyAtMs: (task: Task) => number;
}

export function contributorOf<Settings>({
  kind,
  contribute,
  isOnRanking = false,
  readyAtMs = () => 0,
}: Contributor<Settings>): AnyContributor {
  return {
    kind,
    isOnRanking,
    requireFit: (task) => void settingsOf(task, kind),
    contribute: (task, device, history) => contribute(settingsOf(task, kind), device, history),
    readyAtMs: (task) => readyAtMs(settingsOf(task, kind)),
  };
}
