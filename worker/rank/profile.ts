/**
 * The profile in use: what the journal says about the person, in terms of the model in force. It never leaves
 * the device.
 */

import type { TacitEvent } from "../../core/events/event.ts";
import { type JournalProfile, profileOfEvents } from "../../core/ranking/profile.ts";
import { hourMs } from "../../core/time.ts";
import type { Model } from "./model.ts";

export interface ProfileInput {
  readonly model: Model;
  /** Oldest first. */
  readonly events: readonly TacitEvent[];
  readonly nowMs: number;
}

export function profileOf({ model, events, nowMs }: ProfileInput): JournalProfile {
  return profileOfEvents(model.ranking, { events, nowMs });
}

/** Solves again only when events or model changed, or an hour of ageing has passed. */
export class ProfileCache {
  #last: (ProfileInput & { readonly profile: JournalProfile }) | null = null;

  /** `events` must be another array whenever their content is another. */
  of(input: ProfileInput): JournalProfile {
    const last = this.#last;
    if (
      last !== null &&
      last.model === input.model &&
      last.events === input.events &&
      Math.abs(input.nowMs - last.nowMs) < hourMs
    ) {
      return last.profile;
    }
    const profile = profileOf(input);
    this.#last = { ...input, profile };
    return profile;
  }

  forget(): void {
    this.#last = null;
  }
}
