/** Items as this kind needs them: what contributions are computed on, and the way of what was learned into force. */
import type { Consumed } from "../../tasks/kind.ts";
import type { Learned } from "./knowledge.ts";

export interface ItemsInForce {
  /** Id of the factors that contributions are computed on. */
  readonly factors: string;
  readonly items: number;
  readonly dim: number;
  /** Item steps behind them. */
  readonly steps: number;
  readonly learned: Learned;
}

/** Handed in by what publishes: kinds know nothing of it. */
export interface ItemModel {
  /** Null before there are any. */
  readonly inForce: () => ItemsInForce | null;
  /** Judges what a round learned; what came of it, and what storing it takes. */
  readonly decide: (learned: Learned) => Promise<Omit<Consumed, "leftOut">>;
}
