/**
 * Forgetting everything on this device, whoever can do it: the worker, and without one the page itself.
 *
 * That it was asked for is written down first. Where the page goes, or the database does not answer, the next
 * page of the site does it before anything else.
 */
import type { Consent } from "./consent.ts";
import type { KeptCopy } from "./kept.ts";
import type { WorkerLink } from "./link.ts";
import { type Page, valueIn } from "./page.ts";

const dueKey = "tacit.erase";
const refusedKey = "tacit.optOut";
/** Every database that a page of this origin used. */
const databasesKey = "tacit.databases";
const defaultDatabase = "tacit";

export interface ErasureParts {
  readonly page: Page;
  readonly kept: KeptCopy;
  readonly consent: Consent;
}

export class Erasure {
  readonly #parts: ErasureParts;
  #database = defaultDatabase;

  constructor(parts: ErasureParts) {
    this.#parts = parts;
  }

  /** Whether the person said no on a page whose script had not come (stub.js); then erasing is due, too. */
  takeRefusal(): boolean {
    const { store } = this.#parts.page;
    if (store.read(refusedKey) === null) return false;
    store.remove(refusedKey);
    store.write(dueKey, "1");
    return true;
  }

  /** Whether an earlier page was asked to erase and did not come to it. */
  get isDue(): boolean {
    return this.#parts.page.store.read(dueKey) !== null;
  }

  /** Remembers the name of the database in use, for a page that is asked to erase and was never told it. */
  begin(database: string): void {
    this.#database = database;
    const known = this.#written();
    if (known.includes(database)) return;
    this.#parts.page.store.write(databasesKey, JSON.stringify([...known, database]));
  }

  /**
   * Erases. What goes wrong on the way is told to `report`.
   *
   * @param link to the worker; null where there is none
   * @throws {Error} when something is left that the next page has to erase.
   */
  async run(link: WorkerLink | null, report: (error: unknown) => void): Promise<void> {
    const { store } = this.#parts.page;
    store.write(dueKey, "1");
    // The worker has one database; a site may have used another name before.
    const byWorker = await this.#byWorker(link, report);
    await this.#byPage(this.#databases().filter((name) => !byWorker || name !== this.#database));
    store.remove(dueKey);
  }

  async #byWorker(link: WorkerLink | null, report: (error: unknown) => void): Promise<boolean> {
    if (link === null) return false;
    const atMs = Date.now();
    try {
      await link.call("erase", (worker) => worker.erase(atMs));
      return true;
    } catch (error) {
      report(error);
      return false;
    }
  }

  /** A broken worker must not stand between a person and their right. */
  async #byPage(databases: readonly string[]): Promise<void> {
    const { page, kept, consent } = this.#parts;
    for (const database of databases) {
      // What was spent goes with it, and nobody else may know.
      if (!kept.knowsSpent && (await page.hasDatabase(database)) !== false) kept.countAsAllSpent();
      await page.emptyDatabase(database, consent.choices());
    }
  }

  /** Those of earlier pages that are written down, and this page's, however the store fares. */
  #databases(): readonly string[] {
    return [...new Set([defaultDatabase, ...this.#written(), this.#database])];
  }

  #written(): readonly string[] {
    const names = valueIn(this.#parts.page.store.read(databasesKey));
    return Array.isArray(names) ? names.filter((name) => typeof name === "string") : [];
  }
}
