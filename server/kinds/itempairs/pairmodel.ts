/** Pairs as this kind needs them: what is asked about, and the way of what was learned into force. */
import type { ItemPairsSettings } from "../../../core/tasks/itempairs/kind.ts";
import type { Task } from "../../../core/tasks/task.ts";
import type { Consumed } from "../../tasks/kind.ts";
import type { LaneAggregate } from "../itemfactors/defences.ts";
import type { DroppedLane } from "../robust.ts";

export interface PairsInForce {
  /** Id of the part whose list is asked about. */
  readonly pairs: string;
  readonly items: number;
  readonly pairCount: number;
}

/** What came of a round, and what it was asked with. */
export interface PairsFrom {
  readonly settings: ItemPairsSettings;
  /** Of the task. */
  readonly round: number;
  readonly task: Pick<Task, "length" | "sensitivity" | "sigma" | "fractionBits">;
  readonly lanes: readonly LaneAggregate[];
}

export interface PairsDecided extends Omit<Consumed, "leftOut"> {
  /** Lanes that were not counted. */
  readonly dropped: readonly DroppedLane[];
}

/** Handed in by what publishes: kinds know nothing of it. */
export interface PairModel {
  /** Null before there are any. */
  readonly inForce: () => PairsInForce | null;
  /** Puts a list in force that has the items of today; does nothing where the one there is has them. */
  readonly takeInWaiting: () => Promise<void>;
  /**
   * Learns from a round's sums, apart from what answers requests, and judges what comes of it.
   *
   * @throws {RangeError} for sums without a solution.
   */
  readonly decide: (from: PairsFrom) => Promise<PairsDecided>;
}
