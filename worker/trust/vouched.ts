/**
 * What the helper vouched for: documents are taken only from its log (core/wire/log.ts), followed from the
 * head that this device saw last to the one in the helper's signed key list. A log is that of one helper:
 * another identity begins another.
 */
import type { KeyList } from "../../core/wire/keylist.ts";
import { followLog, type LogEntry, type LogHead, parseLogTail, requireNewest } from "../../core/wire/log.ts";
import { sha256 } from "../digest.ts";

/** The head of the log that a device saw last, kept across visits. */
export interface SeenLog {
  /** @param helper the helper's identity, in hex. Null where none was seen. */
  seenLog(helper: string): Promise<LogHead | null>;
  /** Keeps the head unless a longer one of the same helper is kept. */
  rememberLog(helper: string, head: LogHead): Promise<void>;
}

export interface VouchedInput {
  /** As it came with the answer: unchecked. */
  readonly tail: unknown;
  /** The helper's key list, whose signature holds, and the identity that signed it. */
  readonly list: Pick<KeyList, "log">;
  readonly helper: string;
  readonly store: SeenLog;
  /** Asks for the whole log, where the tail does not reach back to what was seen. */
  readonly whole: () => Promise<unknown>;
}

/** What of the helper's log an answer is judged by. */
export interface Vouched {
  /** @throws {RangeError} when the document is not the newest of its sort that the helper vouched for. */
  readonly requireNewest: (document: Pick<LogEntry, "kind" | "subject" | "id">) => void;
}

/**
 * @throws {TypeError | RangeError} for a log that is not the helper's, is older than the one seen last, or
 * forks from it.
 */
export async function vouchedBy({ tail, list, helper, store, whole }: VouchedInput): Promise<Vouched> {
  const head = list.log;
  if (head === null)
    throw new TypeError("log: the helper's key list must name the head of its log, got none");
  const seen = await store.seenLog(helper);
  const answer = { tail: parseLogTail(tail), whole: async () => parseLogTail(await whole()) };
  const followed = await followLog(answer, { head, seen, sha256 });
  await store.rememberLog(helper, head);
  return { requireNewest: (document) => requireNewest(followed, document) };
}
