/**
 * Downloads of the model: the edition, and parts by their id. These requests are the same whatever the person
 * does (but for the word file and the encoder with its vectors, which are asked for once there is free text, whatever
 * it says), carry nothing of the browser's own, and are never conditional: no request repeats a name that one
 * device alone may have been given.
 *
 * A body is read as it comes and refused with the first byte too many, so that what decompresses to gigabytes
 * costs no more than a part may. What came of a part is noted every so often, and asked for again only from
 * there.
 */
import { messageOf } from "../../core/errors.ts";
import { modelLimits } from "../../core/model/limits.ts";
import { type EditionAnswer, parseEditionAnswer } from "../../core/wire/editions.ts";
import type { Prefetch, Prefetched, PrefetchPath } from "../api.ts";
import { sha256Hex } from "../digest.ts";
import type { Edges } from "../edges.ts";
import type { Chunk } from "../store/keptmodel.ts";

export interface Source {
  readonly server: string;
  readonly edges: Edges;
  /** What the page has asked for already; null: nothing. */
  readonly prefetch?: Prefetch | null;
}

/**
 * A download is given up when so little comes in such a time: nothing, or a drip that would go on for ever. A
 * tenth of what the slowest phone line brings. The first answer may take twice as long.
 */
const leastBytes = 4_096;
const leastInMs = 15_000;
/** What the page asked for is waited for so long; then the worker asks itself. */
const prefetchMs = 10_000;
/** How often one download of a part is begun or resumed, as long as each time something comes. */
const attempts = 5;
/** What came is noted whenever it is so much more, or a thirty-second of the part: noting takes time too. */
const checkpointBytes = 256 * 1024;

/** What the server has no more of; the edition may be another by now. */
export class PartGone extends Error {}

/** @throws {Error} when there is no answer, or one that cannot be read. */
export async function fetchEdition(source: Source): Promise<EditionAnswer> {
  const bytes = await fetchWhole(source, "/v1/edition", modelLimits.answerBytes);
  return parseEditionAnswer(JSON.parse(new TextDecoder().decode(bytes)));
}

/**
 * The head of the edition in force, asked for beside the edition itself: a round trip less before the first
 * shelf. Not known to be what the edition lists until its hash says so.
 *
 * @throws {Error} when there is no answer, or more than a head may have.
 */
export function fetchHead(source: Source): Promise<Uint8Array> {
  return fetchWhole(source, "/v1/head", modelLimits.headBytes);
}

async function fetchWhole(source: Source, path: PrefetchPath, most: number): Promise<Uint8Array> {
  const transfer = new Transfer();
  const response = await transfer.begin(source, path, { cache: "no-store" });
  if (response.status !== 200)
    throw transfer.refused(`GET ${path}: expected status 200, got ${response.status}`);
  const bytes = new Uint8Array(most);
  let have = 0;
  await transfer.read(response, (piece) => {
    if (have + piece.length > most)
      throw transfer.refused(`GET ${path}: expected ${most} bytes at most, got more`);
    bytes.set(piece, have);
    have += piece.length;
    return null;
  });
  return bytes.slice(0, have);
}

/** Where what came of a part is noted. */
export interface Checkpoints {
  /** By offset. */
  chunks(): Promise<readonly Chunk[]>;
  keep(chunk: Chunk): Promise<void>;
  drop(): Promise<void>;
}

export interface Wanted {
  /** Hex SHA-256 of the bytes. */
  readonly id: string;
  /** How many there are; within the limits. */
  readonly bytes: number;
}

/**
 * The bytes of a part, from its checkpoints on.
 *
 * @throws {PartGone} when the server has it no more; {Error} when the download breaks off too often, is not
 * of the length or
 *   hash that was promised; then nothing of it is kept.
 */
