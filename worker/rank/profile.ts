/**
 * The profile in use: what the journal says about the person, in terms of the model in force. It never leaves
 * the device.
 */
import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import type { Leaning } from "../../core/ranking/leaning.ts";
import type { EventLog } from "../events/eventlog.ts";
import { Following } from "../events/following.ts";
import type { Model } from "./model.ts";

export interface ProfileInput {
  readonly model: Model;
  readonly log: EventLog;
  readonly leanings: readonly Leaning[];
  readonly nowMs: number;
}

export class ProfileCache {
  readonly #following = new Following<Model, JournalProfile>();

  of({ model, log, leanings, nowMs }: ProfileInput): JournalProfile {
    const profile = this.#following.of({
      ...{ log, about: model },
      make: (events) => new JournalProfile(model.ranking, { events, nowMs }),
    });
    profile.ageTo(nowMs);
    profile.lean(leanings);
    return profile;
  }

  forget(): void {
    this.#following.forget();
  }
}
