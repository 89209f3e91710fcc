/**
 * What every answer must keep to, whatever was asked: no status of a fault but the documented ones, an error as
 * problem+json, and in no body and no line of a log a stack, a path of this machine, or the words that mark what was
 * sent.
 *
 * Documented (docs/OPERATING.md, docs/PROTOCOL.md): 503 `busy` of the operator's work and of the issuer, with a
 * Retry-After. Everything else from 500 on is a fault of the server's.
 */
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { Fault } from "./campaign.ts";
import type { Answer } from "./wire.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Stands in hostile paths, headers and bodies: what is found in a log was taken there from a request. */
export const mark = "hostilemark";

const stacks = /^\s*at .+[:(]\d+|\bat (?:async )?[\w.<>]+ \((?:node:|file:|\/)|node:internal|\.ts:\d+:\d+/m;
const busy = "urn:tacit:problem:busy";

export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly retryAfter: string | null;
  readonly body: Uint8Array;
  /** Compressed, or a part's bytes: nothing to be read as text. */
  readonly isText: boolean;
}

export function answerOf({ status, headers, body }: Answer): Answered {
  const type = headers.get("content-type") ?? "";
  const isText = !headers.has("content-encoding") && /json|text|javascript/.test(type);
  return { status, type, retryAfter: headers.get("retry-after") ?? null, body, isText };
}

/** @throws {Fault} */
export function requireDecent({ status, type, retryAfter, body, isText }: Answered): void {
  const text = isText ? Buffer.from(body).toString("utf8") : "";
  if (status >= 500 && !(status === 503 && text.includes(busy) && retryAfter !== null)) {
    throw new Fault(`expected no fault of the server's, got ${status} ${text.slice(0, 200)}`);
  }
  if (status >= 400 && body.length > 0 && type !== "application/problem+json") {
    throw new Fault(`expected an error as problem+json, got ${status} as ${type}: ${text.slice(0, 120)}`);
  }
  const leak = leakIn(text);
  if (leak !== null) throw new Fault(`expected an answer without ${leak}, got ${text.slice(0, 400)}`);
}

/** @throws {Fault} for a line of a log that tells what it must not. */
export function requireDecentLog(said: string): void {
  for (const line of said.split("\n")) {
    const leak = leakIn(line);
    if (leak !== null) throw new Fault(`expected a log without ${leak}, got ${line.slice(0, 400)}`);
    if (line.includes(mark))
      throw new Fault(`expected nothing of a request in a log, got ${line.slice(0, 400)}`);
  }
}

function leakIn(text: string): string | null {
  if (stacks.test(text)) return "a stack";
  const places = [root, tmpdir(), "node_modules"];
  return places.some((place) => place.length > 1 && text.includes(place)) ? "a path of this machine" : null;
}
