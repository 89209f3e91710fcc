/**
 * A leader and a helper under attack, and the book of what must come of it: for each shot the one answer that is documented,
 * and at the end, per bucket, the exact sum of what may be counted. The book is kept by the test, from what it sent; it asks
 * the server nothing.
 */
import { expect } from "vitest";
import { bucketsFor, bucketsOf } from "../../../core/sum/buckets.ts";
import { type Task, vectorLengthOf } from "../../../core/tasks/task.ts";
import { encodeReport, type Refusal, type Report } from "../../../core/wire/protocol.ts";
import { sha256 } from "../../../server/base/platform.ts";
import type { PartsOptions } from "../../../server/roles/leader.ts";
import { type Batch, type BucketSum, batchesOf } from "../../../server/store/batches.ts";
import {
  type OpenTasks,
  openServer,
  plainSum,
  randomValues,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "../harness.ts";
import { type Answered, type Door, type DoorName, doorsOf } from "./doors.ts";

/** Why a report that was accepted, and could not be opened yet, is left out of both sums. */
export type LeftOut = "unsealable" | "outside-field" | "not counted by the helper";

/** What must become of a report. */
export type Fate =
  | { readonly end: "counted"; readonly values: Int32Array }
  | { readonly end: "left-out"; readonly why: LeftOut }
  | { readonly end: "duplicate" }
  | { readonly end: "refused"; readonly why: Refusal; readonly status: number };

export interface Shot {
  /** What it is, for whoever reads a failure. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly id: Uint8Array;
  readonly block: number;
  readonly fate: Fate;
}

/** A report that counts. */
export interface Counted {
  readonly id: Uint8Array;
  readonly block: number;
  readonly values: Int32Array;
}

export interface Ground {
  readonly server: TestServer;
  readonly tasks: OpenTasks;
  readonly doors: Readonly<Record<DoorName, Door>>;
  /** The task that was closed before this one, and a report that it counted. */
  readonly before: { readonly tasks: OpenTasks; readonly report: Report };
  readonly book: Book;
}

export const statuses: Readonly<Record<Refusal, number>> = {
  malformed: 400,
  "wrong-block": 400,
  "wrong-length": 400,
  "unknown-key": 400,
  "no-token": 401,
  "bad-token": 401,
  "unknown-task": 404,
  "task-closed": 409,
  "batch-full": 409,
  "token-spent": 409,
};

export function refused(why: Refusal, status = statuses[why]): Fate {
  return { end: "refused", why, status };
}

/** What was sent and what must come of it. */
export class Book {
  readonly counted: Counted[] = [];
  readonly leftOut: { readonly block: number; readonly why: LeftOut }[] = [];
  readonly refused = new Map<string, number>();
  shots = 0;

  enter({ id, block, fate }: Pick<Shot, "id" | "block" | "fate">): void {
    this.shots++;
    if (fate.end === "counted") this.counted.push({ id, block, values: fate.values });
    if (fate.end === "left-out") this.leftOut.push({ block, why: fate.why });
    if (fate.end === "refused") this.refused.set(fate.why, (this.refused.get(fate.why) ?? 0) + 1);
  }

  leftOutOf(block: number): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { why } of this.leftOut.filter((one) => one.block === block)) {
      counts[why] = (counts[why] ?? 0) + 1;
    }
    return counts;
  }
}

/** Room for thousands of reports, three buckets, no noise. */
export const groundSettings = {
  training: { dim: 3, blockLimit: 10, buckets: 3 },
  round: { minBatch: 4, maxBatch: 10_000, batchSize: 100_000, quietSeconds: 3600, roundSeconds: 86_400 },
};

export interface GroundOptions extends PartsOptions {
  /** Where good browsers have their tokens from; by default the task asks for none. */
  readonly token?: (server: TestServer) => Promise<Uint8Array>;
}

/** A server in its second round. */
export async function openGround(
  settings: Readonly<Record<string, unknown>> = {},
  { token = async () => new Uint8Array(0), ...options }: GroundOptions = {},
): Promise<Ground> {
  const config = testConfig(temporaryDirectory(), { ...groundSettings, ...settings });
  const server = await openServer(config, options);
  const first = await tasksOf(server.app);
  const reports = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const values = randomValues(first, 2 ** 12);
      return reportOf({ tasks: first, block: 0, values, token: await token(server) });
    }),
  );
  const { direct } = doorsOf(server.app, first);
  for (const report of reports) {
    expect((await direct(encodeReport(report))).answer).toEqual({ state: "accepted" });
  }
  expect(await server.parts.rounds.closeNow()).toBe(true);
  const tasks = await tasksOf(server.app);
  expect(tasks.tasks.map(({ round }) => round)).not.toEqual(first.tasks.map(({ round }) => round));
  const doors = doorsOf(server.app, tasks);
  return { server, tasks, doors, before: { tasks: first, report: reports[0] }, book: new Book() };
}

