/**
 * One SQLite file: durable (WAL, synchronous FULL: a commit is on disk when it returns), brought up to date
 * by numbered migrations. And the lock by which one process owns a directory of such files.
 */
import { dirname, join } from "node:path";
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import Database from "libsql";
import { messageOf } from "../../core/errors.ts";
import { makeFolder, makePrivate, setPrivate } from "../base/files.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { StoreFailure } from "./failure.ts";

export interface SqliteFile {
  readonly path: string;
  /** Step k brings a file from version k to k + 1; a step that has been released is never changed. */
  readonly migrations: readonly string[];
}

/** @throws {OperatorError} when the file was written by a newer version. */
export function openSqlite<Tables>({ path, migrations }: SqliteFile): Kysely<Tables> {
  makeFolder(dirname(path));
  // Made before SQLite makes it; the files beside it, which get its mode, may be there from before.
  makePrivate(path);
  for (const beside of [`${path}-wal`, `${path}-shm`]) setPrivate(beside);
  const database = new Database(path);
  try {
    // Of a new file alone; one that has its pages keeps them. A report of 137 kB takes 9 such pages, or 34 of 4 kB.
    database.exec("PRAGMA page_size = 16384");
    database.exec("PRAGMA journal_mode = WAL");
    database.exec("PRAGMA synchronous = FULL");
    database.exec("PRAGMA journal_size_limit = 67108864");
    migrate(database, path, migrations);
  } catch (error) {
    database.close();
    throw error;
  }
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: forKysely(database) }) });
}

/** Another process works on the directory. */
export class DirectoryTaken extends OperatorError {}

/** Held as long as a process works on a directory. */
export interface DirectoryLock {
  readonly release: () => void;
}

/**
 * Makes the directory this process's own. The lock is SQLite's on an empty database in it, so the system
 * releases it however the process ends.
 *
 * @throws {DirectoryTaken} when another process has it.
 */
export function lockDirectory(directory: string): DirectoryLock {
  makeFolder(directory);
  const database = new Database(join(directory, "lock.sqlite"));
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!/database is locked/i.test(messageOf(error))) throw error;
    throw new DirectoryTaken(
      `store: ${directory} must belong to one process, got locked: another tacit is running on it`,
    );
  }
  return { release: () => void database.close() };
}

function migrate(database: Database.Database, path: string, migrations: readonly string[]): void {
  const row: unknown = database.prepare("PRAGMA user_version").all()[0];
  const version =
    typeof row === "object" && row !== null && "user_version" in row ? Number(row.user_version) : 0;
  if (version > migrations.length) {
    throw new OperatorError(
      `store: ${path} must be of version ${migrations.length} or older, got ${version}: it was written by a newer tacit`,
    );
  }
  database.exec("BEGIN IMMEDIATE");
  for (const step of migrations.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${migrations.length}`);
  database.exec("COMMIT");
}

/** So many statements are kept: those of lists of any length would be without end. */
const mostPrepared = 256;
/** A statement holds what it was given last until it is given something else: no more than so many bytes. */
const mostHeldBytes = 1 << 20;

/** Preparing a statement takes as long as running it: each is prepared once. */
function forKysely(database: Database.Database): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => {
      prepared.clear();
      database.close();
    },
    prepare: (sql) => {
      const statement = prepared.get(sql) ?? statementOf(database, sql, () => prepared.delete(sql));
      // The newest last: the first is the one that was not asked for the longest.
      prepared.delete(sql);
      prepared.set(sql, statement);
      const [oldest] = prepared.keys();
      if (prepared.size > mostPrepared) prepared.delete(oldest);
      return statement;
    },
  };
}

/**
 * libsql hands out blobs as ArrayBuffer where better-sqlite3, which kysely expects, hands out bytes.
 *
 * @param forget called when it failed, or holds much.
 */
function statementOf(database: Database.Database, sql: string, forget: () => void): SqliteStatement {
  const statement = named(() => database.prepare(sql));
  const run = <T>(parameters: readonly unknown[], work: () => T): T => {
    if (heldBytes(parameters) > mostHeldBytes) forget();
    try {
      return named(work);
    } catch (error) {
      forget();
      throw error;
    }
  };
  const all = (parameters: readonly unknown[]) =>
    run(parameters, () => statement.all([...parameters])).map(withBytes);
  return {
    reader: statement.reader,
    all,
    run: (parameters) => run(parameters, () => statement.run([...parameters])),
    iterate: (parameters) => all(parameters)[Symbol.iterator](),
  };
}

function heldBytes(parameters: readonly unknown[]): number {
  return parameters.reduce<number>(
    (bytes, value) => bytes + (value instanceof Uint8Array ? value.length : 0),
    0,
  );
}

/** The database throws errors of many classes, a TypeError among them. @throws {StoreFailure} */
function named<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StoreFailure(messageOf(error), { cause: error });
  }
}

function withBytes(row: unknown): unknown {
  if (typeof row !== "object" || row === null) return row;
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      value instanceof ArrayBuffer ? new Uint8Array(value) : value,
    ]),
  );
}
