/**
 * The edition in force, and how another comes into force: one change at a time, in one transaction, with
 * whatever depends on it.
 *
 * Parts are stored once, whatever the number of editions that list them, and only new ones are encoded. An
 * edition that lists what is in force already is none: the same file twice changes nothing. A task is about a
 * part: whoever opens tasks learns of another one of its kind within the transaction that puts it in force, and of
 * nothing else.
 */
import { toHex } from "../../core/bytes.ts";
import { canonicalJson } from "../../core/json.ts";
import { type Edition, editionIdOf, editionVersion, encodeEdition } from "../../core/model/edition.ts";
import type { JoinedModel } from "../../core/model/join.ts";
import { dayMs } from "../../core/time.ts";
import type { LogTail } from "../../core/wire/log.ts";
import type { SignedDocument } from "../../core/wire/signed.ts";
import { isAhead } from "../base/clock.ts";
import { yieldToEventLoop } from "../base/eventloop.ts";
import type { Log } from "../base/log.ts";
import { sha256 } from "../base/platform.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import {
  type EditionRow,
  findDepartures,
  findSpace,
  lastSequenceOf,
  listEditions,
  markDamaged,
  pruneEditions,
  skipSequences,
  storeDepartures,
  storeEdition,
  storeLearned,
  storeSpace,
} from "../store/editions.ts";
import type { EditionState, LeaderQueries, LeaderStore } from "../store/leaderstore.ts";
import { type EncodedPart, isPublishedPart, partIds, storePart } from "../store/parts.ts";
import type { Identity } from "../tasks/keys/identity.ts";
import { type Delta, olderCatalogues } from "./deltas.ts";
import { type Draft, joined, listOf, type Origin, type PublishedParts, withoutBytes } from "./draft.ts";
import { type FactorsInForce, factorsOf, type InForce, type PartFollower, replacedIn } from "./inforce.ts";
import { DamagedPart, IntactParts } from "./intact.ts";
import { isWhole, type StoredEdition, storedEdition } from "./loading.ts";
import type { Work } from "./work/work.ts";

export interface EditionsParts {
  readonly store: LeaderStore;
  readonly identity: Pick<Identity, "sign">;
  readonly follower: PartFollower;
  /** So many of the newest editions are kept, the one in force and the newest in the helper's log always. */
  readonly keepEditions: number;
  /** So long an item that has left the catalogue keeps what was learned about it. */
  readonly keepItemDays: number;
  /** So many sequence numbers are left out at the start: those that others may have seen of a newer store. */
  readonly skippedNumbers?: number;
  /** The helper's log as browsers are given it; null where it was not reached. */
  readonly logTail: () => Promise<Pick<LogTail, "entries"> | null>;
  /** Who does what takes long. */
  readonly work: Work;
  readonly nowMs: () => number;
  readonly log: Log;
}

/** An edition that is ready to be stored. */
export interface Prepared {
  readonly next: InForce;
  readonly store: (transaction: LeaderQueries) => Promise<void>;
  /** In that transaction, too: what was asked about parts that it has others of ends with `outcome`. */
  readonly endAsked: (transaction: LeaderQueries, outcome: string) => Promise<void>;
  /** To be called once that transaction is committed. */
  readonly stored: () => Promise<void>;
}

/** Stores it, and ends with `outcome` what was asked about parts that it has others of. */
export function storing(
  { store, endAsked }: Pick<Prepared, "store" | "endAsked">,
  outcome: string,
): (transaction: LeaderQueries) => Promise<void> {
  return async (transaction) => {
    await store(transaction);
    await endAsked(transaction, outcome);
  };
}

export class Editions {
  readonly #parts: EditionsParts;
  #current: InForce | null = null;
  #lastSequence = 0;
  /** Id of the newest edition that was seen in the helper's log. */
  #vouchedFor: string | null = null;
  /** Every part that the edition in force lists, as it is served. */
  #served: ReadonlyMap<string, EncodedPart> = new Map();
  #departures: ReadonlyMap<string, number> = new Map();
  readonly #intact: IntactParts;

