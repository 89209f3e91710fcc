/** What the person said of themselves: each can be taken back. */
import type { Panel, Tacit } from "../../sdk/index.ts";
import { factInWords } from "./factwords.ts";

interface FactsProps {
  readonly tacit: Tacit;
  readonly facts: Panel["facts"];
}

export function Facts({ tacit, facts }: FactsProps) {
  return (
    <section aria-labelledby="drawer-facts">
      <h3 id="drawer-facts">What you said</h3>
      {facts.length === 0 ? (
        <p class="none">Nothing. On the front page you can say what you like.</p>
      ) : (
        <ul class="said">
          {facts.map((fact) => (
            <li key={fact.fact}>
              <span>
                <span class="fact-title">{fact.title}</span>
                {factInWords(fact)}
              </span>
              <button
                type="button"
                class="link"
                aria-label={`Forget: ${fact.title}`}
                onClick={() => tacit.declare({ [fact.fact]: null })}
              >
                Forget
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
