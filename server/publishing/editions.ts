/**
 * The edition in force, and how another comes into force: one change at a time, in one transaction, with whatever depends on it.
 *
 * Parts are stored once, whatever the number of editions that list them, and only new ones are encoded. An edition that lists
 * what is in force already is none: the same file twice changes nothing. A task is about a factors part: whoever opens tasks
 * learns of new factors within the transaction that puts them in force, and of nothing else.
 */
import { canonicalJson } from "../../core/json.ts";
import { type Edition, editionIdOf, editionVersion, encodeEdition } from "../../core/model/edition.ts";
import { encodeHead, headKind } from "../../core/model/head.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { dayMs } from "../../core/time.ts";
import type { LogTail } from "../../core/wire/log.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import type { Log } from "../base/log.ts";
import { sha256 } from "../base/platform.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { encodeLearned, parseLearned } from "../kinds/itemfactors/learned.ts";
import {
  type EditionRow,
  findDepartures,
  findLearned,
  findSpace,
  listEditions,
  markDamaged,
  pruneEditions,
  storeDepartures,
  storeEdition,
  storeLearned,
  storeSpace,
} from "../store/editions.ts";
import type { EditionState, LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import { type EncodedPart, findPart, findPublishedPart, storePart } from "../store/parts.ts";
import type { Identity } from "../tasks/keys/identity.ts";
import { deltasBack, deltasTo } from "./deltas.ts";
import { type Draft, joined, type Origin, type PublishedParts } from "./draft.ts";
import { encodedPart, type Named, named } from "./encode.ts";
import { headOf } from "./head.ts";
import { type ContentSpace, parseSpace } from "./import/space.ts";
import { DamagedPart, editionOf, readParts, requireIntact } from "./loading.ts";

/** The edition in force, decoded. */
export interface InForce {
  readonly sequence: number;
  readonly id: string;
  readonly signed: SignedDocument;
  readonly edition: Edition;
  readonly parts: PublishedParts;
  /** As its readers put it together. */
  readonly model: JoinedModel;
  readonly learned: LearnedItems;
  readonly space: string;
}

/** What tasks about item factors are opened on. */
export interface FactorsInForce {
  /** Id of the factors part. */
  readonly id: string;
  readonly items: number;
  readonly dim: number;
  /** Item steps behind them. */
  readonly round: number;
  readonly learned: LearnedItems;
}

/** Whoever opens tasks on factors. */
export interface FactorsFollower {
  /** Runs a transaction that may put other factors in force. */
  readonly change: <T>(work: (transaction: LeaderQueries) => Promise<T>) => Promise<T>;
  /** Within it: these are in force from now on, and what was open on others ends with `outcome`. */
  readonly replaced: (transaction: LeaderQueries, factors: FactorsInForce, outcome: string) => Promise<void>;
}

export interface EditionsParts {
  readonly store: LeaderStore;
  readonly identity: Pick<Identity, "sign">;
  readonly follower: FactorsFollower;
  /** So many of the newest editions are kept, the one in force always. */
  readonly keepEditions: number;
  /** So long an item that has left the catalogue keeps what was learned about it. */
  readonly keepItemDays: number;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** An edition that is ready to be stored. */
export interface Prepared {
  readonly next: InForce;
  readonly store: (transaction: LeaderQueries) => Promise<void>;
  /** To be called once that transaction is committed. */
  readonly stored: () => Promise<void>;
}

export class Editions {
  readonly #parts: EditionsParts;
  #current: InForce | null = null;
  #lastSequence = 0;
  /** Every part that the edition in force lists, as it is served. */
  #served: ReadonlyMap<string, EncodedPart> = new Map();
  #departures: ReadonlyMap<string, number> = new Map();

  private constructor(parts: EditionsParts) {
    this.#parts = parts;
  }

  /** Puts the newest published edition in force whose parts are all what their names say. */
  static async open(parts: EditionsParts): Promise<Editions> {
    const editions = new Editions(parts);
    await editions.#load();
    return editions;
  }

  /** Null before the first import. */
  get inForce(): InForce | null {
    return this.#current;
  }

  /** Null before the first import. */
  get factorsInForce(): FactorsInForce | null {
    return this.#current === null ? null : factorsOf(this.#current);
  }

  /**
   * The edition that the helper vouched for last, which is the one in force but for a while after a publication; null where the
   * log names none that is kept.
   */
  async newestIn({ entries }: Pick<LogTail, "entries">): Promise<SignedDocument | null> {
    const id = entries.findLast(({ kind }) => kind === "edition")?.id;
    if (id === undefined) return null;
    if (id === this.#current?.id) return this.#current.signed;
    return (await this.list()).find((row) => row.id === id && row.state === "published")?.signed ?? null;
  }

  list(): Promise<readonly EditionRow[]> {
    return listEditions(this.#parts.store);
  }

  /** A part that is or was published, as it is served. @throws {DamagedPart} when the store has other bytes. */
  async part(id: string): Promise<EncodedPart | undefined> {
    const served = this.#served.get(id);
    if (served !== undefined) return served;
    const part = await findPublishedPart(this.#parts.store, id);
    return part === undefined ? undefined : requireIntact(id, part);
  }

  /** The content space of the edition in force; null where there is none to project into. */
  async space(): Promise<ContentSpace | null> {
    if (this.#current === null) return null;
    const bytes = await findSpace(this.#parts.store, this.#current.space);
    return bytes === undefined ? null : parseSpace(bytes);
  }

  /** Whether what was learned of an item that is not in the catalogue is kept. */
  isKept(item: string): boolean {
    const { nowMs, keepItemDays } = this.#parts;
    const leftAtMs = this.#departures.get(item);
    return leftAtMs === undefined || nowMs() < leftAtMs + keepItemDays * dayMs;
  }

  /** Puts a draft in force; null when it lists what is in force already. */
  async publish(draft: Draft, outcome: string): Promise<InForce | null> {
    const prepared = await this.prepare(draft);
    if (prepared === null) return null;
    const { follower, store } = this.#parts;
    const before = this.#current?.parts.factors.ref.id;
    if (before === prepared.next.parts.factors.ref.id) {
      await store.transaction().execute(prepared.store);
      await prepared.stored();
      return prepared.next;
    }
    await follower.change(async (transaction) => {
      await prepared.store(transaction);
      await follower.replaced(transaction, factorsOf(prepared.next), outcome);
    });
    await prepared.stored();
    return prepared.next;
  }

  /** Puts the parts of an older edition, or of a refused one, in force as a new edition; false when there is none of that id. */
  async rollBack(id: string): Promise<boolean> {
    const row = (await this.list()).find((edition) => edition.id === id);
    if (row === undefined) return false;
    const { draft } = await this.#draftOf(row, "roll back");
    await this.publish(draft, `superseded: edition ${row.sequence} was put in force again`);
    return true;
  }

  /**
   * Encodes and signs what a draft becomes; writes nothing. Null when it lists what is in force already. Between this and
   * `stored` nothing else may be prepared.
   *
   * @param state "refused" keeps it for the operator to see; what is in force stays.
   */
  async prepare(draft: Draft, state: EditionState = "published"): Promise<Prepared | null> {
    const { parts, settings, learned, space, origin, verdict } = draft;
    const { store, identity, nowMs, keepEditions } = this.#parts;
    const current = this.#current;
    const model = joined(parts, settings);
    const headPart = headOf(model, space.id);
    const head = await named(headKind, headPart, encodeHead(headPart));
    const list = listOf(parts);
    const content = { head: head.ref, parts: list.map(({ ref }) => ref), model: settings };
    if (current !== null && sameContent(current.edition, content)) return null;

    const encoded = new Map<string, EncodedPart>();
    for (const part of [head, ...list]) encoded.set(part.ref.id, await this.#encoded(part));
    const deltas = await this.#deltas(parts, encoded);
    const edition: Edition = {
      version: editionVersion,
      sequence: this.#lastSequence + 1,
      issuedAtMs: nowMs(),
      ...content,
      deltas,
    };
    const signed = identity.sign("edition", JSON.parse(encodeEdition(edition)));
    const id = await editionIdOf(signed.document, sha256);
    const next: InForce = {
      sequence: edition.sequence,
      id,
      signed,
      edition,
      parts: withoutBytes(parts),
      model,
      learned,
      space: space.id,
    };
    const factors = parts.factors.ref.id;
    const row: EditionRow = {
      ...{ sequence: edition.sequence, id, signed, createdAtMs: nowMs(), origin, state, verdict },
      ...{ round: model.round, items: model.items, factors, space: space.id },
    };
    const gone = goneFrom(learned, model);
    const isPublished = state === "published";
    return {
      next,
      store: async (transaction) => {
        for (const part of encoded.values()) await storePart(transaction, part);
        await storeEdition(transaction, row, [...encoded.keys()]);
        await storeLearned(transaction, { factors, state: encodeLearned(learned) });
        if (space.bytes !== null) await storeSpace(transaction, { id: space.id, bytes: space.bytes });
        if (isPublished) await storeDepartures(transaction, gone, nowMs());
        const inForce = isPublished ? edition.sequence : (current?.sequence ?? 0);
        await pruneEditions(transaction, { keep: keepEditions, inForce });
      },
      stored: async () => {
        this.#lastSequence = edition.sequence;
        if (!isPublished) return;
        this.#current = next;
        this.#served = encoded;
        this.#departures = await findDepartures(store);
      },
    };
  }

  async #load(): Promise<void> {
    const { store, log } = this.#parts;
    const rows = await this.list();
    this.#lastSequence = rows[0]?.sequence ?? 0;
    this.#departures = await findDepartures(store);
    let damaged = false;
    for (const row of rows.filter(({ state }) => state === "published")) {
      try {
        const { draft, edition, encoded } = await this.#draftOf(row, "fall back");
        if (damaged) {
          await this.#fallBack(draft, row);
        } else {
          const { parts, settings, learned } = draft;
          const { sequence, id, signed, space } = row;
          const model = joined(parts, settings);
          this.#current = { sequence, id, signed, edition, parts, model, learned, space };
          this.#served = encoded;
        }
        return;
      } catch (error) {
        if (!(error instanceof DamagedPart)) throw error;
        damaged = true;
        log("edition damaged", { sequence: row.sequence, why: error.message }, "error");
        await store
          .transaction()
          .execute((transaction) => markDamaged(transaction, row.sequence, error.part));
      }
    }
    if (damaged) log("no edition left", { help: "import the catalogue again" }, "error");
  }

  /** Browsers have seen the larger sequence number: the older parts come in a new edition. */
  async #fallBack(draft: Draft, row: EditionRow): Promise<void> {
    const prepared = await this.prepare(draft);
    if (prepared === null) return;
    await this.#parts.store.transaction().execute(prepared.store);
    await prepared.stored();
    this.#parts.log(
      "edition before put in force",
      { sequence: prepared.next.sequence, was: row.sequence },
      "warn",
    );
  }

  /** A stored edition as a draft. @throws {DamagedPart} when a part is not what its name says. */
  async #draftOf(row: EditionRow, origin: Origin) {
    const { store } = this.#parts;
    const edition = editionOf(row.signed.document);
    const encoded = new Map<string, EncodedPart>();
    for (const { id } of [edition.head, ...edition.parts, ...edition.deltas.map(({ part }) => part)]) {
      encoded.set(id, await requireIntact(id, await findPart(store, id)));
    }
    const parts = readParts(edition, (id) => requireBytes(encoded.get(id)));
    const state = await findLearned(store, row.factors);
    if (state === undefined) throw new DamagedPart(row.factors, "nothing learned beside it");
    const draft: Draft = {
      parts,
      settings: edition.model,
      learned: parseLearned(state),
      space: { id: row.space, bytes: null },
      origin,
      verdict: row.verdict,
    };
    return { draft, edition, encoded };
  }

  async #encoded({ ref, bytes }: Named<unknown>): Promise<EncodedPart> {
    const known = this.#served.get(ref.id) ?? (await findPart(this.#parts.store, ref.id));
    if (known !== undefined) return known;
    return encodedPart(ref, requireBytes({ bytes }));
  }

  /** Adds the deltas' bodies to `encoded`. While the catalogue stays, so do they. */
  async #deltas(
    { catalogue }: PublishedParts,
    encoded: Map<string, EncodedPart>,
  ): Promise<Edition["deltas"]> {
    const current = this.#current;
    const to = catalogue.ref.id;
    if (current !== null && current.parts.catalogue.ref.id === to) {
      for (const { part } of current.edition.deltas) {
        const served = this.#served.get(part.id);
        if (served !== undefined) encoded.set(part.id, served);
      }
      return current.edition.deltas.filter(({ part }) => encoded.has(part.id));
    }
    const older: EncodedPart[] = [];
    for (const id of await this.#olderCatalogues(to)) {
      const part = this.#served.get(id) ?? (await findPart(this.#parts.store, id));
      if (part !== undefined) older.push(part);
    }
    const deltas = await deltasTo(requirePart(encoded.get(to)), older);
    for (const delta of deltas) encoded.set(delta.encoded.id, delta.encoded);
    return deltas.map(({ entry }) => entry);
  }

  /** Ids of the catalogues of the last editions, newest first. */
  async #olderCatalogues(but: string): Promise<readonly string[]> {
    const published = (await this.list()).filter(({ state }) => state === "published");
    const ids = published.flatMap(({ signed }) =>
      editionOf(signed.document).parts.flatMap(({ kind, id }) => (kind === "catalogue" ? [id] : [])),
    );
    return [...new Set(ids)].filter((id) => id !== but).slice(0, deltasBack);
  }
}

export function factorsOf({ parts, learned }: Pick<InForce, "parts" | "learned">): FactorsInForce {
  const { ref, part } = parts.factors;
  return { id: ref.id, items: part.items.length, dim: part.dim, round: part.round, learned };
}

function listOf({
  catalogue,
  content,
  factors,
  popularity,
  predicted,
}: PublishedParts): readonly Named<unknown>[] {
  return [catalogue, ...content, factors, popularity, ...(predicted === null ? [] : [predicted])];
}

type Content = Pick<Edition, "head" | "parts" | "model">;

function sameContent({ head, parts, model }: Edition, content: Content): boolean {
  return canonicalJson({ head, parts, model } satisfies Content) === canonicalJson(content);
}

/** Stored parts need no bytes of their own. */
function withoutBytes(parts: PublishedParts): PublishedParts {
  const stored = <Part>(part: Named<Part>): Named<Part> => ({ ...part, bytes: null });
  return {
    catalogue: stored(parts.catalogue),
    content: parts.content.map(stored),
    factors: stored(parts.factors),
    popularity: stored(parts.popularity),
    predicted: parts.predicted === null ? null : stored(parts.predicted),
  };
}

function goneFrom({ items }: LearnedItems, { catalogue }: Pick<JoinedModel, "catalogue">): readonly string[] {
  const here = new Set(catalogue.map(({ item }) => item));
  return items.filter((item) => !here.has(item));
}

function requireBytes(part: { readonly bytes: Uint8Array | null } | undefined): Uint8Array {
  if (part?.bytes == null) throw new Error("Editions: expected the bytes of a part, got none");
  return part.bytes;
}

function requirePart(part: EncodedPart | undefined): EncodedPart {
  if (part === undefined) throw new Error("Editions: expected an encoded part, got none");
  return part;
}
