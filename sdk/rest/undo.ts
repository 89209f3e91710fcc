/** What takes a wish back: it says again what held before, of what nobody has spoken of since. */
import type { FactInput } from "../../core/events/fact.ts";
import { type Wish, wishFact } from "../../core/policy/wish.ts";
import type { Steered } from "../parts.ts";

export interface UndoOptions {
  /** What is wished for as far as it is kept. */
  readonly held: Promise<readonly Wish[]>;
  /** What was wished last on this page, by name of its fact. */
  readonly wished: Map<string, FactInput>;
  readonly attempt: (run: () => void) => void;
}

export async function undoOf(
  { said, before, say }: Steered,
  { held, wished, attempt }: UndoOptions,
): Promise<() => void> {
  const known = new Map(
    (await held).map((wish): [string, FactInput] => [wishFact(wish).fact, wishFact(wish)]),
  );
  // What this page has said lately may be on its way still.
  for (const [name, fact] of before) known.set(name, fact);
  return () => {
    const again = said
      .filter((fact) => wished.get(fact.fact) === fact)
      .map((fact) => known.get(fact.fact) ?? { ...fact, value: null });
    attempt(() => say(again));
    for (const fact of again) wished.set(fact.fact, fact);
  };
}
