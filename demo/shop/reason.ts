/**
 * Reasons as the shop's lines: the SDK's words, with a capital, and for a tile one that speaks for its
 * product.
 */

import type { Reason, Recommendation } from "../../sdk/index.ts";
import { reasonInWords } from "../../sdk/reasons/reasons.ts";

/** The shop speaks English. */
const language = "en-GB";

/** A reason on its own, as in a list of all reasons. */
export function reasonAlone(reason: Reason): string {
  return capital(reasonInWords(reason, { language }));
}

/**
 * The line under a recommended tile: the strongest reason that speaks for it, and that it is not new to the
 * person. What the person did is said beside what everybody wants: that it is wanted makes no shelf of one's
 * own.
 */
export function lineUnderTile({ reasons, again }: Pick<Recommendation, "reasons" | "again">): string {
  if (again === true) return "You have seen everything there is";
  const favour = reasons.filter(({ contribution }) => contribution > 0);
  const [strongest] = favour;
  if (strongest === undefined) return "";
  const own = favour.find(({ why }) => why === "event");
  const line = reasonAlone(strongest);
  return strongest.why === "trending" && own !== undefined
    ? `${line}, and ${reasonInWords(own, { language })}`
    : line;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
