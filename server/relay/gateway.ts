/**
 * The leader's gateway (RFC 9458): opens encapsulated requests, hands them to the leader's own handler, seals
 * the answers.
 *
 * It serves two addresses and passes on two header fields, so that nothing else can travel this way. Answers
 * are padded: the relay cannot tell an accepted report from a refused one by its length. What fails after
 * opening is answered inside the seal, what fails before in the open (5.2). It keeps no memory of requests:
 * the handler must not mind one that is played again, and a report id counts once.
 */

import type { RandomFill } from "../../core/bytes.ts";
import { jsonToBytes } from "../../core/json.ts";
import {
  type BinaryRequest,
  type BinaryResponse,
  encodeResponse,
  type Field,
  parseRequest,
} from "../../core/wire/bhttp.ts";
import type { Log } from "../base/log.ts";
import { fillRandom } from "../base/platform.ts";
import { openRequest } from "./encapsulation.ts";
import type { GatewayKeys } from "./gatewaykeys.ts";

/** Answers are a multiple of so many bytes long. */
const answerMultiple = 1024;

const served: ReadonlySet<string> = new Set(["GET /v1/tasks", "POST /v1/reports"]);
const passedHeaders: ReadonlySet<string> = new Set(["accept", "content-type"]);

export type GatewayReply =
  | { readonly state: "answered"; readonly bytes: Uint8Array<ArrayBuffer> }
  /** To be answered as `keyProblemType`: the browser fetches the key list again. */
  | { readonly state: "unknown-key"; readonly detail: string }
  | { readonly state: "malformed"; readonly detail: string };

export interface GatewayOptions {
  readonly keys: GatewayKeys;
  /** The leader's application. */
  readonly handle: (request: Request) => Response | Promise<Response>;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Another source of randomness, for tests with frozen bytes. */
  readonly fill?: RandomFill;
}

export class Gateway {
  readonly #options: GatewayOptions;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Never rejects for what the browser sent or the handler did. */
  async answer(body: Uint8Array): Promise<GatewayReply> {
    const { keys, nowMs, fill = fillRandom } = this.#options;
    const opened = await openRequest(body, { pair: (id) => keys.pair(id, nowMs()), fill });
    if (opened.state !== "opened") return opened;
    const message = encodeResponse(await this.#respond(opened.message), { multiple: answerMultiple });
    return { state: "answered", bytes: await opened.seal(message) };
  }

  async #respond(message: Uint8Array): Promise<BinaryResponse> {
    const inner = innerRequest(message);
    if (!(inner instanceof Request)) return inner;
    try {
      const answer = await this.#options.handle(inner);
      const type = answer.headers.get("content-type");
      const headers: readonly Field[] = type === null ? [] : [["content-type", type]];
      return { status: answer.status, headers, content: new Uint8Array(await answer.arrayBuffer()) };
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log("gateway-failed", { error: text }, "error");
      return refusal(500, "internal", "the server failed; its log says why");
    }
  }
}

/** The request inside, or why it is not handed over. */
function innerRequest(message: Uint8Array): Request | BinaryResponse {
  try {
    return requestOf(parseRequest(message));
  } catch {
    return refusal(400, "malformed", "expected a binary HTTP request of known length, got other bytes");
  }
}

/** @throws for what stands in no request, such as an address with a password. */
function requestOf({
  method,
  scheme,
  authority,
  path,
  headers,
  content,
}: BinaryRequest): Request | BinaryResponse {
  const url = new URL(`${scheme}://${authority}${path}`);
  if (headers.some(([name]) => name === "expect")) {
    return refusal(417, "expectation-failed", "expected a whole request, got one that waits (RFC 9458, 5.1)");
  }
  if (!served.has(`${method} ${url.pathname}`)) {
    return refusal(403, "not-served", `expected one of ${[...served].join(", ")}, got another address`);
  }
  const passed = headers.filter(([name]) => passedHeaders.has(name));
  return new Request(url, {
    method,
    headers: passed.map(([name, value]): [string, string] => [name, value]),
    ...(method === "GET" ? {} : { body: new Uint8Array(content) }),
  });
}

function refusal(status: number, name: string, detail: string): BinaryResponse {
  const title = name.replaceAll("-", " ");
  const headers: readonly Field[] = [["content-type", "application/problem+json"]];
  return {
    status,
    headers,
    content: jsonToBytes({ type: `urn:tacit:problem:${name}`, title, status, detail }),
  };
}
