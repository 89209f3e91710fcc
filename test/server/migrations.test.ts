/**
 * Stores that an earlier version wrote are brought up to date; what it was working on is ended, what it
 * learned stays.
 */
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { uint32ToBytes } from "../../core/bytes.ts";
import { aggregatesOf, batchesOf } from "../../server/store/batches.ts";
import { findLearned } from "../../server/store/editions.ts";
import { helperMigrations, openHelperStore } from "../../server/store/helperstore.ts";
import { leaderMigrations, openLeaderStore } from "../../server/store/leaderstore.ts";
import {
  deleteFixed,
  deleteWaiting,
  fixReports,
  placesIn,
  reportsByLane,
  storeReport,
} from "../../server/store/reports.ts";
import { isSpentElsewhere, markSpent } from "../../server/store/spent.ts";
import { openSqlite } from "../../server/store/sqlite.ts";
import { findUnfinished, listTasks, nextRoundOf } from "../../server/store/tasks.ts";
import { newSince } from "../../server/store/vouched.ts";
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
  expect(await findUnfinished(store)).toEqual([]);
  expect(await nextRoundOf(store, "item-factors")).toBe(3);
  expect(await listTasks(store, 5)).toMatchObject([
    { kind: "item-factors", round: 2, state: "finished", outcome: "superseded: the protocol changed" },
    { kind: "item-factors", round: 1, state: "finished", outcome: null },
  ]);
  const place = { task: 1, block: 0, lane: 0, number: 0, state: "used" };
  const [aggregate] = await aggregatesOf(store, 1);
  expect(aggregate).toEqual({
    batch: { id, ...place, chunks: 1, reports: 6, offered: 6, counted: 5, leftOut: {} },
    sum,
  });
  expect((await batchesOf(store, 1)).length).toBe(1);
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
  for (const table of ["batches", "chunks", "counted", "tasks", "spent_tokens"] as const) {
    expect(await store.selectFrom(table).selectAll().execute()).toEqual([]);
  }
});

/** What protocol 2 added, as it was released. */
const leader2 = `
  ALTER TABLE tasks ADD COLUMN signature TEXT NOT NULL DEFAULT '';
  ALTER TABLE tasks ADD COLUMN expires_at_ms INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE reports ADD COLUMN token BLOB NOT NULL DEFAULT x'';
  CREATE TABLE bucket_sums (
    batch BLOB NOT NULL, bucket INTEGER NOT NULL, reports INTEGER NOT NULL, sum BLOB NOT NULL,
    PRIMARY KEY (batch, bucket)
  ) STRICT;
  ALTER TABLE batches DROP COLUMN sum;
  CREATE TABLE spent_tokens (nonce BLOB PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `;
const helper2 = `
  DROP TABLE answers;
  CREATE TABLE answers (
    batch BLOB PRIMARY KEY, task BLOB NOT NULL, request BLOB NOT NULL, answer BLOB NOT NULL
  ) STRICT;
  CREATE TABLE tasks (
    id BLOB PRIMARY KEY, document TEXT NOT NULL, signature TEXT NOT NULL, registered_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE spent_tokens (nonce BLOB PRIMARY KEY, expires_at_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `;

test("a leader's store of protocol 2: the open task is superseded, its reports and unsummed batches are gone, sums and tokens stay", async () => {
  const path = join(temporaryDirectory(), "leader.sqlite");
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: [leader1, leader2] });
  const tasks = [1, 2].map((round) => ({
    seq: round,
    id: `${round}`.repeat(64),
    task: JSON.stringify({ ...oldTask, round, buckets: 2, tokenKey: null, expiresAtMs: 5000 }),
    round,
    state: round === 1 ? "finished" : "open",
    opened_at_ms: 1000 * round,
    expires_at_ms: 5000,
    outcome: round === 1 ? "published" : null,
    signature: "00".repeat(64),
  }));
  await old.insertInto("tasks").values(tasks).execute();
  const ids = [1, 2, 3].map((byte) => new Uint8Array(16).fill(byte));
  const batches = [
    { id: ids[0], task: 1, block: 0, state: "used", reports: 12, counted: 11, left_out: '{"unsealable":1}' },
    { id: ids[1], task: 1, block: 1, state: "dropped", reports: 3, counted: null, left_out: '{"too-few":3}' },
    { id: ids[2], task: 2, block: 0, state: "closed", reports: 9, counted: null, left_out: "{}" },
  ];
  await old.insertInto("batches").values(batches).execute();
  const sums = [Uint32Array.of(5, 6), Uint32Array.of(7, 4_293_918_720)];
  await old
    .insertInto("bucket_sums")
    .values(
      sums.map((sum, bucket) => ({ batch: ids[0], bucket, reports: 6 - bucket, sum: uint32ToBytes(sum) })),
    )
    .execute();
  const share = new Uint8Array(3);
  const sealed = { leader_key: 1, helper_key: 2, leader_share: share, helper_seed: share, token: share };
  await old
    .insertInto("reports")
    .values({ task: 2, block: 0, id: ids[2], ...sealed })
    .execute();
  await old.insertInto("report_ids").values({ task: 1, id: ids[0] }).execute();
  const nonce = new Uint8Array(32).fill(8);
  await old.insertInto("spent_tokens").values({ nonce, expires_at_ms: 9000 }).execute();
  await old.destroy();

  const store = openLeaderStore(path);
  onTestFinished(() => store.destroy());
  expect(await findUnfinished(store)).toEqual([]);
  expect(await listTasks(store, 5)).toMatchObject([
    { round: 2, kind: "item-factors", outcome: "superseded: the protocol changed" },
    { round: 1, kind: "item-factors", outcome: "published" },
  ]);
  expect(
    (await aggregatesOf(store, 1)).map(({ batch: { block, lane, state, counted }, sum }) => ({
      ...{ block, lane, state, counted },
      sum: [...sum],
    })),
  ).toEqual([
    { block: 0, lane: 0, state: "used", counted: 6, sum: [...sums[0]] },
    { block: 0, lane: 1, state: "used", counted: 5, sum: [...sums[1]] },
  ]);
  expect(await batchesOf(store, 1)).toMatchObject([
    { lane: 0, reports: 7, counted: 6, leftOut: { unsealable: 1 } },
    { lane: 1, reports: 5, counted: 5, leftOut: {} },
    { block: 1, state: "dropped", leftOut: { "too-few": 3 } },
  ]);
  expect(await batchesOf(store, 2)).toMatchObject([{ state: "dropped", reports: 9 }]);
  expect(await store.selectFrom("reports").selectAll().execute()).toEqual([]);
  expect((await store.selectFrom("report_ids").selectAll().execute()).length).toBe(1);
  // A token of then is spent by a report that nobody has.
  expect(await isSpentElsewhere(store, { nonce, report: ids[0], task: 1, tokenKey: "" })).toBe(true);
});

