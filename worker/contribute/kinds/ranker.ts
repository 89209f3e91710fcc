/**
 * How what a person wanted lately stands among what would have been proposed to them before
 * (core/tasks/ranker/). Only a device that still holds the parts that the task names can say: with later ones
 * it would predict what they were learned from.
 */
import { rankerContributionOf } from "../../../core/tasks/ranker/contribution.ts";
import { answeredFromMs, isCorrected, type RankerSettings, ranker } from "../../../core/tasks/ranker/kind.ts";
import { type Contributor, contributorOf } from "./contributor.ts";

const contributor: Contributor<RankerSettings> = {
  kind: ranker,
  isOnRanking: true,
  readyAtMs: answeredFromMs,
  contribute: (settings, { events, ranking, nowMs }) => {
    // Each task is answered once: before the days are over, by little of what is wanted in them.
    if (nowMs < answeredFromMs(settings)) return null;
    const ranked = ranking();
    if (ranked === null || ranked.factors !== settings.factors || ranked.pairs !== settings.pairs)
      return null;
    // Whoever comes late tells of no more days than the others.
    const { sinceMs, examined, units } = settings;
    const split = { sinceMs, untilMs: answeredFromMs(settings), nowMs, examined };
    const said = ranked.statisticsOf(events, { split, units });
    if (said === null) return null;
    const { statistics, share, basedOn } = said;
    const values = rankerContributionOf(statistics, settings, { share, isCorrected: isCorrected(settings) });
    return { block: 0, values, basedOn };
  },
};

export const rankerContributor = contributorOf(contributor);
