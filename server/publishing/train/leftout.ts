/**
 * The people of a log who must not be learned from. A list of such people often comes from another system than the
 * log: a name in capitals, in another form of Unicode, or with a character that nobody sees is the same person here.
 * Where that takes two people for one, one more is left out; the other way an objection would go unheard.
 */
import { foldedText } from "../../../core/events/words.ts";

export class PeopleLeftOut {
  readonly #names: ReadonlySet<string>;
  readonly #met = new Set<string>();

  constructor(people: Iterable<string>) {
    this.#names = new Set(Array.from(people, nameOf));
  }

  /** Whether this is one of them; who was asked about counts as met. */
  has(person: string): boolean {
    if (this.#names.size === 0) return false;
    const name = nameOf(person);
    if (!this.#names.has(name)) return false;
    this.#met.add(name);
    return true;
  }

  /** How many there are, and how many nobody asked about. */
  get counts(): { readonly all: number; readonly unmet: number } {
    return { all: this.#names.size, unmet: this.#names.size - this.#met.size };
  }
}

/**
 * As texts are compared, with any space alike, without variation selectors, and with a dotless i as one with
 * a dot.
 */
function nameOf(person: string): string {
  return foldedText(person)
    .replaceAll("\u0131", "i")
    .replaceAll(/[\uFE00-\uFE0F]/g, "")
    .replaceAll(/[\p{Z}\p{Cc}]+/gu, " ")
    .trim();
}
