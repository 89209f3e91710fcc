/**
 * Who reports on pairs, and who is judged on what they teach: customers drawn at random, or a month as the
 * shop lived it.
 */
import { fileURLToPath } from "node:url";
import { ndcgAt, recallAt } from "../core/metrics.ts";
import type { JoinedModel } from "../core/model/join.ts";
import { bestRows } from "../core/ranking/best.ts";
import { rankingModelOf } from "../core/ranking/fromjoined.ts";
import type { RankingModel } from "../core/ranking/model.ts";
import { rank } from "../core/ranking/pipeline.ts";
import { knownTastes, profileOfTastes } from "../core/ranking/profile.ts";
import { seededRandom } from "../core/seeded.ts";
import type { Had } from "../core/tasks/itempairs/contribution.ts";
import { dayMs } from "../core/time.ts";
import type { CatalogueItem } from "../server/publishing/import/itemvalues.ts";
import { judgeModel } from "./modelquality.ts";
import { readCustomers, readShopCatalogue } from "./shop.ts";
import { monthFrom } from "./temporal/month.ts";

/** Means at 20 over who is judged. */
export interface Shown {
  readonly recall: number;
  readonly ndcg: number;
}

export interface PairsWorld {
  readonly catalogue: readonly CatalogueItem[];
  /** What each customer reports, as rows of a list. */
  readonly reporters: (rowOf: ReadonlyMap<string, number>) => readonly Had[];
  readonly judge: (model: JoinedModel) => Shown;
  readonly judged: number;
}

export interface WorldWanted {
  readonly recentDays: number;
  /** One item in twelve, or one customer in eight. */
  readonly isQuick: boolean;
}

const folder = fileURLToPath(new URL("../demo/data", import.meta.url));
const k = 20;

/** Everybody but those held out reports at the end of the log; items drawn at random are to be predicted. */
export async function randomWorld({ recentDays, isQuick }: WorldWanted): Promise<PairsWorld> {
  const all = await readShopCatalogue();
  const catalogue = isQuick ? all.filter((_, at) => at % 12 === 0) : all;
  const isHere = new Set(catalogue.map(({ item }) => item));
  const { orders, heldOut } = readCustomers(folder);
  const endMs = Math.max(...Array.from(orders.values(), (lines) => lines[lines.length - 1].atMs));
  // Of whom something is known, and something wanted, in this catalogue.
  const judged = [...heldOut.values()].filter(({ known, targets }) =>
    [known, targets].every((items) => items.some((item) => isHere.has(item))),
  );
  return {
    catalogue,
    reporters: (rowOf) =>
      [...orders]
        .filter(([customer]) => !heldOut.has(customer))
        .map(([, lines]) => {
          const rowsOf = (some: typeof lines) =>
            [...new Set(some.map(({ item }) => item))].flatMap((item) => rowOf.get(item) ?? []);
          const late = lines.filter(({ atMs }) => atMs >= endMs - recentDays * dayMs);
          return { items: rowsOf(lines), recent: rowsOf(late) };
        })
        .filter(({ items }) => items.length >= 2),
    judge: (model) => judgeModel(model, judged),
    judged: judged.length,
  };
}

/**
 * Everybody reports once in the 30 days before a day; what is bought in the 30 days from it and was not
 * before is to be predicted.
 */
export async function monthWorld(
  fromMs: number,
  { recentDays, isQuick }: WorldWanted,
  seed: number,
): Promise<PairsWorld> {
  const { items, judged, reportedWithin } = await monthFrom({ fromMs, every: isQuick ? 8 : 1 });
  const buyers = judged.filter(({ fresh }) => fresh.size > 0);
  const shownTo = (model: RankingModel, { known, fresh }: (typeof buyers)[number]): Shown => {
    const tastes = knownTastes(
      model,
      Array.from(known.items, (row, at) => [items[row].item, known.weights[at]] as const),
    );
    const list = bestRows(rank({ model, by: "person", profile: profileOfTastes(model, tastes) }), k);
    const targets = new Set([...fresh].flatMap((row) => model.rowOf.get(items[row].item) ?? []));
    return { recall: recallAt({ list, targets, k }), ndcg: ndcgAt({ list, targets, k }) };
  };
  return {
    catalogue: items,
    reporters: (rowOf) => {
      const rowsOf = (rows: Uint32Array = new Uint32Array(0)) =>
        Array.from(rows).flatMap((row) => rowOf.get(items[row].item) ?? []);
      return reportedWithin({ days: 30, recentDays }, seededRandom(seed))
        .map((person) => ({ items: rowsOf(person.items), recent: rowsOf(person.recent) }))
        .filter((had) => had.items.length >= 2);
    },
    judge: (joined) => {
      const model = rankingModelOf(joined);
      const shown = buyers.map((buyer) => shownTo(model, buyer));
      const mean = (values: readonly number[]) =>
        values.reduce((sum, value) => sum + value, 0) / values.length;
      return { recall: mean(shown.map(({ recall }) => recall)), ndcg: mean(shown.map(({ ndcg }) => ndcg)) };
    },
    judged: buyers.length,
  };
}
