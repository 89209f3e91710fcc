/** Raw connections to a server, for what no well-behaved client sends. */
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import { onTestFinished } from "vitest";
import { type Config, parseConfig } from "../../server/base/config.ts";
import type { Log } from "../../server/base/log.ts";
import { applyTimeouts, serverOptions } from "../../server/http/limits.ts";
import { type RunningServer, startServer } from "../../server/roles/serve.ts";
import { temporaryDirectory, testConfig } from "./harness.ts";

type LeaderServer = Extract<RunningServer, { readonly role: "all" | "leader" }>;

/** A server on a free port, with these limits; stopped when the test is finished. */
export async function limitedServer(
  limits: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
  log: Log = () => {},
): Promise<LeaderServer> {
  const base = testConfig(temporaryDirectory());
  const server = await startServer(parseConfig({ ...base, port: 0, limits, ...more }), log);
  onTestFinished(() => server.stop());
  if (server.role !== "all") throw new TypeError(`limitedServer: expected role all, got ${server.role}`);
  return server;
}

/** The URL of an application on a free port; stopped when the test is finished. */
export async function served(app: Hono, config: Config): Promise<string> {
  const server = createServer(serverOptions(config.limits), getRequestListener(app.fetch));
  applyTimeouts(server, config.limits);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new TypeError("served: expected a port, got none");
  return `http://127.0.0.1:${address.port}`;
}

export interface Conversation {
  readonly socket: Socket;
  /** What came so far. */
  readonly received: () => string;
  /** Milliseconds from the start to the end of the connection, whoever ended it. */
  readonly ended: Promise<number>;
}

/** Connects and sends the text; the connection is gone when the test is. */
export function say(url: string, text: string | Uint8Array = ""): Conversation {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const startedMs = performance.now();
  const pieces: Buffer[] = [];
  socket.on("data", (piece: Buffer) => pieces.push(piece));
  // A reset is one of the ways in which a server ends a connection.
  socket.on("error", () => {});
  if (text.length > 0) socket.write(text);
  return {
    socket,
    received: () => Buffer.concat(pieces).toString("latin1"),
    ended: new Promise((resolve) => socket.on("close", () => resolve(performance.now() - startedMs))),
  };
}

/** Sends one byte each so many milliseconds, for as long as anyone listens. */
export function drip({ socket }: Conversation, everyMs: number, byte = "x"): void {
  const timer = setInterval(() => socket.writable && socket.write(byte), everyMs);
  socket.on("close", () => clearInterval(timer));
}
