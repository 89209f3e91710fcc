/**
 * The lines of a log that the operator owns, as acts: who dealt with what, how much and when.
 *
 *   person (user, customer)   whoever has no name is nobody that can be learned from: such lines are left out
 *   item                      lines without one are left out, too
 *   quantity                  pieces: a return has less than none, and is taken from what was bought
 *   weight                    how much it counts, above 0; 1 unless given
 *   at                        see times.ts; a log without it is of one moment
 *   role                      of people held out: foldin (known) or target (to be predicted)
 */
import { nearestTo } from "../../base/operatorerror.ts";
import { type Input, InputFault } from "../input/input.ts";
import { type Rows, rowsOf, type Values } from "../input/rows.ts";
import { timeOf } from "../input/times.ts";

export interface Act {
  readonly person: string;
  readonly item: string;
  /** Pieces; below 0 for a return. */
  readonly quantity: number;
  /** Above 0. */
  readonly weight: number;
  /** Milliseconds since the Unix epoch; null where the log does not say. */
  readonly atMs: number | null;
  readonly role: "foldin" | "target" | null;
}

/** Lines that say nothing, by what they lack. */
export interface LeftOut {
  person: number;
  item: number;
}

/** More pieces than any order has: beyond that a number is a slip, or no number of pieces. */
const mostQuantity = 1e9;
/** What a line may count for: factors can be solved for beside lines that count once. */
const mostWeight = 1e6;

const personColumns = ["person", "user", "customer"] as const;
const columns = [...personColumns, "item", "quantity", "weight", "at", "role"];

/**
 * @param leftOut is counted up.
 * @throws {InputFault} `NAME:LINE: …` for a line that says what it should not.
 */
export async function* actsOf(input: Input, leftOut: LeftOut): AsyncGenerator<Act> {
  const table = await rowsOf(input);
  const personColumn = requireColumns(table);
  for await (const row of table.rows) {
    if ("fault" in row) throw new InputFault(row.where, row.fault);
    const { where, values } = row;
    const person = textIn(
      values,
      personColumn ?? personColumns.find((name) => values[name] != null) ?? "person",
    );
    const item = textIn(values, "item");
    if (person === "") leftOut.person += 1;
    else if (item === "") leftOut.item += 1;
    else yield { person, item, ...restOf(values, where) };
  }
}

function restOf(values: Values, where: string): Omit<Act, "person" | "item"> {
  const number = (name: string, isAllowed: (value: number) => boolean, expected: string): number => {
    const text = textIn(values, name);
    const value = text === "" ? 1 : Number(text);
    if (Number.isFinite(value) && isAllowed(value)) return value;
    throw new InputFault(where, `${name} must be ${expected}, got ${JSON.stringify(text.slice(0, 40))}`);
  };
  const at = textIn(values, "at");
  const atMs = at === "" ? null : timeOf(at);
  if (at !== "" && atMs === null) {
    throw new InputFault(
      where,
      `at must be an ISO 8601 time or a number since 1970, got ${JSON.stringify(at.slice(0, 40))}`,
    );
  }
  const role = textIn(values, "role");
  if (role !== "" && role !== "foldin" && role !== "target") {
    throw new InputFault(where, `role must be foldin or target, got ${JSON.stringify(role.slice(0, 40))}`);
  }
  return {
    quantity: number("quantity", (value) => Math.abs(value) <= mostQuantity, "a number up to a billion"),
    weight: number(
      "weight",
      (value) => value > 0 && value <= mostWeight,
      "a number above 0, up to a million",
    ),
    atMs,
    role: role === "" ? null : role,
  };
}

/** The column of people; null where each row has keys of its own. */
function requireColumns({ columns: names, where }: Rows): string | null {
  if (names === null) return null;
  const stray = names.find((name) => !columns.includes(name));
  if (stray !== undefined) {
    const near = nearestTo(stray, columns);
    const hint = near === undefined ? `known are ${columns.join(", ")}` : `did you mean "${near}"?`;
    throw new InputFault(where, `${JSON.stringify(stray.slice(0, 40))} is not a known column, ${hint}`);
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new InputFault(where, `column "${twice}" must stand once, got it twice`);
  const people = personColumns.filter((name) => names.includes(name));
  if (people.length !== 1 || !names.includes("item")) {
    throw new InputFault(
      where,
      `expected columns item and one of ${personColumns.join(", ")}, got ${names.join(",")}`,
    );
  }
  return people[0];
}

/** Numbers are ids as well as texts are. */
function textIn(values: Values, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
}
