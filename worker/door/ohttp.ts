/**
 * A browser's side of Oblivious HTTP (RFC 9458): a request sealed to the leader's gateway, carried by a
 * relay.
 *
 * Guarantee: the relay knows the address and not the request; the gateway knows the request and not the
 * address, nor whether two requests came from one browser. Assumes that relay and gateway do not work
 * together, and that the key was authenticated (it stands in the leader's signed key list). The relay sees
 * when and how much is sent; a report's length is the same for everybody, and answers are padded. A request
 * can be played again: who answers must not mind, and a report id counts once.
 */
import { Aes128Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { encodeRequest, type Field, parseResponse } from "../../core/wire/bhttp.ts";
import {
  chooseKeyConfig,
  headerFor,
  joinRequest,
  type KeyConfig,
  keyProblemType,
  ohttpMedia,
  parseKeyConfigs,
  requestInfo,
  responseKeys,
  responseLabel,
  responseNonceBytes,
  splitResponse,
} from "../../core/wire/ohttp.ts";
import { bodyOf, jsonOf } from "./body.ts";

export interface InnerRequest {
  readonly method: "GET" | "POST";
  /** Of the leader, absolute. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/**
 * One request under way. Each is sealed with a key of its own; the same bytes must not be sent for two
 * purposes.
 */
export interface Exchange {
  /** Content of the POST to the relay, in the media type message/ohttp-req. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** The leader's answer in an encapsulated response. @throws when it is not the answer to this request. */
  readonly open: (encapsulated: Uint8Array) => Promise<Response>;
}

/** Seals a request to one key of the gateway. @throws {TypeError} when the request cannot stand in HTTP. */
export async function encapsulate({
  config,
  request,
}: {
  readonly config: KeyConfig;
  readonly request: InnerRequest;
}): Promise<Exchange> {
  const { method, url, headers = {}, body = new Uint8Array(0) } = request;
  const { protocol, host, pathname, search } = new URL(url);
  const message = encodeRequest({
    method,
    scheme: protocol.slice(0, -1),
    authority: host,
    path: pathname + search,
    headers: Object.entries(headers).map(([name, value]): Field => [name.toLowerCase(), value]),
    content: body,
  });
  const sealed = await sealMessage({ config, message });
  return { body: sealed.body, open: async (bytes) => responseOf(await sealed.open(bytes)) };
}

/** What the relay's answer to an exchange means. */
export type RelayAnswer =
  | { readonly state: "answered"; readonly response: Response }
  /** The gateway does not have this key: fetch the leader's key list again, encapsulate once more. */
  | { readonly state: "stale-key" }
  /** The relay or the gateway could not do it; the leader may or may not have had the request. */
  | { readonly state: "failed"; readonly status: number };

/** Reads the relay's answer. @throws when it claims to be the gateway's and cannot be opened. */
export async function readRelayAnswer(exchange: Exchange, answer: Response): Promise<RelayAnswer> {
  if (answer.status === 200 && mediaTypeOf(answer) === ohttpMedia.response) {
    return { state: "answered", response: await exchange.open(await bodyOf(answer, "POST /v1/relay")) };
  }
  if (answer.status === 400 && mediaTypeOf(answer) === "application/problem+json") {
    const problem: unknown = await jsonOf(answer, "POST /v1/relay");
    if (typeof problem === "object" && problem !== null && "type" in problem) {
      if (problem.type === keyProblemType) return { state: "stale-key" };
    }
  }
  return { state: "failed", status: answer.status };
}

/**
 * The key to seal to in a gateway's list (application/ohttp-keys).
 *
 * @throws {RangeError} when none of them fits.
 */
export function gatewayKeyOf(keys: Uint8Array): KeyConfig {
  const config = chooseKeyConfig(parseKeyConfigs(keys));
  if (config === null) {
    throw new RangeError("gatewayKeyOf: expected a key for X25519, HKDF-SHA256, AES-128-GCM, got none");
  }
  return config;
}

/** Seals any message (RFC 9458, 4.3); `open` gives back the message of the response (4.4). */
export async function sealMessage({
  config,
  message,
  ephemeral,
}: {
  readonly config: KeyConfig;
  readonly message: Uint8Array;
  /** For frozen vectors alone; otherwise a new one is made for every request. */
  readonly ephemeral?: CryptoKeyPair;
}): Promise<{
  readonly body: Uint8Array<ArrayBuffer>;
  readonly open: (encapsulated: Uint8Array) => Promise<Uint8Array>;
}> {
  const suite = new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes128Gcm(),
  });
  const header = headerFor(config);
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(Uint8Array.from(config.publicKey)),
    info: requestInfo(header),
    ...(ephemeral === undefined ? {} : { ekm: ephemeral }),
  });
  const enc = new Uint8Array(sender.enc);
  const ciphertext = new Uint8Array(await sender.seal(message));
  const secret = new Uint8Array(await sender.export(responseLabel, responseNonceBytes));
  return {
    body: joinRequest({ header, enc, ciphertext }),
    open: async (encapsulated) => {
      const response = splitResponse(encapsulated);
      const keys = await responseKeys({ secret, enc, nonce: response.nonce }, (...input) =>
        suite.kdf.extractAndExpand(...input),
      );
      const aead = suite.aead.createEncryptionContext(keys.key);
      return new Uint8Array(await aead.open(keys.nonce, response.ciphertext, new ArrayBuffer(0)));
    },
  };
}

function responseOf(message: Uint8Array): Response {
  const { status, headers, content } = parseResponse(message);
  const bodiless = status === 204 || status === 205 || status === 304;
  return new Response(bodiless ? null : new Uint8Array(content), {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  });
}

function mediaTypeOf({ headers }: Response): string {
  return (headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
}
