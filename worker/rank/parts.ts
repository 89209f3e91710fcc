/**
 * The parts of an edition, one by one: from the store where they are kept, by a delta from a catalogue that
 * is kept, or downloaded. Whatever way it came, a part has the hash of its name and is read within the limits
 * before it counts.
 */
import { textRefs } from "../../core/encoder/ref.ts";
import { experimentsRef } from "../../core/experiments/ref.ts";
import { parseCatalogue } from "../../core/model/catalogue.ts";
import { parseContent } from "../../core/model/content.ts";
import { applyDelta } from "../../core/model/delta.ts";
import { type Edition, type ModelKind, modelRefs, type PartRef } from "../../core/model/edition.ts";
import { parseFactors } from "../../core/model/factors.ts";
import { parseHead } from "../../core/model/head.ts";
import { joinHead, joinParts } from "../../core/model/join.ts";
import { requireSolvable } from "../../core/model/joint.ts";
import { parsePairs } from "../../core/model/pairs.ts";
import { parsePolicy } from "../../core/model/policy.ts";
import { parsePopularity } from "../../core/model/popularity.ts";
import { parsePredicted } from "../../core/model/predicted.ts";
import { parseRanker } from "../../core/model/ranker.ts";
import {
  catalogueAsRead,
  encodeReading,
  isReadingOf,
  parseReading,
  type Reading,
  type ReadPart,
  readingOf,
} from "../../core/model/reading.ts";
import { parseSegments } from "../../core/model/segments.ts";
import { sha256Hex } from "../digest.ts";
import { type Notify, troubleOf } from "../edges.ts";
import type { PartStore } from "../store/keptmodel.ts";
import { takeDerived } from "./derived.ts";
import { downloadPart, type Source, type Wanted } from "./download.ts";
import { type EditionName, FactorsView, Model, PairsView } from "./model.ts";

/** Where parts come from and are kept. */
export interface PartsAt {
  readonly store: PartStore;
  /** Null: what is kept must do. */
  readonly source: Source | null;
  readonly notify: Notify;
  /** Whether parts may be written down: not once an erasure has overtaken the download. */
  readonly mayKeep: () => boolean;
}

/** Bytes that may be those of a part; null when none came. */
export type Offered = Promise<Uint8Array | null>;

/**
 * The model of an edition's head alone.
 *
 * @param offered taken when they are what the edition lists.
 * @throws {Error} when it cannot be had or read, or cannot rank.
 */
export async function headModel(
  at: PartsAt,
  { name, edition }: { readonly name: EditionName; readonly edition: Edition },
  offered: Offered | null,
): Promise<Model> {
  const kept = await keptPart(at, edition.head.id);
  const head = await bring(at, edition, edition.head, { parse: parseHead, kept, offered });
  // What the site rules out is in no list, the first one not excepted.
  const listed = modelRefs(edition).find(({ kind }) => kind === "policy");
  const policy = listed === undefined ? null : await lazyPart(at, listed, parsePolicy);
  const joined = { ...joinHead(head, edition.model), ...(policy === null ? {} : { policy }) };
  requireSolvable(joined);
  return new Model({ edition: name, joined, factors: null, isWhole: false, texts: textRefs(edition) });
}

export interface Whole {
  readonly model: Model;
  /** What reading its parts found out, to be kept; null when it was known. */
  readonly found: (() => Uint8Array) | null;
}

/**
 * The model of everything that an edition lists.
 *
 * @throws {Error} when a part cannot be had or read, they do not go together, or nothing can be ranked by them.
 */
export async function wholeModel(at: PartsAt, name: EditionName, edition: Edition): Promise<Whole> {
  const refs = modelRefs(edition);
  const [keptBefore, kept] = await Promise.all([
    keptReading(at.store, name),
    Promise.all(refs.map(({ id }) => keptPart(at, id))),
  ]);
  const catalogueAt = refs.findIndex(({ kind }) => kind === "catalogue");
  const reading = keptBefore !== null && isReadingOf(keptBefore, kept[catalogueAt]) ? keptBefore : null;
  const all = async <T>(
    kind: ModelKind,
    parse: (bytes: Uint8Array, id: string) => T,
  ): Promise<readonly T[]> => {
    const parts: T[] = [];
    for (const [place, ref] of refs.entries()) {
      if (ref.kind !== kind) continue;
      const parseIt = (bytes: Uint8Array): T => parse(bytes, ref.id);
      parts.push(await bring(at, edition, ref, { kept: kept[place], parse: parseIt }));
    }
    return parts;
  };
  const read: ReadPart[] = [];
  const ofItems = <T extends { readonly items: readonly string[] }>(
    kind: ModelKind,
    parse: (bytes: Uint8Array, known?: readonly string[]) => T,
  ): Promise<readonly T[]> =>
    all(kind, (bytes, id) => {
      const part = parse(bytes, reading?.inOrder.has(id) ? reading.items : undefined);
      read.push({ id, items: part.items });
      return part;
    });
  const [catalogue] = await all("catalogue", (bytes) => {
    return { bytes, part: reading === null ? parseCatalogue(bytes) : catalogueAsRead(bytes, reading) };
  });
  const content = await ofItems("content", parseContent);
  const [factors = null] = await ofItems("factors", parseFactors);
  const [popularity = null] = await ofItems("popularity", parsePopularity);
  const [predicted = null] = await ofItems("predicted", parsePredicted);
  const [pairs = null] = await ofItems("pairs", parsePairs);
  const [segments = null] = await all("segments", parseSegments);
  const [ranker = null] = await all("ranker", parseRanker);
  const [policy = null] = await all("policy", parsePolicy);
  const learned = refs.find(({ kind }) => kind === "factors");
  const listed = refs.find(({ kind }) => kind === "pairs");
  const parts = { catalogue: catalogue.part, content, factors, popularity, predicted, pairs, ranker, policy };
  const joined = joinParts(parts, edition.model);
  requireSolvable(joined);
  const model = new Model({
    edition: name,
    joined,
    factors: factors === null || learned === undefined ? null : new FactorsView(learned.id, factors),
    pairs: pairs === null || listed === undefined ? null : new PairsView(listed.id, pairs),
    ...{ segments, experiments: experimentsRef(edition) },
    isWhole: true,
    texts: textRefs(edition),
  });
  const found = (): Uint8Array => encodeReading(readingOf(catalogue.bytes, catalogue.part, read));
  return { model, found: reading === null ? found : null };
}

