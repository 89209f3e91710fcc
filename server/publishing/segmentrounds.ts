/** What rounds on segments learn becomes an edition: that in force, with these segments. */
import type { SegmentsPart } from "../../core/model/segments.ts";
import type { SegmentModel } from "../kinds/segments/segmentmodel.ts";
import { type Draft, namedSegments, notMeasured, type Origin } from "./draft.ts";
import type { Editions } from "./editions.ts";
import type { InForce } from "./inforce.ts";

export function segmentModelOf(editions: Editions): SegmentModel {
  return {
    isOpen: () => editions.inForce !== null,
    inForce: () => editions.inForce?.parts.segments?.part ?? null,
    step: (from) => editions.work.run("segment step", from),
    publish: async (part) => {
      const { inForce } = editions;
      if (inForce === null) return { outcome: "nothing learned: no edition is in force" };
      const prepared = await editions.prepare(await withSegments(inForce, part, "round"));
      const became = prepared === null ? "in force already" : "published";
      const outcome = `${became}: ${part.count} segments of ${part.people} people`;
      return prepared === null ? { outcome } : { outcome, store: prepared.store, stored: prepared.stored };
    },
  };
}

/** Puts segments in force that were learned from logs. @throws {Error} where no edition is in force. */
export async function publishSegments(editions: Editions, part: SegmentsPart): Promise<InForce> {
  const { inForce } = editions;
  if (inForce === null) throw new Error("publishSegments: expected an edition in force, got none");
  const draft = await withSegments(inForce, part, "train");
  return (await editions.publish(draft, "superseded: segments were learned from logs")) ?? inForce;
}

/** The edition in force with these segments. */
export async function withSegments(
  { parts, edition, learned, space }: InForce,
  part: SegmentsPart,
  origin: Origin,
): Promise<Draft> {
  return {
    parts: { ...parts, segments: await namedSegments(part) },
    settings: edition.model,
    learned,
    space: { id: space, bytes: null },
    origin,
    verdict: notMeasured,
  };
}
