/**
 * What texts ask of the catalogue in force. The catalogue's own words answer at once; a word file and an
 * encoder where the edition lists them, as soon as they are there. An encoder is tens of megabytes: what it,
 * or a word file, changes once it has come is told as a change.
 */
import type { TextAnswer } from "../../core/encoder/answer.ts";
import { CatalogueMeanings } from "../../core/encoder/cataloguemeanings.ts";
import { parseMeanings } from "../../core/encoder/meanings.ts";
import { parsePublished } from "../../core/encoder/published.ts";
import { CatalogueWords } from "../../core/encoder/words/catalogue.ts";
import { mostCharacters } from "../../core/encoder/words/telling.ts";
import { parseWordFile } from "../../core/encoder/words/wordfile.ts";
import { WordVectors } from "../../core/encoder/words/wordvectors.ts";
import { wordsIn } from "../../core/events/words.ts";
import type { PartRef } from "../../core/model/edition.ts";
import type { EncoderProcess, Notify } from "../edges.ts";
import type { Editions, LazyParts } from "../rank/editions.ts";
import type { Model } from "../rank/model.ts";
import { Arriving } from "./arriving.ts";
import { startEncoder } from "./encoderprocess.ts";
import { EncoderRun } from "./encoderrun.ts";

export interface TextsParts {
  readonly editions: Pick<Editions, "lazyParts">;
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

/** A text that takes an encoder longer is answered by words: many others are before it, or it is dying. */
const vectorMs = 3_000;

/** An encoder beside what it made of a model's items. */
interface Meaning {
  readonly run: EncoderRun;
  readonly items: CatalogueMeanings;
}

interface Said {
  readonly model: Model;
  readonly text: string;
  readonly answer: TextAnswer | null;
}

export class Texts {
  readonly #parts: TextsParts;
  readonly #ownWords = new WeakMap<Model, CatalogueWords>();
  readonly #words: Arriving<CatalogueWords>;
  readonly #meaning: Arriving<Meaning>;
  /** By the id of the word file. */
  #vectors: { readonly id: string; readonly read: Promise<WordVectors> } | null = null;
  #run: Promise<EncoderRun> | null = null;
  #said: Said | null = null;

  constructor(parts: TextsParts) {
    this.#parts = parts;
    const { nowMs, wait, notify } = parts;
    const onLate = (): void => {
      this.#said = null;
      notify({ type: "change" });
    };
    const common = { nowMs, wait, notify, onLate };
    this.#words = new Arriving({ ...common, name: "words", load: (model) => this.#fileWords(model) });
    this.#meaning = new Arriving({ ...common, name: "encoder", load: (model) => this.#loadMeaning(model) });
  }