/**
 * A part that no model is made of, read: as it is kept, or downloaded.
 *
 * @throws {Error} when it cannot be had or read.
 */
export async function lazyPart<T>(at: PartsAt, ref: PartRef, parse: (bytes: Uint8Array) => T): Promise<T> {
  return bring(at, { deltas: [] }, ref, { parse, kept: await keptPart(at, ref.id) });
}

/** One that cannot be read any more counts as none. */
async function keptReading(store: PartStore, name: EditionName): Promise<Reading | null> {
  const bytes = await takeDerived(store, "reading", name);
  try {
    return bytes === null ? null : parseReading(bytes);
  } catch {
    return null;
  }
}

interface Bring<T> {
  readonly parse: (bytes: Uint8Array) => T;
  /** The bytes that the store has of it. */
  readonly kept: Uint8Array | null;
  readonly offered?: Offered | null;
}

/**
 * A part, read. It is kept only once it could be read; one that was kept and cannot be is dropped, and
 * fetched again.
 */
async function bring<T>(
  at: PartsAt,
  edition: Pick<Edition, "deltas">,
  ref: PartRef,
  { parse, kept, offered = null }: Bring<T>,
): Promise<T> {
  const { store, source, notify } = at;
  if (kept !== null) {
    try {
      return parse(kept);
    } catch (cause) {
      notify(troubleOf("kept part", cause));
      await store.removePart(ref.id);
    }
  }
  if (source === null) throw new Error(`part ${short(ref.id)}: expected it to be kept, got none`);
  const bytes =
    (await asListed(ref, await offered)) ??
    (await byDelta(at, source, edition, ref)) ??
    (await downloadPart(source, ref, checkpointsOf(at, ref.id)));
  const part = parse(bytes);
  await write(at, () => store.keepPart(ref.id, bytes));
  return part;
}

/** The bytes when they are those of the part: another edition may have been published in between. */
async function asListed({ id }: PartRef, bytes: Uint8Array | null): Promise<Uint8Array | null> {
  return bytes !== null && (await sha256Hex(bytes)) === id ? bytes : null;
}

/** The bytes of a kept part; null when there is none, or none whose hash is right. */
async function keptPart({ store, notify }: PartsAt, id: string): Promise<Uint8Array | null> {
  // One that the store cannot give any more counts as none.
  const bytes = await store.part(id).catch((cause) => {
    notify(troubleOf("kept part", cause));
    return null;
  });
  if (bytes === null) return null;
  const hash = await sha256Hex(bytes);
  if (hash === id) return bytes;
  notify(troubleOf("kept part", `expected bytes with SHA-256 ${short(id)}, got ${short(hash)}`));
  await store.removePart(id);
  return null;
}

/** The bytes of a part made from one that is kept; null when there is no such way, or a longer one. */
async function byDelta(
  at: PartsAt,
  source: Source,
  { deltas }: Pick<Edition, "deltas">,
  ref: PartRef,
): Promise<Uint8Array | null> {
  const ids = await at.store.ids();
  const way = deltas.find(({ from, to, part }) => to === ref.id && part.bytes < ref.bytes && ids.has(from));
  if (way === undefined) return null;
  try {
    const from = await keptPart(at, way.from);
    if (from === null) return null;
    const delta = await downloadPart(source, way.part, checkpointsOf(at, way.part.id));
    const { bytes } = applyDelta(delta, { id: way.from, bytes: from });
    const hash = await sha256Hex(bytes);
    if (hash === ref.id) return bytes;
    throw new Error(`expected it to give ${short(ref.id)}, got ${short(hash)}`);
  } catch (cause) {
    // The whole part does as well.
    at.notify(troubleOf("delta", cause));
    return null;
  }
}

function checkpointsOf(at: PartsAt, id: Wanted["id"]) {
  const { store } = at;
  return {
    chunks: () => store.chunks(id),
    keep: (chunk: Parameters<PartStore["keepChunk"]>[1]) => write(at, () => store.keepChunk(id, chunk)),
    drop: () => write(at, () => store.removePart(id)),
  };
}

/** Without room to keep it, what was downloaded serves this visit. */
async function write({ mayKeep, notify }: PartsAt, change: () => Promise<void>): Promise<void> {
  if (!mayKeep()) return;
  await change().catch((cause) => notify(troubleOf("keeping a part", cause)));
}

function short(id: string): string {
  return `${id.slice(0, 8)}…`;
}
