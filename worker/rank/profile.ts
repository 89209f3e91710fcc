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
  /** What an event counts half after. */
  readonly halfLifeMs: number;
}

/** What a profile is made from beside events. */
interface About {
  readonly model: Model;
  readonly halfLifeMs: number;
}

export class ProfileCache {
  readonly #following = new Following<About, JournalProfile>();
  #about: About | null = null;

  of({ model, log, leanings, nowMs, halfLifeMs }: ProfileInput): JournalProfile {
    const isSame = this.#about?.model === model && this.#about.halfLifeMs === halfLifeMs;
    const about = isSame && this.#about !== null ? this.#about : { model, halfLifeMs };
    this.#about = about;
    const profile = this.#following.of({
      ...{ log, about },
      make: (events) => new JournalProfile(model.ranking, { events, nowMs, halfLifeMs }),
    });
    profile.ageTo(nowMs);
    profile.lean(leanings);
    return profile;
  }

  forget(): void {
    this.#about = null;
    this.#following.forget();
  }
}
