/** Every kind of sum that this browser takes part in: the only place in the worker that names them all. */
import { activityContributor } from "./activity.ts";
import type { AnyContributor } from "./contributor.ts";
import { experimentsContributor } from "./experiments.ts";
import { itemFactorsContributor } from "./itemfactors.ts";
import { itemPairsContributor } from "./itempairs.ts";
import { placesContributor } from "./places.ts";
import { rankerContributor } from "./ranker.ts";
import { segmentsContributor } from "./segments.ts";

/** Tasks of other kinds are left alone. */
export const contributors: readonly AnyContributor[] = [
  itemFactorsContributor,
  itemPairsContributor,
  activityContributor,
  segmentsContributor,
  rankerContributor,
  placesContributor,
  experimentsContributor,
];
