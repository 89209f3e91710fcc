/**
 * Whether a log is about the catalogue at all. Ids that lost their leading zeros in a spreadsheet, or have
 * the prefix of another system, match next to nothing, and what was learned before is not to be replaced by
 * that.
 */
import { OperatorError } from "../../base/operatorerror.ts";
import type { TrainingLog } from "./log.ts";

/** Part of the lines, unless it is forced. */
const leastMatched = 0.5;

/**
 * @param least part of the lines that must be about items of the catalogue; one line must be in any case.
 * @throws {OperatorError} with items of both sides, for who compares them.
 */
export function requireMatched(
  { matched, leftOut }: TrainingLog,
  items: readonly string[],
  least = leastMatched,
): void {
  const { unknown, unknownItems } = leftOut;
  const all = matched + unknown;
  if (matched > 0 && matched >= least * all) return;
  const share = all === 0 ? "no line that can be learned from" : `${matched} of ${all} lines`;
  // With no line at all there is nothing to force.
  const force = matched === 0 ? "" : " (--force learns from it all the same)";
  const examples = unknownItems.length === 0 ? "" : `; not there: ${quoted(unknownItems)}`;
  throw new OperatorError(
    `train: at least half of the log must be about items of the catalogue, got ${share}${examples}; in the catalogue: ${quoted(items.slice(0, 3))}; nothing was published${force}`,
  );
}

/** What of a log taught nothing, as the end of a sentence. */
export function leftOutText({ leftOut }: TrainingLog): string {
  const { person, item, unknown, unknownItems, excluded, others } = leftOut;
  const parts = [
    [excluded, "of people left out"],
    [person, "without a person"],
    [item, "without an item"],
    ...[...others].map(([what, count]) => [count, what] as const),
    [unknown, `about items that the catalogue does not have (${quoted(unknownItems)})`],
  ] as const;
  const said = parts.flatMap(([count, what]) => (count === 0 ? [] : `${count} ${what}`));
  return said.length === 0 ? "" : `; left out lines: ${said.join(", ")}`;
}

function quoted(items: readonly string[]): string {
  return items.map((item) => JSON.stringify(item.slice(0, 40))).join(", ");
}
