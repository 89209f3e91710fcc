/** What the shop adds up over its visitors, in its own signed words: which sums, how often, at what cost. */
import type { PlannedKind, PlanView } from "../../sdk/index.ts";
import { epsilonInWords } from "./budget.tsx";

export function Plan({ plan }: { readonly plan: PlanView | null }) {
  return (
    <section aria-labelledby="drawer-plan">
      <h3 id="drawer-plan">What the shop adds up</h3>
      {plan === null ? (
        <p class="none">
          Its plan is fetched once you allow contributing: until then your browser asks for nothing.
        </p>
      ) : (
        <>
          <dl class="plan">
            {plan.kinds.map((kind) => (
              <Planned key={kind.kind} {...kind} />
            ))}
          </dl>
          <p class="none">{togetherInWords(plan)} The shop signed this; your browser holds it to it.</p>
        </>
      )}
    </section>
  );
}

function Planned({ title, what, perReport, reportsPer30Days }: PlannedKind) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>
        {what ?? "A sum that this version of the script does not take part in."}
        {what !== null && (
          <span class="plan-cost">
            At most {timesInWords(reportsPer30Days)} in 30 days, {epsilonInWords(perReport.epsilon)} each.
          </span>
        )}
      </dd>
    </div>
  );
}

function togetherInWords({ per30Days }: PlanView): string {
  return per30Days.epsilon === null
    ? "Together without bound, because some of these sums have no noise."
    : `Together at most ${epsilonInWords(per30Days.epsilon)} in 30 days.`;
}

function timesInWords(times: number): string {
  return times === 1 ? "once" : times === 2 ? "twice" : `${times} times`;
}
