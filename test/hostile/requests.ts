/**
 * HTTP requests, made hostile at every place they have: method, path, query, headers, body. One is built from
 * what a route takes (routes.ts), changed at one place or a few, and written as bytes; how long the body is,
 * is said truly, so that an answer belongs to its request. What lies about lengths is in sockets.ts.
 */

import { mark } from "./answers.ts";
import { hostileBytes } from "./bytes.ts";
import type { Chance } from "./chance.ts";
import { hostileText } from "./values.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"];
const steps = [
  ...[
    "..",
    ".",
    "%2e%2e",
    "%2f",
    "%5c",
    "%00",
    "%",
    "%zz",
    "%ff%fe",
    "%c0%ae",
    ".env",
    "~",
    ";a=b",
    "*",
    ":id",
  ],
  ...["__proto__", "constructor", "%F0%9F%98%80", "a".repeat(256), "b".repeat(3000), "index.html", mark],
];
const queries = [
  ...[
    "",
    "a",
    "a=b",
    "kind=item-factors",
    "kind=%00",
    "force=1",
    "if-empty=1",
    "refit=1",
    "format=shopify",
    "map=x",
    "&&&=",
    "a=%ff",
  ],
  ...[
    "decimal=,",
    "skip-faults=1e9%25",
    "__proto__=1",
    `${mark}=${"x".repeat(2000)}`,
    "format=__proto__",
    "format=constructor",
  ],
];
const types = [
  ...[
    "application/octet-stream",
    "application/json",
    "message/ohttp-req",
    "message/ohttp-req;a=b",
    "text/csv; charset=latin1",
  ],
  ...[
    "text/csv; charset=utf-7",
    'x; charset="',
    "application/private-token-request",
    "multipart/form-data",
    "",
    "é",
    ";;;",
    mark,
  ],
];

/** Values that break what reads the header, by its name. */
const headerValues: Readonly<Record<string, readonly string[]>> = {
  "content-type": types,
  "content-encoding": ["gzip", "br", "identity", "x"],
  accept: ["*/*", "text/html", "application/json;q=0", ",".repeat(500), mark],
  "accept-encoding": [
    "br",
    "gzip;q=0.5, *;q=0",
    "identity;q=0",
    "q=1;q=2",
    "br;q=1e400",
    ",,,",
    "gzip;q=-1",
    "*",
  ],
  range: [
    "bytes=0-",
    "bytes=5-2",
    "bytes=-0",
    "bytes=-5",
    "bytes=0-0,5-9",
    "bytes=99999999999999999999-",
    "bytes=a-b",
    "items=0-1",
    "bytes=-",
  ],
  "if-none-match": ["*", '"x"', 'W/"y", "z"', '"'.repeat(900), ",", mark],
  "if-modified-since": ["Thu, 01 Jan 1970 00:00:00 GMT", "never"],
  "if-range": ['"x"', "never"],
  "x-forwarded-for": [
    "127.0.0.1",
    "::1",
    "1.2.3.4:80, [::1]:9",
    "unknown",
    ",",
    "999.1.1.1",
    "a".repeat(800),
    `${mark}, ::1`,
  ],
  "x-forwarded-proto": ["https", "javascript"],
  forwarded: ["for=127.0.0.1"],
  authorization: ["Bearer", "Bearer ", "Basic Og==", "bearer x", `Bearer ${mark}${"x".repeat(3000)}`],
  origin: ["null", "https://evil.example", "javascript:", "https://a.example:99999", "", mark],
  referer: ["https://a.example/?secret", "::"],
  cookie: ["a=b", "=".repeat(1000)],
  "content-digest": ["sha-256=:AAAA=:", "sha-256=::", "md5=:x:", `sha-256=:${"A".repeat(43)}=:`],
  "tacit-signature": ["0".repeat(128), "z", "", "F".repeat(128)],
  "access-control-request-method": ["POST", "PURGE", mark],
  "access-control-request-headers": ["content-type", "x".repeat(2000)],
  "x-http-method-override": ["DELETE"],
  via: ["1.1 a"],
  te: ["trailers"],
  "sec-fetch-site": ["cross-site"],
};

