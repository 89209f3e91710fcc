/**
 * How the leader brings what it signed into the helper's log, and knows that it is there: a document is
 * vouched for when it is the newest of its sort in the log that the leader gives to browsers, not before.
 */
import { messageOf } from "../../core/errors.ts";
import { isNewest, type VouchedKind } from "../../core/wire/log.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { HelperClient, HelperWord } from "./helperclient.ts";
import type { HelperKeys } from "./keys/helperkeys.ts";
import { vouchedNameOf } from "./vouchedname.ts";
import type { NotVouched, VouchReply } from "./vouchreply.ts";

/** Why a document is not in the log yet. */
export type VouchTrouble =
  | NotVouched
  | { readonly ok: false; readonly why: "helper-not-reached"; readonly detail: string };

export interface VoucherParts {
  readonly helper: Pick<HelperClient, "vouch">;
  readonly helperKeys: Pick<HelperKeys, "current" | "refresh">;
}

export class Voucher {
  readonly #parts: VoucherParts;

  constructor(parts: VoucherParts) {
    this.#parts = parts;
  }

  /**
   * Brings a document into the log, unless it is there; why it is not there yet, or null. Safe to be asked
   * again.
   */
  async vouch(kind: VouchedKind, signed: SignedDocument): Promise<VouchTrouble | null> {
    const { helper, helperKeys } = this.#parts;
    if (await isVouchedIn(await helperKeys.current(), kind, signed)) return null;
    let reply: VouchReply;
    try {
      reply = await helper.vouch({ kind, signed });
    } catch (error) {
      return { ok: false, why: "helper-not-reached", detail: messageOf(error) };
    }
    if (!reply.ok) return reply;
    // Browsers are shown it with a log that it is in.
    if (await isVouchedIn(await helperKeys.refresh(), kind, signed)) return null;
    const detail = `the helper took the ${kind}, but gave no log with it`;
    return { ok: false, why: "helper-not-reached", detail };
  }
}

/** Whether a document is the newest of its sort in what the helper said last. */
export async function isVouchedIn(
  word: HelperWord | null,
  kind: VouchedKind,
  signed: SignedDocument,
): Promise<boolean> {
  return word !== null && isNewest(word.log, await vouchedNameOf({ kind, signed }));
}
