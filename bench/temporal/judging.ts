/** Lists judged on what was bought in a month: one row of the table. */
import {
  catalogueCoverage,
  exposureGini,
  intraListDiversity,
  ndcgAt,
  novelty,
  recallAt,
} from "../../core/metrics.ts";
import { bestRows } from "../../core/ranking/best.ts";
import type { Rows } from "../../core/rows.ts";
import type { ScoresOf } from "../judge.ts";
import type { JudgedCustomer, Month } from "./month.ts";

export const k = 20;

export interface Row {
  readonly name: string;
  readonly allRecall: number;
  readonly allNdcg: number;
  readonly newRecall: number;
  readonly newNdcg: number;
  /** Of the lists of what is new: share of the catalogue, Gini coefficient of how often each item is listed. */
  readonly coverage: number;
  readonly gini: number;
  /** Mean self-information of what is listed, bits; mean of 1 - cosine of content within a list. */
  readonly novelty: number;
  readonly diversity: number;
}

/** What a customer is listed, with what they have and without. */
export interface Lists {
  readonly whole: ArrayLike<number>;
  readonly fresh: ArrayLike<number>;
}
export type ListsOf = (customer: JudgedCustomer) => Lists;

export function byScores(scoresOf: ScoresOf, items: number): ListsOf {
  return ({ known }) => {
    const scores = scoresOf(known);
    const barred = new Uint8Array(items);
    const whole = bestRows({ scores, barred }, k);
    for (const row of known.items) barred[row] = 1;
    return { whole, fresh: bestRows({ scores, barred }, k) };
  };
}

export interface Judging extends Pick<Month, "items" | "train" | "judged"> {
  readonly content: Rows;
}

/** The mean of several ways that differ in chance alone. */
export function rowFor(name: string, variants: readonly ListsOf[], judging: Judging): Row {
  const rows = variants.map((listsOf) => judgedBy(name, listsOf, judging));
  const mean = (pick: (row: Row) => number) => rows.reduce((sum, row) => sum + pick(row), 0) / rows.length;
  return {
    name,
    allRecall: mean(({ allRecall }) => allRecall),
    allNdcg: mean(({ allNdcg }) => allNdcg),
    newRecall: mean(({ newRecall }) => newRecall),
    newNdcg: mean(({ newNdcg }) => newNdcg),
    coverage: mean(({ coverage }) => coverage),
    gini: mean(({ gini }) => gini),
    novelty: mean((row) => row.novelty),
    diversity: mean(({ diversity }) => diversity),
  };
}

function judgedBy(name: string, listsOf: ListsOf, { items, train, judged, content }: Judging): Row {
  const sums = { allRecall: 0, allNdcg: 0, newRecall: 0, newNdcg: 0 };
  const lists: ArrayLike<number>[] = [];
  for (const customer of judged) {
    const { all, fresh } = customer;
    const listed = listsOf(customer);
    const whole = { list: listed.whole, targets: all, k };
    sums.allRecall += recallAt(whole);
    sums.allNdcg += ndcgAt(whole);
    if (fresh.size === 0) continue;
    const ofNew = { list: listed.fresh, targets: fresh, k };
    lists.push(ofNew.list);
    sums.newRecall += recallAt(ofNew);
    sums.newNdcg += ndcgAt(ofNew);
  }
  const counts = new Float64Array(items.length);
  for (const person of train) for (const row of Array.from(person.items)) counts[row] += 1;
  return {
    name,
    allRecall: sums.allRecall / judged.length,
    allNdcg: sums.allNdcg / judged.length,
    newRecall: sums.newRecall / lists.length,
    newNdcg: sums.newNdcg / lists.length,
    coverage: catalogueCoverage(lists, items.length),
    gini: exposureGini(lists, items.length),
    novelty: novelty({ lists, counts, people: train.length }),
    diversity: intraListDiversity(lists, content),
  };
}

export const tableHead =
  "| | all: recall@20 / NDCG@20 | new to them | coverage | gini | novelty | diversity |\n|---|---|---|---|---|---|---|";

export function tableRow(row: Row): string {
  const [shown, short] = [3, 2].map((digits) => (value: number) => value.toFixed(digits));
  return `| ${row.name} | ${shown(row.allRecall)} / ${shown(row.allNdcg)} | ${shown(row.newRecall)} / ${shown(row.newNdcg)} | ${short(row.coverage)} | ${short(row.gini)} | ${short(row.novelty)} | ${short(row.diversity)} |`;
}
