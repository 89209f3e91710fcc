/**
 * The table for sums of pairs: a shop that learned from honest people asks again, and liars answer too; for
 * each size of crowd, with the defences and without. Told are the same figures as for factors, beside the
 * mean over targets also the worst of them. Where every lane was dropped nothing is learned, and the edition
 * of the honest stays.
 *
 *   none      one lane, added up as it is
 *   one       one lane; norm check, limits of counts, pairs and weights
 *   four      four lanes; the same, and what differs between lanes
 */
import { seededRandom } from "../../core/seeded.ts";
import { noDefences, standardDefences } from "../../server/kinds/itemfactors/defences.ts";
import {
  noPairDefences,
  type PairDefences,
  standardPairDefences,
} from "../../server/kinds/itempairs/defences.ts";
import { crowdOf } from "../crowds.ts";
import { pairSettingsFor } from "../privacysettings.ts";
import { publicPairs } from "../privatepairs.ts";
import type { PairStrategy } from "./pairattackers.ts";
import type { Attacked, AttackedShop, Opening } from "./pairsalone.ts";
import type { PairShop, Split } from "./pairshop.ts";
import type { PairWorld, ShownByPairs } from "./pairworld.ts";
import { mean, rounded } from "./targets.ts";

const nothing = { pairs: noPairDefences, factors: noDefences };
const standard = { pairs: standardPairDefences, factors: standardDefences };

export const pairSetups = {
  none: { defences: nothing, lanes: 1 },
  one: { defences: standard, lanes: 1 },
  four: { defences: standard, lanes: 4 },
} as const;
type SetupName = keyof typeof pairSetups;

export interface PairRow {
  readonly people: number;
  readonly defences: SetupName;
  readonly strategy: PairStrategy | "nobody lies";
  readonly rate: number;
  /** Means over targets. */
  readonly rankBefore: number;
  readonly rank: number;
  readonly inTop20Before: number;
  readonly inTop20: number;
  /** Of the target that is pushed to the most people. */
  readonly worstInTop20: number;
  readonly recallBefore: number;
  readonly recall: number;
  readonly dropped: string;
}

export interface PairTable {
  /** Sizes of crowds; beyond the real customers each stands for several. */
  readonly crowds: readonly number[];
  readonly epsilon: number;
  readonly strategies: readonly PairStrategy[];
  readonly rates: readonly number[];
  /** What the shop asks about: pairs alone (pairsalone.ts), or both kinds (bothkinds.ts). */
  readonly open: (opening: Opening) => AttackedShop;
  readonly tell: (line: string) => void;
}

export interface PairTableResult {
  readonly epsilon: number;
  readonly split: Split;
  readonly judged: number;
  readonly targets: readonly string[];
  readonly defences: PairDefences;
  readonly rows: readonly PairRow[];
}

export function pairTable(
  { split, data, publicItems, targets }: PairShop,
  table: PairTable,
): PairTableResult {
  const { crowds, epsilon, strategies, rates, open, tell } = table;
  const rows: PairRow[] = [];
  tell(
    "people  defences  strategy      rate    median rank      in top 20 %    worst   recall@20          dropped",
  );
  for (const people of crowds) {
    const by = pairSettingsFor({ people, epsilon });
    const crowd = crowdOf(data.train, people, seededRandom(1));
    const ground = publicPairs(publicItems, by.settings.nearest);
    for (const name of Object.keys(pairSetups) as SetupName[]) {
      const { defences, lanes } = pairSetups[name];
      const world: PairWorld = { data, publicItems, ground, crowd, by, lanes, seed: 1 };
      const { before, lanes: summed, after } = open({ world, defences, epsilon, targets });
      const add = (attack: Pick<PairRow, "strategy" | "rate">, attacked: readonly Attacked[]) => {
        const row = { people, defences: name, ...attack, ...figuresOf(before, attacked) };
        rows.push(row);
        tell(lineOf(row));
      };
      const honest = { recall: before.recall, dropped: 0, lanes: summed };
      const same = before.targets.map((target) => ({ ...honest, ...target }));
      add({ strategy: "nobody lies", rate: 0 }, same);
      for (const strategy of strategies) {
        for (const rate of rates) {
          const attacked = targets.map((target) => after({ strategy, target, rate }));
          add({ strategy, rate }, attacked);
        }
      }
    }
  }
  const { heldOut, items } = data;
  const named = targets.map((target) => items[target]);
  return { epsilon, split, judged: heldOut.length, targets: named, defences: standardPairDefences, rows };
}

function figuresOf(before: ShownByPairs, after: readonly Attacked[]) {
  const sum = (of: (attacked: Attacked) => number) => after.reduce((total, one) => total + of(one), 0);
  return {
    rankBefore: Math.round(mean(before.targets.map(({ rank }) => rank))),
    rank: Math.round(mean(after.map(({ rank }) => rank))),
    inTop20Before: rounded(mean(before.targets.map(({ inTop20 }) => inTop20))),
    inTop20: rounded(mean(after.map(({ inTop20 }) => inTop20))),
    worstInTop20: rounded(Math.max(...after.map(({ inTop20 }) => inTop20))),
    recallBefore: rounded(before.recall),
    recall: rounded(mean(after.map(({ recall }) => recall))),
    dropped: `${sum(({ dropped }) => dropped)}/${sum(({ lanes }) => lanes)}`,
  };
}

function lineOf(row: PairRow): string {
  const percent = (share: number) => (100 * share).toFixed(1);
  return [
    String(row.people).padEnd(7),
    row.defences.padEnd(9),
    row.strategy.padEnd(13),
    `${percent(row.rate)} %`.padEnd(7),
    `${row.rankBefore} -> ${row.rank}`.padEnd(16),
    `${percent(row.inTop20Before)} -> ${percent(row.inTop20)}`.padEnd(14),
    percent(row.worstInTop20).padEnd(7),
    `${row.recallBefore.toFixed(4)} -> ${row.recall.toFixed(4)}`.padEnd(18),
    row.dropped,
  ].join(" ");
}
