/**
 * What is permitted, as far as it has to be known before page.js comes: the record of an earlier page, over
 * it what was chosen here, and what the site says. A record that cannot be read here, and a no that a stub
 * wrote, count as a no.
 *
 * What is chosen here is written under a key of its own, and merged with the record by whoever has what it
 * takes (consent.ts): this page's rest, another tab's, or the next page's.
 */
import type { ConsentFlags } from "../../worker/api.ts";
import { decide, permissionsOf } from "../decide.ts";
import { chosenKey, refusedKey } from "../due.ts";
import { type Page, valueIn } from "../page.ts";
import type { ConsentState } from "../types.ts";

export const recordKey = "tacit.consent";

export class Permission {
  readonly #page: Pick<Page, "store" | "privacyControl"> | null;
  /** Of this page, where it could not be written down. */
  #chosen: Partial<ConsentFlags> = {};
  /** What this page wrote down; null: nothing. */
  #written: string | null = null;
  /** What holds where the person has not chosen. */
  site: Partial<ConsentFlags> = {};

  constructor(page: Pick<Page, "store" | "privacyControl"> | null) {
    this.#page = page;
  }

  /** Whether it is certain what the person chose. */
  get isKnown(): boolean {
    return this.#earlier().personalise !== undefined || this.#record() !== null;
  }

  /** Whether what was chosen here was merged with the record meanwhile, which has gone on since. */
  get isTaken(): boolean {
    return this.#written !== null && this.#page?.store.read(chosenKey) !== this.#written;
  }

  state(): ConsentState {
    const store = this.#page?.store;
    const earlier = this.#earlier();
    const [, personalise, contribute] = this.#record() ?? [];
    const isRefused = (store?.read(refusedKey) ?? null) !== null;
    const isUnread = personalise === undefined && (store?.read(recordKey) ?? null) !== null;
    const word = (sign: string | undefined, said: boolean | undefined): boolean | undefined => {
      if (isRefused && this.#written === null) return false;
      if (said !== undefined) return said;
      return isUnread ? false : sign === undefined || sign === "?" ? undefined : sign === "+";
    };
    return decide({
      person: {
        personalise: word(personalise, earlier.personalise),
        contribute: word(contribute, earlier.contribute),
      },
      privacyControl: this.#page?.privacyControl === true,
      site: this.site,
    });
  }

  choose(change: Partial<ConsentFlags>): void {
    const all = { ...this.#earlier(), ...change };
    const text = JSON.stringify(all);
    const isWritten = this.#page?.store.write(chosenKey, text);
    this.#chosen = isWritten ? {} : all;
    this.#written = isWritten ? text : null;
  }

  /** What was chosen on a page, perhaps this, whose rest had not come. */
  #earlier(): Partial<ConsentFlags> {
    return { ...permissionsOf(valueIn(this.#page?.store.read(chosenKey) ?? null)), ...this.#chosen };
  }

  /** As consent.ts writes it. */
  #record(): RegExpExecArray | null {
    return /^[0-9a-f]{6}([-+?])([-+?])$/.exec(this.#page?.store.read(recordKey) ?? "");
  }
}
