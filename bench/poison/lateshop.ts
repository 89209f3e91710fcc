/**
 * The gift shop in a month as it lived it: everybody reports once within the month before on pairs and on
 * what they bought lately, and who buys something new in the month is judged on. `validation` is September
 * 2011, `test` the October after it.
 */

import * as v from "valibot";
import { quantizeRows } from "../../core/model/quantize.ts";
import { seededRandom } from "../../core/seeded.ts";
import { sections } from "../../server/base/settings.ts";
import { contentVectors } from "../../server/publishing/import/content.ts";
import { mixesFor } from "../../server/publishing/pairdrafts.ts";
import { monthFrom } from "../temporal/month.ts";
import { type AttackedShop, type Opening, pairsAlone } from "./pairsalone.ts";
import type { PairShop, PairShopLimits, Split } from "./pairshop.ts";
import { coldItems } from "./targets.ts";

const months: Readonly<Record<Split, string>> = { validation: "2011-09-01", test: "2011-10-01" };

/** @param isQuick one customer in eight. */
export async function readLateShop(
  { split, targets, contentDim, heldOut }: PairShopLimits,
  isQuick: boolean,
): Promise<PairShop> {
  const { recentDays } = v.parse(sections.pairs, {});
  const month = await monthFrom({ fromMs: Date.parse(months[split]), every: isQuick ? 8 : 1 });
  const { items, judged } = month;
  const train = month.reportedWithin({ days: 30, recentDays }, seededRandom(1));
  const buyers = judged.filter(({ fresh }) => fresh.size > 0);
  const step = Math.max(1, Math.floor(buyers.length / heldOut));
  const some = buyers.filter((_, at) => at % step === 0).slice(0, heldOut);
  return {
    split,
    data: {
      items: items.map(({ item }) => item),
      train,
      heldOut: some.map(({ known, fresh }) => ({ foldIn: known, targets: fresh })),
    },
    publicItems: {
      catalogue: items,
      content: quantizeRows(contentVectors(items, { dim: contentDim }), items.length, contentDim),
      contentDim,
    },
    targets: coldItems(train, items.length, targets),
  };
}

/** As pairs alone, what is wanted lately being mixed in as the server does where nothing can be measured. */
export function pairsAndLately({ world, ...opening }: Opening): AttackedShop {
  const { settings } = world.by;
  const noise = Math.sqrt(world.lanes) * settings.noiseMultiplier;
  const [{ pairWeight, recentWeight, recentTrend }] = mixesFor(world.crowd.length, noise);
  const by = { settings, part: pairWeight, recentPart: recentWeight, recentTrend };
  return pairsAlone({ world: { ...world, by }, ...opening });
}
