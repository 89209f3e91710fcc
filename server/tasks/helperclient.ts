/** The helper as its leader sees it: in the same process, or over HTTP (remotehelper.ts). */
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { RegisterReply } from "./floors.ts";

/** Why the helper will never sum a batch. */
export type HelperRefusal =
  | "malformed"
  | "unknown-task"
  | "task-expired"
  | "too-few"
  | "too-many"
  | "other-request";

export type HelperReply =
  | { readonly ok: true; readonly answer: Uint8Array }
  | { readonly ok: false; readonly why: HelperRefusal; readonly detail: string };

/** What the leader knows of the helper. Only bytes and text cross; a rejection means: not reached, ask again. */
export interface HelperClient {
  /** The helper's key list, signed by its identity: the reader checks. */
  keys(): Promise<SignedDocument>;
  /** Gives the helper its own copy of a task; giving it again changes nothing. */
  register(task: SignedDocument): Promise<RegisterReply>;
  /** Answers an encoded `SumRequest` with an encoded `SumAnswer`. */
  sum(request: Uint8Array): Promise<HelperReply>;
}