test("a chunk that was on its way when reports still named their batch stays that chunk, and what waits goes on waiting", async () => {
  const path = join(temporaryDirectory(), "leader.sqlite");
  const step = leaderMigrations.findIndex((one) => one.includes("ADD COLUMN fixed_to"));
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: leaderMigrations.slice(0, step) });
  const idOf = (byte: number) => new Uint8Array(16).fill(byte);
  const counts = { chunks: 1, reports: 1, offered: 1, counted: 1, left_out: "{}" };
  for (const [id, lane, number, state] of [
    [1, 0, 0, "used"],
    [2, 0, 1, "open"],
    [3, 1, 0, "open"],
  ] as const) {
    await old
      .insertInto("batches")
      .values({ id: idOf(id), task: 1, block: 0, lane, number, state, ...counts })
      .execute();
  }
  const sealed = {
    leader_key: 1,
    helper_key: 1,
    leader_share: idOf(9),
    helper_seed: idOf(9),
    token: idOf(9),
  };
  for (let k = 0; k < 12; k++) {
    const batch = k % 2 === 0 && k < 6 ? idOf(2) : null;
    await old
      .insertInto("reports")
      .values({ task: 1, block: 0, lane: k % 2, batch, id: idOf(20 + k), ...sealed })
      .execute();
  }
  await old.destroy();
  const store = openLeaderStore(path);
  onTestFinished(() => store.destroy());
  const [first, second] = [
    { task: 1, block: 0, lane: 0, id: idOf(2) },
    { task: 1, block: 0, lane: 1, id: idOf(3) },
  ];
  expect(await reportsByLane(store, 1)).toEqual([
    { block: 0, lane: 0, fixed: 3, waiting: 3 },
    { block: 0, lane: 1, fixed: 0, waiting: 6 },
  ]);
  expect(await placesIn(store, first)).toEqual([1, 3, 5]);
  expect(await placesIn(store, second)).toEqual([]);
  // What waits in a lane can be dropped beside a chunk of it, and a chunk beside what waits.
  expect(await deleteWaiting(store, first)).toBe(3);
  await fixReports(store, second, 2);
  expect(await placesIn(store, second)).toEqual([2, 4]);
  await deleteFixed(store, second);
  expect(await reportsByLane(store, 1)).toEqual([
    { block: 0, lane: 0, fixed: 3, waiting: 0 },
    { block: 0, lane: 1, fixed: 0, waiting: 4 },
  ]);
  await deleteFixed(store, first);
  await deleteWaiting(store, second);
  expect(await reportsByLane(store, 1)).toEqual([]);
  // Numbers begin again in an empty table: what comes then is in no chunk.
  const body = { leaderKey: 1, helperKey: 1, leaderShare: idOf(9), helperSeed: idOf(9), token: idOf(9) };
  await storeReport(store, first, { id: idOf(99), ...body });
  expect(await reportsByLane(store, 1)).toEqual([{ block: 0, lane: 0, fixed: 0, waiting: 1 }]);
});

