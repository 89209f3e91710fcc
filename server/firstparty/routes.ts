/**
 * Which paths are the leader's, and as what: those that browsers ask, and no other. A path is looked up, and
 * what is asked of the leader is made from what was found; nothing of the path goes on but an id of hex
 * digits, the name of a build, or a file's name.
 */

export interface Route {
  /** Of the leader. */
  readonly path: string;
  readonly methods: readonly ("GET" | "HEAD" | "POST")[];
  /** Most bytes of a request's body; 0 for none. */
  readonly bodyBytes: number;
  /** Whether a path that the leader does not know either is the site's own. */
  readonly isShared: boolean;
}

export interface Mount {
  /** Path of the site that everything is below, without a slash at its end: "/s"; "" for the whole origin. */
  readonly prefix: string;
  /** Names of the site's own for files of the SDK. */
  readonly names: ReadonlyMap<string, string>;
  /** Most bytes of a report. */
  readonly reportBytes: number;
}

/** Of the origin, wherever the rest is mounted (RFC 8615). */
const wellKnown = ["/.well-known/private-token-issuer-directory", "/.well-known/gpc.json"];
/** More than a token request has (RFC 9578, 6.1). */
const tokenRequestBytes = 1024;

const asked = ["edition", "head", "tasks", "log"];
const partId = /^parts\/[0-9a-f]{64}$/;
/** A file of the SDK: of the present build, or in the folder of one, VERSION-HASH. */
const sdkFile = /^((?:[0-9A-Za-z][0-9A-Za-z.+-]*-)?[0-9a-f]{12}\/)?([A-Za-z][\w-]*(?:\.[a-z]+)+)$/;
const sdkEnding = /\.(?:js|js\.map|wasm|json|txt)$/;

/** "none": below the mount, and nothing of ours. null: the site's own. */
export function routeAt(pathname: string, { prefix, names, reportBytes }: Mount): Route | "none" | null {
  const reading = { methods: ["GET", "HEAD"], bodyBytes: 0 } as const;
  if (wellKnown.includes(pathname)) return { path: pathname, ...reading, isShared: true };
  if (!pathname.startsWith(`${prefix}/`)) return null;
  const inside = pathname.slice(prefix.length + 1);
  const isShared = prefix === "";
  if (inside.startsWith("v1/")) {
    const path = `/${inside}`;
    const name = inside.slice("v1/".length);
    if (asked.includes(name) || partId.test(name)) return { path, ...reading, isShared: false };
    const writing = { path, methods: ["POST"], isShared: false } as const;
    if (name === "reports") return { ...writing, bodyBytes: reportBytes };
    if (name === "tokens") return { ...writing, bodyBytes: tokenRequestBytes };
    return isShared ? null : "none";
  }
  const [, folder = "", name = ""] = sdkFile.exec(inside) ?? [];
  const file = names.get(name) ?? name;
  if (sdkEnding.test(file)) return { path: `/tacit/${folder}${file}`, ...reading, isShared };
  return isShared ? null : "none";
}
