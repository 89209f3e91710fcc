/** What came of an experiment so far, of all its looks together. */

import type { LeaderQueries } from "../store/leaderstore.ts";
import type { ListedExperiment } from "./listed.ts";
import { looksAt } from "./looks.ts";

export async function reportOn(queries: LeaderQueries, listed: ListedExperiment): Promise<unknown> {
  const { draft, started } = listed;
  const looks = started === null ? [] : await looksAt(queries, { name: draft.name, seed: started.seed });
  return { looks };
}
export function parseReport(json: unknown): unknown {
  return json;
}
export function reportLines(json: unknown): readonly string[] {
  return [JSON.stringify(json)];
}
