/**
 * The parts of an edition, one by one: from the store where they are kept, by a delta from a catalogue that
 * is kept, or downloaded. Whatever way it came, a part has the hash of its name and is read within the limits
 * before it counts.
 */
import { type CataloguePart, parseCatalogue } from "../../core/model/catalogue.ts";
import { type ContentPart, parseContent } from "../../core/model/content.ts";
import { applyDelta } from "../../core/model/delta.ts";
import { type Edition, type ModelKind, modelRefs, type PartRef } from "../../core/model/edition.ts";
import { parseFactors } from "../../core/model/factors.ts";
import { parseHead } from "../../core/model/head.ts";
import { joinHead, joinParts } from "../../core/model/join.ts";
import { requireSolvable } from "../../core/model/joint.ts";
import { parsePopularity } from "../../core/model/popularity.ts";
import { parsePredicted } from "../../core/model/predicted.ts";
import { sha256Hex } from "../digest.ts";
import { type Notify, troubleOf } from "../edges.ts";
import type { PartStore } from "../store/keptmodel.ts";
import { downloadPart, type Source, type Wanted } from "./download.ts";
import { type EditionName, FactorsView, Model } from "./model.ts";

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
  const head = await bring(at, edition, edition.head, parseHead, offered);
  const joined = joinHead(head, edition.model);
  requireSolvable(joined);
  return new Model({ edition: name, joined, factors: null, isWhole: false });
}

/**
 * The model of everything that an edition lists.
 *
 * @throws {Error} when a part cannot be had or read, they do not go together, or nothing can be ranked by them.
 */
export async function wholeModel(at: PartsAt, name: EditionName, edition: Edition): Promise<Model> {
  const refs = modelRefs(edition);
  const all = async <T>(kind: ModelKind, parse: (bytes: Uint8Array) => T): Promise<readonly T[]> => {
    const parts: T[] = [];
    for (const ref of refs) if (ref.kind === kind) parts.push(await bring(at, edition, ref, parse));
    return parts;
  };
  const [catalogue] = await all<CataloguePart>("catalogue", parseCatalogue);
  const content = await all<ContentPart>("content", parseContent);
  const [factors = null] = await all("factors", parseFactors);
  const [popularity = null] = await all("popularity", parsePopularity);
  const [predicted = null] = await all("predicted", parsePredicted);
  const learned = refs.find(({ kind }) => kind === "factors");
  const joined = joinParts({ catalogue, content, factors, popularity, predicted }, edition.model);
  requireSolvable(joined);
  return new Model({
    edition: name,
    joined,
    factors: factors === null || learned === undefined ? null : new FactorsView(learned.id, factors),
    isWhole: true,
  });
}

/**
 * A part, read. It is kept only once it could be read; one that was kept and cannot be is dropped, and
 * fetched again.
 */
async function bring<T>(
  at: PartsAt,
  edition: Edition,
  ref: PartRef,
  parse: (bytes: Uint8Array) => T,
  offered: Offered | null = null,
): Promise<T> {
  const { store, source, notify } = at;
  const kept = await keptPart(at, ref.id);
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
  const bytes = await store.part(id);
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
  { deltas }: Edition,
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
