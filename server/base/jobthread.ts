/**
 * A thread that does jobs. It is started when the first one comes, kept for the next while they come often, and
 * let go after a minute without any: what it learned to hold is memory. Should it die, at work or idle, so does the
 * job it was at, and the next one begins a new thread.
 *
 * The entry file runs as this one does: compiled JavaScript as it stands, TypeScript through the loader.
 */
import { Worker } from "node:worker_threads";
import { messageOf } from "../../core/errors.ts";
import {
  JobCut,
  Jobs,
  type JobTable,
  type Progress,
  type Runner,
  type RunnerOptions,
  type Step,
} from "./jobs.ts";

/** What a thread is told: one job at a time. */
export interface ToThread {
  readonly name: string;
  readonly input: unknown;
}

/** What it answers with: any number of steps, then one end. */
export type FromThread =
  | { readonly state: "step"; readonly step: Step }
  | { readonly state: "done"; readonly output: unknown }
  | { readonly state: "failed"; readonly error: unknown };

export interface JobThreadOptions extends RunnerOptions {
  /** The file that calls `serveJobs`. */
  readonly entry: URL;
  /** Handed to it at its start (`workerData`). */
  readonly setup: unknown;
  /** So long an idle thread is kept. */
  readonly idleMs?: number;
}

/** The file beside another one, of the same extension: `.ts` as it stands, `.js` when compiled. */
export function entryBeside(url: string, name: string): URL {
  return new URL(`${name}${url.slice(url.lastIndexOf("."))}`, url);
}

export function jobThread<Table extends JobTable<Table>>({
  entry,
  setup,
  idleMs = 60_000,
  ...options
}: JobThreadOptions): Runner<Table> {
  const thread = new Thread(entry, setup, idleMs);
  const jobs = new Jobs<Table>((name, input, progress) => thread.do({ name, input }, progress), options);
  return {
    run: (name, input) => jobs.run(name, input),
    get running() {
      return jobs.running;
    },
    close: async () => {
      // At once: a stop does not wait for minutes of work, and nothing of it is stored before its end.
      const closed = jobs.close();
      await thread.end();
      await closed;
    },
  };
}

/** The job that a thread is at. */
interface AtWork {
  readonly name: string;
  readonly worker: Worker;
  readonly progress: Progress;
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: unknown) => void;
}

class Thread {
  readonly #entry: URL;
  readonly #setup: unknown;
  readonly #idleMs: number;
  #worker: Worker | null = null;
  #atWork: AtWork | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(entry: URL, setup: unknown, idleMs: number) {
    this.#entry = entry;
    this.#setup = setup;
    this.#idleMs = idleMs;
  }

  /** One job at a time. */
  do(job: ToThread, progress: Progress): Promise<unknown> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#worker ??= this.#started();
    const worker = this.#worker;
    worker.ref();
    return new Promise<unknown>((resolve, reject) => {
      this.#atWork = { name: job.name, worker, progress, resolve, reject };
      try {
        worker.postMessage(job);
      } catch (error) {
        // Input that cannot be cloned never reached the thread.
        this.#settle(({ reject: fail }) => fail(error));
      }
    });
  }

  /** Ends the thread, and the job that it is at. */
  async end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  /** Listened to for as long as it lives: what nobody listens to would end the process. */
  #started(): Worker {
    const worker = started(this.#entry, this.#setup);
    // Typed by serveJobs, which alone posts here.
    worker.on("message", (message: FromThread) => {
      switch (message.state) {
        case "step":
          return this.#atWork?.progress(message.step);
        case "done":
          return this.#settle(({ resolve }) => resolve(message.output));
        case "failed":
          return this.#settle(({ reject }) => reject(message.error));
      }
    });
    worker.on("messageerror", (error) => this.#settle(({ reject }) => reject(error)));
    worker.on("error", (error) => this.#died(worker, messageOf(error)));
    worker.on("exit", (code) => this.#died(worker, `exit code ${code}`));
    return worker;
  }

  #settle(end: (job: AtWork) => void): void {
    const job = this.#atWork;
    this.#atWork = null;
    this.#worker?.unref();
    this.#idle = setTimeout(() => void this.end(), this.#idleMs).unref();
    if (job !== null) end(job);
  }

  #died(worker: Worker, how: string): void {
    if (this.#worker === worker) this.#worker = null;
    const job = this.#atWork;
    // An error comes before the exit that follows from it: by then another thread may be at work.
    if (job === null || job.worker !== worker) return;
    this.#atWork = null;
    job.reject(new JobCut(`job ${job.name}: expected an answer of its thread, got ${how}`));
  }
}

function started(entry: URL, workerData: unknown): Worker {
  if (!entry.pathname.endsWith(".ts")) return new Worker(entry, { workerData });
  const first = new URL("./typescriptthread.js", import.meta.url);
  return new Worker(first, { workerData, argv: [entry.href], execArgv: [] });
}
