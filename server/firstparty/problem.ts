/** Errors as the leader tells them (RFC 9457), of a runtime that has nothing but the web's own types. */
export function problem(
  status: number,
  name: string,
  detail: string,
  more: Readonly<Record<string, string>> = {},
): Response {
  const title = name.replaceAll("-", " ");
  return new Response(JSON.stringify({ type: `urn:tacit:problem:${name}`, title, status, detail }), {
    status,
    headers: {
      "content-type": "application/problem+json",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...more,
    },
  });
}
