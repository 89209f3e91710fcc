/**
 * Reads an edition's parts back from the store: each is compared with its hash, in every form it is served
 * in.
 */
import { promisify } from "node:util";
import { brotliDecompress, gunzip } from "node:zlib";
import { toHex } from "../../core/bytes.ts";
import { catalogueKind, parseCatalogue } from "../../core/model/catalogue.ts";
import { contentKind, parseContent } from "../../core/model/content.ts";
import { type Edition, type PartRef, parseEdition } from "../../core/model/edition.ts";
import { factorsKind, parseFactors } from "../../core/model/factors.ts";
import { headKind, parseHead } from "../../core/model/head.ts";
import { parsePopularity, popularityKind } from "../../core/model/popularity.ts";
import { parsePredicted, predictedKind } from "../../core/model/predicted.ts";
import { sha256 } from "../base/platform.ts";
import { parseLearned } from "../kinds/itemfactors/learned.ts";
import { type EditionRow, findLearned } from "../store/editions.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import { type EncodedPart, findPart } from "../store/parts.ts";
import type { Draft, Origin, PublishedParts } from "./draft.ts";
import { type Named, requireBytes } from "./encode.ts";

const unbrotli = promisify(brotliDecompress);
const ungzip = promisify(gunzip);

export class DamagedPart extends Error {
  readonly part: string;

  constructor(part: string, detail: string) {
    super(`part ${part.slice(0, 12)} must be what its name says, got ${detail}`);
    this.part = part;
  }
}

/** @throws {DamagedPart} when the part is missing, or one of its forms has another hash. */
export async function requireIntact(id: string, part: EncodedPart | undefined): Promise<EncodedPart> {
  if (part === undefined) throw new DamagedPart(id, "none");
  const forms = {
    bytes: async () => part.bytes,
    brotli: () => unbrotli(part.brotli),
    gzip: () => ungzip(part.gzip),
  };
  for (const [form, read] of Object.entries(forms)) {
    let found: string;
    try {
      found = toHex(await sha256(await read()));
    } catch {
      throw new DamagedPart(id, `${form} that cannot be read`);
    }
    if (found !== id) throw new DamagedPart(id, `${form} of ${found.slice(0, 12)}`);
  }
  return part;
}

/** An edition as it is stored: a draft of the same again, and every part that it lists. */
export interface StoredEdition {
  readonly draft: Draft;
  readonly edition: Edition;
  readonly encoded: ReadonlyMap<string, EncodedPart>;
}

/** @throws {DamagedPart} when a part is not what its name says. */
export async function storedEdition(
  store: LeaderStore,
  row: EditionRow,
  origin: Origin,
): Promise<StoredEdition> {
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

/** An edition's parts from their bytes. @throws {Error} when one is not of the kind that it should be. */
export function readParts(
  edition: Pick<Edition, "parts">,
  bytesOf: (id: string) => Uint8Array,
): PublishedParts {
  const read = <Part>(kind: string, parse: (bytes: Uint8Array) => Part): readonly Named<Part>[] =>
    edition.parts
      .filter((ref) => ref.kind === kind)
      .map((ref: PartRef) => ({ ref, part: parse(bytesOf(ref.id)), bytes: null }));
  const one = <Part>(kind: string, parse: (bytes: Uint8Array) => Part): Named<Part> => {
    const [found] = read(kind, parse);
    if (found === undefined) throw new Error(`readParts: expected a part of kind ${kind}, got none`);
    return found;
  };
  const [predicted = null] = read("predicted", parsePredicted);
  return {
    catalogue: one("catalogue", parseCatalogue),
    content: read("content", parseContent),
    factors: one("factors", parseFactors),
    popularity: one("popularity", parsePopularity),
    predicted,
  };
}

const parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  [headKind]: parseHead,
  [catalogueKind]: parseCatalogue,
  [contentKind]: parseContent,
  [factorsKind]: parseFactors,
  [popularityKind]: parsePopularity,
  [predictedKind]: parsePredicted,
};

/** What readers would refuse must not be published. @throws {TypeError | RangeError} as they do. */
export function requireReadable({ kind }: Pick<PartRef, "kind">, bytes: Uint8Array): void {
  parsers[kind]?.(bytes);
}

export function editionOf(document: string): Edition {
  return parseEdition(JSON.parse(document));
}
