/**
 * A catalogue, a table or a list, as items: all of it or nothing, with one line of complaint per fault. Only
 * where the operator says how many faults may be left out the others are taken.
 *
 * Columns (keys): id and title must be there; the others of itemvalues.ts may be. Categories are separated by | in a
 * table and a list in JSON. Other systems' exports are read by their names (../feeds).
 */
import { shortened } from "../../../core/errors.ts";
import { nearestTo } from "../../base/operatorerror.ts";
import { feedNames } from "../feeds/known.ts";
import { feedRows, type Reading } from "../feeds/reading.ts";
import { type Input, InputFault } from "../input/input.ts";
import { type Row, type Rows, rowsOf, type Values } from "../input/rows.ts";
import type { DecimalMark } from "../values/amounts.ts";
import { type CatalogueItem, catalogueColumns, isColumn, itemOf } from "./itemvalues.ts";

export interface CatalogueReading extends Reading {
  /** What parts the decimals of prices, where they do not say it themselves. */
  readonly decimal?: DecimalMark | undefined;
  /** What tells the variants of a product: titles where no row names a group, or rows alone. */
  readonly variants?: "titles" | "said" | undefined;
  /** Part of the rows, 0..1, that may be left out for a fault; none unless given. */
  readonly mostFaulty?: number | undefined;
}

/** What of a file is in no item, although nothing is wrong with it. */
export interface NotTaken {
  /** Columns (keys) with values that `--map` does not name. */
  readonly unread: readonly string[];
  /** Items that have no price because theirs has no digit: "on request". */
  readonly unpriced: number;
}

export type ImportResult =
  | ({
      readonly ok: true;
      readonly items: readonly CatalogueItem[];
      /** Of the rows that were left out: `file:line: who must be …, got …`. */
      readonly faults: readonly string[];
    } & NotTaken)
  /** Every fault there is. */
  | { readonly ok: false; readonly faults: readonly string[] };

export async function readCatalogue(input: Input, reading: CatalogueReading = {}): Promise<ImportResult> {
  try {
    const { rows, faults, unread = new Set() } = await catalogueRows(input, reading);
    if (faults.length > 0) return { ok: false, faults };
    const read = await readItems(rows, reading.decimal);
    if (read.rows === 0) read.faults.push(`${input.name}: expected at least one item, got none`);
    const { items, faults: found, faulty, unpriced } = read;
    const isTaken = items.length > 0 && faulty <= (reading.mostFaulty ?? 0) * read.rows;
    return isTaken
      ? { ok: true, items, faults: found, unread: [...unread], unpriced }
      : { ok: false, faults: found };
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    return { ok: false, faults: [error.message] };
  }
}

/** The rows in the columns of a catalogue, and what is wrong with the names of columns. */
async function catalogueRows(
  input: Input,
  reading: CatalogueReading,
): Promise<{
  readonly rows: AsyncIterable<Row>;
  readonly faults: readonly string[];
  readonly unread?: ReadonlySet<string> | undefined;
}> {
  const fed = await feedRows(input, reading, { what: "catalogue", columns: catalogueColumns });
  if (fed !== null) return { rows: partedRows(fed.rows), faults: [], unread: fed.unread };
  const table = await rowsOf(input);
  if (table.columns !== null) return { rows: partedRows(table.rows), faults: faultsOfHeader(table) };
  return { rows: namedRows(table.rows), faults: [] };
}

interface ReadItems {
  readonly items: CatalogueItem[];
  readonly faults: string[];
  rows: number;
  /** Rows with a fault. */
  faulty: number;
  unpriced: number;
}

async function readItems(rows: AsyncIterable<Row>, decimal?: DecimalMark): Promise<ReadItems> {
  const read: ReadItems = { items: [], faults: [], rows: 0, faulty: 0, unpriced: 0 };
  const seen = new Map<string, string>();
  for await (const row of rows) {
    const { where } = row;
    read.rows += 1;
    const before = read.faults.length;
    const complain = (fault: string): void => void read.faults.push(`${where}: ${fault}`);
    if ("fault" in row) complain(row.fault);
    else {
      let hasNoPrice = false;
      const noPrice = (): void => {
        hasNoPrice = true;
      };
      const item = itemOf(row.values, { complain, noPrice, decimal });
      const earlier = seen.get(item.item);
      if (earlier !== undefined) {
        complain(`id must be unique, got ${shortened(JSON.stringify(item.item))} again after ${earlier}`);
      } else if (item.item !== "") seen.set(item.item, where);
      if (read.faults.length === before) {
        read.items.push(item);
        if (hasNoPrice) read.unpriced += 1;
      }
    }
    if (read.faults.length > before) read.faulty += 1;
  }
  return read;
}

async function* partedRows(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  for await (const row of rows) yield "fault" in row ? row : { ...row, values: parted(row.values) };
}

/** Rows whose keys are their own: one that is not known is a fault of its row. */
async function* namedRows(rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  let isFirst = true;
  for await (const row of rows) {
    const stray = "fault" in row ? undefined : Object.keys(row.values).find((name) => !isColumn(name));
    if (stray === undefined) {
      yield row;
      continue;
    }
    const near = nearestTo(stray, catalogueColumns);
    const fault = near === undefined ? unknownNames([stray], "key") : nearName(stray, near, "key");
    // What rows share is told once: there may be very many of them.
    yield { where: row.where, fault: isFirst ? `${fault} (${wayOut("key")})` : fault };
    isFirst = false;
  }
}

/** In a table a list is text. */
function parted(values: Values): Values {
  const { categories } = values;
  return typeof categories === "string" ? { ...values, categories: categories.split("|") } : values;
}

function faultsOfHeader({ columns, where }: Rows): readonly string[] {
  const names = columns ?? [];
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  const missing = ["id", "title"].filter((name) => !names.includes(name));
  const strays = [...new Set(names)].filter((name) => !isColumn(name));
  const near = strays.map((name) => ({ name, near: nearestTo(name, catalogueColumns) }));
  const unknown = near.filter((one) => one.near === undefined).map(({ name }) => name);
  return [
    ...twice.map((name) => `column "${name}" must stand once, got it twice`),
    ...near.flatMap((one) => (one.near === undefined ? [] : [nearName(one.name, one.near, "column")])),
    ...(unknown.length === 0 ? [] : [unknownNames(unknown, "column")]),
    ...missing.map((name) => `column "${name}" must be there, got ${names.join(",").slice(0, mostShown)}`),
    ...(strays.length === 0 && missing.length === 0 ? [] : [wayOut("column")]),
  ].map((fault) => `${where}: ${fault}`);
}

const mostShown = 200;

function nearName(name: string, near: string, what: "column" | "key"): string {
  return `${JSON.stringify(name.slice(0, mostShown))} is not a known ${what}, did you mean "${near}"?`;
}

/** Names that resemble none of ours; known are those of `catalogueColumns`. */
function unknownNames(names: readonly string[], what: "column" | "key"): string {
  const shown = names.map((name) => JSON.stringify(name.slice(0, mostShown))).join(", ");
  const text = shown.length <= mostShown ? shown : `${shown.slice(0, mostShown)}…`;
  const are = names.length === 1 ? `is not a known ${what}` : `are not known ${what}s`;
  return `${text} ${are}, known are ${catalogueColumns.join(", ")}`;
}

/** For a file with names of its own. */
function wayOut(what: "column" | "key"): string {
  const feeds = feedNames("catalogue").join(", ");
  return `--map id=NAME,title=NAME,… says which ${what} is which, --format reads an export of ${feeds}`;
}
