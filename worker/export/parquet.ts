/**
 * The entry of parquet.js: the export as Apache Parquet (https://parquet.apache.org/docs/file-format/), a file a
 * table, for whoever wants to look into their data with the tools of the field. Loaded when it is asked for.
 *
 * Times are TIMESTAMP in milliseconds, UTC. What is missing is null. What is in each column, and in which unit, is
 * in the file's own key-value metadata.
 */
import { type BasicType, parquetWriteBuffer } from "hyparquet-writer";
import type { ExportFile, TacitExport } from "../api.ts";
import { type Column, type Table, tablesOf } from "./tables.ts";

const types: Readonly<Record<Column["type"], BasicType>> = {
  text: "STRING",
  time: "TIMESTAMP",
  number: "DOUBLE",
  count: "INT32",
  yes: "BOOLEAN",
  json: "JSON",
};

/** @returns a file a table, also of those without a row. */
export function parquetFiles(data: TacitExport): readonly ExportFile[] {
  const { format, version, exportedAt } = data;
  const about = { format, version: String(version), exportedAt };
  return tablesOf(data).map((table) => ({
    name: `${table.name}.parquet`,
    file: new Blob([parquetOf(table, about)], { type: "application/vnd.apache.parquet" }),
  }));
}

function parquetOf({ name, columns, rows }: Table, about: Readonly<Record<string, string>>): ArrayBuffer {
  const words = Object.fromEntries(columns.map((column) => [column.name, column.what]));
  const metadata = { ...about, table: name, columns: JSON.stringify(words) };
  return parquetWriteBuffer({
    columnData: columns.map((column, k) => ({
      name: column.name,
      type: types[column.type],
      nullable: column.isNullable,
      data: rows.map((row) => cellOf(column, row[k])),
    })),
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    createdBy: "tacit",
  });
}

/** Latest time of a Date (ECMAScript, 21.4.1.1): a clock may have said any. */
const latestMs = 8.64e15;

function cellOf({ type }: Column, value: Table["rows"][number][number]): unknown {
  if (value === null || type !== "time") return value;
  const atMs = Number(value);
  return Math.abs(atMs) <= latestMs ? new Date(atMs) : null;
}
