/**
 * The two permissions and who decided them: person > Global Privacy Control > site > default.
 *
 * Only the person's own choices are kept, so a site that changes its default does not overrule anybody and a
 * browser that starts to send the signal is heard at once. The signal speaks about what leaves the device: it
 * decides `contribute` and leaves `personalise`, which stays here, to the site and the person.
 *
 * The choices are kept here and by the worker (core/consent.ts). Until both have spoken the page may not know
 * of a "no" that it lost: `isKnown` says whether it does.
 */
import {
  type Choices,
  choose,
  chooseUnknowing,
  encodeChoices,
  laterChoices,
  noChoices,
  parseChoices,
} from "../core/consent.ts";
import { given } from "../core/given.ts";
import { hintAt } from "../core/nearest.ts";
import type { ConsentFlags } from "../worker/api.ts";
import { decide, defaults } from "./decide.ts";
import { recordKey as key } from "./loader/permission.ts";
import type { TextStore } from "./page.ts";
import type { ConsentState } from "./types.ts";

/** The person's choices, over what the site and the browser say. */
export class Consent {
  readonly #store: TextStore;
  readonly #mayStore: () => boolean;
  readonly #privacyControl: boolean;
  #site: Partial<ConsentFlags> = {};
  /** The latest this page knows of, however the store fares. */
  #latest: Choices = noChoices;
  #isKnown = false;
  /** What was chosen here before it was known what was chosen before that; null: nothing. */
  #unknowing: Partial<ConsentFlags> | null = null;

  /** @param mayStore whether anything may be stored of whom nobody has asked; always unless given */
  constructor({
    store,
    privacyControl,
    mayStore = () => true,
  }: {
    readonly store: TextStore;
    readonly privacyControl: boolean;
    readonly mayStore?: () => boolean;
  }) {
    this.#store = store;
    this.#mayStore = mayStore;
    this.#privacyControl = privacyControl;
  }

  /** Whether it is certain what the person chose before: a record of it is here, or the worker has said. */
  get isKnown(): boolean {
    return this.#isKnown || this.#stored() !== null;
  }

  /** What the person chose, whichever tab heard it. */
  choices(): Choices {
    this.#latest = laterChoices(this.#latest, this.#stored() ?? noChoices);
    return this.#latest;
  }

  /** What holds now. */
  state(): ConsentState {
    return decide({ person: this.choices(), privacyControl: this.#privacyControl, site: this.#site });
  }

  /** What holds where the person has not chosen. */
  siteSays(choices: Partial<ConsentFlags>): void {
    this.#site = choices;
  }

  /** Records the person's choice; what it does not name stays as it was chosen. */
  choose(change: Partial<ConsentFlags>): ConsentState {
    const before = this.choices();
    const isKnown = this.isKnown;
    this.#latest = isKnown ? choose(before, change) : chooseUnknowing(before, change, Date.now());
    if (!isKnown || this.#unknowing !== null) this.#unknowing = { ...this.#unknowing, ...change };
    this.restore();
    return this.state();
  }

  /** Takes over a copy that is later than this one; from now on it is known what was chosen before. */
  adopt(copy: Choices): void {
    const here = this.choices();
    // What was chosen here came after all that others knew.
    const revision = Math.max(here.revision, copy.revision + 1);
    const own = this.#unknowing;
    this.#latest = own === null ? laterChoices(here, copy) : { ...copy, ...here, ...own, revision };
    this.#unknowing = null;
    this.#isKnown = true;
    this.restore();
  }

  /** Another page wrote that: news also for a page that cannot read it. */
  hear(written: string, text: string | null): void {
    const choices = written === key && text !== null ? parseChoices(text) : null;
    if (choices !== null) this.learn(choices);
  }

  /** Takes over what somebody knows who need not know all. */
  learn(choices: Choices): void {
    this.#latest = laterChoices(this.choices(), choices);
  }

  /**
   * Writes down what is known where the store has lost it: a page that knows of nothing says nothing. An
   * answer is written whatever may be stored.
   */
  restore(): void {
    if (this.choices().revision === 0 && !(this.#isKnown && this.#mayStore())) return;
    const text = encodeChoices(this.choices());
    if (this.#store.read(key) !== text) this.#store.write(key, text);
  }

  /** Null when there is no record, or something else wrote this key. */
  #stored(): Choices | null {
    const text = this.#store.read(key);
    return text === null ? null : parseChoices(text);
  }
}

/**
 * Checks permissions that come from a page.
 *
 * @throws {TypeError} `who: …` naming the permission, what was expected and what came.
 */
export function parsePermissions(who: string, value: unknown): Partial<ConsentFlags> {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${who}: consent must be an object, got ${typeof value}`);
  }
  for (const [name, flag] of Object.entries(value)) {
    if (!Object.hasOwn(defaults, name)) {
      const got = name + hintAt(name, Object.keys(defaults));
      throw new TypeError(`${who}: consent must name personalise or contribute, got ${got}`);
    }
    if (flag !== undefined && typeof flag !== "boolean") {
      throw new TypeError(`${who}: ${name} must be true or false, got ${typeof flag}`);
    }
  }
  return given(value);
}
