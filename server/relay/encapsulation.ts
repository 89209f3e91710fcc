/**
 * The gateway's half of RFC 9458: opens an encapsulated request (4.3) and seals the one response to it (4.4).
 * Messages are bytes here; what they say is the gateway's business.
 */
import { createCipheriv } from "node:crypto";
import type { RandomFill } from "../../core/bytes.ts";
import {
  joinResponse,
  ohttpSuite,
  parseHeader,
  type RequestHeader,
  requestInfo,
  responseKeys,
  responseLabel,
  responseNonceBytes,
  splitRequest,
} from "../../core/wire/ohttp.ts";
import { extractAndExpand, openContext, type RecipientKey } from "../base/hpke.ts";

export type OpenedRequest =
  | {
      readonly state: "opened";
      readonly message: Uint8Array;
      /** To be used once. */
      readonly seal: (message: Uint8Array) => Promise<Uint8Array<ArrayBuffer>>;
    }
  | { readonly state: "unknown-key" | "malformed"; readonly detail: string };

export interface Opening {
  /** The key with an id; null when the gateway does not have it (any more). */
  readonly pair: (keyId: number) => RecipientKey | null;
  /** Cryptographic randomness, for the nonce of the response. */
  readonly fill: RandomFill;
}

/** Opens what a browser sealed to this gateway. */
export async function openRequest(body: Uint8Array, { pair, fill }: Opening): Promise<OpenedRequest> {
  const parts = partsOf(body);
  if (parts === null) {
    return { state: "malformed", detail: `expected an encapsulated request, got ${body.length} bytes` };
  }
  const { header, enc, ciphertext } = parts;
  const named = parseHeader(header);
  const key = isOurSuite(named) ? pair(named.keyId) : null;
  if (key === null) {
    const { keyId, kem, kdf, aead } = named;
    const detail = `expected a key and a suite in force, got key ${keyId}, KEM ${kem}, KDF ${kdf}, AEAD ${aead}`;
    return { state: "unknown-key", detail };
  }
  try {
    const context = openContext({ key, enc, info: requestInfo(header) });
    const message = context.open(ciphertext, noAad);
    const secret = context.exported(responseLabel, responseNonceBytes);
    const seal = async (response: Uint8Array) => {
      const nonce = new Uint8Array(responseNonceBytes);
      fill(nonce);
      const keys = await responseKeys(
        { secret, enc, nonce },
        async (...input) => extractAndExpand(...input).buffer,
      );
      return joinResponse({ nonce, ciphertext: sealed(keys, response) });
    };
    return { state: "opened", message, seal };
  } catch {
    // Every failure of HPKE means the same: these bytes were not sealed to this key. An id is one byte, so a
    // browser may hold another key of the same id, from before a key file was lost: it has to ask again too.
    return { state: "unknown-key", detail: `expected bytes sealed to key ${named.keyId}, got others` };
  }
}

const noAad = new Uint8Array(0);

/** AES-128-GCM, the tag at the end. */
function sealed(
  { key, nonce }: { readonly key: ArrayBuffer; readonly nonce: ArrayBuffer },
  message: Uint8Array,
): Uint8Array {
  const cipher = createCipheriv("aes-128-gcm", new Uint8Array(key), new Uint8Array(nonce));
  return Buffer.concat([cipher.update(message), cipher.final(), cipher.getAuthTag()]);
}

function partsOf(body: Uint8Array): ReturnType<typeof splitRequest> | null {
  try {
    return splitRequest(body);
  } catch {
    return null;
  }
}

function isOurSuite({ kem, kdf, aead }: RequestHeader): boolean {
  return kem === ohttpSuite.kem && kdf === ohttpSuite.kdf && aead === ohttpSuite.aead;
}
