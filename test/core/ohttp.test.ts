import { readFileSync } from "node:fs";
import { BHttpDecoder, BHttpEncoder } from "bhttp-js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromHex, toHex } from "../../core/bytes.ts";
import {
  type BinaryRequest,
  type BinaryResponse,
  encodeRequest,
  encodeResponse,
  type Field,
  parseRequest,
  parseResponse,
} from "../../core/wire/bhttp.ts";
import {
  chooseKeyConfig,
  encodeKeyConfig,
  encodeKeyConfigs,
  headerFor,
  joinRequest,
  joinResponse,
  type KeyConfig,
  parseHeader,
  parseKeyConfigs,
  requestInfo,
  requestOverheadBytes,
  splitRequest,
  splitResponse,
} from "../../core/wire/ohttp.ts";

/** Appendix A, in hex. */
const rfc9458: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(new URL("../vectors/rfc9458.json", import.meta.url), "utf8"),
);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const u16 = fc.integer({ min: 0, max: 0xffff });
const keyConfigs: fc.Arbitrary<KeyConfig> = fc.record({
  id: fc.integer({ min: 0, max: 255 }),
  publicKey: bytes(32),
  symmetric: fc.array(fc.record({ kdf: u16, aead: u16 }), { minLength: 1, maxLength: 5 }),
});
const fieldName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const fieldValue = fc.stringMatching(/^[!-~\xa1-\xff]([ -~\xa1-\xff]{0,300}[!-~])?$/);
const headers = fc.array(fc.tuple(fieldName, fieldValue), { maxLength: 8 });
const requests: fc.Arbitrary<BinaryRequest> = fc.record({
  method: fc.constantFrom("GET", "POST", "DELETE"),
  scheme: fc.constantFrom("http", "https"),
  authority: fc.constantFrom("leader.example", "localhost:18100"),
  path: fc.stringMatching(/^\/[a-z0-9/?=&.]{0,200}$/),
  headers,
  content: fc.uint8Array({ maxLength: 20_000 }),
});
const responses: fc.Arbitrary<BinaryResponse> = fc.record({
  status: fc.integer({ min: 200, max: 599 }),
  headers,
  content: fc.uint8Array({ maxLength: 20_000 }),
});
const padding = fc.record({ multiple: fc.integer({ min: 1, max: 2000 }) });

test("the key configuration of RFC 9458, Appendix A is read and written byte for byte", () => {
  const config = fromHex(rfc9458.keyConfig);
  const listed = new Uint8Array([0, config.length, ...config]);
  const [parsed, ...more] = parseKeyConfigs(listed);
  expect(more).toEqual([]);
  expect(parsed.id).toBe(1);
  expect(parsed.symmetric).toEqual([
    { kdf: 1, aead: 1 },
    { kdf: 1, aead: 3 },
  ]);
  expect(toHex(encodeKeyConfig(parsed))).toBe(rfc9458.keyConfig);
  expect(encodeKeyConfigs([parsed])).toEqual(listed);
  expect(chooseKeyConfig([parsed])).toBe(parsed);
  expect(toHex(requestInfo(headerFor(parsed)))).toBe(rfc9458.info);
});

test("the binary HTTP messages of RFC 9458, Appendix A are read and written byte for byte", () => {
  const content = new Uint8Array(0);
  const request = {
    method: "GET",
    scheme: "https",
    authority: "example.com",
    path: "/",
    headers: [],
    content,
  };
  expect(toHex(encodeRequest(request))).toBe(rfc9458.request);
  expect(parseRequest(fromHex(rfc9458.request))).toEqual(request);
  expect(toHex(encodeResponse({ status: 200, headers: [], content }))).toBe(rfc9458.response);
  expect(parseResponse(fromHex(rfc9458.response))).toEqual({ status: 200, headers: [], content });
});

test("a list of keys parses back to what was encoded; a list with any error is refused whole", () => {
  fc.assert(
    fc.property(fc.array(keyConfigs, { maxLength: 4 }), (configs) => {
      expect(parseKeyConfigs(encodeKeyConfigs(configs))).toEqual(configs);
    }),
  );
  const [one, two] = fc.sample(keyConfigs, { numRuns: 2, seed: 3 });
  const list = encodeKeyConfigs([one, two]);
  const ends = new Set([0, encodeKeyConfigs([one]).length]);
  for (let length = 0; length < list.length; length++) {
    if (ends.has(length)) continue;
    expect(() => parseKeyConfigs(list.subarray(0, length)), `${length}`).toThrow(
      /^parseKeyConfigs: expected/,
    );
  }
});

test("a key of another KEM is passed over, a key without our suite is not chosen", () => {
  const [config] = fc.sample(keyConfigs, { numRuns: 1, seed: 4 });
  const ours = { ...config, id: 7, symmetric: [{ kdf: 1, aead: 1 }] };
  const other = encodeKeyConfigs([config]);
  other.set([0x00, 0x10], 3);
  const list = new Uint8Array([...other, ...encodeKeyConfigs([ours])]);
  expect(parseKeyConfigs(list)).toEqual([ours]);
  const chaChaOnly = { ...config, symmetric: [{ kdf: 1, aead: 3 }] };
  expect(chooseKeyConfig([chaChaOnly, ours])).toBe(ours);
  expect(chooseKeyConfig([chaChaOnly])).toBeNull();
});

