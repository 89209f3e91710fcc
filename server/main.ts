/** Starts a server from its settings: parts, application, socket; stops it without losing what runs. */
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { createApp } from "./app.ts";
import type { Config } from "./config.ts";
import { applyTimeouts, serverOptions } from "./http/limits.ts";
import type { Log } from "./log.ts";
import { OperatorError } from "./operatorerror.ts";
import { openParts, type Parts } from "./parts.ts";

export interface RunningServer {
  readonly url: string;
  readonly parts: Parts;
  /** Stops accepting, finishes what runs, closes the stores. */
  readonly stop: () => Promise<void>;
}

/** @throws {OperatorError} when the port or the data directory is taken. */
export async function startServer(config: Config, log: Log): Promise<RunningServer> {
  const parts = await openParts(config, { log });
  const server = createAdaptorServer({
    fetch: createApp(parts).fetch,
    serverOptions: serverOptions(config.limits),
  });
  if (!("closeIdleConnections" in server))
    throw new TypeError("startServer: expected an HTTP/1.1 server, got another");
  applyTimeouts(server, config.limits);
  let port: number;
  try {
    port = await listen(server, config);
  } catch (error) {
    await parts.close();
    throw error;
  }
  parts.rounds.start();
  const host = ["0.0.0.0", "::", "127.0.0.1", "::1"].includes(config.host) ? "localhost" : config.host;
  return {
    url: `http://${host}:${port}`,
    parts,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // Connections kept alive by browsers end when their last answer is out; this is for those that never ask again.
      const impatient = setTimeout(() => server.closeAllConnections(), 5000);
      await closed;
      clearTimeout(impatient);
      await parts.close();
    },
  };
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
