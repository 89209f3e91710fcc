/** What this device knows of whoever is in front of it, for experiments to be open to them or not. */
import type { Visitor } from "../../core/experiments/visitor.ts";
import { declinesSegment } from "../../core/facts/steering.ts";
import type { DeviceClass } from "../../core/profile/device.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import { dayMs } from "../../core/time.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Model } from "../rank/model.ts";
import { segmentNow } from "../rank/segment.ts";

export interface VisitorParts {
  readonly model: Pick<Model, "segments">;
  readonly log: EventLog;
  readonly features: () => FeatureValues;
  readonly device: DeviceClass | null;
  /** BCP 47: the one that the browser prefers; null: it does not say. */
  readonly language: string | null;
  readonly nowMs: number;
}

export function visitorOf(parts: VisitorParts): Visitor {
  const { model, log, features, device, language, nowMs } = parts;
  const segment = declinesSegment(log) ? null : segmentNow(model.segments, features);
  const [first] = log.all();
  const today = Math.floor(nowMs / dayMs) * dayMs;
  return {
    device,
    language,
    segment: segment !== null && "at" in segment ? segment.at : null,
    isReturning: first !== undefined && first.atMs < today,
    facts: new Map(log.facts.flatMap(({ fact, value }) => (value === null ? [] : [[fact, value]]))),
    // Arms are dealt wherever somebody is; on which pages they are shown, the page says (PageArm).
    path: null,
  };
}
