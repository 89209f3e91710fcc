/** What is kept of moving between devices, and what is seen and changed at once when something moves. */
import type { Recorded } from "../../core/events/fact.ts";
import type { Kept, SentReport } from "../api.ts";

export interface KeptMoving {
  /** This device asked for a hand-over: the seed of the key that opens it. Gone once one was taken in. */
  readonly asking: { readonly seed: Uint8Array; readonly atMs: number } | null;
  /** What this device handed over last, sealed, and to which key: it may be given again, to the same device. */
  readonly given: { readonly file: Uint8Array; readonly to: Uint8Array; readonly atMs: number } | null;
  /** Hex SHA-256 of hand-overs that were taken in, the newest last. */
  readonly taken: readonly string[];
}

export const nothingMoving: KeptMoving = { asking: null, given: null, taken: [] };

export interface Holdings {
  readonly kept: Kept | null;
  /** Oldest first. */
  readonly ledger: readonly SentReport[];
  readonly moving: KeptMoving;
}

export interface Exchanged {
  readonly kept: Kept;
  readonly moving: KeptMoving;
  /** All of the ledger from now on; as it was unless given. Bodies of reports that leave it go. */
  readonly ledger?: readonly SentReport[];
  /** Added to the journal, as far as their ids are new. */
  readonly events?: readonly Recorded[];
}

/** What to write, given what is there at that moment. What it throws writes nothing. */
export type Exchange = (seen: Holdings) => Exchanged;
