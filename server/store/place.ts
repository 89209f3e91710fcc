/**
 * Whether a store is the one that was last used here, or a copy: restored from a backup, it may be older than
 * what others have seen of it.
 *
 * A small file beside the store is made anew at each start, and the store notes when the file system says it
 * was born (its number, where the file system does not know). Whatever brings a store back from elsewhere makes
 * that file anew too, or leaves one that is younger than the store says. While the file is made anew the
 * store notes the mark before and the mark to be, so that a death in between is no copy, and a copy of that
 * is one (the file keeps its birth and its number when it takes its name). The limits: what restores a whole
 * disk as it was (a snapshot of a volume or a virtual machine) is not seen, nor on macOS a copy that keeps
 * the times of birth.
 */
import { existsSync, statSync } from "node:fs";
import { type QueryExecutorProvider, sql } from "kysely";
import { takeName, writeWhole } from "../base/files.ts";

export interface PlaceTable {
  id: number;
  mark: string;
}

export type Place = "first use" | "as it was" | "a copy";

/** Between the two marks that a store may note. */
const or = " or ";

const explanation = `Tells whether the store beside it is where it was last used, and not an older copy.
See "Backups" in docs/OPERATING.md.
`;

/** @param queries a store that has the table `places`. */
export async function placeOf(queries: QueryExecutorProvider, path: string): Promise<Place> {
  const noted = await notedIn(queries);
  if (noted === undefined) return "first use";
  const mark = markOf(fileOf(path));
  return mark !== null && noted.split(or).includes(mark) ? "as it was" : "a copy";
}

/** From here on this is where the store is used. */
export async function takePlace(queries: QueryExecutorProvider, path: string): Promise<void> {
  const [file, next] = [fileOf(path), `${fileOf(path)}.next`];
  writeWhole(next, explanation);
  const place = await placeOf(queries, path);
  const [before, after] = [markOf(file), requireMark(next)];
  // A first use stays one until it is noted, and a copy stays one.
  if (place === "as it was" && before !== null) await note(queries, `${before}${or}${after}`);
  takeName(next, file);
  await note(queries, after);
}

/** What is there is taken to be the store as it was last used: it was moved. */
export async function forgetPlace(queries: QueryExecutorProvider): Promise<void> {
  await sql`DELETE FROM places`.execute(queries);
}

function fileOf(path: string): string {
  return `${path}.place`;
}

async function notedIn(queries: QueryExecutorProvider): Promise<string | undefined> {
  const { rows } = await sql<PlaceTable>`SELECT id, mark FROM places`.execute(queries);
  return rows.at(0)?.mark;
}

async function note(queries: QueryExecutorProvider, mark: string): Promise<void> {
  await sql`INSERT INTO places (id, mark) VALUES (1, ${mark}) ON CONFLICT (id) DO UPDATE SET mark = ${mark}`.execute(
    queries,
  );
}

function requireMark(file: string): string {
  const mark = markOf(file);
  if (mark === null) throw new Error(`takePlace: ${file} must be there, got nothing`);
  return mark;
}

function markOf(file: string): string | null {
  if (!existsSync(file)) return null;
  const { birthtimeNs, ino } = statSync(file, { bigint: true });
  return birthtimeNs > 0n ? `born ${birthtimeNs}` : `number ${ino}`;
}
