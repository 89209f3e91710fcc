/**
 * What a journal tells of the features of a person (table.ts), kept in step with the events that count: one
 * that comes or goes costs the same whatever the length of the journal. At each moment they are what all events
 * at once would give (test/core/profile/plainfeatures.ts).
 *
 * Impressions are no acts. Events at impossible times are in none of the features until their time has come.
 */
import { isPossibleTime } from "../events/cleaning/times.ts";
import { isEventKind, isPassive, type TacitEvent } from "../events/event.ts";
import { strengthOf } from "../events/tastes.ts";
import { dayMs, type LocalTime, type LocalTimeOf } from "../time.ts";
import type { CatalogueFacts, ItemFacts } from "./catalogue.ts";
import type { CategoryFeatures } from "./feature.ts";
import { LogHistogram } from "./histogram.ts";
import { LikingSum } from "./liking.ts";
import { Purchases } from "./purchases.ts";
import { Sessions } from "./sessions.ts";
import type { FeatureValues, JournalFeature } from "./table.ts";

export interface FeaturesOptions {
  readonly catalogue: CatalogueFacts;
  readonly localTimeOf: LocalTimeOf;
  /** Milliseconds since the Unix epoch: what is dated later than a day from then waits. */
  readonly nowMs: number;
}

interface Category {
  readonly liking: LikingSum;
  readonly purchases: Purchases;
}

const hours = { morning: [5, 11], afternoon: [11, 17], evening: [17, 23] } as const;
const saturday = 5;

export class ProfileFeatures {
  readonly #catalogue: CatalogueFacts;
  readonly #localTimeOf: LocalTimeOf;
  #nowMs: number;
  readonly #localTimes = new Map<string, LocalTime>();
  readonly #waiting = new Map<string, TacitEvent>();
  readonly #sessions = new Sessions();
  readonly #purchases = new Purchases();
  readonly #categories = new Map<string, Category>();
  readonly #byHour = new Uint32Array(24);
  readonly #dwell = new LogHistogram();
  /** In whole millionths, so that what goes takes away just what it brought. */
  readonly #depths = { sum: 0, count: 0 };
  readonly #priceLevel = { weighed: new LikingSum(), weights: new LikingSum() };
  #searches = 0;
  #weekend = 0;

  constructor({ catalogue, localTimeOf, nowMs }: FeaturesOptions) {
    this.#catalogue = catalogue;
    this.#localTimeOf = localTimeOf;
    this.#nowMs = nowMs;
  }

  /** As of when times are possible. */
  get asOfMs(): number {
    return this.#nowMs;
  }

