/**
 * What texts ask of the catalogue, as the worker has it before there is a text: nothing. The code for it is fetched
 * when one first comes, whatever it says.
 */
import type { TextAnswer } from "../../core/encoder/answer.ts";
import type { Model } from "../rank/model.ts";
import type { Texts, TextsParts } from "./texts.ts";

/** What words.js exports. */
export interface WordsModule {
  readonly textsOf: (parts: TextsParts) => Pick<Texts, "answer" | "said" | "understand" | "rest">;
}

export interface FreeTextParts extends TextsParts {
  readonly load: () => Promise<WordsModule>;
}

export class FreeText {
  readonly #parts: FreeTextParts;
  #loading: Promise<ReturnType<WordsModule["textsOf"]>> | null = null;
  #texts: ReturnType<WordsModule["textsOf"]> | null = null;

  constructor(parts: FreeTextParts) {
    this.#parts = parts;
  }

  /**
   * Null for a text that asks for nothing here. @throws {Error} when what it takes cannot be had; the next
   * call tries again.
   */
  async answer(model: Model, text: string): Promise<TextAnswer | null> {
    return (await this.#loaded()).answer(model, text);
  }

  /** What a person wrote about themselves, once it is understood; null before, and for nothing. */
  said(model: Model, text: string | null): TextAnswer | null {
    return this.#texts?.said(model, text) ?? null;
  }

  /** Resolves once `said` has the text's answer. @throws as `answer` does. */
  async understand(model: Model, text: string): Promise<void> {
    await (await this.#loaded()).understand(model, text);
  }

  /** Ends what runs, and forgets what was understood; the next text has it again. */
  rest(): void {
    this.#texts?.rest();
  }

  #loaded(): Promise<ReturnType<WordsModule["textsOf"]>> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<ReturnType<WordsModule["textsOf"]>> {
    try {
      const { textsOf } = await this.#parts.load();
      this.#texts = textsOf(this.#parts);
      return this.#texts;
    } catch (cause) {
      this.#loading = null;
      throw cause;
    }
  }
}
