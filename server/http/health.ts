/** GET /health/live: the process answers. GET /health/ready: it can do its work. */
import { Hono } from "hono";
import { messageOf } from "../operatorerror.ts";
import type { Parts } from "../parts.ts";
import { probe } from "../store/probe.ts";
import { problem } from "./problem.ts";

export function healthRoutes({
  bundles,
  leaderStore,
  helperStore,
  nowMs,
  log,
}: Pick<Parts, "bundles" | "leaderStore" | "helperStore" | "nowMs" | "log">): Hono {
  const app = new Hono();
  app.get("/live", (c) => c.json({ state: "live" }));
  app.get("/ready", async (c) => {
    const { inForce } = bundles;
    if (inForce === null) {
      const detail = "expected a bundle in force, got none: no catalogue has been imported yet";
      return problem(c, { status: 503, name: "no-bundle", detail });
    }
    try {
      await probe(leaderStore, nowMs());
      await probe(helperStore, nowMs());
    } catch (error) {
      log("store-not-writable", { error: messageOf(error) }, "error");
      const detail = "stores must be writable, got a fault: the log says which";
      return problem(c, { status: 503, name: "store-not-writable", detail });
    }
    return c.json({ state: "ready", bundle: inForce.encoded.id });
  });
  return app;
}
