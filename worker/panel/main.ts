/** The entry of shown.js: what is held about a person, for the person; loaded when they look, or take it along. */
import type { PrivacyPlan } from "../../core/sum/plan.ts";
import type { TaskKind } from "../../core/tasks/kind.ts";
import { taskKinds } from "../../core/tasks/registry.ts";
import type { Panel, TacitExport } from "../api.ts";
import { Ledger } from "../contribute/ledger.ts";
import { limitsFor } from "../contribute/limits.ts";
import { keptPlan, planView } from "../contribute/planview.ts";
import { waitingOf } from "../contribute/waiting.ts";
import { isAutomated } from "../events/automation.ts";
import type { Records } from "../store/records.ts";
import type { Store } from "../store/store.ts";
import { partiesIn } from "../trust/trust.ts";
import { type Exported, exportOf, type Held, panelOf } from "./panel.ts";

export { handedOver } from "./panel.ts";

export type Shown = Omit<Held, "ledger"> &
  Pick<Exported, "consent"> & {
    readonly store: Store;
    readonly records: Records;
    /** As last trusted in this visit; null: the one that was kept. */
    readonly plan: PrivacyPlan | null;
    /** Kinds of sums that are taken part in; all unless given. */
    readonly kinds?: readonly Pick<TaskKind, "name" | "words">[] | undefined;
  };

export async function panelNow(shown: Shown): Promise<Panel> {
  const { config, log, nowMs, store, consent, records, kinds = Object.values(taskKinds) } = shown;
  const plan = shown.plan ?? keptPlan(await store.schedule.tasks());
  const { isElsewhere } = records;
  const obstacles = { consent, store, parties: partiesIn(config), isElsewhere };
  return panelOf({
    ...{ ...shown, ledger: ledgerOf(shown) },
    plan: plan && planView(plan, kinds),
    waiting: await waitingOf({ ...obstacles, isAutomated: isAutomated({ config, log }) }, nowMs),
  });
}

export function exportNow(shown: Shown & Pick<Exported, "profile">): Promise<TacitExport> {
  return exportOf({ ...shown, ledger: ledgerOf(shown) });
}

function ledgerOf({ store, config, records }: Shown): Ledger {
  return new Ledger(store, { limits: limitsFor(config.server), records });
}
