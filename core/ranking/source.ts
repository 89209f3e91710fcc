/**
 * Where a recommendation comes from, in one word: of all that adds up to its score, what adds most. An item that
 * nothing speaks for has the source of what speaks least against it.
 */
import type { ReasonFeature, RowReason } from "./reason.ts";
import type { Source } from "./sources.ts";

const sources: Readonly<Record<Exclude<RowReason["why"], "feature">, Source>> = {
  act: "history",
  others: "history",
  said: "said",
  wish: "said",
  site: "site",
  similar: "items",
  together: "items",
  search: "search",
  meaning: "search",
  trending: "trending",
  popular: "popular",
  new: "new",
  catalogue: "catalogue",
};

/** Costs of what stands before an item are no source of it. */
const ofFeatures: Readonly<Record<ReasonFeature, Source | null>> = {
  ...{ taste: "history", session: "history", again: "history", category: "history", price: "history" },
  ...{ habits: "history", moment: "history", wanted: "trending", fresh: "new" },
  ...{ diversity: null, novelty: null, unproposed: null, later: null },
};

type Sourced =
  | { readonly why: Exclude<RowReason["why"], "feature">; readonly contribution: number }
  | Pick<Extract<RowReason, { readonly why: "feature" }>, "why" | "feature" | "contribution">;

export function sourceOf(reasons: readonly Sourced[]): Source {
  const sums = new Map<Source, number>();
  for (const reason of reasons) {
    const source = reason.why === "feature" ? ofFeatures[reason.feature] : sources[reason.why];
    if (source === null) continue;
    const { contribution } = reason;
    sums.set(source, (sums.get(source) ?? 0) + contribution);
  }
  let best: Source = "catalogue";
  let most = Number.NEGATIVE_INFINITY;
  for (const [source, sum] of sums) {
    if (sum <= most) continue;
    best = source;
    most = sum;
  }
  return best;
}
