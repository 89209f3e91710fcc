/** A part `ranker` of every unit, with random weights, for tests. */
import type { JudgedStages, RankerPart } from "../core/model/ranker.ts";
import { rankerUnits } from "../core/ranking/ranker/learnedunits.ts";
import { seededRandom } from "../core/seeded.ts";

export const judgedStages: JudgedStages = {
  ...{ people: 204, k: 20 },
  stages: [
    {
      ...{ stage: "ranker", isOn: true, ndcg: { before: 0.25, after: 0.3 } },
      ...{ coverage: { before: 0.5, after: 0.4 }, diversity: { before: 0.875, after: 0.75 } },
    },
    {
      ...{ stage: "variety", isOn: false, ndcg: { before: 0.3, after: 0.2 } },
      ...{ coverage: { before: 0.4, after: 0.5 }, diversity: { before: 0.75, after: 0.875 } },
    },
  ],
};

export function rankerPart({ seed = 1, novelty = 0.25, diversity = 0.5 } = {}): RankerPart {
  const random = seededRandom(seed);
  return {
    units: rankerUnits.map((unit) => ({ ...unit })),
    weights: rankerUnits.map(() => 2 * random() - 1),
    ...{ novelty, diversity, people: 30_000, origin: "crowd" },
  };
}
