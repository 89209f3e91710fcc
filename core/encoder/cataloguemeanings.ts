/**
 * Which items a text asks for by what it means, beside its words (words/catalogue.ts):
 *
 *   score(i) = (m(i) + w s(i)) / (1 + w),   m(i) = cos(e(text), e_i) where it is at least `leastCosine`, else 0
 *
 * s is the score by words. Meaning finds what is called otherwise; words find what an encoder has never read of:
 * names, brands, numbers. Chosen on texts of their own (`npm run bench:freetext -- --encoder FOLDER --developing`):
 * between cosines of 0.25 and 0.3 one item in five is an answer, above 0.4 more than half are.
 */
import type { TextAnswer, TextMatch } from "./answer.ts";
import type { MeaningsPart } from "./meanings.ts";

export const meaningOptions = { leastCosine: 0.25, wordWeight: 0.5 } as const;

/** Characters of a text that a reason repeats. */
const mostShown = 80;

export class CatalogueMeanings {
  readonly #part: MeaningsPart;
  /** By row of the catalogue: in which row of the part its vector is; -1 for none. */
  readonly #rowIn: Int32Array;
  /** By row of the catalogue: 1 over the length of its vector. */
  readonly #byLength: Float64Array;

  constructor(items: readonly { readonly item: string }[], part: MeaningsPart) {
    this.#part = part;
    this.#rowIn = new Int32Array(items.length).fill(-1);
    this.#byLength = new Float64Array(items.length);
    const rowIn = new Map(part.items.map((item, row) => [item, row]));
    for (const [row, { item }] of items.entries()) {
      const at = rowIn.get(item);
      const length = at === undefined ? 0 : lengthOf(part, at);
      if (at === undefined || length === 0) continue;
      this.#rowIn[row] = at;
      this.#byLength[row] = 1 / length;
    }
  }

  /**
   * @param vector of the text, of length 1; zeros for one that means nothing to the encoder.
   * @param words what the text asks for by its words; null for nothing.
   * @returns null where no item is an answer.
   */
  answer(text: string, vector: Float32Array, words: TextAnswer | null): TextAnswer | null {
    const { leastCosine, wordWeight } = meaningOptions;
    const count = this.#rowIn.length;
    const byMeaning = new Float64Array(count);
    const scores = new Float64Array(count).fill(Number.NaN);
    let answers = 0;
    for (let row = 0; row < count; row++) {
      const cosine = this.#cosine(row, vector);
      if (cosine >= leastCosine) byMeaning[row] = cosine / (1 + wordWeight);
      const byWords = words === null ? Number.NaN : (wordWeight * words.scores[row]) / (1 + wordWeight);
      if (byMeaning[row] === 0 && Number.isNaN(byWords)) continue;
      scores[row] = byMeaning[row] + (Number.isNaN(byWords) ? 0 : byWords);
      answers += 1;
    }
    if (answers === 0) return null;
    const shown = Array.from(text.slice(0, 2 * mostShown));
    const asked = shown.length > mostShown ? `${shown.slice(0, mostShown - 1).join("")}…` : text;
    return { scores, matchesOf: (row) => matchesOf({ asked, row, byMeaning: byMeaning[row], words }) };
  }

  #cosine(row: number, vector: Float32Array): number {
    const { dim, rows } = this.#part;
    const from = this.#rowIn[row] * dim;
    if (from < 0) return 0;
    let sum = 0;
    for (let k = 0; k < dim; k++) sum += rows.values[from + k] * vector[k];
    return Math.min(1, sum * this.#byLength[row]);
  }
}

interface Matched {
  readonly asked: string;
  readonly row: number;
  readonly byMeaning: number;
  readonly words: TextAnswer | null;
}

function matchesOf({ asked, row, byMeaning, words }: Matched): readonly TextMatch[] {
  const { wordWeight } = meaningOptions;
  const isByWords = words !== null && !Number.isNaN(words.scores[row]);
  const matches = (isByWords ? words.matchesOf(row) : []).map((match) => ({
    ...match,
    contribution: (wordWeight * match.contribution) / (1 + wordWeight),
  }));
  const meant = byMeaning > 0 ? [{ asked, found: null, contribution: byMeaning }] : [];
  return [...meant, ...matches].sort((a, b) => b.contribution - a.contribution);
}

/** Of the integers of a row: the scale is in a cosine's both halves. */
function lengthOf({ dim, rows: { values } }: MeaningsPart, row: number): number {
  let square = 0;
  for (let at = row * dim; at < (row + 1) * dim; at++) square += values[at] * values[at];
  return Math.sqrt(square);
}
