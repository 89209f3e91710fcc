/**
 * What came of the experiments that this device has shown an arm of, once their window is closed
 * (core/tasks/experiments/). Each is told of once: which were, stands in the ledger with the report that told.
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
    const { participations, told, priceOf } = kept;
    const newest = events.at(-1);
    // Of a look that has not come, windows are open yet; each task is answered once.
    if (nowMs < toMs || newest === undefined || priceOf === null) return null;
    const look = lookOf(experimentsLayout(asked), {
      toMs,
      untold: untoldOf(participations, told),
      measure: (placed, { exposedMs }) => outcomesOf(placed.asked, { events, exposedMs, priceOf }),
    });
    return {
      ...{ block: 0, values: look.values, basedOn: newest.id },
      tells: look.participations.map(tellingOf),
    };
  },
};

export const experimentsContributor = contributorOf(contributor);
