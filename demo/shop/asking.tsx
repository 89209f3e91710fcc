/**
 * What a person likes, asked before anything is known: the families of the shop, as many as they want. The
 * answer stays in the browser, puts the first shelf in order, and can be taken back here and in the panel.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Panel } from "../../sdk/index.ts";
import { families } from "../catalogue/family.ts";
import { useConsent } from "./consent.ts";
import { declare, useAnswer } from "./tacit.ts";

/** Whoever has dealt with a few things is known better than by a question. */
const mostEvents = 20;

/** A click counts for so long, until what was said has come back with the panel. */
const settleMs = 1_500;

interface Said {
  readonly atMs: number;
  readonly families: readonly string[];
}

export function Asking() {
  const [said, setSaid] = useState<Said | null>(null);
  const consent = useConsent();
  const last = useRef<Said | null>(null);
  const answer = useAnswer<Panel | null>({
    what: "panel",
    ask: (tacit) => tacit.panel(),
    otherwise: null,
  });
  const panel = answer.state === "waiting" ? null : answer.value;
  // A new panel may know better, as after "Forget" in the panel.
  useEffect(() => {
    if (last.current !== null && Date.now() - last.current.atMs < settleMs) return;
    last.current = null;
    setSaid(null);
  }, [panel]);
  // An answer would be kept nowhere.
  if (panel === null || consent?.personalise === false) return null;
  const known = likedIn(panel.facts);
  const liked = said?.families ?? known;
  if (liked.length === 0 && panel.events.length >= mostEvents) return null;
  const toggle = (family: string): void => {
    // Of two quick clicks the second one knows of the first.
    const before = last.current?.families ?? known;
    const families = before.includes(family) ? before.filter((one) => one !== family) : [...before, family];
    last.current = { atMs: Date.now(), families };
    setSaid(last.current);
    declare({ categories: families.length === 0 ? null : families });
  };
  return (
    <section class="asking" aria-labelledby="asking-title">
      <h2 id="asking-title">What do you like?</h2>
      <ul class="chips">
        {families.map((family) => (
          <li key={family}>
            <button
              type="button"
              class="chip"
              aria-pressed={liked.includes(family)}
              onClick={() => toggle(family)}
            >
              {family}
            </button>
          </li>
        ))}
      </ul>
      <p class="asking-note">Your answer stays in this browser. The shop's server does not learn it.</p>
    </section>
  );
}

function likedIn(facts: Panel["facts"]): readonly string[] {
  const value = facts.find(({ fact }) => fact === "categories")?.value;
  return typeof value === "object" ? value : [];
}
