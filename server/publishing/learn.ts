/**
 * What a round or a training makes of the edition in force: drafts that differ in how long their factors are
 * beside content.
 */
import { given } from "../../core/given.ts";
import type { ModelSettings } from "../../core/model/edition.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { jointDefaults, scaleToLength } from "../../core/model/joint.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { chosenJoint } from "./choosing.ts";
import { type Draft, namedLearned, notMeasured, type Origin } from "./draft.ts";
import type { InForce, KeptItems } from "./inforce.ts";
import { chosenSettings, learnedParts, mixOf, modelOf, reconciled, settingsFor } from "./model.ts";

/**
 * What a candidate ranks by: factors of that length beside content as the decision matrix has it, in full, or
 * as it was.
 */
export interface Scales {
  readonly factorLength: number;
  readonly content: "chosen" | "full" | "in force";
}

/** Lengths that a candidate's factors may have beside content. */
export const factorLengths = [jointDefaults.factorLength, jointDefaults.factorLength / 4, 0] as const;

const [full, quarter, none] = factorLengths;
/** The first is taken when nothing can be measured. */
export const scalesToJudge: readonly Scales[] = [
  { factorLength: full, content: "chosen" },
  { factorLength: full, content: "full" },
  { factorLength: quarter, content: "full" },
  { factorLength: none, content: "full" },
];

export interface Candidate {
  readonly scales: Scales;
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
  /** What to make candidates of; of `scalesToJudge` unless given, but none that is the same as another. */
  readonly scales?: readonly Scales[];
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
    scales = scalesToJudge,
    newItemWeight = inForce.edition.model.newItemWeight,
  }: Learning,
): readonly Candidate[] {
  const next = reconciled(learned, inForce.model, (item) => editions.isKept(item));
  const made = learnedParts(next, round, inForce.model, newItemWeight);
  const model = modelOf(inForce.model, made, settingsFor(made.factors, 0));
  const inFull = ({ factorLength }: Scales) => settingsFor(made.factors, factorLength, newItemWeight);
  const settingsOf: Readonly<Record<Scales["content"], (scale: Scales) => ModelSettings>> = {
    full: inFull,
    chosen: (scale) => chosenSettings(inFull(scale), chosenJoint(next, inForce.model).chosen),
    "in force": (scale) => ({ ...inFull(scale), ...contentOf(inForce.edition.model) }),
  };
  return distinct(scales.map((scale) => ({ scale, by: settingsOf[scale.content](scale) }))).map(
    ({ scale, by }) => {
      const settings = { ...by, ...mixOf(inForce.edition.model) };
      return {
        scales: scale,
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
    },
  );
}

interface Settled {
  readonly scale: Scales;
  readonly by: ModelSettings;
}

/** Without those that rank by the same numbers as one before them. */
function distinct(all: readonly Settled[]): readonly Settled[] {
  const numbersOf = ({ by: { choice: _choice, contentForFew = 1, ...others } }: Settled): string =>
    JSON.stringify(Object.entries({ ...others, contentForFew }).sort());
  const seen = all.map(numbersOf);
  return all.filter((one, at) => seen.indexOf(numbersOf(one)) === at);
}

/** How content is scaled, and whose choice that was. */
export function contentOf({ contentScale, contentForFew, choice }: ModelSettings): Partial<ModelSettings> {
  return { contentScale, ...given({ contentForFew, choice }) };
}

/**
 * The edition in force with the items that wait for a round, where there are any: a round that learned
 * nothing is no reason to let them wait longer. Null where none do.
 */
export async function withWaitingItems(inForce: InForce, editions: KeptItems): Promise<Draft | null> {
  const { learned, model } = inForce;
  if (reconciled(learned, model, (item) => editions.isKept(item)) === learned) return null;
  const scales = [{ factorLength: factorLengthOf(inForce), content: "in force" }] as const;
  const [{ draft }] = candidatesOf(inForce, editions, {
    learned,
    round: model.round,
    origin: "round",
    scales,
  });
  return draft();
}

/** Root-mean-square length of the factors in the joint rows; 0 when they are left out. */
function factorLengthOf({ parts, edition }: InForce): number {
  const { rows, dim } = parts.factors.part;
  const unit = scaleToLength(dequantizeRows(rows, dim), dim, 1);
  return unit === 0 ? 0 : edition.model.factorScale / unit;
}