test("a helper's store of protocol 2 forgets tasks, answers and ids, and keeps spent tokens", async () => {
  const path = join(temporaryDirectory(), "helper.sqlite");
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: [helper1, helper2] });
  const bytes = new Uint8Array(32).fill(4);
  await old
    .insertInto("answers")
    .values({ batch: bytes, task: bytes, request: bytes, answer: bytes })
    .execute();
  await old.insertInto("counted").values({ task: bytes, report: bytes }).execute();
  await old
    .insertInto("tasks")
    .values({ id: bytes, document: "{}", signature: "", registered_at_ms: 1, expires_at_ms: 2 })
    .execute();
  await old.insertInto("spent_tokens").values({ nonce: bytes, expires_at_ms: 9000 }).execute();
  await old.destroy();
  const store = openHelperStore(path);
  onTestFinished(() => store.destroy());
  for (const table of ["batches", "chunks", "counted", "tasks", "vouched"] as const) {
    expect(await store.selectFrom(table).selectAll().execute()).toEqual([]);
  }
  const spent = { nonce: bytes, report: new Uint8Array(16), task: 1, tokenKey: "" };
  expect(await isSpentElsewhere(store, spent)).toBe(true);
});

/** Before which task a token was spent was told by the clock: three tasks, and what was spent around the second. */
const spentAround = {
  tasks: [1000, 2000, 3000],
  tokens: [
    { byte: 1, spent_at_ms: 0, lastTask: 0 },
    { byte: 2, spent_at_ms: 1999, lastTask: 1 },
    { byte: 3, spent_at_ms: 2000, lastTask: 2 },
    { byte: 4, spent_at_ms: 9000, lastTask: 3 },
  ],
} as const;
const bytesOf = (byte: number) => new Uint8Array(32).fill(byte);
const rowsSpent = spentAround.tokens.map(({ byte, spent_at_ms }) => {
  return { nonce: bytesOf(byte), report: bytesOf(byte), spent_at_ms, expires_at_ms: 9000 };
});

test("a leader's store of before tasks told which came first: a token serves the tasks up to the one it was spent on, what was learned is read", async () => {
  const path = join(temporaryDirectory(), "leader.sqlite");
  const step = leaderMigrations.findIndex((one) => one.includes("ADD COLUMN last_task"));
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: leaderMigrations.slice(0, step) });
  for (const [at, opened_at_ms] of spentAround.tasks.entries()) {
    const round = at + 1;
    const task = JSON.stringify({ ...oldTask, round });
    const names = { seq: round, id: `${round}`.repeat(64), task, round, kind: "item-factors" };
    await old
      .insertInto("tasks")
      .values({ ...names, state: "finished", opened_at_ms, expires_at_ms: 5000, signature: "" })
      .execute();
  }
  await old.insertInto("spent_tokens").values(rowsSpent).execute();
  await old
    .insertInto("learned")
    .values({ factors: "ab", state: bytesOf(7) })
    .execute();
  await old.destroy();
  const store = openLeaderStore(path);
  onTestFinished(() => store.destroy());
  const rows = await store.selectFrom("spent_tokens").selectAll().orderBy("nonce").execute();
  expect(rows.map(({ nonce, last_task, token_key }) => [nonce[0], last_task, token_key])).toEqual(
    spentAround.tokens.map(({ byte, lastTask }) => [byte, lastTask, ""]),
  );
  for (const { byte, lastTask } of spentAround.tokens) {
    for (const task of [1, 2, 3]) {
      const on = { nonce: bytesOf(byte), report: bytesOf(byte), task, tokenKey: "cd" };
      expect(await markSpent(store, { ...on, untilMs: 9000 })).toBe(task <= lastTask);
    }
  }
  // It had no digest: it is taken as it is.
  expect(await findLearned(store, "ab")).toEqual(bytesOf(7));
});

test("a helper's store of before tasks told which came first: tokens likewise, and what was vouched for came when the log says", async () => {
  const path = join(temporaryDirectory(), "helper.sqlite");
  const step = helperMigrations.findIndex((one) => one.includes("ADD COLUMN last_task"));
  type Row = Readonly<Record<string, unknown>>;
  const old = openSqlite<Record<string, Row>>({ path, migrations: helperMigrations.slice(0, step) });
  for (const [at, registered_at_ms] of spentAround.tasks.entries()) {
    const names = { seq: at + 1, id: bytesOf(at), document: "{}", signature: "" };
    await old
      .insertInto("tasks")
      .values({ ...names, registered_at_ms, expires_at_ms: 5000 })
      .execute();
  }
  await old.insertInto("spent_tokens").values(rowsSpent).execute();
  const entry = { kind: "plan", subject: "", id: "ab", hash: "cd" };
  await old
    .insertInto("vouched")
    .values({ ...entry, seq: 1, at_ms: 2500 })
    .execute();
  await old.destroy();
  const store = openHelperStore(path);
  onTestFinished(() => store.destroy());
  const rows = await store.selectFrom("spent_tokens").selectAll().orderBy("nonce").execute();
  expect(rows.map(({ nonce, last_task }) => [nonce[0], last_task])).toEqual(
    spentAround.tokens.map(({ byte, lastTask }) => [byte, lastTask]),
  );
  expect(await newSince(store, { kind: "plan", subject: "" }, 2499)).toEqual([2500]);
  expect(await newSince(store, { kind: "plan", subject: "" }, 2500)).toEqual([]);
});
