/** Every kind of sum that the server asks for: the only place in the server that names them all. */
import { activity } from "./activity/kind.ts";
import { experiments } from "./experiments/kind.ts";
import { itemFactors } from "./itemfactors/kind.ts";
import { itemPairs } from "./itempairs/kind.ts";
import type { KindSetup } from "./kind.ts";
import { places } from "./places/kind.ts";
import { ranker } from "./ranker/kind.ts";
import { segments } from "./segments/kind.ts";

export const serverKinds: readonly KindSetup[] = [
  itemFactors,
  itemPairs,
  activity,
  segments,
  ranker,
  places,
  experiments,
];
