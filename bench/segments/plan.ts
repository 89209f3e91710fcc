/** How segments are learned in benches: chosen on crowds of seeds 101-106 with 3, 5 and 7 groups, which no figure is of. */
import type { CountChoice } from "../../server/kinds/segments/merge.ts";
import type { SegmentPlan } from "../../server/kinds/segments/rounds.ts";

export function segmentPlan(choice: CountChoice): SegmentPlan {
  return {
    rounds: { locate: 1, spread: 1, explore: 2, refine: 2 },
    shares: { locate: 0.1, spread: 0.3, explore: 0.3, refine: 0.15 },
    ...{ locateClip: 3, spreadClip: 2.5, clipFactor: 1.2, countPart: 0.3, scatterPart: 2 },
    ...{ leastSpread: 0.02, dim: 8, explorers: 32, choice },
  };
}
