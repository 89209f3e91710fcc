/** Reads a request body up to a limit, from its stream: a body that is too long is never held. */

export type Body =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly limit: number; readonly got: number };

export async function readBody(request: Request, limit: number): Promise<Body> {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declared > limit) return { ok: false, limit, got: declared };
  if (request.body === null) return { ok: true, bytes: new Uint8Array(0) };
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of request.body) {
    length += piece.length;
    if (length > limit) return { ok: false, limit, got: length };
    pieces.push(piece);
  }
  return { ok: true, bytes: pieces.length === 1 ? pieces[0] : Buffer.concat(pieces, length) };
}