  private constructor(parts: EditionsParts) {
    this.#parts = parts;
    const { store, log } = parts;
    this.#intact = new IntactParts(store, (id) => log("part mended", { part: id.slice(0, 12) }, "warn"));
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
   * The edition that the helper vouched for last, which is the one in force but for a while after a
   * publication; null where the log names none that is kept.
   */
  async newestIn({ entries }: Pick<LogTail, "entries">): Promise<SignedDocument | null> {
    const id = newestEditionOf(entries);
    if (id === undefined) return null;
    if (id === this.#current?.id) return this.#current.signed;
    const row = (await this.list()).find((one) => one.id === id && one.state === "published");
    return row !== undefined && (await isWhole(row)) ? row.signed : null;
  }

  get work(): Work {
    return this.#parts.work;
  }

  get log(): Log {
    return this.#parts.log;
  }

  /** Milliseconds since the Unix epoch. */
  get nowMs(): () => number {
    return this.#parts.nowMs;
  }

  list(): Promise<readonly EditionRow[]> {
    return listEditions(this.#parts.store);
  }

  /**
   * A part that is or was published, as it is served; undefined also for one that the store has other bytes
   * of in every form.
   */
  async part(id: string): Promise<EncodedPart | undefined> {
    const served = this.#served.get(id);
    if (served !== undefined) return served;
    if (!(await isPublishedPart(this.#parts.store, id))) return undefined;
    return (await this.#whole(id, () => this.#intact.recent(id))) ?? undefined;
  }

  /** The content space of the edition in force, encoded; null where there is none to project into. */
  async storedSpace(): Promise<Uint8Array | null> {
    if (this.#current === null) return null;
    const { space } = this.#current;
    const bytes = await findSpace(this.#parts.store, space);
    if (bytes === undefined) return null;
    if (toHex(await sha256(bytes)) === space) return bytes;
    this.#parts.log("content space damaged", { help: "the next import fits another" }, "error");
    return null;
  }

  /** Whether what was learned of an item that is not in the catalogue is kept. */
  isKept(item: string): boolean {
    const { nowMs, keepItemDays } = this.#parts;
    const leftAtMs = this.#departures.get(item);
    return leftAtMs === undefined || nowMs() < leftAtMs + keepItemDays * dayMs;
  }

  /** Items that left the catalogue so long ago that what was learned of them is not kept. */
  forgotten(): readonly string[] {
    return [...this.#departures.keys()].filter((item) => !this.isKept(item));
  }

  /** Puts a draft in force; null when it lists what is in force already. */
  async publish(draft: Draft, outcome: string): Promise<InForce | null> {
    const prepared = await this.prepare(draft);
    if (prepared === null) return null;
    await this.#parts.follower.change(storing(prepared, outcome));
    await prepared.stored();
    return prepared.next;
  }

  /**
   * Puts the parts of an older edition, or of a refused one, in force as a new edition; false when there is
   * none of that id.
   *
   * @throws {DamagedPart} when the store has other bytes of one of its parts; nothing is changed then.
   */
  async rollBack(id: string): Promise<boolean> {
    const row = (await this.list()).find((edition) => edition.id === id);
    if (row === undefined) return false;
    const { draft } = await this.#stored(row, "roll back");
    await this.publish(draft, `superseded: edition ${row.sequence} was put in force again`);
    return true;
  }

  /**
   * Has a draft encoded and signs what it becomes; writes parts that no edition lists yet, and nothing else. Null
   * when it lists what is in force already. Between this and `stored` nothing else may be prepared.
   *
   * @param state "refused" keeps it for the operator to see; what is in force stays.
   */
  async prepare(draft: Draft, state: EditionState = "published"): Promise<Prepared | null> {
    const { parts, settings, learned, space, origin, verdict } = draft;
    const { store, follower, identity, nowMs, keepEditions, logTail, work, log } = this.#parts;
    const current = this.#current;
    const list = listOf(parts);
    const known = await this.#allKnown(list.map(({ ref }) => ref.id));
    const catalogue = parts.catalogue.ref.id;
    const made = await work.run("encode", {
      draft,
      nowMs: nowMs(),
      known: [...known.keys()],
      catalogue: known.get(catalogue) ?? null,
      older: current?.parts.catalogue.ref.id === catalogue ? null : await this.#older(catalogue),
    });
    const content = { head: made.head, parts: list.map(({ ref }) => ref), model: settings };
    if (current !== null && sameContent(current.edition, content)) return null;

    const model = joined(parts, settings);
    const deltas = made.deltas ?? this.#deltasInForce();
    const encoded = new Map(known);
    for (const part of [...made.parts, ...deltas.map(({ encoded: part }) => part)])
      encoded.set(part.id, part);
    const edition: Edition = {
      version: editionVersion,
      sequence: this.#lastSequence + 1,
      issuedAtMs: nowMs(),
      ...content,
      deltas: deltas.map(({ entry }) => entry),
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
    const factors = learnedNameOf(parts);
    const row: EditionRow = {
      sequence: edition.sequence,
      id,
      signed,
      createdAtMs: nowMs(),
      origin,
      state,
      verdict,
      round: model.round,
      items: model.items,
      factors,
      space: space.id,
    };
    const gone = goneFrom(learned, model);
    // Browsers with pins take no other until the helper has vouched for the next.
    this.#vouchedFor = newestEditionOf((await logTail())?.entries ?? []) ?? this.#vouchedFor;
    const vouchedFor = this.#vouchedFor;
    const isPublished = state === "published";
    const replaced = isPublished ? replacedIn(current, next) : [];
    // Each in a commit of its own, ahead of the one that lists them: megabytes in one would hold up whoever asks
    // meanwhile. What no edition comes to list goes with the next pruning.
    for (const part of encoded.values()) {
      if (known.has(part.id)) continue;
      await storePart(store, part);
      await yieldToEventLoop();
    }
    return {
      next,
      store: async (transaction) => {
        await this.#intact.settle(transaction);
        for (const part of encoded.values()) await storePart(transaction, part);
        await storeEdition(transaction, row, [...encoded.keys()]);
        await storeLearned(transaction, { factors, state: made.learned });
        if (space.bytes !== null) await storeSpace(transaction, { id: space.id, bytes: space.bytes });
        if (isPublished) await storeDepartures(transaction, gone, nowMs());
        const inForce = isPublished ? edition.sequence : (current?.sequence ?? 0);
        await pruneEditions(transaction, { keep: keepEditions, inForce, vouchedFor });
      },
      endAsked: async (transaction, outcome) => {
        if (replaced.length > 0) await follower.replaced(transaction, replaced, outcome);
      },
      stored: async () => {
        this.#lastSequence = edition.sequence;
        this.#intact.settled(await partIds(store));
        const { items, round: steps } = model;
        const told = { sequence: edition.sequence, edition: id.slice(0, 12), origin, items, steps };
        log(isPublished ? "edition published" : "edition refused", told);
        if (!isPublished) return;
        this.#current = next;
        this.#served = encoded;
        this.#departures = await findDepartures(store);
      },
    };
  }

  async #load(): Promise<void> {
    const { store, log, nowMs, skippedNumbers = 0 } = this.#parts;
    const rows = await this.list();
    if (skippedNumbers > 0) await skipSequences(store, skippedNumbers);
    this.#lastSequence = await lastSequenceOf(store);
    this.#departures = await findDepartures(store);
    let damaged = false;
    for (const row of rows.filter(({ state }) => state === "published")) {
      try {
        const { draft, edition, encoded } = await this.#stored(row, "fall back");
        if (damaged || skippedNumbers > 0 || isAhead(edition.issuedAtMs, nowMs())) {
          await this.#fallBack(draft, row);
        } else {
          const { parts, settings, learned } = draft;
          const { sequence, id, signed, space } = row;
          const model = joined(parts, settings);
          this.#current = { sequence, id, signed, edition, parts, model, learned, space };
          this.#served = encoded;
        }
        await store.transaction().execute((transaction) => this.#intact.settle(transaction));
        this.#intact.settled(await partIds(store));
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

  /** Browsers have seen a larger sequence number, or another date: the parts come in a new edition. */
  async #fallBack(draft: Draft, row: EditionRow): Promise<void> {
    const prepared = await this.prepare(draft);
    if (prepared === null) return;
    await this.#parts.store.transaction().execute(prepared.store);
    await prepared.stored();
    this.#parts.log(
      "stored edition put in force anew",
      { sequence: prepared.next.sequence, was: row.sequence },
      "warn",
    );
  }

  #stored(row: EditionRow, origin: Origin): Promise<StoredEdition> {
    const partOf = (id: string) => this.#intact.read(id);
    return storedEdition({ store: this.#parts.store, partOf }, row, origin);
  }

  /**
   * Null for one that is not stored, or not as its name says: the next edition that lists it stores it again.
   */
  async #known(id: string): Promise<EncodedPart | null> {
    return this.#served.get(id) ?? (await this.#whole(id, () => this.#intact.read(id)));
  }

  async #whole(id: string, read: () => Promise<EncodedPart | null>): Promise<EncodedPart | null> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      this.#parts.log("part damaged", { part: id.slice(0, 12), why: error.message }, "error");
      return null;
    }
  }

  /** Those of the parts that are encoded already. */
  async #allKnown(ids: readonly string[]): Promise<ReadonlyMap<string, EncodedPart>> {
    const known = new Map<string, EncodedPart>();
    for (const id of ids) {
      const part = await this.#known(id);
      if (part !== null) known.set(id, part);
    }
    return known;
  }

  /** Catalogues that browsers may have, but for one. */
  async #older(but: string): Promise<readonly EncodedPart[]> {
    const ids = olderCatalogues(await this.list(), but);
    return [...(await this.#allKnown(ids)).values()];
  }

  /** While the catalogue stays, so do the ways to it. */
  #deltasInForce(): readonly Delta[] {
    return (this.#current?.edition.deltas ?? []).flatMap((entry) => {
      const encoded = this.#served.get(entry.part.id);
      return encoded === undefined ? [] : [{ entry, encoded }];
    });
  }
}

function newestEditionOf(entries: LogTail["entries"]): string | undefined {
  return entries.findLast(({ kind }) => kind === "edition")?.id;
}

/** Counts may change where factors stay: popularity is made of them. */
function learnedNameOf({ factors, popularity }: PublishedParts): string {
  return `${factors.ref.id}:${popularity.ref.id}`;
}

type Content = Pick<Edition, "head" | "parts" | "model">;

function sameContent({ head, parts, model }: Edition, content: Content): boolean {
  return canonicalJson({ head, parts, model } satisfies Content) === canonicalJson(content);
}

function goneFrom({ items }: LearnedItems, { catalogue }: Pick<JoinedModel, "catalogue">): readonly string[] {
  const here = new Set(catalogue.map(({ item }) => item));
  return items.filter((item) => !here.has(item));
}
