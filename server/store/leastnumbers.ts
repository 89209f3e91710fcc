/**
 * Numbers that are not given again, though nothing in the store says that they were: those that a newer copy of
 * it may have given.
 */
import { sql } from "kysely";
import type { LeaderQueries } from "./leaderstore.ts";

export async function leastNumber(queries: LeaderQueries, name: string): Promise<number | undefined> {
  const row = await queries
    .selectFrom("least_numbers")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  return row?.value;
}

/** A smaller one than before changes nothing. */
export async function raiseLeast(queries: LeaderQueries, name: string, value: number): Promise<void> {
  await queries
    .insertInto("least_numbers")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: sql`max(value, excluded.value)` }))
    .execute();
}
