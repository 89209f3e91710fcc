import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { eventFields, eventKinds, type TacitEvent } from "../../../core/events/event.ts";
import type { ExportFile, TacitExport } from "../../../worker/api.ts";
import { parquetFiles } from "../../../worker/export/parquet.ts";
import { tablesOf } from "../../../worker/export/tables.ts";
import { exported } from "../../vectors/exported.ts";

type Row = Readonly<Record<string, unknown>>;
interface FrozenTable {
  readonly sha256: string;
  readonly types: Row;
  readonly rows: readonly Row[];
}
const frozen: { readonly tables: Readonly<Record<string, FrozenTable>> } = JSON.parse(
  readFileSync(new URL("../../vectors/parquet.json", import.meta.url), "utf8"),
);

async function bytesOf(files: readonly ExportFile[], table: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = files.find(({ name }) => name === `${table}.parquet`);
  return new Uint8Array((await found?.file.arrayBuffer()) ?? new ArrayBuffer(0));
}

const rowsIn = (bytes: Uint8Array<ArrayBuffer>): Promise<readonly Row[]> =>
  parquetReadObjects({ file: bytes.buffer });

/** JSON and bigints as plain values; what is missing is null. */
const plain = (value: unknown): unknown => {
  if (value instanceof Date) return value.getTime();
  return typeof value === "bigint" ? Number(value) : (value ?? null);
};

describe("an export as Parquet", () => {
  test("is, table by table, what the JSON says, as another reader of the format reads it", async () => {
    const files = parquetFiles(exported);
    const tables = tablesOf(exported);
    expect(files.map(({ name }) => name)).toEqual(tables.map(({ name }) => `${name}.parquet`));
    for (const { name, columns, rows } of tables) {
      const read = await rowsIn(await bytesOf(files, name));
      expect(read.length).toBe(rows.length);
      for (const [nth, row] of rows.entries()) {
        for (const [k, column] of columns.entries()) {
          const written = row[k];
          const expected = column.type === "time" && Math.abs(Number(written)) > 8.64e15 ? null : written;
          expect(plain(read[nth][column.name])).toEqual(expected);
        }
      }
    }
  });

  test("is byte for byte what pyarrow read, with the types, times and nulls that it found", async () => {
    const files = parquetFiles(exported);
    const tables: Readonly<Record<string, { sha256: string; types: Row; rows: readonly Row[] }>> =
      frozen.tables;
    expect(Object.keys(tables).sort()).toEqual(
      tablesOf(exported)
        .map(({ name }) => name)
        .sort(),
    );
    for (const [name, { sha256 }] of Object.entries(tables)) {
      const bytes = await bytesOf(files, name);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(sha256);
    }
    const { types, rows } = tables.events;
    expect(types).toMatchObject({ id: "string not null", at: "timestamp[ms, tz=UTC]", position: "int32" });
    expect(rows.map(({ at }) => at)).toEqual([
      "2026-03-01T12:30:15.678+00:00",
      "2026-03-01T12:30:15.679+00:00",
      "2026-03-02T12:30:15.678+00:00",
      "2026-03-01T12:30:15.680+00:00",
      "1969-12-31T23:59:59.999+00:00",
      null,
    ]);
    expect(rows.map(({ item }) => item)).toEqual(exported.events.map(({ item }) => item ?? null));
    expect(tables.features.rows.map(({ value }) => value)).toEqual([4, null]);
    expect(tables.reports.rows.map(({ rho, why }) => [rho, why])).toEqual([
      [0.2988, null],
      [null, "batch-full"],
    ]);
  });

  test("says in the file what each column is", async () => {
    const bytes = await bytesOf(parquetFiles(exported), "events");
    const metadata = parquetMetadata(bytes.buffer).key_value_metadata ?? [];
    const said = Object.fromEntries(metadata.map(({ key, value }) => [key, value]));
    expect(said).toMatchObject({ format: "tacit-export", version: "3", table: "events" });
    expect(Object.keys(JSON.parse(said.columns ?? ""))).toEqual(
      tablesOf(exported)[0].columns.map(({ name }) => name),
    );
  });

  test("holds whatever a journal may hold, and nothing where there is nothing", async () => {
    const text = fc.string({ unit: "binary", maxLength: 30 });
    const event: fc.Arbitrary<TacitEvent> = fc.record(
      {
        id: fc.uuid(),
        kind: fc.constantFrom(...eventKinds),
        atMs: fc.double({ noNaN: true }),
        item: text,
        amount: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
        query: text,
        position: fc.integer({ min: 1 }),
        list: text,
      },
      { requiredKeys: ["id", "kind", "atMs"] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 12 }), async (events) => {
        const data: TacitExport = { ...exported, events, reports: [], facts: [], tastes: [], leftOut: [] };
        const files = parquetFiles(data);
        const read = await rowsIn(await bytesOf(files, "events"));
        expect(
          read.map(({ id, item, amount, query, position, list }) =>
            [id, item, amount, query, position, list].map(plain),
          ),
        ).toEqual(
          events.map(({ id, item, amount, query, position, list }) =>
            [id, item, amount, query, position, list].map(plain),
          ),
        );
        for (const table of ["reports", "facts", "tastes"]) {
          expect(await rowsIn(await bytesOf(files, table))).toEqual([]);
        }
      }),
      { numRuns: 100, seed: 20_261_127 },
    );
  });
});

test("every field that an event may have is a column of its table", () => {
  const columns = tablesOf(exported)
    .find(({ name }) => name === "events")
    ?.columns.map(({ name }) => name);
  // The name of what happened once is not kept: it has become the event's id (worker/events/once.ts).
  const kept = eventFields.filter((name) => name !== "once");
  expect(columns).toEqual(expect.arrayContaining(kept));
});
