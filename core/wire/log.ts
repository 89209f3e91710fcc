/**
 * The helper's log of everything it vouched for: one public list, chained by hashes, that only grows. A
 * browser takes a task, a plan or an edition only if it is the newest of its sort in a chain that ends in the
 * head that the helper signed in its key list (keylist.ts), and only if the chain goes on from the head it
 * saw last. So two devices are shown different documents only as far as the helper let two of them follow
 * each other, and a second history shows itself.
 *
 *   hash of nothing = 32 zero bytes
 *   hash_n          = SHA-256( "tacit log v3\n" || hash_(n-1) || canonical JSON of entry n )
 *
 * A linear chain (the idea of RFC 9162's tree, without its proofs): entries are few, some a day, so the last
 * of them are sent whole.
 */
import * as v from "valibot";
import { fromHex, toHex } from "../bytes.ts";
import { asciiBytes, canonicalJson } from "../json.ts";
import type { Sha256 } from "../tasks/task.ts";
import { issueText } from "./issues.ts";

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

export const vouchedKinds = ["task", "plan", "edition"] as const;
export type VouchedKind = (typeof vouchedKinds)[number];

const entrySchema = v.object({
  kind: v.picklist(vouchedKinds),
  /** Of a task: its kind of sum; else empty. One newest document is in force for each kind and subject. */
  subject: v.pipe(v.string(), v.regex(/^[a-z0-9-]{0,32}$/)),
  /** SHA-256 of what was signed (signed.ts), in hex. */
  id: hex32,
  atMs: whole,
});
export type LogEntry = v.InferOutput<typeof entrySchema>;

/**
 * Most entries that are sent at once. Of a longer log these are the last ones, and what comes before them is
 * for nobody to compare.
 */
export const mostEntries = 5_000;

/** Entries that end at the head of a log. */
export const logTailSchema = v.object({
  /** How many entries come before these. */
  start: whole,
  /** Hash of the log before these; what the first of them is chained to. */
  before: hex32,
  entries: v.pipe(v.array(entrySchema), v.maxLength(mostEntries)),
});
export type LogTail = v.InferOutput<typeof logTailSchema>;

/** How many entries there are, and the hash of the last. */
export const logHeadSchema = v.object({ size: whole, hash: hex32 });
export type LogHead = v.InferOutput<typeof logHeadSchema>;

export const emptyLog: LogHead = { size: 0, hash: "0".repeat(64) };

/**
 * Entries that go with every answer; the whole log is a request of its own. The helper repeats what is in
 * force before it would leave them, so that the newest of every sort is among them.
 */
export const usualTail = 32;

