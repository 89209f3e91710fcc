/**
 * What the private side takes from the world around it. A browser hands over its own; tests and the crowd,
 * theirs.
 */

import type { RandomFill } from "../core/bytes.ts";
import { messageOf } from "../core/errors.ts";
import type { LocalTimeOf } from "../core/time.ts";
import type { WorkerFile, WorkerNotice } from "./api.ts";

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A token on its way: what goes to the issuer, and what makes a token of the answer. */
export interface PendingToken {
  /**
   * The body of the token request. It says nothing about the token: its number is multiplied by a random one.
   */
  readonly request: Uint8Array<ArrayBuffer>;
  /** @throws when the answer is not the issuer's signature over this request. */
  readonly finish: (response: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;
}

/** What tokens.js exports. */
export interface PrivacyPass {
  readonly begin: (issuerName: string, tokenKey: Uint8Array) => Promise<PendingToken>;
}

/** An encoder that runs elsewhere. Everything rejects once that has died. */
export interface EncoderProcess {
  /**
   * @param part as it is published (core/encoder/published.ts).
   * @param wasm address of encoder.wasm.
   * @throws {Error} when the encoder is not what its manifest says, or cannot run here.
   */
  readonly open: (part: Uint8Array, wasm: string) => Promise<void>;
  /** The text's vector, of length 1. */
  readonly encode: (text: string) => Promise<Float32Array>;
  readonly stop: () => void;
}

export interface Edges {
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: () => number;
  /** Cryptographic randomness. */
  readonly fill: RandomFill;
  readonly fetch: Fetch;
  /** Hour and weekday where the person is; the device's own zone unless given. */
  readonly localTimeOf?: LocalTimeOf;
  /** Lets time pass; that of the platform unless given. */
  readonly wait?: (ms: number) => Promise<void>;
  /** When what is due happens; by the site's set-up unless given (contribute/pace.ts). */
  readonly pace?: Pace;
  /**
   * What blinds tokens (contribute/privacypass.ts), a file of its own because it weighs more than all else;
   * `url` says where the site has it.
   */
  readonly loadPrivacyPass?: (url: string | undefined) => Promise<PrivacyPass>;
  /** Other files of their own, by name. */
  readonly loadFile?: (name: LazyFile, url: string | undefined) => Promise<unknown>;
  /** Runs encoder.js of that address; in a worker of its own unless given. */
  readonly startEncoder?: (url: string) => EncoderProcess;
  /** BCP 47: the language that the person prefers, as their browser says; null: it does not. */
  readonly language?: () => string | null;
  /** Whether the person asked their browser for as few bytes as possible; they did not unless given. */
  readonly savesData?: () => boolean;
}

/** Code of the SDK that the worker loads when it is asked for. */
export type LazyFile =
  | "ranking.js"
  | "contributing.js"
  | "shown.js"
  | "moving.js"
  | "parquet.js"
  | "words.js"
  | "experiments.js";

/** A stretch of time, of which a time is drawn uniformly. */
export interface Span {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** From when to when what is due may happen. */
export interface Pace {
  /** After a visit began: the open tasks are asked for. */
  readonly ask: Span;
  /** After they were: a token is fetched, where one is needed. */
  readonly token: Span;
  /** After a visit began: the report leaves. */
  readonly report: Span;
  /** After a page began whose visit went on without one when the report was due. */
  readonly missed: Span;
  /** After there was nothing to say yet; from the fifth time on twice as long each time. */
  readonly empty: Span;
  /** After all that is asked was answered: the open tasks are asked for again. */
  readonly askAgain: Span;
  /** So long one answer is good to make a report from. */
  readonly keepAnswerMs: number;
  /** Whether a page waits for what is not due yet; false: each asks anew. */
  readonly waits: boolean;
}

/** The browser's own. */
export function platformEdges(): Edges {
  const ask = fetch.bind(globalThis);
  return {
    nowMs: () => Date.now(),
    fill: platformFill,
    fetch: (url, init) => ask(url, init).catch((cause) => Promise.reject(unanswered(url, cause))),
    loadPrivacyPass: (url) => loaded("tokens.js", url) as Promise<PrivacyPass>,
    loadFile: loaded,
    savesData,
  };
}

/** https://wicg.github.io/savedata/: no more than what one browser family has. */
function savesData(): boolean {
  const connection: unknown = "connection" in navigator ? navigator.connection : null;
  return (
    typeof connection === "object" &&
    connection !== null &&
    "saveData" in connection &&
    connection.saveData === true
  );
}

/** How often a file did not come. */
const failures = new Map<string, number>();

/**
 * Some browsers keep it in mind for good that a module did not load, by its whole address: it is asked for
 * again under another fragment, which no server sees (https://github.com/whatwg/html/issues/6768).
 */
async function loaded(name: WorkerFile, url: string | undefined): Promise<unknown> {
  if (url === undefined) throw new Error(`expected the address of ${name}, got none`);
  const failed = failures.get(url) ?? 0;
  const address = failed === 0 ? url : `${url}#${failed}`;
  try {
    return await import(/* @vite-ignore */ address);
  } catch (cause) {
    failures.set(url, failed + 1);
    const got = messageOf(cause).replaceAll(address, url);
    // The same words each time, for the page to be told once.
    throw new TypeError(
      `${name}: expected it from ${url} (the script-src of worker.js must name it), got ${got}`,
      { cause },
    );
  }
}

/**
 * A browser says alike, and in its own words ("Load failed"), that a server is away and that a policy forbids to ask
 * it: whoever reads it learns of whom, and where to look. What was aborted stays what it is.
 */
function unanswered(url: string, cause: unknown): unknown {
  if (!(cause instanceof TypeError)) return cause;
  const where = "the connect-src of the page and of worker.js must name it";
  return new TypeError(`expected an answer from ${url} (${where}), got ${cause.message}`, { cause });
}

/** In the zone the device is in now, summer time included. */
export const deviceLocalTime: LocalTimeOf = (atMs) => {
  const date = new Date(atMs);
  // A Date's week begins on Sunday.
  return { hour: date.getHours(), weekday: (date.getDay() + 6) % 7 };
};

/**
 * Cryptographic randomness for any length: the platform gives at most 65,536 bytes at a time (Web
 * Cryptography API, 10.1.1).
 */
export function platformFill(bytes: Uint8Array): void {
  const most = 65_536;
  for (let at = 0; at < bytes.length; at += most) {
    const part = new Uint8Array(Math.min(most, bytes.length - at));
    bytes.set(crypto.getRandomValues(part), at);
  }
}

/** Says to the page what it did not ask. */
export type Notify = (notice: WorkerNotice) => void;

/** Something expected that went wrong in the background, for the page to know and no one to stop. */
export function troubleOf(who: string, cause: unknown): WorkerNotice {
  const message = messageOf(cause);
  return { type: "trouble", message: `${who}: ${message}` };
}
