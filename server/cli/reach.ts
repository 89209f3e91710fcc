/**
 * Where a command does its work: on the data directory, or, where a server has that, through its admin API.
 * The server is asked at the configured host and port, with the admin token of TACIT_ADMIN_TOKEN or of the
 * file `admin-token` in the data directory.
 */
import { createReadStream, existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import type { Config } from "../base/config.ts";
import type { Step } from "../base/jobs.ts";
import { type Log, openLog, silent } from "../base/log.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { openParts, type Parts, type PartsOptions } from "../roles/leader.ts";
import { DirectoryTaken } from "../store/sqlite.ts";
import type { Surroundings } from "./command.ts";
import { type Flags, textFlag } from "./flags.ts";

type Env = Readonly<Record<string, string | undefined>>;

export type Reached =
  | { readonly at: "directory"; readonly parts: Parts }
  | { readonly at: "server"; readonly api: AdminApi };

export interface ReachOptions extends PartsOptions {
  readonly env: Env;
  readonly say: (line: string) => void;
  /** So long another command that has the directory is waited for. */
  readonly waitMs: number;
}

const tryAgainMs = 200;

/**
 * Two commands on one directory are done one after the other.
 *
 * @throws {OperatorError} when another process has the directory, no server of ours answers, and waiting did
 * not help.
 */
export async function openOrReach(
  command: string,
  config: Config,
  { env, say, waitMs, ...options }: ReachOptions,
): Promise<Reached> {
  const endMs = performance.now() + waitMs;
  for (let isFirst = true; ; isFirst = false) {
    try {
      return { at: "directory", parts: await openParts(config, options) };
    } catch (error) {
      if (!(error instanceof DirectoryTaken)) throw error;
      const api = new AdminApi(command, config, tokenFrom(config, env));
      const refusal = await refusalOf(api);
      if (refusal === null) return { at: "server", api };
      // A server goes on; what holds the directory and answers nobody is a command, which ends.
      if (performance.now() >= endMs || (await api.isThere())) {
        throw new OperatorError(`${error.message}; ${refusal}; ${otherPort(command, config)}`);
      }
      if (isFirst) {
        const waiting = `waiting ${waitMs / 1000} s for it`;
        say(`${command}: another tacit works on ${config.data}: ${waiting} (${otherPort(command, config)})`);
        options.log?.("command waits", { command, seconds: waitMs / 1000 });
      }
    }
    await new Promise((resolve) => setTimeout(resolve, tryAgainMs));
  }
}

/** Where the server is that has the directory, if it is one. */
function otherPort(command: string, { port }: Pick<Config, "port">): string {
  return `a server that is not at port ${port}: give ${command} its --port`;
}

/** Why no server of ours has the directory; null where one has. */
async function refusalOf(api: AdminApi): Promise<string | null> {
  try {
    await api.get("/work");
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

/** The flag by which a command is told how long to wait for another. */
export const waitFlag = { wait: { type: "string" } } as const;

/** @throws {OperatorError} for what is no number of seconds. */
export function waitMsIn(command: string, flags: Flags): number {
  const given = textFlag(flags, "wait") ?? "30";
  if (/^\d{1,5}$/.test(given)) return Number(given) * 1000;
  throw new OperatorError(`${command}: --wait must be a number of seconds, got ${JSON.stringify(given)}`);
}

/**
 * How a command tells what goes on, beside its result: a person in lines, a collector in events alone; both
 * on the side of errors, so that who reads the result reads nothing else.
 */
export function voiceOf(
  { log: options }: Pick<Config, "log">,
  { err }: Pick<Surroundings, "err">,
): { readonly log: Log; readonly say: (line: string) => void } {
  if (options.format === "text") return { log: silent, say: err };
  return { log: openLog({ ...options, write: err }), say: () => {} };
}

export interface ApiAnswer {
  readonly status: number;
  readonly json: unknown;
}

export interface ApiBody {
  readonly bytes: Uint8Array | Readable;
  readonly type?: string;
}

const problemSchema = v.object({ detail: v.string(), faults: v.optional(v.array(v.string())) });
/** What a server is at; null for nothing. */
export const runningSchema = v.nullable(
  v.object({
    job: v.string(),
    step: v.nullable(
      v.object({ what: v.string(), done: v.optional(v.number()), of: v.optional(v.number()) }),
    ),
  }),
);
const workSchema = v.object({ running: runningSchema });
const lookMs = 500;

export class AdminApi {
  readonly #command: string;
  readonly #origin: string;
  readonly #base: string;
  readonly #token: string | undefined;

  // Each asks on a connection of its own (`agent: false`): what this process does between two of them may
  // take longer than a server keeps one open that is idle.
  constructor(command: string, { host, port }: Pick<Config, "host" | "port">, token: string | undefined) {
    const reached = ["0.0.0.0", "::"].includes(host) ? "127.0.0.1" : host;
    this.#command = command;
    this.#origin = `http://${reached.includes(":") ? `[${reached}]` : reached}:${port}`;
    this.#base = `${this.#origin}/v1/admin`;
    this.#token = token;
  }

  /** Whether a server answers, whatever it says. */
  isThere(): Promise<boolean> {
    return new Promise((resolve) => {
      const asking = request(`${this.#origin}/health/live`, { agent: false }, (answer) => {
        answer.resume();
        resolve(true);
      });
      asking.on("error", () => resolve(false)).end();
    });
  }

  /** @throws {OperatorError} when nobody answers, or with another status. */
  async get(path: string): Promise<unknown> {
    return this.#asked("GET", path);
  }

  /** Bytes of a published part. @throws {OperatorError} when nobody answers, or with another status. */
  part(id: string): Promise<Uint8Array> {
    const url = `${this.#origin}/v1/parts/${id}`;
    return new Promise((resolve, reject) => {
      const fail = (got: string) =>
        reject(new OperatorError(`${this.#command}: a part must be at ${url}, got ${got}`));
      request(url, { agent: false }, (answer) => {
        if (answer.statusCode === 200) {
          buffer(answer).then(resolve, (error: unknown) => fail(messageOf(error)));
          return;
        }
        answer.resume();
        fail(String(answer.statusCode));
      })
        .on("error", (error) => fail(messageOf(error)))
        .end();
    });
  }

  /**
   * Posts, and says meanwhile what the server is at.
   *
   * @throws {OperatorError} in the server's words when it refuses.
   */
  async post(path: string, body: ApiBody | null, say: (line: string) => void): Promise<unknown> {
    const ended = new AbortController();
    void this.#tellSteps(say, ended.signal);
    try {
      return await this.#asked("POST", path, body);
    } finally {
      ended.abort();
    }
  }

  /**
   * Until the work has ended. Whoever cannot be asked how far it is says nothing: the answer is what counts.
   */
  async #tellSteps(say: (line: string) => void, ended: AbortSignal): Promise<void> {
    let last = "";
    while (!ended.aborted) {
      await new Promise((resolve) => setTimeout(resolve, lookMs).unref());
      const { running } = await this.get("/work").then(
        (work) => v.parse(workSchema, work),
        () => ({ running: null }),
      );
      const line = running?.step == null ? "" : stepText(running.step);
      if (!ended.aborted && line !== "" && line !== last) say(line);
      last = line;
    }
  }

  async #asked(method: string, path: string, body: ApiBody | null = null): Promise<unknown> {
    const { status, json } = await this.#ask(method, path, body);
    if (status === 200) return json;
    const problem = v.safeParse(problemSchema, json);
    if (!problem.success || status === 401) {
      throw new OperatorError(`${this.#command}: ${this.#base}${path} must answer with 200, got ${status}`);
    }
    const { detail, faults = [`${this.#command}: ${detail}`] } = problem.output;
    throw new OperatorError(faults.join("\n"));
  }

  /** By node:http, which waits for an answer as long as the work takes. */
  async #ask(method: string, path: string, body: ApiBody | null): Promise<ApiAnswer> {
    const url = `${this.#base}${path}`;
    if (this.#token === undefined) {
      throw new OperatorError(
        `${this.#command}: the admin token must be in TACIT_ADMIN_TOKEN or the data directory, got neither`,
      );
    }
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(body?.type === undefined ? {} : { "content-type": body.type }),
    };
    return new Promise<ApiAnswer>((resolve, reject) => {
      const fail = (error: unknown) =>
        reject(
          new OperatorError(`${this.#command}: a server must answer at ${url}, got ${messageOf(error)}`),
        );
      const asking = request(url, { agent: false, method, headers }, (answer) => {
        text(answer).then(
          (content) => resolve({ status: answer.statusCode ?? 0, json: jsonIn(content) }),
          fail,
        );
      });
      asking.on("error", fail);
      const bytes = body?.bytes ?? new Uint8Array(0);
      if (bytes instanceof Uint8Array) asking.end(bytes);
      else pipeline(bytes, asking).catch(fail);
    });
  }
}

/** A file as the body of a post. */
export function fileBody(path: string, charset: string | undefined): ApiBody {
  const type = charset === undefined ? {} : { type: `application/octet-stream; charset=${charset}` };
  return { bytes: createReadStream(path), ...type };
}

/** What a job is at, in words. */
export function stepText({ what, done, of }: Step): string {
  if (of === undefined) return what;
  return done === undefined ? `${what} of ${of}` : `${what}, ${done} of ${of}`;
}

export function tokenFrom({ data }: Pick<Config, "data">, env: Env): string | undefined {
  const file = join(data, "admin-token");
  return env.TACIT_ADMIN_TOKEN ?? (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
}

function jsonIn(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return null;
  }
}
