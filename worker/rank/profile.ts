/**
 * The profile: what the journal says about the person, in terms of the bundle in force. It never leaves the device.
 */

import type { TacitEvent } from "../../core/events/event.ts";
import { type EventWeight, eventWeights, tastesOf } from "../../core/events/tastes.ts";
import { type FoldIn, foldIn } from "../../core/foldin.ts";
import { hourMs } from "../../core/time.ts";
import type { Model } from "./model.ts";

/** Tastes of items that a bundle knows, as parallel arrays. */
export interface KnownTastes {
  readonly items: readonly number[];
  readonly weights: readonly number[];
}

export interface Profile {
  /** Events that weigh in the ranking: of items with a taste, known to the bundle. */
  readonly events: readonly EventWeight[];
  readonly tastes: KnownTastes;
  /** The person's vector on the joint rows; null while nothing is liked. */
  readonly solved: FoldIn | null;
  /** One byte per item, 1 for what the person dealt with beyond seeing and clicking it. */
  readonly seen: Uint8Array;
  /** One byte per item, 1 for what the person does not want. */
  readonly disliked: Uint8Array;
}

export interface ProfileInput {
  readonly model: Model;
  /** Oldest first. */
  readonly events: readonly TacitEvent[];
  readonly nowMs: number;
}

export function profileOf({ model, events, nowMs }: ProfileInput): Profile {
  const weighed = eventWeights(events, { nowMs });
  const wanted = tastesOf(weighed);
  const tastes = knownTastes(model, wanted);
  const liked = tastes.weights.some((weight) => weight > 0);
  return {
    events: weighed.filter(({ item }) => wanted.has(item) && model.rowOf.has(item)),
    tastes,
    solved: liked ? foldIn(model.joint, tastes) : null,
    ...marksOf(model, events, wanted),
  };
}

/** The tastes whose items the bundle knows; the others wait for a bundle that does. */
export function knownTastes(model: Model, tastes: ReadonlyMap<string, number>): KnownTastes {
  const items: number[] = [];
  const weights: number[] = [];
  for (const [item, weight] of tastes) {
    const row = model.rowOf.get(item);
    if (row === undefined) continue;
    items.push(row);
    weights.push(weight);
  }
  return { items, weights };
}

/** Disliked is what weighs below zero, and what the person's latest opinion is against. */
function marksOf(
  { rowOf, bundle }: Model,
  events: readonly TacitEvent[],
  tastes: ReadonlyMap<string, number>,
): Pick<Profile, "seen" | "disliked"> {
  const seen = new Uint8Array(bundle.items);
  const disliked = new Uint8Array(bundle.items);
  for (const { kind, item } of events) {
    const row = item === undefined ? undefined : rowOf.get(item);
    if (row === undefined || kind === "impression" || kind === "click") continue;
    seen[row] = 1;
    if (kind === "dislike") disliked[row] = 1;
    if (kind === "like") disliked[row] = 0;
  }
  for (const [item, weight] of tastes) {
    const row = rowOf.get(item);
    if (row !== undefined && weight < 0) disliked[row] = 1;
  }
  return { seen, disliked };
}

/** Solves again only when events or bundle changed, or an hour of ageing has passed. */
export class ProfileCache {
  #last: (ProfileInput & { readonly profile: Profile }) | null = null;

  /** `events` must be another array whenever their content is another. */
  of(input: ProfileInput): Profile {
    const last = this.#last;
    if (
      last !== null &&
      last.model === input.model &&
      last.events === input.events &&
      Math.abs(input.nowMs - last.nowMs) < hourMs
    ) {
      return last.profile;
    }
    const profile = profileOf(input);
    this.#last = { ...input, profile };
    return profile;
  }

  forget(): void {
    this.#last = null;
  }
}
