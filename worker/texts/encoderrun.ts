/** An encoder that runs: what it is asked, when it rests, and when it may end. */
import type { PartRef } from "../../core/model/edition.ts";
import type { EncoderProcess } from "../edges.ts";

/** Without a text for so long its memory is given back. */
const idleMs = 5 * 60_000;

export interface EncoderRunParts {
  /** Of its part. */
  readonly id: PartRef["id"];
  /** Of the encoder. */
  readonly space: string;
  /** Numbers per vector. */
  readonly dim: number;
  readonly process: EncoderProcess;
  readonly wait: (ms: number) => Promise<void>;
  /** It was stopped, for want of texts. */
  readonly onIdle: () => void;
}

export class EncoderRun {
  readonly id: string;
  readonly space: string;
  readonly dim: number;
  readonly #parts: EncoderRunParts;
  #asked = 0;
  #pending = 0;
  #state: "runs" | "ends" | "ended" = "runs";

  constructor(parts: EncoderRunParts) {
    this.id = parts.id;
    this.space = parts.space;
    this.dim = parts.dim;
    this.#parts = parts;
    void this.#watch();
  }

  /** The text's vector, of length 1. @throws {Error} when it has died, or says something else. */
  async encode(text: string): Promise<Float32Array> {
    this.#asked += 1;
    this.#pending += 1;
    try {
      const vector = await this.#parts.process.encode(text);
      if (vector.length === this.dim) return vector;
      throw new RangeError(`expected ${this.dim} numbers of a text, got ${vector.length}`);
    } finally {
      this.#pending -= 1;
      if (this.#state === "ends" && this.#pending === 0) this.stop();
    }
  }

  /** Ends it once it has answered what it was asked. */
  retire(): void {
    if (this.#pending === 0) this.stop();
    else if (this.#state === "runs") this.#state = "ends";
  }

  stop(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#parts.process.stop();
  }

  async #watch(): Promise<void> {
    for (let seen = -1; this.#state === "runs"; ) {
      if (seen === this.#asked && this.#pending === 0) {
        this.stop();
        this.#parts.onIdle();
        return;
      }
      seen = this.#asked;
      await this.#parts.wait(idleMs);
    }
  }
}
