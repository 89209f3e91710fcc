/** A part `ranker` of every unit, with random weights, for tests. */
import type { RankerPart } from "../core/model/ranker.ts";
import { rankerUnits } from "../core/ranking/ranker/learnedunits.ts";
import { seededRandom } from "../core/seeded.ts";

export function rankerPart({ seed = 1, novelty = 0.25, diversity = 0.5 } = {}): RankerPart {
  const random = seededRandom(seed);
  return {
    units: rankerUnits.map((unit) => ({ ...unit })),
    weights: rankerUnits.map(() => 2 * random() - 1),
    ...{ novelty, diversity, people: 30_000, origin: "crowd" },
  };
}
