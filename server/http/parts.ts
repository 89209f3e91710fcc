/**
 * GET /v1/parts/:id: an immutable part, for ever. Compressed once for everybody; a Range (RFC 9110, 14) is of
 * the plain form, so that a download that broke off goes on where it was.
 */
import { type Context, Hono } from "hono";
import type { EncodedPart } from "../store/parts.ts";
import { acceptedBy, codingFields, codingFor } from "./negotiate.ts";
import { problem } from "./problem.ts";
import { bodyOf } from "./slices.ts";
import { immutable } from "./static.ts";

export interface PartSource {
  readonly part: (id: string) => Promise<EncodedPart | undefined>;
}

export function partRoutes({ part }: PartSource): Hono {
  return new Hono().get("/parts/:id", async (c) => {
    const id = c.req.param("id");
    const found = /^[0-9a-f]{64}$/.test(id) ? await part(id) : undefined;
    if (found !== undefined) return partResponse(c, found, immutable);
    const detail = `part must be the id of a published part, got ${JSON.stringify(id)}`;
    return problem(c, { status: 404, name: "unknown-part", detail });
  });
}

type PartBody = Omit<EncodedPart, "kind">;

/** A part in the coding that suits its reader, or the range of it that was asked for. */
export function partResponse(c: Context, { bytes, brotli, gzip }: PartBody, cacheControl: string): Response {
  const headers = {
    vary: "accept-encoding, range",
    "cache-control": cacheControl,
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
  };
  const range = rangeOf(c.req.header("range"), bytes.length);
  if (range === "unsatisfiable") {
    const whole = { ...headers, "content-range": `bytes */${bytes.length}` };
    return c.body(null, 416, whole);
  }
  if (range !== null) {
    const { first, last } = range;
    const piece = ownBytes(bytes.subarray(first, last + 1));
    return c.body(bodyOf(piece), 206, {
      ...headers,
      "content-length": String(piece.length),
      "content-range": `bytes ${first}-${last}/${bytes.length}`,
    });
  }
  const coding = codingFor(acceptedBy(c), ["br", "gzip", "identity"]);
  const body = { br: brotli, gzip, identity: bytes }[coding];
  return c.body(bodyOf(ownBytes(body)), 200, {
    ...headers,
    ...codingFields(c, coding, headers.vary),
    "content-length": String(body.length),
  });
}

/** The very bytes: a model is some megabytes, and is not copied for each who asks. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return isOwn(bytes) ? bytes : new Uint8Array(bytes);
}

/** Memory that another thread may write to is not given out. */
function isOwn(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer;
}

/** One range of bytes; null where there is none that we serve, which a server may ignore (RFC 9110, 14.2). */
export function rangeOf(
  header: string | undefined,
  length: number,
): { readonly first: number; readonly last: number } | "unsatisfiable" | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (match === null || (match[1] === "" && match[2] === "")) return null;
  const last = match[1] === "" || match[2] === "" ? length - 1 : Math.min(Number(match[2]), length - 1);
  const first = match[1] === "" ? Math.max(0, length - Number(match[2])) : Number(match[1]);
  if (match[1] !== "" && match[2] !== "" && Number(match[2]) < first) return null;
  return first > last ? "unsatisfiable" : { first, last };
}
