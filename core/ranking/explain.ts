/**
 * Reasons: what adds up to a score, exactly.
 *
 * For a person they are the sources of the profile, because the score is linear in the weights of the tastes
 * (core/foldin.ts).
 */
import { type FoldIn, type FoldInModel, unitContributions } from "../foldin.ts";
import type { Source } from "./profile.ts";

/** Why a row has its score. */
export type RowReason =
  /** The source of that place in the profile, which is about the item of `row`. */
  | { readonly why: "source"; readonly source: number; readonly row: number; readonly contribution: number }
  /** What the sources beyond those named add up to. */
  | { readonly why: "others"; readonly sources: number; readonly contribution: number }
  /** Like the item of `row`. */
  | { readonly why: "similar"; readonly row: number; readonly contribution: number }
  | { readonly why: "trending"; readonly contribution: number }
  | { readonly why: "new"; readonly publishedAt: string; readonly contribution: number }
  | { readonly why: "catalogue"; readonly contribution: number };

export interface Explained {
  readonly joint: FoldInModel;
  readonly solved: FoldIn;
  readonly sources: readonly Source[];
  readonly row: number;
}

/** One reason a source, what speaks for the row first. */
export function sourceReasons({ joint, solved, sources, row }: Explained): readonly RowReason[] {
  const rows = sources.map((source) => source.row);
  const units = unitContributions(joint, solved, row, rows);
  const reasons = sources.map(
    (of, source): RowReason => ({
      why: "source",
      source,
      row: of.row,
      contribution: units[source] * of.weight,
    }),
  );
  return reasons.sort(mostImportantFirst);
}

/** A list names so many reasons of an item at most, whatever the length of the journal. */
const mostReasons = 20;

/** The first reasons, and all further ones as one, so that the sum stays what it is. */
export function abridged(reasons: readonly RowReason[]): readonly RowReason[] {
  if (reasons.length <= mostReasons) return reasons;
  const rest = reasons.slice(mostReasons - 1);
  const contribution = rest.reduce((sum, reason) => sum + reason.contribution, 0);
  return [...reasons.slice(0, mostReasons - 1), { why: "others", sources: rest.length, contribution }];
}

/** What speaks for an item comes first, then what speaks against it, each by weight. */
function mostImportantFirst(a: RowReason, b: RowReason): number {
  const sides = Number(b.contribution > 0) - Number(a.contribution > 0);
  return sides !== 0 ? sides : Math.abs(b.contribution) - Math.abs(a.contribution);
}
