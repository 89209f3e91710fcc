/**
 * What texts ask of the catalogue in force. Code and parts for it are fetched when a text first comes, whatever it
 * says: words at once, an encoder where the edition lists one. An encoder is tens of megabytes: until it is there,
 * texts are understood by words, and what it changes is then told as a change.
 */
import type { TextAnswer } from "../../core/encoder/answer.ts";
import type { TextRefs } from "../../core/encoder/ref.ts";
import {
  type EncoderModule,
  type Notify,
  type ReadEncoder,
  type ReadWords,
  troubleOf,
  type WordsModule,
} from "../edges.ts";
import type { Editions } from "./editions.ts";
import type { Model } from "./model.ts";

export interface FreeTextParts {
  readonly editions: Pick<Editions, "lazyPart">;
  readonly words: () => Promise<WordsModule>;
  readonly encoder: () => Promise<EncoderModule>;
  /** Address of encoder.wasm; undefined where the site does not say. */
  readonly wasm: string | undefined;
  /** Whether the person asked for as few bytes as possible: then no encoder is fetched. */
  readonly savesData: () => boolean;
  readonly nowMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly notify: Notify;
}

/** An encoder that is kept opens sooner; one that must be downloaded does not. */
const openingMs = 1500;
/** What could not be had is not asked for again with every letter. */
const retryMs = 60_000;

type Words = ReturnType<ReadWords["of"]>;
type Meanings = ReturnType<ReadEncoder["of"]>;
type EncoderRefs = NonNullable<TextRefs["encoder"]>;

interface Loading {
  readonly model: Model;
  readonly untilMs: number;
  readonly done: Promise<Meanings | null>;
}

export class FreeText {
  readonly #parts: FreeTextParts;
  /** By the id of the word file; null for none. */
  #words: { readonly id: string | null; readonly read: Promise<ReadWords> } | null = null;
  #encoder: { readonly id: string; readonly read: Promise<ReadEncoder> } | null = null;
  readonly #wordsOf = new WeakMap<Model, Words>();
  readonly #meaningsOf = new WeakMap<Model, Meanings>();
  #loading: Loading | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;
  /** Whether somebody had to do with words alone, where there is an encoder. */
  #isMissed = false;
  #said: { readonly model: Model; readonly text: string; readonly answer: TextAnswer | null } | null = null;

  constructor(parts: FreeTextParts) {
    this.#parts = parts;
  }

  /**
   * By what is there, or comes within a moment; null for a text that asks for nothing here.
   *
   * @throws {Error} when code or word file cannot be had or read; the next call tries again.
   */
  async answer(model: Model, text: string): Promise<TextAnswer | null> {
    const [words, meanings] = await Promise.all([this.#byWords(model), this.#byMeaning(model)]);
    const answer = words.answer(text);
    return meanings === null ? answer : meanings.answer(text, answer);
  }

  /** What a person said about themselves, once it is understood; null before, and for nothing. */
  said(model: Model, text: string | null): TextAnswer | null {
    return text !== null && this.#knows(model, text) ? (this.#said?.answer ?? null) : null;
  }

  /** Resolves once `said` has the text's answer; whether there was something to do. @throws as `answer` does. */
  async understand(model: Model, text: string): Promise<void> {
    if (this.#knows(model, text)) return;
    const answer = await this.answer(model, text);
    this.#said = { model, text, answer };
  }

  #knows(model: Model, text: string): boolean {
    return this.#said?.model === model && this.#said.text === text;
  }

  async #byWords(model: Model): Promise<Words> {
    const known = this.#wordsOf.get(model);
    if (known !== undefined) return known;
    const words = (await this.#read(model)).of(model.catalogue);
    this.#wordsOf.set(model, words);
    return words;
  }

  #read(model: Model): Promise<ReadWords> {
    const id = model.texts.words?.id ?? null;
    if (this.#words?.id !== id) {
      const words = { id, read: this.#fetchedWords(model) };
      this.#words = words;
      // Whoever asked gets the failure.
      words.read.catch(() => {
        if (this.#words === words) this.#words = null;
      });
    }
    return this.#words.read;
  }

  async #fetchedWords({ texts: { words } }: Model): Promise<ReadWords> {
    const { readWords } = await this.#parts.words();
    return words === null ? readWords(null) : this.#parts.editions.lazyPart(words, readWords);
  }

  /** Null where there is no encoder, or none in time. */
  async #byMeaning(model: Model): Promise<Meanings | null> {
    const { savesData, nowMs, wait } = this.#parts;
    const known = this.#meaningsOf.get(model);
    if (known !== undefined) return known;
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
  async #load(model: Model, refs: EncoderRefs): Promise<Meanings | null> {
    const { notify, nowMs } = this.#parts;
    try {
      const meanings = await this.#opened(model, refs);
      this.#meaningsOf.set(model, meanings);
      if (this.#isMissed) {
        this.#isMissed = false;
        this.#said = null;
        notify({ type: "change" });
      }
      return meanings;
    } catch (cause) {
      this.#failedAtMs = nowMs();
      this.#loading = null;
      notify(troubleOf("encoder", cause));
      return null;
    }
  }

  async #opened({ catalogue }: Model, { ref, meanings }: EncoderRefs): Promise<Meanings> {
    const { editions, encoder: load, wasm } = this.#parts;
    if (wasm === undefined) throw new Error("expected the address of encoder.wasm, got none");
    const module = await load();
    const part = await editions.lazyPart(meanings, module.parseMeanings);
    if (this.#encoder?.id !== ref.id) {
      const before = this.#encoder;
      const read = editions
        .lazyPart(ref, module.parsePublished)
        .then((files) => module.openPublished(files, wasm));
      const opened = { id: ref.id, read };
      this.#encoder = opened;
      read.catch(() => {
        if (this.#encoder === opened) this.#encoder = null;
      });
      // Its memory is the platform's; one that never opened has none.
      void before?.read.then((one) => one.close()).catch(() => undefined);
    }
    return (await this.#encoder.read).of(catalogue, part);
  }
}
