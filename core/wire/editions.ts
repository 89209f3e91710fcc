/**
 * The answer to GET /v1/edition: the signed edition (core/model/edition.ts), and what its reader needs to
 * believe it.
 *
 *   { version: 3, edition, helper, log, identities }
 *
 * The helper's key list carries the head of its public log, `log` the last entries. Keys that a reader does
 * not know are ignored.
 */
import * as v from "valibot";
import { issueText } from "./issues.ts";
import { logTailSchema } from "./log.ts";
import { signedSchema } from "./signed.ts";

const identity = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const document = v.object(signedSchema.entries);

const answerSchema = v.object({
  version: v.literal(3),
  /** Signed by the leader's identity. */
  edition: document,
  /** The helper's key list, signed by the helper's identity; absent where nobody vouches. */
  helper: v.optional(document),
  /**
   * The last entries of the helper's log, up to the head in its key list: the edition is the newest in it.
   */
  log: v.optional(logTailSchema),
  /**
   * Ed25519 public keys in hex that the documents claim to be signed by; whoever pins identities compares.
   */
  identities: v.optional(v.object({ leader: identity, helper: identity })),
});

export type EditionAnswer = v.InferOutput<typeof answerSchema>;

/**
 * The form alone: signatures are the reader's to check.
 *
 * @throws {TypeError} for anything but an answer of this version.
 */
export function parseEditionAnswer(value: unknown): EditionAnswer {
  const parsed = v.safeParse(answerSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseEditionAnswer", parsed.issues[0]));
  return parsed.output;
}
