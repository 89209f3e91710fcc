/**
 * A catalogue, a table or a list, as items: all of it or nothing, with one line of complaint per fault.
 *
 * Columns (keys): id and title must be there; price, categories, url, image, publishedAt, available and text
 * may be. Categories are separated by | in a table and a list in JSON.
 */
import { nearestTo } from "../../base/operatorerror.ts";
import { type Input, InputFault } from "../input/input.ts";
import { type Rows, rowsOf, type Values } from "../input/rows.ts";
import { type CatalogueItem, catalogueColumns, isColumn, itemOf } from "./itemvalues.ts";

export type ImportResult =
  | { readonly ok: true; readonly items: readonly CatalogueItem[] }
  /** `file:line: who must be …, got …`, every one there is. */
  | { readonly ok: false; readonly faults: readonly string[] };

export async function readCatalogue(input: Input): Promise<ImportResult> {
  const faults: string[] = [];
  const items: CatalogueItem[] = [];
  try {
    const table = await rowsOf(input);
    faults.push(...faultsOfHeader(table));
    if (faults.length === 0) await readItems(table, { items, faults });
  } catch (error) {
    if (!(error instanceof InputFault)) throw error;
    faults.push(error.message);
  }
  if (items.length === 0 && faults.length === 0) {
    faults.push(`${input.name}: expected at least one item, got none`);
  }
  return faults.length === 0 ? { ok: true, items } : { ok: false, faults };
}

async function readItems(
  { columns, rows }: Rows,
  { items, faults }: { readonly items: CatalogueItem[]; readonly faults: string[] },
): Promise<void> {
  const seen = new Map<string, string>();
  for await (const row of rows) {
    const { where } = row;
    if ("fault" in row) {
      faults.push(`${where}: ${row.fault}`);
      continue;
    }
    const isTable = columns !== null;
    if (!isTable) faults.push(...faultsOfNames(Object.keys(row.values), where, "key"));
    const item = itemOf(isTable ? parted(row.values) : row.values, (fault) =>
      faults.push(`${where}: ${fault}`),
    );
    const earlier = seen.get(item.item);
    if (earlier !== undefined) {
      faults.push(`${where}: id must be unique, got ${JSON.stringify(item.item)} again after ${earlier}`);
    } else if (item.item !== "") seen.set(item.item, where);
    items.push(item);
  }
}

/** In a table a list is text. */
function parted(values: Values): Values {
  const { categories } = values;
  return typeof categories === "string" ? { ...values, categories: categories.split("|") } : values;
}

function faultsOfHeader({ columns, where }: Rows): readonly string[] {
  if (columns === null) return [];
  const missing = ["id", "title"].filter((name) => !columns.includes(name));
  return [
    ...faultsOfNames(columns, where, "column"),
    ...missing.map((name) => `${where}: column "${name}" must be there, got ${columns.join(",")}`),
  ];
}

function faultsOfNames(names: readonly string[], where: string, what: "column" | "key"): readonly string[] {
  return names.flatMap((name, at) => {
    const faults: string[] = [];
    if (names.indexOf(name) !== at) faults.push(`${where}: ${what} "${name}" must stand once, got it twice`);
    if (isColumn(name)) return faults;
    const near = nearestTo(name, catalogueColumns);
    const hint = near === undefined ? `known are ${catalogueColumns.join(", ")}` : `did you mean "${near}"?`;
    return [...faults, `${where}: ${JSON.stringify(name)} is not a known ${what}, ${hint}`];
  });
}
