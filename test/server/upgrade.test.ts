/**
 * A leader of protocol 2 is brought up to date: its bundle in force becomes an edition in parts, what it
 * learned stays.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import { ByteWriter } from "../../core/bytes.ts";
import type { Bundle } from "../../core/model/bundle.ts";
import { quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { publishCatalogue } from "../../server/publishing/catalogue.ts";
import { openSqlite } from "../../server/store/sqlite.ts";
import { encodeBundle } from "../bundle.ts";
import { catalogueOf, inForceOf, openServer, tasksOf, temporaryDirectory, testConfig } from "./harness.ts";

/** The tables of protocol 2 that matter here, as they were released. */
const leader2 = [
  `
  CREATE TABLE bundles (
    id TEXT PRIMARY KEY, created_at_ms INTEGER NOT NULL, round INTEGER NOT NULL, origin TEXT NOT NULL,
    state TEXT NOT NULL, verdict TEXT NOT NULL, bytes BLOB NOT NULL, brotli BLOB NOT NULL, gzip BLOB NOT NULL,
    learned BLOB NOT NULL
  ) STRICT;
  CREATE TABLE publications (
    seq INTEGER PRIMARY KEY, bundle TEXT NOT NULL REFERENCES bundles (id), at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, task TEXT NOT NULL, round INTEGER NOT NULL,
    state TEXT NOT NULL, opened_at_ms INTEGER NOT NULL, outcome TEXT
  ) STRICT;
  CREATE UNIQUE INDEX one_task_at_a_time ON tasks (state <> 'finished') WHERE state <> 'finished';
  CREATE TABLE report_ids (task INTEGER NOT NULL, id BLOB NOT NULL, PRIMARY KEY (task, id)) STRICT, WITHOUT ROWID;
  CREATE TABLE reports (
    seq INTEGER PRIMARY KEY, task INTEGER NOT NULL, block INTEGER NOT NULL, id BLOB NOT NULL,
    leader_key INTEGER NOT NULL, helper_key INTEGER NOT NULL, leader_share BLOB NOT NULL, helper_seed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX reports_of_block ON reports (task, block, seq);
  CREATE TABLE batches (
    id BLOB PRIMARY KEY, task INTEGER NOT NULL, block INTEGER NOT NULL, state TEXT NOT NULL, reports INTEGER NOT NULL,
    counted INTEGER, sum BLOB, left_out TEXT NOT NULL, UNIQUE (task, block)
  ) STRICT;
  CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT;
  `,
  `
  ALTER TABLE tasks ADD COLUMN signature TEXT NOT NULL DEFAULT '';
  ALTER TABLE tasks ADD COLUMN expires_at_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE reports ADD COLUMN token BLOB NOT NULL DEFAULT x'';
  CREATE TABLE bucket_sums (
    batch BLOB NOT NULL, bucket INTEGER NOT NULL, reports INTEGER NOT NULL, sum BLOB NOT NULL,
    PRIMARY KEY (batch, bucket)
  ) STRICT;
  ALTER TABLE batches DROP COLUMN sum;
  CREATE TABLE spent_tokens (nonce BLOB PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];

const dim = 3;
const contentDim = 4;
const random = seededRandom(9);
const rowsOf = (count: number, width: number) =>
  Float64Array.from({ length: count * width }, () => random() - 0.5);

function bundleOf(count: number, round: number): { readonly bundle: Bundle; readonly learned: Uint8Array } {
  const catalogue = catalogueOf(count).map((card) => ({ ...card, price: 3 }));
  const factors = rowsOf(count, dim);
  const counts = Float64Array.from({ length: count }, (_, k) => 10 + k);
  const people = new Float64Array(count).fill(400);
  const bundle: Bundle = {
    ...{ round, items: count, contentDim, factorDim: dim, alpha0: 0.2, lambda: 0.006 },
    ...{ contentScale: 1, factorScale: 3.5, popularityWeight: 3000, popularityPower: 0.3 },
    catalogue,
    content: quantizeRows(rowsOf(count, contentDim), count, contentDim),
    factors: quantizeRows(factors, count, dim),
    popularity: Float32Array.from(counts, (value) => value / 400),
  };
  const writer = new ByteWriter().u32(dim).u32(count);
  for (const values of [factors, counts, people, new Float64Array(count)]) {
    writer.raw(new Uint8Array(Float64Array.from(values).buffer));
  }
  return { bundle, learned: writer.finish() };
}

test("the bundle in force becomes the first edition: the same cards, content, factors and counts; the others are forgotten", async () => {
  const data = temporaryDirectory();
  type Row = Readonly<Record<string, unknown>>;
  const path = join(data, "leader.sqlite");
  const old = openSqlite<Record<string, Row>>({ path, migrations: leader2 });
  const made = [bundleOf(20, 1), bundleOf(24, 2), bundleOf(12, 3)];
  const id = (at: number) => `${at}`.repeat(64);
  for (const [at, { bundle, learned }] of made.entries()) {
    const bytes = encodeBundle(bundle);
    const row = { id: id(at), created_at_ms: at, round: bundle.round, origin: "round", state: "published" };
    await old
      .insertInto("bundles")
      .values({ ...row, verdict: "{}", bytes, brotli: bytes, gzip: bytes, learned })
      .execute();
  }
  // The second was put in force again after the third: a roll back.
  for (const [seq, at] of [0, 1, 2, 1].entries()) {
    await old
      .insertInto("publications")
      .values({ seq: seq + 1, bundle: id(at), at_ms: seq })
      .execute();
  }
  await old.destroy();

  const config = testConfig(data);
  const server = await openServer(config);
  const { bundle } = made[1];
  const now = inForceOf(server);
  expect(now).toMatchObject({
    sequence: 1,
    edition: { model: { alpha0: 0.2, lambda: 0.006, factorScale: 3.5 } },
  });
  const { catalogue, content, factors, popularity, round } = now.model;
  expect({ catalogue, content, factors, round }).toEqual({
    catalogue: bundle.catalogue,
    content: bundle.content,
    factors: bundle.factors,
    round: 2,
  });
  for (const [row, share] of popularity.entries()) expect(share).toBeCloseTo(bundle.popularity[row], 4);
  expect(now.learned.items).toEqual(bundle.catalogue.map(({ item }) => item));
  expect([...now.learned.counts]).toEqual(Array.from({ length: 24 }, (_, k) => 10 + k));
  await server.parts.cycle.runIfDue();
  expect((await tasksOf(server.app)).tasks).toMatchObject([
    { settings: { items: 24, dim, factors: now.parts.factors.ref.id } },
  ]);

  // What is learned outlives the first import, which fits a content space of its own.
  await publishCatalogue(server.parts.editions, catalogueOf(26), { contentDim: 8, dim });
  const next = inForceOf(server);
  expect(next.parts.factors.ref).toEqual(now.parts.factors.ref);
  expect(next.space).not.toBe(now.space);
  expect(next.parts.predicted?.part.items).toEqual(["item-24", "item-25"]);
  for (const table of ["bundles", "publications"] as const) {
    expect(await server.parts.leaderStore.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  await server.parts.close();
  expect(inForceOf(await openServer(config)).id).toBe(next.id);
});
