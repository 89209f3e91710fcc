/**
 * What the server must know of a sort of sum: what to ask, how often, and what to make of the answer. The
 * shape that browsers agree on is core's (core/tasks/kind.ts). kinds/registry.ts names all kinds; nothing
 * below it knows any.
 */
import type { Layout } from "../../core/tasks/kind.ts";
import type { Task } from "../../core/tasks/task.ts";
import type { Aggregate, LeftOut } from "../store/batches.ts";
import type { LeaderQueries } from "../store/leaderstore.ts";
import type { TaskRecord } from "../store/tasks.ts";

/** When a task's round is over; see policy.ts. */
export interface Pace {
  /** So many reports of every block end the round at once. */
  readonly batchSize: number;
  /** So long without a report ends the round, when every lane of every block has minBatch. */
  readonly quietSeconds: number;
  /** After so long the round ends with the lanes that have minBatch; the others are dropped unsummed. */
  readonly roundSeconds: number;
}

/** What of a task does not follow from its kind's settings. */
export interface SumSettings
  extends Pick<Task, "sigma" | "fractionBits" | "minBatch" | "maxBatch" | "lanes"> {
  /** How long a task lives. */
  readonly taskDays: number;
}

export interface Question {
  /** In the form of the kind's schema, and what follows from them. */
  readonly settings: Task["settings"];
  readonly layout: Layout;
  readonly sums: SumSettings;
}

export interface Summed {
  readonly record: TaskRecord;
  readonly task: Task;
  /** At least one. */
  readonly aggregates: readonly Aggregate[];
}

/**
 * What came of a round. Writing it is one commit with the end of the task, so that no round is learned from
 * twice.
 */
export interface Consumed {
  /** In words, for the operator. */
  readonly outcome: string;
  /** Aggregates that were not used, or not whole: reports by reason. */
  readonly leftOut?: readonly { readonly batch: Aggregate["batch"]; readonly leftOut: LeftOut }[];
  readonly store?: (transaction: LeaderQueries) => Promise<void>;
  /** Called when it is stored. */
  readonly stored?: () => void | Promise<void>;
}

/** A kind at work in one server. */
export interface ServerKind {
  readonly name: string;
  readonly pace: Pace;
  /** Brings up to date what the next task is about; called while the kind has no open task. */
  readonly prepare?: () => Promise<void>;
  /** What to ask next; null while there is nothing to ask about. */
  readonly next: (atMs: number) => Question | null;
  /**
   * Reads what it needs and computes; writes nothing. Sums are what strangers sent: should it throw over
   * them, the round ends with nothing learned. Only a failure of the store or the system is tried again.
   */
  readonly consume: (summed: Summed) => Promise<Consumed>;
}
