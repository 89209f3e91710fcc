/** The HTTP application from its parts. Tests call `app.request`; main.ts gives it a socket. */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { adminRoutes } from "./http/admin.ts";
import { bundleRoutes } from "./http/bundles.ts";
import { healthRoutes } from "./http/health.ts";
import { problem } from "./http/problem.ts";
import { reportRoutes } from "./http/reports.ts";
import { sdkHeaders, siteHeaders, staticFiles } from "./http/static.ts";
import { taskRoutes } from "./http/tasks.ts";
import type { Parts } from "./parts.ts";

export function createApp(parts: Parts): Hono {
  const { config, log } = parts;
  const app = new Hono();
  const open = cors({
    // No cookies and no credentials: any listed origin may ask, and everybody gets the same answers.
    origin: config.origins.includes("*") ? "*" : [...config.origins],
    allowMethods: ["GET", "POST"],
    allowHeaders: ["content-type", "if-none-match"],
    exposeHeaders: ["etag"],
    maxAge: 86_400,
  });
  for (const path of ["/v1/bundle", "/v1/bundles/*", "/v1/tasks", "/v1/reports"]) app.use(path, open);
  app.route("/health", healthRoutes(parts));
  app.route("/v1/admin", adminRoutes(parts));
  app.route("/v1", bundleRoutes(parts));
  app.route("/v1", taskRoutes(parts));
  app.route("/v1", reportRoutes(parts));
  app.use("/tacit/*", staticFiles({ root: config.sdk, prefix: "/tacit", pages: false, headers: sdkHeaders }));
  if (config.site !== undefined) {
    const site = staticFiles({ root: config.site, prefix: "", pages: true, headers: siteHeaders });
    app.use("*", (c, next) => (/^\/(?:v1|health|tacit)\//.test(c.req.path) ? next() : site(c, next)));
  }
  app.notFound((c) =>
    problem(c, {
      status: 404,
      name: "not-found",
      detail: `expected a known address, got ${c.req.method} ${c.req.path}`,
    }),
  );
  app.onError((error, c) => {
    log(`${c.req.method} ${c.req.path}: ${error.stack ?? error.message}`);
    return problem(c, { status: 500, name: "internal", detail: "the server failed; its log says why" });
  });
  return app;
}
