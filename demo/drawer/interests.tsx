/** Interests as the shop would name them: families, as shares of all interest that add up. */
import type { Product } from "../shop/products.ts";
import { Bar } from "./bar.tsx";
import { likingsOf, sourceInWords, type Taste } from "./likings.ts";

export function Interests({
  tastes,
  byId,
}: {
  readonly tastes: readonly Taste[];
  readonly byId: ReadonlyMap<string, Product>;
}) {
  const { liked, notWanted } = likingsOf(tastes, byId);
  const longest = Math.max(...liked.map(({ percent }) => percent), 1);
  return (
    <section aria-labelledby="drawer-interests">
      <h3 id="drawer-interests">What you seem to like</h3>
      {liked.length === 0 && notWanted.length === 0 && (
        <p class="none">Nothing yet. Look at a few products and it appears here.</p>
      )}
      {liked.length > 0 && (
        <ul class="bars">
          {liked.map(({ family, percent, titles }) => (
            <li key={family}>
              <span class="bars-name">
                {family}
                <small class="bars-from">From {sourceInWords(titles)}</small>
              </span>
              <Bar share={percent / longest} />
              <span class="bars-value">{percent} %</span>
            </li>
          ))}
        </ul>
      )}
      {notWanted.length > 0 && <p class="none">Less of: {notWanted.join(", ")}.</p>}
    </section>
  );
}
