/** Interests in words, as shares of all interest. */
import type { Interest } from "../../sdk/index.ts";
import { Bar } from "./bar.tsx";

const shownAtMost = 10;

export function Interests({ interests }: { readonly interests: readonly Interest[] }) {
  const longest = Math.max(...interests.map(({ weight }) => Math.abs(weight)), 1e-9);
  return (
    <section aria-labelledby="drawer-interests">
      <h3 id="drawer-interests">Your interests, in words</h3>
      {interests.length === 0 ? (
        <p class="none">None yet. Look at a few products and they appear here.</p>
      ) : (
        <ul class="bars">
          {interests.slice(0, shownAtMost).map(({ word, weight, items }) => (
            <li key={word} title={`From ${items.length} ${items.length === 1 ? "product" : "products"}`}>
              <span class="bars-name">{word}</span>
              <Bar share={weight / longest} />
              <span class="bars-value">{(weight * 100).toFixed(0).replace("-", "−")} %</span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
