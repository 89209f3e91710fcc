/** Why a product stands where it stands: parts that add up to its score, exactly. */
import { useEffect, useState } from "preact/hooks";
import type { Explanation, Recommendation, Tacit } from "../../sdk/index.ts";
import type { Product } from "../shop/products.ts";
import { useAnswer } from "../shop/tacit.ts";
import { Picture } from "../shop/tile.tsx";
import { Bar } from "./bar.tsx";
import { InSentence } from "./insentence.tsx";
import { inUnits, perUnit } from "./units.ts";
import { WhatIf } from "./whatif.tsx";
import { wholeParts } from "./wholeparts.ts";
import { linesOf } from "./whylines.ts";

export function Why({ tacit, byId }: { readonly tacit: Tacit; readonly byId: ReadonlyMap<string, Product> }) {
  const answer = useAnswer<readonly Recommendation[]>({
    what: "drawer",
    ask: (sdk) => sdk.recommend({ count: 6 }),
    otherwise: [],
  });
  const items = answer.state === "known" ? answer.value : [];
  const [picked, setPicked] = useState<string>();
  const item = items.find((one) => one.item === picked)?.item ?? items[0]?.item;
  return (
    <section aria-labelledby="drawer-why">
      <h3 id="drawer-why">Why these, for you</h3>
      {items.length === 0 && answer.state === "known" && <p class="none">Nothing is recommended yet.</p>}
      <fieldset class="picks" aria-label="Recommended now">
        {items.map(({ item: id, title }) => {
          const product = byId.get(id);
          return (
            product !== undefined && (
              <button
                type="button"
                key={id}
                aria-label={title}
                aria-pressed={id === item}
                title={title}
                onClick={() => setPicked(id)}
              >
                <Picture product={product} />
              </button>
            )
          );
        })}
      </fieldset>
      {item !== undefined && <Parts tacit={tacit} item={item} />}
    </section>
  );
}

function Parts({ tacit, item }: { readonly tacit: Tacit; readonly item: string }) {
  const [explanation, setExplanation] = useState<Explanation | null>(null);
  const [asked, setAsked] = useState<string>();
  useEffect(() => {
    let live = true;
    const refresh = async () => {
      const next = await tacit.explain(item);
      if (live) setExplanation(next);
    };
    void refresh();
    const stop = tacit.on("change", refresh);
    return () => {
      live = false;
      stop();
    };
  }, [tacit, item]);
  if (explanation === null || explanation.item !== item) return <p class="none">…</p>;
  const { title, score, rank, of, reasons } = explanation;
  const lines = linesOf(reasons);
  const longest = Math.max(...lines.map(({ contribution }) => Math.abs(contribution)), 1e-9);
  const total = Math.round(score * perUnit);
  const parts = wholeParts(
    lines.map(({ contribution }) => contribution * perUnit),
    total,
  );
  return (
    <div class="parts" aria-live="polite">
      <p>
        <strong>{title}</strong> is number {rank.toLocaleString("en-GB")} of {of.toLocaleString("en-GB")} for
        you:
      </p>
      <InSentence reasons={reasons} />
      <ul class="bars">
        {lines.map(({ text, contribution, events }, place) => (
          <li key={text}>
            <span class="bars-name">
              {text}
              {events.length > 0 && (
                <button
                  type="button"
                  class="link what-if-ask"
                  aria-expanded={asked === text}
                  aria-label={`What if not? ${text}`}
                  onClick={() => setAsked(asked === text ? undefined : text)}
                >
                  What if not?
                </button>
              )}
            </span>
            <Bar share={contribution / longest} />
            <span class="bars-value">{inUnits(parts[place])}</span>
            {asked === text && events.length > 0 && (
              <WhatIf tacit={tacit} now={explanation} without={events} onClose={() => setAsked(undefined)} />
            )}
          </li>
        ))}
        <li class="bars-sum">
          <span class="bars-name">Sum, its score</span>
          <span />
          <span class="bars-value">{inUnits(total)}</span>
        </li>
      </ul>
    </div>
  );
}
