/** Which group of customers the person is nearest to, as the browser works it out. */
import type { Panel } from "../../sdk/index.ts";
import { segmentInWords } from "./segment.ts";

export function SegmentLine({ segment }: { readonly segment: Panel["segment"] }) {
  const lines = segmentInWords(segment);
  if (lines.length === 0) return null;
  return (
    <section aria-labelledby="drawer-segment">
      <h3 id="drawer-segment">Customers like you</h3>
      {lines.map((line) => (
        <p key={line} class="none">
          {line}
        </p>
      ))}
    </section>
  );
}
