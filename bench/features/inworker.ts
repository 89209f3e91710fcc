/** The worker of bench/features.ts: a journal of so many events, and what one more costs. */
import type { TacitEvent } from "../../core/events/event.ts";
import { catalogueFacts } from "../../core/profile/catalogue.ts";
import { ProfileFeatures } from "../../core/profile/features.ts";
import type { JournalFeature } from "../../core/profile/table.ts";
import { seededRandom } from "../../core/seeded.ts";
import { dayMs } from "../../core/time.ts";
import { deviceLocalTime } from "../../worker/edges.ts";
import { EventLog } from "../../worker/events/eventlog.ts";

export interface FeatureQuestion {
  readonly events: number;
  /** How many more come, one by one. */
  readonly more: number;
  readonly seed: number;
}

export interface FeatureAnswer {
  /** Cleaning of all events, and their features, from nothing. */
  readonly fromScratchMs: number;
  /** For each event that came: cleaning, features, and reading them; milliseconds. */
  readonly eventMs: readonly number[];
  /** The same for events that came late, among those of before. */
  readonly lateMs: readonly number[];
  /** The largest difference of any feature from one computed from scratch, as a part of it. */
  readonly difference: number;
}

const kinds = [
  "impression",
  "view",
  "view",
  "view",
  "click",
  "dwell",
  "search",
  "cart_add",
  "purchase",
  "like",
] as const;
const items = 3_659;
const spanMs = 3 * 365 * dayMs;

export function measureFeatures({ events, more, seed }: FeatureQuestion): FeatureAnswer {
  const random = seededRandom(seed);
  const nowMs = Date.now();
  const catalogue = catalogueFacts(
    Array.from({ length: items }, (_, k) => ({
      item: `item-${k}`,
      title: `Thing ${k}`,
      categories: [`Family ${k % 40}`, `Kind ${k % 300}`],
      price: 1 + (k % 70),
    })),
  );
  let made = 0;
  const event = (atMs: number): TacitEvent => ({
    id: `${made++}`,
    kind: kinds[Math.floor(random() * kinds.length)],
    item: `item-${Math.floor(items * random() ** 2)}`,
    amount: 1 + Math.floor(random() * 30),
    atMs,
  });
  const old = Array.from({ length: events }, (_, k) => event(nowMs - spanMs + (spanMs * k) / events));
  const options = { catalogue, localTimeOf: deviceLocalTime, nowMs };
  const limits = { events: Number.POSITIVE_INFINITY, impressions: Number.POSITIVE_INFINITY };

  const beganMs = performance.now();
  const log = new EventLog(old, limits);
  const features = new ProfileFeatures(options);
  for (const each of log.clean()) features.add(each);
  features.values(nowMs);
  const fromScratchMs = performance.now() - beganMs;

  const costOf = (atMs: number): number => {
    const next = event(atMs);
    const beforeMs = performance.now();
    const from = log.changeCount;
    log.add([next]);
    for (const { change, event } of log.changesFrom(from)) {
      if (change === "added") features.add(event);
      else features.remove(event);
    }
    features.values(nowMs);
    return performance.now() - beforeMs;
  };
  const eventMs = Array.from({ length: more }, (_, k) => costOf(nowMs + k * 100));
  const lateMs = Array.from({ length: more }, () => costOf(nowMs - random() * spanMs));

  const again = new ProfileFeatures(options);
  for (const each of log.clean()) again.add(each);
  const [kept, fresh] = [features.values(nowMs), again.values(nowMs)];
  const differences = Object.keys(kept).map((name) => {
    const [a, b] = [kept[name as JournalFeature], fresh[name as JournalFeature]];
    if (a === null || b === null) return a === b ? 0 : 1;
    return Math.abs(a - b) / Math.max(1e-9, Math.abs(b));
  });
  return { fromScratchMs, eventMs, lateMs, difference: Math.max(...differences) };
}