export async function downloadPart(
  source: Source,
  wanted: Wanted,
  checkpoints: Checkpoints,
): Promise<Uint8Array> {
  const download = new PartDownload(source, wanted, checkpoints);
  await download.resume();
  for (let attempt = 1; !download.isWhole; attempt++) {
    const broken = await download.advance();
    if (broken !== null && (attempt === attempts || !download.hasAdvanced)) throw broken;
  }
  const hash = await sha256Hex(download.bytes);
  if (hash === wanted.id) return download.bytes;
  await checkpoints.drop();
  throw new Error(`part ${short(wanted.id)}: expected bytes with that SHA-256, got ${short(hash)}`);
}

class PartDownload {
  readonly bytes: Uint8Array;
  readonly #source: Source;
  readonly #wanted: Wanted;
  readonly #checkpoints: Checkpoints;
  #have = 0;
  #noted = 0;
  /** What was there when the server answered last. */
  #askedFrom = 0;

  constructor(source: Source, wanted: Wanted, checkpoints: Checkpoints) {
    this.#source = source;
    this.#wanted = wanted;
    this.#checkpoints = checkpoints;
    this.bytes = new Uint8Array(wanted.bytes);
  }

  /** How many bytes are there. */
  get have(): number {
    return this.#have;
  }

  /** Whether anything came of what was asked for last. */
  get hasAdvanced(): boolean {
    return this.#have > this.#askedFrom;
  }

  get isWhole(): boolean {
    return this.#have === this.bytes.length;
  }

  /** Takes up what was noted before, as far as it goes without a gap. */
  async resume(): Promise<void> {
    for (const { offset, bytes } of await this.#checkpoints.chunks()) {
      const end = offset + bytes.length;
      if (offset > this.#have || end > this.bytes.length) break;
      if (end <= this.#have) continue;
      this.bytes.set(bytes, offset);
      this.#have = end;
    }
    this.#noted = this.#have;
  }

  /**
   * Fetches the rest; returns why it broke off, null when it did not.
   *
   * @throws for what asking again would not change.
   */
  async advance(): Promise<Error | null> {
    const transfer = new Transfer();
    try {
      const response = await this.#ask(transfer);
      await transfer.read(response, (piece) => this.#take(piece, transfer));
    } catch (cause) {
      if (transfer.isRefused) {
        await this.#checkpoints.drop();
        throw cause;
      }
      await this.#note();
      return cause instanceof Error ? cause : new Error(messageOf(cause));
    }
    await this.#note();
    const { bytes } = this.#wanted;
    return this.isWhole ? null : new Error(`${this.#who}: expected ${bytes} bytes, got ${this.#have}`);
  }

  async #ask(transfer: Transfer): Promise<Response> {
    // With a range, fetch asks for the bytes as they are, not compressed (Fetch, 4.6).
    this.#askedFrom = this.#have;
    const init: RequestInit =
      this.#have === 0 ? {} : { headers: { range: `bytes=${this.#have}-` }, cache: "no-store" };
    const response = await transfer.begin(this.#source, `/v1/parts/${this.#wanted.id}`, init);
    const { status } = response;
    if (status === 404 || status === 410)
      throw transfer.refused(new PartGone(`${this.#who}: expected it, got status ${status}`));
    if (status === 200) {
      // The whole, perhaps again: from a server that does not know ranges.
      this.#beginAgain();
    } else if (status === 416 && this.#have > 0) {
      // What was noted does not go with what the server has: from the beginning, once.
      void response.body?.cancel().catch(() => undefined);
      await this.#checkpoints.drop();
      this.#beginAgain();
      return this.#ask(transfer);
    } else if (status !== 206 || this.#have === 0) {
      const expected = this.#have === 0 ? "200" : "200 or 206";
      const fault = `${this.#who}: expected status ${expected}, got ${status}`;
      throw status >= 500 || status === 429 ? transfer.abandoned(fault) : transfer.refused(fault);
    }
    return response;
  }

  #beginAgain(): void {
    this.#have = 0;
    this.#noted = 0;
    this.#askedFrom = 0;
  }

  #take(piece: Uint8Array, transfer: Transfer): Promise<void> | null {
    if (this.#have + piece.length > this.bytes.length) {
      throw transfer.refused(`${this.#who}: expected ${this.bytes.length} bytes, got more`);
    }
    this.bytes.set(piece, this.#have);
    this.#have += piece.length;
    const due = Math.max(checkpointBytes, this.bytes.length / 32);
    return this.#have - this.#noted < due ? null : this.#note();
  }

  /** Notes what came since the last time. */
  async #note(): Promise<void> {
    if (this.#have === this.#noted || this.isWhole) return;
    await this.#checkpoints.keep({ offset: this.#noted, bytes: this.bytes.slice(this.#noted, this.#have) });
    this.#noted = this.#have;
  }

  get #who(): string {
    return `GET /v1/parts/${short(this.#wanted.id)}`;
  }
}

/** One request: ends when nothing comes for a while, or when its reader has seen enough. */
class Transfer {
  readonly #controller = new AbortController();
  #watch: ReturnType<typeof setInterval> | undefined;
  /** Bytes that came since it was last looked; the first answer may take its time. */
  #moved = leastBytes;
  #isRefused = false;

