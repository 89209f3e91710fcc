/**
 * The browser's half of blind RSA, by Cloudflare's library: blinding, unblinding, and the check that what
 * came is a good token. It weighs 30 kB compressed, so it is a file of its own (tokens.js), loaded when a
 * token is wanted and not before.
 */
// Not the package's front door: that one carries the other token types with it, and twice the bytes.
import { TokenChallenge } from "@cloudflare/privacypass-ts/lib/src/auth_scheme/private_token.js";
import { BlindRSAMode, Client, TokenResponse } from "@cloudflare/privacypass-ts/lib/src/pub_verif_token.js";
import { tokenType } from "../../core/wire/tokens.ts";
import type { PendingToken } from "../edges.ts";

/** Draws a nonce and blinds it for the issuer's key. */
export async function begin(issuerName: string, tokenKey: Uint8Array): Promise<PendingToken> {
  const client = new Client(BlindRSAMode.PSS);
  // No redemption context and no origin; core/wire/tokens.ts says why.
  const challenge = new TokenChallenge(tokenType, issuerName, new Uint8Array(0), undefined);
  const request = await client.createTokenRequest(challenge, tokenKey);
  return {
    request: new Uint8Array(request.serialize()),
    finish: async (response) => {
      const token = await client.finalize(TokenResponse.deserialize(response));
      return new Uint8Array(token.serialize());
    },
  };
}
