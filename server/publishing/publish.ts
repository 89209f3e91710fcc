/** Puts an imported catalogue in force: new content vectors, and what was learned about the items that stay. */
import { scaleToLength } from "../../core/model/joint.ts";
import { dequantizeRows } from "../../core/model/quantize.ts";
import { carriedOver, unlearned } from "../kinds/itemfactors/learned.ts";
import type { Bundles, InForce } from "./bundles.ts";
import type { CatalogueItem } from "./import/formats.ts";
import { assembleBundle, publicSideOf } from "./model.ts";

export interface Dimensions {
  readonly contentDim: number;
  /** Numbers per row of item factors. */
  readonly dim: number;
}

export async function publishCatalogue(
  bundles: Bundles,
  items: readonly CatalogueItem[],
  { contentDim, dim }: Dimensions,
): Promise<InForce> {
  const { inForce } = bundles;
  const publicSide = publicSideOf(items, contentDim);
  const keepsFactors = inForce !== null && inForce.learned.dim === dim;
  const learned =
    inForce === null
      ? unlearned(publicSide, dim)
      : carriedOver(inForce.learned, inForce.bundle.catalogue, publicSide, dim);
  const bundle = assembleBundle({
    publicSide,
    learned,
    round: keepsFactors ? inForce.bundle.round : 0,
    factorLength: keepsFactors ? factorLengthOf(inForce) : 0,
  });
  const verdict = JSON.stringify({ verdict: "not measured", variant: 0 });
  return bundles.publish(
    { bundle, learned, origin: "import", verdict },
    "superseded: a catalogue was imported",
  );
}

/** Root-mean-square length of a bundle's factors in its joint rows; 0 when they are left out. */
function factorLengthOf({ bundle }: InForce): number {
  if (bundle.factorScale === 0) return 0;
  const unit = scaleToLength(dequantizeRows(bundle.factors, bundle.factorDim), bundle.factorDim, 1);
  return unit === 0 ? 0 : bundle.factorScale / unit;
}
