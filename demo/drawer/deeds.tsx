/** What the person did, newest first. */
import { useState } from "preact/hooks";
import type { Panel } from "../../sdk/index.ts";
import type { Catalogue } from "../shop/catalogue.ts";
import { agoInWords } from "./ago.ts";
import { deedsInWords } from "./deed.ts";

const shownAtFirst = 10;
const shownAtMost = 200;

export function Deeds({
  events,
  catalogue,
}: {
  readonly events: Panel["events"];
  readonly catalogue: Catalogue;
}) {
  const [all, setAll] = useState(false);
  const nowMs = Date.now();
  const deeds = deedsInWords(events, (item) => catalogue.byId.get(item)?.title);
  const shown = deeds.slice(0, all ? shownAtMost : shownAtFirst);
  return (
    <section aria-labelledby="drawer-deeds">
      <h3 id="drawer-deeds">What you did here</h3>
      {deeds.length === 0 ? (
        <p class="none">Nothing is remembered.</p>
      ) : (
        <ol class="deeds">
          {shown.map(({ id, text, times, atMs }) => (
            <li key={id}>
              <span>
                {text}
                {times > 1 && <small> × {times}</small>}
              </span>
              <time dateTime={new Date(atMs).toISOString()}>{agoInWords(nowMs - atMs)}</time>
            </li>
          ))}
        </ol>
      )}
      {deeds.length > shownAtFirst && (
        <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show the newest ten" : `Show all ${deeds.length}`}
        </button>
      )}
      {all && deeds.length > shownAtMost && (
        <p class="none">The newest {shownAtMost} are shown; the export has all.</p>
      )}
    </section>
  );
}
