/**
 * Looking up a word: the word itself, or else the nearest form of it that the file has (plurals, "-ing",
 * "-ed", "-ly", "-ish", "-ful" of English, by their endings alone).
 */
import { stemOf } from "../../events/words.ts";
import type { WordFile } from "./wordfile.ts";

export class WordVectors {
  readonly dim: number;
  readonly #vectors: Int8Array;
  readonly #placeOf: ReadonlyMap<string, number>;

  constructor({ words, dim, vectors }: WordFile) {
    this.dim = dim;
    this.#vectors = vectors;
    this.#placeOf = new Map(words.map((word, place) => [word, place]));
  }

  /** Place among the words, 0 the commonest; -1 for a word of which no form is known. */
  placeOf(word: string): number {
    for (const form of formsOf(word)) {
      const place = this.#placeOf.get(form);
      if (place !== undefined) return place;
    }
    return -1;
  }

  /** Its vector, of length 1; zeros for place -1 and for a vector of zeros. */
  vectorInto(place: number, out: Float32Array): void {
    out.fill(0);
    if (place < 0) return;
    const from = place * this.dim;
    let square = 0;
    for (let k = 0; k < this.dim; k++) square += this.#vectors[from + k] ** 2;
    if (square === 0) return;
    const length = Math.sqrt(square);
    for (let k = 0; k < this.dim; k++) out[k] = this.#vectors[from + k] / length;
  }
}

/** The word, then what it may be a form of, nearest first. */
export function formsOf(word: string): readonly string[] {
  const stem = stemOf(word);
  const forms = [word, stem];
  if (/..es$/.test(word)) forms.push(word.slice(0, -2));
  for (const ending of ["ing", "ed"]) {
    if (!stem.endsWith(ending) || stem.length < ending.length + 3) continue;
    const root = stem.slice(0, -ending.length);
    forms.push(root, `${root}e`);
    if (root.at(-1) === root.at(-2)) forms.push(root.slice(0, -1));
  }
  for (const ending of ["ish", "ful", "ly"]) {
    if (stem.endsWith(ending) && stem.length >= ending.length + 4) forms.push(stem.slice(0, -ending.length));
  }
  return [...new Set(forms)];
}
