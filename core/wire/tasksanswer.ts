/**
 * What the server gives out about sums: whose keys to seal to, what is summed, what it costs. Everything in
 * it is signed: who passes it on can withhold it, but not change it. The same answer for everybody.
 */
import * as v from "valibot";
import { issueText } from "./issues.ts";
import { type LogTail, logTailSchema } from "./log.ts";
import { protocolVersion } from "./protocol.ts";
import { type SignedDocument, signedSchema } from "./signed.ts";

export interface TasksAnswer {
  readonly version: typeof protocolVersion;
  /** Key lists (keylist.ts), each signed by its aggregator. */
  readonly leader: SignedDocument;
  readonly helper: SignedDocument;
  /** The privacy plan (core/sum/plan.ts), signed by the leader. */
  readonly plan: SignedDocument;
  /** Open tasks (core/tasks/task.ts), one of a kind, signed by the leader. */
  readonly tasks: readonly SignedDocument[];
  /**
   * The last entries of the helper's log, up to the head in its key list: plan and tasks are the newest of
   * their sort in it.
   */
  readonly log: LogTail;
  /**
   * Ed25519 public keys in hex that the documents claim to be signed by. A browser whose site pins identities
   * compares; one without pins takes them from a loopback server alone.
   */
  readonly identities: { readonly leader: string; readonly helper: string };
}

const hex32 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const tasksAnswerSchema = v.object({
  version: v.literal(protocolVersion),
  leader: signedSchema,
  helper: signedSchema,
  plan: signedSchema,
  tasks: v.pipe(v.array(signedSchema), v.maxLength(16)),
  log: logTailSchema,
  identities: v.object({ leader: hex32, helper: hex32 }),
});

/**
 * The form alone: signatures are the reader's to check. Keys that it does not know are ignored.
 *
 * @throws {TypeError} for anything but a tasks answer of this version.
 */
export function parseTasksAnswer(value: unknown): TasksAnswer {
  const parsed = v.safeParse(tasksAnswerSchema, value);
  if (!parsed.success) throw new TypeError(issueText("parseTasksAnswer", parsed.issues[0]));
  return parsed.output;
}
