/**
 * The rows of a file that is not written in this project's own columns: by a feed's names, an operator's, or
 * both.
 */
import type { Input } from "../input/input.ts";
import { rowsOf } from "../input/rows.ts";
import type { Feed, FeedRow, FeedRows } from "./feed.ts";
import { type Mapping, mapped, mappedRows, requireNames } from "./mapping.ts";

/** How a file is to be read. Without any it has this project's own columns. */
export interface Reading {
  readonly feed?: Feed | undefined;
  /** What it names goes before what the feed makes of a row. */
  readonly mapping?: Mapping | undefined;
}

/** Null where the file has this project's own columns. @throws {InputFault} as `rowsOf` and the feed do. */
export async function feedRows(
  input: Input,
  { feed, mapping }: Reading,
  { what, columns }: { readonly what: "catalogue" | "log"; readonly columns: readonly string[] },
): Promise<FeedRows | null> {
  const read = feed?.[what];
  if (read === undefined || read === null) {
    return mapping === undefined ? null : mappedRows(await rowsOf(input), mapping, columns);
  }
  const rows = await rowsOf(input, feed?.header);
  if (mapping === undefined) return read(rows);
  requireNames(rows, mapping);
  const fed = read(rows);
  return { rows: withMapping(fed.rows, mapping), leftOut: fed.leftOut };
}

async function* withMapping(rows: AsyncIterable<FeedRow>, mapping: Mapping): AsyncGenerator<FeedRow> {
  for await (const row of rows) {
    if ("fault" in row) yield row;
    else yield { ...row, values: { ...row.values, ...mapped(row.source, mapping) } };
  }
}
