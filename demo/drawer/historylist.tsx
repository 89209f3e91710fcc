/** What the person did, newest first. */
import { useState } from "preact/hooks";
import type { Panel, Tacit } from "../../sdk/index.ts";
import type { Product } from "../shop/products.ts";
import { agoInWords } from "./ago.ts";
import { cleanedInWords, historyInWords, leftOutInWords } from "./history.ts";

const shownAtFirst = 10;
const shownAtMost = 200;

export function HistoryList({
  tacit,
  events,
  cleaned,
  byId,
}: {
  readonly tacit: Tacit;
  readonly events: Panel["events"];
  readonly cleaned: Panel["cleaned"];
  readonly byId: ReadonlyMap<string, Product>;
}) {
  const [all, setAll] = useState(false);
  const nowMs = Date.now();
  const lines = historyInWords(events, (item) => byId.get(item)?.title);
  const cleaning = cleanedInWords(cleaned);
  const shown = lines.slice(0, all ? shownAtMost : shownAtFirst);
  return (
    <section aria-labelledby="drawer-history">
      <h3 id="drawer-history">What you did here</h3>
      {lines.length === 0 ? (
        <p class="none">Nothing is remembered.</p>
      ) : (
        <ol class="history">
          {shown.map(({ ids, text, times, atMs, leftOut }) => (
            <li key={ids[0]} class={leftOut === undefined ? "" : "left-out"}>
              <span>
                {text}
                {times > 1 && <small> × {times}</small>}
                {leftOut !== undefined && <small> not counted: {leftOutInWords[leftOut]}</small>}
              </span>
              <span class="history-end">
                <time dateTime={new Date(atMs).toISOString()}>{agoInWords(nowMs - atMs)}</time>
                <button
                  type="button"
                  class="link"
                  aria-label={`Forget: ${text}`}
                  onClick={() => void tacit.forget(ids)}
                >
                  Forget
                </button>
              </span>
            </li>
          ))}
        </ol>
      )}
      {cleaning !== "" && (
        <p class="none" data-cleaned>
          {cleaning}
        </p>
      )}
      {lines.length > shownAtFirst && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show the newest ten" : `Show all ${lines.length}`}
        </button>
      )}
      {all && lines.length > shownAtMost && (
        <p class="none">The newest {shownAtMost} are shown; the export has all.</p>
      )}
    </section>
  );
}
