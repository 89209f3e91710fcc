/**
 * Which rows the ranker looks at: what each of some sources would list. What none proposes is ranked behind,
 * as without a ranker.
 */
import { againTastes } from "../mix.ts";
import type { Profile } from "../profile.ts";
import { topK } from "../topk.ts";
import { columnsOf } from "./columns.ts";
import type { Asked, Inputs } from "./inputs.ts";

export const proposalSources = [
  "taste",
  "joint",
  "pairs",
  "similar",
  "recent",
  "trending",
  "again",
  "category",
  "new",
] as const;
export type ProposalSource = (typeof proposalSources)[number];

/** How many rows each may propose. */
const most: Readonly<Record<ProposalSource, number>> = {
  taste: 100,
  joint: 100,
  pairs: 100,
  similar: 60,
  recent: 60,
  trending: 30,
  again: 300,
  category: 30,
  new: 30,
};

export interface Proposing extends Pick<Asked, "model" | "scores"> {
  /** By row, the score without a ranker; NaN for no candidate. */
  readonly base: Float64Array;
  readonly profile: Pick<Profile, "tastes" | "bought">;
  readonly inputs: Inputs;
  /** Milliseconds since the Unix epoch; infinity where nobody says when it is. */
  readonly nowMs: number;
  /** One byte per row, 1 for what is not to be listed. */
  readonly barred: Uint8Array;
}

/** Rows with the sources that propose them, each a bit in the order of `proposalSources`. */
export function proposed(proposing: Proposing): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  const { base, barred } = proposing;
  // What is no candidate, and what will not be listed, is not worth a place.
  const exclude = Uint8Array.from(barred, (bar, row) => (bar !== 0 || Number.isNaN(base[row]) ? 1 : 0));
  for (const [bit, source] of proposalSources.entries()) {
    const scores = scoresBy(source, proposing);
    if (scores === null) continue;
    for (const row of topK({ scores, k: most[source], exclude })) {
      found.set(row, (found.get(row) ?? 0) | (1 << bit));
    }
  }
  return found;
}

function scoresBy(source: ProposalSource, proposing: Proposing): Float64Array | null {
  const { model, scores, base, profile, inputs, nowMs } = proposing;
  const { lately, trend, publishedMs } = columnsOf(model);
  switch (source) {
    case "taste":
      return base;
    case "joint":
      return scores.joint;
    case "pairs":
      return model.pairs === null ? null : scores.pairs;
    case "similar":
      return inputs.similar;
    case "recent":
      return model.recent === null ? null : lately;
    case "trending":
      return model.recent === null ? null : trend;
    case "new":
      return publishedMs.map((atMs) => (atMs > nowMs ? Number.NaN : atMs));
    case "again":
      return againScores(profile, model.count);
    case "category":
      return inputs.inFavourite(model.recent === null ? base : lately);
  }
}

/** Weights of the tastes of what was bought; NaN elsewhere. */
function againScores({ tastes, bought }: Proposing["profile"], count: number): Float64Array {
  const scores = new Float64Array(count).fill(Number.NaN);
  for (const [row, weight] of againTastes(bought, tastes)) scores[row] = weight;
  return scores;
}