  /** Whether it ended because of what came, so that asking again would not help. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  async begin({ server, edges, prefetch }: Source, path: string, init: RequestInit): Promise<Response> {
    clearInterval(this.#watch);
    this.#watch = setInterval(() => this.#requireMove(), leastInMs);
    const { signal } = this.#controller;
    try {
      const prefetched = prefetch != null && isPrefetched(path) ? await inTime(prefetch(path)) : null;
      signal.throwIfAborted();
      if (prefetched !== null) {
        const { status, body } = prefetched;
        return new Response(body.pipeThrough(new TransformStream(), { signal }), { status });
      }
      const asked = { ...init, credentials: "omit", referrerPolicy: "no-referrer", signal } as const;
      return await edges.fetch(server + path, asked);
    } catch (cause) {
      clearInterval(this.#watch);
      throw cause;
    }
  }

  /** Hands on what comes, piece by piece; whoever takes it may end it by throwing. */
  async read({ body }: Response, take: (piece: Uint8Array) => Promise<void> | null): Promise<void> {
    const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = body?.getReader();
    try {
      while (reader !== undefined) {
        const { done, value } = await reader.read();
        if (done) return;
        this.#moved += value.length;
        await take(value);
      }
    } finally {
      clearInterval(this.#watch);
      // Not waited for: nobody needs what may still come.
      void reader?.cancel().catch(() => undefined);
    }
  }

  /** Ends the transfer for good. */
  refused(fault: string | Error): Error {
    this.#isRefused = true;
    return this.abandoned(fault);
  }

  abandoned(fault: string | Error): Error {
    const error = typeof fault === "string" ? new Error(fault) : fault;
    clearInterval(this.#watch);
    this.#controller.abort(error);
    return error;
  }

  #requireMove(): void {
    if (this.#moved < leastBytes) {
      const got = this.#moved === 0 ? "nothing" : this.#moved;
      this.abandoned(`download: expected ${leastBytes} bytes within ${leastInMs / 1000} s, got ${got}`);
    }
    this.#moved = 0;
  }
}

function isPrefetched(path: string): path is PrefetchPath {
  return path === "/v1/edition" || path === "/v1/head";
}

/** What the page has; null when it fails or takes too long, and then what comes after all is let go. */
async function inTime(answer: Promise<Prefetched | null>): Promise<Prefetched | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<"too late">((resolve) => {
    timer = setTimeout(() => resolve("too late"), prefetchMs);
  });
  const first = await Promise.race([answer.catch(() => null), tooLate]);
  clearTimeout(timer);
  if (first !== "too late") return first;
  void answer.then((late) => late?.body.cancel()).catch(() => undefined);
  return null;
}

function short(id: string): string {
  return `${id.slice(0, 8)}…`;
}
