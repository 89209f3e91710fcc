/**
 * Binary HTTP messages of known length (RFC 9292, 3.1 and 3.3 to 3.8): what Oblivious HTTP seals.
 *
 * Written here because the one package for it reads past the end of a truncated message, and can be sent into
 * an endless loop by a message of 33 bytes. Messages of indeterminate length are refused: nobody here sends
 * them.
 */
import { ByteReader, ByteWriter } from "../bytes.ts";

/** Name in lower case, then value; one character per byte. */
export type Field = readonly [name: string, value: string];

export interface BinaryRequest {
  readonly method: string;
  readonly scheme: string;
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: readonly Field[];
  readonly content: Uint8Array;
}

export interface BinaryResponse {
  readonly status: number;
  readonly headers: readonly Field[];
  readonly content: Uint8Array;
}

/** `multiple`: the message is padded with zeros to the next multiple of so many bytes (RFC 9292, 3.8). */
export interface Padding {
  readonly multiple: number;
}

const framing = { request: 0, response: 1 } as const;
const unpadded: Padding = { multiple: 1 };

/** @throws {TypeError} for text that is not one byte per character, or a field that HTTP does not allow. */
export function encodeRequest(request: BinaryRequest, padding: Padding = unpadded): Uint8Array<ArrayBuffer> {
  const { method, scheme, authority, path, headers, content } = request;
  const writer = new ByteWriter();
  writeVarint(writer, framing.request);
  for (const part of [method, scheme, authority, path]) writeText(writer, part);
  return finishMessage(writer, { headers, content }, padding);
}

/** @throws {TypeError} for text that is not one byte per character, or a field that HTTP does not allow. */
export function encodeResponse(
  { status, headers, content }: BinaryResponse,
  padding: Padding = unpadded,
): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writeVarint(writer, framing.response);
  writeVarint(writer, status);
  return finishMessage(writer, { headers, content }, padding);
}

/** The content is a view of `bytes`. @throws {RangeError} naming what was expected and what came. */
export function parseRequest(bytes: Uint8Array): BinaryRequest {
  const reader = new ByteReader(bytes, "parseRequest");
  requireFraming(reader, "parseRequest", framing.request);
  const method = readText(reader, "method");
  const scheme = readText(reader, "scheme");
  const authority = readText(reader, "authority");
  const path = readText(reader, "path");
  return { method, scheme, authority, path, ...readMessage(reader, "parseRequest") };
}

/**
 * The content is a view of `bytes`; informational responses are read over.
 *
 * @throws {RangeError} as `parseRequest`.
 */
export function parseResponse(bytes: Uint8Array): BinaryResponse {
  const reader = new ByteReader(bytes, "parseResponse");
  requireFraming(reader, "parseResponse", framing.response);
  let status = readVarint(reader, "status");
  while (status >= 100 && status < 200) {
    readFields(reader, "parseResponse");
    status = readVarint(reader, "status");
  }
  if (status < 200 || status > 599) {
    throw new RangeError(`parseResponse: expected a status from 200 to 599, got ${status}`);
  }
  return { status, ...readMessage(reader, "parseResponse") };
}

type Message = Pick<BinaryRequest, "headers" | "content">;

/** Empty sections at the end are left out: a reader takes what is missing for zeros (RFC 9292, 3.8). */
function finishMessage(
  writer: ByteWriter,
  { headers, content }: Message,
  { multiple }: Padding,
): Uint8Array<ArrayBuffer> {
  if (headers.length > 0 || content.length > 0) writeFields(writer, headers);
  if (content.length > 0) {
    writeVarint(writer, content.length);
    writer.raw(content);
  }
  const padded = Math.ceil(writer.length / multiple) * multiple;
  return writer.raw(new Uint8Array(padded - writer.length)).finish();
}

function readMessage(reader: ByteReader, who: string): Message {
  const headers = readFields(reader, who);
  const content = reader.raw(readLength(reader, "content"), "content");
  readFields(reader, who);
  const padding = reader.raw(reader.left, "padding");
  if (padding.some((byte) => byte !== 0)) {
    throw new RangeError(`${who}: expected zeros after the message, got other bytes`);
  }
  return { headers, content };
}

function writeFields(writer: ByteWriter, headers: readonly Field[]): void {
  const section = new ByteWriter();
  for (const field of headers) {
    requireField(field, "encode");
    for (const text of field) writeText(section, text);
  }
  writeVarint(writer, section.length);
  writer.raw(section.finish());
}

function readFields(reader: ByteReader, who: string): readonly Field[] {
  const length = readLength(reader, "fields");
  const section = new ByteReader(reader.raw(length, "fields"), who);
  const fields: Field[] = [];
  while (section.left > 0) {
    const field: Field = [readText(section, "field name"), readText(section, "field value")];
    requireField(field, who);
    fields.push(field);
  }
  return fields;
}

/**
 * RFC 9110, 5.1 and 5.5, names in lower case alone (RFC 9292, 3.6): nothing that could end a line and begin
 * another.
 */
function requireField([name, value]: Field, who: string): void {
  if (
    !/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name) ||
    !/^(?:[^\0\r\n\s](?:[^\0\r\n]*[^\0\r\n\s])?)?$/.test(value)
  ) {
    throw new RangeError(`${who}: expected a field of HTTP, got ${JSON.stringify(name.slice(0, 40))}`);
  }
}

function requireFraming(reader: ByteReader, who: string, expected: number): void {
  const found = readVarint(reader, "framing indicator");
  if (found !== expected) {
    throw new RangeError(`${who}: expected framing indicator ${expected}, got ${found}`);
  }
}

function writeText(writer: ByteWriter, text: string): void {
  const bytes = new Uint8Array(text.length);
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code > 0xff) throw new TypeError(`encode: expected one byte per character, got character ${code}`);
    bytes[k] = code;
  }
  writeVarint(writer, bytes.length);
  writer.raw(bytes);
}

function readText(reader: ByteReader, what: string): string {
  const bytes = reader.raw(readVarint(reader, `length of ${what}`), what);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The length of a section, 0 where the message ends before it. */
function readLength(reader: ByteReader, what: string): number {
  return reader.left === 0 ? 0 : readVarint(reader, `length of ${what}`);
}

/** Integers of 1, 2, 4 or 8 bytes, big-endian, the size in the first two bits (RFC 9000, 16). */
function writeVarint(writer: ByteWriter, value: number): void {
  if (value < 64) writer.u8(value);
  else if (value < 16_384) writer.u8(0x40 | (value >> 8)).u8(value & 255);
  else if (value < 2 ** 30) {
    writer.u8(0x80 | (value >> 24)).u8((value >> 16) & 255);
    writer.u8((value >> 8) & 255).u8(value & 255);
  } else throw new RangeError(`encode: lengths must be below 2^30, got ${value}`);
}

/** Rounded above 2^53, which no length that can be read reaches. */
function readVarint(reader: ByteReader, what: string): number {
  const first = reader.u8(what);
  let value = first & 0x3f;
  for (let more = 2 ** (first >> 6) - 1; more > 0; more--) value = value * 256 + reader.u8(what);
  return value;
}
