/** Reads an edition back from the store: nothing of it is believed before it has the hash that it should. */
import { parseMeanings } from "../../core/encoder/meanings.ts";
import { parsePublished } from "../../core/encoder/published.ts";
import { encoderKind, meaningsKind, wordsKind } from "../../core/encoder/ref.ts";
import { parseWordFile } from "../../core/encoder/words/wordfile.ts";
import { catalogueKind, parseCatalogue } from "../../core/model/catalogue.ts";
import { contentKind, parseContent } from "../../core/model/content.ts";
import { type Edition, editionIdOf, type PartRef, parseEdition } from "../../core/model/edition.ts";
import { experimentsKind, parseExperimentsPart } from "../../core/model/experiments.ts";
import { factorsKind, parseFactors } from "../../core/model/factors.ts";
import { headKind, parseHead } from "../../core/model/head.ts";
import { pairsKind, parsePairs } from "../../core/model/pairs.ts";
import { parsePolicy, policyKind } from "../../core/model/policy.ts";
import { parsePopularity, popularityKind } from "../../core/model/popularity.ts";
import { parsePredicted, predictedKind } from "../../core/model/predicted.ts";
import { parseRanker, rankerKind } from "../../core/model/ranker.ts";
import { parseSegments, segmentsKind } from "../../core/model/segments.ts";
import { sha256 } from "../base/platform.ts";
import { parseLearned } from "../kinds/itemfactors/learned.ts";
import { type EditionRow, findLearned } from "../store/editions.ts";
import type { LeaderStore } from "../store/leaderstore.ts";
import type { EncodedPart } from "../store/parts.ts";
import type { Draft, Origin, PublishedParts } from "./draft.ts";
import { type Named, requireBytes } from "./encode.ts";
import { DamagedPart } from "./intact.ts";

/** An edition as it is stored: a draft of the same again, and every part that it lists. */
export interface StoredEdition {
  readonly draft: Draft;
  readonly edition: Edition;
  readonly encoded: ReadonlyMap<string, EncodedPart>;
}

export interface EditionSource {
  readonly store: LeaderStore;
  /** A stored part, intact; null when there is none. @throws {DamagedPart} */
  readonly partOf: (id: string) => Promise<EncodedPart | null>;
}

/** @throws {DamagedPart} when something of it is not what its name says, and cannot be mended. */
export async function storedEdition(
  { store, partOf }: EditionSource,
  row: EditionRow,
  origin: Origin,
): Promise<StoredEdition> {
  if (!(await isWhole(row))) throw new DamagedPart(row.id, "another document");
  const edition = editionOf(row.signed.document);
  const encoded = new Map<string, EncodedPart>();
  for (const { id } of [edition.head, ...edition.parts, ...edition.deltas.map(({ part }) => part)]) {
    const part = await partOf(id);
    if (part === null) throw new DamagedPart(id, "none");
    encoded.set(id, part);
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
  const [pairs = null] = read(pairsKind, parsePairs);
  // Read when it was published, and in full by browsers alone.
  const [words = null] = read(wordsKind, () => null);
  const [encoder = null] = read(encoderKind, (bytes) => parsePublished(bytes).id);
  const [meanings = null] = read(meaningsKind, () => null);
  const [segments = null] = read(segmentsKind, parseSegments);
  const [ranker = null] = read(rankerKind, parseRanker);
  const [policy = null] = read(policyKind, parsePolicy);
  const [experiments = null] = read(experimentsKind, parseExperimentsPart);
  return {
    catalogue: one("catalogue", parseCatalogue),
    content: read("content", parseContent),
    factors: one("factors", parseFactors),
    popularity: one("popularity", parsePopularity),
    predicted,
    pairs,
    texts: { words, encoder, meanings },
    segments,
    ranker,
    policy,
    experiments,
  };
}

const parsers: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  [headKind]: parseHead,
  [catalogueKind]: parseCatalogue,
  [contentKind]: parseContent,
  [factorsKind]: parseFactors,
  [popularityKind]: parsePopularity,
  [predictedKind]: parsePredicted,
  [pairsKind]: parsePairs,
  [wordsKind]: parseWordFile,
  [encoderKind]: parsePublished,
  [meaningsKind]: parseMeanings,
  [segmentsKind]: parseSegments,
  [rankerKind]: parseRanker,
  [policyKind]: parsePolicy,
  [experimentsKind]: parseExperimentsPart,
};

/** What readers would refuse must not be published. @throws {TypeError | RangeError} as they do. */
export function requireReadable({ kind }: Pick<PartRef, "kind">, bytes: Uint8Array): void {
  parsers[kind]?.(bytes);
}

/** Whether the document is what the edition's id is the hash of. */
export async function isWhole({ id, signed }: Pick<EditionRow, "id" | "signed">): Promise<boolean> {
  return (await editionIdOf(signed.document, sha256)) === id;
}

export function editionOf(document: string): Edition {
  return parseEdition(JSON.parse(document));
}
