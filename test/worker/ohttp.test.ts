import { readFileSync } from "node:fs";
import { DhkemX25519HkdfSha256 } from "@hpke/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import { encodeResponse, parseRequest } from "../../core/wire/bhttp.ts";
import { encodeKeyConfigs, type KeyConfig, keyProblemType, parseKeyConfigs } from "../../core/wire/ohttp.ts";
import { newKeyPair, recipientKey } from "../../server/base/hpke.ts";
import { fillRandom } from "../../server/base/platform.ts";
import { openRequest } from "../../server/relay/encapsulation.ts";
import { encapsulate, gatewayKeyOf, readRelayAnswer, sealMessage } from "../../worker/door/ohttp.ts";

/** Appendix A, in hex. */
const rfc9458: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("../vectors/rfc9458.json", import.meta.url), "utf8"),
);

const kem = new DhkemX25519HkdfSha256();

async function keyPairOf(publicKey: string, privateKey: string) {
  return {
    publicKey: await kem.deserializePublicKey(fromHex(publicKey)),
    privateKey: await kem.deserializePrivateKey(fromHex(privateKey)),
  };
}

const rfcConfig = (): KeyConfig => {
  const config = fromHex(rfc9458.keyConfig);
  return parseKeyConfigs(new Uint8Array([0, config.length, ...config]))[0];
};

/** A gateway's key, and the gateway's half of the exchange with it. */
async function gateway(id = 9) {
  const raw = newKeyPair();
  const pair = recipientKey(raw);
  const { publicKey } = raw;
  const config: KeyConfig = { id, publicKey, symmetric: [{ kdf: 1, aead: 1 }] };
  const open = async (body: Uint8Array) => {
    const opened = await openRequest(body, {
      pair: (keyId) => (keyId === id ? pair : null),
      fill: fillRandom,
    });
    if (opened.state !== "opened") throw new Error(opened.detail);
    return opened;
  };
  return { config, open };
}

test("the exchange of RFC 9458, Appendix A is made byte for byte, in both directions", async () => {
  const ephemeral = await keyPairOf(rfc9458.ephemeralPublicKey, rfc9458.ephemeralPrivateKey);
  const message = fromHex(rfc9458.request);
  const sealed = await sealMessage({ config: rfcConfig(), message, ephemeral });
  expect(toHex(sealed.body)).toBe(rfc9458.encapsulatedRequest);
  expect(toHex(await sealed.open(fromHex(rfc9458.encapsulatedResponse)))).toBe(rfc9458.response);

  const { publicKey } = rfcConfig();
  const pair = recipientKey({ publicKey, privateKey: fromHex(rfc9458.gatewayPrivateKey) });
  const opened = await openRequest(fromHex(rfc9458.encapsulatedRequest), {
    pair: (id) => (id === 1 ? pair : null),
    fill: (bytes) => bytes.set(fromHex(rfc9458.responseNonce)),
  });
  if (opened.state !== "opened") throw new Error(opened.detail);
  expect(toHex(opened.message)).toBe(rfc9458.request);
  expect(toHex(await opened.seal(fromHex(rfc9458.response)))).toBe(rfc9458.encapsulatedResponse);
});

test("what a browser asks arrives as it was asked, and the answer comes back as it was given", async () => {
  const { config, open } = await gateway();
  const content = fc.uint8Array({ maxLength: 4000 });
  const value = fc.stringMatching(/^[!-~]([ -~]{0,60}[!-~])?$/);
  const status = fc.constantFrom(200, 204, 400, 404, 413, 503);
  await fc.assert(
    fc.asyncProperty(content, value, content, status, async (body, accept, answer, code) => {
      const url = "https://leader.example:8443/v1/reports?a=b";
      const request = { method: "POST", url, headers: { Accept: accept }, body } as const;
      const exchange = await encapsulate({ config, request });
      const opened = await open(exchange.body);
      expect(parseRequest(opened.message)).toEqual({
        method: "POST",
        scheme: "https",
        authority: "leader.example:8443",
        path: "/v1/reports?a=b",
        headers: [["accept", accept]],
        content: body,
      });
      const sent = code === 204 ? new Uint8Array(0) : answer;
      const response = await exchange.open(
        await opened.seal(
          encodeResponse(
            { status: code, headers: [["content-type", "a/b"]], content: sent },
            { multiple: 512 },
          ),
        ),
      );
      expect(response.status).toBe(code);
      expect(response.headers.get("content-type")).toBe("a/b");
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(sent);
    }),
    { numRuns: 40 },
  );
});

