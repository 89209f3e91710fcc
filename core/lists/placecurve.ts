/**
 * How likely people look at a place of a list, beside its first place (the examination of the position-based
 * model: what is clicked was looked at, and wanted; Craswell et al. 2008). What trials estimate
 * (docs/decisions/0047-learning-from-lists.md) and training corrects by.
 */
import * as v from "valibot";

/** Most places of a list that are told apart. */
export const mostPlaces = 100;

/** Places after the step before up to this one, counted from 1, and how likely each is looked at. */
export interface PlaceStep {
  readonly upTo: number;
  /** Beside the first place, 0.001 to 1. */
  readonly chance: number;
}

/** Ascending places, chances that do not rise; the last step's chance holds for all places after it. */
export type PlaceCurve = readonly PlaceStep[];

export const placeCurveSchema = v.pipe(
  v.array(
    v.object({
      upTo: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(mostPlaces)),
      chance: v.pipe(v.number(), v.minValue(0.001), v.maxValue(1)),
    }),
  ),
  v.minLength(1),
  v.maxLength(mostPlaces),
  v.check(
    (steps) =>
      steps.every(({ upTo, chance }, at) => {
        const before = steps[at - 1];
        return before === undefined || (upTo > before.upTo && chance <= before.chance);
      }),
    "ascending places whose chances do not rise",
  ),
);

export function chanceAt(curve: PlaceCurve, place: number): number {
  return (curve.find(({ upTo }) => place <= upTo) ?? curve[curve.length - 1])?.chance ?? 1;
}
