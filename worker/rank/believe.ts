/**
 * Whose word an edition is.
 *
 *   site pins    -> the leader's identity (site key) must have signed it, and none may follow that is older than the last
 *   without pins -> the server's own word, as of everything else that it serves
 *
 * A browser without Ed25519 takes the server's word too: it contributes nothing (contribute/trust.ts refuses), so that all an
 * edition can do there is rank. That the helper vouches for an edition is to be checked here as well.
 */
import { fromHex } from "../../core/bytes.ts";
import { openSigned, parseCanonical, type SignedDocument } from "../../core/wire/signed.ts";
import type { Pins } from "../api.ts";
import { platformVerify } from "../contribute/trust.ts";

export interface EditionTrust {
  /** The value of an edition's document. @throws {Error} when it is not signed by whom the site pins. */
  open(signed: SignedDocument): Promise<unknown>;
  /** Whether an edition may follow whose sequence is lower: a development server may begin again. */
  readonly mayGoBack: boolean;
}

export function editionTrust(pins: Pins | null): EditionTrust {
  return {
    mayGoBack: pins === null,
    open: async (signed) =>
      pins === null || !(await hasEd25519(pins.siteKey))
        ? parseCanonical("edition", signed.document)
        : openSigned("edition", signed, { key: pins.siteKey, verify: platformVerify }),
  };
}

async function hasEd25519(key: string): Promise<boolean> {
  try {
    await crypto.subtle.importKey("raw", fromHex(key), "Ed25519", false, ["verify"]);
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === "NotSupportedError") return false;
    throw cause;
  }
}
