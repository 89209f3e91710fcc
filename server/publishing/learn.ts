/**
 * What a round or a training makes of the edition in force: drafts that differ in how long their factors are
 * beside content.
 */
import type { JoinedModel } from "../../core/model/join.ts";
import { jointDefaults, scaleToLength } from "../../core/model/joint.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { type Draft, namedLearned, notMeasured, type Origin } from "./draft.ts";
import type { InForce, KeptItems } from "./inforce.ts";
import { learnedParts, mixOf, modelOf, reconciled, settingsFor } from "./model.ts";

/**
 * Lengths that a candidate's factors may have beside content; the first is taken when nothing can be
 * measured.
 */
export const factorLengths = [jointDefaults.factorLength, jointDefaults.factorLength / 4, 0] as const;

export interface Candidate {
  /** What it ranks by, for the gate. */
  readonly model: JoinedModel;
  /** Encodes it. @throws {RangeError} for numbers that are none, which the gate refuses. */
  readonly draft: () => Promise<Draft>;
}

export interface Learning {
  readonly learned: LearnedItems;
  /** Item steps behind the factors. */
  readonly round: number;
  readonly origin: Origin;
  readonly lengths?: readonly number[];
  /** What part of an expected share new items have; as in force unless given. */
  readonly newItemWeight?: number | undefined;
}

/** Items that waited are taken in, and those that left too long ago are let go. */
export function candidatesOf(
  inForce: InForce,
  editions: KeptItems,
  {
    learned,
    round,
    origin,
    lengths = factorLengths,
    newItemWeight = inForce.edition.model.newItemWeight,
  }: Learning,
): readonly Candidate[] {
  const next = reconciled(learned, inForce.model, (item) => editions.isKept(item));
  const made = learnedParts(next, round, inForce.model, newItemWeight);
  const model = modelOf(inForce.model, made, settingsFor(made.factors, 0));
  return lengths.map((length) => {
    const settings = {
      ...settingsFor(made.factors, length, newItemWeight),
      ...mixOf(inForce.edition.model),
    };
    return {
      model: { ...model, ...settings },
      draft: async () => ({
        parts: { ...inForce.parts, ...(await namedLearned(made)) },
        settings,
        learned: next,
        space: { id: inForce.space, bytes: null },
        origin,
        verdict: notMeasured,
      }),
    };
  });
}

/**
 * The edition in force with the items that wait for a round, where there are any: a round that learned
 * nothing is no reason to let them wait longer. Null where none do.
 */
export async function withWaitingItems(inForce: InForce, editions: KeptItems): Promise<Draft | null> {
  const { learned, model } = inForce;
  if (reconciled(learned, model, (item) => editions.isKept(item)) === learned) return null;
  const lengths = [factorLengthOf(inForce)];
  const [{ draft }] = candidatesOf(inForce, editions, {
    learned,
    round: model.round,
    origin: "round",
    lengths,
  });
  return draft();
}

/** Root-mean-square length of the factors in the joint rows; 0 when they are left out. */
function factorLengthOf({ parts, edition }: InForce): number {
  const { rows, dim } = parts.factors.part;
  const unit = scaleToLength(dequantizeRows(rows, dim), dim, 1);
  return unit === 0 ? 0 : edition.model.factorScale / unit;
}
