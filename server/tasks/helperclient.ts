/** The helper as its leader sees it: in the same process, or over HTTP (remotehelper.ts). */
import type { LogTail } from "../../core/wire/log.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { VouchReply, VouchRequest } from "./vouchreply.ts";

/** Why the helper will never take a chunk, or close a batch. */
const helperRefusals = [
  "malformed",
  "unknown-task",
  "task-expired",
  /**
   * Another task of its kind came after it: no more reports are taken for it, its batches are still closed.
   */
  "task-ended",
  /** Another message under the same name was answered, or another batch has its place. */
  "other-request",
  /**
   * A chunk or a batch is missing before it, the batch is closed, or the counts are not those of the answers.
   */
  "out-of-order",
  "too-many",
  "too-few",
  /** The secret is not the one that the task commits to, or a report is in another lane by it. */
  "wrong-lane",
] as const;
export type HelperRefusal = (typeof helperRefusals)[number];

export type HelperReply =
  | { readonly ok: true; readonly answer: Uint8Array }
  | { readonly ok: false; readonly why: HelperRefusal; readonly detail: string };

/**
 * What the helper says of itself: its key list, signed by its identity, and the last entries of its log,
 * which lead to the head in it.
 */
export interface HelperWord {
  readonly list: SignedDocument;
  readonly log: LogTail;
}

/**
 * What the leader knows of the helper. Only bytes and text cross; a rejection means: not reached, ask again.
 */
export interface HelperClient {
  /** The reader checks signature and chain. */
  keys(): Promise<HelperWord>;
  /** The helper's whole log, as far as it is sent at once: the reader checks. */
  log(): Promise<LogTail>;
  /**
   * Brings a document into the helper's log, and of a task gives it its own copy; the same again changes
   * nothing.
   */
  vouch(request: VouchRequest): Promise<VouchReply>;
  /** Answers an encoded `ChunkRequest` with an encoded `ChunkAnswer`. */
  chunk(request: Uint8Array): Promise<HelperReply>;
  /** Answers an encoded `CloseRequest` with an encoded `CloseAnswer`. */
  close(request: Uint8Array): Promise<HelperReply>;
}
