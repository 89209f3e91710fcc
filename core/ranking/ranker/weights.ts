/** Output weights of the ranker, of the units that this version knows. */
import type { RankerWeights } from "../../model/ranker.ts";
import { type PlacedUnit, placed } from "./units.ts";

/** Units whose features this version has, with their weights. */
export interface LoadedRanker {
  readonly units: readonly PlacedUnit[];
  readonly weights: Float64Array;
  readonly novelty: number;
  readonly diversity: number;
}

/** Null where it knows none of them. */
export function loadedRanker({
  units,
  weights,
  novelty = 0,
  diversity = 0,
}: RankerWeights): LoadedRanker | null {
  const known = units.flatMap((unit, at) => {
    const place = placed(unit);
    return place === null ? [] : [{ unit: place, weight: weights[at] }];
  });
  if (known.length === 0) return null;
  return {
    units: known.map(({ unit }) => unit),
    weights: Float64Array.from(known, ({ weight }) => weight),
    ...{ novelty, diversity },
  };
}
