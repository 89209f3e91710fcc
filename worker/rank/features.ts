/**
 * The person's features in use (core/profile), in terms of the catalogue in force. They never leave the
 * device.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import { type CatalogueFacts, catalogueFacts } from "../../core/profile/catalogue.ts";
import { ProfileFeatures } from "../../core/profile/features.ts";
import { features } from "../../core/profile/table.ts";
import type { LocalTimeOf } from "../../core/time.ts";
import type { ShownProfile } from "../api.ts";
import type { EventLog } from "../events/eventlog.ts";
import { Following } from "../events/following.ts";
import type { Model } from "./model.ts";

export interface FeaturesInput {
  /** Null before any has come. */
  readonly model: Model | null;
  readonly log: EventLog;
  readonly nowMs: number;
  readonly localTimeOf: LocalTimeOf;
}

const nothing = catalogueFacts([]);

export class FeaturesCache {
  readonly #following = new Following<CatalogueFacts, ProfileFeatures>();
  readonly #facts = new WeakMap<Model, CatalogueFacts>();

  of(input: FeaturesInput): ProfileFeatures {
    const { log, nowMs, localTimeOf } = input;
    const catalogue = this.#factsOf(input.model);
    const make = (events: readonly TacitEvent[]): ProfileFeatures => {
      const made = new ProfileFeatures({ catalogue, localTimeOf, nowMs });
      for (const event of events) made.add(event);
      return made;
    };
    const followed = { log, about: catalogue, make };
    const kept = this.#following.of(followed);
    if (nowMs < kept.asOfMs) {
      // The clock was set back: what is ahead of it now was not before.
      this.#following.forget();
      return this.#following.of(followed);
    }
    kept.ageTo(nowMs);
    return kept;
  }

  shown(input: FeaturesInput): ShownProfile {
    const kept = this.of(input);
    const values = kept.values(input.nowMs);
    return {
      features: features.map(({ name, title, unit, missing }) => ({
        name,
        title,
        unit,
        missing,
        value: values[name],
      })),
      categories: kept.categories(input.nowMs),
    };
  }

  forget(): void {
    this.#following.forget();
  }

  #factsOf(model: Model | null): CatalogueFacts {
    if (model === null) return nothing;
    const facts = this.#facts.get(model) ?? catalogueFacts(model.catalogue);
    this.#facts.set(model, facts);
    return facts;
  }
}
