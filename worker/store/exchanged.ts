/**
 * One transaction in which something moves between devices: what is there, what comes of it, and all of that
 * written.
 */
import type { IDBPDatabase } from "idb";
import type { Recorded } from "../../core/events/fact.ts";
import { type Exchange, nothingMoving } from "./keptmoving.ts";
import { attempt, type Outcome } from "./outcome.ts";
import type { TacitSchema } from "./upgrades.ts";

/** Against a power cut too: a right that came back would be two. */
const strict = { durability: "strict" } as const;

export async function exchanged(
  db: IDBPDatabase<TacitSchema>,
  exchange: Exchange,
): Promise<Outcome<readonly Recorded[]>> {
  const names = ["events", "kept", "reports", "reportBodies", "moving"] as const;
  const transaction = db.transaction(names, "readwrite", strict);
  const [events, kept, reports, bodies, moving] = [
    transaction.objectStore("events"),
    transaction.objectStore("kept"),
    transaction.objectStore("reports"),
    transaction.objectStore("reportBodies"),
    transaction.objectStore("moving"),
  ];
  const [keptBefore, ledger, movingBefore, ids] = await Promise.all([
    kept.get("kept"),
    reports.index("atMs").getAll(),
    moving.get("moving"),
    events.getAllKeys(),
  ]);
  const seen = { kept: keptBefore ?? null, ledger, moving: movingBefore ?? nothingMoving };
  const changed = attempt(() => exchange(seen));
  if (!changed.ok) {
    await transaction.done;
    return changed;
  }
  const { value } = changed;
  const known = new Set(ids);
  const added = (value.events ?? []).filter(({ id }) => !known.has(id) && known.add(id));
  const staying = new Set((value.ledger ?? ledger).map(({ id }) => id));
  const leaving = ledger.filter(({ id }) => !staying.has(id));
  await Promise.all([
    kept.put(value.kept, "kept"),
    moving.put(value.moving, "moving"),
    ...added.map((event) => events.put(event)),
    ...leaving.flatMap(({ id }) => [reports.delete(id), bodies.delete(id)]),
    ...(value.ledger ?? []).map((entry) => reports.put(entry)),
    transaction.done,
  ]);
  return { ok: true, value: added };
}
