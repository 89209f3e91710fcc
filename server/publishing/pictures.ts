/**
 * Content by items' pictures, where an operator named an encoder of images: its vectors, and the part of the
 * content space that they are on.
 */
import { modelLimits } from "../../core/model/limits.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { pictureVectors } from "../encoders/pictures/encoded.ts";
import type { CatalogueItem } from "./import/itemvalues.ts";
import { fitPictures, type ItemVectors, type MeaningSpace, pictureDefaults } from "./import/meaning.ts";
import type { ContentSpace } from "./import/space.ts";

/**
 * Vectors by a kept encoder, of pictures that were encoded before (server/encoders/pictures); null where there
 * is to be none, and in words why there are none where there should be.
 */
export async function picturesFor(
  items: readonly CatalogueItem[],
  { id, encoders }: { readonly id: string | null; readonly encoders: string | undefined },
): Promise<ItemVectors | null | string> {
  if (id === null) return null;
  if (encoders === undefined) throw new Error("importing: expected the folder of encoders, got none");
  try {
    return await pictureVectors(items, { encoders, id });
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    return `${error.message}; --image-encoder FOLDER --images DIR name them, --image-encoder none goes without`;
  }
}

/** Null where there are no pictures, all are alike, or a row has no room for them. */
export function fitPicturesBeside(
  meaning: MeaningSpace | null,
  pictures: ItemVectors | null,
  contentDim: number,
): MeaningSpace | null {
  const dim = mostNumbers(contentDim + (meaning?.dim ?? 0));
  return pictures === null || dim === 0 ? null : fitPictures(pictures, { ...pictureDefaults, dim });
}

/**
 * Whether the space has the pictures that are wanted, with at least half of the numbers that it could have.
 */
export function hasPicturesOf({ pictures, meaning, dim }: ContentSpace, wanted: ItemVectors | null): boolean {
  if (wanted === null) return pictures === null;
  if (pictures === null) return fitPicturesBeside(meaning, wanted, dim) === null;
  // Around their mean pictures have a direction less than there are of them.
  const possible = Math.min(mostNumbers(dim + (meaning?.dim ?? 0)), wanted.dim, differentIn(wanted) - 1);
  return pictures.encoder === wanted.encoder && 2 * pictures.dim >= possible;
}

function mostNumbers(beside: number): number {
  return Math.max(0, Math.min(pictureDefaults.dim, modelLimits.dim - beside));
}

/** How many pictures there are, where several items may have the same. */
function differentIn({ count, dim, readInto }: ItemVectors): number {
  const vector = new Float32Array(dim);
  const seen = new Set<string>();
  for (let at = 0; at < count; at++) {
    // Enough to tell two by.
    if (readInto(vector, at)) seen.add(vector.subarray(0, 32).join());
  }
  return seen.size;
}
