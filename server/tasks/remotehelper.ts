/**
 * The helper as the leader reaches it over HTTP. A rejection means: not reached, or not understood; asking
 * again is always safe, because the helper answers each message once and then with the same bytes. Only a
 * refusal that the helper spells out as its own is handed on as one.
 */
import * as v from "valibot";
import { type LogTail, parseLogTail } from "../../core/wire/log.ts";
import type { HelperClient, HelperReply, HelperWord } from "./helperclient.ts";
import {
  helperPaths,
  messageRefusals,
  signedHeaders,
  vouchRefusals,
  wireLimits,
  wordSchema,
} from "./helperwire.ts";
import type { Identity } from "./keys/identity.ts";
import type { VouchReply, VouchRequest } from "./vouchreply.ts";

export interface RemoteHelperOptions {
  /** Where the helper answers: an origin, or a prefix under one. */
  readonly url: string;
  /** The leader's identity, which signs what it asks. */
  readonly identity: Identity;
  /** Limits of one request; the noise of a long sum takes many seconds. */
  readonly documentMs?: number;
  readonly messageMs?: number;
}

export class RemoteHelper implements HelperClient {
  readonly #url: string;
  readonly #identity: Identity;
  readonly #documentMs: number;
  readonly #messageMs: number;

  constructor({ url, identity, documentMs = 10_000, messageMs = 120_000 }: RemoteHelperOptions) {
    this.#url = url.replace(/\/+$/, "");
    this.#identity = identity;
    this.#documentMs = documentMs;
    this.#messageMs = messageMs;
  }

  async keys(): Promise<HelperWord> {
    return v.parse(wordSchema, await this.#read(helperPaths.keys, wireLimits.documentBytes));
  }

  async log(): Promise<LogTail> {
    return parseLogTail(await this.#read(helperPaths.log, wireLimits.logBytes));
  }

  async vouch({ kind, signed: { document, signature } }: VouchRequest): Promise<VouchReply> {
    const path = helperPaths.documents;
    const body = JSON.stringify({ kind, document, signature });
    const headers = { "content-type": "application/json" };
    const response = await this.#ask(path, { method: "POST", headers, body }, this.#documentMs);
    if (response.status === 200) {
      await bodyOf(response, wireLimits.documentBytes);
      return { ok: true };
    }
    return refusalIn(path, response, vouchRefusals);
  }

  chunk(request: Uint8Array): Promise<HelperReply> {
    return this.#message(helperPaths.chunks, request);
  }

  close(request: Uint8Array): Promise<HelperReply> {
    return this.#message(helperPaths.closings, request);
  }

  async #read(path: string, mostBytes: number): Promise<unknown> {
    const response = await this.#ask(path, { method: "GET" }, this.#documentMs);
    if (response.status !== 200) throw await unexpected(path, response);
    return parseJson(await bodyOf(response, mostBytes));
  }

  async #message(path: string, request: Uint8Array): Promise<HelperReply> {
    const headers = {
      "content-type": "application/octet-stream",
      ...signedHeaders(request, this.#identity),
    };
    const body = new Uint8Array(request);
    const response = await this.#ask(path, { method: "POST", headers, body }, this.#messageMs);
    if (response.status === 200) {
      return { ok: true, answer: await bodyOf(response, wireLimits.answerBytes) };
    }
    return refusalIn(path, response, messageRefusals);
  }

  #ask(path: string, init: RequestInit, limitMs: number): Promise<Response> {
    return fetch(`${this.#url}${path}`, {
      ...init,
      // The operator named one address: nothing else is sent a request because of what stands there.
      redirect: "error",
      signal: AbortSignal.timeout(limitMs),
    });
  }
}

const problemSchema = v.object({ why: v.string(), detail: v.string() });

interface Refused<Why extends string> {
  readonly ok: false;
  readonly why: Why;
  readonly detail: string;
}

/** The helper's own refusal. @throws when it is any other failure, as of something between the two. */
async function refusalIn<Why extends string>(
  path: string,
  response: Response,
  known: Readonly<Record<Why, number>>,
): Promise<Refused<Why>> {
  const { status } = response;
  const text = new TextDecoder().decode(await bodyOf(response, wireLimits.documentBytes));
  const said = v.safeParse(v.pipe(v.string(), v.parseJson(), problemSchema), text);
  const isKnown = (why: string): why is Why => Object.hasOwn(known, why);
  if (said.success && isKnown(said.output.why) && known[said.output.why] === status) {
    return { ok: false, why: said.output.why, detail: said.output.detail };
  }
  throw new Error(`helper: ${path} must be answered, got status ${status}: ${text.slice(0, 200)}`);
}

async function unexpected(path: string, response: Response): Promise<Error> {
  const text = new TextDecoder().decode(await bodyOf(response, wireLimits.documentBytes));
  return new Error(
    `helper: ${path} must be answered with 200, got ${response.status}: ${text.slice(0, 200)}`,
  );
}

function parseJson(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** The whole body, never more than the limit. */
async function bodyOf(response: Response, limit: number): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array(0);
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body) {
    length += piece.length;
    if (length > limit) throw new RangeError(`helper: an answer must have at most ${limit} bytes, got more`);
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length);
}
