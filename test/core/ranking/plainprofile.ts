/** A journal's profile made all at once, as plainly as it can be said: the oracle of journalprofile.ts. */
import { isEventKind, type TacitEvent } from "../../../core/events/event.ts";
import { eventWeights, tastesOf } from "../../../core/events/tastes.ts";
import type { Leaning } from "../../../core/ranking/leaning.ts";
import type { RankingModel } from "../../../core/ranking/model.ts";
import { type KnownTastes, knownTastes } from "../../../core/ranking/profile.ts";
import { gaussianFrom } from "../../gaussian.ts";
import { numbersOf } from "../numbers.ts";

export interface PlainProfile {
  /** Item id -> weight, of items that the model knows. */
  readonly tastes: ReadonlyMap<string, number>;
  /** Ids of the events that weigh, by item, oldest first, with their weights. */
  readonly acts: ReadonlyMap<string, readonly (readonly [id: string, weight: number])[]>;
  readonly userVector: readonly number[] | null;
  readonly seen: Uint8Array;
  readonly bought: Uint8Array;
  readonly disliked: Uint8Array;
}

export interface PlainJournal {
  /** Oldest first. */
  readonly events: readonly TacitEvent[];
  readonly leanings?: readonly Leaning[];
  readonly nowMs: number;
}

export function plainProfile(
  model: RankingModel,
  { events, leanings = [], nowMs }: PlainJournal,
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
    if (row === undefined || ["impression", "hover", "click"].includes(kind) || !isEventKind(kind)) continue;
    seen[row] = 1;
    net[row] += kind === "purchase" ? 1 : kind === "refund" ? -1 : 0;
    if (kind === "dislike") disliked[row] = 1;
    if (kind === "like") disliked[row] = 0;
  }
  for (const [item, weight] of tastes) if (weight < 0) disliked[model.rowOf.get(item) ?? 0] = 1;
  const likes = leanings.length > 0 || [...tastes.values()].some((weight) => weight > 0);
  const bought = Uint8Array.from(net, (count) => Number(count > 0));
  const userVector = likes ? plainVector(model, knownTastes(model, tastes), leanings) : null;
  return { tastes, acts, userVector, seen, bought, disliked };
}

/**
 * The formula of core/foldin.ts as it is written, by Gaussian elimination; a leaning is one taste of several
 * rows.
 */
function plainVector(model: RankingModel, own: KnownTastes, leanings: readonly Leaning[]): readonly number[] {
  const { rows, gram, alpha0, lambda } = model.joint;
  const { count, dim } = rows;
  const numbers = numbersOf(rows);
  const ridge = lambda * (own.items.length + leanings.length + alpha0 * count);
  const lower = (a: number, b: number) => gram[Math.max(a, b) * dim + Math.min(a, b)];
  const matrix = Array.from({ length: dim }, (_, a) =>
    Array.from({ length: dim }, (_, b) => alpha0 * lower(a, b) + (a === b ? ridge : 0)),
  );
  const right = new Array<number>(dim).fill(0);
  for (const { items, weights } of [own, ...leanings.map(({ tastes }) => tastes)]) {
    for (let s = 0; s < items.length; s++) {
      const v = numbers.slice(items[s] * dim, (items[s] + 1) * dim);
      for (let a = 0; a < dim; a++) {
        for (let b = 0; b < dim; b++) matrix[a][b] += Math.abs(weights[s]) * v[a] * v[b];
        right[a] += weights[s] * v[a];
      }
    }
  }
  return gaussianFrom(matrix, right);
}
