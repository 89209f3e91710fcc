/**
 * Weights of a person's own (finetune.ts): those of the units that read what was bought again move, by what the person's own past
 * lists teach, and are kept only where what the earlier lists teach makes the last one likelier. In a list of what is new to
 * the person these units are 0, so it stays as it is.
 *
 * Why these, and how far: docs/decisions/0045-fine-tuning.md.
 */
import { rankerFeatures } from "../../core/ranking/ranker/features.ts";
import type { PlacedUnit } from "../../core/ranking/ranker/units.ts";
import type { LoadedRanker } from "../../core/ranking/ranker/weights.ts";
import { helpsLast, type TuningList, tunedTheta } from "./finetune.ts";
import type { OwnList } from "./ownlists.ts";

/** Chosen on September. */
export const ownWeightsSettings = { pull: 100, temperature: 0.2 } as const;

type SharedRanker = Pick<LoadedRanker, "units" | "weights">;

/**
 * The person's weights, one a unit of the ranker; null where those that everybody has are better for them, or too little is
 * known to say.
 *
 * @param lists the person's own, oldest first, of the ranker's units.
 */
export function ownWeights(shared: SharedRanker, lists: readonly OwnList[]): Float64Array | null {
  const { pull, temperature } = ownWeightsSettings;
  const moving = [...shared.units.keys()].filter((at) => isOfAgain(shared.units[at]));
  if (moving.length === 0) return null;
  const known = lists.map((own) => tuningList(own, shared, moving)).filter(saysSomething);
  if (
    !helpsLast(
      known.map((list) => [list]),
      pull,
    )
  )
    return null;
  const weights = shared.weights.slice();
  for (const [at, added] of tunedTheta(known, pull).entries()) weights[moving[at]] += added / temperature;
  return weights;
}

/** Whether a unit reads what was bought again. */
export function isOfAgain({ of, by }: Pick<PlacedUnit, "of" | "by">): boolean {
  return [of, by].some((place) => place >= 0 && rankerFeatures[place].group === "again");
}

function tuningList({ list }: OwnList, { weights }: SharedRanker, moving: readonly number[]): TuningList {
  const { values, units, wanted } = list;
  const columns = new Float64Array(wanted.length * moving.length);
  const shared = new Float64Array(wanted.length);
  for (let at = 0; at < wanted.length; at++) {
    for (const [k, unit] of moving.entries()) columns[at * moving.length + k] = values[at * units + unit];
    let score = 0;
    for (let k = 0; k < units; k++) score += weights[k] * values[at * units + k];
    shared[at] = ownWeightsSettings.temperature * score;
  }
  return { columns, width: moving.length, shared, wanted };
}

function saysSomething({ wanted }: TuningList): boolean {
  return wanted.includes(1) && wanted.includes(0);
}
