/** Why a product stands where it stands: parts that add up to its score, exactly. */
import { useEffect, useState } from "preact/hooks";
import type { Explanation, Tacit } from "../../sdk/index.ts";
import type { Catalogue } from "../shop/catalogue.ts";
import { reasonInWords } from "../shop/reason.ts";
import { useShelved } from "../shop/tacit.ts";
import { Picture } from "../shop/tile.tsx";
import { Bar } from "./bar.tsx";

const shownAtMost = 8;

export function Why({ tacit, catalogue }: { readonly tacit: Tacit; readonly catalogue: Catalogue }) {
  const shelved = useShelved("drawer", (sdk) => sdk.recommend({ count: 6 }));
  const items = shelved.state === "known" ? shelved.items : [];
  const [picked, setPicked] = useState<string>();
  const item = items.find((one) => one.item === picked)?.item ?? items[0]?.item;
  return (
    <section aria-labelledby="drawer-why">
      <h3 id="drawer-why">Why these, for you</h3>
      {items.length === 0 && shelved.state === "known" && <p class="none">Nothing is recommended yet.</p>}
      <fieldset class="picks" aria-label="Recommended now">
        {items.map(({ item: id, title }) => {
          const product = catalogue.byId.get(id);
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
  const longest = Math.max(...reasons.map(({ contribution }) => Math.abs(contribution)), 1e-9);
  const shown = reasons.slice(0, shownAtMost);
  const rest = reasons.slice(shownAtMost);
  const restSum = rest.reduce((sum, { contribution }) => sum + contribution, 0);
  return (
    <div class="parts" aria-live="polite">
      <p>
        <strong>{title}</strong> is number {rank.toLocaleString("en-GB")} of {of.toLocaleString("en-GB")} for
        you:
      </p>
      <ul class="bars">
        {shown.map((reason, place) => (
          <li key={place}>
            <span class="bars-name">{reasonInWords(reason)}</span>
            <Bar share={reason.contribution / longest} />
            <span class="bars-value">{signed(reason.contribution)}</span>
          </li>
        ))}
        {rest.length > 0 && (
          <li>
            <span class="bars-name">{rest.length} more</span>
            <Bar share={restSum / longest} />
            <span class="bars-value">{signed(restSum)}</span>
          </li>
        )}
        <li class="bars-sum">
          <span class="bars-name">Sum, its score</span>
          <span />
          <span class="bars-value">{signed(score)}</span>
        </li>
      </ul>
    </div>
  );
}

function signed(value: number): string {
  return `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(3)}`;
}
