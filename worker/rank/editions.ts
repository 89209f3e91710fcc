/**
 * Keeps one edition in force: the kept one at once, a newer one when the server has it.
 *
 * On a first visit the head comes first and ranks until the rest is there. A model is swapped whole, and only
 * when all its parts have the hash that the edition says and could be read; on any failure the one in force
 * stays. Which parts are asked for depends on the edition and on those already here, never on the person.
 */

import { textPartIds, textRefs } from "../../core/encoder/ref.ts";
import { experimentsRef } from "../../core/experiments/ref.ts";
import {
  type Edition,
  editionIdOf,
  modelRefs,
  type PartRef,
  parseEdition,
} from "../../core/model/edition.ts";
import type { Prefetch } from "../api.ts";
import { sha256 } from "../digest.ts";
import { type Edges, type Notify, troubleOf } from "../edges.ts";
import type { KeptEdition, PartStore } from "../store/keptmodel.ts";
import type { EditionTrust } from "./believe.ts";
import { keepDerived, takeDerived } from "./derived.ts";
import { fetchEdition, fetchHead, PartGone } from "./download.ts";
import { completeGram, keepGram, takeGram } from "./keptgram.ts";
import type { EditionName, Model } from "./model.ts";
import { headModel, lazyPart, type Offered, type PartsAt, wholeModel } from "./parts.ts";

export interface EditionsOptions {
  readonly server: string;
  readonly store: PartStore;
  readonly edges: Edges;
  readonly notify: Notify;
  readonly trust: EditionTrust;
  /** What the page has asked for already; null: nothing. */
  readonly prefetch?: Prefetch | null;
}

/** A part, read. @throws {Error} when it cannot be had or read. */
export type LazyParts = <T>(ref: PartRef, parse: (bytes: Uint8Array) => T) => Promise<T>;

interface OpenedEdition {
  readonly kept: KeptEdition;
  readonly name: EditionName;
  readonly edition: Edition;
}

export class Editions {
  readonly #options: EditionsOptions;
  #model: Model | null = null;
  #download: Promise<void> | null = null;
  /** Who waits for a first model. */
  #waiting: (() => void)[] = [];
  /** What is made ready to rank for people, the model that came last. */
  #readying: { readonly model: Model; readonly done: Promise<void> } | null = null;
  /** The matrix that was kept with the model, until somebody is ranked for. */
  #keptGram: { readonly model: Model; readonly bytes: Uint8Array } | null = null;
  /** What was made of it, on its way to the store. */
  #keeping: Promise<void> = Promise.resolve();
  /** Counts erasures: a download that began before one does not write to the store after it. */
  #erasures = 0;

  constructor(options: EditionsOptions) {
    this.#options = options;
  }

  /** The model in force, when there is one. */
  get current(): Model | null {
    return this.#model;
  }

