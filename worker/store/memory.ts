/** The store where the browser denies IndexedDB: the same operations on maps that end with the tab. */
import type { TacitEvent } from "../../core/events/event.ts";
import { oldestFirst } from "../../core/events/order.ts";
import type { Kept, SentReport } from "../api.ts";
import { MemoryLogs } from "./logstore.ts";
import { MemoryParts } from "./partstore.ts";
import { MemorySchedule } from "./schedulestore.ts";
import type { KeptUpdate, NewReport, Store } from "./store.ts";
import { MemoryTokens } from "./tokenstore.ts";

export class MemoryStore implements Store {
  readonly storage = "memory";
  readonly tokens = new MemoryTokens();
  readonly parts = new MemoryParts();
  readonly logs = new MemoryLogs();
  readonly schedule = new MemorySchedule();
  readonly #events = new Map<string, TacitEvent>();
  readonly #reports = new Map<string, SentReport>();
  readonly #bodies = new Map<string, Uint8Array>();
  #kept: Kept | null = null;

  async addEvents(events: readonly TacitEvent[]): Promise<readonly TacitEvent[]> {
    const added: TacitEvent[] = [];
    for (const event of events) {
      if (this.#events.has(event.id)) continue;
      this.#events.set(event.id, event);
      added.push(event);
    }
    return added;
  }

  async events(): Promise<readonly TacitEvent[]> {
    return [...this.#events.values()].sort(oldestFirst);
  }

  async eventsById(ids: readonly string[]): Promise<readonly TacitEvent[]> {
    return ids.flatMap((id) => this.#events.get(id) ?? []);
  }

  async removeEvents(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#events.delete(id);
  }

  async reports(): Promise<readonly SentReport[]> {
    return [...this.#reports.values()].sort((a, b) => a.atMs - b.atMs);
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

  async eraseEvents(): Promise<void> {
    this.#events.clear();
  }

  async kept(): Promise<Kept | null> {
    return this.#kept;
  }

  async keep(update: KeptUpdate): Promise<Kept> {
    this.#kept = update(this.#kept, await this.reports());
    return this.#kept;
  }

  async eraseAll(update: KeptUpdate): Promise<Kept> {
    const kept = await this.keep(update);
    this.#events.clear();
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
