/**
 * The lines of a log that the operator owns, as acts: who dealt with what, how much and when.
 *
 *   person (user, customer)   whoever has no name is nobody that can be learned from: such lines are left out
 *   item                      lines without one are left out, too
 *   kind                      what was done, a purchase unless given; it counts as the same event on a device
 *   quantity                  pieces: a return has less than none, and is taken from what was bought
 *   weight                    how much it counts, above 0; what the kind counts for unless given
 *   at                        see times.ts; a log without it is of one moment
 *   role                      of people held out: foldin (known) or target (to be predicted)
 */
import { type EventKind, isEventKind } from "../../../core/events/event.ts";
import { kindWeights } from "../../../core/events/tastes.ts";
import { nearestTo } from "../../base/operatorerror.ts";
import { feedRows, type Reading } from "../feeds/reading.ts";
import { type Input, InputFault } from "../input/input.ts";
import { type Row, type Rows, rowsOf, type Values } from "../input/rows.ts";
import { timeOf } from "../input/times.ts";

export interface Act {
  readonly person: string;
  readonly item: string;
  readonly kind: EventKind;
  /** Pieces; below 0 for a return, 0 for an act that is no purchase. */
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
  /** What else a line may be that says nothing, and how many are. */
  readonly others: Map<string, number>;
}

export function nothingLeftOut(): LeftOut {
  return { person: 0, item: 0, others: new Map() };
}

/** More pieces than any order has: beyond that a number is a slip, or no number of pieces. */
const mostQuantity = 1e9;
/** What a line may count for: factors can be solved for beside lines that count once. */
const mostWeight = 1e6;

const personColumns = ["person", "user", "customer"] as const;
export const logColumns = [...personColumns, "item", "kind", "quantity", "weight", "at", "role"];

export interface ReadingLog extends Reading {
  /** Told what is wrong with a line that is left out for it; without it, the first such line is thrown. */
  readonly onFault?: ((fault: InputFault) => void) | undefined;
}

/**
 * @param leftOut is counted up.
 * @throws {InputFault} `NAME:LINE: …` for a line that says what it should not.
 */
export async function* actsOf(input: Input, leftOut: LeftOut, reading: ReadingLog = {}): AsyncGenerator<Act> {
  const { rows, others } = await logRows(input, reading);
  for await (const row of rows) {
    try {
      const act = actOf(row);
      if (act.says) yield act.act;
      else if (act.because === "person" || act.because === "item") leftOut[act.because] += 1;
      else leftOut.others.set(act.because, (leftOut.others.get(act.because) ?? 0) + 1);
    } catch (error) {
      if (!(error instanceof InputFault) || reading.onFault === undefined) throw error;
      reading.onFault(error);
    }
  }
  for (const [what, count] of others) leftOut.others.set(what, (leftOut.others.get(what) ?? 0) + count);
}

/**
 * Everybody whom a file names, with one line or many, whatever else the lines say, and whether they count or
 * not; a list of people is enough, also where logs are an export.
 *
 * @throws {InputFault} for a file without people, and a line that cannot be read: whom it names is not known.
 */
export async function peopleIn(input: Input, { feed, mapping }: Reading = {}): Promise<ReadonlySet<string>> {
  const table = await rowsOf(input, feed?.header);
  const mappedNames = personColumns.flatMap((name) => mapping?.get(name) ?? []);
  const names = [...personColumns, ...mappedNames, ...(feed?.people ?? [])];
  if (table.columns !== null && !table.columns.some((name) => names.includes(name))) {
    const got = table.columns.join(",").slice(0, 120);
    throw new InputFault(table.where, `expected columns one of ${names.join(", ")}, got ${got}`);
  }
  const people = new Set<string>();
  for await (const row of table.rows) {
    if ("fault" in row) throw new InputFault(row.where, row.fault);
    for (const name of names) people.add(textIn(row.values, name));
  }
  people.delete("");
  return people;
}

interface LogRows {
  readonly rows: AsyncIterable<Row>;
  /** What the feed leaves out, once all rows are read. */
  readonly others: ReadonlyMap<string, number>;
}

async function logRows(input: Input, reading: Reading): Promise<LogRows> {
  const fed = await feedRows(input, reading, { what: "log", columns: logColumns });
  if (fed !== null) return { rows: fed.rows, others: fed.leftOut };
  const table = await rowsOf(input);
  requireColumns(table);
  return { rows: table.rows, others: new Map() };
}