/** One request, changed at some of its places; now and then at none. */
export function hostileRequest(chance: Chance, valid: Asked, seeds: readonly Uint8Array[]): Asked {
  let asked = valid;
  for (let count = chance.size(4); count > 0; count--) asked = changed(chance, asked, seeds);
  return asked;
}

function changed(chance: Chance, asked: Asked, seeds: readonly Uint8Array[]): Asked {
  const { path, headers, body } = asked;
  const ways: readonly (() => Asked)[] = [
    () => ({ ...asked, method: chance.pick(methods) }),
    () => ({ ...asked, path: hostilePath(chance, path) }),
    () => ({ ...asked, path: `${path}${path.includes("?") ? "&" : "?"}${chance.pick(queries)}` }),
    () => ({ ...asked, headers: [...headers, hostileHeader(chance)] }),
    () => ({ ...asked, headers: [...headers, hostileHeader(chance)] }),
    () => ({
      ...asked,
      headers: headers.map(([name, value]) => [
        name,
        chance.happens(0.5) ? value : hostileHeader(chance, name)[1],
      ]),
    }),
    () => ({ ...asked, headers: headers.filter(() => chance.happens(0.5)) }),
    () => ({ ...asked, body: hostileBytes(chance, [...seeds, ...(body.length > 0 ? [body] : [])]) }),
    () => ({ ...asked, body: hostileBytes(chance, body.length > 0 ? [body] : seeds) }),
  ];
  return chance.pick(ways)();
}

function hostilePath(chance: Chance, path: string): string {
  const parts = path.split("/");
  const at = 1 + chance.below(parts.length);
  const ways: readonly (() => string)[] = [
    () => parts.with(Math.min(at, parts.length - 1), chance.pick(steps)).join("/"),
    () => parts.toSpliced(at, 0, chance.pick(steps)).join("/"),
    () => `${path}/`,
    () => path.replaceAll("/", chance.pick(["//", "/./", "%2f", "\\"])),
    () =>
      path.replace(/[a-z]/g, (letter) =>
        chance.happens(0.2) ? `%${letter.charCodeAt(0).toString(16)}` : letter,
      ),
    () => path.toUpperCase(),
    () => path.slice(0, chance.below(path.length + 1)) || "/",
    () => `${path}${encodeURI(chance.pick(["é", "\u202e", "😀"]))}`,
    () => `/${chance.pick(steps).repeat(chance.size(30))}`,
    () => `http://other.example${path}`,
    () =>
      chance.pick(["*", "/", "//", "/%", "/?", "/#", "/tacit/", "/tacit/%2e%2e/package.json", `/${mark}`]),
  ];
  return chance.pick(ways)();
}

/** Of what Node would not take a header field for, nothing: the parser's own limits are met in sockets.ts. */
function hostileHeader(chance: Chance, named?: string): readonly [string, string] {
  const name = named ?? chance.pick(Object.keys(headerValues));
  const known = headerValues[name.toLowerCase()] ?? [mark];
  const value = chance.happens(0.85) ? chance.pick(known) : hostileText(chance);
  return [
    name,
    Buffer.from(value, "utf8")
      .toString("latin1")
      .replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, "?")
      .slice(0, 4000),
  ];
}

/** The request as bytes; `close` asks the server to end the connection. */
export function requestBytes({ method, path, headers, body }: Asked, host: string): Uint8Array {
  const target = path.replaceAll(/[^\x21-\x7e]/g, "%20") || "/";
  const framing = body.length > 0 || method === "POST" ? [`content-length: ${body.length}`] : [];
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `host: ${host}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...framing,
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

export function shownRequest({ method, path, headers, body }: Asked): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}`).join(" | ");
  return `${method} ${path.slice(0, 200)} [${fields.slice(0, 200)}] ${body.length} bytes ${Buffer.from(body.subarray(0, 120)).toString("hex")}`;
}