  /** By what is there, or comes within a moment; null for a text that asks for nothing here. */
  async answer(model: Model, text: string): Promise<TextAnswer | null> {
    const beginning = text.slice(0, mostCharacters);
    if (wordsIn(beginning).length === 0) return null;
    const [words, meaning] = await Promise.all([this.#wordsSoon(model), this.#meaningSoon(model)]);
    const byWords = words.answer(beginning);
    const vector = meaning === null ? null : await this.#vectorOf(meaning, beginning);
    return meaning === null || vector === null ? byWords : meaning.items.answer(beginning, vector, byWords);
  }

  /** What a person wrote about themselves, once it is understood; null before, and for nothing. */
  said(model: Model, text: string | null): TextAnswer | null {
    return text !== null && this.#knows(model, text) ? (this.#said?.answer ?? null) : null;
  }

  /**
   * Resolves once `said` has the text's answer. What was missing for it may be there by now: then it is found
   * anew.
   */
  async understand(model: Model, text: string): Promise<void> {
    if (this.#knows(model, text) && !this.#mayKnowMore(model)) return;
    const answer = await this.answer(model, text);
    this.#said = { model, text, answer };
  }

  /** Ends what runs, and forgets what was understood; the next text has it again. */
  rest(): void {
    this.#said = null;
    this.#meaning.drop();
    void this.#run?.then((run) => run.stop()).catch(() => undefined);
    this.#run = null;
  }

  #knows(model: Model, text: string): boolean {
    return this.#said?.model === model && this.#said.text === text;
  }

  #mayKnowMore(model: Model): boolean {
    const { words, encoder } = model.texts;
    if (words !== null && this.#words.isDue(model)) return true;
    return encoder !== null && !this.#parts.savesData() && this.#meaning.isDue(model);
  }

  async #wordsSoon(model: Model): Promise<CatalogueWords> {
    const byFile = model.texts.words === null ? null : await this.#words.soon(model);
    if (byFile !== null) return byFile;
    const own = this.#ownWords.get(model) ?? new CatalogueWords(model.catalogue, noVectors);
    this.#ownWords.set(model, own);
    return own;
  }

  async #fileWords({ catalogue, texts: { words } }: Model): Promise<CatalogueWords> {
    if (words === null) throw new Error("expected a word file, got none");
    if (this.#vectors?.id !== words.id) {
      const vectors = { id: words.id, read: this.#parts.editions.lazyParts()(words, vectorsIn) };
      this.#vectors = vectors;
      vectors.read.catch(() => {
        if (this.#vectors === vectors) this.#vectors = null;
      });
    }
    return new CatalogueWords(catalogue, await this.#vectors.read);
  }

  async #meaningSoon(model: Model): Promise<Meaning | null> {
    return model.texts.encoder === null || this.#parts.savesData() ? null : this.#meaning.soon(model);
  }

  async #loadMeaning({ catalogue, texts: { encoder } }: Model): Promise<Meaning> {
    if (encoder === null) throw new Error("expected to be listed, got none");
    const bring = this.#parts.editions.lazyParts();
    const part = await bring(encoder.meanings, parseMeanings);
    const run = await this.#running(encoder.ref, bring);
    const { space, dim } = run;
    if (part.space !== space || part.dim !== dim) {
      const got = `${part.dim} of ${part.space}`;
      throw new TypeError(`expected meanings of ${space}, ${dim} numbers each, got ${got}`);
    }
    return { run, items: new CatalogueMeanings(catalogue, part) };
  }

  /** One runs at a time: another takes the place of the one before. */
  #running(ref: PartRef, bring: LazyParts): Promise<EncoderRun> {
    const before = this.#run;
    const next = (async () => {
      const run = await before?.catch(() => null);
      if (run?.id === ref.id) return run;
      run?.retire();
      return this.#started(ref, bring);
    })();
    this.#run = next;
    // Whoever asked gets the failure.
    next.catch(() => {
      if (this.#run === next) this.#run = null;
    });
    return next;
  }

  async #started(ref: PartRef, bring: LazyParts): Promise<EncoderRun> {
    const { files, start = startEncoder, wait } = this.#parts;
    const { encoder, wasm } = files;
    if (encoder === undefined || wasm === undefined) {
      throw new Error("expected the addresses of encoder.js and encoder.wasm, got none");
    }
    const { bytes, published } = await bring(ref, (part) => {
      return { bytes: part, published: parsePublished(part) };
    });
    const process = start(encoder);
    try {
      await process.open(bytes, wasm);
    } catch (cause) {
      process.stop();
      throw cause;
    }
    const run: EncoderRun = new EncoderRun({
      ...{ id: ref.id, space: published.id, dim: published.manifest.dim, process, wait },
      onIdle: () => void this.#forget(run),
    });
    return run;
  }

  /** Null when it cannot say any more, or not in time. */
  async #vectorOf({ run }: Meaning, text: string): Promise<Float32Array | null> {
    const vector = run.encode(text).catch(async (cause) => {
      run.stop();
      if (await this.#forget(run)) this.#meaning.fail(cause);
      return null;
    });
    return Promise.race([vector, this.#parts.wait(vectorMs).then(() => null)]);
  }

  /** Whether it was the one that texts are asked of. */
  async #forget(run: EncoderRun): Promise<boolean> {
    const current = this.#run;
    const isCurrent = (await current?.catch(() => null)) === run && this.#run === current;
    if (!isCurrent) return false;
    this.#run = null;
    this.#meaning.drop();
    return true;
  }
}

const noVectors = new WordVectors({ source: "none", words: [], dim: 0, vectors: new Int8Array(0) });

function vectorsIn(bytes: Uint8Array): WordVectors {
  return new WordVectors(parseWordFile(bytes));
}
