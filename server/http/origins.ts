/**
 * Which sites' pages may ask (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol).
 *
 * No cookies and no credentials are involved: everybody gets the same answers. Pages of an origin that is not
 * listed are refused, not only left unread, so that they cannot send reports either.
 */
import type { MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";

const preflightHeaders = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "content-type, range",
  "access-control-max-age": "86400",
};

/** @param origins origins such as "https://shop.example"; "*" for any */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const any = origins.includes("*");
  return async (c, next) => {
    const origin = c.req.header("origin");
    const listed = origin !== undefined && origins.includes(origin);
    if (origin !== undefined && !any && !listed && !isOwn(origin, c.req.header("host"))) {
      const detail = "origin must be one of the configured origins, got another";
      const refusal = problem(c, { status: 403, name: "origin-not-allowed", detail });
      refusal.headers.set("vary", "origin");
      return refusal;
    }
    if (c.req.method === "OPTIONS") c.res = c.body(null, 204, preflightHeaders);
    else await next();
    const { headers } = c.res;
    if (any) headers.set("access-control-allow-origin", "*");
    else {
      // A cache must not give one origin's answer to another, nor the answer without an origin to any.
      headers.append("vary", "origin");
      if (listed) headers.set("access-control-allow-origin", origin);
    }
    headers.set("access-control-expose-headers", "content-range, retry-after");
  };
}

/** Whether a page of this server asks: browsers name the origin of their own posts too. */
function isOwn(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}
