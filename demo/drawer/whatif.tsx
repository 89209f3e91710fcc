/** "What if I had not done this?": where the product would stand without some acts, worked out now; and a way to make it so. */
import { useEffect, useState } from "preact/hooks";
import type { Explanation, Tacit } from "../../sdk/index.ts";
import { inUnits, perUnit } from "./units.ts";

interface WhatIfProps {
  readonly tacit: Tacit;
  readonly now: Explanation;
  /** Ids of the acts. */
  readonly without: readonly string[];
  readonly onClose: () => void;
}

export function WhatIf({ tacit, now, without, onClose }: WhatIfProps) {
  const [then, setThen] = useState<Explanation | null | "unknown">(null);
  const ids = without.join(" ");
  useEffect(() => {
    let live = true;
    void tacit.explain(now.item, { without: ids.split(" ") }).then((told) => {
      if (live) setThen(told ?? "unknown");
    });
    return () => {
      live = false;
    };
    // What is now may be of another journal than before.
  }, [tacit, now, ids]);
  if (then === null) return <p class="what-if">…</p>;
  if (then === "unknown") return <p class="what-if">That cannot be told now.</p>;
  const acts = without.length === 1 ? "it" : `these ${without.length} acts`;
  return (
    <p class="what-if" role="status">
      Without {acts}: number {then.rank.toLocaleString("en-GB")} instead of {now.rank.toLocaleString("en-GB")}
      , and a score of {inUnits(Math.round(then.score * perUnit))} instead of{" "}
      {inUnits(Math.round(now.score * perUnit))}.{" "}
      <button type="button" class="link" onClick={() => void tacit.forget(without)}>
        Forget {without.length === 1 ? "it" : "them"}
      </button>{" "}
      <button type="button" class="link" onClick={onClose}>
        Keep
      </button>
    </p>
  );
}
