/**
 * Whether a store is the one that was last used here, or a copy: restored from a backup, it may be older than
 * what others have seen of it.
 *
 * A small file beside the store is made anew at each start, and the store notes when the file system says it
 * was born (its number, where the file system does not know). Whatever brings a store back from elsewhere makes
 * that file anew too, or leaves one that is younger than the store says. The limits: what restores a whole disk
 * as it was (a snapshot of a volume or a virtual machine) is not seen, nor on macOS a copy that keeps the times
 * of birth.
 */
import { existsSync, statSync } from "node:fs";
import { type QueryExecutorProvider, sql } from "kysely";
import { writeWhole } from "../base/files.ts";

export interface PlaceTable {
  id: number;
  mark: string;
}

export type Place = "first use" | "as it was" | "a copy";

/** While the file is made anew the store says so, so that a death in between is no copy. */
const changing = "changing";

const explanation = `Tells whether the store beside it is where it was last used, and not an older copy.
See "Backups" in docs/OPERATING.md.
`;

/** @param queries a store that has the table `places`. */
export async function placeOf(queries: QueryExecutorProvider, path: string): Promise<Place> {
  const { rows } = await sql<PlaceTable>`SELECT id, mark FROM places`.execute(queries);
  const noted = rows.at(0)?.mark;
  if (noted === undefined) return "first use";
  return noted === changing || noted === markOf(fileOf(path)) ? "as it was" : "a copy";
}

/** From here on this is where the store is used. */
export async function takePlace(queries: QueryExecutorProvider, path: string): Promise<void> {
  await note(queries, changing);
  writeWhole(fileOf(path), explanation);
  await note(queries, markOf(fileOf(path)) ?? changing);
}

/** What is there is taken to be the store as it was last used: it was moved. */
export async function forgetPlace(queries: QueryExecutorProvider): Promise<void> {
  await sql`DELETE FROM places`.execute(queries);
}

function fileOf(path: string): string {
  return `${path}.place`;
}

async function note(queries: QueryExecutorProvider, mark: string): Promise<void> {
  await sql`INSERT INTO places (id, mark) VALUES (1, ${mark}) ON CONFLICT (id) DO UPDATE SET mark = ${mark}`.execute(
    queries,
  );
}

function markOf(file: string): string | null {
  if (!existsSync(file)) return null;
  const { birthtimeNs, ino } = statSync(file, { bigint: true });
  return birthtimeNs > 0n ? `born ${birthtimeNs}` : `number ${ino}`;
}
