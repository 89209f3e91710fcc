/**
 * The profile in use: what the journal says about the person, in terms of the model in force. It never leaves
 * the device.
 */

import { JournalProfile } from "../../core/ranking/journalprofile.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Model } from "./model.ts";

export interface ProfileInput {
  readonly model: Model;
  readonly log: EventLog;
  readonly nowMs: number;
}

interface Followed {
  readonly model: Model;
  readonly log: EventLog;
  readonly profile: JournalProfile;
  /** How many of the log's changes are in it. */
  changes: number;
}

/** Follows a log for as long as log and model are the same; else begins with all of the log that counts. */
export class ProfileCache {
  #last: Followed | null = null;

  of(input: ProfileInput): JournalProfile {
    const { model, log, nowMs } = input;
    if (this.#last?.model !== model || this.#last.log !== log) {
      const profile = new JournalProfile(model.ranking, { events: log.clean(), nowMs });
      this.#last = { model, log, profile, changes: log.changeCount };
    }
    const { profile, changes } = this.#last;
    for (const { change, event } of log.changesFrom(changes)) {
      if (change === "added") profile.add(event);
      else profile.remove(event);
    }
    this.#last.changes = log.changeCount;
    profile.ageTo(nowMs);
    return profile;
  }

  forget(): void {
    this.#last = null;
  }
}