function personIn(values: Values): string {
  const column = personColumns.find((name) => values[name] != null);
  return column === undefined ? "" : textIn(values, column);
}

/** Why a line says nothing: what it lacks, or what it is. */
type Said = { readonly says: true; readonly act: Act } | { readonly says: false; readonly because: string };

function actOf(row: Row): Said {
  if ("fault" in row) throw new InputFault(row.where, row.fault);
  const { where, values } = row;
  const person = personIn(values);
  const item = textIn(values, "item");
  if (person === "") return { says: false, because: "person" };
  if (item === "") return { says: false, because: "item" };
  const kind = kindIn(values, where);
  const isRefund = kind === "refund";
  const isPurchase = kind === "purchase" || isRefund;
  const counts = kindWeights[isRefund ? "purchase" : kind];
  if (counts <= 0) return { says: false, because: `of kind ${kind}` };
  const quantity = numberIn(values, where, quantities) ?? 1;
  const weight = numberIn(values, where, weights) ?? counts;
  const when = { atMs: timeIn(values, where), role: roleIn(values, where) };
  if (isPurchase && quantity === 0) return { says: false, because: "of no pieces" };
  const pieces = isRefund ? -Math.abs(quantity) : quantity;
  return { says: true, act: { person, item, kind, quantity: isPurchase ? pieces : 0, weight, ...when } };
}

/** A column of numbers. */
interface Numbers {
  readonly name: string;
  readonly isAllowed: (value: number) => boolean;
  readonly expected: string;
}

const quantities: Numbers = {
  name: "quantity",
  isAllowed: (value) => Math.abs(value) <= mostQuantity,
  expected: "a number up to a billion",
};
const weights: Numbers = {
  name: "weight",
  isAllowed: (value) => value > 0 && value <= mostWeight,
  expected: "a number above 0, up to a million",
};

/** Null where it is not given. */
function numberIn(values: Values, where: string, { name, isAllowed, expected }: Numbers): number | null {
  const text = textIn(values, name);
  if (text === "") return null;
  const value = Number(text);
  if (Number.isFinite(value) && isAllowed(value)) return value;
  throw new InputFault(where, `${name} must be ${expected}, got ${shown(text)}`);
}

function timeIn(values: Values, where: string): number | null {
  const at = textIn(values, "at");
  const atMs = at === "" ? null : timeOf(at);
  if (at === "" || atMs !== null) return atMs;
  throw new InputFault(where, `at must be an ISO 8601 time or a number since 1970, got ${shown(at)}`);
}

function roleIn(values: Values, where: string): Act["role"] {
  const role = textIn(values, "role");
  if (role === "") return null;
  if (role === "foldin" || role === "target") return role;
  throw new InputFault(where, `role must be foldin or target, got ${shown(role)}`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40));
}

/** A refund takes a purchase back, as a quantity below 0 does. */
function kindIn(values: Values, where: string): EventKind {
  const text = textIn(values, "kind");
  const kind = text === "" ? "purchase" : text;
  if (isEventKind(kind)) return kind;
  const near = nearestTo(kind, Object.keys(kindWeights));
  const hint =
    near === undefined ? `known are ${Object.keys(kindWeights).join(", ")}` : `did you mean ${near}?`;
  throw new InputFault(where, `kind must be one of an event, got ${shown(kind)}; ${hint}`);
}

function requireColumns({ columns: names, where }: Rows): void {
  if (names === null) return;
  const stray = names.find((name) => !logColumns.includes(name));
  if (stray !== undefined) {
    const near = nearestTo(stray, logColumns);
    const hint = near === undefined ? `known are ${logColumns.join(", ")}` : `did you mean "${near}"?`;
    throw new InputFault(where, `${shown(stray)} is not a known column, ${hint}`);
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new InputFault(where, `column "${twice}" must stand once, got it twice`);
  const people = personColumns.filter((name) => names.includes(name));
  if (people.length !== 1 || !names.includes("item")) {
    throw new InputFault(
      where,
      `expected columns item and one of ${personColumns.join(", ")}, got ${names.join(",").slice(0, 120)}`,
    );
  }
}

/** Numbers are ids as well as texts are. */
function textIn(values: Values, name: string): string {
  const value = values[name];
  return typeof value === "string" ? value.trim() : typeof value === "number" ? String(value) : "";
}
