/**
 * The log of a helper that vouches for whatever it is given, chained by another implementation than core's.
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../../core/json.ts";
import type { LogEntry, LogHead, LogTail, VouchedKind } from "../../core/wire/log.ts";
import { bytesToSign, type SignedDocument } from "../../core/wire/signed.ts";

const nothing = "0".repeat(64);

export class HelperLog {
  readonly #entries: LogEntry[];

  constructor(entries: readonly LogEntry[] = []) {
    this.#entries = [...entries];
  }

  get head(): LogHead {
    return headOf(this.tail(0));
  }

  /**
   * Adds a document unless it is the newest of its sort; what is in force is repeated before it leaves the
   * usual entries.
   */
  vouch(kind: VouchedKind, signed: SignedDocument): void {
    const entry = entryOf(kind, signed);
    const newest = new Map(this.#entries.map((one) => [`${one.kind} ${one.subject}`, one]));
    if (newest.get(`${entry.kind} ${entry.subject}`)?.id === entry.id) return;
    this.#entries.push(entry);
    for (const one of newest.values()) {
      const isOther = one.kind !== entry.kind || one.subject !== entry.subject;
      if (isOther && !this.#entries.slice(-20).includes(one)) this.#entries.push({ ...one });
    }
  }

  /** Entries from place `start` on, to the end by default. */
  tail(start: number, end = this.#entries.length): LogTail {
    const before = this.#entries.slice(0, start).reduce(hashAfter, nothing);
    return { start, before, entries: this.#entries.slice(start, end) };
  }

  /** As long as it comes with an answer. */
  usual(): LogTail {
    return this.tail(Math.max(0, this.#entries.length - 32));
  }

  /** The same log so far, to go on by itself. */
  fork(end = this.#entries.length): HelperLog {
    return new HelperLog(this.#entries.slice(0, end));
  }
}

export function entryOf(kind: VouchedKind, { document }: SignedDocument): LogEntry {
  const subject = kind === "task" ? String(JSON.parse(document).kind) : "";
  const id = createHash("sha256").update(bytesToSign(kind, document)).digest("hex");
  return { kind, subject, id, atMs: Date.UTC(2011, 4, 31) };
}

/** Where a tail ends. */
export function headOf({ start, before, entries }: LogTail): LogHead {
  return { size: start + entries.length, hash: entries.reduce(hashAfter, before) };
}

function hashAfter(before: string, entry: LogEntry): string {
  const chained = createHash("sha256").update("tacit log v3\n").update(Buffer.from(before, "hex"));
  return chained.update(canonicalJson({ ...entry })).digest("hex");
}
