/** A privacy plan in words: what is summed, how often, what it costs. */
import { type PrivacyPlan, parsePlan } from "../../core/sum/plan.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { parseCanonical } from "../../core/wire/signed.ts";
import type { PlanView } from "../api.ts";
import type { KeptTasks } from "../store/keptschedule.ts";
import { costOf } from "./ledger.ts";

export function planView(
  { kinds, rhoPer30Days, issuedAtMs }: PrivacyPlan,
  known: readonly Pick<TaskKind, "name" | "words">[],
): PlanView {
  const unbounded = Number.POSITIVE_INFINITY;
  return {
    kinds: kinds.map(({ kind, rho, reportsPer30Days }) => {
      const words = known.find(({ name }) => name === kind)?.words;
      const perReport = costOf(rho ?? unbounded);
      return { kind, title: words?.title ?? kind, what: words?.what ?? null, perReport, reportsPer30Days };
    }),
    per30Days: costOf(rhoPer30Days ?? unbounded),
    issuedAtMs,
  };
}

/** The plan of an answer that was believed when it was kept. */
export function keptPlan(kept: KeptTasks | null): PrivacyPlan | null {
  return kept === null ? null : parsePlan(parseCanonical("plan", kept.answer.plan.document));
}
