/** Every kind of sum there is: the only place in core that names them all. */
import { activity } from "./activity/kind.ts";
import { experiments } from "./experiments/kind.ts";
import { itemFactors } from "./itemfactors/kind.ts";
import { itemPairs } from "./itempairs/kind.ts";
import { places } from "./places/kind.ts";
import { ranker } from "./ranker/kind.ts";
import { segments } from "./segments/kind.ts";

export const taskKinds = {
  "item-factors": itemFactors,
  "item-pairs": itemPairs,
  activity,
  segments,
  ranker,
  places,
  experiments,
} as const;
