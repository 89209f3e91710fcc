/**
 * Branches whose loss no unit test notices, each with the reason why that is accepted. Any other survivor fails
 * the run, and so does an entry here that has died or gone.
 */
export interface Accepted {
  readonly file: string;
  readonly what: string;
  /** The beginning of what stands there, on one line. */
  readonly source: string;
  readonly because: string;
}

export const accepted: readonly Accepted[] = [
  {
    file: "sdk/capture/clicks.ts",
    what: "&& without its right side",
    source: "this.#acts.click(event, item, navigator.userActivation?.isActive) && mark !== null",
    because: "no act counts without an item, and no item is without a mark; only the compiler does not know",
  },
  {
    file: "sdk/capture/gallery.ts",
    what: "?? without its right side",
    source: "this.#owners.get(entry.target) ?? []",
    because: "what is observed has an owner; only the compiler does not know",
  },
  {
    file: "sdk/capture/gallery.ts",
    what: "if taken as true",
    source: "if (entry.isIntersecting || wasInView)",
    because: "saves judging what never was in view: thousands of elements at once, and the same outcome",
  },
  {
    file: "sdk/capture/gallery.ts",
    what: "&& without its right side",
    source: "isContents && outer !== null",
    because: "only the document's root has nothing around it; only the compiler does not know",
  },
  {
    file: "sdk/capture/gallery.ts",
    what: "if taken as false",
    source: "if (known !== undefined) return known;",
    because: "a memory within one task: without it the same windows are measured again",
  },
  {
    file: "sdk/consent.ts",
    what: "? taken as false",
    source: "text === null ? null : parseChoices(text)",
    because: "no text is no choices, too; only the compiler does not know",
  },
  {
    file: "sdk/consent.ts",
    what: "&& without its right side",
    source: "written === key && text !== null",
    because: "no text is no choices, too; only the compiler does not know",
  },
];
