/** The HTTP application of each role from its parts. Tests call `app.request`; main.ts gives it a socket. */
import type { Hono } from "hono";
import { clientOf } from "../http/address.ts";
import { adminRoutes } from "../http/admin.ts";
import { baseApp } from "../http/base.ts";
import { editionRoutes } from "../http/edition.ts";
import { gpcRoutes } from "../http/gpc.ts";
import { healthRoutes } from "../http/health.ts";
import { helperRoutes } from "../http/helper.ts";
import { helperAdminRoutes } from "../http/helperadmin.ts";
import { issuerRoutes } from "../http/issuer.ts";
import { partRoutes } from "../http/parts.ts";
import { reportRoutes } from "../http/reports.ts";
import { sdkRoutes } from "../http/sdk.ts";
import { staticFiles } from "../http/static.ts";
import { taskRoutes } from "../http/tasks.ts";
import { Gateway } from "../relay/gateway.ts";
import { gatewayRoutes } from "../relay/gatewayroutes.ts";
import { relayRoutes } from "../relay/relay.ts";
import { spareReportBytes } from "../tasks/intake.ts";
import type { HelperParts } from "./helper.ts";
import type { Parts } from "./leader.ts";
import type { RelayParts } from "./relay.ts";

/** Beyond the largest report, what sealing a request for the gateway adds. */
const encapsulationBytes = 4096;

/** Roles leader and all. */
export function createApp(parts: Parts): Hono {
  const { config, gatewayKeys, leaderStore, helperSide, nowMs, log } = parts;
  const app = baseApp(parts);
  const stores = helperSide === null ? [leaderStore] : [leaderStore, helperSide.store];
  app.route("/health", healthRoutes({ editions: parts.editions, stores, nowMs, log }));
  app.route("/v1/admin", adminRoutes(parts));
  app.route("/v1", editionRoutes(parts));
  app.route("/v1", partRoutes({ part: (id) => parts.editions.part(id) }));
  app.route("/v1", taskRoutes(parts));
  app.route("/v1", reportRoutes(parts));
  // What comes through the relay takes the same way as what comes by itself.
  const gateway = new Gateway({ keys: gatewayKeys, handle: (request) => app.fetch(request), nowMs, log });
  app.route("/v1", gatewayRoutes({ gateway, limitBytes: spareReportBytes + encapsulationBytes }));
  mountIssuer(app, parts);
  app.route("/tacit", sdkRoutes(config.sdk));
  app.route("/", gpcRoutes(config.gpc));
  if (config.site !== undefined) {
    const site = staticFiles({ root: config.site, prefix: "", pages: true });
    app.use("*", (c, next) => (/^\/(?:v1|health|tacit)\//.test(c.req.path) ? next() : site(c, next)));
  }
  return app;
}

/** Role helper. */
export function createHelperApp(parts: HelperParts): Hono {
  const { store, nowMs, log } = parts;
  const app = baseApp(parts);
  app.route("/health", healthRoutes({ editions: null, stores: [store], nowMs, log }));
  app.route("/v1/admin", helperAdminRoutes(parts));
  app.route("/v1/helper", helperRoutes(parts));
  mountIssuer(app, parts);
  return app;
}

/** Role relay. */
export function createRelayApp({ config, gateway, nowMs, log }: RelayParts): Hono {
  const app = baseApp({ config, nowMs, log });
  app.route("/health", healthRoutes({ editions: null, stores: [], nowMs, log }));
  app.route("/v1", relayRoutes({ gateway, nowMs, log }));
  return app;
}

function mountIssuer(app: Hono, { config, tokens }: Pick<Parts, "config" | "tokens">): void {
  if (tokens?.issuer == null) return;
  const { origins, limits } = config;
  const routes = issuerRoutes({
    issuer: tokens.issuer,
    origins,
    addressOf: (c) => {
      const client = clientOf(c, limits.trustProxy);
      return client?.exact ?? client?.counted ?? "none";
    },
  });
  app.route("/", routes);
}
