/** Who adds up: the two parties that a report is split between, or the plain word that there is only one. */
import type { Parties as Who } from "../../sdk/index.ts";

export function Parties({ parties }: { readonly parties: Who }) {
  return (
    <section aria-labelledby="drawer-parties">
      <h3 id="drawer-parties">Who adds it up</h3>
      {typeof parties === "string" ? (
        <p class="none">{alone[parties]}</p>
      ) : (
        <>
          <dl class="parties">
            <div>
              <dt>One half</dt>
              <dd>{parties.leader}</dd>
            </div>
            <div>
              <dt>The other half</dt>
              <dd>{parties.helper}</dd>
            </div>
          </dl>
          <p class="none">
            Each opens only its own half of a report, which is random numbers. Only together could they read
            what you sent.
          </p>
        </>
      )}
    </section>
  );
}

const alone: Readonly<Record<Extract<Who, string>, string>> = {
  one: "One operator runs both halves of the sum here, so you trust that operator not to put them together.",
  none: "Nobody: this shop does not say who would, so your browser contributes nothing.",
};
