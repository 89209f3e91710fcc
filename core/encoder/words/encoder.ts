/**
 * Words as an encoder: a text's vector is the mean of its words' vectors, common words counting less (smooth
 * inverse frequency, Arora, Liang, Ma 2017; the direction that all words share is taken out when the word file is
 * made). So whatever takes an `Encoder` takes a word file.
 */
import { wordsIn } from "../../events/words.ts";
import type { Encoder } from "../encoder.ts";
import { mostCharacters } from "./telling.ts";
import type { WordFile } from "./wordfile.ts";
import { WordVectors } from "./wordvectors.ts";

/** @param id hex SHA-256 of the word file. */
export function wordEncoder(file: WordFile, id: string): Encoder {
  const { dim, source } = file;
  const vectors = new WordVectors(file);
  const encode = (text: string, out: Float32Array): void => {
    const word = new Float32Array(dim);
    for (const one of wordsIn(text.slice(0, mostCharacters))) {
      const place = vectors.placeOf(one);
      if (place < 0) continue;
      vectors.vectorInto(place, word);
      const weight = 1e-3 / (1e-3 + 0.1 / (place + 2));
      for (let k = 0; k < dim; k++) out[k] += weight * word[k];
    }
    const length = Math.hypot(...out);
    if (length > 0) for (let k = 0; k < dim; k++) out[k] /= length;
  };
  return {
    ...{ id, dim, name: source },
    encode: async (texts) => {
      const rows = new Float32Array(texts.length * dim);
      for (const [at, text] of texts.entries()) encode(text, rows.subarray(at * dim, (at + 1) * dim));
      return rows;
    },
    close: async () => {},
  };
}
