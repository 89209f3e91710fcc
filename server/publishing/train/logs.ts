/**
 * Logs that the operator owns, as CSV (also .gz): who dealt with what. They serve to bootstrap the factors
 * and to judge candidates; nothing of them is published but factors and shares.
 *
 *   user,item,weight              one line per pair
 *   customer,at,item,quantity     one line per order line; an empty customer or at is the one above
 *   customer,item,role            people held out: role is foldin (known) or target (to be predicted)
 *
 * The first column may be called user or customer in each.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CsvError, parse } from "csv-parse/sync";
import { messageOf } from "../../../core/errors.ts";
import { seededRandomOf } from "../../../core/seeded.ts";
import { OperatorError } from "../../base/operatorerror.ts";

/** Item -> weight, above 0. */
export type Tastes = ReadonlyMap<string, number>;

export interface HeldOutPerson {
  readonly known: Tastes;
  /** Items to be predicted, none of them known. */
  readonly targets: ReadonlySet<string>;
}

/**
 * User -> items with weights: the given ones, or the number of order lines.
 *
 * @throws {OperatorError} `file:line: …`
 */
export function readOrders(path: string): ReadonlyMap<string, Tastes> {
  const people = new Map<string, Map<string, number>>();
  for (const { user, item, weight } of readLines(path)) {
    const tastes = people.get(user) ?? new Map<string, number>();
    tastes.set(item, (tastes.get(item) ?? 0) + weight);
    people.set(user, tastes);
  }
  return people;
}

/**
 * People held out. Where the file has no roles, a fifth of each person's items, drawn by the person's id, are
 * targets. People without a known item or without a target are left out.
 *
 * @throws {OperatorError} `file:line: …`
 */
export function readHoldout(path: string): ReadonlyMap<string, HeldOutPerson> {
  const people = new Map<string, { readonly known: Map<string, number>; readonly targets: Set<string> }>();
  const undecided = new Map<string, Map<string, number>>();
  for (const { user, item, weight, role } of readLines(path)) {
    const person = people.get(user) ?? { known: new Map<string, number>(), targets: new Set<string>() };
    people.set(user, person);
    if (role === "target") person.targets.add(item);
    else if (role === "foldin") person.known.set(item, weight);
    else {
      const tastes = undecided.get(user) ?? new Map<string, number>();
      tastes.set(item, (tastes.get(item) ?? 0) + weight);
      undecided.set(user, tastes);
    }
  }
  for (const [user, tastes] of undecided) {
    const person = people.get(user);
    if (person !== undefined) splitInto(person, user, tastes);
  }
  return new Map([...people].filter(([, { known, targets }]) => known.size > 0 && targets.size > 0));
}

function splitInto(
  { known, targets }: { readonly known: Map<string, number>; readonly targets: Set<string> },
  user: string,
  tastes: Tastes,
): void {
  const random = seededRandomOf(user);
  const drawn = [...tastes].map(([item, weight]) => ({ item, weight, place: random() }));
  drawn.sort((one, two) => one.place - two.place);
  const targetCount = Math.max(1, Math.floor(drawn.length / 5));
  for (const [at, { item, weight }] of drawn.entries()) {
    if (at < targetCount) targets.add(item);
    else known.set(item, weight);
  }
}

interface Line {
  readonly user: string;
  readonly item: string;
  readonly weight: number;
  readonly role?: string;
}

const knownColumns = ["user", "customer", "at", "item", "quantity", "weight", "role"];

function readLines(path: string): readonly Line[] {
  const [header, ...rows] = readRecords(path);
  const columns = header ?? [];
  const stray = columns.find((name) => !knownColumns.includes(name));
  const userAt = Math.max(columns.indexOf("user"), columns.indexOf("customer"));
  const itemAt = columns.indexOf("item");
  if (stray !== undefined || userAt < 0 || itemAt < 0) {
    throw new OperatorError(
      `${path}:1: columns must be user,item,weight or customer,at,item,quantity or customer,item,role, got ${columns.join(",") || "nothing"}`,
    );
  }
  const weightAt = columns.indexOf("weight");
  const roleAt = columns.indexOf("role");
  let user = "";
  return rows.map((record, row) => {
    const where = `${path}:${row + 2}`;
    if (record.length !== columns.length) {
      throw new OperatorError(`${where}: a line must have ${columns.length} fields, got ${record.length}`);
    }
    user = record[userAt] || user;
    const item = record[itemAt];
    if (user === "" || item === "")
      throw new OperatorError(`${where}: user and item must be given, got none`);
    const weight = weightAt < 0 || record[weightAt] === "" ? 1 : Number(record[weightAt]);
    if (!(weight > 0 && Number.isFinite(weight))) {
      throw new OperatorError(`${where}: weight must be a number above 0, got "${record[weightAt]}"`);
    }
    const role = roleAt < 0 ? undefined : record[roleAt];
    if (role !== undefined && role !== "foldin" && role !== "target") {
      throw new OperatorError(`${where}: role must be foldin or target, got "${role}"`);
    }
    return { user, item, weight, ...(role === undefined ? {} : { role }) };
  });
}

function readRecords(path: string): readonly string[][] {
  try {
    const bytes = readFileSync(path);
    const content = path.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    return parse(content, { bom: true, relax_column_count: true, trim: true });
  } catch (error) {
    const line = error instanceof CsvError && typeof error.lines === "number" ? `:${error.lines}` : "";
    throw new OperatorError(`${path}${line}: expected a CSV file, got ${messageOf(error)}`);
  }
}
