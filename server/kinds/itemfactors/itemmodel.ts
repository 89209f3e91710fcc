/**
 * Items as this kind needs them: what contributions are computed on, and the way of what was learned into
 * force.
 */
import type { Consumed } from "../../tasks/kind.ts";
import type { LearnedItems } from "./knowledge.ts";
import type { LearnedAfter, LearnFrom } from "./step.ts";

export interface ItemsInForce {
  /** Id of the factors that contributions are computed on. */
  readonly factors: string;
  readonly items: number;
  readonly dim: number;
  /** Item steps behind them. */
  readonly steps: number;
  readonly learned: LearnedItems;
}

/** Handed in by what publishes: kinds know nothing of it. */
export interface ItemModel {
  /** Null before there are any. */
  readonly inForce: () => ItemsInForce | null;
  /** Puts factors in force that have rows for the items that wait for a round; does nothing where none do. */
  readonly takeInWaiting: () => Promise<void>;
  /** Takes a step (step.ts), apart from what answers requests. @throws {RangeError} for sums without a solution. */
  readonly step: (learned: LearnedItems, from: LearnFrom) => Promise<LearnedAfter>;
  /** Judges what a round learned; what came of it, and what storing it takes. */
  readonly decide: (learned: LearnedItems) => Promise<Omit<Consumed, "leftOut">>;
}
