/**
 * Bodies of requests: read up to a limit, from their stream, so that one that is too long is never held; or
 * refused.
 */
import type { IncomingMessage } from "node:http";
import type { Context, MiddlewareHandler } from "hono";
import { incomingOf } from "./incoming.ts";
import { problem } from "./problem.ts";

export type Body =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly limit: number; readonly got: number };

export async function readBody(c: Context, limit: number): Promise<Body> {
  const declared = Number(c.req.header("content-length") ?? Number.NaN);
  if (declared > limit) return { ok: false, limit, got: declared };
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of piecesOf(c)) {
    length += piece.length;
    if (length > limit) return { ok: false, limit, got: length };
    pieces.push(piece);
  }
  return { ok: true, bytes: pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length) };
}

/** From the socket as they come; a request within the process has a stream of its own. */
function piecesOf(c: Context): AsyncIterable<Uint8Array> {
  const incoming = incomingOf(c.env);
  if (incoming === null) return c.req.raw.body ?? noPieces();
  // Who stops reading answers first: the socket must live until then.
  return incoming.iterator({ destroyOnReturn: false });
}

async function* noPieces(): AsyncGenerator<Uint8Array> {}

/** For what takes no body: one that announces some is refused, unread. */
export const noBody: MiddlewareHandler = async (c, next) => {
  if (!announcesBody(c.req.raw.headers)) return next();
  const detail = `${c.req.method} here must have no body, got one`;
  return problem(c, { status: 413, name: "too-long", detail });
};

/**
 * For the whole application: what is only asked for has no body, and a body that was not read to its end is
 * not waited for: the connection is closed after the answer.
 */
export const boundedBodies: MiddlewareHandler = async (c, next) => {
  const { raw, method } = c.req;
  if (!announcesBody(raw.headers)) return next();
  if (["GET", "HEAD", "OPTIONS"].includes(method)) {
    c.header("connection", "close");
    return noBody(c, next);
  }
  await next();
  if (c.res.status === 413 || !isRead(raw, incomingOf(c.env))) c.res.headers.set("connection", "close");
};

function isRead({ bodyUsed }: Request, incoming: IncomingMessage | null): boolean {
  return bodyUsed || incoming?.readableEnded === true;
}

function announcesBody(headers: Headers): boolean {
  return headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0;
}
