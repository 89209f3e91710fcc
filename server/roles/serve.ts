/**
 * Starts a server of any role from its settings: parts, application, socket; stops it without losing what
 * runs.
 */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import type { Config } from "../base/config.ts";
import type { Log } from "../base/log.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { applyTimeouts, serverOptions } from "../http/limits.ts";
import { workInThread } from "../publishing/work/work.ts";
import { createApp, createHelperApp, createRelayApp } from "./app.ts";
import { type HelperParts, openHelperParts } from "./helper.ts";
import { openParts, type Parts, type PartsOptions } from "./leader.ts";
import { openRelayParts, type RelayParts } from "./relay.ts";

/** What runs in this process. */
export type Running =
  | { readonly role: "all" | "leader"; readonly parts: Parts }
  | { readonly role: "helper"; readonly parts: HelperParts }
  | { readonly role: "relay"; readonly parts: RelayParts };

export type RunningServer = Running & {
  readonly url: string;
  /** Stops accepting, finishes what runs, closes the stores. */
  readonly stop: () => Promise<void>;
};

interface Opened {
  readonly running: Running;
  readonly app: Hono;
  /** Called when requests can come in. */
  readonly start: () => void;
  readonly close: () => Promise<void>;
}

/**
 * @throws {OperatorError} when the port or the data directory is taken, or a setting that the role needs is
 * missing.
 */
export async function startServer(
  config: Config,
  log: Log,
  options: Pick<PartsOptions, "kinds" | "reached"> = {},
): Promise<RunningServer> {
  const { running, app, start, close } = await open(config, { log, openWork: workInThread, ...options });
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: serverOptions(config.limits) });
  if (!("closeIdleConnections" in server))
    throw new TypeError("startServer: expected an HTTP/1.1 server, got another");
  applyTimeouts(server, config.limits);
  let port: number;
  try {
    port = await listen(server, config);
  } catch (error) {
    await close();
    throw error;
  }
  start();
  const host = ["0.0.0.0", "::", "127.0.0.1", "::1"].includes(config.host) ? "localhost" : config.host;
  return {
    ...running,
    url: `http://${host}:${port}`,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Connections kept alive by browsers end when their last answer is out; this is for those that never
      // ask again.
      const impatient = setTimeout(() => server.closeAllConnections(), 5000);
      await closed;
      clearTimeout(impatient);
      await close();
    },
  };
}

async function open(config: Config, options: PartsOptions & { readonly log: Log }): Promise<Opened> {
  const { role } = config;
  switch (role) {
    case "all":
    case "leader": {
      const parts = await openParts(config, options);
      const { cycle, close } = parts;
      return { running: { role, parts }, app: createApp(parts), start: () => cycle.start(), close };
    }
    case "helper": {
      const parts = await openHelperParts(config, options);
      return { running: { role, parts }, app: createHelperApp(parts), start: () => {}, close: parts.close };
    }
    case "relay": {
      const parts = openRelayParts(config, options.log);
      return { running: { role, parts }, app: createRelayApp(parts), start: () => {}, close: async () => {} };
    }
  }
}

function listen(server: Server, { host, port }: Config): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const detail = taken ? "another program listens there: give --port" : error.message;
      reject(new OperatorError(`serve: port ${port} on ${host} must be free, got ${error.code}: ${detail}`));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
