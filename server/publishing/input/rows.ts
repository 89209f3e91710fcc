/**
 * The rows of an input, whatever form it has: a table, a JSON array, JSON lines, an object that holds a list, or the
 * entries of an XML feed.
 * A value is a text where the form is a table, and what JSON says otherwise; a field of nothing is no value.
 */
import { type Input, InputFault } from "./input.ts";
import { beginsJson, itemsOf } from "./list.ts";
import { recordsOf } from "./table.ts";
import { textOf } from "./text.ts";
import { beginsXml, entriesOf } from "./xml.ts";

export type Values = Readonly<Record<string, unknown>>;

export type Row =
  | { readonly where: string; readonly values: Values }
  /** One that cannot be read, while those after it can. */
  | { readonly where: string; readonly fault: string };

export interface Rows {
  /** Names of the columns as they stand; null where each row has keys of its own. */
  readonly columns: readonly string[] | null;
  /** Where the names stand. */
  readonly where: string;
  readonly rows: AsyncIterable<Row>;
}

/** Names of the columns of a table that has no line of them, by its first record; null for one that has. */
export type HeaderOf = (first: readonly string[]) => readonly string[] | null;

/** @throws {InputFault} for bytes that are no text, and text of no such form. */
export async function rowsOf(input: Input, headerOf: HeaderOf = () => null): Promise<Rows> {
  const { name } = input;
  const { first, all } = await begun(name, textOf(input));
  if (beginsJson(first)) return { columns: null, where: name, rows: ofList(name, all) };
  if (beginsXml(first)) return { columns: null, where: name, rows: ofFeed(name, all) };
  const records = recordsOf(name, all);
  const header = await records.next();
  if (header.done === true) throw new InputFault(name, "expected a header line, got an empty file");
  const { line, fields } = header.value;
  const named = headerOf(fields);
  if (named !== null) {
    const first = header.value;
    const withFirst = async function* (): typeof records {
      yield first;
      yield* records;
    };
    return { columns: named, where: `${name}:${line}`, rows: ofTable(name, named, withFirst()) };
  }
  return { columns: fields, where: `${name}:${line}`, rows: ofTable(name, fields, records) };
}

/** Characters of nothing that may stand before the first that says something. */
const mostBlank = 1 << 20;

/**
 * The text up to the first character that is no space, at least, and all of it.
 *
 * @throws {InputFault} for text that goes on with nothing.
 */
async function begun(name: string, text: AsyncIterable<string>) {
  const stretches = text[Symbol.asyncIterator]();
  let first = "";
  while (first.trim() === "") {
    const next = await stretches.next();
    if (next.done === true) break;
    first += next.value;
    if (first.length > mostBlank && first.trim() === "") {
      throw new InputFault(name, `expected text within ${mostBlank} characters, got spaces alone`);
    }
  }
  const all = async function* (): AsyncGenerator<string> {
    yield first;
    yield* { [Symbol.asyncIterator]: () => stretches };
  };
  return { first, all: all() };
}

async function* ofTable(
  name: string,
  columns: readonly string[],
  records: ReturnType<typeof recordsOf>,
): AsyncGenerator<Row> {
  for await (const { line, fields } of records) {
    const where = `${name}:${line}`;
    if (fields.length !== columns.length) {
      yield { where, fault: `a line must have ${columns.length} fields, got ${fields.length}` };
      continue;
    }
    const values: Record<string, string> = {};
    for (let at = 0; at < columns.length; at++) if (fields[at] !== "") values[columns[at]] = fields[at];
    yield { where, values };
  }
}

async function* ofFeed(name: string, text: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const { line, values } of entriesOf(name, text)) yield { where: `${name}:${line}`, values };
}

async function* ofList(name: string, text: AsyncIterable<string>): AsyncGenerator<Row> {
  for await (const { line, value } of itemsOf(name, text)) {
    const where = `${name}:${line}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      yield { where, values: { ...value } };
    else yield { where, fault: `an item must be an object, got ${JSON.stringify(value)?.slice(0, 60)}` };
  }
}
