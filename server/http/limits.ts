/**
 * Limits of the sockets: a client that sends slowly, reads slowly, or opens many connections is cut off, and
 * the others are served meanwhile. What a request may ask how often is in rates.ts.
 */
import type { IncomingMessage, Server, ServerOptions, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Config } from "../base/config.ts";
import { clientAt, isExempt } from "./address.ts";

export type Limits = Config["limits"];

/** Options to create the HTTP server with: they cannot be set later. */
export function serverOptions({ headerSeconds, headerBytes }: Limits): ServerOptions {
  return {
    maxHeaderSize: headerBytes,
    // How often Node looks for requests that take too long: a client is cut off within a quarter more than
    // its limit.
    connectionsCheckingInterval: Math.min(5_000, Math.max(50, headerSeconds * 250)),
  };
}

/** Sets what can be set on a server that exists. Call it before the server listens. */
export function applyTimeouts(server: Server, limits: Limits): void {
  server.headersTimeout = limits.headerSeconds * 1000;
  server.requestTimeout = Math.max(limits.headerSeconds, limits.requestSeconds) * 1000;
  server.keepAliveTimeout = limits.idleSeconds * 1000;
  server.maxConnections = limits.connections;
  // A client may end its side when it has asked; what is not handed over yet, it still gets. Node has the
  // switch, and no types for it.
  Object.assign(server, { httpAllowHalfOpen: true });
  closeSilent(server, limits.idleSeconds * 1000);
  cutSlowReaders(server, limits.answerSeconds * 1000);
  limitConnectionsPerAddress(server, limits);
  server.on("clientError", answerClientError);
}

/** Closes connections on which nothing moved for so long, unless it is the server that works on an answer. */
function closeSilent(server: Server, silentMs: number): void {
  const working = new WeakMap<Socket, number>();
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    working.set(socket, (working.get(socket) ?? 0) + 1);
    response.once("close", () => working.set(socket, (working.get(socket) ?? 1) - 1));
  });
  server.setTimeout(silentMs, (socket) => {
    // Bytes that wait to be sent wait for the client: it does not read its answer.
    if (socket.writableLength > 0 || (working.get(socket) ?? 0) === 0) socket.destroy();
  });
}

/** Closes connections whose client takes longer to read an answer, however it does. */
function cutSlowReaders(server: Server, answerMs: number): void {
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    let timer: NodeJS.Timeout | undefined;
    const start = () => {
      // An answer whose reader went away is ended, too: there is nobody left to cut.
      if (!response.destroyed) timer ??= setTimeout(() => socket.destroy(), answerMs).unref();
    };
    // When the answer is handed over, not before: what is asked for may take its time. One that leaves in slices
    // is not over before the last: its first slice is in the socket when there is room for another.
    response.once("drain", start);
    response.once("prefinish", start);
    response.once("close", () => clearTimeout(timer));
  });
}

/** Behind proxies every connection is a proxy's, and nothing is counted. */
function limitConnectionsPerAddress(server: Server, limits: Limits): void {
  if (limits.trustProxy > 0) return;
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const client = clientAt(socket.remoteAddress);
    if (client === null || isExempt(client, limits.exempt)) return;
    const { counted: address } = client;
    const count = (open.get(address) ?? 0) + 1;
    if (count > limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}

const statusOf: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

/** What is not HTTP gets one short answer, if the connection still takes one, and is closed. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = statusOf[error.code ?? ""] ?? "400 Bad Request";
  const lines = [
    `HTTP/1.1 ${status}`,
    "content-length: 0",
    "x-content-type-options: nosniff",
    "connection: close",
  ];
  // Destroyed when the answer is out: a client that goes on sending is not read.
  socket.end(`${lines.join("\r\n")}\r\n\r\n`, () => socket.destroy());
}
