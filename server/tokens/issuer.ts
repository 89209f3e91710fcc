/**
 * The issuer (RFC 9578, 6): signs what it cannot read. It learns that some browser at some address wanted a
 * token at some time; the token that is spent later says nothing of that, because the number it signed was
 * multiplied by a random one (RFC 9474). It should not be run by the leader alone: who mints can flood.
 */

import { Buffer } from "node:buffer";
import { messageOf } from "../../core/errors.ts";
import {
  type IssuerDirectory,
  parseTokenRequest,
  type TokenRequest,
  tokenType,
} from "../../core/wire/tokens.ts";
import { blindSign } from "./blindsign.ts";
import type { GateVerdict, IssuanceContext, IssuanceGate } from "./gate.ts";
import type { SigningKey } from "./keys.ts";

export type Issued =
  | { readonly ok: true; readonly response: Uint8Array<ArrayBuffer> }
  | { readonly ok: false; readonly why: "malformed" | "unknown-key"; readonly detail: string }
  | Extract<GateVerdict, { readonly ok: false }>;

export interface IssuerParts {
  readonly keys: { readonly current: () => Promise<readonly SigningKey[]> };
  readonly gate: IssuanceGate;
  /** Where token requests go, as the directory says: a path or an address. */
  readonly requestUri: string;
}

export class Issuer {
  readonly #parts: IssuerParts;

  constructor(parts: IssuerParts) {
    this.#parts = parts;
  }

  /**
   * Signs one token request, if the gate lets it. A request that is of no form or key of ours is not counted.
   */
  async issue(bytes: Uint8Array, context: IssuanceContext): Promise<Issued> {
    const request = requestOf(bytes);
    if (typeof request === "string") return { ok: false, why: "malformed", detail: request };
    const keys = await this.#parts.keys.current();
    const key = keys.find(({ id }) => Number.parseInt(id.slice(-2), 16) === request.truncatedKeyId);
    if (key === undefined) {
      const detail = "the truncated key id must be the last byte of a key in the directory, got another";
      return { ok: false, why: "unknown-key", detail };
    }
    const verdict = await this.#parts.gate.admit(context);
    if (!verdict.ok) return verdict;
    const response = blindSign(key.privateKey, request.blindedMessage);
    if (response === null) {
      const detail = "a blinded message must be a number below the key's modulus, got a larger one";
      return { ok: false, why: "malformed", detail };
    }
    return { ok: true, response };
  }

  async directory(): Promise<IssuerDirectory> {
    const keys = await this.#parts.keys.current();
    return {
      "issuer-request-uri": this.#parts.requestUri,
      "token-keys": keys.map(({ bytes, createdAtMs, untilMs }) => ({
        "token-type": tokenType,
        "token-key": base64url(bytes),
        "not-before": Math.floor(createdAtMs / 1000),
        "not-after": Math.floor(untilMs / 1000),
      })),
    };
  }

  /** Id of the key that a new task should name. */
  async tokenKey(): Promise<string> {
    const [preferred] = await this.#parts.keys.current();
    return preferred.id;
  }
}

function requestOf(bytes: Uint8Array): TokenRequest | string {
  try {
    return parseTokenRequest(bytes);
  } catch (error) {
    return messageOf(error);
  }
}

/** With padding, as the RFC wants it. */
function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}
