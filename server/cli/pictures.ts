/**
 * --image-encoder and --images of tacit import: pictures are encoded here, whoever imports afterwards, so that
 * a running server needs neither their folder nor what decodes them.
 */
import type { Progress } from "../base/jobs.ts";
import { OperatorError } from "../base/operatorerror.ts";
import { keepEncoder, keptEncoders } from "../encoders/kept.ts";
import { encodePictures } from "../encoders/pictures/encoded.ts";
import type { AskedEncoder } from "../publishing/texts.ts";

export const picturesUsage = `  --image-encoder  an encoder of images (npm run image-encoder makes one): content by pictures beside words, for this and every later
                 import; none: without, as before
  --images       the folder of all pictures, with --image-encoder: JPEG, PNG and WebP files named as the last part, or the whole
                 path, of an item's image, or as its id. Nothing is fetched. A picture that has a vector already is not encoded again;
                 without this flag items have those of the last time`;

export interface AskedPictures {
  /** --image-encoder. */
  readonly encoder: string | undefined;
  /** --images. */
  readonly images: string | undefined;
  /** The data directory. */
  readonly data: string;
}

/** @throws {OperatorError} */
export async function picturesAsked(
  { encoder, images, data }: AskedPictures,
  progress: Progress,
): Promise<AskedEncoder> {
  const isNamed = encoder !== undefined && encoder !== "none";
  if (images !== undefined && !isNamed) {
    throw new OperatorError("import: --images needs --image-encoder FOLDER, which says what encodes them");
  }
  if (!isNamed) return encoder === undefined ? { ask: "as before" } : { ask: "none" };
  const id = await keepEncoder(encoder, data, "images");
  if (images !== undefined) await encodePictures(images, { encoders: keptEncoders(data), id }, progress);
  return { ask: "encoder", id };
}
