/** Random models with everything that ranks, and people with journals, for tests of the second stage. */
import { eventKinds, type TacitEvent } from "../../../../core/events/event.ts";
import type { JoinedModel } from "../../../../core/model/join.ts";
import { patternOfPairs } from "../../../../core/model/pairlist.ts";
import type { SitePolicy } from "../../../../core/model/policy.ts";
import type { RankerWeights } from "../../../../core/model/ranker.ts";
import { rankingModelOf } from "../../../../core/ranking/fromjoined.ts";
import type { RankingModel } from "../../../../core/ranking/model.ts";
import { seededRandom } from "../../../../core/seeded.ts";
import { dayMs } from "../../../../core/time.ts";
import { randomModel } from "../../../model.ts";

export const nowMs = Date.UTC(2026, 5, 6, 18);
export const local = { hour: 18, weekday: 5 };

export interface WorldWanted {
  readonly seed: number;
  readonly items?: number;
  /** Whether some of the items came into the catalogue at a time that it says. */
  readonly dated?: boolean;
  readonly pairs?: boolean;
  readonly recent?: boolean;
  readonly ranker?: RankerWeights | undefined;
  readonly policy?: SitePolicy | undefined;
}

/**
 * Items with dates, prices, categories and variants, some of them without one or the other, some not to be
 * had.
 */
export function worldOf(wanted: WorldWanted): RankingModel {
  return rankingModelOf(joinedOf(wanted));
}

/** The same as parts joined, with cards to name. */
export function joinedOf({
  seed,
  items = 60,
  dated = true,
  pairs = true,
  recent = true,
  ranker,
  policy,
}: WorldWanted): JoinedModel {
  const random = seededRandom(seed);
  const some = <T>(chance: number, make: () => T): T | undefined => (random() < chance ? make() : undefined);
  const base = randomModel({
    ...{ items, contentDim: 6, factorDim: 4, seed },
    card: (row) => {
      const price = some(0.8, () => 1 + Math.floor(random() * 90));
      const publishedAt = some(dated ? 0.7 : 0, () => new Date(nowMs - random() * 900 * dayMs).toISOString());
      const group = some(0.2, () => `group-${Math.floor(random() * 6)}`);
      const available = some(0.1, () => false);
      const attributes = some(0.8, () => ({
        brand: ["Acme", "Bolt", "acme "][Math.floor(random() * 3)],
        size: Math.floor(random() * 4),
        organic: random() < 0.5,
        tags: ["x", "y", "z"].filter(() => random() < 0.5),
      }));
      return {
        ...{ item: `item-${row}`, title: `Thing ${row}` },
        categories: ["a", "b", "c"].filter(() => random() < 0.4),
        ...(price === undefined ? {} : { price }),
        ...(publishedAt === undefined ? {} : { publishedAt }),
        ...(group === undefined ? {} : { group }),
        ...(available === undefined ? {} : { available }),
        ...(attributes === undefined ? {} : { attributes }),
      };
    },
  });
  return {
    ...base,
    ...(pairs ? { pairWeight: 0.3, pairs: randomPairs(items, random) } : {}),
    ...(recent
      ? {
          ...{ recentWeight: 0.2, recentTrend: 1 },
          recent: { shares: Float32Array.from({ length: items }, random), floor: 0.05 },
        }
      : {}),
    ...(ranker === undefined ? {} : { ranker }),
    ...(policy === undefined ? {} : { policy }),
  };
}

function randomPairs(items: number, random: () => number): NonNullable<JoinedModel["pairs"]> {
  const all: [number, number][] = [];
  for (let a = 0; a < items; a++) for (let b = 0; b < a; b++) if (random() < 0.2) all.push([b, a]);
  const pattern = patternOfPairs(all, items);
  const rows = Int32Array.from({ length: items }, (_, row) => row);
  return {
    ...{ pattern, listed: rows, rows },
    values: Int8Array.from(pattern.neighbours, () => Math.round(100 * random())),
    scales: Float32Array.from({ length: items }, () => random() / 100),
  };
}

/**
 * Up to `most` events of all kinds within two years, several in one visit at times, one item in ten unknown.
 */
export function journalOf(seed: number, { items = 60, most = 30 } = {}): readonly TacitEvent[] {
  const random = seededRandom(seed);
  let atMs = nowMs - random() * 700 * dayMs;
  return Array.from({ length: Math.floor(random() * most) }, (_, at): TacitEvent => {
    if (random() < 0.5) atMs = Math.min(nowMs, atMs + random() * 60 * dayMs);
    else atMs = Math.min(nowMs, atMs + random() * 600_000);
    const kind = random() < 0.4 ? "purchase" : eventKinds[Math.floor(random() * eventKinds.length)];
    const item = `item-${Math.floor(random() * items * 1.1)}`;
    return { id: `${seed}-${String(at).padStart(3, "0")}`, kind, item, atMs };
  });
}
