/**
 * Files of a directory: the built SDK and, where the operator wishes, a built site. Each file is read and
 * compressed once and read again when it changes on disk.
 */

import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context, MiddlewareHandler } from "hono";
import { acceptedBy, type Coding, codingFields, codingFor, hasTag } from "./negotiate.ts";
import { bodyOf } from "./slices.ts";

export interface StaticFiles {
  readonly root: string;
  /** Path prefix that is cut off before a file is looked for. */
  readonly prefix: string;
  /** Answers a page that is no file with index.html, as an application with its own router wants. */
  readonly pages: boolean;
}

interface Loaded {
  readonly changedMs: number;
  readonly tag: string;
  readonly type: string;
  readonly bodies: Readonly<Partial<Record<Coding, Uint8Array<ArrayBuffer>>>>;
}

export function staticFiles({ root, prefix, pages }: StaticFiles): MiddlewareHandler {
  const answer = fileAnswers();
  return async (c, next) => {
    if (c.req.method !== "GET" && c.req.method !== "HEAD") return next();
    const path = pathInside(root, c.req.path.slice(prefix.length));
    const file = path === null ? null : await answer(c, path);
    if (file !== null) return file;
    const wantsPage = extname(c.req.path) === "" && (c.req.header("accept") ?? "").includes("text/html");
    const index = pages && wantsPage && path !== null ? await answer(c, join(root, "index.html")) : null;
    if (index !== null) return index;
    // Browsers ask for it on every first visit, whether or not a page names it: without one nothing is wrong.
    return pages && c.req.path === "/favicon.ico" ? c.body(null, 204) : next();
  };
}

/** Answers with the file at a path, as its reader takes it; null where there is none. */
export type FileAnswer = (c: Context, path: string, cacheControl?: string) => Promise<Response | null>;

export function fileAnswers(): FileAnswer {
  const loaded = new Map<string, Promise<Loaded>>();
  return async (c, path, cacheControl) => {
    const file = await fileAt(path);
    if (file === null) return null;
    return respond(c, await load(loaded, file), cacheControl ?? cachingOf(file.path));
  };
}

/** May be kept without being asked for again. */
export const immutable = "public, max-age=31536000, immutable";

/** Vite writes a hash of the content into the names under assets/. */
function cachingOf(path: string): string {
  return /[\\/]assets[\\/].*-[\w-]{8,}\.\w+$/.test(path) ? immutable : "no-cache";
}

interface FoundFile {
  readonly path: string;
  readonly changedMs: number;
}

const longestStep = 255;
const longestPath = 2048;
/** What the system says of a path that names no file. */
const noSuchFile = ["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "EINVAL"];

/**
 * The path under root, or null for one that would leave it or names a hidden file (.env, .git; not
 * .well-known).
 */
function pathInside(root: string, requested: string): string | null {
  let decoded: string;
  try {
    decoded = decodeURIComponent(requested);
  } catch {
    // A path that is not UTF-8 names no file of ours.
    return null;
  }
  const steps = decoded.split(/[\\/]/);
  if (steps.some((step) => step.startsWith(".") && step !== ".well-known")) return null;
  // Longer than any file system takes: asking it would be an error of its own.
  if (steps.some((step) => Buffer.byteLength(step) > longestStep) || decoded.length > longestPath)
    return null;
  const path = normalize(join(root, decoded));
  return decoded.includes("\0") || !(path === root || path.startsWith(root + sep)) ? null : path;
}

async function fileAt(path: string): Promise<FoundFile | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return fileAt(join(path, "index.html"));
    return { path, changedMs: found.mtimeMs };
  } catch (error) {
    if (error instanceof Error && "code" in error && noSuchFile.includes(String(error.code))) return null;
    throw error;
  }
}

async function load(loaded: Map<string, Promise<Loaded>>, file: FoundFile): Promise<Loaded> {
  const known = await loaded.get(file.path);
  if (known?.changedMs === file.changedMs) return known;
  const reading = readAndCompress(file);
  loaded.set(file.path, reading);
  reading.catch(() => loaded.delete(file.path));
  return reading;
}

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);
const compressible = /^(?:text\/|application\/(?:javascript|json|manifest\+json|wasm)|image\/svg)/;

async function readAndCompress({ path, changedMs }: FoundFile): Promise<Loaded> {
  const identity = new Uint8Array(await readFile(path));
  const type = contentTypes[extname(path)] ?? "application/octet-stream";
  const tag = `"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`;
  if (!compressible.test(type) || identity.length < 512)
    return { changedMs, tag, type, bodies: { identity } };
  const [br, gz] = await Promise.all([
    brotli(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    gzipped(identity),
  ]);
  return { changedMs, tag, type, bodies: { br: new Uint8Array(br), gzip: new Uint8Array(gz), identity } };
}

function respond(c: Context, file: Loaded, cacheControl: string): Response {
  const offered = (["br", "gzip", "identity"] as const).filter((coding) => file.bodies[coding] !== undefined);
  const coding = codingFor(acceptedBy(c), offered);
  const all = {
    "cache-control": cacheControl,
    etag: coding === "identity" ? file.tag : `W/${file.tag}`,
    ...codingFields(c, "identity", "accept-encoding"),
  };
  if (hasTag(c.req.header("if-none-match"), file.tag)) return c.body(null, 304, all);
  const body = file.bodies[coding] ?? new Uint8Array(0);
  return c.body(bodyOf(body), 200, {
    ...all,
    "content-type": file.type,
    // Said to HEAD, too, whose answer has no body to count, and of slices, which are not counted before.
    "content-length": String(body.length),
    ...codingFields(c, coding, "accept-encoding"),
  });
}

const contentTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".csv": "text/csv; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".md": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};
