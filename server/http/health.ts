/** GET /health/live: the process answers. GET /health/ready: it can do its work. */
import { Hono } from "hono";
import type { QueryExecutorProvider } from "kysely";
import { messageOf } from "../../core/errors.ts";
import type { Log } from "../base/log.ts";
import type { Editions } from "../publishing/editions.ts";
import { probe } from "../store/probe.ts";
import { problem } from "./problem.ts";

export interface Health {
  /** Null in a role that publishes none. */
  readonly editions: Pick<Editions, "inForce"> | null;
  readonly stores: readonly QueryExecutorProvider[];
  readonly nowMs: () => number;
  readonly log: Log;
}

export function healthRoutes({ editions, stores, nowMs, log }: Health): Hono {
  const app = new Hono();
  app.get("/live", (c) => c.json({ state: "live" }));
  app.get("/ready", async (c) => {
    const inForce = editions?.inForce ?? null;
    if (editions !== null && inForce === null) {
      const detail = "expected an edition in force, got none: no catalogue has been imported yet";
      return problem(c, { status: 503, name: "no-edition", detail });
    }
    try {
      for (const store of stores) await probe(store, nowMs());
    } catch (error) {
      log("store-not-writable", { error: messageOf(error) }, "error");
      const detail = "stores must be writable, got a fault: the log says which";
      return problem(c, { status: 503, name: "store-not-writable", detail });
    }
    return c.json({ state: "ready", ...(inForce === null ? {} : { edition: inForce.id }) });
  });
  return app;
}
