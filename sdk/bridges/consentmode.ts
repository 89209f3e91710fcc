/**
 * Google's Consent Mode, version 2, as consent tools set it
 * (https://developers.google.com/tag-platform/security/guides/consent): `personalization_storage` is the
 * permission to personalise here, `analytics_storage` that to contribute.
 *
 * A `default` is the site's word, and is not told as the person's; an `update` is what they chose, as the
 * tool has it.
 */
import { fieldsIn } from "../../core/events/standards/product.ts";
import type { ConsentFlags } from "../../worker/api.ts";
import type { Stop } from "./attempt.ts";
import { type Permitting, ToolsChoices } from "./choices.ts";
import { callIn, onPush } from "./datalayer.ts";

/** Which of the tool's storages stands for which permission. */
export interface ConsentModeOptions {
  readonly name?: string;
  readonly personalise?: string;
  readonly contribute?: string;
}

/**
 * @param tacit the stub too.
 *
 * @example
 * fromConsentMode(tacit);
 */
export function fromConsentMode(tacit: Partial<Permitting>, options: ConsentModeOptions = {}): Stop {
  const choices = new ToolsChoices(tacit, "consent-mode");
  // Of what was pushed before only where it ended is what holds: a page may deny first and grant from its record.
  let replayed: Partial<ConsentFlags> | null = {};
  const stop = onPush(options.name ?? "dataLayer", (entry) => {
    const chosen = choiceIn(entry, options);
    if (chosen === null) return;
    if (replayed === null) choices.tell(chosen);
    else replayed = { ...replayed, ...chosen };
  });
  choices.tell(replayed);
  replayed = null;
  return () => {
    stop();
    choices.stop();
  };
}

/** Null for what is no update, or says nothing of either permission. */
export function choiceIn(
  entry: unknown,
  { personalise = "personalization_storage", contribute = "analytics_storage" }: ConsentModeOptions = {},
): Partial<ConsentFlags> | null {
  const [command, what, states] = callIn(entry) ?? [];
  if (command !== "consent" || what !== "update") return null;
  const storages = fieldsIn(states);
  const flag = (name: string): boolean | null =>
    storages[name] === "granted" ? true : storages[name] === "denied" ? false : null;
  const [may, gives] = [flag(personalise), flag(contribute)];
  if (may === null && gives === null) return null;
  return { ...(may === null ? {} : { personalise: may }), ...(gives === null ? {} : { contribute: gives }) };
}
