/** The HTTP application from its parts. Tests call `app.request`; main.ts gives it a socket. */
import type { Hono } from "hono";
import { adminRoutes } from "./http/admin.ts";
import { baseApp } from "./http/base.ts";
import { bundleRoutes } from "./http/bundles.ts";
import { healthRoutes } from "./http/health.ts";
import { reportRoutes } from "./http/reports.ts";
import { staticFiles } from "./http/static.ts";
import { taskRoutes } from "./http/tasks.ts";
import type { Parts } from "./parts.ts";

export function createApp(parts: Parts): Hono {
  const { config } = parts;
  const app = baseApp(parts);
  app.route("/health", healthRoutes(parts));
  app.route("/v1/admin", adminRoutes(parts));
  app.route("/v1", bundleRoutes(parts));
  app.route("/v1", taskRoutes(parts));
  app.route("/v1", reportRoutes(parts));
  app.use("/tacit/*", staticFiles({ root: config.sdk, prefix: "/tacit", pages: false }));
  if (config.site !== undefined) {
    const site = staticFiles({ root: config.site, prefix: "", pages: true });
    app.use("*", (c, next) => (/^\/(?:v1|health|tacit)\//.test(c.req.path) ? next() : site(c, next)));
  }
  return app;
}