/** A report as a good browser makes it. */
export async function honestShot(
  { tasks }: Pick<Ground, "tasks">,
  block: number,
  token = new Uint8Array(0),
): Promise<Shot> {
  const values = randomValues(tasks);
  const report = await reportOf({ tasks, block, values, token });
  return shotOf("honest", report, { end: "counted", values });
}

export function shotOf(name: string, report: Report, fate: Fate): Shot {
  return { name, bytes: encodeReport(report), id: report.id, block: report.block, fate };
}

/** Sends a shot, requires the documented answer, and enters it in the book. */
export async function fire({ doors, book }: Ground, shot: Shot, door: DoorName): Promise<void> {
  const answered = await doors[door](shot.bytes);
  expect({ shot: shot.name, door, ...told(answered) }).toEqual({
    shot: shot.name,
    door,
    ...promised(shot.fate),
  });
  book.enter(shot);
}

function told({ status, answer }: Answered): Readonly<Record<string, unknown>> {
  return { status, state: answer.state, why: answer.state === "refused" ? answer.why : null };
}

function promised(fate: Fate): Readonly<Record<string, unknown>> {
  switch (fate.end) {
    case "counted":
    case "left-out":
      return { status: 200, state: "accepted", why: null };
    case "duplicate":
      return { status: 200, state: "duplicate", why: null };
    case "refused":
      return { status: fate.status, state: "refused", why: fate.why };
  }
}

/** Closes the round and returns its batches, sums and all. */
export async function closeRound({ parts }: TestServer): Promise<readonly Batch[]> {
  const current = await parts.task.get();
  if (current === undefined) throw new Error("expected a task in force");
  expect(await parts.rounds.closeNow()).toBe(true);
  return batchesOf(parts.leaderStore, current.seq);
}

/** The sums that a batch must have: element by element, by the plainest means. */
export async function exactBuckets(
  counted: readonly Counted[],
  batch: Pick<Batch, "id" | "block">,
  task: Task,
): Promise<readonly BucketSum[]> {
  const theirs = counted.filter(({ block }) => block === batch.block);
  const buckets = bucketsFor(theirs.length, task);
  const ids = theirs.map(({ id }) => id);
  const bucketOf = await bucketsOf(ids, { batch: batch.id, buckets, sha256 });
  return Array.from({ length: buckets }, (_, bucket) => {
    const vectors = theirs.filter((_one, at) => bucketOf[at] === bucket).map(({ values }) => values);
    return { reports: vectors.length, sum: plainSum(vectors, vectorLengthOf(task)) };
  });
}

/** Closes the round: each aggregate is exactly what the book says, and so are the counters of what was not counted. */
export async function requireExact({ server, tasks, book }: Ground): Promise<readonly Batch[]> {
  expect(server.parts.intake.refused).toEqual(Object.fromEntries(book.refused));
  const batches = await closeRound(server);
  await requireBatches(batches, { book, task: tasks.tasks[0] });
  return batches;
}

/** Every batch holds, bucket by bucket, what the book says, and leaves out what it says, for the reasons it says. */
export async function requireBatches(
  batches: readonly Batch[],
  { book, task }: { readonly book: Book; readonly task: Task },
): Promise<void> {
  for (const batch of batches) {
    const leftOut = book.leftOutOf(batch.block);
    const counted = book.counted.filter(({ block }) => block === batch.block).length;
    expect(batch.reports).toBe(counted + Object.values(leftOut).reduce((sum, count) => sum + count, 0));
    if (counted < task.minBatch) {
      expect(batch.state).toBe("dropped");
      continue;
    }
    expect(batch).toMatchObject({ state: "used", counted, leftOut });
    expect(batch).toHaveProperty("buckets", await exactBuckets(book.counted, batch, task));
  }
  const blocks = [...book.counted, ...book.leftOut].map(({ block }) => block);
  expect(new Set(batches.map(({ block }) => block))).toEqual(new Set(blocks));
}
