/**
 * What texts ask of the catalogue in force: by words at once, by an encoder where the edition lists one. That is tens
 * of megabytes: until it is there, texts are understood by words, and what it changes is then told as a change.
 */
import type { TextAnswer } from "../../core/encoder/answer.ts";
import { CatalogueMeanings } from "../../core/encoder/cataloguemeanings.ts";
import { parseMeanings } from "../../core/encoder/meanings.ts";
import { parsePublished } from "../../core/encoder/published.ts";
import type { TextRefs } from "../../core/encoder/ref.ts";
import { CatalogueWords } from "../../core/encoder/words/catalogue.ts";
import { mostCharacters } from "../../core/encoder/words/telling.ts";
import { parseWordFile } from "../../core/encoder/words/wordfile.ts";
import { WordVectors } from "../../core/encoder/words/wordvectors.ts";
import { type EncoderProcess, type Notify, troubleOf } from "../edges.ts";
import type { Editions } from "../rank/editions.ts";
import type { Model } from "../rank/model.ts";
import { startEncoder } from "./encoderprocess.ts";

export interface TextsParts {
  readonly editions: Pick<Editions, "lazyPart">;
  /** Addresses of encoder.js and encoder.wasm; undefined where the site does not say. */
  readonly files: { readonly encoder: string | undefined; readonly wasm: string | undefined };
  /** The platform's unless given. */
  readonly start?: ((url: string) => EncoderProcess) | undefined;
  /** Whether the person asked for as few bytes as possible: then no encoder is fetched. */
  readonly savesData: () => boolean;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly notify: Notify;
}

/** An encoder that is kept opens within this; one that must be downloaded does not. */
const openingMs = 1500;
/** What could not be had is not asked for again with every letter. */
const retryMs = 60_000;
/** Without a text for so long its memory is given back. */
const idleMs = 5 * 60_000;

type EncoderRefs = NonNullable<TextRefs["encoder"]>;

/** An encoder that runs. */
interface Running {
  /** Of its part. */
  readonly id: string;
  /** Of the encoder. */
  readonly space: string;
  readonly dim: number;
  readonly process: EncoderProcess;
}

interface Loading {
  readonly model: Model;
  readonly untilMs: number;
  readonly done: Promise<Meaning | null>;
}

/** An encoder beside what it made of a model's items. */
interface Meaning {
  readonly running: Running;
  readonly items: CatalogueMeanings;
}

export class Texts {
  readonly #parts: TextsParts;
  /** By the id of the word file; null for none. */
  #vectors: { readonly id: string | null; readonly read: Promise<WordVectors> } | null = null;
  readonly #wordsOf = new WeakMap<Model, CatalogueWords>();
  #running: Promise<Running> | null = null;
  #meaning: { readonly model: Model; readonly meaning: Meaning } | null = null;
  #loading: Loading | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  /** Whether somebody had to do with words alone, where there is an encoder. */
  #isMissed = false;
  /** Counts texts that the encoder was asked about. */
  #asked = 0;
  #said: { readonly model: Model; readonly text: string; readonly answer: TextAnswer | null } | null = null;

  constructor(parts: TextsParts) {
    this.#parts = parts;
  }

