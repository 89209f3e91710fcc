/**
 * Which items a text asks for, word by word: each telling word of the text is held against every word that
 * stands in a title, and an item is as near to it as the nearest of its words.
 *
 *   nearness(w, i) = max over words t of title i of s(w, t)  +  c * max over words t of its categories
 *   s(w, t)        = max(0, cos(w, t))^4;  1 for the same word, also where the file does not know it
 *   score(i)       = sum over w of a(w) nearness(w, i) / ((1 + c) sum over w of a(w))
 *   a(w)           = 1e-3 / (1e-3 + p(w)),  p(w) = 0.1 / (place of w + 2)
 *
 * a is smooth inverse frequency (Arora, Liang, Ma 2017) with the frequency that Zipf's law gives a place; c =
 * 0.3. Held against means of vectors (the usual way) by texts of its own: docs/decisions/0036. Nothing of a
 * catalogue but its words is needed, so it is made on the device in milliseconds.
 */
import { stemOf, wordsIn } from "../../events/words.ts";
import type { TextAnswer, TextMatch } from "../answer.ts";
import { tellingWords, tells } from "./telling.ts";
import type { WordVectors } from "./wordvectors.ts";

/** What is said about an item. */
export interface ItemWords {
  readonly title: string;
  readonly categories: readonly string[];
}

const sharpness = 4;
const categoryWeight = 0.3;
/**
 * An item is an answer when a word of its title or categories has a cosine of 0.35 with one of the text, at
 * least.
 */
const leastNearness = 0.35 ** sharpness;

/** The words of a catalogue with their vectors. */
export class CatalogueWords {
  readonly #vectors: WordVectors;
  readonly #termOf = new Map<string, number>();
  /** The form of each term that came first. */
  readonly #forms: string[] = [];
  readonly #titles: Terms;
  readonly #categories: Terms;
  /** A row for each term, of length 1 or zeros. */
  readonly #rows: Float32Array;
  readonly #count: number;

  constructor(items: readonly ItemWords[], vectors: WordVectors) {
    this.#vectors = vectors;
    this.#count = items.length;
    this.#titles = termsOf(items, ({ title }) => this.#termsIn(title));
    this.#categories = termsOf(items, ({ categories }) => this.#termsIn(categories.join(" ")));
    const { dim } = vectors;
    this.#rows = new Float32Array(this.#forms.length * dim);
    for (const [term, form] of this.#forms.entries()) {
      vectors.vectorInto(vectors.placeOf(form), this.#rows.subarray(term * dim, (term + 1) * dim));
    }
  }

  /** Null for a text of which no word is known, neither here nor to the file. */
  answer(text: string): TextAnswer | null {
    const asked = tellingWords(text).flatMap((word) => this.#asked(word) ?? []);
    if (asked.length === 0) return null;
    const whole = asked.reduce((sum, { weight }) => sum + weight, 0) * (1 + categoryWeight);
    const parts = asked.map((word) => ({ ...word, factor: word.weight / whole }));
    return { scores: this.#scoresOf(parts), matchesOf: (row) => this.#matchesOf(parts, row) };
  }

  #asked(word: string): Asked | null {
    const place = this.#vectors.placeOf(word);
    const same = this.#termOf.get(stemOf(word));
    if (place < 0 && same === undefined) return null;
    const { dim } = this.#vectors;
    const vector = new Float32Array(dim);
    this.#vectors.vectorInto(place, vector);
    const near = new Float32Array(this.#forms.length);
    for (let term = 0, from = 0; term < near.length; term++, from += dim) {
      let cosine = 0;
      for (let k = 0; k < dim; k++) cosine += vector[k] * this.#rows[from + k];
      near[term] = term === same ? 1 : Math.min(1, Math.max(0, cosine)) ** sharpness;
    }
    return { word, weight: commonness / (commonness + frequencyOf(place)), near };
  }

  #scoresOf(parts: readonly Part[]): Float64Array {
    const scores = new Float64Array(this.#count);
    for (let row = 0; row < scores.length; row++) {
      let nearest = 0;
      for (const { near, factor } of parts) {
        const title = this.#titles.nearest(row, near).near;
        const category = this.#categories.nearest(row, near).near;
        scores[row] += factor * (title + categoryWeight * category);
        nearest = Math.max(nearest, title, category);
      }
      if (nearest < leastNearness) scores[row] = Number.NaN;
    }
    return scores;
  }

  #matchesOf(parts: readonly Part[], row: number): readonly TextMatch[] {
    const matches = parts.map(({ word, near, factor }): TextMatch => {
      const title = this.#titles.nearest(row, near);
      const category = this.#categories.nearest(row, near);
      const best = title.near >= categoryWeight * category.near ? title : category;
      const contribution = factor * (title.near + categoryWeight * category.near);
      return { asked: word, found: this.#forms[best.term] ?? "", contribution };
    });
    return matches
      .filter(({ contribution }) => contribution > 0)
      .sort((a, b) => b.contribution - a.contribution);
  }

  #termsIn(text: string): readonly number[] {
    return wordsIn(text)
      .filter(tells)
      .map((word) => {
        const stem = stemOf(word);
        const known = this.#termOf.get(stem);
        if (known !== undefined) return known;
        const term = this.#forms.length;
        this.#termOf.set(stem, term);
        this.#forms.push(word);
        return term;
      });
  }
}

interface Asked {
  readonly word: string;
  readonly weight: number;
  /** By term, 0..1. */
  readonly near: Float32Array;
}

interface Part extends Asked {
  /** What nearness 1 adds to a score. */
  readonly factor: number;
}

const commonness = 1e-3;

/** Share of all words of a language that the word at this place has; next to none for one that is not there. */
function frequencyOf(place: number): number {
  return place < 0 ? 0 : 0.1 / (place + 2);
}

interface Nearest {
  readonly term: number;
  readonly near: number;
}

/** Terms of all items, one list after the other. */
class Terms {
  readonly #starts: Uint32Array;
  readonly #terms: Uint32Array;

  constructor(starts: Uint32Array, terms: Uint32Array) {
    this.#starts = starts;
    this.#terms = terms;
  }

  /** Of the terms of a row the one with the most `near`; term -1 where it has none. */
  nearest(row: number, near: Float32Array): Nearest {
    let best = -1;
    let most = 0;
    for (let at = this.#starts[row]; at < this.#starts[row + 1]; at++) {
      const term = this.#terms[at];
      if (best >= 0 && near[term] <= most) continue;
      best = term;
      most = near[term];
    }
    return { term: best, near: most };
  }
}

function termsOf(items: readonly ItemWords[], termsIn: (item: ItemWords) => readonly number[]): Terms {
  const starts = new Uint32Array(items.length + 1);
  const terms: number[] = [];
  for (const [row, item] of items.entries()) {
    terms.push(...new Set(termsIn(item)));
    starts[row + 1] = terms.length;
  }
  return new Terms(starts, Uint32Array.from(terms));
}