/** Keys that it does not know are ignored. @throws {TypeError} naming the field that is wrong. */
export function parseLogTail(value: unknown): LogTail {
  const parsed = v.safeParse(logTailSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseLogTail", parsed.issues[0]));
  return parsed.output;
}

/** The head after one more entry. */
export async function extendLog(head: LogHead, entry: LogEntry, sha256: Sha256): Promise<LogHead> {
  const { kind, subject, id, atMs } = entry;
  const prefix = asciiBytes("tacit log v3\n");
  const text = asciiBytes(canonicalJson({ kind, subject, id, atMs }));
  const bytes = new Uint8Array(prefix.length + 32 + text.length);
  bytes.set(prefix, 0);
  bytes.set(fromHex(head.hash), prefix.length);
  bytes.set(text, prefix.length + 32);
  return { size: head.size + 1, hash: toHex(await sha256(bytes)) };
}

export interface LogCheck {
  /** As the helper signed it. */
  readonly head: LogHead;
  /** The head that this device saw last; null on a first visit. */
  readonly seen: LogHead | null;
  readonly sha256: Sha256;
}

export type CheckedLog =
  /** Everything in the tail is the helper's word, and goes on from what was seen. */
  | { readonly state: "good" }
  /** The tail begins after what was seen: a longer one is needed to tell. */
  | { readonly state: "too-short" };

/**
 * Follows a tail to the signed head, past the head seen last.
 *
 * @throws {RangeError} when it does not lead there: the entries are not the helper's; or when it passes the
 * place of what was seen with another hash, or ends before it: the log forks, or an older one was played
 * back.
 */
export async function checkLog(tail: LogTail, { head, seen, sha256 }: LogCheck): Promise<CheckedLog> {
  if (seen !== null && head.size < seen.size) {
    throw new RangeError(
      `log: the helper's log must not shrink, got ${head.size} entries after ${seen.size}`,
    );
  }
  let at: LogHead = { size: tail.start, hash: tail.before };
  let isPast = seen === null;
  const pass = (): void => {
    if (seen === null || at.size !== seen.size) return;
    if (at.hash !== seen.hash) {
      throw new RangeError(
        `log: entry ${seen.size} must have the hash ${short(seen.hash)} seen before, got ${short(at.hash)}: the log forks`,
      );
    }
    isPast = true;
  };
  pass();
  for (const entry of tail.entries) {
    at = await extendLog(at, entry, sha256);
    pass();
  }
  if (at.size !== head.size || at.hash !== head.hash) {
    throw new RangeError(
      `log: entries must lead to the signed head ${head.size}, ${short(head.hash)}, got ${at.size}, ${short(at.hash)}`,
    );
  }
  return { state: isPast ? "good" : "too-short" };
}

export interface FollowedLog {
  /** As it came with an answer. */
  readonly tail: LogTail;
  /**
   * Asks for the whole log, where the tail does not reach back to what was seen. It may be a little older or
   * newer than the tail.
   */
  readonly whole: () => Promise<LogTail>;
}

/**
 * The entries that lead to the signed head, past the head seen last.
 *
 * @throws {RangeError} as `checkLog` does, and when the whole log does not reach back to what was seen though
 * it could.
 */
export async function followLog({ tail, whole }: FollowedLog, check: LogCheck): Promise<LogTail> {
  if ((await checkLog(tail, check)).state === "good") return tail;
  const longer = await whole();
  const joined = joinTails(longer, tail);
  const { state } = await checkLog(joined, check);
  // Whoever could leave out the entries in between could hide a fork among them.
  if (state === "too-short" && joined.entries.length < mostEntries) {
    throw new RangeError(
      `log: the whole log must reach back to entry ${check.seen?.size}, which was seen before, got one that begins at ${joined.start}`,
    );
  }
  return joined;
}

/** Entries of both up to the end of `tail`; `tail` alone where they do not meet. Nothing is checked. */
export function joinTails(longer: LogTail, tail: LogTail): LogTail {
  const { start, before, entries } = longer;
  if (start > tail.start || start + entries.length < tail.start) return tail;
  return { start, before, entries: [...entries.slice(0, tail.start - start), ...tail.entries] };
}

/**
 * Whether `id` is what the helper vouched for last of its sort.
 *
 * @throws {RangeError} when it is in no entry, or another one came after it.
 */
export function requireNewest(
  { entries }: Pick<LogTail, "entries">,
  { kind, subject, id }: Pick<LogEntry, "kind" | "subject" | "id">,
): void {
  if (isNewest({ entries }, { kind, subject, id })) return;
  const known = entries.some((entry) => entry.kind === kind && entry.id === id);
  throw new RangeError(
    `log: ${subject === "" ? kind : `${kind} of ${subject}`} must be the newest that the helper vouched for, got ${short(id)}, which ${known ? "is an older one" : "it never saw"}`,
  );
}

export function isNewest(
  { entries }: Pick<LogTail, "entries">,
  { kind, subject, id }: Pick<LogEntry, "kind" | "subject" | "id">,
): boolean {
  return entries.findLast((entry) => entry.kind === kind && entry.subject === subject)?.id === id;
}

function short(hex: string): string {
  return `${hex.slice(0, 8)}…`;
}
