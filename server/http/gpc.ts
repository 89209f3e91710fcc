/**
 * GET /.well-known/gpc.json: that this origin abides by Global Privacy Control, and since when it says so
 * (https://w3c.github.io/gpc/, "GPC Support Resource"). It is the operator's word about all that the origin
 * does, under the law of where it is, and is given once they have given it.
 */
import { Hono } from "hono";
import type { Config } from "../base/config.ts";

export function gpcRoutes({ since }: Config["gpc"]): Hono {
  const app = new Hono();
  if (since === undefined) return app;
  return app.get("/.well-known/gpc.json", (c) =>
    c.json({ gpc: true, lastUpdate: since }, 200, {
      "cache-control": "public, max-age=86400",
      "access-control-allow-origin": "*",
    }),
  );
}
