/**
 * What a draft is published as: its head, every part that is new in each form in which it is served, and the ways
 * from older catalogues. Slow, and of plain data alone: a job (work/jobs.ts).
 */
import type { PartRef } from "../../core/model/edition.ts";
import { encodeHead, headKind } from "../../core/model/head.ts";
import type { Progress } from "../base/jobs.ts";
import { encodeLearned } from "../kinds/itemfactors/learned.ts";
import type { EncodedPart } from "../store/parts.ts";
import { type Delta, deltasTo } from "./deltas.ts";
import { type Draft, joined, listOf } from "./draft.ts";
import { encodedPart, named, requireBytes } from "./encode.ts";
import { headOf } from "./head.ts";
import { requireReadable } from "./loading.ts";

export interface ToEncode {
  readonly draft: Draft;
  readonly nowMs: number;
  /** Ids of the parts that are encoded already. */
  readonly known: readonly string[];
  /** The catalogue as it is served; null while it is not known. */
  readonly catalogue: EncodedPart | null;
  /** Catalogues that browsers may have; null where the one in force stays. */
  readonly older: readonly EncodedPart[] | null;
}

export interface EncodedDraft {
  readonly head: PartRef;
  /** The head, and the parts that were not known. */
  readonly parts: readonly EncodedPart[];
  /** Null where the catalogue in force stays, and its deltas with it. */
  readonly deltas: readonly Delta[] | null;
  /** What was learned, as it is stored. */
  readonly learned: Uint8Array;
}

/** @throws {TypeError | RangeError} for a draft that its readers would refuse. */
export async function encodeDraft(
  { draft, nowMs, known, catalogue, older }: ToEncode,
  progress: Progress = () => {},
): Promise<EncodedDraft> {
  const { parts, settings, learned, space } = draft;
  const headPart = headOf(joined(parts, settings), space.id, nowMs);
  const head = await named(headKind, headPart, encodeHead(headPart));
  const isKnown = new Set(known);
  const fresh = [head, ...listOf(parts).filter(({ ref }) => !isKnown.has(ref.id))];
  const encoded: EncodedPart[] = [];
  for (const part of fresh) {
    progress({ what: "compressing", done: encoded.length, of: fresh.length });
    const bytes = requireBytes(part);
    requireReadable(part.ref, bytes);
    encoded.push(await encodedPart(part.ref, bytes));
  }
  const here = catalogue ?? encoded.find(({ id }) => id === parts.catalogue.ref.id);
  if (here === undefined) throw new Error("encodeDraft: expected the catalogue among the parts, got none");
  return {
    head: head.ref,
    parts: encoded,
    deltas: older === null ? null : await deltasTo(here, older),
    learned: encodeLearned(learned),
  };
}
