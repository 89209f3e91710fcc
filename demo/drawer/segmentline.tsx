/** Which group of customers the person is nearest to, as the browser works it out. */
import type { Panel } from "../../sdk/index.ts";
import { segmentInWords } from "./segment.ts";

export function SegmentLine({ segment }: { readonly segment: Panel["segment"] }) {
  return (
    <>
      {segmentInWords(segment).map((line) => (
        <p key={line} class="none">
          {line}
        </p>
      ))}
    </>
  );
}
