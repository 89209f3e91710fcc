/**
 * Queries on the helper's log of what it vouched for (core/wire/log.ts). Nothing in it is ever changed or
 * deleted; beside it stands when an entry came, which a clock that is set back corrects (`dateBack`).
 */
import { emptyLog, type LogEntry, type LogHead, type LogTail } from "../../core/wire/log.ts";
import type { HelperQueries } from "./helperstore.ts";

/** One newest document is in force of each. */
export type Sort = Pick<LogEntry, "kind" | "subject">;

export interface VouchedDocument extends LogEntry {
  /** What only grows from edition to edition; null for other documents. Not part of the log. */
  readonly sequence: number | null;
  /** From then on it is of no more use; null: it has no such end. Not part of the log. */
  readonly untilMs: number | null;
}

/** An entry as it stands in the log: the first is of place 1. */
export interface PlacedDocument extends VouchedDocument {
  readonly place: number;
}

const columns = ["seq", "kind", "subject", "id", "at_ms", "sequence", "until_ms"] as const;

export async function isVouched(
  queries: HelperQueries,
  { kind, id }: Pick<LogEntry, "kind" | "id">,
): Promise<boolean> {
  const found = await queries
    .selectFrom("vouched")
    .select("seq")
    .where("id", "=", id)
    .where("kind", "=", kind)
    .executeTakeFirst();
  return found !== undefined;
}

export async function findNewest(
  queries: HelperQueries,
  { kind, subject }: Sort,
): Promise<PlacedDocument | undefined> {
  const row = await queries
    .selectFrom("vouched")
    .select(columns)
    .where("kind", "=", kind)
    .where("subject", "=", subject)
    .orderBy("seq", "desc")
    .executeTakeFirst();
  return row === undefined ? undefined : placedFrom(row);
}

/** The newest of every sort that is of use yet, oldest first. */
export async function newestOfAll(queries: HelperQueries, nowMs: number): Promise<readonly PlacedDocument[]> {
  const newest = queries
    .selectFrom("vouched")
    .select(({ fn }) => fn.max("seq").as("seq"))
    .groupBy(["kind", "subject"]);
  const rows = await queries
    .selectFrom("vouched")
    .select(columns)
    .where("seq", "in", newest)
    .where((is) => is.or([is("until_ms", "is", null), is("until_ms", ">", nowMs)]))
    .orderBy("seq")
    .execute();
  return rows.map(placedFrom);
}

/** The subjects of what was vouched for after `sinceMs`, each once. */
export async function subjectsSince(
  queries: HelperQueries,
  kind: LogEntry["kind"],
  sinceMs: number,
): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom("vouched")
    .select("subject")
    .distinct()
    .where("kind", "=", kind)
    .where("came_ms", ">", sinceMs)
    .execute();
  return rows.map(({ subject }) => subject);
}

/**
 * When each document of a sort was new that was so after `sinceMs`, oldest first; what repeats an earlier
 * entry is not.
 */
export async function newSince(
  queries: HelperQueries,
  { kind, subject }: Sort,
  sinceMs: number,
): Promise<readonly number[]> {
  const rows = await queries
    .selectFrom("vouched as entry")
    .select("came_ms")
    .where("kind", "=", kind)
    .where("subject", "=", subject)
    .where("came_ms", ">", sinceMs)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("vouched as earlier")
            .select("earlier.seq")
            .whereRef("earlier.id", "=", "entry.id")
            .whereRef("earlier.kind", "=", "entry.kind")
            .whereRef("earlier.seq", "<", "entry.seq"),
        ),
      ),
    )
    .orderBy("came_ms")
    .execute();
  return rows.map((row) => row.came_ms);
}

/** @param head the log's head with the entry. */
export async function appendVouched(
  queries: HelperQueries,
  { kind, subject, id, atMs, sequence, untilMs }: VouchedDocument,
  head: LogHead,
): Promise<void> {
  await queries
    .insertInto("vouched")
    .values({
      ...{ seq: head.size, kind, subject, id, at_ms: atMs, came_ms: atMs, hash: head.hash },
      ...{ sequence, until_ms: untilMs },
    })
    .execute();
}

/** The last entries, `most` of them, and the head they lead to. */
export async function readLog(
  queries: HelperQueries,
  most: number,
): Promise<{ readonly head: LogHead; readonly tail: LogTail }> {
  const rows = await queries
    .selectFrom("vouched")
    .select(["seq", "kind", "subject", "id", "at_ms", "hash"])
    .orderBy("seq", "desc")
    .limit(most + 1)
    .execute();
  const last = rows[0];
  const before = rows.length > most ? rows[most] : undefined;
  const entries = rows.slice(0, most).reverse();
  return {
    head: last === undefined ? emptyLog : { size: last.seq, hash: last.hash },
    tail: {
      start: before?.seq ?? 0,
      before: before?.hash ?? emptyLog.hash,
      entries: entries.map(({ kind, subject, id, at_ms }) => ({ kind, subject, id, atMs: at_ms })),
    },
  };
}

interface VouchedRow extends LogEntryRow {
  readonly seq: number;
  readonly sequence: number | null;
  readonly until_ms: number | null;
}

interface LogEntryRow extends Omit<LogEntry, "atMs"> {
  readonly at_ms: number;
}

function placedFrom({ seq, kind, subject, id, at_ms, sequence, until_ms }: VouchedRow): PlacedDocument {
  return { place: seq, kind, subject, id, atMs: at_ms, sequence, untilMs: until_ms };
}
