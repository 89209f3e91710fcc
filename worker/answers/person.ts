/**
 * What the device works out about the person: features, segment, and the profile that ranks. Each is kept until
 * what it was made from changes; none ever leaves the device.
 */

import type { Recorded } from "../../core/events/fact.ts";
import { declinesSegment } from "../../core/facts/steering.ts";
import type { SegmentsPart } from "../../core/model/segments.ts";
import type { FeatureValues } from "../../core/profile/table.ts";
import type { JournalProfile } from "../../core/ranking/journalprofile.ts";
import type { LocalTimeOf } from "../../core/time.ts";
import type { WorkerConfig } from "../api.ts";
import { type Edges, type Notify, troubleOf } from "../edges.ts";
import type { EventLog } from "../events/eventlog.ts";
import type { Held } from "../panel/panel.ts";
import type { Editions } from "../rank/editions.ts";
import { FeaturesCache, type FeaturesInput } from "../rank/features.ts";
import { interestsIn, LeaningsCache } from "../rank/leanings.ts";
import type { Model } from "../rank/model.ts";
import { ProfileCache } from "../rank/profile.ts";
import { halfLifeMsNow, shownSegment } from "../rank/segment.ts";
import type { FreeText } from "../texts/freetext.ts";

export interface PersonParts {
  readonly nowMs: Edges["nowMs"];
  readonly localTimeOf: LocalTimeOf;
  readonly editions: Pick<Editions, "current" | "ready">;
  readonly freeText: Pick<FreeText, "said" | "understand">;
  readonly notify: Notify;
  /** So long a list waits for what would make it better. */
  readonly listWait: () => Promise<void>;
  /** What may be known now; empty for whoever does not want to be known. */
  readonly log: () => Promise<EventLog>;
  /** A log of some entries alone, oldest first. */
  readonly logOf: (recorded: readonly Recorded[]) => EventLog;
  /** What the page is shown on; null where it may not be known. */
  readonly device: () => NonNullable<WorkerConfig["device"]> | null;
}

export class Person {
  readonly #parts: PersonParts;
  readonly #profiles = new ProfileCache();
  readonly #leanings = new LeaningsCache();
  readonly #features = new FeaturesCache();

  constructor(parts: PersonParts) {
    this.#parts = parts;
  }

  /**
   * The profile now, on a model that is ready for it.
   *
   * @param without ids of events: as it would be had they not been.
   */
  async profile(model: Model, without: readonly string[] = []): Promise<JournalProfile> {
    await this.#understand(model);
    const { editions, freeText, nowMs } = this.#parts;
    const now = async () => {
      const log = await this.#parts.log();
      if (without.length > 0) return this.#profileWithout(model, log, new Set(without));
      const leanings = this.#leanings.of(model, log, freeText.said(model, interestsIn(log)));
      const halfLifeMs = this.#halfLifeMs(model.segments, log, () => this.featuresOf(log));
      return this.#profiles.of({ model, log, leanings, nowMs: nowMs(), halfLifeMs });
    };
    if (!(await now()).likes) return now();
    await editions.ready(model);
    return now();
  }

  /** Made from the beginning: what counts, and what an act counts half after, may be otherwise without the others. */
  #profileWithout(model: Model, log: EventLog, without: ReadonlySet<string>): JournalProfile {
    const { freeText, nowMs, logOf } = this.#parts;
    const left = log.all().filter(({ id }) => !without.has(id));
    const other = logOf([...left, ...log.facts]);
    const features = (): FeatureValues => new FeaturesCache().of(this.#featuresInput(other));
    const halfLifeMs = this.#halfLifeMs(model.segments, other, features);
    const leanings = new LeaningsCache().of(model, other, freeText.said(model, interestsIn(other)));
    return new ProfileCache().of({ model, log: other, leanings, nowMs: nowMs(), halfLifeMs });
  }

  /** As for everybody where the person wants to be in no segment. */
  #halfLifeMs(part: SegmentsPart | null, log: EventLog, features: () => FeatureValues): number {
    return halfLifeMsNow(declinesSegment(log) ? null : part, features);
  }

  /** What a person may look at. */
  shown(log: EventLog): Pick<Held, "profileShown" | "segment" | "halfLifeMs"> {
    const part = this.#parts.editions.current?.segments ?? null;
    const features = () => this.featuresOf(log);
    return {
      profileShown: this.#features.shown(this.#featuresInput(log)),
      segment: declinesSegment(log) ? { state: "unknown", why: "declined" } : shownSegment(part, features),
      halfLifeMs: this.#halfLifeMs(part, log, features),
    };
  }

  featuresOf(log: EventLog): FeatureValues {
    return this.#features.of(this.#featuresInput(log));
  }

  /** What was read from the store may be gone. */
  forget(): void {
    this.#profiles.forget();
    this.#leanings.forget();
    this.#features.forget();
  }

  /**
   * Has what free text takes, where the person wrote what they look for; it is waited for a little. What comes later
   * is told as a change.
   */
  async #understand(model: Model): Promise<void> {
    const { freeText, log, notify, listWait } = this.#parts;
    const text = interestsIn(await log());
    if (text === null) return;
    let isLate = false;
    const understood = freeText.understand(model, text).then(
      () => isLate && notify({ type: "change" }),
      (cause) => notify(troubleOf("interests", cause)),
    );
    await Promise.race([understood, listWait()]);
    isLate = true;
  }

  #featuresInput(log: EventLog): FeaturesInput {
    const { editions, nowMs, localTimeOf, device } = this.#parts;
    return { model: editions.current, log, nowMs: nowMs(), localTimeOf, device: device() };
  }
}
