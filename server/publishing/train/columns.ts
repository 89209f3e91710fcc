/** A log's acts as columns, for its profile: who, what and when, without what they weigh. */
import type { ActColumns } from "../../../core/choosing/siteprofile.ts";
import type { Input, InputFault } from "../input/input.ts";
import { actsOf, nothingLeftOut, type ReadingLog } from "./acts.ts";

export interface ColumnsAsked extends ReadingLog {
  /** Row of an item in the catalogue; lines about others are left out, and so is what was given back. */
  readonly rowOf: ReadonlyMap<string, number>;
}

/** Some 24 bytes a line. @throws {InputFault} as `actsOf` does. */
export async function actColumnsOf(input: Input, { rowOf, ...reading }: ColumnsAsked): Promise<ActColumns> {
  const numberOf = new Map<string, number>();
  const people: number[] = [];
  const rows: number[] = [];
  const times: number[] = [];
  for await (const { person, item, quantity, atMs } of actsOf(input, nothingLeftOut(), reading)) {
    const row = rowOf.get(item);
    if (row === undefined || quantity < 0) continue;
    const number = numberOf.get(person) ?? numberOf.size;
    numberOf.set(person, number);
    people.push(number);
    rows.push(row);
    times.push(atMs ?? Number.NaN);
  }
  return { people, rows, times };
}

/** Lines with a fault are left out: whether there are too many of them is for who learns from them to say. */
export const leavingOutFaults = (_fault: InputFault): void => {};
