/**
 * A client that sends whatever bytes it is told to over a connection, and reads what HTTP/1.1 answers come back (RFC
 * 9112): no library would send what a hostile one does.
 */
import { connect, type Socket } from "node:net";

export interface Answer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

/** What came back: an answer, or the end of the connection without one. */
export type Reply = Answer | "closed" | "silent";

/** One request and its answer on a connection of their own; "silent" where nothing comes in time. */
export async function exchange(port: number, pieces: readonly Uint8Array[], waitMs: number): Promise<Reply> {
  const socket = connect(port, "127.0.0.1");
  const reading = new Reading(socket);
  try {
    for (const piece of pieces) {
      socket.write(piece);
      if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return await reading.answer(waitMs);
  } finally {
    socket.destroy();
  }
}

/** Connections that are kept, for requests that are well framed. */
export class Pool {
  readonly #port: number;
  readonly #idle: Socket[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async ask(request: Uint8Array, isHead: boolean, waitMs: number): Promise<Reply> {
    const kept = this.#idle.pop();
    const socket = kept ?? connect(this.#port, "127.0.0.1");
    const reading = new Reading(socket);
    socket.write(request);
    const reply = await reading.answer(waitMs, isHead);
    if (typeof reply === "object" && reading.isClean && reply.headers.get("connection") !== "close") {
      this.#idle.push(socket);
      reading.end();
      return reply;
    }
    socket.destroy();
    // The server may have closed a connection that was idle just then; what it never read can be sent again.
    return reply === "closed" && kept !== undefined ? this.ask(request, isHead, waitMs) : reply;
  }

  close(): void {
    for (const socket of this.#idle.splice(0)) socket.destroy();
  }
}

/** A connection that nobody waits for may end as it likes. */
const ignored = (): void => {};

class Reading {
  readonly #socket: Socket;
  #bytes: Buffer = Buffer.alloc(0);
  #isClosed = false;
  #changed: () => void = () => {};
  readonly #hear = (piece: Buffer): void => {
    this.#bytes = Buffer.concat([this.#bytes, piece]);
    this.#changed();
  };
  readonly #close = (): void => {
    this.#isClosed = true;
    this.#changed();
  };

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.off("error", ignored);
    socket.on("data", this.#hear);
    socket.on("close", this.#close);
    socket.on("error", this.#close);
  }

  /** Whether nothing came beyond the answer, and the connection goes on. */
  get isClean(): boolean {
    return !this.#isClosed && this.#bytes.length === 0;
  }

  end(): void {
    this.#socket.off("data", this.#hear);
    this.#socket.off("close", this.#close);
    this.#socket.off("error", this.#close);
    this.#socket.on("error", ignored);
  }

  async answer(waitMs: number, isHead = false): Promise<Reply> {
    const deadline = performance.now() + waitMs;
    for (;;) {
      const found = answerIn(this.#bytes, { isHead, isClosed: this.#isClosed });
      if (found !== null) {
        this.#bytes = this.#bytes.subarray(found.length);
        return found.answer;
      }
      if (this.#isClosed) return "closed";
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) return "silent";
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

interface Found {
  readonly answer: Answer;
  /** Bytes of it. */
  readonly length: number;
}

interface Framing {
  readonly isHead: boolean;
  readonly isClosed: boolean;
}

/** The first final answer, when all of it is there. */
function answerIn(bytes: Buffer, { isHead, isClosed }: Framing): Found | null {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const [first, ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1]);
  if (Number.isNaN(status))
    throw new TypeError(`answerIn: expected a status line, got ${first.slice(0, 80)}`);
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const start = end + 4;
  if (status < 200) {
    const next = answerIn(bytes.subarray(start), { isHead, isClosed });
    return next === null ? null : { ...next, length: next.length + start };
  }
  const of = (body: Buffer, length: number): Found => ({ answer: { status, headers, body }, length });
  if (isHead || status === 204 || status === 304) return of(Buffer.alloc(0), start);
  if (headers.get("transfer-encoding") === "chunked") return chunkedAt(bytes, start, of);
  const declared = headers.get("content-length");
  if (declared === undefined) return isClosed ? of(bytes.subarray(start), bytes.length) : null;
  const length = start + Number(declared);
  return bytes.length < length ? null : of(bytes.subarray(start, length), length);
}

function chunkedAt(bytes: Buffer, start: number, of: (body: Buffer, length: number) => Found): Found | null {
  const pieces: Buffer[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.subarray(at, line).toString("latin1"), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return of(Buffer.concat(pieces), next);
    pieces.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