test("encapsulated requests and responses come apart as they were joined, and too short ones are refused", () => {
  const ciphertext = fc.uint8Array({ minLength: 16, maxLength: 200 });
  const parts = fc.record({ header: bytes(7), enc: bytes(32), ciphertext });
  fc.assert(
    fc.property(parts, (request) => {
      expect(splitRequest(joinRequest(request))).toEqual(request);
    }),
  );
  fc.assert(
    fc.property(fc.record({ nonce: bytes(16), ciphertext }), (response) => {
      expect(splitResponse(joinResponse(response))).toEqual(response);
    }),
  );
  expect(parseHeader(headerFor({ id: 201 }))).toEqual({ keyId: 201, kem: 0x20, kdf: 1, aead: 1 });
  expect(() => splitRequest(new Uint8Array(requestOverheadBytes - 1))).toThrow(/^splitRequest: expected 16/);
  expect(() => splitResponse(new Uint8Array(31))).toThrow(/^splitResponse: expected 16/);
});

test("binary HTTP messages parse back to what was encoded, whatever the padding", () => {
  fc.assert(
    fc.property(requests, padding, (request, pad) => {
      const message = encodeRequest(request, pad);
      expect(message.length % pad.multiple).toBe(0);
      expect(parseRequest(message)).toEqual(request);
    }),
  );
  fc.assert(
    fc.property(responses, padding, (response, pad) => {
      const message = encodeResponse(response, pad);
      expect(message.length % pad.multiple).toBe(0);
      expect(parseResponse(message)).toEqual(response);
    }),
  );
});

test("another implementation of RFC 9292 reads what is written here, and is read here", async () => {
  // What it cannot carry: a query, characters above 0x7f, two fields of one name, contents with a GET.
  const plain = requests
    .filter(({ method }) => method === "POST")
    .map((request) => ({ ...request, path: "/v1/reports", headers: plainFields(request.headers) }));
  await fc.assert(
    fc.asyncProperty(plain, async (request) => {
      const read = new BHttpDecoder().decodeRequest(encodeRequest(request, { multiple: 64 }));
      expect(new Uint8Array(await read.arrayBuffer())).toEqual(request.content);
      expect(read.url).toBe(`${request.scheme}://${request.authority}${request.path}`);
      for (const [name, value] of request.headers) expect(read.headers.get(name)).toBe(value);

      const written = await new BHttpEncoder().encodeRequest(
        new Request(read.url, {
          method: "POST",
          headers: request.headers.map(([name, value]): [string, string] => [name, value]),
          body: new Uint8Array(request.content),
        }),
      );
      const { headers: fields, ...rest } = parseRequest(written);
      const { headers: _, ...sent } = request;
      expect(rest).toEqual(sent);
      expect(Object.fromEntries(fields)).toEqual(Object.fromEntries(request.headers));
    }),
    { numRuns: 50 },
  );
});

test("a message cut anywhere but between its sections is refused by name", () => {
  const request: BinaryRequest = {
    method: "POST",
    scheme: "https",
    authority: "leader.example",
    path: "/v1/reports",
    headers: [["content-type", "application/octet-stream"]],
    content: new Uint8Array(100).fill(7),
  };
  const whole = encodeRequest(request);
  const afterControl = encodeRequest({ ...request, headers: [], content: new Uint8Array(0) }).length;
  const afterHeaders = encodeRequest({ ...request, content: new Uint8Array(0) }).length;
  for (let length = 0; length < whole.length; length++) {
    const cut = whole.subarray(0, length);
    if (length === afterControl || length === afterHeaders) {
      expect(parseRequest(cut).content).toHaveLength(0);
    } else {
      expect(() => parseRequest(cut), `${length} bytes`).toThrow(
        /^parseRequest: expected \d+ bytes of .* at byte \d+, got \d+$/,
      );
    }
  }
});

test("no bytes at all make the parsers do anything but return or throw a RangeError, at once", () => {
  const starts = fc.constantFrom(
    "",
    "00",
    "01",
    "02",
    "0034",
    rfc9458.request,
    `${rfc9458.request}00c0000000fffffff8`,
  );
  fc.assert(
    fc.property(starts, fc.uint8Array({ maxLength: 120 }), (start, tail) => {
      const message = new Uint8Array([...fromHex(start), ...tail]);
      for (const parse of [parseRequest, parseResponse]) {
        try {
          parse(message);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }
    }),
    { numRuns: 3000 },
  );
});

test("a field that could end its line, an upper-case name, other padding and other framings are refused", () => {
  const bad: readonly Field[] = [
    ["x", "a\r\nb: c"],
    ["x", "a\0"],
    ["x", " a"],
    ["X", "a"],
    [":path", "/"],
    ["", "a"],
    ["a b", "c"],
  ];
  for (const field of bad) {
    const response = { status: 200, headers: [field], content: new Uint8Array(0) };
    expect(() => encodeResponse(response), JSON.stringify(field)).toThrow("expected a field of HTTP");
  }
  // Length of the section, "x" with its length, then a value of three bytes that ends a line.
  expect(() => parseResponse(fromHex("0140c806017803610d0a"))).toThrow("expected a field of HTTP");
  expect(() => parseResponse(fromHex("0140c800000001"))).toThrow("expected zeros after the message");
  expect(() => parseResponse(fromHex("0340c8"))).toThrow("expected framing indicator 1, got 3");
  expect(() => parseResponse(fromHex("014063"))).toThrow("expected a status from 200 to 599, got 99");
  const informed = parseResponse(fromHex("01406600407f0040c8"));
  expect(informed.status).toBe(200);
});

function plainFields(fields: readonly Field[]): readonly Field[] {
  const plain = fields.map(([name, value]): Field => [`x-${name}`, value.replace(/[^\x21-\x7e]/g, "-")]);
  return [...new Map(plain).entries()];
}
