/**
 * IAB Europe's Transparency and Consent Framework, version 2.2, as consent tools offer it
 * (https://github.com/InteractiveAdvertisingBureau/GDPR-Transparency-and-Consent-Framework, "TCFv2/IAB Tech Lab - CMP
 * API v2.md").
 *
 * Personalising here takes consent to purposes 1 (store and read on the device), 5 (create a profile to
 * personalise content) and 6 (use it); contributing takes 1, 9 (understand audiences through statistics) and 10
 * (develop and improve services). Where the site asks for its own purposes (`publisher`), that is what counts: the
 * site is the one that personalises.
 */
import { fieldsIn } from "../../core/events/standards/product.ts";
import type { ConsentFlags } from "../../worker/api.ts";
import { attempt, type Stop } from "./attempt.ts";
import { type Permitting, ToolsChoices } from "./choices.ts";

const purposes = { personalise: [1, 5, 6], contribute: [1, 9, 10] } as const;

/** `__tcfapi`, which a tool's stub makes before the tool has loaded. */
export type TcfApi = (
  command: string,
  version: number,
  callback: (data: unknown, success: boolean) => void,
  parameter?: unknown,
) => void;

/**
 * @param api the page's `__tcfapi` by default.
 * @throws {TypeError} where there is none: the tool's stub must stand before.
 *
 * @example
 * fromTcf(tacit);
 */
export function fromTcf(tacit: Partial<Permitting>, api: TcfApi = pagesApi()): Stop {
  const choices = new ToolsChoices(tacit, "tcf");
  let listener: unknown;
  let isStopped = false;
  api("addEventListener", 2, (data, success) =>
    attempt(() => {
      if (isStopped || !success) return;
      listener = fieldsIn(data).listenerId ?? listener;
      const chosen = choiceIn(data);
      if (chosen !== null) choices.tell(chosen);
    }),
  );
  return () => {
    isStopped = true;
    choices.stop();
    if (listener !== undefined) api("removeEventListener", 2, () => undefined, listener);
  };
}

function pagesApi(): TcfApi {
  const { __tcfapi: api } = globalThis as { readonly __tcfapi?: unknown };
  if (typeof api === "function") return api as TcfApi;
  throw new TypeError(`tcf: expected window.__tcfapi of the site's consent tool, got ${typeof api}`);
}

/** Null while the person has not been asked, has not answered, or need not be asked. */
export function choiceIn(data: unknown): ConsentFlags | null {
  const { gdprApplies, eventStatus, purpose, publisher } = fieldsIn(data);
  if (gdprApplies !== true) return null;
  if (eventStatus !== "tcloaded" && eventStatus !== "useractioncomplete") return null;
  const own = fieldsIn(fieldsIn(publisher).consents);
  const consents = Object.keys(own).length > 0 ? own : fieldsIn(fieldsIn(purpose).consents);
  const has = (asked: readonly number[]): boolean => asked.every((number) => consents[number] === true);
  return { personalise: has(purposes.personalise), contribute: has(purposes.contribute) };
}
