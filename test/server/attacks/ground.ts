/**
 * A leader and a helper under attack, and the book of what must come of it: for each shot the one answer that
 * is documented, and at the end, per lane, the exact sum of what may be counted. The book is kept by the
 * test, from what it sent; it asks the server nothing.
 */
import { expect } from "vitest";
import { encodeReport, type Refusal, type Report } from "../../../core/wire/report.ts";
import type { PartsOptions } from "../../../server/roles/leader.ts";
import { type Aggregate, aggregatesOf, type Batch, batchesOf } from "../../../server/store/batches.ts";
import type { LeaderStore } from "../../../server/store/leaderstore.ts";
import type { StoredTask } from "../../../server/store/tasks.ts";
import {
  laneIn,
  type OpenTasks,
  openServer,
  openTask,
  plainSum,
  randomValues,
  reportOf,
  type TestServer,
  tasksOf,
  temporaryDirectory,
  testConfig,
} from "../harness.ts";
import { type Answered, type Way, type WayName, waysOf } from "./ways.ts";

/** Why a report that was accepted, and could not be opened yet, is left out of both sums. */
export type LeftOut = "unsealable" | "outside-field" | "helper: bad-seal";

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
  readonly ways: Readonly<Record<WayName, Way>>;
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
  readonly leftOut: { readonly id: Uint8Array; readonly block: number; readonly why: LeftOut }[] = [];
  readonly refused = new Map<string, number>();
  shots = 0;

  enter({ id, block, fate }: Pick<Shot, "id" | "block" | "fate">): void {
    this.shots++;
    if (fate.end === "counted") this.counted.push({ id, block, values: fate.values });
    if (fate.end === "left-out") this.leftOut.push({ id, block, why: fate.why });
    if (fate.end === "refused") this.refused.set(fate.why, (this.refused.get(fate.why) ?? 0) + 1);
  }

  /** What must be left out of a lane, by reason. */
  leftOutOf({ block, lane }: Place, task: StoredTask): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { id, why } of this.leftOut.filter((one) => one.block === block)) {
      if (laneIn(task, id) === lane) counts[why] = (counts[why] ?? 0) + 1;
    }
    return counts;
  }
}

export type Place = Pick<Batch, "block" | "lane">;

/** Room for thousands of reports, two lanes, small chunks, no noise. */
export const groundSettings = {
  training: { dim: 3, blockLimit: 10, lanes: 2 },
  round: {
    ...{ minBatch: 4, maxBatch: 10_000, batchSize: 100_000, quietSeconds: 3600, roundSeconds: 86_400 },
    chunkSize: 20,
  },
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
    Array.from({ length: 24 }, async () => {
      const values = randomValues(first, 2 ** 12);
      return reportOf({ tasks: first, block: 0, values, token: await token(server) });
    }),
  );
  const { direct } = waysOf(server.app, first);
  for (const report of reports) {
    expect((await direct(encodeReport(report))).answer).toEqual({ state: "accepted" });
  }
  expect(await server.parts.cycle.closeNow()).toBe(true);
  const tasks = await tasksOf(server.app);
  expect(tasks.tasks.map(({ round }) => round)).not.toEqual(first.tasks.map(({ round }) => round));
  const ways = waysOf(server.app, tasks);
  return { server, tasks, ways, before: { tasks: first, report: reports[0] }, book: new Book() };
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
  return { name, bytes: encodeReport(report), id: report.id, block: report.sums[0].block, fate };
}

/** Sends a shot, requires the documented answer, and enters it in the book. */
export async function fire({ ways, book }: Ground, shot: Shot, way: WayName): Promise<void> {
  const answered = await ways[way](shot.bytes);
  expect({ shot: shot.name, way, ...outcomeOf(answered) }).toEqual({
    shot: shot.name,
    way,
    ...promised(shot.fate),
  });
  book.enter(shot);
}

function outcomeOf({ status, answer }: Answered): Readonly<Record<string, unknown>> {
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

/** What a round came to: each batch, and the sums that were released of it. */
export interface Round {
  readonly task: StoredTask;
  readonly batches: readonly Batch[];
  readonly aggregates: readonly Aggregate[];
}

/** The round of a task, as it is written down. */
export async function roundOf(store: LeaderStore, task: StoredTask): Promise<Round> {
  const { seq } = task;
  return { task, batches: await batchesOf(store, seq), aggregates: await aggregatesOf(store, seq) };
}

/** Closes the round and returns its batches, sums and all. */
async function closeRound(server: TestServer): Promise<Round> {
  const task = await openTask(server);
  const { cycle, leaderStore } = server.parts;
  expect(await cycle.closeNow()).toBe(true);
  return roundOf(leaderStore, task);
}

/** The sum that a lane must have: element by element, by the plainest means. */
export function exactSum(counted: readonly Counted[], { block, lane }: Place, task: StoredTask): Uint32Array {
  const theirs = counted.filter((one) => one.block === block && laneIn(task, one.id) === lane);
  const vectors = theirs.map(({ values }) => values);
  return plainSum(vectors, task.task.length);
}

function reportsByBlock({ counted }: Book): readonly number[] {
  const blocks = new Map<number, number>();
  for (const { block } of counted) blocks.set(block, (blocks.get(block) ?? 0) + 1);
  return [...blocks.values()];
}

/**
 * Closes the round: each aggregate is exactly what the book says, and so are the counters of what was not
 * counted.
 */
export async function requireExact({ server, book }: Ground): Promise<Round> {
  expect(
    Math.max(...reportsByBlock(book)),
    "enough that a round closes whatever lanes they fall in",
  ).toBeGreaterThan(groundSettings.training.lanes * (groundSettings.round.minBatch - 1));
  expect(server.parts.intake.refused).toEqual(Object.fromEntries(book.refused));
  const round = await closeRound(server);
  requireRound(round, book);
  return round;
}

/** Every batch holds what the book says, and leaves out what it says, for the reasons it says. */
export function requireRound({ task, batches, aggregates }: Round, book: Book): void {
  for (const batch of batches) {
    const leftOut = book.leftOutOf(batch, task);
    const counted = book.counted.filter(
      ({ id, block }) => block === batch.block && laneIn(task, id) === batch.lane,
    );
    const left = Object.values(leftOut).reduce((sum, count) => sum + count, 0);
    expect(batch).toMatchObject({ number: 0, reports: counted.length + left, counted: counted.length });
    if (counted.length < task.task.minBatch) {
      expect(batch.state).toBe("dropped");
      continue;
    }
    expect(batch).toMatchObject({ state: "used", leftOut });
    const aggregate = aggregates.find(({ batch: { id } }) => Buffer.compare(id, batch.id) === 0);
    expect(aggregate?.sum).toEqual(exactSum(book.counted, batch, task));
  }
  const places = [...book.counted, ...book.leftOut].map(({ id, block }) => `${block} ${laneIn(task, id)}`);
  expect(new Set(batches.map(({ block, lane }) => `${block} ${lane}`))).toEqual(new Set(places));
}
