/**
 * A catalogue file, CSV or a JSON array, as items: all of it or nothing, with one line of complaint per
 * fault.
 *
 * Columns (keys): id and title must be there; price, categories, url, image, publishedAt, available and text
 * may be. Categories are separated by | in CSV and a list in JSON. `text` shapes the content vectors and is
 * not published.
 */
import { CsvError, parse } from "csv-parse/sync";
import { messageOf } from "../../../core/errors.ts";
import type { CatalogueCard } from "../../../core/model/card.ts";
import { isWebAddress, modelLimits } from "../../../core/model/limits.ts";
import { nearestTo } from "../../base/operatorerror.ts";

export interface CatalogueItem extends CatalogueCard {
  readonly text?: string;
}

export type ImportResult =
  | { readonly ok: true; readonly items: readonly CatalogueItem[] }
  /** `file:line: who must be …, got …`, every one there is. */
  | { readonly ok: false; readonly faults: readonly string[] };

const catalogueColumns = [
  "id",
  "title",
  "price",
  "categories",
  "url",
  "image",
  "publishedAt",
  "available",
  "text",
] as const;
type Column = (typeof catalogueColumns)[number];

/** One item before its values are checked, and where it stands. */
interface RawItem {
  readonly where: string;
  readonly values: Partial<Record<Column, unknown>>;
}

type RawResult =
  | { readonly ok: true; readonly rows: readonly RawItem[]; readonly faults: readonly string[] }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * JSON when the first character that is not a space is "[", else CSV. `file` names the source in complaints.
 */
