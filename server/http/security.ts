/**
 * Headers of every answer: what a page or a worker may load and reach, and that nothing is guessed, framed or
 * told on.
 *
 * Answers of the API are data: no page may make anything of them. The SDK's worker is ruled by the policy
 * that its own file carries, so this is where "one door out" is law for the browser too: a worker may reach
 * this server and the parties the operator names, and nobody else.
 */
import type { MiddlewareHandler } from "hono";
import type { Config } from "../base/config.ts";

export type AnswerKind = "site" | "sdk" | "api" | "private";

/** What an address answers with, by its path. */
function kindOf(path: string): AnswerKind {
  if (path.startsWith("/tacit/")) return "sdk";
  if (path.startsWith("/v1/admin") || path.startsWith("/health")) return "private";
  return path.startsWith("/v1/") ? "api" : "site";
}

/** Content-Security-Policy (https://www.w3.org/TR/CSP3/) of each kind of answer. */
function policyOf(kind: AnswerKind, { connect }: Pick<Config["security"], "connect">): string {
  const reachable = ["'self'", ...connect].join(" ");
  const directives: Readonly<Record<AnswerKind, readonly string[]>> = {
    // For pages. Scripts, workers and styles are files of this origin; nothing is inline and nothing is
    // evaluated.
    site: [
      "default-src 'self'",
      "script-src 'self'",
      "worker-src 'self'",
      "style-src 'self'",
      // Pictures of products stand where the catalogue says, often at a shop's CDN, and the next import may
      // name another: any origin, but none without TLS.
      "img-src 'self' https:",
      `connect-src ${reachable}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ],
    // For the worker: its own code, the WebAssembly in it included (core/kernel/), and whom it may ask.
    sdk: [
      "default-src 'none'",
      "script-src 'self' 'wasm-unsafe-eval'",
      `connect-src ${reachable}`,
      "frame-ancestors 'none'",
    ],
    api: ["default-src 'none'", "frame-ancestors 'none'"],
    private: ["default-src 'none'", "frame-ancestors 'none'"],
  };
  return directives[kind].join("; ");
}

/** The headers of an answer of this kind. */
function headersOf(kind: AnswerKind, security: Config["security"]): Readonly<Record<string, string>> {
  // Script tags of other sites load the SDK, and their workers ask the API.
  const anySite = kind === "sdk" || kind === "api";
  return {
    "content-security-policy": policyOf(kind, security),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": anySite ? "cross-origin" : "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": kind === "site" ? "strict-origin-when-cross-origin" : "no-referrer",
    "x-content-type-options": "nosniff",
    // A page with COEP starts a worker only of a file that has it too.
    ...(kind === "sdk"
      ? { "access-control-allow-origin": "*", "cross-origin-embedder-policy": "require-corp" }
      : {}),
    ...(kind === "private" ? { "cache-control": "no-store" } : {}),
    ...(security.hstsSeconds > 0
      ? { "strict-transport-security": `max-age=${security.hstsSeconds}; includeSubDomains` }
      : {}),
  };
}

/** Settings that name whom a worker may reach. */
export type PolicySettings = Pick<Config, "security" | "helper" | "relay" | "tokens" | "publicUrl">;

/** Sets the headers on whatever is answered, errors included. */
export function securityHeaders({
  security,
  helper,
  relay,
  publicUrl,
}: Pick<Config, "security" | "helper" | "relay" | "publicUrl">): MiddlewareHandler {
  // Where this server is asked under a site's own origin, a worker from here may ask there.
  const parties = [publicUrl, helper.url, relay.url]
    .filter((url) => url !== undefined)
    .map((url) => new URL(url).origin);
  const reachable = { ...security, connect: [...new Set([...security.connect, ...parties])] };
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headersOf(kindOf(c.req.path), reachable)))
      c.res.headers.set(name, value);
  };
}
