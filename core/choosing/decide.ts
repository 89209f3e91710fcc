/**
 * A decision table: rows in order, each with conditions on named numbers, and a choice. The first row whose conditions
 * all hold is chosen; the last row has none, so one always is.
 */

export interface Condition<Fact extends string> {
  readonly of: Fact;
  /** The number is this or more; and less than that. A number that is not known fulfils neither. */
  readonly atLeast?: number;
  readonly below?: number;
}

export interface Row<Fact extends string, Choice> {
  readonly name: string;
  readonly when: readonly Condition<Fact>[];
  readonly choice: Choice;
}

/** Where people read the table. */
export interface RowInWords<Fact extends string, Choice> extends Row<Fact, Choice> {
  readonly why: string;
}

/** Null: not known. */
export type Facts<Fact extends string> = Readonly<Record<Fact, number | null>>;

/** @throws {Error} for a table whose last row does not always hold. */
export function chosenRow<Fact extends string, Chosen extends Row<Fact, unknown>>(
  rows: readonly Chosen[],
  facts: Facts<Fact>,
): Chosen {
  const found = rows.find(({ when }) => when.every((condition) => holds(condition, facts)));
  if (found === undefined) throw new Error("chosenRow: expected a last row without conditions, got none");
  return found;
}

function holds<Fact extends string>(
  { of, atLeast = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY }: Condition<Fact>,
  facts: Facts<Fact>,
): boolean {
  const value = facts[of];
  return value !== null && value >= atLeast && (value < below || below === Number.POSITIVE_INFINITY);
}
