/**
 * The two codes that a person carries between devices.
 *
 * | of a request | version 1, 1 byte; X25519 public key, 32; check, 4 |
 * | of a copy | key, 18 random bytes (144 bits); check, 2 |
 *
 * The check is the start of a SHA-256 over the rest, of a request with the site: it tells a mistyped code, and one
 * of another site, from a right one. A code that a person makes up is none: what they remember can be guessed.
 */
import { codeText, parseCode } from "../../core/moving/code.ts";
import { sha256 } from "../digest.ts";
import { Refused } from "./refused.ts";

export const copyKeyBytes = 18;
const keyBytes = 32;
const requestVersion = 1;

/** @param key the asking device's public key */
export async function requestCode(key: Uint8Array, site: string): Promise<string> {
  const start = Uint8Array.of(requestVersion, ...key);
  return codeText(Uint8Array.of(...start, ...(await checkOf(`tacit ask ${site}`, start, 4))));
}

/** The asking device's public key. @throws {Refused} `code` */
export async function keyOfRequest(code: string, site: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = parseCode(code);
  if (bytes?.length !== 1 + keyBytes + 4 || bytes[0] !== requestVersion) throw new Refused("code");
  const start = bytes.slice(0, 1 + keyBytes);
  if (!isSame(bytes.slice(1 + keyBytes), await checkOf(`tacit ask ${site}`, start, 4))) {
    throw new Refused("code");
  }
  return start.slice(1);
}

export async function copyCode(key: Uint8Array): Promise<string> {
  return codeText(Uint8Array.of(...key, ...(await checkOf("tacit copy", key, 2))));
}

/** @throws {Refused} `code` */
export async function keyOfCopy(code: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = parseCode(code);
  if (bytes?.length !== copyKeyBytes + 2) throw new Refused("code");
  const key = bytes.slice(0, copyKeyBytes);
  if (!isSame(bytes.slice(copyKeyBytes), await checkOf("tacit copy", key, 2))) throw new Refused("code");
  return key;
}

/** The start of a SHA-256 over what it is for and some bytes. */
export async function checkOf(what: string, bytes: Uint8Array, length: number): Promise<Uint8Array> {
  const text = new TextEncoder().encode(`${what}\0`);
  return (await sha256(Uint8Array.of(...text, ...bytes))).slice(0, length);
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, k) => byte === b[k]);
}
