/** What the decision matrix says of what was learned: how long content is beside it. */
import { chosenRow, type Facts, type Row } from "../../core/choosing/decide.ts";
import { type JointChoice, type JointFact, jointRows } from "../../core/choosing/matrix.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";

export type ChosenJoint = Row<JointFact, JointChoice>;

/** @param explained is asked only where the row hangs on it: it takes a while. */
export function chosenJoint(learned: LearnedItems, explained: () => number | null): ChosenJoint {
  return chosenRow(jointRows, jointFactsOf(learned, explained));
}

/** Numbers of what was learned; `explained` is worked out when it is first looked at. */
export function jointFactsOf(
  { counts, countVariance }: Pick<LearnedItems, "counts" | "countVariance">,
  explained: () => number | null,
): Facts<JointFact> {
  let [items, sum, variance] = [0, 0, 0];
  for (const [item, count] of counts.entries()) {
    if (count > 0) items += 1;
    sum += Math.max(0, count);
    variance += countVariance[item];
  }
  let known: number | null | undefined;
  return {
    peoplePerItem: items === 0 ? null : sum / items,
    noise: items === 0 ? null : variance / counts.length,
    get explained() {
      if (known === undefined) known = explained();
      return known;
    },
  };
}
