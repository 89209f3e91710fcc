/**
 * What passes between a browser and the leader: these headers, and no other, so that what nobody thought of
 * stays out. Two of them can tell one visitor from another:
 *
 * - `x-forwarded-for`, where the site says an address, for the leader's limits;
 * - `etag`, which a browser gives back as `if-none-match` or `if-range`: a leader that gives each visitor one of
 *   their own knows them again, for as long as their browser keeps the file. Whether it is a hash of what it came
 *   with is known only when all has come, so who checks must hold each answer back, which neither nginx nor Caddy
 *   can; and without it every page would load unchanged files again. The SDK's own questions carry no condition.
 */

/**
 * How a proxy that speaks `fetch` asks for a packed body, and hears how it is packed: under the names that
 * HTTP has for it, `fetch` would unpack it on the way.
 */
export const codingHeaders = { accept: "tacit-accept-encoding", content: "tacit-content-encoding" } as const;

/** Of a request: what the answer depends on. */
export const requestHeaders = ["content-type", "if-none-match", "if-range", "origin", "range"] as const;

/**
 * Of an answer. Not among them: set-cookie; strict-transport-security, which is the site's to say of its
 * origin; what is about one connection.
 */
export const answerHeaders = [
  "accept-ranges",
  "access-control-allow-origin",
  "access-control-expose-headers",
  "cache-control",
  "content-length",
  "content-range",
  "content-security-policy",
  "content-type",
  "cross-origin-embedder-policy",
  "cross-origin-resource-policy",
  "etag",
  "referrer-policy",
  "retry-after",
  "vary",
  "x-content-type-options",
] as const;

/** @param address the visitor's; null to say none */
export function headersForLeader(asked: Headers, address: string | null): Headers {
  const headers = new Headers({ "accept-encoding": "identity" });
  for (const name of requestHeaders) copy(asked, headers, name);
  // Said also where the browser says nothing: a runtime may send an accept-encoding of its own.
  headers.set(codingHeaders.accept, asked.get("accept-encoding") ?? "identity");
  // Longer than any address, or of other signs, it is none.
  if (address !== null && /^[0-9a-fA-F:.]{2,45}$/.test(address)) headers.set("x-forwarded-for", address);
  return headers;
}

export function headersForBrowser(answered: Headers): Headers {
  const headers = new Headers();
  for (const name of answerHeaders) copy(answered, headers, name);
  const varies = (headers.get("vary") ?? "").split(/\s*,\s*/).filter((name) => name !== codingHeaders.accept);
  if (headers.has("vary")) headers.set("vary", varies.join(", "));
  const packed = answered.get("content-encoding") ?? "identity";
  // Something between packed it, and `fetch` has unpacked it: its length is another now.
  if (packed !== "identity") headers.delete("content-length");
  else copy(answered, headers, codingHeaders.content, "content-encoding");
  return headers;
}

function copy(from: Headers, to: Headers, name: string, as = name): void {
  const value = from.get(name);
  if (value !== null) to.set(as, value);
}
