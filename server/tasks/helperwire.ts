/**
 * What leader and helper say over HTTP beside bodies of core/wire/sums.ts.
 *
 *   GET  /v1/helper/keys                                                     -> {"list": SignedDocument, "log": LogTail} (JSON)
 *   GET  /v1/helper/log                                                      -> LogTail (JSON): the whole log
 *   POST /v1/helper/documents <- {"kind", "document", "signature"} (JSON)     -> {"state": "vouched"}, or a problem
 *   POST /v1/helper/chunks    <- ChunkRequest, content-digest, signature      -> ChunkAnswer (binary), or a problem
 *   POST /v1/helper/closings  <- CloseRequest, content-digest, signature      -> CloseAnswer (binary), or a problem
 *
 * Chunks and closings are signed by the leader's identity over the SHA-256 of the body, in headers: a
 * stranger is turned away before the body is read. Playing one back is harmless, because a message is
 * answered once and then with the same bytes.
 */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { messageOf } from "../../core/errors.ts";
import { issueText } from "../../core/wire/issues.ts";
import { logTailSchema, vouchedKinds } from "../../core/wire/log.ts";
import { openSigned, type SignedDocument, signedSchema, type Verify } from "../../core/wire/signed.ts";
import type { HelperRefusal } from "./helperclient.ts";
import type { Identity } from "./keys/identity.ts";
import type { VouchRefusal, VouchRequest } from "./vouchreply.ts";

export const helperPaths = {
  keys: "/v1/helper/keys",
  log: "/v1/helper/log",
  documents: "/v1/helper/documents",
  chunks: "/v1/helper/chunks",
  closings: "/v1/helper/closings",
} as const;

/**
 * Largest bodies that either side reads. The longest log takes 800 kB. A report takes 460 bytes of a chunk at
 * most, and a chunk has 256 of them; the sum of the longest vector that a task may have takes 16 MiB.
 */
export const wireLimits = {
  documentBytes: 65_536,
  logBytes: 1_048_576,
  requestBytes: 131_072,
  answerBytes: 16_777_216 + 65_536,
} as const;

export type RefusalStatus = 400 | 403 | 404 | 409 | 429;

export const wordSchema = v.object({ list: signedSchema, log: logTailSchema });

const vouchSchema = v.strictObject({ kind: v.picklist(vouchedKinds), ...signedSchema.entries });

/** @throws {TypeError} for anything else than the body of a request to vouch. */
export function parseVouchRequest(text: string): VouchRequest {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), vouchSchema), text);
  if (!parsed.success) throw new TypeError(issueText("parseVouchRequest", parsed.issues[0]));
  const { kind, document, signature } = parsed.output;
  return { kind, signed: { document, signature } };
}

/** Problems that are the helper's decision; every other failure means: not reached, ask again. */
export const vouchRefusals: Readonly<Record<VouchRefusal, RefusalStatus>> = {
  "not-signed": 403,
  malformed: 400,
  "below-floor": 409,
  "too-large": 409,
  expired: 409,
  "too-many-today": 429,
  "not-newer": 409,
};

export const messageRefusals: Readonly<Record<HelperRefusal, RefusalStatus>> = {
  malformed: 400,
  "unknown-task": 404,
  "task-expired": 409,
  "task-ended": 409,
  "other-request": 409,
  "out-of-order": 409,
  "too-many": 409,
  "too-few": 409,
  "wrong-lane": 409,
};

/** Headers of a signed body: its digest (RFC 9530) and the signature of the digest's hex. */
export interface SignedHeaders {
  readonly "content-digest": string;
  readonly "tacit-signature": string;
}

export function signedHeaders(body: Uint8Array, identity: Identity): SignedHeaders {
  const digest = createHash("sha256").update(body).digest();
  return {
    "content-digest": `sha-256=:${digest.toString("base64")}:`,
    "tacit-signature": identity.sign("sum-request", digest.toString("hex")).signature,
  };
}

export type HeaderVerdict =
  | {
      readonly ok: true;
      /** Whether a body is the one that was signed. */
      readonly covers: (body: Uint8Array) => boolean;
    }
  | { readonly ok: false; readonly detail: string };

/** Checks the headers alone, so that nothing is read of a stranger's body. */
export async function checkHeaders(
  header: (name: keyof SignedHeaders) => string | undefined,
  { key, verify }: { readonly key: string; readonly verify: Verify },
): Promise<HeaderVerdict> {
  const digest = /^sha-256=:([A-Za-z0-9+/]{43}=):$/.exec(header("content-digest") ?? "")?.[1];
  if (digest === undefined)
    return { ok: false, detail: "content-digest must be sha-256 of the body, got none" };
  const signature = header("tacit-signature") ?? "";
  if (!/^[0-9a-f]{128}$/.test(signature)) {
    return { ok: false, detail: "tacit-signature must be 128 hex digits, got none" };
  }
  const hex = Buffer.from(digest, "base64").toString("hex");
  const signed: SignedDocument = { document: JSON.stringify(hex), signature };
  try {
    await openSigned("sum-request", signed, { key, verify });
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
  return { ok: true, covers: (body) => createHash("sha256").update(body).digest("hex") === hex };
}
