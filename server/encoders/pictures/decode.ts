/**
 * The pixels of a picture's file, by sharp: the one decoder for Node that is kept up with what is found in
 * files of strangers. It is no dependency of the server: it is loaded here, when a picture is decoded.
 *
 * It is given JPEG, PNG and WebP alone, of sizes that were read from the file before: of all that it could
 * decode, an SVG may name other files. Pictures are turned as their cameras say, brought to sRGB, and put on
 * white, as browsers show them. Pixels are as they are stored: making fewer of them is core's.
 */
import { parsePictureHeader } from "../../../core/encoder/images/header.ts";
import { type Picture, pictureLimits } from "../../../core/encoder/images/picture.ts";
import { messageOf } from "../../../core/errors.ts";
import { OperatorError } from "../../base/operatorerror.ts";

const mostSeconds = 30;

/**
 * @throws {TypeError | RangeError} `parsePictureHeader: …` for another file, or one beyond `pictureLimits`.
 * @throws {Error} of the decoder, for a file that is broken.
 */
export async function decodedPicture(bytes: Uint8Array): Promise<Picture> {
  parsePictureHeader(bytes);
  const sharp = await loadedSharp();
  const { data, info } = await sharp(bytes, {
    limitInputPixels: pictureLimits.pixels,
    failOn: "truncated",
    pages: 1,
  })
    .autoOrient()
    .toColourspace("srgb")
    .flatten({ background: "#ffffff" })
    .removeAlpha()
    .timeout({ seconds: mostSeconds })
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

async function loadedSharp() {
  try {
    return (await import("sharp")).default;
  } catch (error) {
    throw new OperatorError(
      `pictures: expected the package that decodes them (npm i sharp), got ${messageOf(error)}`,
    );
  }
}
