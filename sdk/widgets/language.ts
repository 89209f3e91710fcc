/**
 * In which language a widget speaks: the nearest `lang` up the tree, shadow hosts included, else the document's or
 * the browser's. English is in each widget; another language is a file that is loaded when it is needed.
 */
/** Of which there are words, beside English. */
const spoken = ["ar", "de", "es", "fr", "zh"] as const;
export type Spoken = (typeof spoken)[number];

export interface Language {
  /** The tag that numbers and prices are written by, and reasons are worded in. */
  readonly locale: string;
  /** Which words: "en" also for a language that there are none of. */
  readonly words: Spoken | "en";
  /** How the words run; null where they are English for want of others, and the page's direction holds. */
  readonly direction: "ltr" | "rtl" | null;
}

/** Of a BCP 47 tag. */
export function languageOf(tag: string): Language {
  const [first = ""] = tag
    .trim()
    .toLowerCase()
    .split(/[-_.@]/);
  const words = spoken.find((each) => each === first) ?? "en";
  const isKnown = words !== "en" || first === "en";
  return {
    locale: isKnown ? canonical(tag, words) : "en",
    words,
    direction: isKnown ? (words === "ar" ? "rtl" : "ltr") : null,
  };
}

/** The tag that holds for an element. */
export function tagOf(element: Element): string {
  for (let each: Element | null = element; each !== null; ) {
    const tagged: Element | null = each.closest("[lang]");
    const tag = tagged?.getAttribute("lang")?.trim();
    if (tag) return tag;
    const root: Node = (tagged ?? each).getRootNode();
    each = tagged?.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
  }
  return navigator.language || "en";
}

/** "3 chosen": the number by its plural, written as the language writes it. */
export function counted(
  forms: { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>,
  count: number,
  locale: string,
): string {
  const form = forms[new Intl.PluralRules(locale).select(count)] ?? forms.other;
  return form.replace("#", new Intl.NumberFormat(locale).format(count));
}

function canonical(tag: string, otherwise: string): string {
  try {
    return Intl.getCanonicalLocales(tag.replace(/[.@].*/s, "").replaceAll("_", "-"))[0] ?? otherwise;
  } catch {
    return otherwise;
  }
}
