/**
 * A slow line in front of a server, for every connection together: so many bytes a second towards the
 * browser, and half of the round trip each way, a first round trip for the connection itself. A relay of
 * bytes: it slows workers and pages alike, which the browser's own emulation does not.
 */
import { connect, createServer, type Server, type Socket } from "node:net";

export interface SlowLink {
  readonly port: number;
  /** Bytes sent towards the browser so far. */
  readonly bytesDown: () => number;
  readonly close: () => Promise<void>;
}

export interface Line {
  readonly bytesPerSecond: number;
  readonly roundTripMs: number;
}

/** A connection is not sent more than this ahead of the others. */
const sliceBytes = 1_460;

export async function openSlowLink(
  targetPort: number,
  { bytesPerSecond, roundTripMs }: Line,
): Promise<SlowLink> {
  const halfMs = roundTripMs / 2;
  const down = new DelayedQueue();
  let bytesDown = 0;
  /** When the line has carried everything that was given to it. */
  let freeAtMs = 0;
  const sockets = new Set<Socket>();

  const server: Server = createServer((browser) => {
    const upstream = connect({ port: targetPort, host: "127.0.0.1" });
    for (const socket of [browser, upstream]) {
      socket.setNoDelay(true);
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    }
    const up = new DelayedQueue();
    // The handshake's round trip, then half of one for what is asked.
    const openAtMs = performance.now() + roundTripMs;
    browser.on("data", (piece) => {
      up.at(Math.max(openAtMs, performance.now()) + halfMs, () => writeTo(upstream, piece));
    });
    upstream.on("data", (piece) => {
      for (let at = 0; at < piece.length; at += sliceBytes) {
        const slice = piece.subarray(at, at + sliceBytes);
        freeAtMs = Math.max(performance.now(), freeAtMs) + (slice.length / bytesPerSecond) * 1000;
        bytesDown += slice.length;
        down.at(freeAtMs + halfMs, () => writeTo(browser, slice));
      }
    });
    upstream.on("end", () => down.at(freeAtMs + halfMs, () => browser.end()));
    browser.on("close", () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null)
    throw new Error("openSlowLink: expected a port, got none");
  return {
    port: address.port,
    bytesDown: () => bytesDown,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function writeTo(socket: Socket, bytes: Uint8Array): void {
  if (!socket.destroyed) socket.write(bytes);
}

/** Does things at their times, in the order in which they were given: timers alone keep no order. */
class DelayedQueue {
  readonly #waiting: { readonly atMs: number; readonly work: () => void }[] = [];
  #timer: NodeJS.Timeout | null = null;

  at(atMs: number, work: () => void): void {
    this.#waiting.push({ atMs, work });
    this.#timer ??= setTimeout(() => this.#run(), atMs - performance.now());
  }

  #run(): void {
    this.#timer = null;
    while (this.#waiting.length > 0 && this.#waiting[0].atMs <= performance.now())
      this.#waiting.shift()?.work();
    if (this.#waiting.length === 0) return;
    this.#timer = setTimeout(() => this.#run(), Math.max(1, this.#waiting[0].atMs - performance.now()));
  }
}
