/** What a consent banner shows and does, by what holds and who decided it. */
import type { ConsentFlags } from "../../../worker/api.ts";
import type { ConsentState } from "../../types.ts";

/** The person has chosen: nobody is asked twice. */
export function hasChosen({ because }: ConsentState): boolean {
  return because.personalise === "person";
}

/** Global Privacy Control decides, and the person has not. */
export function isByPrivacyControl({ because }: ConsentState): boolean {
  return because.contribute === "gpc";
}

/** What "yes" in one press means: a browser that asks to share nothing is not overruled by it. */
export function yesTo(state: ConsentState): ConsentFlags {
  return { personalise: true, contribute: !isByPrivacyControl(state) };
}

/** Nothing is contributed of what is not kept. */
export function choiceOf(switches: ConsentFlags): ConsentFlags {
  return { personalise: switches.personalise, contribute: switches.personalise && switches.contribute };
}

/**
 * Something may have been learned here: it holds now, or it held before a choice that was not a "no", which
 * erases.
 */
export function mayHaveLearned({ personalise, because }: ConsentState, hasHeld: boolean): boolean {
  return personalise || (hasHeld && because.personalise !== "person");
}
