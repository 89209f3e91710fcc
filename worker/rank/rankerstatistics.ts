/**
 * What a person's acts say of a ranker (core/tasks/ranker/), worked out by what ranks: the kind's
 * contributor, in a file of its own, clips and scales it.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import type { UnitShape } from "../../core/model/ranker.ts";
import type { RankingModel } from "../../core/ranking/model.ts";
import { statisticsOf } from "../../core/ranking/ranker/examples.ts";
import type { ListStatistics } from "../../core/ranking/ranker/statistics.ts";
import { placed } from "../../core/ranking/ranker/units.ts";
import { exampleSince, type SplitAt } from "../../core/tasks/ranker/example.ts";

export interface RankerSplit {
  readonly split: SplitAt;
  /** Names of what the ranker looks at, as a task has them. */
  readonly units: readonly UnitShape[];
}

export interface RankerStatistics {
  readonly statistics: ListStatistics;
  /** What the person's wanted rows count for in the mean, above 0 to 1. */
  readonly share: number;
  /** Id of the newest event behind it. */
  readonly basedOn: string;
}

/**
 * Null where nothing was wanted, or a unit is not known: a table that lacks a feature would say that it is 0
 * for everybody.
 */
export function rankerStatisticsOf(
  model: RankingModel,
  events: readonly TacitEvent[],
  { split, units }: RankerSplit,
): RankerStatistics | null {
  const known = units.flatMap((unit) => placed(unit) ?? []);
  if (known.length < units.length) return null;
  const example = exampleSince(model, events, split);
  const statistics = example === null ? null : statisticsOf(example, known);
  if (example === null || statistics === null) return null;
  return { statistics, share: example.share, basedOn: example.newest.id };
}
