/**
 * What an aggregator says of itself, signed with its long-lived identity (an Ed25519 key that sites pin): the
 * HPKE keys that reports may be sealed to, and where else it answers. Short-lived, so that an old list cannot
 * be played back for long, and keys can rotate with an overlap without any site changing its pages.
 */
import * as v from "valibot";
import { issueText } from "./issues.ts";
import { logHeadSchema } from "./log.ts";

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const atMs = v.pipe(v.number(), v.integer(), v.minValue(0));

const publicKeySchema = v.object({
  /** Which key of the aggregator, 0..255. */
  id: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
  /** X25519 public key, 32 bytes in hex. */
  key: hex32,
});

const keyListSchema = v.object({
  role: v.picklist(["leader", "helper"]),
  /** Where the aggregator answers, for people to see; null where it runs beside the other, as one. */
  origin: v.nullable(v.pipe(v.string(), v.maxLength(200))),
  /** Newest first: seal to the first; the others still open what was sealed to them. */
  keys: v.pipe(v.array(publicKeySchema), v.minLength(1), v.maxLength(8)),
  /**
   * OHTTP key configurations of the leader's gateway (application/ohttp-keys, RFC 9458, 3.2) in hex; null
   * without one.
   */
  gateway: v.nullable(v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})+$/))),
  /**
   * Where tokens are issued, and the issuer's public keys (RFC 9578, 6.5: SPKI) in hex, newest first; null
   * where none.
   */
  issuer: v.nullable(
    v.object({
      url: v.pipe(v.string(), v.maxLength(200)),
      keys: v.array(v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{2})+$/))),
    }),
  ),
  /** Head of the helper's log of what it vouched for (log.ts); null in a leader's list. */
  log: v.nullable(logHeadSchema),
  issuedAtMs: atMs,
  expiresAtMs: atMs,
});

export type PublicKey = v.InferOutput<typeof publicKeySchema>;
export type KeyList = v.InferOutput<typeof keyListSchema>;

/** @throws {TypeError} naming the field that is wrong. */
export function parseKeyList(value: unknown): KeyList {
  const parsed = v.safeParse(keyListSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseKeyList", parsed.issues[0]));
  return parsed.output;
}
