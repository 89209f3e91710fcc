/**
 * A small site in front of a Tacit server: pages of its own, and everything else passed on, with headers,
 * texts and faults as a test wants them. Each has a port, so an origin and a storage, of its own.
 */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SitePage {
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What becomes of a file that the server has. */
export type FileFault =
  /** As a content blocker does it: the connection ends. */
  | "refused"
  | "missing"
  /** The answer never comes. */
  | "silent"
  /** A page where a script was to be, as single-page servers answer. */
  | "page";

export interface SiteOptions {
  readonly pages?: Readonly<Record<string, SitePage | string>>;
  /** On every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly faults?: Readonly<Record<string, FileFault>>;
  /** Text put before the server's own at a path. */
  readonly prefixes?: Readonly<Record<string, string>>;
  /** Sees the body of everything that is posted through the site, once it is complete. */
  readonly onPosted?: (path: string, body: Uint8Array) => void;
  /** Headers of single files of the server's. */
  readonly fileHeaders?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Site {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function openSite(target: string, options: SiteOptions = {}): Promise<Site> {
  const server = createServer((incoming, answer) => serve(incoming, answer, { target, options }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function serve(
  incoming: IncomingMessage,
  answer: ServerResponse,
  { target, options }: { readonly target: string; readonly options: SiteOptions },
): void {
  const { pages = {}, headers = {}, faults = {}, prefixes = {}, fileHeaders = {} } = options;
  // A browser that takes this site for its proxy sends the whole address.
  const { pathname, search } = new URL(incoming.url ?? "/", target);
  const page = pages[pathname] ?? witnesses[pathname];
  if (page !== undefined) {
    const { body, headers: own = {} } = typeof page === "string" ? { body: page } : page;
    const type = pathname.endsWith(".js") ? "text/javascript" : "text/html; charset=utf-8";
    answer.writeHead(200, { "content-type": type, ...headers, ...own }).end(body);
    return;
  }
  const fault = faults[pathname];
  if (fault === "silent") return;
  if (fault === "refused") return void incoming.socket.destroy();
  if (fault === "missing") return void answer.writeHead(404, { "content-type": "text/plain" }).end("none");
  if (fault === "page")
    return void answer.writeHead(200, { "content-type": "text/javascript" }).end("<!doctype html><p>shop");
  const prefix = prefixes[pathname];
  const asked = { ...incoming.headers, ...(prefix === undefined ? {} : { "accept-encoding": "identity" }) };
  const onward = forward(
    new URL(pathname + search, target),
    { method: incoming.method, headers: asked },
    (reply) => {
      const own = { ...reply.headers, ...headers, ...fileHeaders[pathname] };
      if (prefix !== undefined) delete own["content-length"];
      answer.writeHead(reply.statusCode ?? 502, own);
      if (prefix !== undefined) answer.write(`${prefix}\n`);
      reply.pipe(answer);
    },
  );
  onward.on("error", () => answer.writeHead(502).end());
  if (options.onPosted !== undefined && incoming.method === "POST") {
    const parts: Uint8Array[] = [];
    incoming.on("data", (part: Uint8Array) => parts.push(part));
    incoming.on("end", () => options.onPosted?.(pathname, Buffer.concat(parts)));
  }
  incoming.pipe(onward);
}

/** Scripts that watch from inside the page. */
const witnesses: Readonly<Record<string, string>> = {
  "/favicon.ico": "",
  "/witness.js": `window.said = [];
for (const level of ["info", "warn", "error"]) {
  const own = console[level];
  console[level] = (...words) => { said.push(words.map(String).join(" ")); own.apply(console, words); };
}
addEventListener("error", ({ message }) => { if (message) said.push("uncaught: " + message); });
addEventListener("unhandledrejection", ({ reason }) => said.push("uncaught: " + reason));`,
  "/workers.js": `window.workers = [];
window.Worker = class extends Worker { constructor(...given) { super(...given); workers.push(this); } };`,
};

export interface Document {
  /** Markup before the tag. */
  readonly head?: string;
  readonly body?: string;
  /** Attributes of the script tag; null for a page without it. */
  readonly tag?: Readonly<Record<string, string>> | null;
  readonly stub?: boolean;
}

/** A page with the stub and the tag, as docs/guides/loading.md has it, watched by a witness. */
export function html({ head = "", body = "", tag = {}, stub = true }: Document = {}): string {
  const attributes = Object.entries({ src: "/tacit/tacit.js", "data-tacit-server": "/", ...tag })
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
  const nonce = tag?.nonce === undefined ? "" : ` nonce="${tag.nonce}"`;
  const scripts = [
    `<script${nonce} src="/witness.js"></script>`,
    head,
    ...(stub ? [`<script${nonce} src="/tacit/stub.js"></script>`] : []),
    ...(tag === null ? [] : [`<script async ${attributes}></script>`]),
  ];
  return `<!doctype html><meta charset="utf-8"><title>a site</title>${scripts.join("\n")}<body>${body}`;
}

/** A function of the test as a script of the page; it sees nothing else of the file it stands in. */
export function inline(work: () => void): string {
  return `<script>{ const __name = (value) => value; (${work})(); }</script>`;
}

/** The same for a worker's file. */
export function before(work: () => void): string {
  return `{ const __name = (value) => value; (${work})(); }`;
}
