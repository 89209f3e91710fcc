/** The helper as its leader sees it: in the same process, or over HTTP (remotehelper.ts). */
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { RegisterReply } from "./floors.ts";

/** Why the helper will never take a chunk, or close a batch. */
export const helperRefusals = [
  "malformed",
  "unknown-task",
  "task-expired",
  /** Another message under the same name was answered, or another batch has its place. */
  "other-request",
  /** A chunk or a batch is missing before it, the batch is closed, or the counts are not those of the answers. */
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

/** What the leader knows of the helper. Only bytes and text cross; a rejection means: not reached, ask again. */
export interface HelperClient {
  /** The helper's key list, signed by its identity: the reader checks. */
  keys(): Promise<SignedDocument>;
  /** Gives the helper its own copy of a task; giving it again changes nothing. */
  register(task: SignedDocument): Promise<RegisterReply>;
  /** Answers an encoded `ChunkRequest` with an encoded `ChunkAnswer`. */
  chunk(request: Uint8Array): Promise<HelperReply>;
  /** Answers an encoded `CloseRequest` with an encoded `CloseAnswer`. */
  close(request: Uint8Array): Promise<HelperReply>;
}
