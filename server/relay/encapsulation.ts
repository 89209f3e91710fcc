/**
 * The gateway's half of RFC 9458: opens an encapsulated request (4.3) and seals the one response to it (4.4).
 * Messages are bytes here; what they say is the gateway's business.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
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
import type { KeyPair } from "./gatewaykeys.ts";

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
  readonly pair: (keyId: number) => Promise<KeyPair | null>;
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
  const recipientKey = isOurSuite(named) ? await pair(named.keyId) : null;
  if (recipientKey === null) {
    const { keyId, kem, kdf, aead } = named;
    const detail = `expected a key and a suite in force, got key ${keyId}, KEM ${kem}, KDF ${kdf}, AEAD ${aead}`;
    return { state: "unknown-key", detail };
  }
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  try {
    const recipient = await suite.createRecipientContext({ recipientKey, enc, info: requestInfo(header) });
    const message = new Uint8Array(await recipient.open(ciphertext));
    const secret = new Uint8Array(await recipient.export(responseLabel, responseNonceBytes));
    const seal = async (response: Uint8Array) => {
      const nonce = new Uint8Array(responseNonceBytes);
      fill(nonce);
      const keys = await responseKeys({ secret, enc, nonce }, (...input) =>
        suite.kdf.extractAndExpand(...input),
      );
      const aead = suite.aead.createEncryptionContext(keys.key);
      const ciphertext = new Uint8Array(await aead.seal(keys.nonce, response, new ArrayBuffer(0)));
      return joinResponse({ nonce, ciphertext });
    };
    return { state: "opened", message, seal };
  } catch {
    // Every failure of HPKE means the same: these bytes were not sealed to this key.
    return { state: "malformed", detail: `expected bytes sealed to key ${named.keyId}, got others` };
  }
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
