/** The door of /v1/admin, whatever the role: opens to the admin token alone. */
import type { MiddlewareHandler } from "hono";
import type { Config } from "../base/config.ts";
import { clientOf } from "./address.ts";
import { type AdminKey, holdsAdminToken } from "./adminkey.ts";
import { problem } from "./problem.ts";
import { RateLimit, tooManyRequests } from "./rates.ts";

export interface AdminDoor {
  readonly config: Pick<Config, "limits">;
  readonly admin: AdminKey;
  readonly nowMs: () => number;
}

/** Who guesses too often waits a minute, even with the right one. */
export function requireToken({ admin, config, nowMs }: AdminDoor): MiddlewareHandler {
  const { adminFailuresPerMinute, trustProxy } = config.limits;
  const failures = new RateLimit({ perMinute: adminFailuresPerMinute, nowMs });
  return async (c, next) => {
    const client = clientOf(c, trustProxy)?.counted ?? "in process";
    const waitSeconds = failures.waitSeconds(client);
    if (waitSeconds > 0) return tooManyRequests(c, waitSeconds);
    if (holdsAdminToken(admin, c.req.header("authorization"))) return next();
    failures.take(client);
    c.header("www-authenticate", 'Bearer realm="tacit admin"');
    const detail = "authorization must be the admin token as a bearer token, got none or another";
    return problem(c, { status: 401, name: "unauthorized", detail });
  };
}
