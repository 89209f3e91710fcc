/** Stores that an earlier version wrote are brought up to date; what it was working on is ended, what it learned stays. */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { uint32ToBytes } from "../../core/bytes.ts";
import { batchesOf } from "../../server/store/batches.ts";
import { openHelperStore } from "../../server/store/helperstore.ts";
import { openLeaderStore } from "../../server/store/leaderstore.ts";
import { openSqlite } from "../../server/store/sqlite.ts";
import { findCurrentTask, listTasks, nextTaskRound } from "../../server/store/tasks.ts";
import { temporaryDirectory } from "./harness.ts";

/** The stores of protocol 1, as they were released. */
const leader1 = `
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
  `;
const helper1 = `
  CREATE TABLE answers (batch BLOB PRIMARY KEY, request BLOB NOT NULL, answer BLOB NOT NULL) STRICT;
  CREATE TABLE counted (task BLOB NOT NULL, report BLOB NOT NULL, PRIMARY KEY (task, report)) STRICT, WITHOUT ROWID;
  CREATE TABLE probes (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL) STRICT;
  `;

/** A task of protocol 1: no expiry, no buckets, no tokens. */
const oldTask = {
  ...{
    kind: "item-factors",
    bundle: "ab".repeat(32),
    items: 30,
    dim: 3,
    blockSize: 10,
    alpha0: 0.3,
    lambda: 0.003,
  },
  ...{
    clipL2: 1,
    countScale: 0.1,
    weightScale: 0.25,
    fractionBits: 15,
    minBatch: 4,
    maxBatch: 60,
    noiseMultiplier: 0,
  },
};

test("a leader's store of protocol 1 keeps its history and its sums; its open task is finished and its reports are gone", async () => {
  const path = join(temporaryDirectory(), "leader.sqlite");
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: [leader1] });
  const tasks = [1, 2].map((round) => ({
    seq: round,
    id: `${round}`.repeat(64),
    task: JSON.stringify({ ...oldTask, round }),
    round,
    state: round === 1 ? "finished" : "open",
    opened_at_ms: 1000 * round,
    outcome: null,
  }));
  await old.insertInto("tasks").values(tasks).execute();
  const sum = Uint32Array.of(5, 4_293_918_720);
  const id = new Uint8Array(16).fill(9);
  const batch = { id, task: 1, block: 0, state: "used", reports: 6, counted: 5, left_out: "{}" };
  await old
    .insertInto("batches")
    .values({ ...batch, sum: uint32ToBytes(sum) })
    .execute();
  const share = new Uint8Array(3);
  const sealed = { leader_key: 1, helper_key: 2, leader_share: share, helper_seed: share };
  await old
    .insertInto("reports")
    .values({ task: 2, block: 0, id, ...sealed })
    .execute();
  await old.destroy();

  const store = openLeaderStore(path);
  onTestFinished(() => store.destroy());
  expect(await findCurrentTask(store)).toBe(undefined);
  expect(await nextTaskRound(store)).toBe(3);
  expect(await listTasks(store, 5)).toMatchObject([
    { state: "finished", outcome: "superseded: the protocol changed", task: { ...oldTask, round: 2 } },
    { state: "finished", outcome: null, task: { ...oldTask, round: 1, buckets: 1, tokenKey: null } },
  ]);
  expect(await batchesOf(store, 1)).toEqual([
    {
      id,
      task: 1,
      block: 0,
      state: "used",
      reports: 6,
      counted: 5,
      leftOut: {},
      buckets: [{ reports: 5, sum }],
    },
  ]);
  expect(await store.selectFrom("reports").selectAll().execute()).toEqual([]);
});

test("a helper's store of protocol 1 forgets what nothing can be asked about", async () => {
  const path = join(temporaryDirectory(), "helper.sqlite");
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: [helper1] });
  const bytes = new Uint8Array(16);
  await old.insertInto("answers").values({ batch: bytes, request: bytes, answer: bytes }).execute();
  await old.insertInto("counted").values({ task: bytes, report: bytes }).execute();
  await old.destroy();
  const store = openHelperStore(path);
  onTestFinished(() => store.destroy());
  for (const table of ["answers", "counted", "tasks", "spent_tokens"] as const) {
    expect(await store.selectFrom(table).selectAll().execute()).toEqual([]);
  }
});
