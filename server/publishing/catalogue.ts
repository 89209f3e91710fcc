/**
 * Puts an imported catalogue in force. What was learned stays as it is, and so do tasks and the reports on
 * them: new items wait for the next round, and what has left is kept for when it comes back (importing.ts).
 */
import type { Editions } from "./editions.ts";
import type { CatalogueItem } from "./import/itemvalues.ts";
import type { NotTaken } from "./import/readcatalogue.ts";
import type { CatalogueSource, ImportSettings } from "./importing.ts";
import type { InForce } from "./inforce.ts";

export interface Imported extends NotTaken {
  readonly inForce: InForce;
  /** False when this very catalogue was in force already. */
  readonly isNew: boolean;
  /** What was wrong with the rows that were left out. */
  readonly faults: readonly string[];
  /** Items that were taken for variants of others by their titles. */
  readonly variants: number;
}

export type ImportOutcome =
  | ({ readonly ok: true } & Imported)
  /** Nothing was changed: `file:line: who must be …, got …`. */
  | { readonly ok: false; readonly faults: readonly string[] };

export async function importFrom(
  editions: Editions,
  source: CatalogueSource,
  settings: ImportSettings,
): Promise<ImportOutcome> {
  const { log, nowMs } = editions;
  const startedMs = nowMs();
  log("import started", { from: source.from });
  const { inForce: before } = editions;
  const space = await editions.storedSpace();
  const drafted = await editions.work.run("import", { source, settings, inForce: before, space });
  if (!drafted.ok) {
    log("import refused", { faults: drafted.faults.length, first: drafted.faults[0] }, "warn");
    return drafted;
  }
  const published = await editions.publish(drafted.draft, "superseded: a catalogue was imported");
  const inForce = published ?? editions.inForce;
  if (inForce === null) throw new Error("importFrom: expected an edition in force, got none");
  const { sequence, model } = inForce;
  const isNew = published !== null;
  const { faults, variants, unread, unpriced } = drafted;
  const seconds = (nowMs() - startedMs) / 1000;
  log("import finished", { sequence, items: model.items, variants, isNew, seconds });
  return { ok: true, inForce, isNew, faults, variants, unread, unpriced };
}

/** Items that were read and checked before. */
export async function publishCatalogue(
  editions: Editions,
  items: readonly CatalogueItem[],
  settings: ImportSettings,
): Promise<Imported> {
  const outcome = await importFrom(editions, { from: "items", items }, settings);
  if (!outcome.ok) throw new TypeError(`publishCatalogue: expected items, got ${outcome.faults[0]}`);
  return outcome;
}
