/**
 * A catalogue, a table or a list, as items: all of it or nothing, with one line of complaint per fault. Only
 * where the operator says how many faults may be left out the others are taken.
 *
 * Columns (keys): id and title must be there; the others of itemvalues.ts may be. Categories are separated by | in a
 * table and a list in JSON. Other systems' exports are read by their names (../feeds).
 */
import { shortened } from "../../../core/errors.ts";
import { nearestTo } from "../../base/operatorerror.ts";
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

export type ImportResult =
  | {
      readonly ok: true;
      readonly items: readonly CatalogueItem[];
      /** Of the rows that were left out: `file:line: who must be …, got …`. */
      readonly faults: readonly string[];
    }
  /** Every fault there is. */
  | { readonly ok: false; readonly faults: readonly string[] };

export async function readCatalogue(input: Input, reading: CatalogueReading = {}): Promise<ImportResult> {
  try {
    const { rows, faults } = await catalogueRows(input, reading);
    if (faults.length > 0) return { ok: false, faults };
    const read = await readItems(rows, reading.decimal);
    if (read.rows === 0) read.faults.push(`${input.name}: expected at least one item, got none`);
    const { items, faults: found, faulty } = read;
    const isTaken = items.length > 0 && faulty <= (reading.mostFaulty ?? 0) * read.rows;
    return isTaken ? { ok: true, items, faults: found } : { ok: false, faults: found };
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    return { ok: false, faults: [error.message] };
  }
}

/** The rows in the columns of a catalogue, and what is wrong with the names of columns. */
async function catalogueRows(
  input: Input,
  reading: CatalogueReading,
): Promise<{ readonly rows: AsyncIterable<Row>; readonly faults: readonly string[] }> {
  const fed = await feedRows(input, reading, { what: "catalogue", columns: catalogueColumns });
  if (fed !== null) return { rows: partedRows(fed.rows), faults: [] };
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
}

async function readItems(rows: AsyncIterable<Row>, decimal?: DecimalMark): Promise<ReadItems> {
  const read: ReadItems = { items: [], faults: [], rows: 0, faulty: 0 };
  const seen = new Map<string, string>();
  for await (const row of rows) {
    const { where } = row;
    read.rows += 1;
    const before = read.faults.length;
    const complain = (fault: string): void => void read.faults.push(`${where}: ${fault}`);
    if ("fault" in row) complain(row.fault);
    else {
      const item = itemOf(row.values, { complain, decimal });
      const earlier = seen.get(item.item);
      if (earlier !== undefined) {
        complain(`id must be unique, got ${shortened(JSON.stringify(item.item))} again after ${earlier}`);
      } else if (item.item !== "") seen.set(item.item, where);
      if (read.faults.length === before) read.items.push(item);
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
  for await (const row of rows) {
    const stray = "fault" in row ? undefined : strayName(Object.keys(row.values), "key");
    yield stray === undefined ? row : { where: row.where, fault: stray };
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
  return [
    ...twice.map((name) => `column "${name}" must stand once, got it twice`),
    ...names.flatMap((name) => strayName([name], "column") ?? []),
    ...missing.map((name) => `column "${name}" must be there, got ${names.join(",").slice(0, mostShown)}`),
  ].map((fault) => `${where}: ${fault}`);
}

const mostShown = 200;

/** What is wrong with the first name that is not known; undefined where all are. */
function strayName(names: readonly string[], what: "column" | "key"): string | undefined {
  const stray = names.find((name) => !isColumn(name));
  if (stray === undefined) return undefined;
  const near = nearestTo(stray, catalogueColumns);
  const hint = near === undefined ? `known are ${catalogueColumns.join(", ")}` : `did you mean "${near}"?`;
  return `${JSON.stringify(stray.slice(0, mostShown))} is not a known ${what}, ${hint}`;
}
