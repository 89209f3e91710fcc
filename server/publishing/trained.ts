/** Factors learned from logs, in this process or beside it, on their way into force. */
import { messageOf } from "../../core/errors.ts";
import type { LearnedItems } from "../kinds/itemfactors/knowledge.ts";
import { parseLearned } from "../kinds/itemfactors/learned.ts";
import type { Editions } from "./editions.ts";
import type { Verdict } from "./gate.ts";
import type { InForce } from "./inforce.ts";
import { namedOrKnown } from "./model.ts";
import { type Became, becameOf } from "./outcome.ts";

export interface Trained {
  readonly verdict: Verdict;
  readonly isPublished: boolean;
  readonly became: Became;
}

/** Judges what was learned; it comes into force unless it is refused, or all the same where it is forced. */
export async function publishTrained(
  editions: Editions,
  inForce: InForce,
  learned: LearnedItems,
  isForced: boolean,
): Promise<Trained> {
  const { work, log } = editions;
  const { verdict, draft } = await work.run("judge", {
    inForce,
    forgotten: editions.forgotten(),
    learned: namedOrKnown(learned, inForce.learned),
    round: inForce.model.round + 1,
    origin: "train",
  });
  const isPublished = draft !== null && (verdict.verdict !== "refused" || isForced);
  if (!isPublished) {
    log("training refused", { verdict: verdict.verdict });
    return { verdict, isPublished, became: "refused" };
  }
  const next = await editions.publish(draft, "superseded: trained on logs");
  const became = next !== null && verdict.verdict === "refused" ? "forced" : becameOf(verdict, next !== null);
  log("training published", { verdict: verdict.verdict, became });
  return { verdict, isPublished, became };
}

export type ReadTrained =
  | { readonly ok: true; readonly learned: LearnedItems }
  | { readonly ok: false; readonly detail: string };

/** Bytes of `encodeLearned` from elsewhere: taken for these very items and this length alone. */
export function readTrained(
  bytes: Uint8Array,
  { items, dim }: { readonly items: readonly string[]; readonly dim: number },
): ReadTrained {
  let learned: LearnedItems;
  try {
    learned = parseLearned(bytes);
  } catch (error) {
    return { ok: false, detail: messageOf(error) };
  }
  if (learned.dim !== dim) {
    return { ok: false, detail: `factors must have training.dim ${dim} numbers, got ${learned.dim}` };
  }
  const isSame = items.length === learned.items.length && items.every((item, k) => item === learned.items[k]);
  if (!isSame) {
    const detail = `factors must be of the ${items.length} items in force, got others: learn again`;
    return { ok: false, detail };
  }
  const { factors, counts, people, countVariance } = learned;
  const areNumbers = [factors, counts, people, countVariance].every((numbers) =>
    numbers.every(Number.isFinite),
  );
  return areNumbers ? { ok: true, learned } : { ok: false, detail: "numbers must be finite, got others" };
}