export function parseCatalogue(content: string, file: string): ImportResult {
  const raw = /^\s*\[/.test(content) ? rawFromJson(content, file) : rawFromCsv(content, file);
  if (!raw.ok) return raw;
  const faults = [...raw.faults];
  const items: CatalogueItem[] = [];
  const seen = new Map<string, string>();
  for (const row of raw.rows) {
    const item = itemOf(row, (fault) => faults.push(`${row.where}: ${fault}`));
    const earlier = seen.get(item.item);
    if (earlier !== undefined) {
      faults.push(`${row.where}: id must be unique, got ${JSON.stringify(item.item)} again after ${earlier}`);
    } else if (item.item !== "") seen.set(item.item, row.where);
    items.push(item);
  }
  if (items.length === 0 && faults.length === 0) {
    faults.push(`${file}: expected at least one item, got none`);
  }
  return faults.length === 0 ? { ok: true, items } : { ok: false, faults };
}

function rawFromCsv(content: string, file: string): RawResult {
  let records: readonly { readonly record: readonly string[]; readonly info: { readonly lines: number } }[];
  try {
    // With `info`, csv-parse wraps each record; its type declarations know the plain form only.
    const parsed: unknown = parse(content, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
    records = parsed as typeof records;
  } catch (error) {
    const line = error instanceof CsvError && typeof error.lines === "number" ? `:${error.lines}` : "";
    return { ok: false, faults: [`${file}${line}: expected CSV, got ${messageOf(error)}`] };
  }
  const [header, ...rows] = records;
  if (header === undefined)
    return { ok: false, faults: [`${file}: expected a header line, got an empty file`] };
  const columns = header.record.map((name) => name.trim());
  const headerFaults = faultsOfKeys(columns, `${file}:${header.info.lines}`, "column");
  if (headerFaults.length > 0) return { ok: false, faults: headerFaults };
  const faults: string[] = [];
  const raw: RawItem[] = [];
  let previous = header.info.lines;
  for (const { record, info } of rows) {
    // A record may span lines (quoted line breaks); the first of them is the one to look at.
    const where = `${file}:${Math.min(previous + 1, info.lines)}`;
    previous = info.lines;
    if (record.length !== columns.length) {
      faults.push(`${where}: a line must have ${columns.length} fields, got ${record.length}`);
      continue;
    }
    const values: Partial<Record<Column, unknown>> = {};
    for (const [at, name] of columns.entries()) {
      if (!isColumn(name) || record[at] === "") continue;
      values[name] = name === "categories" ? record[at].split("|") : record[at];
    }
    raw.push({ where, values });
  }
  return { ok: true, rows: raw, faults };
}

function rawFromJson(content: string, file: string): RawResult {
  let list: unknown;
  try {
    list = JSON.parse(content);
  } catch (error) {
    return { ok: false, faults: [`${file}: expected JSON, got ${messageOf(error)}`] };
  }
  if (!Array.isArray(list))
    return { ok: false, faults: [`${file}: expected a list of items, got ${typeof list}`] };
  const faults: string[] = [];
  const rows: RawItem[] = [];
  for (const [at, value] of list.entries()) {
    const where = `${file}[${at}]`;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      faults.push(`${where}: an item must be an object, got ${JSON.stringify(value)}`);
      continue;
    }
    faults.push(...faultsOfKeys(Object.keys(value), where, "key", false));
    rows.push({ where, values: { ...value } });
  }
  return { ok: true, rows, faults };
}

function faultsOfKeys(names: readonly string[], where: string, what: string, complete = true): string[] {
  const faults: string[] = [];
  for (const [at, name] of names.entries()) {
    if (names.indexOf(name) !== at) faults.push(`${where}: ${what} "${name}" must stand once, got it twice`);
    if (isColumn(name)) continue;
    const near = nearestTo(name, catalogueColumns);
    const hint = near === undefined ? `known are ${catalogueColumns.join(", ")}` : `did you mean "${near}"?`;
    faults.push(`${where}: "${name}" is not a known ${what}, ${hint}`);
  }
  for (const name of complete ? ["id", "title"] : []) {
    if (!names.includes(name))
      faults.push(`${where}: ${what} "${name}" must be there, got ${names.join(",")}`);
  }
  return faults;
}

function isColumn(name: string): name is Column {
  return (catalogueColumns as readonly string[]).includes(name);
}

function itemOf({ values }: RawItem, complain: (fault: string) => void): CatalogueItem {
  const text = (name: Column, check: (value: string) => string | null): string | undefined => {
    const value = values[name];
    if (value === undefined || value === null) return undefined;
    const fault = typeof value === "string" ? check(value) : "a string";
    if (fault === null) return String(value);
    complain(`${name} must be ${fault}, got ${JSON.stringify(value)}`);
    return undefined;
  };
  const required = (name: "id" | "title", most: number): string => {
    if (values[name] === undefined || values[name] === null) complain(`${name} must be given, got nothing`);
    return text(name, (value) => (value.trim() === "" ? "text" : faultOfLength(value, most))) ?? "";
  };
  const item = required("id", modelLimits.itemId);
  const title = required("title", modelLimits.title);
  const price = priceOf(values.price, complain);
  const url = text("url", faultOfUrl);
  const image = text("image", faultOfUrl);
  const publishedAt = text("publishedAt", (value) => (isIsoDate(value) ? null : "an ISO 8601 date"));
  const available = availableOf(values.available, complain);
  const words = text("text", () => null);
  return {
    item,
    title,
    categories: categoriesOf(values.categories, complain),
    ...(price === undefined ? {} : { price }),
    ...(url === undefined ? {} : { url }),
    ...(image === undefined ? {} : { image }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
    // What can be had says nothing: absent is true.
    ...(available === false ? { available } : {}),
    ...(words === undefined ? {} : { text: words }),
  };
}

function priceOf(value: unknown, complain: (fault: string) => void): number | undefined {
  if (value === undefined || value === null) return undefined;
  const price = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof price === "number" && Number.isFinite(price) && price >= 0) return price;
  complain(`price must be a number of at least 0, got ${JSON.stringify(value)}`);
  return undefined;
}

function availableOf(value: unknown, complain: (fault: string) => void): boolean | undefined {
  if (value === undefined || value === null || typeof value === "boolean") return value ?? undefined;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  if (["true", "yes", "1"].includes(text)) return true;
  if (["false", "no", "0"].includes(text)) return false;
  complain(`available must be true or false, got ${JSON.stringify(value)}`);
  return undefined;
}

function categoriesOf(value: unknown, complain: (fault: string) => void): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every((category) => typeof category === "string")) {
    const categories = value.map((category) => category.trim()).filter((category) => category !== "");
    const longest = Math.max(0, ...categories.map(({ length }) => length));
    if (categories.length <= modelLimits.categories && longest <= modelLimits.category) return categories;
    const most = `at most ${modelLimits.categories} of at most ${modelLimits.category} characters`;
    complain(`categories must be ${most}, got ${categories.length} of up to ${longest}`);
    return [];
  }
  complain(`categories must be a list of strings, got ${JSON.stringify(value)}`);
  return [];
}

function faultOfLength(value: string, most: number): string | null {
  return value.length <= most ? null : `text of at most ${most} characters`;
}

/** Absolute http(s) or a path of the site: an address from a file must never be a script. */
function faultOfUrl(value: string): string | null {
  if (!isWebAddress(value)) return "an http(s) address or a path";
  return faultOfLength(value, modelLimits.url);
}

function isIsoDate(value: string): boolean {
  return (
    /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}
