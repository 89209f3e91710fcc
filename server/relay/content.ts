/**
 * Encapsulated requests over HTTP, as relay and gateway both take them: the one media type, up to a length.
 */
import type { Context } from "hono";
import { ohttpMedia } from "../../core/wire/ohttp.ts";
import { readBody } from "../http/body.ts";
import { problem } from "../http/problem.ts";

export type Content =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly answer: Response };

/** The content of the request, or the answer that refuses it. */
export async function encapsulatedContent(c: Context, limitBytes: number): Promise<Content> {
  if (mediaTypeOf(c.req.raw) !== ohttpMedia.request) {
    const detail = `expected content of type ${ohttpMedia.request}, got another`;
    return { ok: false, answer: problem(c, { status: 415, name: "unsupported-media-type", detail }) };
  }
  const body = await readBody(c, limitBytes);
  if (body.ok) return body;
  const detail = `an encapsulated request must have at most ${body.limit} bytes, got ${body.got}`;
  return { ok: false, answer: problem(c, { status: 413, name: "too-large", detail }) };
}

/** Without parameters, in lower case. */
export function mediaTypeOf({ headers }: { readonly headers: Headers }): string {
  return (headers.get("content-type") ?? "").split(";")[0].trim().toLowerCase();
}
