/**
 * The issuer over HTTP (RFC 9578, 4 and 6):
 *
 *   GET  /.well-known/private-token-issuer-directory   the keys, and where to ask
 *   POST /v1/tokens                                    a token request -> a token response
 *
 * The sender's address goes to the gate and nowhere else.
 */
import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono } from "hono";
import { cors } from "hono/cors";
import { directoryPath, tokenMedia, tokenRequestBytes } from "../../core/wire/tokens.ts";
import type { Issuer } from "../tokens/issuer.ts";
import { readBody } from "./body.ts";
import { problem } from "./problem.ts";

/** Path of token requests, for `Issuer`'s requestUri. */
export const tokensPath = "/v1/tokens";

/** How long a directory may be kept: short against the overlap of keys. */
const directorySeconds = 3600;

export interface IssuerRoutes {
  readonly issuer: Issuer;
  /** Origins of sites whose pages may ask; "*" for any. */
  readonly origins: readonly string[];
  /** Where a request came from. Default: the other end of its socket, which behind a proxy is the proxy. */
  readonly addressOf?: (c: Context) => string;
}

export function issuerRoutes({ issuer, origins, addressOf = socketAddress }: IssuerRoutes): Hono {
  const app = new Hono();
  const open = cors({
    origin: origins.includes("*") ? "*" : [...origins],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["content-type"],
    exposeHeaders: ["retry-after"],
    maxAge: 86_400,
  });
  app.use(directoryPath, open);
  app.use(tokensPath, open);
  app.get(directoryPath, async (c) =>
    c.body(JSON.stringify(await issuer.directory()), 200, {
      "content-type": tokenMedia.directory,
      "cache-control": `public, max-age=${directorySeconds}`,
    }),
  );
  app.post(tokensPath, async (c) => {
    if (c.req.header("content-type") !== tokenMedia.request) {
      const detail = `the content type must be ${tokenMedia.request}`;
      return problem(c, { status: 415, name: "unsupported-media-type", detail });
    }
    const body = await readBody(c, tokenRequestBytes);
    if (!body.ok) {
      const detail = `a token request must have ${body.limit} bytes, got ${body.got}`;
      return problem(c, { status: 413, name: "wrong-length", detail });
    }
    const issued = await issuer.issue(body.bytes, { address: addressOf(c), headers: c.req.raw.headers });
    if (issued.ok) {
      const headers = { "content-type": tokenMedia.response, "cache-control": "no-store" };
      return c.body(issued.response, 200, headers);
    }
    if ("detail" in issued) {
      return problem(c, { status: 422, name: issued.why, detail: issued.detail });
    }
    c.header("retry-after", String(issued.retryAfterSeconds));
    return issued.why === "limit"
      ? problem(c, { status: 429, name: "token-limit", detail: "no more tokens today" })
      : problem(c, { status: 503, name: "busy", detail: "too many addresses asked today" });
  });
  return app;
}

function socketAddress(c: Context): string {
  return getConnInfo(c).remote.address ?? "unknown";
}
