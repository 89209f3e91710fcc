/**
 * Forgetting everything on this device, whoever can do it: the worker, and without one the page itself.
 *
 * That it was asked for is written down first. Where the page goes, or the database does not answer, the next
 * page of the site does it before anything else.
 */
import { erasureDue, oweErasure, settleErasure } from "./due.ts";
import type { Edges } from "./edges.ts";
import type { KeptCopy } from "./kept.ts";
import { databasesKey, defaultDatabase } from "./lastresort.ts";
import type { WorkerLink } from "./link.ts";
import { type Page, type TextStore, valueIn } from "./page.ts";

export interface ErasureParts {
  readonly store: TextStore;
  /** Where it stands that an erasure is due: a person asked for it, so that is written whatever may be stored. */
  readonly due: TextStore;
  readonly hasDatabase: Page["hasDatabase"];
  readonly edges: Pick<Edges, "emptyDatabase">;
  readonly kept: KeptCopy;
}

type Report = (error: unknown) => void;

export class Erasure {
  readonly #parts: ErasureParts;
  #database = defaultDatabase;

  constructor(parts: ErasureParts) {
    this.#parts = parts;
  }

  /** When an earlier page was asked to erase and did not come to it; null: nothing is due. */
  get dueMs(): number | null {
    return erasureDue(this.#parts.due);
  }

  /** Remembers the name of the database in use, for a page that is asked to erase and was never told it. */
  begin(database: string): void {
    this.#database = database;
    const known = this.#written();
    if (known.includes(database)) return;
    this.#parts.store.write(databasesKey, JSON.stringify([...known, database]));
  }

  /**
   * Erases. What goes wrong on the way is told to `report`.
   *
   * @param link to the worker; null where there is none
   * @param atMs when it was asked for: what was tracked after that stays
   * @throws {Error} when something is left that the next page has to erase.
   */
  async run(link: WorkerLink | null, report: Report, atMs: number): Promise<void> {
    const { due } = this.#parts;
    oweErasure(due, atMs);
    // The worker has one database; a site may have used another name before.
    const byWorker = await this.#byWorker(link, report, atMs);
    await this.#byPage(
      this.#databases().filter((name) => !byWorker || name !== this.#database),
      atMs,
    );
    settleErasure(due, atMs);
  }

  async #byWorker(link: WorkerLink | null, report: Report, atMs: number): Promise<boolean> {
    if (link === null) return false;
    try {
      await link.call("erase", (worker) => worker.erase(atMs));
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  /** A broken worker must not stand between a person and their right. */
  async #byPage(databases: readonly string[], atMs: number): Promise<void> {
    const { hasDatabase, edges, kept } = this.#parts;
    const there = await Promise.all(databases.map((name) => hasDatabase(name)));
    // What was spent goes with them, and nobody else may know.
    const known = kept.without(there.some((isThere) => isThere !== false));
    for (const name of databases) await edges.emptyDatabase(name, { ...known, erasedAtMs: atMs });
  }

  /** Those of earlier pages that are written down, and this page's, however the store fares. */
  #databases(): readonly string[] {
    return [...new Set([defaultDatabase, ...this.#written(), this.#database])];
  }

  #written(): readonly string[] {
    const names = valueIn(this.#parts.store.read(databasesKey));
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  }
}
