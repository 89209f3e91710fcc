/** What a signed document is called in the helper's log. */
import { toHex } from "../../core/bytes.ts";
import { parseTask } from "../../core/tasks/task.ts";
import type { LogEntry } from "../../core/wire/log.ts";
import { bytesToSign } from "../../core/wire/signed.ts";
import { sha256 } from "../base/platform.ts";
import type { VouchRequest } from "./vouchreply.ts";

export type VouchedName = Pick<LogEntry, "kind" | "subject" | "id">;

/** The document is read, its signature is not checked. @throws for a task that is none. */
export async function vouchedNameOf({ kind, signed: { document } }: VouchRequest): Promise<VouchedName> {
  const subject = kind === "task" ? parseTask(JSON.parse(document)).kind : "";
  return { kind, subject, id: toHex(await sha256(bytesToSign(kind, document))) };
}
