/** What the decision matrix says of what was learned: how long content is beside it. */
import { chosenRow, type Facts, type RowInWords } from "../../core/choosing/decide.ts";
import { type JointChoice, type JointFact, jointRows } from "../../core/choosing/matrix.ts";
import { agreementOf } from "../kinds/itemfactors/agreement.ts";
import { type LearnedItems, type PublicItems, publicSideFor } from "../kinds/itemfactors/knowledge.ts";

export type ChosenJoint = RowInWords<JointFact, JointChoice>;

export interface JudgedJoint {
  readonly facts: Facts<JointFact>;
  readonly chosen: ChosenJoint;
}

/** @param publicItems of the catalogue. Takes about a second. */
export function chosenJoint(learned: LearnedItems, publicItems: PublicItems): JudgedJoint {
  const { counts, countVariance } = learned;
  const known = counts.filter((count) => count > 0);
  const sum = known.reduce((all, count) => all + count, 0);
  const facts = {
    peoplePerItem: known.length === 0 ? null : sum / known.length,
    agreement: agreementOf(learned, publicSideFor(learned.items, publicItems)),
    noise: known.length === 0 ? null : countVariance.reduce((all, one) => all + one, 0) / counts.length,
  };
  return { facts, chosen: chosenRow(jointRows, facts) };
}
