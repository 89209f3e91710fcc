/** Reasons of a score as ranking tells them: by rows and places, which mean nothing to a page. */
import type { Wish } from "../policy/wish.ts";
import type { RankerGroup } from "./ranker/features.ts";

/** Why a row has its score. */
export type RowReason =
  /** An act of the profile: its place among those behind a taste; the taste is about the item of `row`. */
  | {
      readonly why: "act";
      readonly taste: number;
      readonly act: number;
      readonly row: number;
      readonly contribution: number;
    }
  /** What the acts beyond those named add up to. */
  | { readonly why: "others"; readonly acts: number; readonly contribution: number }
  /** Like the item of `row`. */
  | { readonly why: "similar"; readonly row: number; readonly contribution: number }
  /** Goes well with the item of `row`. */
  | { readonly why: "together"; readonly row: number; readonly contribution: number }
  /** A word of the text that was searched for, and the word of the item that is nearest to it. */
  | {
      readonly why: "search";
      readonly asked: string;
      readonly found: string;
      readonly contribution: number;
    }
  /** The text that was searched for means the like. */
  | { readonly why: "meaning"; readonly asked: string; readonly contribution: number }
  /** What the person said: its place among the leanings. */
  | { readonly why: "said"; readonly leaning: number; readonly contribution: number }
  | { readonly why: "trending" | "popular"; readonly contribution: number }
  | { readonly why: "new"; readonly publishedAt: string; readonly contribution: number }
  | { readonly why: "catalogue"; readonly contribution: number }
  /** What the site lifts, or puts back. */
  | { readonly why: "site"; readonly rule: "boost" | "bury"; readonly contribution: number }
  /** What the person asked for more or less of. */
  | { readonly why: "wish"; readonly wish: Wish; readonly contribution: number }
  /** What a group of the ranker's features adds, or that no source proposed the row. */
  | { readonly why: "feature"; readonly feature: ReasonFeature; readonly contribution: number };

/**
 * A group of the ranker's features (`taste` where no act speaks for the item, else acts tell it), or what
 * puts a row back: likeness to what stands before it, that everybody wants it, that no source proposed it, or
 * that others took the places there are.
 */
export type ReasonFeature = RankerGroup | "diversity" | "novelty" | "unproposed" | "later";

export function featureReason(feature: ReasonFeature, contribution: number): RowReason {
  return { why: "feature", feature, contribution };
}
