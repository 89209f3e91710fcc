/**
 * Jobs: work that takes seconds, apart from what answers requests. A job is a function of plain data, so that it
 * does the same in a thread of its own (jobthread.ts) as here.
 *
 * One runs at a time, the next waits: two would take each other's processor and memory.
 */
import { Serial } from "./serial.ts";

/** What a job is at, and how far. */
export interface Step {
  readonly what: string;
  readonly done?: number | undefined;
  readonly of?: number | undefined;
}

export type Progress = (step: Step) => void;

/** Jobs by name. What goes in and out can be cloned (structured clone): no functions, no classes. */
export type JobTable<Table> = {
  readonly [Name in keyof Table]: (input: never, progress: Progress) => Promise<unknown>;
};

type Job = (input: never, progress: Progress) => Promise<unknown>;
export type InputOf<Of> = Of extends (input: infer Input, progress: Progress) => Promise<unknown>
  ? Input
  : never;
export type OutputOf<Of> = Of extends Job ? Awaited<ReturnType<Of>> : never;

/** A job that did not come to its end: its thread died, or the process ends. It says nothing of what it was given. */
export class JobCut extends Error {
  override readonly name = "JobCut";
}

/** What runs now. */
export interface RunningJob {
  readonly job: string;
  readonly sinceMs: number;
  readonly step: Step | null;
}

export interface Runner<Table> {
  /**
   * Rejects with what the job threw. From a thread come its message and stack, and its class where that is
   * JavaScript's own: what a caller must tell apart is part of a job's answer.
   */
  run<Name extends keyof Table & string>(
    name: Name,
    input: InputOf<Table[Name]>,
  ): Promise<OutputOf<Table[Name]>>;
  /** Null while nothing runs. */
  readonly running: RunningJob | null;
  /** Resolves when no job runs; what comes later is refused. */
  close(): Promise<void>;
}

/** Does one job, wherever. */
export type DoJob = (name: string, input: unknown, progress: Progress) => Promise<unknown>;

export interface RunnerOptions {
  readonly nowMs?: () => number;
  /** Hears every step. */
  readonly onStep?: (job: string, step: Step) => void;
}

/** Runs jobs one after another, by whatever does them. */
export class Jobs<Table extends JobTable<Table>> implements Runner<Table> {
  readonly #serial = new Serial();
  readonly #does: DoJob;
  readonly #nowMs: () => number;
  readonly #onStep: (job: string, step: Step) => void;
  #running: RunningJob | null = null;
  #isClosed = false;

  constructor(does: DoJob, { nowMs = Date.now, onStep = () => {} }: RunnerOptions = {}) {
    this.#does = does;
    this.#nowMs = nowMs;
    this.#onStep = onStep;
  }

  get running(): RunningJob | null {
    return this.#running;
  }

  async run<Name extends keyof Table & string>(
    name: Name,
    input: InputOf<Table[Name]>,
  ): Promise<OutputOf<Table[Name]>> {
    // Whoever does it does the job of that name in the same table.
    return (await this.#serial.run(() => this.#one(name, input))) as OutputOf<Table[Name]>;
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#serial.settled();
  }

  async #one(job: string, input: unknown): Promise<unknown> {
    if (this.#isClosed) throw new JobCut(`job ${job}: expected a process that goes on, got one that ends`);
    const sinceMs = this.#nowMs();
    this.#running = { job, sinceMs, step: null };
    try {
      return await this.#does(job, input, (step) => {
        this.#running = { job, sinceMs, step };
        this.#onStep(job, step);
      });
    } finally {
      this.#running = null;
    }
  }
}

/** Jobs done here: in tests, and in a process that answers nobody. */
export function jobsHere<Table extends JobTable<Table>>(
  table: Table,
  options: RunnerOptions = {},
): Runner<Table> {
  return new Jobs<Table>((name, input, progress) => jobIn(table, name)(input as never, progress), options);
}

/** @throws {RangeError} when the table has no job of that name. */
export function jobIn<Table extends JobTable<Table>>(table: Table, name: string): Job {
  const found = Object.entries(table).find(([known]) => known === name);
  if (found === undefined) throw new RangeError(`jobs: expected a known job, got ${name}`);
  return found[1] as Job;
}
