/**
 * Feeds: what other systems call things in their exports, and how they write them. A feed turns the rows of such an
 * export into rows with the columns of a catalogue or of a log; what a value means is told there, as for any file.
 */
import { modelLimits } from "../../../core/model/limits.ts";
import { InputFault } from "../input/input.ts";
import type { Row, Rows, Values } from "../input/rows.ts";

/** A row in this project's columns, or one that cannot be read; `source` is what it was made of. */
export type FeedRow = (Extract<Row, { readonly values: Values }> & { readonly source: Values }) | Fault;
type Fault = Extract<Row, { readonly fault: string }>;

export interface FeedRows {
  readonly rows: AsyncIterable<FeedRow>;
  /** What was left out, and how many rows, counted up as they are read. */
  readonly leftOut: ReadonlyMap<string, number>;
  /** Names that have values and that an operator's mapping leaves aside, gathered as rows are read. */
  readonly unread?: ReadonlySet<string>;
}

export interface Feed {
  readonly name: string;
  /** Names of columns where the first record of a table is one of its rows already; null: it has the names. */
  readonly header?: (first: readonly string[]) => readonly string[] | null;
  /** Its catalogue; null where it has none. */
  readonly catalogue: ((rows: Rows) => FeedRows) | null;
  /** Names of what tells people apart in its log. */
  readonly people?: readonly string[];
  /** Its log; null where it has none. */
  readonly log: ((rows: Rows) => FeedRows) | null;
}

/**
 * Rows one by one: `read` gives none, one or several for a row, or says why it is left out.
 *
 * @param read what an export's row says. @throws nothing: what cannot be read is a fault of its row.
 */
export function eachRow(rows: Rows, read: (values: Values) => readonly Values[] | LeftOutBecause): FeedRows {
  const leftOut = new Map<string, number>();
  const told = async function* (): AsyncGenerator<FeedRow> {
    for await (const row of rows.rows) {
      if ("fault" in row) {
        yield row;
        continue;
      }
      const { where, values: source } = row;
      const said = read(source);
      if (typeof said === "string") leftOut.set(said, (leftOut.get(said) ?? 0) + 1);
      else for (const values of said) yield { where, values, source };
    }
  };
  return { rows: told(), leftOut };
}

/** In the words of the end of "left out: 3 …". */
export type LeftOutBecause = string;

/**
 * @param needed names of columns, any of each list.
 * @throws {InputFault} for a table that lacks one: it is no such export.
 */
export function requireColumns(
  { columns, where }: Rows,
  what: string,
  needed: readonly (readonly string[])[],
): void {
  if (columns === null) return;
  const there = new Set(columns.map(plainName));
  const missing = needed.find((names) => !names.some((name) => there.has(plainName(name))));
  if (missing === undefined) return;
  const got = columns.join(",").slice(0, 120);
  throw new InputFault(where, `expected ${what} with a column "${missing.join('" or "')}", got ${got}`);
}

/** Names as feeds vary them: case, spaces, underscores and a prefix `g:` aside. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/^g:/, "").replaceAll(/[\s_]/g, "");
}

/** Reads values by name; the first of several names that has one. */
export class Named {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(values: Values) {
    this.#values = new Map(Object.entries(values).map(([name, value]) => [plainName(name), value]));
  }

  /** Undefined where none of them has a value. */
  value(...names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.#values.get(plainName(name));
      if (value !== undefined && value !== null && value !== "") return value;
    }
    return undefined;
  }

  /** As text; several joined by a comma and a space. "" where there is none. */
  text(...names: readonly string[]): string {
    const value = this.value(...names);
    return Array.isArray(value) ? value.map(String).join(", ") : textOf(value);
  }

  /** As the text of an attribute; "" for what is too long to be one: its words are in the text all the same. */
  attribute(...names: readonly string[]): string {
    const text = this.text(...names);
    return isAttribute(text) ? text : "";
  }

  /** All of them that are there, one after the other. */
  together(...names: readonly string[]): string {
    return names
      .map((name) => this.text(name))
      .filter((text) => text !== "")
      .join(" ");
  }

  /** Each of several texts. */
  texts(...names: readonly string[]): readonly string[] {
    const value = this.value(...names);
    return (Array.isArray(value) ? value : [value]).map(textOf).filter((text) => text !== "");
  }
}

/** Whether a card has room for it. */
export function isAttribute(text: string): boolean {
  return text !== "" && text.length <= modelLimits.attributeText;
}

function textOf(value: unknown): string {
  return typeof value === "string"
    ? value.trim()
    : typeof value === "object" || value === undefined
      ? ""
      : String(value);
}

/** Without what has no value. */
export function present(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== "" && value !== null),
  );
}
