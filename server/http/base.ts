/**
 * An application without routes that every role starts from: headers on every answer, allowed origins,
 * limits, bounded bodies, and errors that tell the log everything and the client nothing.
 */
import { Hono } from "hono";
import { matchedRoutes } from "hono/route";
import type { Config } from "../base/config.ts";
import type { Log } from "../base/log.ts";
import { boundedBodies } from "./body.ts";
import { allowOrigins } from "./origins.ts";
import { problem } from "./problem.ts";
import { limitRate } from "./rates.ts";
import { type PolicySettings, securityHeaders } from "./security.ts";

export interface BaseOptions {
  readonly config: Pick<Config, "limits" | "origins"> & PolicySettings;
  readonly log: Log;
  readonly nowMs: () => number;
}

/** Longest piece of a client's own words that an answer repeats. */
const longestEcho = 100;

export function baseApp({ config, log, nowMs }: BaseOptions): Hono {
  const { limits, origins } = config;
  const app = new Hono();
  app.use(securityHeaders(config));
  const open = allowOrigins(origins);
  app.use("/v1/*", (c, next) => (c.req.path.startsWith("/v1/admin") ? next() : open(c, next)));
  app.use(limitRate({ limits, name: "requests", perMinute: limits.requestsPerMinute, nowMs, log }));
  app.on(
    "POST",
    "/v1/reports",
    limitRate({ limits, name: "reports", perMinute: limits.reportsPerMinute, nowMs, log }),
  );
  app.use(boundedBodies);
  app.notFound((c) => {
    const { method, path } = c.req;
    const methods = methodsAt(app, path);
    if (methods.length > 0) {
      c.header("allow", methods.join(", "));
      const detail = `method must be ${methods.join(" or ")} here, got ${method.slice(0, longestEcho)}`;
      return problem(c, { status: 405, name: "method-not-allowed", detail });
    }
    const asked = `${method} ${path}`.slice(0, longestEcho);
    return problem(c, {
      status: 404,
      name: "not-found",
      detail: `expected a known address, got ${asked}`,
    });
  });
  app.onError((error, c) => {
    // Whoever breaks off while sending is no failure of the server's, and must not fill its log. Nobody reads
    // the answer.
    if (error.message === "aborted" && "code" in error && error.code === "ECONNRESET") {
      return problem(c, { status: 400, name: "incomplete", detail: "expected a whole request, got a part" });
    }
    // The pattern of the route, not the path: what a person looked at is in paths.
    const route = matchedRoutes(c).findLast(({ path }) => !path.endsWith("*"))?.path ?? "none";
    log("failed", { method: c.req.method, route, error: faultText(error) }, "error");
    return problem(c, { status: 500, name: "internal", detail: "the server failed; its log says why" });
  });
  return app;
}

/** Where it failed and why. What the system says of a file names it, and so what was asked: only its code is told. */
function faultText(error: Error): string {
  const { message, stack = message } = error;
  return "path" in error && "code" in error ? stack.replace(message, String(error.code)) : stack;
}

/** Methods that handlers answer at a path. */
function methodsAt({ routes }: Hono, path: string): readonly string[] {
  const there = routes.filter(
    ({ method, path: pattern }) => method !== "ALL" && !pattern.includes("*") && matches(pattern, path),
  );
  return [...new Set(there.map(({ method }) => method))].sort();
}

function matches(pattern: string, path: string): boolean {
  const steps = pattern.split("/");
  const given = path.split("/");
  return steps.length === given.length && steps.every((step, k) => step.startsWith(":") || step === given[k]);
}
