/**
 * Where a recommendation comes from, in one word: of all that adds up to its score, what adds most. An item that
 * nothing speaks for has the source of what speaks least against it.
 */
import type { RowReason } from "./reason.ts";
import type { Source } from "./sources.ts";

const sources: Readonly<Record<RowReason["why"], Source>> = {
  act: "history",
  others: "history",
  said: "said",
  similar: "items",
  together: "items",
  search: "search",
  meaning: "search",
  trending: "trending",
  popular: "popular",
  new: "new",
  catalogue: "catalogue",
  feature: "history",
};

export function sourceOf(reasons: readonly Pick<RowReason, "why" | "contribution">[]): Source {
  const sums = new Map<Source, number>();
  for (const { why, contribution } of reasons) {
    const source = sources[why];
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
