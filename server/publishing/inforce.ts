/** What is in force, and what of it those learn who open tasks on item factors. */
import type { Edition } from "../../core/model/edition.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import type { LeaderQueries } from "../store/leaderstore.ts";
import type { PublishedParts } from "./draft.ts";

/** The edition in force, decoded. */
export interface InForce {
  readonly sequence: number;
  readonly id: string;
  readonly signed: SignedDocument;
  readonly edition: Edition;
  readonly parts: PublishedParts;
  /** As its readers put it together. */
  readonly model: JoinedModel;
  readonly learned: LearnedItems;
  readonly space: string;
}

/** Whether what was learned of an item that is not in the catalogue is kept. */
export interface KeptItems {
  readonly isKept: (item: string) => boolean;
}

/** What tasks about item factors are opened on. */
export interface FactorsInForce {
  /** Id of the factors part. */
  readonly id: string;
  readonly items: number;
  readonly dim: number;
  /** Item steps behind them. */
  readonly round: number;
  readonly learned: LearnedItems;
}

/** Kinds of part that tasks are about. */
export type AskedPart = "factors" | "pairs";

/** Whoever opens tasks on parts. */
export interface PartFollower {
  /** Runs a transaction that may put other parts in force. */
  readonly change: <T>(work: (transaction: LeaderQueries) => Promise<T>) => Promise<T>;
  /**
   * Within it: others of these are in force from now on, and what was open on the ones before ends with
   * `outcome`.
   */
  readonly replaced: (
    transaction: LeaderQueries,
    kinds: readonly AskedPart[],
    outcome: string,
  ) => Promise<void>;
}

/** Which parts that tasks are about the second edition has others of. */
export function replacedIn(
  before: Pick<InForce, "parts"> | null,
  { parts }: Pick<InForce, "parts">,
): readonly AskedPart[] {
  const kinds: readonly AskedPart[] = ["factors", "pairs"];
  return kinds.filter((kind) => before?.parts[kind]?.ref.id !== parts[kind]?.ref.id);
}

export function factorsOf({ parts, learned }: Pick<InForce, "parts" | "learned">): FactorsInForce {
  const { ref, part } = parts.factors;
  return { id: ref.id, items: part.items.length, dim: part.dim, round: part.round, learned };
}
