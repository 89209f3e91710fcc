/**
 * What a language has to say, whole: a widget or a text that is missing in one does not compile.
 *
 * Whatever is the site's own (titles, categories) comes isolated in its direction, and no word bends to it.
 */

/** Which list a shelf shows. */
export type ShelfList = "for-you" | "similar" | "together" | "trending" | "again";

export interface ShelfWords {
  readonly headings: Readonly<Record<ShelfList, string>>;
  /** Of the button beside a product. */
  readonly options: (title: string) => string;
}

/** What may be asked about a card, and what becomes of it: with shelf-options.js. */
export interface CardWords {
  readonly why: string;
  readonly moreLike: string;
  readonly notForMe: string;
  readonly nothingFrom: (category: string) => string;
  readonly undo: string;
  readonly muted: (title: string) => string;
  readonly mutedAll: (category: string) => string;
  readonly boosted: (title: string) => string;
}

export interface ConsentWords {
  readonly heading: string;
  readonly text: string;
  readonly personalise: string;
  readonly personaliseHint: string;
  readonly contribute: string;
  readonly contributeHint: string;
  readonly privacyControl: string;
  /** Where a permission holds and the person has not chosen. */
  readonly byDefault: string;
  readonly erases: string;
  readonly no: string;
  readonly yes: string;
  /** Where Global Privacy Control is on: one press is not to overrule it. */
  readonly yesHere: string;
  readonly save: string;
  readonly policy: string;
  /** Leads to the panel, where there is one. */
  readonly known: string;
}

export interface OnboardingWords {
  readonly heading: string;
  readonly categories: string;
  /** How many are chosen, by the plural of the number, which stands for `#`. */
  readonly chosen: { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>;
  readonly interests: string;
  readonly interestsHint: string;
  readonly onDevice: string;
  readonly save: string;
  readonly skip: string;
  readonly saved: string;
  readonly undo: string;
}

export interface WidgetWords {
  readonly shelf: ShelfWords;
  readonly card: CardWords;
  readonly consent: ConsentWords;
  readonly onboarding: OnboardingWords;
}
