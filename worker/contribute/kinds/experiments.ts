/**
 * What came of the experiments that this device has shown an arm of, once their window is closed
 * (core/tasks/experiments/). Each is told of once: which were, stands in the ledger with the report that told.
 *
 * Everybody answers who contributes, though they have done nothing: whoever saw an arm and left at once is half of what
 * an experiment is about.
 */
import { outcomesOf } from "../../../core/experiments/outcomes.ts";
import { lookOf } from "../../../core/tasks/experiments/contribution.ts";
import { type ExperimentsSettings, experiments } from "../../../core/tasks/experiments/kind.ts";
import { experimentsLayout } from "../../../core/tasks/experiments/layout.ts";
import { tellingOf, untoldOf } from "../../experiments/kept.ts";
import { type Contributor, contributorOf } from "./contributor.ts";

const contributor: Contributor<ExperimentsSettings> = {
  kind: experiments,
  readyAtMs: ({ toMs }) => toMs,
  contribute: ({ toMs, experiments: asked }, { events, experiments: kept, nowMs }) => {
    // Of a look that has not come, windows are open yet; each task is answered once.
    if (nowMs < toMs || kept?.priceOf == null) return null;
    const { participations, told, priceOf } = kept;
    const look = lookOf(experimentsLayout(asked), {
      toMs,
      untold: untoldOf(participations, told),
      measure: (placed, { exposedMs }) => outcomesOf(placed.asked, { events, exposedMs, priceOf }),
    });
    return {
      ...{ block: 0, values: look.values, basedOn: events.at(-1)?.id ?? null },
      tells: look.participations.map(tellingOf),
    };
  },
};

export const experimentsContributor = contributorOf(contributor);
