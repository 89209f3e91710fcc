/**
 * What texts ask of the catalogue in force. The code for it and the edition's word file are fetched when a text first
 * comes, whatever it says; where an edition has no word file, the catalogue's own words are all that is known.
 */
import type { TextAnswer } from "../../core/encoder/words/catalogue.ts";
import type { ReadWords, WordsModule } from "../edges.ts";
import type { Editions } from "./editions.ts";
import type { Model } from "./model.ts";

export interface FreeTextParts {
  readonly editions: Pick<Editions, "wordFile">;
  readonly load: () => Promise<WordsModule>;
}

/** A model's items, as texts are held against them. */
export interface Answers {
  readonly answer: (text: string) => TextAnswer | null;
}

export class FreeText {
  readonly #parts: FreeTextParts;
  /** By the id of the word file; null for none. */
  #words: { readonly id: string | null; readonly read: Promise<ReadWords> } | null = null;
  readonly #answers = new WeakMap<Model, Answers>();

  constructor(parts: FreeTextParts) {
    this.#parts = parts;
  }

  /** What is there already; null before. */
  ready(model: Model): Answers | null {
    return this.#answers.get(model) ?? null;
  }

  /** @throws {Error} when code or word file cannot be had or read; the next call tries again. */
  async of(model: Model): Promise<Answers> {
    const known = this.ready(model);
    if (known !== null) return known;
    const answers = (await this.#read(model)).of(model.catalogue);
    this.#answers.set(model, answers);
    return answers;
  }

  #read(model: Model): Promise<ReadWords> {
    const id = model.wordFile?.id ?? null;
    if (this.#words?.id !== id) {
      const words = { id, read: this.#fetched(model) };
      this.#words = words;
      // Whoever asked gets the failure.
      words.read.catch(() => {
        if (this.#words === words) this.#words = null;
      });
    }
    return this.#words.read;
  }

  async #fetched(model: Model): Promise<ReadWords> {
    const { readWords } = await this.#parts.load();
    if (model.wordFile === null) return readWords(null);
    return this.#parts.editions.wordFile(model.wordFile, readWords);
  }
}