  /**
   * The model in force, which may be the head alone; waits for it when there is none yet.
   *
   * @throws when that fails.
   */
  async inForce(): Promise<Model> {
    if (this.#model === null) {
      const first = new Promise<void>((resolve) => this.#waiting.push(resolve));
      await Promise.race([first, this.#downloaded()]);
    }
    if (this.#model === null) throw new Error("edition: expected one to be in force, got none");
    return this.#model;
  }

  /**
   * The model in force once it is whole; the head alone when the rest cannot be had.
   *
   * @throws when there is neither.
   */
  async whole(): Promise<Model> {
    const model = await this.inForce();
    if (model.isWhole) return model;
    await this.#downloaded().catch(() => undefined); // Whoever began it gets the failure.
    return this.inForce();
  }

  /**
   * Puts the edition kept from an earlier visit in force. One that cannot be read any more counts as none.
   */
  async useKept(): Promise<void> {
    const { store, notify } = this.#options;
    const erasures = this.#erasures;
    try {
      const kept = await store.edition();
      if (kept === null) return;
      const { document } = kept;
      const { name, edition } = await opened(document, await this.#options.trust.openKept(document));
      const [{ model, found }, gram] = await Promise.all([
        wholeModel(this.#parts(null), name, edition),
        takeDerived(store, "gram", name),
      ]);
      this.#keptGram = gram && { model, bytes: gram };
      this.#swap(model);
      if (found !== null && erasures === this.#erasures) this.#keepReading(model, found);
    } catch (cause) {
      notify(troubleOf("kept edition", cause));
    }
  }

  /**
   * Resolves once the model can rank for a person: its gram matrix is the one kept from an earlier visit, or
   * it is made now, while others are served in between, and kept.
   */
  ready(model: Model): Promise<void> {
    if (model.ranking.hasGram) return Promise.resolve();
    if (this.#readying?.model !== model) {
      const readying = { model, done: this.#makeReady(model) };
      this.#readying = readying;
      // Whoever asked gets the failure; the next to ask tries again.
      readying.done.catch(() => {
        if (this.#readying === readying) this.#readying = null;
      });
    }
    return this.#readying.done;
  }

  /** Brings parts that no model is made of: kept ones, or downloaded, and kept unless an erasure comes in between. */
  lazyParts(): LazyParts {
    const at = this.#parts(this.#options);
    return (ref, parse) => lazyPart(at, ref, parse);
  }

  /** Asks the server for a newer edition. Never rejects: a failure is reported as trouble. */
  async refresh(): Promise<void> {
    try {
      await this.#downloaded();
    } catch (cause) {
      this.#options.notify(troubleOf("edition", cause));
    }
  }

  /** Resolves when no download is under way, and what it brought is kept. */
  async settled(): Promise<void> {
    await this.#downloadEnded();
    await this.#keeping;
  }

  async #downloadEnded(): Promise<void> {
    await this.#download?.catch(() => undefined); // Whoever began it gets the failure.
  }

  /** Lets no download that is under way write to the store. */
  forget(): void {
    this.#erasures += 1;
  }

  #downloaded(): Promise<void> {
    this.#download ??= this.#fetchNewer().finally(() => {
      this.#download = null;
    });
    return this.#download;
  }

  async #fetchNewer(): Promise<void> {
    const at = this.#parts(this.#options);
    // One that the store cannot give any more counts as none.
    const before = await this.#options.store.edition().catch(() => null);
    // A first visit asks for the head at once. When none comes this way, it is asked for by its name.
    const asked = this.#fetchEdition();
    const isFirst = before === null && this.#model === null;
    const head = isFirst ? fetchHead(this.#options).catch(() => null) : null;
    const first = await asked;
    try {
      await this.#bring(at, first, before, head);
    } catch (cause) {
      if (!(cause instanceof PartGone)) throw cause;
      // Published again while it was being fetched: then its parts may be gone, and those of the new one are
      // there.
      const newer = await this.#fetchEdition();
      if (newer.name.id === first.name.id) throw cause;
      await this.#bring(at, newer, before);
    }
  }

  async #fetchEdition(): Promise<OpenedEdition> {
    const { trust } = this.#options;
    const answer = await fetchEdition(this.#options);
    const fetched = await opened(answer.edition, await trust.openAnswer(answer));
    const { sequence } = fetched.edition;
    const least = this.#model?.edition.sequence ?? 0;
    if (!trust.mayGoBack && sequence < least) {
      throw new Error(
        `GET /v1/edition: sequence must be at least ${least}, which is in force, got ${sequence}`,
      );
    }
    return fetched;
  }

  async #bring(
    at: PartsAt,
    { kept, name, edition }: OpenedEdition,
    before: KeptEdition | null,
    head: Offered | null = null,
  ): Promise<void> {
    const { store, notify } = this.#options;
    if (this.#model?.isWhole && this.#model.edition.id === name.id) return;
    if (this.#model === null) {
      // Without a head there is a first shelf later.
      await headModel(at, { name, edition }, head).then(
        (model) => this.#swap(model),
        (cause) => notify(troubleOf("head", cause)),
      );
    }
    const { model, found } = await wholeModel(at, name, edition);
    // Where people are ranked for, the model in force does so until the new one can.
    if (this.#model?.ranking.hasGram === true) await this.ready(model);
    this.#swap(model);
    if (!at.mayKeep()) return;
    const parts = modelRefs(edition).map(({ id }) => id);
    const experiments = experimentsRef(edition);
    const also = [...textPartIds(textRefs(edition)), ...(experiments === null ? [] : [experiments.id])];
    // A part that could not be kept has been reported; then the next visit fetches it again.
    await store
      .keepEdition({ edition: kept, parts, also, before })
      .catch((cause) => notify(troubleOf("keeping the edition", cause)));
    if (found !== null) this.#keepReading(model, found);
  }

  async #makeReady(model: Model): Promise<void> {
    const { store } = this.#options;
    const kept = this.#keptGram;
    this.#keptGram = null;
    if (kept?.model === model && takeGram(model, kept.bytes)) return;
    await completeGram(model);
    if (!model.isWhole) return;
    // Keeping the edition drops what does not belong to it: the matrix is kept once that is done, and only
    // beside its edition.
    this.#keep(this.#downloadEnded(), model, (mayKeep) => keepGram(store, model, mayKeep));
  }

  #keepReading(model: Model, found: () => Uint8Array): void {
    const { store } = this.#options;
    this.#keep(Promise.resolve(), model, (mayKeep) =>
      keepDerived(store, "reading", model.edition, { bytes: found, mayKeep }),
    );
  }

  /** Keeps what was derived from a model, after `before` and whatever else is kept. */
  #keep(before: Promise<void>, model: Model, write: (mayKeep: () => boolean) => Promise<void>): void {
    const erasures = this.#erasures;
    const mayKeep = (): boolean => erasures === this.#erasures && this.#model === model;
    this.#keeping = Promise.all([before, this.#keeping])
      .then(() => write(mayKeep))
      .catch((cause) => this.#options.notify(troubleOf("keeping what was made of the edition", cause)));
  }

  #parts(source: PartsAt["source"]): PartsAt {
    const { store, notify } = this.#options;
    const erasures = this.#erasures;
    return { store, notify, source, mayKeep: () => erasures === this.#erasures };
  }

  #swap(model: Model): void {
    this.#model = model;
    const { edition, round, catalogue, isWhole } = model;
    this.#options.notify({ type: "edition", ...edition, round, items: catalogue.length, isWhole });
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A document that is believed, with the value it holds. */
async function opened(document: KeptEdition["document"], value: unknown): Promise<OpenedEdition> {
  const edition = parseEdition(value);
  const id = await editionIdOf(document.document, sha256);
  const { sequence } = edition;
  return { kept: { sequence, document }, name: { id, sequence }, edition };
}
