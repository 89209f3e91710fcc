/**
 * Which editions a device ranks with: what comes is judged by worker/trust/vouchededition.ts; what was
 * kept from an earlier visit was judged when it came, and must still be of the leader that the site pins.
 */
import { openSigned, parseCanonical, type SignedDocument } from "../../core/wire/signed.ts";
import type { Pins } from "../api.ts";
import { knowsEd25519, platformVerify } from "../trust/ed25519.ts";
import { type EditionAnswer, type EditionOptions, vouchedEdition } from "../trust/vouchededition.ts";

export interface EditionTrust {
  /** The value of the edition in an answer. @throws {Error} when it is not what whom the site pins say. */
  openAnswer(answer: EditionAnswer): Promise<unknown>;
  /** The value of a kept edition's document. @throws {Error} when it is not signed by whom the site pins. */
  openKept(signed: SignedDocument): Promise<unknown>;
  /** Whether an edition may follow whose sequence is lower: a development server may begin again. */
  readonly mayGoBack: boolean;
}

export function editionTrust(optionsNow: () => EditionOptions): EditionTrust {
  const { pins } = optionsNow();
  return {
    mayGoBack: pins === null,
    openAnswer: (answer) => vouchedEdition(answer, optionsNow()),
    openKept: (signed) => openKept(signed, pins),
  };
}

async function openKept(signed: SignedDocument, pins: Pins | null): Promise<unknown> {
  if (pins === null || !(await knowsEd25519(pins.siteKey))) return parseCanonical("edition", signed.document);
  return openSigned("edition", signed, { key: pins.siteKey, verify: platformVerify });
}
