/**
 * How likely places are looked at, of the sums of a crowd's trials, as rounds of the kind `places` have it
 * (core/tasks/places/): each person's clicks on trial, with the noise of both aggregators.
 */
import type { PlaceCurve } from "../../core/lists/placecurve.ts";
import { bucketOf, placeBuckets } from "../../core/lists/trial.ts";
import { rhoWithin } from "../../core/sum/budget.ts";
import { placesLayout, placesSensitivity } from "../../core/tasks/places/contribution.ts";
import { placesEstimate } from "../../core/tasks/places/estimate.ts";
import { seededFill } from "../crowds.ts";
import { delta } from "../privacysettings.ts";
import { sumOf } from "../privatepairs.ts";
import { examined, type Trial } from "./clicks.ts";

/** As a server asks unless its settings say otherwise. */
const settings = { fromMs: 0, toMs: 1, ends: placeBuckets, mostClicks: 2 };

/** @param epsilon null: without noise. @returns 1 everywhere where the crowd's clicks tell nothing. */
export function learnedCurve(
  crowd: readonly (readonly Trial[])[],
  { epsilon, seed }: { readonly epsilon: number | null; readonly seed: number },
): PlaceCurve {
  const layout = placesLayout(settings);
  const contributions = crowd.map((trials) => {
    const values = new Float64Array(layout.length);
    values[0] = 1;
    const clicks = trials.flatMap(({ place, clickedFirst, clickedPlace }) => {
      const bucket = bucketOf(placeBuckets, place);
      if (bucket === null) return [];
      return [
        ...(clickedFirst ? [layout.first + bucket] : []),
        ...(clickedPlace ? [layout.other + bucket] : []),
      ];
    });
    for (const at of clicks) values[at] += 1 / Math.max(clicks.length, settings.mostClicks);
    return { places: Uint32Array.from(values.keys()), values };
  });
  const sigma = epsilon === null ? 0 : placesSensitivity / Math.sqrt(2 * rhoWithin({ epsilon, delta }));
  const sums = sumOf(contributions, {
    ...{ length: layout.length, sensitivity: placesSensitivity, sigma, fill: seededFill(seed) },
  });
  const { curve } = placesEstimate(settings, sums, Math.SQRT2 * sigma);
  return curve ?? [{ upTo: 1, chance: 1 }];
}

export function trueCurve(eta: number, places: number): PlaceCurve {
  return Array.from({ length: places }, (_, at) => ({ upTo: at + 1, chance: examined(at + 1, eta) }));
}
