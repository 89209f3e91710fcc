/**
 * Cards that were read before: each is read again, from its line, when something beyond its id is asked for. A
 * list needs a dozen of them, whatever the size of the catalogue.
 */
import { asciiText } from "../json.ts";
import { type CatalogueCard, cardIn } from "./card.ts";

/** The lines of the cards, as they were found. */
export interface FoundLines {
  readonly text: Uint8Array;
  /** Where each line starts, and where the last one ends. */
  readonly starts: Uint32Array;
}

/** @param items ids, one a line. */
export function readCards(items: readonly string[], found: FoundLines): readonly CatalogueCard[] {
  const lines = new Lines(found);
  return items.map((item, row) => new CardAtLine(item, lines, row));
}

/** Lines that become text together: a decoder called for each takes longer than all that is done with it. */
const linesAtOnce = 64;

class Lines {
  readonly #found: FoundLines;
  readonly #texts: (string | undefined)[] = [];

  constructor(found: FoundLines) {
    this.#found = found;
  }

  line(row: number): string {
    const { text, starts } = this.#found;
    const part = Math.floor(row / linesAtOnce);
    const from = part * linesAtOnce;
    const to = Math.min(from + linesAtOnce, starts.length - 1);
    this.#texts[part] ??= asciiText(text.subarray(starts[from], starts[to]), "readCards");
    return this.#texts[part].slice(starts[row] - starts[from], starts[row + 1] - 1 - starts[from]);
  }
}

class CardAtLine implements CatalogueCard {
  readonly item: string;
  readonly #lines: Lines;
  readonly #row: number;
  #card: CatalogueCard | null = null;

  constructor(item: string, lines: Lines, row: number) {
    this.item = item;
    this.#lines = lines;
    this.#row = row;
  }

  get title() {
    return this.#read().title;
  }
  get url() {
    return this.#read().url;
  }
  get image() {
    return this.#read().image;
  }
  get price() {
    return this.#read().price;
  }
  get categories() {
    return this.#read().categories;
  }
  get publishedAt() {
    return this.#read().publishedAt;
  }
  get available() {
    return this.#read().available;
  }
  get group() {
    return this.#read().group;
  }
  get attributes() {
    return this.#read().attributes;
  }

  #read(): CatalogueCard {
    if (this.#card === null) {
      const card = cardIn(this.#lines.line(this.#row), "readCards");
      if (card.item !== this.item) {
        throw new TypeError(`readCards: item must be "${this.item}", got "${card.item}"`);
      }
      this.#card = card;
    }
    return this.#card;
  }
}