test("the same request twice is two unlike encapsulations of one length, and says nothing of what is in it", async () => {
  const { config } = await gateway();
  const body = new Uint8Array(5000).fill(65);
  const request = { method: "POST", url: "https://leader.example/v1/reports", body } as const;
  const one = await encapsulate({ config, request });
  const two = await encapsulate({ config, request });
  expect(one.body).toHaveLength(two.body.length);
  // Past the header (7 bytes), two streams of random bytes agree in one place of 256.
  const agree = one.body.subarray(7).filter((byte, k) => byte === two.body[k + 7]).length;
  expect(agree).toBeLessThan(60);
  expect(Buffer.from(one.body).includes("AAAA")).toBe(false);
  expect(Buffer.from(one.body).includes("leader.example")).toBe(false);
});

test("a request with any bit turned is refused, and so is a response, or the response to another request", async () => {
  const { config, open } = await gateway();
  const request = {
    method: "POST",
    url: "https://leader.example/v1/reports",
    body: new Uint8Array([5, 6, 7]),
  } as const;
  const exchange = await encapsulate({ config, request });
  const answer = encodeResponse({ status: 200, headers: [], content: new Uint8Array(3) });
  const response = await (await open(exchange.body)).seal(answer);
  for (let bit = 0; bit < 8 * exchange.body.length; bit += 5) {
    await expect(open(turned(exchange.body, bit)), `request, bit ${bit}`).rejects.toThrow();
  }
  for (let bit = 0; bit < 8 * response.length; bit += 3) {
    await expect(exchange.open(turned(response, bit)), `response, bit ${bit}`).rejects.toThrow();
  }
  const other = await encapsulate({ config, request });
  await expect(other.open(response)).rejects.toThrow();
  expect((await exchange.open(response)).status).toBe(200);
});

test("a view into a larger buffer is sealed as the view alone", async () => {
  const { config, open } = await gateway();
  const around = new TextEncoder().encode("before|inside|after");
  const body = around.subarray(7, 13);
  const exchange = await encapsulate({
    config,
    request: { method: "POST", url: "https://leader.example/v1/reports", body },
  });
  const { content } = parseRequest((await open(exchange.body)).message);
  expect(new TextDecoder().decode(content)).toBe("inside");
});

test("the relay's answer is read for what it is: the leader's, an old key, or a failure", async () => {
  const { config, open } = await gateway();
  const url = "https://leader.example/v1/tasks";
  const exchange = await encapsulate({ config, request: { method: "GET", url } });
  const sealed = await (await open(exchange.body)).seal(
    encodeResponse({ status: 404, headers: [], content: new Uint8Array(0) }),
  );
  const response = (status: number, type: string, body: BodyInit) =>
    new Response(body, { status, headers: { "content-type": type } });

  const answered = await readRelayAnswer(exchange, response(200, "message/ohttp-res", sealed));
  expect(answered.state === "answered" && answered.response.status).toBe(404);

  const problem = JSON.stringify({ type: keyProblemType, title: "key identifier unknown" });
  const stale = await readRelayAnswer(exchange, response(400, "application/problem+json", problem));
  expect(stale).toEqual({ state: "stale-key" });

  const other = JSON.stringify({ type: "urn:tacit:problem:malformed" });
  for (const [status, type, body] of [
    [400, "application/problem+json", other],
    [400, "application/json", problem],
    [502, "application/problem+json", problem],
    [200, "text/html", "<p>an intermediary's page</p>"],
  ] as const) {
    expect(await readRelayAnswer(exchange, response(status, type, body))).toEqual({
      state: "failed",
      status,
    });
  }
  await expect(readRelayAnswer(exchange, response(200, "message/ohttp-res", "forged"))).rejects.toThrow();
});

test("the key to seal to is the first of the gateway's list that fits; none is an error", async () => {
  const { config } = await gateway(3);
  const chaCha = { ...config, id: 4, symmetric: [{ kdf: 1, aead: 3 }] };
  expect(gatewayKeyOf(encodeKeyConfigs([chaCha, config]))).toEqual(config);
  expect(() => gatewayKeyOf(encodeKeyConfigs([chaCha]))).toThrow("gatewayKeyOf: expected a key");
});

function turned(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[bit >> 3] ^= 1 << (bit & 7);
  return copy;
}
