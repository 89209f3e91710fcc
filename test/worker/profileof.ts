/** The profile of a person with just these events. */
import type { TacitEvent } from "../../core/events/event.ts";
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import type { Model } from "../../worker/rank/model.ts";

export interface PersonAt {
  readonly model: Model;
  readonly events: readonly TacitEvent[];
  readonly nowMs: number;
}

export function profileOf({ model, events, nowMs }: PersonAt): JournalProfile {
  return new JournalProfile(model.ranking, { events, nowMs });
}
