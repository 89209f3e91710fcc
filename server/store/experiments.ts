/** Queries on experiments: what an operator drafted, and when it was started and stopped. */
import type { LeaderQueries } from "./leaderstore.ts";

export interface ExperimentRow {
  readonly name: string;
  /** JSON, as the operator has it. */
  readonly draft: string;
  readonly createdAtMs: number;
  /** Null until it is started. */
  readonly started: StartedExperiment | null;
}

export interface StartedExperiment {
  readonly seed: string;
  /** People come in from `fromMs` up to, not including, `toMs` (milliseconds since the Unix epoch). */
  readonly fromMs: number;
  readonly toMs: number;
  /** From a look to the next, as was set when it was started: what its end and its statistics hang on. */
  readonly lookDays: number;
}

/** In the order of their making. */
export async function listExperiments(queries: LeaderQueries): Promise<readonly ExperimentRow[]> {
  const rows = await queries
    .selectFrom("experiments")
    .selectAll()
    .orderBy("created_at_ms")
    .orderBy("name")
    .execute();
  return rows.map(({ name, draft, created_at_ms, seed, from_ms, to_ms, look_days }) => ({
    ...{ name, draft, createdAtMs: created_at_ms },
    started:
      seed === null || from_ms === null || to_ms === null || look_days === null
        ? null
        : { seed, fromMs: from_ms, toMs: to_ms, lookDays: look_days },
  }));
}

/** Writes one, or takes the place of one of its name. */
export async function storeExperiment(
  queries: LeaderQueries,
  { name, draft, createdAtMs, started }: ExperimentRow,
): Promise<void> {
  const row = {
    ...{ name, draft, created_at_ms: createdAtMs, seed: started?.seed ?? null },
    ...{ from_ms: started?.fromMs ?? null, to_ms: started?.toMs ?? null },
    look_days: started?.lookDays ?? null,
  };
  await queries.insertInto("experiments").orReplace().values(row).execute();
}

export async function removeExperiment(queries: LeaderQueries, name: string): Promise<void> {
  await queries.deleteFrom("experiments").where("name", "=", name).execute();
}
