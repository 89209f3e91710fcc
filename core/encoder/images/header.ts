/**
 * What the first bytes of a picture's file say: which kind it is, and how many pixels. Read before anything
 * decodes it, because a file of a few kilobytes can stand for gigabytes of pixels.
 *
 * JPEG: ITU-T T.81, B.2.2. PNG: 3rd edition, 11.2.1. WebP: RFC 9649, 2.5 to 2.7.
 */
import { pictureLimits } from "./picture.ts";

export interface PictureHeader {
  readonly kind: "jpeg" | "png" | "webp";
  /** In pixels, as they are stored: a camera may have been turned. */
  readonly width: number;
  readonly height: number;
}

const who = "parsePictureHeader";

/**
 * @throws {TypeError} `parsePictureHeader: …` for what is no JPEG, PNG or WebP.
 * @throws {RangeError} for a picture beyond `pictureLimits`.
 */
export function parsePictureHeader(bytes: Uint8Array): PictureHeader {
  if (bytes.length > pictureLimits.bytes) {
    throw new RangeError(`${who}: bytes must be at most ${pictureLimits.bytes}, got ${bytes.length}`);
  }
  const header = headerOf(bytes);
  if (header === null) throw new TypeError(`${who}: bytes must be of JPEG, PNG or WebP, got others`);
  const { width, height, kind } = header;
  if (width === 0 || height === 0) {
    throw new TypeError(`${who}: ${kind} must have pixels, got ${width} x ${height}`);
  }
  if (width * height > pictureLimits.pixels) {
    throw new RangeError(`${who}: pixels must be at most ${pictureLimits.pixels}, got ${width} x ${height}`);
  }
  return header;
}

function headerOf(bytes: Uint8Array): PictureHeader | null {
  if (startsWith(bytes, "\x89PNG\r\n\x1a\n")) return pngHeader(bytes);
  if (startsWith(bytes, "\xff\xd8\xff")) return jpegHeader(bytes);
  if (startsWith(bytes, "RIFF") && startsWith(bytes, "WEBP", 8)) return webpHeader(bytes);
  return null;
}

function pngHeader(bytes: Uint8Array): PictureHeader | null {
  if (bytes.length < 24 || !startsWith(bytes, "IHDR", 12)) return null;
  const view = viewOf(bytes);
  return { kind: "png", width: view.getUint32(16), height: view.getUint32(20) };
}

/** Segment by segment up to the frame's, which has the size: what is embedded in another is stepped over. */
function jpegHeader(bytes: Uint8Array): PictureHeader | null {
  const view = viewOf(bytes);
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    // Bytes of 0xff may fill up the place before a marker.
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrame(marker))
      return { kind: "jpeg", width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    // Markers that stand alone.
    if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    // The picture itself, or its end, before any size.
    if (length < 2 || marker === 0xda || marker === 0xd9) return null;
    at += 2 + length;
  }
  return null;
}

/** SOF0 to SOF15, among which stand three markers of other things. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

function webpHeader(bytes: Uint8Array): PictureHeader | null {
  if (bytes.length < 30) return null;
  const view = viewOf(bytes);
  const kind = "webp";
  if (startsWith(bytes, "VP8X", 12))
    return { kind, width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
  if (startsWith(bytes, "VP8L", 12)) {
    const bits = view.getUint32(21, true);
    return { kind, width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) };
  }
  if (!startsWith(bytes, "VP8 ", 12)) return null;
  return { kind, width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) + 65_536 * view.getUint8(at + 2);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function startsWith(bytes: Uint8Array, text: string, at = 0): boolean {
  return Array.from(text).every((letter, k) => bytes[at + k] === letter.charCodeAt(0));
}
