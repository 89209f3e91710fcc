/** Segments as this kind needs them: what is in force, and the way of what was learned there. */
import type { SegmentsPart } from "../../../core/model/segments.ts";
import type { Consumed } from "../../tasks/kind.ts";
import type { Learned, Learning, SegmentPlan } from "./rounds.ts";
import type { SegmentSums } from "./sums.ts";

/** What a round taught, and by what it goes on. */
export interface SegmentStep {
  readonly learning: Exclude<Learning, Learned>;
  readonly sums: SegmentSums;
  readonly plan: SegmentPlan;
}

/** Handed in by what publishes: kinds know nothing of it. */
export interface SegmentModel {
  /** Whether there is an edition that segments could be part of. */
  readonly isOpen: () => boolean;
  /** Null before there are any. */
  readonly inForce: () => SegmentsPart | null;
  /** What is known after a round, computed apart from what answers requests. */
  readonly step: (from: SegmentStep) => Promise<Learning>;
  /** Prepares an edition with these. */
  readonly publish: (part: SegmentsPart) => Promise<Consumed>;
}
