/**
 * Columns by other names, as an operator says them: `title=Title,price="Variant Price"`. A column that is said twice
 * is made of both.
 */
import { shortened } from "../../../core/errors.ts";
import { nearestTo, OperatorError } from "../../base/operatorerror.ts";
import { InputFault } from "../input/input.ts";
import type { Rows, Values } from "../input/rows.ts";
import { eachRow, type FeedRows } from "./feed.ts";

/** Names in the file, by the column that they are here. */
export type Mapping = ReadonlyMap<string, readonly string[]>;

/** @throws {OperatorError} for a text that is no such list, and a column that is not known. */
export function parseMapping(text: string, columns: readonly string[]): Mapping {
  const mapping = new Map<string, readonly string[]>();
  for (const part of text.match(/(?:"[^"]*"|[^,"])+/g) ?? []) {
    const [column, ...rest] = part.split("=");
    const ours = column.trim();
    const theirs = rest
      .join("=")
      .trim()
      .replace(/^"(.*)"$/, "$1");
    if (theirs === "") {
      throw new OperatorError(`map: expected COLUMN=NAME, got ${shortened(JSON.stringify(part.trim()))}`);
    }
    if (!columns.includes(ours)) {
      const near = nearestTo(ours, columns);
      const hint = near === undefined ? `known are ${columns.join(", ")}` : `did you mean "${near}"?`;
      throw new OperatorError(`map: "${shortened(ours)}" is not a known column, ${hint}`);
    }
    mapping.set(ours, [...(mapping.get(ours) ?? []), theirs]);
  }
  if (mapping.size === 0) throw new OperatorError("map: expected COLUMN=NAME,…, got nothing");
  return mapping;
}

/** The values that a mapping names. */
export function mapped(values: Values, mapping: Mapping): Values {
  const named = [...mapping].map(([column, names]) => [
    column,
    togetherOf(names.map((name) => values[name])),
  ]);
  return Object.fromEntries(named.filter(([, value]) => value !== undefined));
}

function togetherOf(values: readonly unknown[]): unknown {
  const given = values.filter((value) => value !== undefined && value !== null && value !== "");
  return given.length < 2 ? given[0] : given.map(String).join(" ");
}

/** Of names that are not read: rows of JSON may each have their own. */
const mostUnread = 100;

/**
 * The rows of a file by a mapping alone: what it does not name stays where it has the name of a column, and
 * is told as unread otherwise.
 *
 * @throws {InputFault} for a table without a column that the mapping names.
 */
export function mappedRows(rows: Rows, mapping: Mapping, columns: readonly string[]): FeedRows {
  requireNames(rows, mapping);
  const named = new Set([...mapping.values()].flat());
  const unread = new Set<string>();
  const read = eachRow(rows, (values) => {
    const kept: [string, unknown][] = [];
    for (const [name, value] of Object.entries(values)) {
      if (columns.includes(name)) kept.push([name, value]);
      else if (!named.has(name) && unread.size < mostUnread) unread.add(shortened(name));
    }
    return [{ ...Object.fromEntries(kept), ...mapped(values, mapping) }];
  });
  return { ...read, unread };
}

export function requireNames({ columns, where }: Rows, mapping: Mapping): void {
  if (columns === null) return;
  const missing = [...mapping.values()].flat().find((name) => !columns.includes(name));
  if (missing === undefined) return;
  const near = nearestTo(missing, columns);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  throw new InputFault(
    where,
    `map: expected a column "${missing}", got ${columns.join(",").slice(0, 120)}${hint}`,
  );
}
