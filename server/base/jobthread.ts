/**
 * A thread that does jobs. It is started when the first one comes, kept for the next while they come often, and
 * let go after a minute without any: what it learned to hold is memory. Should it die, so does the job it was at,
 * and the next one begins a new thread.
 *
 * The entry file runs as this one does: compiled JavaScript as it stands, TypeScript through the loader.
 */
import { Worker } from "node:worker_threads";
import { Jobs, type JobTable, type Progress, type Runner, type RunnerOptions, type Step } from "./jobs.ts";

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
      await jobs.close();
      await thread.end();
    },
  };
}

class Thread {
  readonly #entry: URL;
  readonly #setup: unknown;
  readonly #idleMs: number;
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;

  constructor(entry: URL, setup: unknown, idleMs: number) {
    this.#entry = entry;
    this.#setup = setup;
    this.#idleMs = idleMs;
  }

  do(job: ToThread, progress: Progress): Promise<unknown> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#worker ??= started(this.#entry, this.#setup);
    const worker = this.#worker;
    worker.ref();
    return new Promise<unknown>((resolve, reject) => {
      const died = (error: Error) => {
        this.#worker = null;
        settle(() => reject(error));
      };
      const exited = (code: number) =>
        died(new Error(`job ${job.name}: expected an answer of its thread, got exit code ${code}`));
      // Typed by serveJobs, which alone posts here.
      const heard = (message: FromThread) => {
        switch (message.state) {
          case "step":
            return progress(message.step);
          case "done":
            return settle(() => resolve(message.output));
          case "failed":
            return settle(() => reject(message.error));
        }
      };
      const settle = (end: () => void) => {
        worker.off("message", heard).off("error", died).off("exit", exited).off("messageerror", died);
        worker.unref();
        this.#idle = setTimeout(() => void this.end(), this.#idleMs).unref();
        end();
      };
      worker.on("message", heard).on("error", died).on("exit", exited).on("messageerror", died);
      try {
        worker.postMessage(job);
      } catch (error) {
        // Input that cannot be cloned: the thread has not heard of it.
        settle(() => reject(error));
      }
    });
  }

  async end(): Promise<void> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function started(entry: URL, workerData: unknown): Worker {
  if (!entry.pathname.endsWith(".ts")) return new Worker(entry, { workerData });
  const first = new URL("./typescriptthread.js", import.meta.url);
  return new Worker(first, { workerData, argv: [entry.href], execArgv: [] });
}
