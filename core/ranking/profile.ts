/**
 * A person as ranking sees one: tastes in rows of a model, the user vector by fold-in on its joint rows, and
 * marks for what the person dealt with and what the person does not want. On a device it is made from the
 * journal (journalprofile.ts); where people are held out to judge a model, their tastes are given.
 */
import { type FoldIn, Folding, type TasteRows } from "../foldin.ts";
import type { Ignored } from "../policy/listpolicy.ts";
import type { Leaning } from "./leaning.ts";
import type { RankingModel } from "./model.ts";
import { type Chosen, chosenFor } from "./parts.ts";
import type { Told } from "./ranker/history.ts";

/** The acts behind one taste; their weights sum to it. */
export interface Acts {
  readonly weights: readonly number[];
  /** Of the weights. */
  readonly least: number;
  readonly most: number;
  /** Sum of those above 0. */
  readonly above: number;
}

export interface Profile {
  readonly tastes: TasteRows;
  /** What is behind each of the tastes: a score is explained by it. */
  readonly acts: readonly Acts[];
  /** What the person said they like, beside the tastes; absent: nothing. */
  readonly leanings?: readonly Leaning[];
  /** What the journal tells beside tastes; absent: tastes are all that is known. */
  readonly told?: Told;
  /** How the model ranks for somebody of whom this much is known, and on which rows. */
  readonly chosen: Chosen;
  /** The person's vector on the rows that are chosen; null while nothing is liked. */
  readonly solved: FoldIn | null;
  /** One byte per row, 1 for what the person dealt with beyond seeing and clicking it. */
  readonly seen: Uint8Array;
  /** One byte per row, 1 for what the person bought more often than returned. */
  readonly bought: Uint8Array;
  /** One byte per row, 1 for what the person does not want. */
  readonly disliked: Uint8Array;
  /** Rows that were shown so often lately, and not dealt with since; absent: what was shown is not known. */
  readonly ignored?: (limits: Ignored, nowMs: number) => readonly number[];
}

/**
 * The profile of whoever dealt with just these rows, bought those of a weight above 0, and said that.
 *
 * @throws {RangeError} for a row that is not there.
 */
export function profileOfTastes(
  model: RankingModel,
  tastes: TasteRows,
  leanings: readonly Leaning[] = [],
): Profile {
  const { items, weights } = tastes;
  const seen = new Uint8Array(model.count);
  const bought = new Uint8Array(model.count);
  const disliked = new Uint8Array(model.count);
  for (let k = 0; k < items.length; k++) {
    seen[items[k]] = 1;
    if (weights[k] > 0) bought[items[k]] = 1;
    if (weights[k] < 0) disliked[items[k]] = 1;
  }
  const acts = Array.from(weights, (weight) => {
    return { weights: [weight], least: weight, most: weight, above: Math.max(0, weight) };
  });
  const chosen = chosenFor(model, tastes, leanings.length);
  return {
    tastes,
    acts,
    leanings,
    chosen,
    solved: solvedOn(chosen, tastes, leanings),
    seen,
    bought,
    disliked,
  };
}

/** Tastes as rows, in the order of the tastes. */
export interface KnownTastes {
  readonly items: readonly number[];
  readonly weights: readonly number[];
}

/** The tastes whose items the model knows; the others wait for a model that does. */
export function knownTastes(
  { rowOf }: Pick<RankingModel, "rowOf">,
  tastes: Iterable<readonly [item: string, weight: number]>,
): KnownTastes {
  const items: number[] = [];
  const weights: number[] = [];
  for (const [item, weight] of tastes) {
    const row = rowOf.get(item);
    if (row === undefined) continue;
    items.push(row);
    weights.push(weight);
  }
  return { items, weights };
}

function solvedOn({ joint }: Chosen, tastes: TasteRows, leanings: readonly Leaning[]): FoldIn | null {
  if (leanings.length === 0 && !Array.from(tastes.weights).some((weight) => weight > 0)) return null;
  const folding = new Folding(joint.rows, joint);
  folding.add(tastes);
  return folding.solved(
    tastes.items.length,
    leanings.map((leaning) => leaning.tastes),
  );
}
