/** The store where the browser denies IndexedDB: the same operations on maps that end with the tab. */
import type { Recorded } from "../../core/events/fact.ts";
import { oldestFirst } from "../../core/events/order.ts";
import type { Kept, SentReport } from "../api.ts";
import type { ExperimentStore } from "./keptexperiments.ts";
import { type Exchange, type KeptMoving, nothingMoving } from "./keptmoving.ts";
import { MemoryLogs } from "./logstore.ts";
import { MemoryParts } from "./partstore.ts";
import { MemorySchedule } from "./schedulestore.ts";
import { type KeptUpdate, type Left, type NewReport, nothingKept, type Since, type Store } from "./store.ts";
import { MemoryTokens } from "./tokenstore.ts";
import { NoTrials } from "./trialstore.ts";

export class MemoryStore implements Store {
  readonly storage = "memory";
  readonly knowsKept = true;
  readonly tokens = new MemoryTokens();
  readonly parts = new MemoryParts();
  readonly logs = new MemoryLogs();
  readonly schedule = new MemorySchedule();
  readonly trials = new NoTrials();
  readonly experiments: ExperimentStore = { found: async () => undefined, change: async () => null };
  readonly #events = new Map<string, Recorded>();
  readonly #reports = new Map<string, SentReport>();
  readonly #bodies = new Map<string, Uint8Array>();
  #kept: Kept | null = null;
  #changes = 0;

  /** How often the journal, or what is kept, was added to. */
  get changes(): number {
    return this.#changes;
  }

  async addEvents(events: readonly Recorded[], left: Left = () => true): Promise<readonly Recorded[]> {
    const added: Recorded[] = [];
    for (const event of events) {
      if (this.#events.has(event.id) || !left(event, this.#kept ?? nothingKept)) continue;
      this.#changes += 1;
      this.#events.set(event.id, event);
      added.push(event);
    }
    return added;
  }

  async events(): Promise<readonly Recorded[]> {
    return [...this.#events.values()].sort(oldestFirst);
  }

  async eventsById(ids: readonly string[]): Promise<readonly Recorded[]> {
    return ids.flatMap((id) => this.#events.get(id) ?? []);
  }

  async removeEvents(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#events.delete(id);
  }

  async reports(): Promise<readonly SentReport[]> {
    return sorted(this.#reports);
  }

  async reportBody(id: string): Promise<Uint8Array | null> {
    return this.#bodies.get(id) ?? null;
  }

  async addReport({ admit, body, basedOn }: NewReport): Promise<SentReport | null> {
    if (!basedOn.every((id) => this.#events.has(id))) return null;
    const admitted = admit(this.#kept, [...this.#reports.values()]);
    if (admitted === null) return null;
    const { entry, kept } = admitted;
    this.#kept = kept;
    this.#reports.set(entry.id, entry);
    this.#bodies.set(entry.id, body);
    return entry;
  }

  async updateReport(entry: SentReport, still = (_kept: SentReport): boolean => true): Promise<boolean> {
    const kept = this.#reports.get(entry.id);
    if (kept === undefined || !still(kept)) return false;
    this.#reports.set(entry.id, entry);
    return true;
  }

  async removeReportBodies(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#bodies.delete(id);
  }

  async eraseEvents(since: Since = () => false): Promise<void> {
    for (const [id, event] of this.#events) if (!since(event)) this.#events.delete(id);
  }

  async kept(): Promise<Kept | null> {
    return this.#kept;
  }

  async keep(update: KeptUpdate): Promise<Kept> {
    this.#changes += 1;
    this.#kept = update(this.#kept, sorted(this.#reports));
    return this.#kept;
  }

  async moving(): Promise<KeptMoving> {
    return nothingMoving;
  }

  /** @throws {Error} always: what moves has to be kept. */
  async exchange(_exchange: Exchange): Promise<readonly Recorded[]> {
    throw new Error("move: must be kept on this device, got a browser that denies storage");
  }

  /** Nothing comes between, as with the database: it is done when this returns. */
  eraseAll(update: KeptUpdate, since: Since = () => false): Promise<Kept> {
    const kept = this.keep(update);
    void this.eraseEvents(since);
    this.#reports.clear();
    this.#bodies.clear();
    this.parts.clear();
    this.tokens.clear();
    this.logs.clear();
    this.schedule.clear();
    return kept;
  }

  close(): void {}
}

function sorted(reports: ReadonlyMap<string, SentReport>): SentReport[] {
  return [...reports.values()].sort((a, b) => a.atMs - b.atMs);
}
