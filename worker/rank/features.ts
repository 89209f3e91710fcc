/**
 * The person's features in use (core/profile), in terms of the catalogue in force. They never leave the
 * device.
 */
import type { TacitEvent } from "../../core/events/event.ts";
import { besideFeatures } from "../../core/profile/beside.ts";
import { type CatalogueFacts, catalogueFacts } from "../../core/profile/catalogue.ts";
import type { DeviceClass } from "../../core/profile/device.ts";
import { ProfileFeatures } from "../../core/profile/features.ts";
import { type FeatureValues, features } from "../../core/profile/table.ts";
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
  readonly device: DeviceClass | null;
}

const nothing = catalogueFacts([]);

export class FeaturesCache {
  readonly #following = new Following<CatalogueFacts, ProfileFeatures>();
  readonly #facts = new WeakMap<Model, CatalogueFacts>();

  of(input: FeaturesInput): FeatureValues {
    return this.#valuesOf(this.#journalOf(input), input);
  }

  shown(input: FeaturesInput): ShownProfile {
    const kept = this.#journalOf(input);
    const values = this.#valuesOf(kept, input);
    return {
      features: features.map(({ range, scale, ...shown }) => ({ ...shown, value: values[shown.name] })),
      categories: kept.categories(input.nowMs),
    };
  }

  forget(): void {
    this.#following.forget();
  }

  #valuesOf(kept: ProfileFeatures, { nowMs, device, log }: FeaturesInput): FeatureValues {
    return { ...kept.values(nowMs), ...besideFeatures({ device, facts: log.facts }) };
  }

  #journalOf(input: FeaturesInput): ProfileFeatures {
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

  #factsOf(model: Model | null): CatalogueFacts {
    if (model === null) return nothing;
    const facts = this.#facts.get(model) ?? catalogueFacts(model.catalogue);
    this.#facts.set(model, facts);
    return facts;
  }
}
