/** A journal's profile made all at once, as plainly as it can be said: the oracle of journalprofile.ts. */
import { isEventKind, type TacitEvent } from "../../../core/events/event.ts";
import { eventWeights, tastesOf } from "../../../core/events/tastes.ts";
import { type FoldIn, foldIn } from "../../../core/foldin.ts";
import type { RankingModel } from "../../../core/ranking/model.ts";
import { knownTastes } from "../../../core/ranking/profile.ts";
import { numbersOf } from "../numbers.ts";

export interface PlainProfile {
  /** Item id -> weight, of items that the model knows. */
  readonly tastes: ReadonlyMap<string, number>;
  /** Ids of the events that weigh, by item, oldest first, with their weights. */
  readonly acts: ReadonlyMap<string, readonly (readonly [id: string, weight: number])[]>;
  readonly solved: FoldIn | null;
  readonly seen: Uint8Array;
  readonly bought: Uint8Array;
  readonly disliked: Uint8Array;
}

/** @param events oldest first. */
export function plainProfile(
  model: RankingModel,
  { events, nowMs }: { readonly events: readonly TacitEvent[]; readonly nowMs: number },
): PlainProfile {
  const weighed = eventWeights(events, { nowMs });
  const tastes = new Map([...tastesOf(weighed)].filter(([item]) => model.rowOf.has(item)));
  const acts = new Map<string, (readonly [string, number])[]>();
  for (const { event, item, weight } of weighed) {
    if (tastes.has(item)) acts.set(item, [...(acts.get(item) ?? []), [event.id, weight] as const]);
  }
  const seen = new Uint8Array(model.count);
  const net = new Float64Array(model.count);
  const disliked = new Uint8Array(model.count);
  for (const { kind, item = "" } of events) {
    const row = model.rowOf.get(item);
    if (row === undefined || kind === "impression" || kind === "click" || !isEventKind(kind)) continue;
    seen[row] = 1;
    net[row] += kind === "purchase" ? 1 : kind === "refund" ? -1 : 0;
    if (kind === "dislike") disliked[row] = 1;
    if (kind === "like") disliked[row] = 0;
  }
  for (const [item, weight] of tastes) if (weight < 0) disliked[model.rowOf.get(item) ?? 0] = 1;
  const { rows, gram, alpha0, lambda } = model.joint;
  const { count, dim } = rows;
  const likes = [...tastes.values()].some((weight) => weight > 0);
  const plain = { rows: numbersOf(rows), count, dim, gram, alpha0, lambda };
  const bought = Uint8Array.from(net, (count) => Number(count > 0));
  const solved = likes ? foldIn(plain, knownTastes(model, tastes)) : null;
  return { tastes, acts, solved, seen, bought, disliked };
}
