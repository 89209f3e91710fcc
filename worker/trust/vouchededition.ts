/**
 * Whose word the edition is that a device ranks with.
 *
 *   site pins                      the leader signed it, and it is the newest edition in the helper's log: everybody's edition
 *   no pins, on this very machine  the same by the identities that the server names: a developer's own
 *   no pins                        the server's own word, as of everything else that it serves
 *
 * A browser without Ed25519 can check no signature: it takes the server's word, and the page is told. It
 * contributes nothing (trust.ts refuses), so all that an edition can do there is rank.
 */
import { parseCanonical, type SignedDocument } from "../../core/wire/signed.ts";
import type { TasksAnswer } from "../../core/wire/tasksanswer.ts";
import { knowsEd25519 } from "./ed25519.ts";
import { helperOf, identitiesOf, isLoopback, openedDocument, type TrustOptions } from "./trust.ts";
import { vouchedBy } from "./vouched.ts";

/** What of the answer to GET /v1/edition says whose word it is; unchecked, but for its form. */
export interface EditionAnswer {
  readonly edition: SignedDocument;
  /** Absent where nobody vouches, like the log and the identities. */
  readonly helper?: SignedDocument | undefined;
  readonly log?: unknown;
  readonly identities?: TasksAnswer["identities"] | undefined;
}

export interface EditionOptions extends TrustOptions {
  /** Called with why nothing could be checked, where the edition is taken all the same. */
  readonly report: (cause: unknown) => void;
}

/** The value of the edition's document. @throws {Error} when it is not what whom the site pins say. */
export async function vouchedEdition(answer: EditionAnswer, options: EditionOptions): Promise<unknown> {
  const { pins, server, report } = options;
  const unchecked = (): unknown => parseCanonical("edition", answer.edition.document);
  if (pins === null && !isLoopback(server)) return unchecked();
  const { edition, helper, log, identities: named } = answer;
  if (helper === undefined || named === undefined) {
    throw new Error("trust: an edition must come with the key list and the log of the helper, got none");
  }
  const identities = identitiesOf({ identities: named }, options);
  if (!(await knowsEd25519(identities.leader))) {
    report(new Error("trust: this browser must know Ed25519 to check whose edition it ranks with, got none"));
    return unchecked();
  }
  const list = await helperOf({ helper }, { ...options, identities });
  const { logs, wholeLog } = options;
  const vouched = await vouchedBy({
    tail: log,
    list,
    helper: identities.helper,
    store: logs,
    whole: wholeLog,
  });
  const { value, id } = await openedDocument("edition", edition, identities);
  vouched.requireNewest({ kind: "edition", subject: "", id });
  return value;
}
