/**
 * What each wanted row counts for, where a curve says how likely places of lists are looked at: the inverse
 * of how likely its place p is looked at, by the measure of the places that are looked at least (inverse
 * propensity weights: Joachims, Swaminathan, Schnabel 2017; Wang et al. 2016),
 *
 *   v = chance of the curve's last step / chance of p,  above 0 to 1,
 *
 * so that what was clicked on top counts least, and nobody sends more than without. p is the place of the
 * last click on the item that tells one, in the days that are asked about and before the first act that made
 * it wanted. What was wanted without such a click was found without a list: no place had a part in it, and v
 * is 1. Clicks before those days are of what the person was known by when they began.
 *
 * They are told as their mean over what is wanted, s, and each by that mean, v / s: rows differ within what
 * is clipped, and people behind the clip (contribution.ts).
 */
import type { TacitEvent } from "../../events/event.ts";
import { chanceAt, mostPlaces, type PlaceCurve } from "../../lists/placecurve.ts";
import type { RankingModel } from "../../ranking/model.ts";

export interface Placing {
  readonly wanted: ReadonlySet<number>;
  readonly model: Pick<RankingModel, "rowOf">;
  readonly examined: PlaceCurve;
}

export interface PlaceWeights {
  /** By row, v / s. */
  readonly weights: ReadonlyMap<number, number>;
  /** s, above 0 to 1. */
  readonly share: number;
}

/** @param events of the days that are asked about, oldest first; something is wanted in them. */
export function placeWeights(
  events: readonly TacitEvent[],
  { wanted, model, examined }: Placing,
): PlaceWeights {
  const least = chanceAt(examined, mostPlaces);
  const clickedAt = new Map<number, number>();
  const counts = new Map<number, number>();
  for (const { item, kind, position } of events) {
    const row = item === undefined ? undefined : model.rowOf.get(item);
    if (row === undefined || !wanted.has(row) || counts.has(row)) continue;
    if (kind === "click" && position !== undefined) clickedAt.set(row, position);
    if (!wants(kind)) continue;
    const place = clickedAt.get(row);
    counts.set(row, place === undefined ? 1 : least / chanceAt(examined, place));
  }
  const share = [...counts.values()].reduce((sum, count) => sum + count, 0) / counts.size;
  return { weights: new Map([...counts].map(([row, count]) => [row, count / share])), share };
}

function wants(kind: TacitEvent["kind"]): boolean {
  return kind === "purchase" || kind === "cart_add" || kind === "like";
}
