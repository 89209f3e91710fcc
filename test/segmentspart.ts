/** Two segments of a small world: people with many visits, and people with few. */
import type { SegmentsPart } from "../core/model/segments.ts";
import { featureCount, featureKeys } from "../core/profile/featurevector.ts";

export function segmentsPart(changed: Partial<SegmentsPart> = {}): SegmentsPart {
  const only = (at: number, value: number) =>
    Array.from({ length: featureCount }, (_, f) => (f === at ? value : 0));
  return {
    features: [...featureKeys],
    center: new Array<number>(featureCount).fill(0),
    // Of visits, in units of their spread, and of orders.
    axes: [...only(0, 4), ...only(5, 2)],
    ...{ count: 2, dim: 2, centroids: [2, 1, -4, -2] },
    spreads: only(0, 0.25).map((value, f) => (f === 5 ? 0.5 : value || 0.1)),
    ...{ deviations: [1.5, 1.25], distance: 0.75 },
    segments: [
      { name: "many visits", share: 0.25 },
      { name: "few visits", share: 0.75 },
    ],
    ...{ people: 1_234, origin: "crowd" },
    ...changed,
  };
}