  /**
   * By what is there, or comes within a moment; null for a text that asks for nothing here.
   *
   * @throws {Error} when the word file cannot be had or read; the next call tries again.
   */
  async answer(model: Model, text: string): Promise<TextAnswer | null> {
    const [words, meaning] = await Promise.all([this.#words(model), this.#soon(model)]);
    const byWords = words.answer(text);
    const vector = meaning === null ? null : await this.#vectorOf(meaning, text);
    return meaning === null || vector === null ? byWords : meaning.items.answer(text, vector, byWords);
  }

  said(model: Model, text: string | null): TextAnswer | null {
    return text !== null && this.#knows(model, text) ? (this.#said?.answer ?? null) : null;
  }

  async understand(model: Model, text: string): Promise<void> {
    if (this.#knows(model, text)) return;
    const answer = await this.answer(model, text);
    this.#said = { model, text, answer };
  }

  #knows(model: Model, text: string): boolean {
    return this.#said?.model === model && this.#said.text === text;
  }

  async #words(model: Model): Promise<CatalogueWords> {
    const known = this.#wordsOf.get(model);
    if (known !== undefined) return known;
    const words = new CatalogueWords(model.catalogue, await this.#wordVectors(model));
    this.#wordsOf.set(model, words);
    return words;
  }

  #wordVectors({ texts: { words } }: Model): Promise<WordVectors> {
    const id = words?.id ?? null;
    if (this.#vectors?.id !== id) {
      const read =
        words === null ? Promise.resolve(noVectors) : this.#parts.editions.lazyPart(words, vectorsIn);
      const vectors = { id, read };
      this.#vectors = vectors;
      // Whoever asked gets the failure.
      read.catch(() => {
        if (this.#vectors === vectors) this.#vectors = null;
      });
    }
    return this.#vectors.read;
  }

  /** Null where there is no encoder, or none in time. */
  async #soon(model: Model): Promise<Meaning | null> {
    const { savesData, nowMs, wait } = this.#parts;
    if (this.#meaning?.model === model) return this.#meaning.meaning;
    const { encoder } = model.texts;
    if (encoder === null || savesData() || nowMs() < this.#failedAtMs + retryMs) return null;
    if (this.#loading?.model !== model) {
      this.#loading = { model, untilMs: nowMs() + openingMs, done: this.#load(model, encoder) };
    }
    const { done, untilMs } = this.#loading;
    const soon = await Promise.race([done, wait(Math.max(0, untilMs - nowMs())).then(() => null)]);
    if (soon === null) this.#isMissed = true;
    return soon;
  }

  /** Never rejects: without it there are words. */
  async #load(model: Model, refs: EncoderRefs): Promise<Meaning | null> {
    try {
      const { editions } = this.#parts;
      const part = await editions.lazyPart(refs.meanings, parseMeanings);
      const running = await this.#open(refs);
      const { space, dim } = running;
      if (part.space !== space || part.dim !== dim) {
        throw new TypeError(
          `expected meanings of ${space}, ${dim} numbers each, got ${part.dim} of ${part.space}`,
        );
      }
      const meaning = { running, items: new CatalogueMeanings(model.catalogue, part) };
      this.#meaning = { model, meaning };
      this.#loading = null;
      this.#tellMissed();
      return meaning;
    } catch (cause) {
      this.#fail(cause);
      return null;
    }
  }

  #open({ ref }: EncoderRefs): Promise<Running> {
    const before = this.#running;
    const next = (async () => {
      const running = await before?.catch(() => null);
      if (running?.id === ref.id) return running;
      running?.process.stop();
      return this.#started(ref);
    })();
    this.#running = next;
    return next;
  }

  async #started(ref: EncoderRefs["ref"]): Promise<Running> {
    const { editions, files, start = startEncoder } = this.#parts;
    const { encoder, wasm } = files;
    if (encoder === undefined || wasm === undefined) {
      throw new Error("expected the addresses of encoder.js and encoder.wasm, got none");
    }
    const { part, published } = await editions.lazyPart(ref, (bytes) => {
      return { part: bytes, published: parsePublished(bytes) };
    });
    const process = start(encoder);
    try {
      await process.open(part, wasm);
    } catch (cause) {
      process.stop();
      throw cause;
    }
    return { id: ref.id, space: published.id, dim: published.manifest.dim, process };
  }

  /** Null when it cannot say any more. */
  async #vectorOf({ running: { process, dim } }: Meaning, text: string): Promise<Float32Array | null> {
    this.#asked += 1;
    void this.#stopWhenIdle(this.#asked);
    try {
      const vector = await process.encode(text.slice(0, mostCharacters));
      if (vector.length === dim) return vector;
      throw new RangeError(`expected ${dim} numbers of a text, got ${vector.length}`);
    } catch (cause) {
      this.#fail(cause);
      return null;
    }
  }

  async #stopWhenIdle(asked: number): Promise<void> {
    await this.#parts.wait(idleMs);
    if (asked === this.#asked) this.#stop();
  }

  #stop(): void {
    void this.#running?.then(({ process }) => process.stop()).catch(() => undefined);
    this.#running = null;
    this.#meaning = null;
    this.#loading = null;
  }

  #fail(cause: unknown): void {
    this.#failedAtMs = this.#parts.nowMs();
    this.#stop();
    this.#parts.notify(troubleOf("encoder", cause));
  }

  #tellMissed(): void {
    if (!this.#isMissed) return;
    this.#isMissed = false;
    this.#said = null;
    this.#parts.notify({ type: "change" });
  }
}

const noVectors = new WordVectors({ source: "none", words: [], dim: 0, vectors: new Int8Array(0) });

function vectorsIn(bytes: Uint8Array): WordVectors {
  return new WordVectors(parseWordFile(bytes));
}
