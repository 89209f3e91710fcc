/**
 * Tacit below a path of a site's own origin: a function from a request to the leader's answer, or to null
 * where the request is the site's. For any runtime that has `fetch` (Node, Workers, Deno, Bun), and as a
 * middleware of Hono's:
 *
 *     app.use(firstPartyMiddleware({ server: "https://tacit.internal" }));
 *
 *     <script async src="/s/main.js" data-tacit-server="/s"></script>
 *
 * What passes is in headers.ts, which paths in routes.ts: nothing that tells one visitor from another but the
 * two that headers.ts names (an address, where the site says it, and a file's etag), and nothing that only the
 * operator may ask.
 */
import { forward } from "./forward.ts";
import { problem } from "./problem.ts";
import { routeAt } from "./routes.ts";

export interface FirstPartyOptions<Context = void> {
  /** Where the leader answers this site's server, such as "https://tacit.internal". It may have a path. */
  readonly server: string;
  /** The path of this site that everything is below; "/" for an origin of Tacit's own. Default: "/s". */
  readonly path?: string;
  /**
   * Names of this site's own for files of the SDK, for what blocks by name. Default:
   * `{ "main.js": "tacit.js" }`. The worker is looked for as worker.js unless the tag says where it is
   * (`data-tacit-worker`).
   */
  readonly names?: Readonly<Record<string, string>>;
  /**
   * The visitor's address, as this runtime knows it, for the leader's limits (`limits.trustProxy` 1
   * there). Default: none, and all visitors count as one. Never what the request itself says, unless a
   * proxy wrote it.
   */
  readonly addressOf?: (request: Request, context: Context) => string | null | undefined;
  /** How long nothing may move, in milliseconds. Default: 30,000. */
  readonly timeoutMs?: number;
  /** Most bytes of a report. Default: 1,048,576. */
  readonly reportBytes?: number;
  /** Asks the leader, in place of the runtime's own `fetch`. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

/** null: the request is none of Tacit's. It never throws for what was asked. */
export type FirstParty<Context = void> = (request: Request, context: Context) => Promise<Response | null>;

/** @throws {TypeError | RangeError} for options that cannot do. */
export function firstParty<Context = void>(options: FirstPartyOptions<Context>): FirstParty<Context> {
  const { path = "/s", names = { "main.js": "tacit.js" }, addressOf } = options;
  const { timeoutMs = 30_000, reportBytes = 1_048_576 } = options;
  const { fetch: ask = (url: string, init: RequestInit) => fetch(url, init) } = options;
  const server = serverOf(options.server);
  const mount = { prefix: prefixOf(path), names: namesOf(names), reportBytes: positive({ reportBytes }) };
  positive({ timeoutMs });
  return async (request, context) => {
    const route = routeAt(new URL(request.url).pathname, mount);
    if (route === null) return null;
    if (route === "none") return problem(404, "not-found", "expected a known address below this path");
    const { methods, bodyBytes } = route;
    if (!methods.some((method) => method === request.method)) {
      const detail = `method must be ${methods.join(" or ")} here, got another`;
      return problem(405, "method-not-allowed", detail, { allow: methods.join(", ") });
    }
    const address = addressOf?.(request, context) ?? null;
    const url = server + route.path;
    const answer = await forward(request, { url, address, bodyBytes, timeoutMs, fetch: ask });
    if (!route.isShared || answer.status !== 404) return answer;
    await answer.body?.cancel();
    return null;
  };
}

/** What is read of Hono's context. */
export interface MiddlewareContext {
  readonly req: { readonly raw: Request };
}

/** `firstParty` as a middleware of Hono's; `addressOf` is given its context. */
export function firstPartyMiddleware<Context extends MiddlewareContext>(
  options: FirstPartyOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const handle = firstParty<Context>(options);
  return async (context, next) => {
    const answer = await handle(context.req.raw, context);
    if (answer !== null) return answer;
    await next();
    return undefined;
  };
}

/** Without a slash at its end. */
function serverOf(server: string): string {
  const url = URL.canParse(server) ? new URL(server) : null;
  const isPlain = url !== null && url.search === "" && url.hash === "" && url.username + url.password === "";
  if (url === null || !isPlain || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`firstParty: server must be an http(s) address, got ${JSON.stringify(server)}`);
  }
  return url.href.replace(/\/+$/, "");
}

function prefixOf(path: string): string {
  if (/^\/(?:[\w-][\w.-]*(?:\/[\w-][\w.-]*)*\/?)?$/.test(path)) return path.replace(/\/$/, "");
  throw new TypeError(`firstParty: path must be one such as "/s", got ${JSON.stringify(path)}`);
}

function namesOf(names: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const isName = (name: string) => /^[A-Za-z][\w-]*(?:\.[a-z]+)*\.(?:js|wasm)$/.test(name);
  for (const name of Object.entries(names).flat()) {
    if (!isName(name))
      throw new TypeError(
        `firstParty: names must be of files such as "main.js", got ${JSON.stringify(name)}`,
      );
  }
  return new Map(Object.entries(names));
}

/** The only value of the record. */
function positive(values: Readonly<Record<string, number>>): number {
  const [[name, value]] = Object.entries(values);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`firstParty: ${name} must be a positive whole number, got ${value}`);
}
