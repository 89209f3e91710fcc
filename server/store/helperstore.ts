/** The helper's store: which reports it has ever counted, and every answer it has ever given. */
import type { Kysely } from "kysely";
import { openSqlite } from "./sqlite.ts";

export interface HelperTables {
  answers: {
    batch: Uint8Array;
    /** SHA-256 of the request it answers. */
    request: Uint8Array;
    answer: Uint8Array;
  };
  counted: { task: Uint8Array; report: Uint8Array };
  probes: { id: number; at_ms: number };
}

export type HelperStore = Kysely<HelperTables>;

/** @throws {OperatorError} when it was written by a newer version. */
export function openHelperStore(path: string): HelperStore {
  return openSqlite<HelperTables>({ path, migrations });
}

export interface StoredAnswer {
  readonly request: Uint8Array;
  readonly answer: Uint8Array;
}

export async function findAnswer(store: HelperStore, batch: Uint8Array): Promise<StoredAnswer | undefined> {
  return store
    .selectFrom("answers")
    .select(["request", "answer"])
    .where("batch", "=", batch)
    .executeTakeFirst();
}

/** Whether a report of the task was counted in an earlier batch. */
export async function isCounted(store: HelperStore, task: Uint8Array, report: Uint8Array): Promise<boolean> {
  const row = await store
    .selectFrom("counted")
    .select("report")
    .where("task", "=", task)
    .where("report", "=", report)
    .executeTakeFirst();
  return row !== undefined;
}

export interface Answered extends StoredAnswer {
  readonly batch: Uint8Array;
  readonly task: Uint8Array;
  readonly reports: readonly Uint8Array[];
}

/**
 * The answer and the reports it spends, in one transaction.
 *
 * @throws when the batch has an answer or one of the reports was counted meanwhile: nothing is stored then.
 */
export async function storeAnswer(store: HelperStore, answered: Answered): Promise<void> {
  const { batch, request, answer, task, reports } = answered;
  await store.transaction().execute(async (transaction) => {
    await transaction.insertInto("answers").values({ batch, request, answer }).execute();
    for (const report of reports) await transaction.insertInto("counted").values({ task, report }).execute();
  });
}

const migrations = [
  `
  CREATE TABLE answers (batch BLOB PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL) STRICT;
  CREATE TABLE counted (task BLOB NOT NULL, report BLOB NOT NULL, PRIMARY KEY (task, report)) STRICT, WITHOUT ROWID;
  CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT;
  `,
];
