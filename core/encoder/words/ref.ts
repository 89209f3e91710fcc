/** Which part of an edition is its word file. */
import type { Edition, PartRef } from "../../model/edition.ts";
import { modelLimits } from "../../model/limits.ts";

export const wordsKind = "words";

/** Null where it lists none, or one that is larger than any reader takes. */
export function wordFileRef({ parts }: Pick<Edition, "parts">): PartRef | null {
  return parts.find(({ kind, bytes }) => kind === wordsKind && bytes <= modelLimits.partBytes) ?? null;
}
