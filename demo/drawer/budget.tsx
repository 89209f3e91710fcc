/**
 * What contributing has cost of the person's privacy, and what is left: the same arithmetic as the ledger's.
 */
import type { Budget as Costs, SpentOf } from "../../sdk/index.ts";
import { Bar } from "./bar.tsx";

export function Budget({ budget }: { readonly budget: Costs }) {
  const { last30Days, lifetime, since } = budget;
  return (
    <section aria-labelledby="drawer-budget">
      <h3 id="drawer-budget">What contributing has cost you</h3>
      {lifetime.limit.epsilon === null ? (
        <p class="none">{withoutLimit(lifetime)}</p>
      ) : (
        <>
          <ul class="budget">
            <Line name="Last 30 days" spent={last30Days} />
            <Line name={since === null ? "Ever" : `Since ${dayInWords(since)}`} spent={lifetime} />
          </ul>
          <p class="none">
            Counted in ε (epsilon). Your reports can multiply the odds of anything somebody guesses about you
            by at most e<sup>ε</sup>, {timesInWords(lifetime.epsilon)} so far; that holds but for one chance
            in a million, and as long as one of the two parties is honest. The bars say how much more fits; ε
            itself grows slower the more there are. A report that would go beyond a limit is not sent, and
            erasing does not start the count again.
          </p>
        </>
      )}
    </section>
  );
}

/** What is left is counted in rho, which adds up sum by sum as epsilon does not. */
function Line({ name, spent: { rho, epsilon, limit } }: { readonly name: string; readonly spent: SpentOf }) {
  const share = rho === null || limit.rho === null ? 1 : Math.min(1, rho / limit.rho);
  return (
    <li>
      <span class="budget-name">{name}</span>
      <span class="budget-value">
        {epsilonInWords(epsilon)} of {(limit.epsilon ?? 0).toFixed(1)}
        <span class="budget-left">{Math.floor((1 - share) * 100 + 1e-6)} % left</span>
      </span>
      <Bar share={share} />
    </li>
  );
}

function withoutLimit({ rho }: SpentOf): string {
  return rho === 0
    ? "No cost is noted here. This shop is served from your own machine, where no limit is kept."
    : `${rho === null ? "No noise is added to the sums here, so nothing bounds what your reports can tell." : "Noise is added to the sums here."} This shop is served from your own machine, where no limit is kept; anywhere else your browser would keep to one.`;
}

/** "ε 1.9"; "without bound" where no noise was added. */
export function epsilonInWords(epsilon: number | null): string {
  return epsilon === null ? "without bound" : `ε ${epsilon.toFixed(1)}`;
}

function timesInWords(epsilon: number | null): string {
  if (epsilon === null) return "without bound";
  const times = Math.exp(epsilon);
  return `${times.toLocaleString("en-GB", { maximumSignificantDigits: 2 })} times`;
}

function dayInWords(day: string): string {
  const options = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return new Date(day).toLocaleDateString("en-GB", options);
}
