/** Output weights of the ranker: what the crowd teaches. */
import { type PlacedUnit, placed, type UnitShape } from "./units.ts";

/** As a part has it: a weight a unit. */
export interface RankerWeights {
  readonly units: readonly UnitShape[];
  readonly weights: ArrayLike<number>;
}

/** Units whose features this version has, with their weights. */
export interface LoadedRanker {
  readonly units: readonly PlacedUnit[];
  readonly weights: Float64Array;
}

export function loadedRanker({ units, weights }: RankerWeights): LoadedRanker {
  const known = units.flatMap((unit, at) => {
    const place = placed(unit);
    return place === null ? [] : [{ unit: place, weight: weights[at] }];
  });
  return {
    units: known.map(({ unit }) => unit),
    weights: Float64Array.from(known, ({ weight }) => weight),
  };
}