  /** @param event one that counts, and was not there. */
  add(event: TacitEvent): void {
    if (isPossibleTime(event.atMs, this.#nowMs)) this.#change(event, 1);
    else this.#waiting.set(event.id, event);
  }

  /** @param event one that was added. */
  remove(event: TacitEvent): void {
    if (!this.#waiting.delete(event.id)) this.#change(event, -1);
  }

  /**
   * @param nowMs not before `asOfMs`: what a clock that is set back makes impossible calls for new features.
   */
  ageTo(nowMs: number): void {
    this.#nowMs = Math.max(this.#nowMs, nowMs);
    for (const event of this.#waiting.values()) {
      if (!isPossibleTime(event.atMs, this.#nowMs)) continue;
      this.#waiting.delete(event.id);
      this.#change(event, 1);
    }
  }

  values(nowMs: number): Pick<FeatureValues, JournalFeature> {
    const sessions = this.#sessions;
    const { count: visits, acts, lastMs } = sessions;
    const share = (part: number): number | null => (acts === 0 ? null : part / acts);
    const { medianPrice } = this.#catalogue;
    const scores = this.#purchases.scores({ nowMs, medianPrice });
    return {
      visits: visits === 0 ? null : visits,
      recentVisits: visits === 0 ? null : sessions.since(nowMs - 30 * dayMs),
      daysSinceVisit: daysSince(lastMs, nowMs),
      minutesPerVisit: visits === 0 ? null : sessions.totalMs / visits / 60_000,
      actsPerVisit: visits === 0 ? null : acts / visits,
      orders: this.#purchases.orders === 0 ? null : this.#purchases.orders,
      daysSinceOrder: daysSince(this.#purchases.lastMs, nowMs),
      spent: medianPrice === null || scores === null ? null : this.#purchases.spent,
      recencyScore: scores?.recency ?? null,
      frequencyScore: scores?.frequency ?? null,
      monetaryScore: scores?.monetary ?? null,
      morning: share(this.#actsBetween(hours.morning)),
      afternoon: share(this.#actsBetween(hours.afternoon)),
      evening: share(this.#actsBetween(hours.evening)),
      weekend: share(this.#weekend),
      dwell: this.#dwell.median,
      searching: share(this.#searches),
      categoryEntropy: entropyOf(this.categories(nowMs).map(({ share }) => share)),
      priceLevel: this.#meanPriceLevel(),
      scrollDepth: this.#meanDepth(),
    };
  }

  /** Categories that something is liked or was bought of, most liked first. */
  categories(nowMs: number): readonly CategoryFeatures[] {
    // Shares are the same as of any time; as of the newest act none is too small for a number.
    const thenMs = this.#sessions.lastMs ?? nowMs;
    const all = [...this.#categories].map(([category, { liking, purchases }]) => ({
      ...{ category, liking: Math.max(0, liking.at(thenMs)), purchases },
    }));
    const total = all.reduce((sum, { liking }) => sum + liking, 0);
    return all
      .filter(({ liking, purchases }) => liking > 0 || purchases.orders > 0)
      .map(({ category, liking, purchases }) => ({
        category,
        share: total === 0 ? 0 : liking / total,
        daysSinceOrder: daysSince(purchases.lastMs, nowMs),
        orders: purchases.orders,
        spent: this.#catalogue.medianPrice === null ? null : purchases.spent,
      }))
      .sort((a, b) => b.share - a.share || (a.category < b.category ? -1 : 1));
  }

  #change(event: TacitEvent, sign: 1 | -1): void {
    if (!isEventKind(event.kind) || isPassive(event.kind)) return;
    const { kind, atMs, amount = 0, depth } = event;
    if (sign === 1) this.#sessions.add(atMs);
    else this.#sessions.remove(atMs);
    const { hour, weekday } = this.#localTime(event, sign);
    this.#byHour[hour] += sign;
    if (weekday >= saturday) this.#weekend += sign;
    if (kind === "search") this.#searches += sign;
    if (kind === "dwell" && amount > 0) this.#dwell.count(amount, sign);
    if (depth !== undefined && (kind === "view" || kind === "dwell")) {
      this.#depths.sum += sign * Math.round(1e6 * depth);
      this.#depths.count += sign;
    }
    const facts = event.item === undefined ? null : this.#catalogue.factsOf(event.item);
    if (facts !== null) this.#changeItem(event, facts, sign);
    else if (kind === "purchase" || kind === "refund") this.#purchases.change(event, { price: null, sign });
  }

  #changeItem(event: TacitEvent, { categories, price, priceLevel }: ItemFacts, sign: 1 | -1): void {
    const isOrder = event.kind === "purchase" || event.kind === "refund";
    if (isOrder) this.#purchases.change(event, { price, sign });
    const strength = strengthOf(event);
    if (strength === null) return;
    const { atMs } = event;
    if (priceLevel !== null && strength > 0) {
      this.#priceLevel.weighed.change({ atMs, strength: strength * priceLevel, sign });
      this.#priceLevel.weights.change({ atMs, strength, sign });
    }
    for (const category of categories) {
      const known = this.#categories.get(category) ?? { liking: new LikingSum(), purchases: new Purchases() };
      this.#categories.set(category, known);
      known.liking.change({ atMs, strength: strength / categories.length, sign });
      if (isOrder) known.purchases.change(event, { price, sign });
      if (known.liking.isEmpty) this.#categories.delete(category);
    }
  }

  /** As it was where the person was when the event came: a zone may have changed before it goes. */
  #localTime({ id, atMs }: TacitEvent, sign: 1 | -1): LocalTime {
    const known = this.#localTimes.get(id) ?? this.#localTimeOf(atMs);
    if (sign === 1) this.#localTimes.set(id, known);
    else this.#localTimes.delete(id);
    return known;
  }

  #actsBetween([from, to]: readonly [number, number]): number {
    return this.#byHour.subarray(from, to).reduce((sum, count) => sum + count, 0);
  }

  #meanDepth(): number | null {
    const { sum, count } = this.#depths;
    return count === 0 ? null : sum / count / 1e6;
  }

  #meanPriceLevel(): number | null {
    const { weighed, weights } = this.#priceLevel;
    const thenMs = this.#sessions.lastMs ?? 0;
    return weights.isEmpty ? null : weighed.at(thenMs) / weights.at(thenMs);
  }
}

function daysSince(atMs: number | null, nowMs: number): number | null {
  return atMs === null ? null : Math.max(0, nowMs - atMs) / dayMs;
}

/** In bits; null of nothing. */
function entropyOf(shares: readonly number[]): number | null {
  const positive = shares.filter((share) => share > 0);
  if (positive.length === 0) return null;
  return -positive.reduce((sum, share) => sum + share * Math.log2(share), 0) + 0;
}
