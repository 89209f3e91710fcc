/** Ways from the catalogues that browsers may have to the one in force. */
import { deltaKind, makeDelta } from "../../core/model/delta.ts";
import type { Edition } from "../../core/model/edition.ts";
import type { EditionRow } from "../store/editions.ts";
import type { EncodedPart } from "../store/parts.ts";
import { encodedPart, refOf } from "./encode.ts";
import { editionOf } from "./loading.ts";

/** So many catalogues back: who was away longer fetches the whole one. */
const deltasBack = 5;

export interface Delta {
  readonly entry: Edition["deltas"][number];
  readonly encoded: EncodedPart;
}

/**
 * Deltas from each of the older catalogues, but for those that would be no smaller than half of the whole.
 */
export async function deltasTo(
  catalogue: EncodedPart,
  older: readonly EncodedPart[],
): Promise<readonly Delta[]> {
  const deltas: Delta[] = [];
  for (const from of older) {
    const bytes = makeDelta(from, catalogue);
    const ref = await refOf(deltaKind, bytes);
    const encoded = await encodedPart(ref, bytes);
    if (2 * encoded.brotli.length > catalogue.brotli.length) continue;
    deltas.push({ entry: { from: from.id, to: catalogue.id, part: ref }, encoded });
  }
  return deltas;
}

/** Ids of the catalogues of the last editions but for one, newest first. */
export function olderCatalogues(editions: readonly EditionRow[], but: string): readonly string[] {
  const published = editions.filter(({ state }) => state === "published");
  const ids = published.flatMap(({ signed }) =>
    editionOf(signed.document).parts.flatMap(({ kind, id }) => (kind === "catalogue" ? [id] : [])),
  );
  return [...new Set(ids)].filter((id) => id !== but).slice(0, deltasBack);
}
