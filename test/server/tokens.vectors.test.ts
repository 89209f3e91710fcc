/** RFC 9578's vectors of blind RSA through all three parties: browser, issuer, verifier. */
import { createHash, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { TokenChallenge } from "@cloudflare/privacypass-ts/lib/src/auth_scheme/private_token.js";
import {
  BlindRSAMode,
  Client,
  Issuer as LibraryIssuer,
  TokenRequest,
  TokenResponse,
} from "@cloudflare/privacypass-ts/lib/src/pub_verif_token.js";
import { BLIND_RSA_TOKEN_TYPE } from "@cloudflare/privacypass-ts/lib/src/token_types.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { challengeBytes, parseToken, parseTokenRequest } from "../../core/wire/tokens.ts";
import { blindSign } from "../../server/tokens/blindsign.ts";
import { signingKey } from "../../server/tokens/keys.ts";
import { readTokenKey, verifyToken } from "../../server/tokens/verify.ts";
import { begin } from "../../worker/contribute/privacypass.ts";

interface Vector {
  readonly token_challenge: string;
  readonly nonce: string;
  readonly blind: string;
  readonly salt: string;
  readonly token_request: string;
  readonly token_response: string;
  readonly token: string;
}
interface Vectors {
  readonly skS: string;
  readonly pkS: string;
  readonly vectors: readonly Vector[];
}

const { skS, pkS, vectors } = JSON.parse(
  readFileSync(new URL("../vectors/rfc9578-blind-rsa.json", import.meta.url), "utf8"),
) as Vectors;
const privateKey = createPrivateKey(new TextDecoder().decode(fromHex(skS)));
const key = readTokenKey(fromHex(pkS), Number.MAX_SAFE_INTEGER);
const sha256 = (hex: string) => new Uint8Array(createHash("sha256").update(fromHex(hex)).digest());

/** Has the library draw what the vector says it drew. */
function drawOf({ nonce, salt, blind }: Vector): void {
  const draws = [nonce, salt, blind].map(fromHex);
  vi.spyOn(crypto, "getRandomValues").mockImplementation((array) => {
    const draw = draws.shift();
    if (draw === undefined || !(array instanceof Uint8Array))
      throw new Error("expected three draws, got more");
    array.set(draw);
    return array;
  });
}

afterEach(() => void vi.restoreAllMocks());

test("there are the RFC's five vectors, of one key", () => {
  expect(vectors).toHaveLength(5);
  const made = signingKey(privateKey, 0, { rotateMs: 1, overlapMs: 1 });
  expect(toHex(made.bytes)).toBe(pkS);
  expect(made.id).toBe("ca572f8982a9ca248a3056186322d93ca147266121ddeb5632c07f1f71cd2708");
});

describe.each(vectors.map((vector, k) => ({ ...vector, number: k + 1 })))("vector $number", (vector) => {
  test("the issuer signs the request to the response", async () => {
    const { truncatedKeyId, blindedMessage } = parseTokenRequest(fromHex(vector.token_request));
    expect(truncatedKeyId).toBe(Number.parseInt(key.id.slice(-2), 16));
    expect(toHex(blindSign(privateKey, blindedMessage) ?? new Uint8Array(0))).toBe(vector.token_response);
  });

  test("the verifier takes the token, and its parts are the vector's", () => {
    const token = fromHex(vector.token);
    const digest = sha256(vector.token_challenge);
    expect(verifyToken(key, digest, token)).toEqual({ ok: true, nonce: fromHex(vector.nonce) });
    const parts = parseToken(token);
    expect(toHex(parts.challengeDigest)).toBe(toHex(digest));
    expect(toHex(parts.keyId)).toBe(key.id);
  });

  test("the library's client makes request and token of the vector's nonce, salt and blind", async () => {
    drawOf(vector);
    const client = new Client(BlindRSAMode.PSS);
    const challenge = TokenChallenge.deserialize(fromHex(vector.token_challenge));
    const request = await client.createTokenRequest(challenge, fromHex(pkS));
    expect(toHex(request.serialize())).toBe(vector.token_request);
    const token = await client.finalize(TokenResponse.deserialize(fromHex(vector.token_response)));
    expect(toHex(token.serialize())).toBe(vector.token);
  });
});

test("our challenge of a host is the RFC's vector 4, and our browser's half makes its token", async () => {
  const vector = vectors[3];
  expect(toHex(challengeBytes("issuer.example"))).toBe(vector.token_challenge);
  drawOf(vector);
  const pending = await begin("issuer.example", fromHex(pkS));
  expect(toHex(pending.request)).toBe(vector.token_request);
  expect(toHex(await pending.finish(fromHex(vector.token_response)))).toBe(vector.token);
});

test("OpenSSL's raw operation is the library's blind signature", async () => {
  const algorithm = { name: "RSA-PSS", hash: "SHA-384" };
  const pkcs8 = Uint8Array.from(privateKey.export({ format: "der", type: "pkcs8" }));
  const secret = await crypto.subtle.importKey("pkcs8", pkcs8, algorithm, true, ["sign"]);
  const library = new LibraryIssuer(48, "issuer.example", secret, secret);
  const bytes = fromHex(vectors[0].token_request);
  bytes.set(crypto.getRandomValues(new Uint8Array(250)), 9); // Some other number, below the modulus still.
  const theirs = await library.issue(TokenRequest.deserialize({ ...BLIND_RSA_TOKEN_TYPE }, bytes));
  const ours = blindSign(privateKey, parseTokenRequest(bytes).blindedMessage);
  expect(toHex(ours ?? new Uint8Array(0))).toBe(toHex(theirs.serialize()));
});
