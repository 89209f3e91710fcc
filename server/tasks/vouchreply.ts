/** What the helper is asked to vouch for, and why it does not. */
import type { VouchedKind } from "../../core/wire/log.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";

export interface VouchRequest {
  readonly kind: VouchedKind;
  /** By the leader. */
  readonly signed: SignedDocument;
}

export type VouchRefusal =
  | "not-signed"
  | "malformed"
  | "below-floor"
  | "too-large"
  | "expired"
  /**
   * As many new ones of its sort as the helper takes in 24 hours were there before; the detail says when the
   * next may come.
   */
  | "too-many-today"
  /** Another of its sort came after it, or it has no larger sequence number than the one before. */
  | "not-newer";

export type VouchReply =
  | { readonly ok: true }
  | { readonly ok: false; readonly why: VouchRefusal; readonly detail: string };

export type NotVouched = Extract<VouchReply, { ok: false }>;

export function notVouched(why: VouchRefusal, detail: string): NotVouched {
  return { ok: false, why, detail };
}
