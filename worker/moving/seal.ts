/**
 * Seals a person's data for another device of theirs, and opens them there.
 *
 * - A copy: AES-256-GCM under a key that HKDF-SHA-256 makes of the code (144 random bits) and the file's random salt.
 * - A hand-over: HPKE base mode (RFC 9180; X25519-HKDF-SHA256, HKDF-SHA256, AES-256-GCM) to the key of the device
 *   that asked. No other device can open it, and that one forgets the key when it has taken it in.
 *
 * The header is additional data, and the site is in the derivation of the keys. Guarantee: without code or device
 * a file tells no more than its header and one of six sizes, and whoever changes a bit of it makes it unreadable.
 * Assumes that the code, or the asking device's code, went from screen to screen by the person's own hand: HPKE's
 * base mode says nothing of who sealed. What is sealed is compressed before, so a size follows from what was done;
 * padding leaves six.
 */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import type { RandomFill } from "../../core/bytes.ts";
import {
  encodeHeader,
  type FileHeader,
  mostFileBytes,
  padded,
  parseSealedFile,
  readPadded,
  type SealedFile,
  saltBytes,
  tagBytes,
  versionIn,
} from "../../core/moving/container.ts";
import { checkOf, isSame } from "./codes.ts";
import { gunzipped, gzipped } from "./gzip.ts";
import { Refused } from "./refused.ts";

/** AES-GCM's tag. */
const sealBytes = 16;
const text = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words);

function suite(): CipherSuite {
  return new CipherSuite({
    kem: new DhkemX25519HkdfSha256(),
    kdf: new HkdfSha256(),
    aead: new Aes256Gcm(),
  });
}

/** The public key of a device that asks, as bytes. */
export async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const { kem } = suite();
  const { publicKey } = await kem.deriveKeyPair(new Uint8Array(seed).buffer);
  return new Uint8Array(await kem.serializePublicKey(publicKey));
}

/** @param key what the code says @throws {Refused} `large` */
export async function sealedCopy(
  content: string,
  { key, site, fill }: { readonly key: Uint8Array; readonly site: string; readonly fill: RandomFill },
): Promise<Uint8Array<ArrayBuffer>> {
  const salt = new Uint8Array(saltBytes);
  fill(salt);
  const { aead, iv, lockTag } = await copyKeys({ key, salt, site });
  const header = { sort: "copy" as const, siteTag: await siteTagOf(site, salt), lockTag, salt };
  const plain = await boxed(content);
  const head = encodeHeader(header, plain.length + sealBytes);
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: head }, aead, plain);
  return joined(head, new Uint8Array(box));
}

/** @param to the public key of the device that asked @throws {Refused} `large` */
export async function sealedMove(
  content: string,
  { to, site }: { readonly to: Uint8Array; readonly site: string },
): Promise<Uint8Array<ArrayBuffer>> {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(new Uint8Array(to).buffer);
  const sender = await hpke.createSenderContext({ recipientPublicKey, info: moveInfo(site) });
  const salt = new Uint8Array(sender.enc);
  const siteTag = await siteTagOf(site, salt);
  const header = { sort: "move" as const, siteTag, lockTag: await deviceTagOf(to), salt };
  const plain = await boxed(content);
  const head = encodeHeader(header, plain.length + sealBytes);
  return joined(head, new Uint8Array(await sender.seal(plain, head)));
}

/** What a file is, before it is opened. @throws {Refused} `file`, `version`, `damaged`, `site` */
export async function readFile(bytes: Uint8Array, site: string): Promise<SealedFile> {
  const file = parsed(bytes);
  if (!isSame(file.siteTag, await siteTagOf(site, file.salt))) throw new Refused("site");
  return file;
}

/** The content of a copy. @throws {Refused} `code`, `damaged` */
export async function openedCopy(
  file: SealedFile,
  { key, site }: { readonly key: Uint8Array; readonly site: string },
): Promise<string> {
  const { aead, iv, lockTag } = await copyKeys({ key, salt: file.salt, site });
  if (!isSame(lockTag, file.lockTag)) throw new Refused("code");
  const additionalData = headOf(file);
  return unboxed(() =>
    crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, aead, new Uint8Array(file.box)),
  );
}

/** The content of a hand-over. @throws {Refused} `device`, `damaged` */
export async function openedMove(
  file: SealedFile,
  { seed, site }: { readonly seed: Uint8Array; readonly site: string },
): Promise<string> {
  const hpke = suite();
  if (!isSame(file.lockTag, await deviceTagOf(await publicKeyOf(seed)))) throw new Refused("device");
  const recipientKey = await hpke.kem.deriveKeyPair(new Uint8Array(seed).buffer);
  const enc = new Uint8Array(file.salt).buffer;
  return unboxed(() =>
    hpke.open({ recipientKey, enc, info: moveInfo(site) }, new Uint8Array(file.box), headOf(file)),
  );
}

function parsed(bytes: Uint8Array): SealedFile {
  const version = versionIn(bytes);
  if (version !== "this") throw new Refused(version === "none" ? "file" : "version");
  try {
    return parseSealedFile(bytes);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Refused("damaged");
    throw cause;
  }
}

interface CopyKeys {
  readonly aead: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly lockTag: Uint8Array<ArrayBuffer>;
}

interface CopySecrets {
  /** What the code says. */
  readonly key: Uint8Array;
  /** The file's. */
  readonly salt: Uint8Array;
  readonly site: string;
}

/** One key and one nonce for each salt, so neither is used twice. */
async function copyKeys({ key, salt, site }: CopySecrets): Promise<CopyKeys> {
  const secret = await crypto.subtle.importKey("raw", new Uint8Array(key), "HKDF", false, ["deriveBits"]);
  const derived = async (what: string, length: number): Promise<Uint8Array<ArrayBuffer>> => {
    const info = text(`tacit copy v1 ${what}\0${site}`);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(salt), info };
    return new Uint8Array(await crypto.subtle.deriveBits(how, secret, 8 * length));
  };
  const raw = await derived("key", 32);
  const usages: KeyUsage[] = ["encrypt", "decrypt"];
  return {
    aead: await crypto.subtle.importKey("raw", raw, "AES-GCM", false, usages),
    iv: await derived("nonce", 12),
    lockTag: await derived("tag", tagBytes),
  };
}

function moveInfo(site: string): Uint8Array<ArrayBuffer> {
  return text(`tacit move v1\0${site}`);
}

function siteTagOf(site: string, salt: Uint8Array): Promise<Uint8Array> {
  return checkOf(`tacit site ${site}`, salt, tagBytes);
}

function deviceTagOf(publicKey: Uint8Array): Promise<Uint8Array> {
  return checkOf("tacit device", publicKey, tagBytes);
}

function headOf(file: SealedFile): Uint8Array<ArrayBuffer> {
  const { sort, siteTag, lockTag, salt, box }: FileHeader & Pick<SealedFile, "box"> = file;
  return encodeHeader({ sort, siteTag, lockTag, salt }, box.length);
}

async function boxed(content: string): Promise<Uint8Array<ArrayBuffer>> {
  const compressed = await gzipped(text(content));
  if (compressed.length > mostFileBytes - 1024 - 64) throw new Refused("large");
  return padded(compressed);
}

async function unboxed(open: () => Promise<ArrayBuffer>): Promise<string> {
  try {
    const plain = new Uint8Array(await open());
    return new TextDecoder().decode(await gunzipped(readPadded(plain)));
  } catch {
    throw new Refused("damaged");
  }
}

function joined(head: Uint8Array, box: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + box.length);
  bytes.set(head);
  bytes.set(box, head.length);
  return bytes;
}
