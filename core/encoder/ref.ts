/** Which parts of an edition free text is understood by. No model is made of them, and most browsers fetch none. */
import type { Edition, PartRef } from "../model/edition.ts";
import { modelLimits } from "../model/limits.ts";

export const wordsKind = "words";
export const encoderKind = "encoder";
export const meaningsKind = "meanings";

export interface TextRefs {
  /** Vectors of words (words/wordfile.ts). */
  readonly words: PartRef | null;
  /** What makes vectors of texts (published.ts), and those of the catalogue's items (meanings.ts). */
  readonly encoder: { readonly ref: PartRef; readonly meanings: PartRef } | null;
}

export const noTextRefs: TextRefs = { words: null, encoder: null };

/** Nothing where an edition lists none, or one that is larger than any reader takes. */
export function textRefs({ parts }: Pick<Edition, "parts">): TextRefs {
  const listed = (kind: string): PartRef | null =>
    parts.find((part) => part.kind === kind && part.bytes <= modelLimits.partBytes) ?? null;
  const ref = listed(encoderKind);
  const meanings = listed(meaningsKind);
  return {
    words: listed(wordsKind),
    encoder: ref === null || meanings === null ? null : { ref, meanings },
  };
}

/** Their ids. */
export function textPartIds({ words, encoder }: TextRefs): readonly string[] {
  const refs = [words, encoder?.ref, encoder?.meanings];
  return refs.flatMap((ref) => ref?.id ?? []);
}
