/**
 * What the device keeps, as the few operations the private side needs. Two things do them: `Database`
 * (IndexedDB) and `MemoryStore`, which stands in where a browser denies storage and forgets with the tab.
 *
 * Every operation is atomic. What it wrote is durable when its promise resolves, as far as the storage can
 * promise.
 */
import { noChoices } from "../../core/consent.ts";
import type { Recorded } from "../../core/events/fact.ts";
import { nothingSpent } from "../../core/sum/spending.ts";
import type { Kept, SentReport, StoredIn } from "../api.ts";
import type { SeenLog } from "../trust/vouched.ts";
import type { ExperimentStore } from "./keptexperiments.ts";
import type { PartStore } from "./keptmodel.ts";
import type { Exchange, KeptMoving } from "./keptmoving.ts";
import type { ScheduleStore } from "./keptschedule.ts";
import type { TokenStore } from "./kepttokens.ts";
import type { TrialStore } from "./kepttrials.ts";

/** An entry of the ledger, and what is kept besides. */
export interface Admitted {
  readonly entry: SentReport;
  readonly kept: Kept;
}

export interface NewReport {
  /**
   * What to write, given the ledger and what is kept as they stand at that moment; null writes nothing, and
   * so does what it throws. Nothing comes between its look and the writing, so two tabs cannot both take the
   * last place.
   */
  readonly admit: (kept: Kept | null, ledger: readonly SentReport[]) => Admitted | null;
  /** The request body, byte for byte. */
  readonly body: Uint8Array;
  /** Ids of events that the report was computed from: without one of them, no report. */
  readonly basedOn: readonly string[];
}

/** What to keep from now on, given what was kept and the ledger as they stand at that moment. */
export type KeptUpdate = (kept: Kept | null, ledger: readonly SentReport[]) => Kept;

/** Whether an event was not erased before it came here. */
export type Left = (event: Recorded, kept: Kept) => boolean;

/** Whether an event came after an erasure that was asked for before it is done. */
export type Since = (event: Recorded) => boolean;

export interface Store {
  readonly storage: StoredIn;
  readonly tokens: TokenStore;
  readonly parts: PartStore;
  readonly logs: SeenLog;
  readonly schedule: ScheduleStore;
  readonly trials: TrialStore;
  readonly experiments: ExperimentStore;
  /**
   * Adds the events whose id is not there yet, and returns those. Nothing comes between the writing and the
   * look whether an event is `left`, given what is kept; all are unless told.
   */
  addEvents(events: readonly Recorded[], left?: Left): Promise<readonly Recorded[]>;
  /** All events, in the order of `oldestFirst`. */
  events(): Promise<readonly Recorded[]>;
  /** Those of these events that are there. */
  eventsById(ids: readonly string[]): Promise<readonly Recorded[]>;
  removeEvents(ids: readonly string[]): Promise<void>;
  /** All entries of the ledger, oldest first. */
  reports(): Promise<readonly SentReport[]>;
  reportBody(id: string): Promise<Uint8Array | null>;
  /**
   * Writes entry and body, and returns the entry; null when not admitted or an event of `basedOn` has left
   * the journal (an erasure in another tab).
   */
  addReport(report: NewReport): Promise<SentReport | null>;
  /**
   * Replaces an entry; false when it is not there any more, or not as it must `still` be: nothing comes
   * between that look and the writing, in whichever tab.
   */
  updateReport(entry: SentReport, still?: (kept: SentReport) => boolean): Promise<boolean>;
  removeReportBodies(ids: readonly string[]): Promise<void>;
  /** Empties the journal alone, of all but events that are of `since`. */
  eraseEvents(since?: Since): Promise<void>;
  /** What outlives an erasure; null before anything was kept. */
  kept(): Promise<Kept | null>;
  /** Once that was asked: whether the answer is all there is, as far as anybody can say. */
  readonly knowsKept: boolean;
  keep(update: KeptUpdate): Promise<Kept>;
  moving(): Promise<KeptMoving>;
  /** Something moves between devices. Returns the events that were added to the journal. */
  exchange(exchange: Exchange): Promise<readonly Recorded[]>;
  /**
   * Empties everything but what is kept, which becomes what `update` says, and events that are of `since`.
   */
  eraseAll(update: KeptUpdate, since?: Since): Promise<Kept>;
  close(): void;
}

/** Of a device that has done nothing yet. */
export const nothingKept: Kept = {
  choices: noChoices,
  remains: { answeredTasks: [], spent: nothingSpent },
};
