/** What the person asked of the shelves, and whether what they do is learned from now: each can be taken back. */
import type { Panel, Tacit } from "../../sdk/index.ts";
import { wishInWords } from "../shop/steering.ts";

interface WishesProps {
  readonly tacit: Tacit;
  readonly wishes: Panel["wishes"];
  readonly pausedUntilMs: number | null;
}

export function Wishes({ tacit, wishes, pausedUntilMs }: WishesProps) {
  const isPaused = pausedUntilMs !== null;
  return (
    <section aria-labelledby="drawer-wishes">
      <h3 id="drawer-wishes">What you asked for</h3>
      {wishes.length === 0 ? (
        <p class="none">Nothing. The dots beside a product on a shelf ask for more of it, less, or none.</p>
      ) : (
        <ul class="said">
          {wishes.map(({ wish, of, value, title }) => (
            <li key={`${of} ${value}`}>
              <span>{wishInWords({ wish, of, value }, title)}</span>
              <button
                type="button"
                class="link"
                aria-label={`Take back: ${wishInWords({ wish, of, value }, title)}`}
                onClick={() => void tacit.steer({ wish: null, of, value })}
              >
                Take back
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="permission pause">
        <button
          type="button"
          role="switch"
          class="switch"
          aria-checked={isPaused}
          aria-labelledby="label-pause"
          aria-describedby="about-pause"
          onClick={() => (isPaused ? tacit.resume() : tacit.pause())}
        >
          <span class="switch-knob" />
        </button>
        <div>
          <h3 id="label-pause">Do not learn from this visit</h3>
          <p id="about-pause">
            {isPaused
              ? "What you do is not remembered, until half an hour after the last of it."
              : "For a gift, or a friend at your screen: shelves stay as they are."}
          </p>
        </div>
      </div>
    </section>
  );
}
